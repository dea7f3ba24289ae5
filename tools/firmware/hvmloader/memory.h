/* SPDX-License-Identifier: MIT */
/* The guest's RAM, as the builder placed it and as we move it. */
#ifndef HVMLOADER_MEMORY_H
#define HVMLOADER_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

struct memory {
    uint64_t low_end;  /* of RAM below 4 GiB */
    uint64_t high_end; /* of RAM above; FOUR_GIB: there is none */
    unsigned int nr_vcpus;
    bool apics;         /* are there to be tables of APICs? */
    uint8_t online[16]; /* a bit for each vCPU that runs at first */
};

/* Source: hvm/hvm_info_table.h. Fails without a good table. */
void memory_init(void);

extern struct memory memory;

/* A page less of RAM: the frame that was the last one, above 4 GiB if there is some. */
uint64_t memory_take_last(void);

/* Move what lies from @from to the end of low RAM to the end of high RAM. */
void memory_relocate(uint64_t from);

/*
 * Say how much RAM there is now: in the builder's table, and in the CMOS memory, where OVMF reads
 * it before it looks at the map. Source: QEMU, hw/i386/pc.c.
 */
void memory_tell(void);

#endif
