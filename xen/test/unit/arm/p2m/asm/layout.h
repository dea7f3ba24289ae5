/* SPDX-License-Identifier: MIT */
/* In place of the port's: the machine's memory is an array. */
#ifndef ASM_LAYOUT_H
#define ASM_LAYOUT_H

#include <xen/types.h>

struct page_info;
extern char *ram;
extern struct page_info *frames;
#define frame_table frames

static inline void *mfn_to_virt(mfn_t mfn)
{
    return ram + (mfn.nr << PAGE_SHIFT);
}
static inline mfn_t virt_to_mfn(const void *va)
{
    return mk_mfn((uint64_t)((const char *)va - ram) >> PAGE_SHIFT);
}

#endif
