/* SPDX-License-Identifier: MIT */
/* The port's, but the machine's memory is an array. */
#ifndef TEST_ASM_LAYOUT_H
#define TEST_ASM_LAYOUT_H

#define mfn_to_virt real_mfn_to_virt
#define virt_to_mfn real_virt_to_mfn
#include_next <asm/layout.h>
#undef mfn_to_virt
#undef virt_to_mfn
#undef frame_table

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
