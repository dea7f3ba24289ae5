/* SPDX-License-Identifier: MIT */
#ifndef MEMORY_PRIVATE_H
#define MEMORY_PRIVATE_H

#include <xen/types.h>

/* The command carries where a preempted call goes on. */
#define MEMOP_EXTENT_SHIFT 6
#define MEMOP_CMD_MASK     ((1UL << MEMOP_EXTENT_SHIFT) - 1)

/* reservation.c: XENMEM_{increase,decrease}_reservation, populate_physmap. Result: extents done
 * in all, or -EFAULT ... */
long memory_reservation(unsigned int op, unsigned long start, void *arg);
/* exchange.c: XENMEM_exchange. */
long memory_exchange(void *arg);

#endif
