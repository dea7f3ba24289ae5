/* SPDX-License-Identifier: MIT */
/* Ticket locks: a CPU draws a ticket and waits until it is served. */
#include <xen/kernel.h>
#include <xen/spinlock.h>
#include <xen/smp.h>

#include "profile.h"
#include "rank.h"

#define NO_OWNER 0

static uint16_t me(void)
{
    return (uint16_t)(smp_processor_id() + 1);
}

static always_inline void ticket_lock(spinlock_t *lock)
{
    uint16_t ticket = __atomic_fetch_add(&lock->tail, 1, __ATOMIC_ACQUIRE);

    s_time_t since = 0;

    if (unlikely(__atomic_load_n(&lock->head, __ATOMIC_ACQUIRE) != ticket)) {
        since = profile_now();
        do
            cpu_relax();
        while (__atomic_load_n(&lock->head, __ATOMIC_ACQUIRE) != ticket);
    }
    profile_locked(lock, since);
}

static always_inline void ticket_unlock(spinlock_t *lock)
{
    profile_unlocked(lock);
    __atomic_store_n(&lock->head, (uint16_t)(__atomic_load_n(&lock->head, __ATOMIC_RELAXED) + 1),
                     __ATOMIC_RELEASE);
}

static always_inline bool ticket_trylock(spinlock_t *lock)
{
    spinlock_t seen = {.both = __atomic_load_n(&lock->both, __ATOMIC_RELAXED)};
    spinlock_t want = seen;

    if (seen.head != seen.tail)
        return false;
    want.tail++;
    return __atomic_compare_exchange_n(&lock->both, &seen.both, want.both, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

void spin_lock(spinlock_t *lock)
{
    rank_check_acquire(lock);
    ticket_lock(lock);
    rank_acquired(lock);
}

void spin_unlock(spinlock_t *lock)
{
    rank_release(lock);
    ticket_unlock(lock);
}

bool spin_trylock(spinlock_t *lock)
{
    if (!ticket_trylock(lock))
        return false;
    profile_locked(lock, 0);
    rank_acquired(lock);
    return true;
}

bool spin_is_locked(const spinlock_t *lock)
{
    spinlock_t seen = {.both = __atomic_load_n(&lock->both, __ATOMIC_RELAXED)};

    return seen.head != seen.tail;
}

void spin_lock_irq(spinlock_t *lock)
{
    ASSERT(local_irq_is_enabled());
    local_irq_disable();
    spin_lock(lock);
}

void spin_unlock_irq(spinlock_t *lock)
{
    spin_unlock(lock);
    local_irq_enable();
}

unsigned long spin_lock_irqsave_flags(spinlock_t *lock)
{
    unsigned long flags = local_irq_save_flags();

    spin_lock(lock);
    return flags;
}

void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags)
{
    spin_unlock(lock);
    local_irq_restore(flags);
}

void spin_lock_recursive(spinlock_t *lock)
{
    if (READ_ONCE(lock->owner) != me()) {
        spin_lock(lock);
        WRITE_ONCE(lock->owner, me());
    }
    lock->recursion++;
}

void spin_unlock_recursive(spinlock_t *lock)
{
    ASSERT(lock->owner == me() && lock->recursion > 0);
    if (--lock->recursion > 0)
        return;
    WRITE_ONCE(lock->owner, NO_OWNER);
    spin_unlock(lock);
}

void spin_barrier(spinlock_t *lock)
{
    spinlock_t then = {.both = __atomic_load_n(&lock->both, __ATOMIC_SEQ_CST)};

    if (then.head == then.tail)
        return;
    while (__atomic_load_n(&lock->head, __ATOMIC_ACQUIRE) == then.head)
        cpu_relax();
}

void spin_lock_pair(spinlock_t *a, spinlock_t *b)
{
    spinlock_t *first = a < b ? a : b, *second = a < b ? b : a;

    spin_lock(first);
    if (first != second) {
        rank_allow_equal(true);
        spin_lock(second);
        rank_allow_equal(false);
    }
}

void spin_unlock_pair(spinlock_t *a, spinlock_t *b)
{
    if (a != b)
        spin_unlock(b);
    spin_unlock(a);
}
