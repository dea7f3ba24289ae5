/* SPDX-License-Identifier: MIT */
/*
 * Memory that stays when the guest's own kernel runs: from AREA_ADDR up, first tables (which the
 * map of memory calls NVS), then what else must not be touched.
 */
#ifndef HVMLOADER_AREA_H
#define HVMLOADER_AREA_H

#include <stddef.h>
#include <stdint.h>

/* Zeroed; @align is a power of two. Does not fail: without memory nothing can boot. */
void *area_alloc(size_t size, size_t align);

/* The end of what was given out, a whole page. */
uint32_t area_end(void);

/*
 * New memory for pages [from, to), to of 0 meaning 4 GiB, from the hypervisor or, where it has none
 * for us, from the end of the guest's RAM.
 */
void area_populate(uint32_t from, uint32_t to);

#endif
