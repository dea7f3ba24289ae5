/* SPDX-License-Identifier: MIT */
/* Root tables of vCPUs. */
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/pv_mm.h>
#include <asm/pv_mmu.h>
#include <asm/shadow.h>
#include <asm/tlb.h>

#include "pagetable.h"

void make_cr3(struct vcpu *v)
{
    mfn_t root = v->arch.flags & TF_KERNEL_MODE ? v->arch.guest_table : v->arch.guest_table_user;

    v->arch.cr3 = shadow_in_use(v->domain) ? shadow_cr3(v) : mfn_to_maddr(root);
}

void write_ptbase(struct vcpu *v)
{
    tlb_note_flush();
    write_cr3(is_idle_vcpu(v) ? virt_to_maddr(idle_l4) : v->arch.cr3);
}

void stash_partial(struct page_info *pg)
{
    struct vcpu *v = current;

    if (v->arch.old_guest_table) {
        /* Only a caller that does not finish the last one first. */
        page_finish_partial(pg, false);
        return;
    }
    if (page_get_again(pg))
        v->arch.old_guest_table = pg;
}

int pv_put_old_guest_table(struct vcpu *v)
{
    struct page_info *pg = v->arch.old_guest_table;
    int rc;

    if (!pg)
        return 0;
    rc = page_finish_partial(pg, true);
    if (rc)
        return rc;
    v->arch.old_guest_table = NULL;
    page_put(pg);
    return 0;
}

int root_get(mfn_t mfn, const struct domain *d)
{
    struct page_info *pg = page_get_from_mfn(mfn, d);
    int rc;

    if (!pg)
        return -EINVAL;
    rc = page_get_type_preemptible(pg, PGT_L4);
    if (rc)
        page_put(pg);
    return rc;
}

int table_put(mfn_t mfn)
{
    struct page_info *pg = mfn_to_page(mfn);
    int rc = page_put_type_preemptible(pg);

    if (rc)
        stash_partial(pg);
    page_put(pg);
    return rc ? -EINTR : 0;
}

int pv_new_guest_cr3(mfn_t mfn)
{
    struct vcpu *v = current;
    mfn_t old = v->arch.guest_table;
    unsigned int m2p_slot = pt_index(RO_M2P_START, 4);

    if (!mfn_eq(mfn, old)) {
        int rc = root_get(mfn, v->domain);

        if (rc)
            return rc;
        /* It may have been a root of user mode, which has no view of the M2P. */
        ((pte_t *)mfn_to_virt(mfn))[m2p_slot] = idle_l4[m2p_slot];
        /* LDT pages were found by the old tables. */
        pv_ldt_unmap_all(v);
        v->arch.guest_table = mfn;
        shadow_note_roots(v);
    }
    make_cr3(v);
    write_ptbase(v);
    return mfn_eq(mfn, old) || mfn_eq(old, INVALID_MFN) ? 0 : table_put(old);
}

/* Drop the table that *@root names; what is preempted of it becomes v->arch.old_guest_table. */
static int drop_root(struct vcpu *v, mfn_t *root)
{
    struct page_info *pg;
    int rc;

    if (mfn_eq(*root, INVALID_MFN))
        return 0;
    pg = mfn_to_page(*root);
    *root = INVALID_MFN;
    shadow_note_roots(v);
    rc = page_put_type_preemptible(pg);
    if (rc)
        v->arch.old_guest_table = pg; /* with our reference */
    else
        page_put(pg);
    return rc;
}

int pv_vcpu_drop_page_tables(struct vcpu *v)
{
    int rc = pv_put_old_guest_table(v);

    if (rc)
        return rc;
    v->arch.cr3 = virt_to_maddr(idle_l4);
    rc = drop_root(v, &v->arch.guest_table_user);
    if (rc)
        return rc;
    return drop_root(v, &v->arch.guest_table);
}
