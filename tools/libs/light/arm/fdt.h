/* SPDX-License-Identifier: MIT */
/* The device tree of an arm64 guest. */
#ifndef LIBXL_ARM_FDT_H
#define LIBXL_ARM_FDT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARM_FDT_BANKS       2
#define ARM_FDT_VIRTIO      11     /* devices at most */
#define ARM_FDT_VIRTIO_SIZE 0x200u /* of registers of each; they follow each other */

/* Addresses are guest-physical, sizes in bytes. */
struct arm_fdt {
    const char *cmdline; /* or NULL */
    unsigned int nr_vcpus;
    unsigned int address_bits; /* of guest-physical addresses; 0: not known */
    bool gic_v3;               /* or a GICv2 */
    bool has_initrd, has_uart;
    unsigned int nr_virtio;
    uint64_t initrd_start, initrd_end;
    struct {
        uint64_t base, size;
    } bank[ARM_FDT_BANKS]; /* those of size 0 are left out */
    uint32_t clock_hz;     /* 0: the timer's register tells it */
    const void *partial;   /* a tree that arm_partial_check() has seen, or NULL */
};

/* Write the tree into @room bytes at @buf. 0, or one of libfdt's errors, which are negative. */
int arm_fdt_make(const struct arm_fdt *t, void *buf, size_t room);

#endif
