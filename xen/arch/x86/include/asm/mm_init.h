/* SPDX-License-Identifier: MIT */
/* Boot: the order in which memory comes up. */
#ifndef ASM_MM_INIT_H
#define ASM_MM_INIT_H

#include <asm/e820.h>

/*
 * Leave the early page tables (identity and direct map of the first 4 GiB in 2 MiB pages, the
 * image writable and executable) for idle_l4: the image with W^X (_stext.._etext and
 * _sinittext.._einittext executable, .._erodata read only, the rest writable), all RAM of @map in
 * the direct map with the largest pages, frame table, both machine-to-physical tables. Nothing
 * below XEN_AREA_START is mapped afterwards. Called on the boot CPU, interrupts off, after
 * boot_pages_add() and extable_sort(); boot_pages_alloc() gives memory below 4 GiB as long as there
 * is some. Panics where memory is short.
 */
void mm_boot_init(const struct e820_map *map);
/* Give the frames of [start, end) to the heap, which is up: init code, modules. */
void heap_add_range(paddr_t start, paddr_t end);

/* The early root table; application processors start on it. Physical: below 4 GiB. */
extern char boot_l4[];

/* Bounds in the image, each on a page boundary. */
extern char _start[], _stext[], _etext[], _srodata[], _erodata[], _sdata[], _edata[];
extern char _sinit[], _einit[], _sinittext[], _einittext[], _end[];

#endif
