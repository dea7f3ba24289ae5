/* SPDX-License-Identifier: MIT */
/* Hypercall mmuext_op: pins, root tables, flushes and the like. */
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/lib/rangeset.h>
#include <xen/log_dirty.h>
#include <xen/mm.h>
#include <xen/softirq.h>
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/pv.h>
#include <asm/pv_mm.h>
#include <asm/pv_mmu.h>
#include <asm/shadow.h>

#include "hypercalls.h"
#include "pagetable.h"

/* Each: 0, an error, -ERESTART (not done), -EINTR (done, a release is to be gone on with). */
typedef int ext_fn(const struct mmuext_op *op, struct domain *d);

int mmu_unpin(struct page_info *pg)
{

    if (!(__atomic_fetch_and(&pg->type_info, ~PGT_PINNED, __ATOMIC_ACQ_REL) & PGT_PINNED))
        return -EINVAL;
    log_dirty_mark_mfn(page_owner(pg), page_to_mfn(pg)); /* the pin is saved with the page */
    return table_put(page_to_mfn(pg));
}

static int ext_pin(const struct mmuext_op *op, struct domain *d)
{
    unsigned long type = (uint64_t)(op->cmd - MMUEXT_PIN_L1_TABLE + 1) << PGT_TYPE_SHIFT;
    struct page_info *pg;
    int rc;

    if (!is_pv_domain(d) || is_system_domain(d))
        return -EINVAL;
    pg = page_get_from_mfn(mk_mfn(op->arg1.mfn), d);
    if (!pg)
        return -EINVAL;
    rc = page_get_type_preemptible(pg, type);
    if (rc) {
        page_put(pg);
        return rc;
    }
    if (__atomic_fetch_or(&pg->type_info, PGT_PINNED, __ATOMIC_ACQ_REL) & PGT_PINNED) {
        page_put_with_type(pg); /* not the last: it is pinned */
        return -EINVAL;
    }
    log_dirty_mark_mfn(d, page_to_mfn(pg));
    /* The pin keeps both references; but a dying domain may have been searched for pins already. */
    smp_mb();
    return READ_ONCE(d->is_dying) ? mmu_unpin(pg) : 0;
}

static int ext_unpin(const struct mmuext_op *op, struct domain *d)
{
    struct page_info *pg = page_get_from_mfn(mk_mfn(op->arg1.mfn), d);
    int rc;

    if (!pg)
        return -EINVAL;
    rc = mmu_unpin(pg);
    page_put(pg);
    return rc;
}

static int ext_new_baseptr(const struct mmuext_op *op, struct domain *d)
{
    return pv_new_guest_cr3(mk_mfn(op->arg1.mfn));
}

static int ext_new_user_baseptr(const struct mmuext_op *op, struct domain *d)
{
    struct vcpu *v = current;
    mfn_t new = op->arg1.mfn ? mk_mfn(op->arg1.mfn) : INVALID_MFN, old = v->arch.guest_table_user;

    if (mfn_eq(new, old))
        return 0;
    if (op->arg1.mfn) {
        int rc = root_get(new, v->domain);

        if (rc)
            return rc;
        /* The table is the kernel's to read, not its user mode's. */
        if (!mfn_eq(new, v->arch.guest_table))
            ((pte_t *)mfn_to_virt(new))[pt_index(RO_M2P_START, 4)].e = 0;
    }
    v->arch.guest_table_user = new;
    shadow_note_roots(v);
    return mfn_eq(old, INVALID_MFN) ? 0 : table_put(old);
}

static int ext_tlb_local(const struct mmuext_op *op, struct domain *d)
{
    flush_area_local(0, FLUSH_TLB);
    return 0;
}

static int ext_invlpg_local(const struct mmuext_op *op, struct domain *d)
{
    flush_area_local(op->arg1.linear_addr, FLUSH_ONE);
    return 0;
}

static int ext_tlb_multi(const struct mmuext_op *op, struct domain *d)
{
    bool one = op->cmd == MMUEXT_INVLPG_MULTI;
    cpumask_t cpus;

    if (vcpumask_to_cpus(current->domain, op->arg2.vcpumask.p, &cpus))
        return -EINVAL;
    flush_area_mask(&cpus, op->arg1.linear_addr, one ? FLUSH_ONE : FLUSH_TLB);
    return 0;
}

static int ext_tlb_all(const struct mmuext_op *op, struct domain *d)
{
    bool one = op->cmd == MMUEXT_INVLPG_ALL;

    flush_area_mask(&current->domain->arch.dirty_cpumask, op->arg1.linear_addr,
                    one ? FLUSH_ONE : FLUSH_TLB);
    return 0;
}

static int ext_flush_cache(const struct mmuext_op *op, struct domain *d)
{
    const struct domain *cur = current->domain;

    if (!cur->iomem_caps || rangeset_is_empty(cur->iomem_caps))
        return -EACCES;
    if (op->cmd == MMUEXT_FLUSH_CACHE)
        flush_area_local(0, FLUSH_CACHE);
    else
        flush_area_mask(&cpu_online_map, 0, FLUSH_CACHE);
    return 0;
}

static int ext_set_ldt(const struct mmuext_op *op, struct domain *d)
{
    unsigned long base = op->arg1.linear_addr;
    unsigned int ents = op->arg2.nr_ents;
    struct vcpu *v = current;

    if (d != v->domain)
        return -EPERM;
    if ((base & (PAGE_SIZE - 1)) || ents > 8192 ||
        (ents && (!guest_may_access(base) || !guest_may_access(base + ents * 8UL - 1))))
        return -EINVAL;
    if (ents == 0)
        base = 0;
    if (v->arch.pv.ldt_base == base && v->arch.pv.ldt_ents == ents)
        return 0;
    pv_ldt_unmap_all(v);
    v->arch.pv.ldt_base = base;
    v->arch.pv.ldt_ents = ents;
    pv_load_ldt(v);
    return 0;
}

/* A page of @d that may be written, by number. */
static struct page_info *writable_page(unsigned long nr, struct domain *d)
{
    mfn_t mfn = mk_mfn(nr);

    return mfn_valid(mfn) && page_get_writable(mfn_to_page(mfn), d) ? mfn_to_page(mfn) : NULL;
}

static int ext_clear_page(const struct mmuext_op *op, struct domain *d)
{
    struct page_info *pg = writable_page(op->arg1.mfn, d);

    if (!pg)
        return -EINVAL;
    clear_page(page_to_virt(pg));
    log_dirty_mark_mfn(d, page_to_mfn(pg));
    page_put_writable(pg);
    return 0;
}

static int ext_copy_page(const struct mmuext_op *op, struct domain *d)
{
    struct page_info *src = page_get_from_mfn(mk_mfn(op->arg2.src_mfn), d), *dst;

    if (!src)
        return -EINVAL;
    dst = writable_page(op->arg1.mfn, d);
    if (dst) {
        copy_page(page_to_virt(dst), page_to_virt(src));
        log_dirty_mark_mfn(d, page_to_mfn(dst));
        page_put_writable(dst);
    }
    page_put(src);
    return dst ? 0 : -EINVAL;
}

static int ext_super(const struct mmuext_op *op, struct domain *d)
{
    return -EOPNOTSUPP;
}

static ext_fn *const ext_ops[] = {
    [MMUEXT_PIN_L1_TABLE] = ext_pin,
    [MMUEXT_PIN_L2_TABLE] = ext_pin,
    [MMUEXT_PIN_L3_TABLE] = ext_pin,
    [MMUEXT_PIN_L4_TABLE] = ext_pin,
    [MMUEXT_UNPIN_TABLE] = ext_unpin,
    [MMUEXT_NEW_BASEPTR] = ext_new_baseptr,
    [MMUEXT_TLB_FLUSH_LOCAL] = ext_tlb_local,
    [MMUEXT_INVLPG_LOCAL] = ext_invlpg_local,
    [MMUEXT_TLB_FLUSH_MULTI] = ext_tlb_multi,
    [MMUEXT_INVLPG_MULTI] = ext_tlb_multi,
    [MMUEXT_TLB_FLUSH_ALL] = ext_tlb_all,
    [MMUEXT_INVLPG_ALL] = ext_tlb_all,
    [MMUEXT_FLUSH_CACHE] = ext_flush_cache,
    [MMUEXT_SET_LDT] = ext_set_ldt,
    [MMUEXT_NEW_USER_BASEPTR] = ext_new_user_baseptr,
    [MMUEXT_CLEAR_PAGE] = ext_clear_page,
    [MMUEXT_COPY_PAGE] = ext_copy_page,
    [MMUEXT_FLUSH_CACHE_GLOBAL] = ext_flush_cache,
    [MMUEXT_MARK_SUPER] = ext_super,
    [MMUEXT_UNMARK_SUPER] = ext_super,
};

static int ext_one(const struct mmuext_op *op, struct domain *d)
{
    bool pin = op->cmd <= MMUEXT_UNPIN_TABLE;

    if (op->cmd >= ARRAY_SIZE(ext_ops) || !ext_ops[op->cmd])
        return -ENOSYS;
    /* On behalf of another domain only what concerns its pages, not a CPU. */
    if (d != current->domain && !pin && op->cmd != MMUEXT_CLEAR_PAGE && op->cmd != MMUEXT_COPY_PAGE)
        return -EPERM;
    return ext_ops[op->cmd](op, d);
}

static int ext_many(const struct mmuext_op *uops, unsigned int count, struct domain *d,
                    unsigned int *done)
{
    for (; *done < count; ++*done) {
        struct mmuext_op op;
        int rc;

        if (unlikely(copy_from_guest_bytes(&op, uops + *done, sizeof(op))))
            return -EFAULT;
        rc = ext_one(&op, d);
        if (rc == -EINTR) {
            ++*done;
            return -ERESTART;
        }
        if (rc)
            return rc;
        if (*done + 1 < count && hypercall_preempt_check()) {
            ++*done;
            return -ERESTART;
        }
    }
    return 0;
}

long do_mmuext_op(struct mmuext_op *uops, unsigned int count, unsigned int *pdone,
                  unsigned int foreigndom)
{
    unsigned int given = count, done;
    struct mmu_owners owners;
    int rc = mmu_batch_begin(&count, pdone, &done);

    if (rc == -ERESTART)
        return hypercall_continue(__HYPERVISOR_mmuext_op, 4, uops, (unsigned long)given, pdone,
                                  (unsigned long)foreigndom);
    if (unlikely(rc))
        return rc;
    rc = get_owners(__HYPERVISOR_mmuext_op, foreigndom & 0xffff, &owners);
    if (unlikely(rc))
        return rc;
    rc = ext_many(uops, count, owners.pages, &done);
    put_owners(&owners);
    return mmu_batch_end(__HYPERVISOR_mmuext_op, uops, sizeof(*uops), count, pdone, foreigndom,
                         done, rc);
}
