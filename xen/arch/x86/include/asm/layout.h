/* SPDX-License-Identifier: MIT */
/*
 * Virtual memory of the hypervisor: the 16 root page-table slots 256 to 271 that the ABI keeps
 * from PV guests (public/arch-x86/xen-x86_64.h). One slot is 512 GiB.
 *
 *   256  ffff800000000000  machine-to-physical table, guests may read it      256 GiB
 *   260  ffff820000000000  per domain: descriptor tables of its vCPUs         512 GiB
 *   261  ffff828000000000  machine-to-physical table, ours, writable          256 GiB
 *        ffff82c000000000  mappings of devices and of scattered frames         64 GiB
 *        ffff82d040000000  the hypervisor's image                               1 GiB
 *        ffff82e000000000  frame table                                        128 GiB
 *   262  ffff830000000000  all memory of the machine, one to one                5 TiB
 */
#ifndef ASM_LAYOUT_H
#define ASM_LAYOUT_H

#define XEN_L4_FIRST 256
#define XEN_L4_LAST  271

#define XEN_AREA_START   0xffff800000000000
#define XEN_AREA_END     0xffff880000000000
#define RO_M2P_START     0xffff800000000000
#define RO_M2P_END       0xffff804000000000
#define PERDOMAIN_START  0xffff820000000000
#define RW_M2P_START     0xffff828000000000
#define RW_M2P_END       0xffff82c000000000
#define VMAP_START       0xffff82c000000000
#define VMAP_END         0xffff82d000000000
#define XEN_IMAGE_START  0xffff82d040000000
#define XEN_IMAGE_END    0xffff82d080000000
#define FRAMETABLE_START 0xffff82e000000000
#define FRAMETABLE_END   0xffff830000000000
#define DIRECTMAP_START  0xffff830000000000
#define DIRECTMAP_END    0xffff880000000000

/* The image is linked at XEN_IMAGE_START + XEN_LOAD_ADDR and loaded at that address. */
#define XEN_LOAD_ADDR 0x200000

/* Per domain: each vCPU has 128 KiB: 16 pages of GDT, then 16 of LDT. */
#define GDT_LDT_VCPU_SHIFT 17
#define GDT_VIRT(vcpu_id)  (PERDOMAIN_START + ((unsigned long)(vcpu_id) << GDT_LDT_VCPU_SHIFT))
#define LDT_VIRT(vcpu_id)  (GDT_VIRT(vcpu_id) + 0x10000)
#define MAX_VIRT_CPUS      8192

#ifndef __ASSEMBLY__
#include <xen/types.h>

struct page_info;
#define frame_table ((struct page_info *)FRAMETABLE_START)
#define m2p_table   ((unsigned long *)RW_M2P_START) /* by mfn */

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

    return a >= DIRECTMAP_START ? a - DIRECTMAP_START : a - XEN_IMAGE_START;
}
static inline mfn_t virt_to_mfn(const void *va)
{
    return maddr_to_mfn(virt_to_maddr(va));
}
#endif

#endif
