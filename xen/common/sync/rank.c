/* SPDX-License-Identifier: MIT */
/* Lock-order checks of debug builds. */
#include <xen/kernel.h>
#include <xen/percpu.h>
#include <xen/smp.h>

#include "rank.h"

#ifdef CONFIG_DEBUG

#define MAX_HELD 16

struct held {
    unsigned int nr;
    unsigned int base; /* those below are of what an interrupt has interrupted */
    bool allow_equal;
    const spinlock_t *lock[MAX_HELD];
};

static DEFINE_PER_CPU(struct held, held_locks);

void rank_check_acquire(spinlock_t *lock)
{
    unsigned long flags = local_irq_save_flags();
    const struct held *h = &this_cpu(held_locks);

    if (lock->rank != RANK_NONE) {
        for (unsigned int i = h->base; i < h->nr; i++) {
            unsigned int other = h->lock[i]->rank;

            if (other > lock->rank || (other == lock->rank && !h->allow_equal))
                panic("lock order: rank %u (%p) wanted while rank %u (%p) is held", lock->rank,
                      (void *)lock, other, (const void *)h->lock[i]);
        }
    }
    local_irq_restore(flags);
}

void rank_acquired(spinlock_t *lock)
{
    unsigned long flags;
    struct held *h;

    if (lock->rank == RANK_NONE)
        return;
    flags = local_irq_save_flags();
    h = &this_cpu(held_locks);
    BUG_ON(h->nr == MAX_HELD);
    h->lock[h->nr++] = lock;
    local_irq_restore(flags);
}

void rank_release(spinlock_t *lock)
{
    unsigned long flags;
    struct held *h;
    unsigned int i;

    if (lock->rank == RANK_NONE)
        return;
    flags = local_irq_save_flags();
    h = &this_cpu(held_locks);
    for (i = h->nr; i > 0 && h->lock[i - 1] != lock; i--)
        continue;
    if (i == 0)
        panic("lock %p (rank %u) released by a CPU that does not hold it", (void *)lock,
              lock->rank);
    for (; i < h->nr; i++)
        h->lock[i - 1] = h->lock[i];
    h->nr--;
    local_irq_restore(flags);
}

void rank_allow_equal(bool allow)
{
    this_cpu(held_locks).allow_equal = allow;
}

unsigned int lock_irq_enter(void)
{
    struct held *h = &this_cpu(held_locks);
    unsigned int base = h->base;

    h->base = h->nr;
    return base;
}

void lock_irq_exit(unsigned int base)
{
    this_cpu(held_locks).base = base;
}

void lock_check_none_held(void)
{
    const struct held *h = &this_cpu(held_locks);

    if (h->nr != 0)
        panic("lock %p (rank %u) held on the way to a guest", (const void *)h->lock[0],
              h->lock[0]->rank);
}

#else

void lock_check_none_held(void)
{
}

#endif
