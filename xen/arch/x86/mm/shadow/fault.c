/* SPDX-License-Identifier: MIT */
/*
 * Page faults on shadow tables: walk the guest's tables beside the shadows, make what is missing.
 *
 * The walk reads entries under s->lock. Who changes one takes that lock after writing and before
 * dropping the references of the old value, so what an entry names cannot lose its type while we
 * are here.
 */
#include <xen/log_dirty.h>
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/extable.h>
#include <asm/pv.h>

#include "private.h"

/* Bits of a page fault's error code. AMD APM vol 2, 8.4.2. */
#define PF_PRESENT 1u
#define PF_WRITE   2u
#define PF_FETCH   16u

enum outcome {
    FILLED,
    REFUSED, /* by the guest's tables */
    AGAIN,   /* an entry has changed under our hands */
    FLUSH,   /* first flush walk.flush */
};

struct walk {
    struct shadow *s;
    struct vcpu *v;
    unsigned long va;
    uint32_t *error;
    uint64_t denied; /* PTE_NX if some level sets it, PTE_RW if some level lacks it */
    mfn_t guest;     /* table of the level at hand */
    pte_t *shadow;   /* its shadow */
    cpumask_t flush;
};

/* Set @bits in the guest's entry, as the processor would. False: it is no longer *@e. */
static bool set_bits(const struct walk *w, pte_t *slot, pte_t *e, uint64_t bits)
{
    uint64_t old = e->e;

    if ((old & bits) == bits)
        return true;
    if (!__atomic_compare_exchange_n(&slot->e, &old, old | bits, false, __ATOMIC_SEQ_CST,
                                     __ATOMIC_RELAXED))
        return false;
    e->e = old | bits;
    log_dirty_mark_mfn(w->v->domain, w->guest);
    return true;
}

static bool look(struct walk *w, pte_t e)
{
    w->denied |= (e.e & PTE_NX) | (~e.e & PTE_RW);
    if (e.e & PTE_PRESENT)
        return true;
    *w->error &= ~PF_PRESENT;
    return false;
}

/* One level down, from @level. */
static enum outcome step(struct walk *w, unsigned int level)
{
    unsigned int idx = pt_index(w->va, level);
    pte_t *slot = &((pte_t *)mfn_to_virt(w->guest))[idx], e = {READ_ONCE(slot->e)};
    struct page_info *sub;
    uint64_t key;

    if (!look(w, e))
        return REFUSED;
    if (!set_bits(w, slot, &e, PTE_ACCESSED))
        return AGAIN;
    key = shadow_key(pte_mfn(e), level - 1);
    sub = shadow_find(w->s, key);
    if (!sub) {
        sub = shadow_make(w->s, w->v->domain, key, &w->flush);
        if (!sub)
            return FLUSH;
    }
    WRITE_ONCE(w->shadow[idx].e,
               pte_make(page_to_mfn(sub), pte_flags(e) & SHADOW_COPIED & ~PTE_PAT).e);
    w->shadow = page_to_virt(sub);
    w->guest = pte_mfn(e);
    return FILLED;
}

/* May the shadow of *@e, which permits writing, do so too? Marks the page if it is written now. */
static bool writable_now(const struct walk *w, pte_t e)
{
    const struct domain *d = w->v->domain;
    mfn_t mfn = pte_mfn(e);

    if (!(e.e & PTE_DIRTY))
        return false;
    if (!mfn_valid(mfn) || page_owner(mfn_to_page(mfn)) != d)
        return true; /* not ours to log */
    if (*w->error & PF_WRITE) {
        log_dirty_mark_mfn(d, mfn);
        return true;
    }
    return log_dirty_test(d->log_dirty, port_m2p_get(mfn));
}

static enum outcome fill_leaf(struct walk *w)
{
    unsigned int idx = pt_index(w->va, 1);
    pte_t *slot = &((pte_t *)mfn_to_virt(w->guest))[idx], e = {READ_ONCE(slot->e)};
    bool write = *w->error & PF_WRITE;

    if (!look(w, e))
        return REFUSED;
    *w->error |= PF_PRESENT;
    if ((write && (w->denied & PTE_RW)) || ((*w->error & PF_FETCH) && (w->denied & PTE_NX)))
        return REFUSED;
    if (!set_bits(w, slot, &e, PTE_ACCESSED | (write ? PTE_DIRTY : 0)))
        return AGAIN;
    if ((e.e & PTE_RW) && !writable_now(w, e))
        e.e &= ~PTE_RW;
    WRITE_ONCE(w->shadow[idx].e, e.e & SHADOW_COPIED);
    return FILLED;
}

static enum outcome fill_locked(struct walk *w)
{
    bool kernel = pv_kernel_mode(w->v);

    w->denied = 0;
    w->guest = kernel ? w->v->arch.guest_table : w->v->arch.guest_table_user;
    w->shadow = w->v->arch.shadow_root[kernel];
    for (unsigned int level = 4; level > 1; level--) {
        enum outcome o = step(w, level);

        if (o != FILLED)
            return o;
    }
    return fill_leaf(w);
}

bool shadow_fault(struct vcpu *v, unsigned long addr, uint32_t *error)
{
    struct shadow *s = v->domain->arch.shadow;
    struct walk w = {.s = s, .v = v, .va = addr, .error = error};
    enum outcome o;

    if (!guest_may_access(addr))
        return false;
    log_dirty_count_fault(v->domain->log_dirty);
    do {
        spin_lock(&s->lock);
        do {
            o = fill_locked(&w);
        } while (o == AGAIN);
        spin_unlock(&s->lock);
        if (o == FLUSH)
            flush_area_mask(&w.flush, 0, FLUSH_TLB);
    } while (o == FLUSH);
    return o == FILLED;
}

bool shadow_fixup_fault(struct vcpu *v, unsigned long addr, struct cpu_user_regs *regs)
{
    uint32_t error = regs->error_code;

    return extable_find(regs->rip) && shadow_fault(v, addr, &error);
}
