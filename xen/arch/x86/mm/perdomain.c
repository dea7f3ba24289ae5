/* SPDX-License-Identifier: MIT */
/* Tables of the per-domain slot, and the hypervisor's slots in guests' root tables. */
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <asm/perdomain.h>

static pte_t *alloc_table(void)
{
    pte_t *t = xenheap_alloc_page();

    if (t)
        clear_page(t);
    return t;
}

static pte_t *sub_table(pte_t e)
{
    return mfn_to_virt(pte_mfn(e));
}

/* All vCPUs lie in the first GiB, so there is one L2. */
_Static_assert(MAX_VIRT_CPUS << GDT_LDT_VCPU_SHIFT <= 1UL << 30, "per-domain area");

int perdomain_init(struct domain *d)
{
    pte_t *l3 = alloc_table(), *l2 = alloc_table();

    if (!l3 || !l2) {
        xenheap_free_page(l3);
        xenheap_free_page(l2);
        return -ENOMEM;
    }
    l3[0] = pte_make(virt_to_mfn(l2), PAGE_HYPERVISOR_TABLE);
    d->arch.perdomain_l3 = l3;
    return 0;
}

static pte_t *l2_entry(const struct vcpu *v)
{
    return &sub_table(v->domain->arch.perdomain_l3[0])[pt_index(GDT_VIRT(v->vcpu_id), 2)];
}

int perdomain_vcpu_init(struct vcpu *v)
{
    pte_t *l2e, *l1;

    if (v->vcpu_id >= MAX_VIRT_CPUS)
        return -EINVAL;
    l2e = l2_entry(v);
    if (l2e->e & PTE_PRESENT)
        return 0;
    l1 = alloc_table();
    if (!l1)
        return -ENOMEM;
    *l2e = pte_make(virt_to_mfn(l1), PAGE_HYPERVISOR_TABLE);
    return 0;
}

void perdomain_destroy(struct domain *d)
{
    pte_t *l3 = d->arch.perdomain_l3, *l2;

    if (!l3)
        return;
    l2 = sub_table(l3[0]);
    for (unsigned int i = 0; i < PT_ENTRIES; i++)
        if (l2[i].e & PTE_PRESENT)
            xenheap_free_page(sub_table(l2[i]));
    xenheap_free_page(l2);
    xenheap_free_page(l3);
    d->arch.perdomain_l3 = NULL;
}

pte_t *perdomain_gdt_ptes(const struct vcpu *v)
{
    return &sub_table(*l2_entry(v))[pt_index(GDT_VIRT(v->vcpu_id), 1)];
}

pte_t *perdomain_ldt_ptes(const struct vcpu *v)
{
    return &sub_table(*l2_entry(v))[pt_index(LDT_VIRT(v->vcpu_id), 1)];
}

void init_guest_l4_slots(pte_t *l4, const struct domain *d)
{
    for (unsigned int i = XEN_L4_FIRST; i <= XEN_L4_LAST; i++)
        l4[i] = idle_l4[i];
    l4[pt_index(PERDOMAIN_START, 4)] =
        pte_make(virt_to_mfn(d->arch.perdomain_l3), PAGE_HYPERVISOR_TABLE);
}
