/* SPDX-License-Identifier: MIT */
/* In place of the port's: one page of memory. */
#ifndef ASM_LAYOUT_H
#define ASM_LAYOUT_H

#include <xen/types.h>

struct page_info;
extern struct page_info *test_frames;
extern char test_ram[PAGE_SIZE];
#define frame_table test_frames

static inline void *maddr_to_virt(paddr_t ma)
{
    return test_ram + ma;
}
static inline void *mfn_to_virt(mfn_t mfn)
{
    return test_ram + (mfn.nr << PAGE_SHIFT);
}
static inline paddr_t virt_to_maddr(const void *va)
{
    return (paddr_t)((const char *)va - test_ram);
}
static inline mfn_t virt_to_mfn(const void *va)
{
    return maddr_to_mfn(virt_to_maddr(va));
}

#endif
