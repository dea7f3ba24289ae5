/* SPDX-License-Identifier: MIT */
/*
 * Where things lie in the process: the machine's memory is one mapping of SIM_MAX_FRAMES pages
 * (only the first max_page are accessible), its frame table another, and a third stands for the
 * area of scattered frames. Each has inaccessible pages around it.
 */
#ifndef ASM_LAYOUT_H
#define ASM_LAYOUT_H

#include <xen/types.h>

struct page_info;

extern char *sim_ram;
extern struct page_info *sim_frames;
extern unsigned long sim_vmap;

#define frame_table    sim_frames
#define SIM_VMAP_SIZE  (4UL << 30)
#define SIM_MAX_FRAMES (1UL << 21)
#define VMAP_START     sim_vmap
#define VMAP_END       (sim_vmap + SIM_VMAP_SIZE)

static inline void *maddr_to_virt(paddr_t ma)
{
    return sim_ram + ma;
}
static inline void *mfn_to_virt(mfn_t mfn)
{
    return sim_ram + (mfn.nr << PAGE_SHIFT);
}
static inline paddr_t virt_to_maddr(const void *va)
{
    return (paddr_t)((const char *)va - sim_ram);
}
static inline mfn_t virt_to_mfn(const void *va)
{
    return maddr_to_mfn(virt_to_maddr(va));
}

#endif
