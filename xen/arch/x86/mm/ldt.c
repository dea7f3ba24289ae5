/* SPDX-License-Identifier: MIT */
/* The LDT of a PV vCPU: its pages are mapped, one by one, when they are first touched. */
#include <asm/current.h>
#include <asm/perdomain.h>
#include <asm/pv.h>
#include <asm/pv_mm.h>
#include <asm/pv_mmu.h>
#include <asm/shadow.h>
#include <asm/traps.h>

#include "pagetable.h"

#define LDT_PAGES 16

bool pv_ldt_unmap_all(struct vcpu *v)
{
    struct page_info *pages[LDT_PAGES];
    unsigned int nr = 0;
    pte_t *ptes;

    if (v->arch.pv.shadow_ldt_mapcnt == 0)
        return false;
    spin_lock(&v->arch.pv.shadow_ldt_lock);
    ptes = perdomain_ldt_ptes(v);
    for (unsigned int i = 0; i < LDT_PAGES; i++) {
        if (!(ptes[i].e & PTE_PRESENT))
            continue;
        pages[nr++] = mfn_to_page(pte_mfn(ptes[i]));
        WRITE_ONCE(ptes[i].e, 0);
    }
    v->arch.pv.shadow_ldt_mapcnt = 0;
    spin_unlock(&v->arch.pv.shadow_ldt_lock);
    if (v == current)
        flush_area_local(0, FLUSH_TLB);
    while (nr-- > 0)
        page_put_with_type(pages[nr]);
    return true;
}

/* The guest's page of descriptors at @va, with references. */
static struct page_info *descriptor_page(struct domain *d, unsigned long va)
{
    pte_t e = guest_l1_entry(va);
    struct page_info *pg;

    if (!(e.e & PTE_PRESENT))
        return NULL;
    pg = page_get_from_mfn(pte_mfn(e), d);
    if (!pg)
        return NULL;
    if (page_get_type(pg, PGT_SEG_DESC) == 0)
        return pg;
    page_put(pg);
    return NULL;
}

bool pv_map_ldt_shadow(unsigned long offset)
{
    struct vcpu *v = current;
    unsigned int idx = (unsigned int)(offset >> PAGE_SHIFT);
    struct page_info *pg;
    pte_t *pte;

    if (offset >= v->arch.pv.ldt_ents * 8UL || idx >= LDT_PAGES)
        return false;
    pg = descriptor_page(v->domain, v->arch.pv.ldt_base + (offset & PAGE_MASK));
    if (!pg)
        return false;
    spin_lock(&v->arch.pv.shadow_ldt_lock);
    pte = &perdomain_ldt_ptes(v)[idx];
    if (pte->e & PTE_PRESENT) {
        spin_unlock(&v->arch.pv.shadow_ldt_lock);
        page_put_with_type(pg);
        return true;
    }
    /* Writable: the processor sets the accessed bits of descriptors. */
    WRITE_ONCE(pte->e, pte_make(page_to_mfn(pg), PAGE_HYPERVISOR_RW & ~PTE_GLOBAL).e);
    v->arch.pv.shadow_ldt_mapcnt++;
    spin_unlock(&v->arch.pv.shadow_ldt_lock);
    return true;
}

bool mm_fixup_fault(unsigned long addr, struct cpu_user_regs *regs)
{
    const struct vcpu *v = current;
    unsigned long base;

    if (!v || is_idle_vcpu(v) || !is_pv_domain(v->domain))
        return false;
    if (shadow_in_use(v->domain) && guest_may_access(addr))
        return shadow_fixup_fault(current, addr, regs);
    base = LDT_VIRT(v->vcpu_id);
    return addr >= base && addr < base + LDT_PAGES * PAGE_SIZE && pv_map_ldt_shadow(addr - base);
}
