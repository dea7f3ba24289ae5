/* SPDX-License-Identifier: MIT */
/* In place of asm/layout.h: what the loader says is the fuzzer's buffer, wherever it seems to be.
 */
#ifndef ASM_LAYOUT_H
#define ASM_LAYOUT_H

#include <xen/types.h>

extern void *loader_info;

static inline void *maddr_to_virt(uint64_t ma)
{
    (void)ma;
    return loader_info;
}

#endif
