/* SPDX-License-Identifier: MIT */
/*
 * Virtual memory of the hypervisor at EL2 (48 bits, one root table; an entry of it is 512 GiB).
 *
 *   000000000000  while CPUs start: one page of the image at its machine address
 *   400000000000  the hypervisor's image                                1 GiB
 *   400020000000  (in it) the flat device tree                          4 MiB
 *   400030000000  (in it) devices mapped before there is a heap       256 MiB
 *   401000000000  mappings of devices and of scattered frames          64 GiB
 *   402000000000  frame table                                         256 GiB
 *   408000000000  all memory of the machine, one to one                16 TiB
 */
#ifndef ASM_LAYOUT_H
#define ASM_LAYOUT_H

#define XEN_IMAGE_START  0x400000000000
#define XEN_IMAGE_END    0x400020000000
#define XEN_FDT_START    0x400020000000
#define XEN_FDT_SIZE     0x400000
#define XEN_EARLY_START  0x400030000000
#define XEN_EARLY_END    0x400040000000
#define VMAP_START       0x401000000000
#define VMAP_END         0x402000000000
#define FRAMETABLE_START 0x402000000000
#define FRAMETABLE_END   0x406000000000
#define DIRECTMAP_START  0x408000000000
#define DIRECTMAP_END    0x508000000000

#define XEN_IMAGE_MAX 0x1000000 /* bytes: tables for so much are in the image */

#ifndef __ASSEMBLY__
#include <xen/types.h>

struct page_info;
#define frame_table ((struct page_info *)FRAMETABLE_START)

/* Machine address minus virtual address of the image; set by head.S. */
extern uint64_t xen_phys_offset;

static inline void *maddr_to_virt(paddr_t ma)
{
    return (void *)(DIRECTMAP_START + ma);
}
static inline void *mfn_to_virt(mfn_t mfn)
{
    return (void *)(DIRECTMAP_START + (mfn.nr << PAGE_SHIFT));
}
/* Machine address of the direct map's or the image's @va. */
static inline paddr_t virt_to_maddr(const void *va)
{
    unsigned long a = (unsigned long)va;

    return a >= DIRECTMAP_START ? a - DIRECTMAP_START : a + xen_phys_offset;
}
static inline mfn_t virt_to_mfn(const void *va)
{
    return maddr_to_mfn(virt_to_maddr(va));
}
#endif

#endif
