/* SPDX-License-Identifier: MIT */
/* Page-table entries. AMD APM vol 2, 5.3; Intel SDM vol 3A, 4.5. */
#ifndef ASM_PAGE_H
#define ASM_PAGE_H

#include <asm/layout.h>

#define PTE_PRESENT  (1UL << 0)
#define PTE_RW       (1UL << 1)
#define PTE_USER     (1UL << 2)
#define PTE_PWT      (1UL << 3)
#define PTE_PCD      (1UL << 4)
#define PTE_ACCESSED (1UL << 5)
#define PTE_DIRTY    (1UL << 6)
#define PTE_PSE      (1UL << 7) /* L2, L3: maps a superpage */
#define PTE_PAT      (1UL << 7) /* L1 */
#define PTE_GLOBAL   (1UL << 8)
#define PTE_AVAIL    (7UL << 9) /* software */
#define PTE_PSE_PAT  (1UL << 12)
#define PTE_AVAIL_HI (0x7ffUL << 52)
#define PTE_NX       (1UL << 63)
#define PTE_ADDR     0x000ffffffffff000UL

/* Entries by level: 1 (4 KiB pages) to 4 (root). A page table is PT_ENTRIES of them. */
typedef struct {
    uint64_t e;
} pte_t;
#define PT_ENTRIES      512
#define PT_SHIFT(l)     (PAGE_SHIFT + 9 * ((l)-1)) /* of the address bits that level l indexes */
#define pt_index(va, l) (((unsigned long)(va) >> PT_SHIFT(l)) & (PT_ENTRIES - 1))

static inline mfn_t pte_mfn(pte_t p)
{
    return mk_mfn((p.e & PTE_ADDR) >> PAGE_SHIFT);
}
static inline pte_t pte_make(mfn_t mfn, uint64_t flags)
{
    return (pte_t){(mfn.nr << PAGE_SHIFT) | flags};
}
static inline uint64_t pte_flags(pte_t p)
{
    return p.e & ~PTE_ADDR;
}

/* The hypervisor's own mappings. */
#define PAGE_HYPERVISOR_RO    (PTE_PRESENT | PTE_ACCESSED | PTE_DIRTY | PTE_GLOBAL | PTE_NX)
#define PAGE_HYPERVISOR_RW    (PAGE_HYPERVISOR_RO | PTE_RW)
#define PAGE_HYPERVISOR_RX    (PTE_PRESENT | PTE_ACCESSED | PTE_DIRTY | PTE_GLOBAL)
#define PAGE_HYPERVISOR_UC    (PAGE_HYPERVISOR_RW | PTE_PCD | PTE_PWT)
#define PAGE_HYPERVISOR_TABLE (PTE_PRESENT | PTE_RW | PTE_ACCESSED | PTE_DIRTY)

static inline bool is_canonical(unsigned long va)
{
    return (long)va >> 47 == 0 || (long)va >> 47 == -1;
}
/* Outside of the hypervisor's slots and canonical: an address a PV guest may have. */
static inline bool guest_may_access(unsigned long va)
{
    return is_canonical(va) && (va < XEN_AREA_START || va >= XEN_AREA_END);
}

/* Root table of the hypervisor's own address space (idle vCPUs run on it). */
extern pte_t idle_l4[PT_ENTRIES];

/* Device memory, uncached. NULL: none. */
void *ioremap(paddr_t addr, size_t len);
void iounmap(void *va);

/* TLBs. */
#define FLUSH_TLB        0x100U /* all but global */
#define FLUSH_TLB_GLOBAL 0x200U
#define FLUSH_CACHE      0x400U
#define FLUSH_VCPU_STATE 0x800U  /* lazy vCPU state is to be written back */
#define FLUSH_ONE        0x1000U /* only @va */
void flush_area_local(unsigned long va, unsigned int flags);
struct cpumask;
void flush_area_mask(const struct cpumask *mask, unsigned long va, unsigned int flags);
void flush_area_interrupt(void); /* body of the IPI */

#endif
