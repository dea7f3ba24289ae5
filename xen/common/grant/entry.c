/* SPDX-License-Identifier: MIT */
/* Entries in the guest's table, which the guest may change at any time. */
#include <xen/kernel.h>
#include <xen/port/p2m.h>

#include "private.h"

struct active_entry *active_lock(const struct grant_table *gt, grant_ref_t ref)
{
    struct active_entry *act = active_entry_of(gt, ref);

    spin_lock(&act->lock);
    return act;
}

union header {
    uint32_t word;
    struct {
        uint16_t flags;
        domid_t domid;
    };
};

/* Types of entries that will do: bits by GTF_type_mask. */
#define PAGES  (1U << GTF_permit_access)
#define CHAINS (1U << GTF_transitive)

static bool permits(union header h, domid_t ld, bool readonly, unsigned int types)
{
    return (types >> (h.flags & GTF_type_mask) & 1) && h.domid == ld &&
           (readonly || !(h.flags & GTF_readonly));
}

/* Version 1: the bits stand in the entry; they are set only if it still permits. */
static int mark_v1(uint32_t *header, domid_t ld, bool readonly)
{
    union header seen = {.word = __atomic_load_n(header, __ATOMIC_ACQUIRE)};

    for (unsigned int i = 0; i < 5; i++) {
        union header want = seen;

        if (!permits(seen, ld, readonly, PAGES) || (seen.flags & GTF_sub_page))
            return GNTST_general_error;
        want.flags |= readonly ? GTF_reading : GTF_reading | GTF_writing;
        if (want.word == seen.word ||
            __atomic_compare_exchange_n(header, &seen.word, want.word, false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_ACQUIRE))
            return GNTST_okay;
    }
    return GNTST_general_error; /* the guest keeps changing it */
}

/* Version 2: bits in the status page first, then look again at what the guest wrote. */
static int mark_v2(const struct grant_table *gt, grant_ref_t ref, domid_t ld, bool readonly,
                   unsigned int types, union header *out)
{
    uint32_t *header = entry_header(gt, ref);
    grant_status_t *status = entry_status(gt, ref);
    grant_status_t bits = readonly ? GTF_reading : GTF_reading | GTF_writing;
    grant_status_t was;
    union header h = {.word = __atomic_load_n(header, __ATOMIC_ACQUIRE)};

    if (!permits(h, ld, readonly, types))
        return GNTST_general_error;
    was = __atomic_fetch_or(status, bits, __ATOMIC_SEQ_CST);
    h.word = __atomic_load_n(header, __ATOMIC_SEQ_CST);
    if (!permits(h, ld, readonly, types)) {
        __atomic_fetch_and(status, (grant_status_t)(was | ~bits), __ATOMIC_SEQ_CST);
        return GNTST_general_error;
    }
    *out = h;
    return GNTST_okay;
}

static int read_v1(const struct grant_table *gt, grant_ref_t ref, struct active_entry *act)
{
    act->gfn = READ_ONCE(entry_v1(gt, ref)->frame);
    act->whole_page = true;
    act->transitive = false;
    act->start = 0;
    act->length = PAGE_SIZE;
    return GNTST_okay;
}

/* Which bytes, says the entry at the chain's end. */
static int read_transitive(const struct grant_table *gt, grant_ref_t ref, struct active_entry *act)
{
    const grant_entry_v2_t *e = entry_v2(gt, ref);

    act->whole_page = false;
    act->transitive = true;
    act->next_domid = READ_ONCE(e->transitive.trans_domid);
    act->next_ref = READ_ONCE(e->transitive.gref);
    return GNTST_okay;
}

static int read_v2(const struct grant_table *gt, grant_ref_t ref, union header h,
                   struct active_entry *act)
{
    const grant_entry_v2_t *e = entry_v2(gt, ref);
    uint16_t off = READ_ONCE(e->sub_page.page_off), len = READ_ONCE(e->sub_page.length);

    if ((h.flags & GTF_type_mask) == GTF_transitive)
        return read_transitive(gt, ref, act);
    act->transitive = false;
    act->whole_page = !(h.flags & GTF_sub_page);
    if (act->whole_page) {
        off = 0;
        len = PAGE_SIZE;
    } else if (off >= PAGE_SIZE || len > PAGE_SIZE - off) {
        return GNTST_general_error;
    }
    act->gfn = READ_ONCE(e->full_page.frame);
    act->start = off;
    act->length = len;
    return GNTST_okay;
}

/* First use: take grantee and frame from the guest's entry, and mark it. */
static int first_use(const struct grant_table *gt, grant_ref_t ref, struct active_entry *act,
                     domid_t ld, bool readonly, bool for_copy)
{
    union header h = {.word = __atomic_load_n(entry_header(gt, ref), __ATOMIC_ACQUIRE)};
    unsigned int types = for_copy && opt_grant_transitive ? PAGES | CHAINS : PAGES;
    int rc;

    if (gt->version == 2 && !for_copy && (h.flags & GTF_sub_page))
        return GNTST_general_error;
    rc = gt->version == 2 ? mark_v2(gt, ref, ld, readonly, types, &h)
                          : mark_v1(entry_header(gt, ref), ld, readonly);
    if (rc)
        return rc;
    rc = gt->version == 2 ? read_v2(gt, ref, h, act) : read_v1(gt, ref, act);
    act->domid = ld;
    if (rc == GNTST_okay && !act->whole_page && !for_copy)
        rc = GNTST_general_error;
    if (rc)
        entry_unuse(gt, ref, act);
    return rc;
}

int entry_use(struct domain *rd, grant_ref_t ref, struct active_entry *act, domid_t ld,
              bool readonly, bool for_copy)
{
    const struct grant_table *gt = rd->grant;
    union header h;

    if (pins_none(&act->pins))
        return first_use(gt, ref, act, ld, readonly, for_copy);
    if (act->domid != ld || (!act->whole_page && !for_copy))
        return GNTST_general_error;
    if (readonly || act->pins.host_w || act->pins.dev_w)
        return GNTST_okay;
    /* In use read-only so far: the guest must permit writing now. */
    return gt->version == 2 ? mark_v2(gt, ref, ld, false, act->transitive ? CHAINS : PAGES, &h)
                            : mark_v1(entry_header(gt, ref), ld, false);
}

void entry_unuse(const struct grant_table *gt, grant_ref_t ref, const struct active_entry *act)
{
    uint16_t gone = 0;

    if (!act->pins.host_w && !act->pins.dev_w)
        gone |= GTF_writing;
    if (pins_none(&act->pins))
        gone |= GTF_reading;
    if (gone == 0)
        return;
    if (gt->version == 2)
        __atomic_fetch_and(entry_status(gt, ref), (grant_status_t)~gone, __ATOMIC_SEQ_CST);
    else
        __atomic_fetch_and(&entry_v1(gt, ref)->flags, (uint16_t)~gone, __ATOMIC_SEQ_CST);
}

struct page_info *active_get_page(struct domain *rd, const struct active_entry *act)
{
    struct page_info *pg;

    if (pins_none(&act->pins))
        return port_get_page_from_gfn(rd, mk_gfn(act->gfn));
    pg = mfn_to_page(act->mfn);
    return page_get_again(pg) ? pg : NULL;
}
