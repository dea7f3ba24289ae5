/* SPDX-License-Identifier: MIT */
/* Between the parts of the allocator. */
#ifndef COMMON_MM_HEAP_H
#define COMMON_MM_HEAP_H

#include <xen/mm.h>

struct domain;

/* As heap_alloc_pages(), for @d (may be NULL), which may use what it has claimed. */
struct page_info *heap_alloc_for(const struct domain *d, unsigned int order, unsigned int memflags);
/* Of a claim, @pages have become the domain's or been given back: let others have as much. */
void heap_claim_release(uint64_t pages);
/* Reserve @pages more for claims. False: there are not so many. */
bool heap_claim_reserve(uint64_t pages);

#endif
