/* SPDX-License-Identifier: MIT */
/*
 * Log-dirty: which pages of a domain have been written, by the guest's own frame numbers. The log
 * is a sparse bitmap that marking never has to grow, so that it may be done anywhere, without locks
 * and with interrupts off.
 */
#ifndef XEN_LOG_DIRTY_H
#define XEN_LOG_DIRTY_H

#include <xen/domain.h>
#include <xen/port/p2m.h>

/* The most that a log covers, in pages: 16 TiB. */
#define LOG_DIRTY_MAX_PFNS (UINT64_C(1) << 32)

struct log_dirty;

/* An empty log which covers nothing. NULL: no memory. */
struct log_dirty *log_dirty_create(void);
/* Free @ld once nobody can be marking: d->log_dirty no longer names it. */
void log_dirty_free(struct log_dirty *ld);
/*
 * Cover frames 0 to @nr - 1 at least. What was not covered before counts as dirty if @dirty.
 * Returns: 0, -EINVAL (more than LOG_DIRTY_MAX_PFNS), -ENOMEM, -ERESTART (call again; the rest).
 * Locks: one caller at a time.
 */
int __must_check log_dirty_cover(struct log_dirty *ld, uint64_t nr, bool dirty);
/* Mark a frame. False: it was marked, or it is not covered. */
bool log_dirty_set(struct log_dirty *ld, uint64_t pfn);
bool log_dirty_test(const struct log_dirty *ld, uint64_t pfn);
/*
 * Copy the bits of frames 0 to @nr - 1 to the guest's buffer @to, (@nr + 7) / 8 bytes, or nowhere
 * where it is NULL; and clear them if @clear. A bit that could not be copied stays set.
 * @done     in bits: where to begin, 0 at first; gets how far it came.
 * Returns: 0, -EFAULT, -ERESTART (call again with the same).
 */
int __must_check log_dirty_read(struct log_dirty *ld, void *to, uint64_t nr, bool clear,
                                uint64_t *done);

/* Marks made, and faults that log_dirty_count_fault() was told of, since the last reset. */
struct log_dirty_stats {
    uint32_t faults, dirty;
};
void log_dirty_count_fault(struct log_dirty *ld);
struct log_dirty_stats log_dirty_get_stats(struct log_dirty *ld, bool reset);

/*
 * The page of @d at @mfn has been written other than by the guest's own stores, or @pfn has got
 * another page. Before the reference that fixes the owner is dropped. Next to free when off.
 */
void log_dirty_mark_slow(const struct domain *d, uint64_t pfn);
static inline void log_dirty_mark_pfn(const struct domain *d, uint64_t pfn)
{
    if (unlikely(READ_ONCE(d->log_dirty) != NULL))
        log_dirty_mark_slow(d, pfn);
}
static inline void log_dirty_mark_mfn(const struct domain *d, mfn_t mfn)
{
    if (unlikely(READ_ONCE(d->log_dirty) != NULL))
        log_dirty_mark_slow(d, port_m2p_get(mfn));
}

#endif
