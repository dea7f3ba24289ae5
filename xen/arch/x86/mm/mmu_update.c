/* SPDX-License-Identifier: MIT */
/* Hypercall mmu_update, and update_va_mapping in both forms. */
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/init.h>
#include <xen/log_dirty.h>
#include <xen/port/p2m.h>
#include <xen/softirq.h>
#include <xen/xsm.h>
#include <asm/current.h>
#include <asm/pv_mmu.h>

#include "hypercalls.h"
#include "mm.h"
#include "pagetable.h"

#define BATCH 8 /* requests read at once */

/* A domain by the number in a foreigndom argument of hypercall @call, held by RCU. */
static int get_owner(unsigned int call, domid_t id, struct domain **out)
{
    struct domain *cur = current->domain, *d;

    switch (id) {
    case DOMID_SELF:
        d = rcu_lock_domain_by_id(cur->domain_id);
        break;
    case DOMID_IO:
        rcu_read_lock();
        d = dom_io;
        break;
    case DOMID_XEN:
        if (xsm_check(XSM_MMU, call, dom_xen))
            return -EPERM;
        rcu_read_lock();
        d = dom_xen;
        break;
    default:
        return rcu_lock_domain_for(XSM_MMU, call, id, out);
    }
    *out = d;
    return d ? 0 : -ESRCH;
}

int get_owners(unsigned int call, unsigned int foreigndom, struct mmu_owners *out)
{
    unsigned int tables = foreigndom >> 16;
    int rc = get_owner(call, (domid_t)foreigndom, &out->pages);

    if (rc)
        return rc;
    rc = get_owner(call, tables ? (domid_t)(tables - 1) : DOMID_SELF, &out->tables);
    if (rc)
        rcu_unlock_domain(out->pages);
    else if (is_system_domain(out->tables)) {
        put_owners(out);
        rc = -EPERM;
    }
    return rc;
}

void put_owners(struct mmu_owners *o)
{
    rcu_unlock_domain(o->tables);
    rcu_unlock_domain(o->pages);
}

/* The request names a word of a page which is no page table: an ordinary write. */
static int write_plain(struct page_info *pg, unsigned int idx, uint64_t val, struct domain *d)
{
    if (!page_get_writable(pg, d))
        return -EINVAL;
    WRITE_ONCE(page_table(pg)[idx].e, val);
    log_dirty_mark_mfn(d, page_to_mfn(pg));
    page_put_writable(pg);
    return 0;
}

static int update_entry(const struct mmu_update *req, const struct mmu_owners *o,
                        enum entry_write how)
{
    mfn_t mfn = maddr_to_mfn(req->ptr);
    unsigned int idx = (req->ptr & (PAGE_SIZE - 1)) / sizeof(pte_t), level;
    struct page_info *pg;

    if (unlikely(!mfn_valid(mfn)))
        return -EINVAL;
    pg = mfn_to_page(mfn);
    level = pt_lock(pg, o->tables);
    if (unlikely(!level))
        return write_plain(pg, idx, req->val, o->tables);
    return pt_change_locked(pg, level, idx, (pte_t){req->val}, o->tables, o->pages, how);
}

static int update_m2p(const struct mmu_update *req, struct domain *d)
{
    mfn_t mfn = maddr_to_mfn(req->ptr);
    struct page_info *pg = page_get_from_mfn(mfn, d);

    if (!pg)
        return -EINVAL;
    port_m2p_set(mfn, req->val);
    log_dirty_mark_pfn(d, req->val);
    page_put(pg);
    return 0;
}

static int update_one(const struct mmu_update *req, const struct mmu_owners *o)
{
    switch (req->ptr & 3) {
    case MMU_NORMAL_PT_UPDATE:
    case MMU_PT_UPDATE_NO_TRANSLATE:
        return unlikely(req->ptr & 4) ? -EINVAL : update_entry(req, o, WRITE_PLAIN);
    case MMU_PT_UPDATE_PRESERVE_AD: {
        struct mmu_update r = {.ptr = req->ptr & ~UINT64_C(3), .val = req->val};

        return unlikely(r.ptr & 4) ? -EINVAL : update_entry(&r, o, WRITE_KEEP_AD);
    }
    default:
        return update_m2p(req, o->pages);
    }
}

/* Requests until one fails or time is up; *done counts. */
static int update_many(const struct mmu_update *ureqs, unsigned int count,
                       const struct mmu_owners *o, unsigned int *done)
{
    struct mmu_update reqs[BATCH];

    while (*done < count) {
        unsigned int nr = min_t(unsigned int, count - *done, BATCH);

        if (copy_from_guest_bytes(reqs, ureqs + *done, nr * sizeof(reqs[0])))
            return -EFAULT;
        for (unsigned int i = 0; i < nr; i++) {
            int rc = update_one(&reqs[i], o);

            if (likely(rc == 0)) {
                ++*done;
                continue;
            }
            if (rc == -EINTR) {
                ++*done;
                rc = -ERESTART;
            }
            return rc;
        }
        if (*done < count && hypercall_preempt_check())
            return -ERESTART;
    }
    return 0;
}

int mmu_batch_begin(unsigned int *count, const unsigned int *pdone, unsigned int *done)
{
    *done = 0;
    if (unlikely(current->arch.old_guest_table)) {
        int rc = pv_put_old_guest_table(current);

        if (rc)
            return rc;
    }
    if (unlikely(*count & CONTINUED)) {
        *count &= ~CONTINUED;
        if (pdone && copy_from_guest_ptr(done, pdone))
            return -EFAULT;
        if (*done > *count)
            return -EINVAL;
    }
    return 0;
}

long mmu_batch_end(unsigned int op, const void *reqs, size_t req_size, unsigned int count,
                   unsigned int *pdone, unsigned int foreigndom, unsigned int done, int rc)
{
    if (pdone && copy_to_guest_ptr(pdone, &done))
        rc = -EFAULT;
    if (rc != -ERESTART)
        return rc;
    /* Without a place to count in, the rest becomes a call of its own. */
    if (pdone)
        return hypercall_continue(op, 4, reqs, (unsigned long)(count | CONTINUED), pdone,
                                  (unsigned long)foreigndom);
    return hypercall_continue(op, 4, (const char *)reqs + done * req_size,
                              (unsigned long)(count - done), pdone, (unsigned long)foreigndom);
}

long do_mmu_update(struct mmu_update *ureqs, unsigned int count, unsigned int *pdone,
                   unsigned int foreigndom)
{
    unsigned int given = count, done;
    struct mmu_owners owners;
    int rc = mmu_batch_begin(&count, pdone, &done);

    if (rc == -ERESTART)
        return hypercall_continue(__HYPERVISOR_mmu_update, 4, ureqs, (unsigned long)given, pdone,
                                  (unsigned long)foreigndom);
    if (unlikely(rc))
        return rc;
    rc = get_owners(__HYPERVISOR_mmu_update, foreigndom, &owners);
    if (unlikely(rc))
        return rc;
    rc = update_many(ureqs, count, &owners, &done);
    put_owners(&owners);
    return mmu_batch_end(__HYPERVISOR_mmu_update, ureqs, sizeof(*ureqs), count, pdone, foreigndom,
                         done, rc);
}

int vcpumask_to_cpus(const struct domain *d, const void *vcpumask, cpumask_t *out)
{
    const unsigned long *words = vcpumask;

    cpumask_zero(out);
    for (unsigned int base = 0; base < d->max_vcpus; base += BITS_PER_LONG) {
        unsigned int nr = min_t(unsigned int, d->max_vcpus - base, BITS_PER_LONG), i;
        unsigned long bits = 0;

        if (copy_from_guest_bytes(&bits, words + base / BITS_PER_LONG, (nr + 7) / 8))
            return -EFAULT;
        bits &= bitmap_last_mask(nr);
        for_each_set_bit (i, &bits, nr) {
            const struct vcpu *v = d->vcpu[base + i];
            unsigned int cpu = v ? READ_ONCE(v->dirty_cpu) : VCPU_CPU_CLEAN;

            if (cpu < NR_CPUS)
                cpumask_set(cpu, out);
        }
    }
    return 0;
}

/* The flush that comes with update_va_mapping. */
static int flush_after(unsigned long va, unsigned long flags)
{
    unsigned long where = flags & ~UVMF_FLUSHTYPE_MASK;
    unsigned int what;
    cpumask_t cpus;

    switch (flags & UVMF_FLUSHTYPE_MASK) {
    case UVMF_NONE:
        return 0;
    case UVMF_TLB_FLUSH:
        what = FLUSH_TLB;
        break;
    case UVMF_INVLPG:
        what = FLUSH_ONE;
        break;
    default:
        return -EINVAL;
    }
    if (where == UVMF_LOCAL) {
        flush_area_local(va, what);
        return 0;
    }
    if (where == UVMF_ALL) {
        flush_area_mask(&current->domain->arch.dirty_cpumask, va, what);
        return 0;
    }
    if (vcpumask_to_cpus(current->domain, (const void *)where, &cpus))
        return -EFAULT;
    flush_area_mask(&cpus, va, what);
    return 0;
}

static int update_va(unsigned long va, uint64_t val, unsigned long flags, struct domain *fd)
{
    struct vcpu *v = current;
    struct page_info *pg;
    unsigned int idx;
    int rc;

    pg = guest_l1_lock(v->arch.guest_table, va, &idx);
    if (unlikely(!pg))
        return -EINVAL;
    rc = l1_change(&page_table(pg)[idx], (pte_t){val}, v->domain, fd, WRITE_PLAIN);
    pt_unlock(pg);
    return rc ? rc : flush_after(va, flags);
}

long do_update_va_mapping(unsigned long va, uint64_t val, unsigned long flags)
{
    return update_va(va, val, flags, current->domain);
}

long do_update_va_mapping_otherdomain(unsigned long va, uint64_t val, unsigned long flags,
                                      unsigned int domid)
{
    struct domain *fd;
    int rc = get_owner(__HYPERVISOR_update_va_mapping_otherdomain, (domid_t)domid, &fd);

    if (rc)
        return rc;
    rc = update_va(va, val, flags, fd);
    rcu_unlock_domain(fd);
    return rc;
}

static int __init pv_mmu_init_hypercalls(void)
{
    HYPERCALL(__HYPERVISOR_mmu_update, do_mmu_update, 4);
    HYPERCALL(__HYPERVISOR_mmuext_op, do_mmuext_op, 4);
    HYPERCALL(__HYPERVISOR_update_va_mapping, do_update_va_mapping, 3);
    HYPERCALL(__HYPERVISOR_update_va_mapping_otherdomain, do_update_va_mapping_otherdomain, 4);
    return 0;
}
PRESMP_INITCALL(pv_mmu_init_hypercalls);
