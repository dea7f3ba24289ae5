/* SPDX-License-Identifier: MIT */
/*
 * The machine's interrupt translation service (IHI 0069H, 5): messages of devices become LPIs.
 *
 * LPIs are dom0's alone, and it may number them: what its virtual ITS (vgic/its.c) is told goes to
 * the machine's after a check, with the same device, event and LPI, but with tables of ours and
 * collections that stand for our CPUs. One ITS is driven, the first of the device tree.
 */
#ifndef ASM_ITS_H
#define ASM_ITS_H

#include <asm/gic.h>

#define ITS_LPI_BITS   14 /* of an interrupt's number: LPIs are the upper half */
#define ITS_NR_LPIS    ((1U << ITS_LPI_BITS) - GIC_FIRST_LPI)
#define ITS_EVENT_BITS 11 /* of one device, at most */

struct its_info {
    bool present;
    struct gic_region regs;
    uint32_t phandle;     /* of its node in the host's device tree; 0: nobody refers to it */
    unsigned int id_bits; /* of device numbers */
};
extern struct its_info its_info; /* constant after boot */

/* Boot, after the distributor: find, map, and start it, if there is one. Panics where it does not
 * do what it should. */
void its_boot_init(int gic_node);
/* This CPU, whose redistributor is at @rdist, takes LPIs from now on. Interrupts off. */
void its_cpu_init(char *rdist);

/*
 * A device with 1 << @bits events (1 .. ITS_EVENT_BITS) that are not mapped. The table is the
 * caller's to give back by its_device_unmap(). NULL: no memory.
 * Locks: of the functions below none is needed; the caller keeps calls for one device apart.
 */
void *its_device_map(uint32_t device, unsigned int bits);
void its_device_unmap(uint32_t device, unsigned int bits, void *table);
/* The event is to bring @lpi on @cpu; it has no LPI yet. */
void its_event_map(uint32_t device, uint32_t event, unsigned int lpi, unsigned int cpu);
void its_event_move(uint32_t device, uint32_t event, unsigned int cpu);
void its_event_unmap(uint32_t device, uint32_t event);

#endif
