/* SPDX-License-Identifier: MIT */
/*
 * Page tables of 64-bit PV domains, as far as the toolstack sees them: which frames are tables of
 * which level follows from the roots that it has pinned. Guests here are scripts that change no
 * table, so that what pinning finds stays true until it is undone.
 *
 * Source: AMD APM vol 2, 5.3 (long mode paging); xen.h, mmuext_op and mmu_update.
 */
#include <public/domctl.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/log_dirty.h>
#include <xen/mm.h>
#include <xen/port/p2m.h>
#include <xen/sched.h>
#include <xen/xsm.h>
#include <asm/current.h>

#include "private.h"

#define PTE_PRESENT   UINT64_C(1)
#define PTE_ADDR_MASK UINT64_C(0x000ffffffffff000)
#define PER_TABLE     512U
#define LEVEL_MASK    7U
#define PINNED        8U
#define XEN_SLOT_END  272U

void (*sim_mark_mapped)(struct domain *d);

static uint8_t *table_level; /* by frame: 0 (no table) or 1 to 4, and PINNED */

static uint8_t *level_of(mfn_t mfn)
{
    if (!table_level)
        table_level = host_alloc(SIM_MAX_FRAMES);
    return &table_level[mfn.nr];
}

void pv_page_freed(mfn_t mfn)
{
    if (table_level)
        table_level[mfn.nr] = 0;
}

uint64_t pv_page_frame_info(struct domain *d, uint64_t mfn)
{
    struct page_info *pg = page_get_from_mfn(mk_mfn(mfn), d);
    unsigned int level;

    if (!pg)
        return XEN_DOMCTL_PFINFO_XTAB;
    level = *level_of(mk_mfn(mfn));
    page_put(pg);
    return (uint64_t)(level & LEVEL_MASK) << XEN_DOMCTL_PFINFO_LTAB_SHIFT |
           (level & PINNED ? XEN_DOMCTL_PFINFO_LPINTAB : 0);
}

static bool is_own_slot(unsigned int level, unsigned int i)
{
    return level < 4 || i < 256 || i >= XEN_SLOT_END;
}

static int mark_table(struct domain *d, mfn_t mfn, unsigned int level, bool set);

static int mark_below(struct domain *d, const uint64_t *table, unsigned int level, bool set)
{
    for (unsigned int i = 0; level > 1 && i < PER_TABLE; i++) {
        uint64_t pte = READ_ONCE(table[i]);
        int rc;

        if (!(pte & PTE_PRESENT) || !is_own_slot(level, i))
            continue;
        rc = mark_table(d, maddr_to_mfn(pte & PTE_ADDR_MASK), level - 1, set);
        if (rc && set)
            return rc;
    }
    return 0;
}

/* A table stands below a single root here, or below several that agree about its level. */
static int mark_table(struct domain *d, mfn_t mfn, unsigned int level, bool set)
{
    struct page_info *pg = page_get_from_mfn(mfn, d);
    unsigned int now;
    int rc = 0;

    if (!pg)
        return -EINVAL;
    now = *level_of(mfn) & LEVEL_MASK;
    if (set && now && now != level) {
        rc = -EINVAL;
    } else if (now != (set ? level : 0)) {
        *level_of(mfn) = (uint8_t)(set ? level : 0);
        rc = mark_below(d, page_to_virt(pg), level, set);
    }
    page_put(pg);
    return rc;
}

static int pin(struct domain *d, mfn_t mfn, unsigned int level)
{
    int rc = mark_table(d, mfn, level, true);

    if (rc)
        mark_table(d, mfn, level, false);
    else
        *level_of(mfn) |= PINNED;
    return rc;
}

static int unpin(struct domain *d, mfn_t mfn)
{
    if (!mfn_valid(mfn) || !(*level_of(mfn) & PINNED))
        return -EINVAL;
    return mark_table(d, mfn, *level_of(mfn) & LEVEL_MASK, false);
}

static int page_clear(struct domain *d, mfn_t mfn)
{
    struct page_info *pg = page_get_from_mfn(mfn, d);

    if (!pg)
        return -EINVAL;
    clear_page(page_to_virt(pg));
    log_dirty_mark_mfn(d, mfn);
    page_put(pg);
    return 0;
}

static int page_copy(struct domain *d, mfn_t to, mfn_t from)
{
    struct page_info *dst = page_get_from_mfn(to, d), *src = page_get_from_mfn(from, d);

    if (dst && src) {
        copy_page(page_to_virt(dst), page_to_virt(src));
        log_dirty_mark_mfn(d, to);
    }
    if (dst)
        page_put(dst);
    if (src)
        page_put(src);
    return dst && src ? 0 : -EINVAL;
}

static int mmuext_one(struct domain *d, const struct mmuext_op *op)
{
    mfn_t mfn = mk_mfn(op->arg1.mfn);

    switch (op->cmd) {
    case MMUEXT_PIN_L1_TABLE:
    case MMUEXT_PIN_L2_TABLE:
    case MMUEXT_PIN_L3_TABLE:
    case MMUEXT_PIN_L4_TABLE:
        return pin(d, mfn, op->cmd - MMUEXT_PIN_L1_TABLE + 1);
    case MMUEXT_UNPIN_TABLE:
        return unpin(d, mfn);
    case MMUEXT_CLEAR_PAGE:
        return page_clear(d, mfn);
    case MMUEXT_COPY_PAGE:
        return page_copy(d, mfn, mk_mfn(op->arg2.src_mfn));
    default:
        return -EOPNOTSUPP;
    }
}

static long do_mmuext_op(struct mmuext_op *ops, unsigned int count, unsigned int *done, domid_t id)
{
    unsigned int i;
    struct domain *d;
    long rc = rcu_lock_domain_for(XSM_MMU, __HYPERVISOR_mmuext_op, id, &d);

    if (rc)
        return rc;
    for (i = 0; i < count && rc == 0; i++) {
        struct mmuext_op op;

        rc = copy_from_guest_ptr(&op, ops + i);
        if (rc == 0)
            rc = mmuext_one(d, &op);
    }
    rcu_unlock_domain(d);
    if (done && copy_to_guest_ptr(done, &i))
        rc = -EFAULT;
    return rc;
}

static long update_one(struct domain *d, const struct mmu_update *u)
{
    mfn_t mfn = maddr_to_mfn(u->ptr & ~UINT64_C(3));
    struct page_info *pg;

    if ((u->ptr & 3) != MMU_MACHPHYS_UPDATE)
        return -EOPNOTSUPP;
    pg = page_get_from_mfn(mfn, d);
    if (!pg)
        return -EINVAL;
    port_m2p_set(mfn, u->val);
    log_dirty_mark_pfn(d, u->val);
    page_put(pg);
    return 0;
}

static long do_mmu_update(struct mmu_update *ops, unsigned int count, unsigned int *done,
                          domid_t id)
{
    unsigned int i;
    struct domain *d;
    long rc = rcu_lock_domain_for(XSM_MMU, __HYPERVISOR_mmu_update, id & 0xffff, &d);

    if (rc)
        return rc;
    for (i = 0; i < count && rc == 0; i++) {
        struct mmu_update op;

        rc = copy_from_guest_ptr(&op, ops + i);
        if (rc == 0)
            rc = update_one(d, &op);
    }
    rcu_unlock_domain(d);
    if (done && copy_to_guest_ptr(done, &i))
        rc = -EFAULT;
    return rc;
}

bool pv_walk(struct domain *d, uint64_t cr3_mfn, uint64_t va, mfn_t *out)
{
    mfn_t mfn = mk_mfn(cr3_mfn);

    for (unsigned int level = 4; level > 0; level--) {
        struct page_info *pg = page_get_from_mfn(mfn, d);
        uint64_t pte;

        if (!pg)
            return false;
        pte = ((uint64_t *)page_to_virt(pg))[va >> (PAGE_SHIFT + 9 * (level - 1)) & 511];
        page_put(pg);
        if (!(pte & PTE_PRESENT))
            return false;
        mfn = maddr_to_mfn(pte & PTE_ADDR_MASK);
    }
    *out = mfn;
    return true;
}

void pv_calls_register(void)
{
    HYPERCALL(__HYPERVISOR_mmu_update, do_mmu_update, 4);
    HYPERCALL(__HYPERVISOR_mmuext_op, do_mmuext_op, 4);
}
