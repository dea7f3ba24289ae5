/* SPDX-License-Identifier: MIT */
/* Lock-order checker: a stack of held ranks per CPU. Nothing in release builds. */
#ifndef SYNC_RANK_H
#define SYNC_RANK_H

#include <xen/spinlock.h>

#ifdef CONFIG_DEBUG
/* BUG where a lock of this rank or a later one is held, or irq use is mixed. */
void rank_check_acquire(spinlock_t *lock);
void rank_acquired(spinlock_t *lock);
void rank_release(spinlock_t *lock);
/* The next acquire may equal the innermost held rank (two of one kind, in order). */
void rank_allow_equal(bool allow);
#else
static inline void rank_check_acquire(spinlock_t *lock)
{
    (void)lock;
}
static inline void rank_acquired(spinlock_t *lock)
{
    (void)lock;
}
static inline void rank_release(spinlock_t *lock)
{
    (void)lock;
}
static inline void rank_allow_equal(bool allow)
{
    (void)allow;
}
#endif

#endif
