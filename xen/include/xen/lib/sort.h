/* SPDX-License-Identifier: MIT */
#ifndef XEN_LIB_SORT_H
#define XEN_LIB_SORT_H

#include <stddef.h>

/*
 * Sort @nr elements of @size bytes, rising by @cmp (negative, zero, positive). Not stable; no
 * memory, no recursion, O(n log n) in the worst case.
 */
void sort(void *base, size_t nr, size_t size, int (*cmp)(const void *a, const void *b));

#endif
