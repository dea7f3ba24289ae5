/* SPDX-License-Identifier: MIT */
/*
 * Reader-writer locks: a count of readers above a writer byte. Who cannot get in at once queues
 * on a ticket lock, so that waiting readers and writers are served in order.
 */
#include <xen/kernel.h>
#include <xen/spinlock.h>

#include "profile.h"
#include "rank.h"

#define WRITER  0x01U
#define WAITING 0x02U /* a writer waits: no new readers */
#define READER  0x100U

void read_lock(rwlock_t *lock)
{
    s_time_t since;

    rank_check_acquire(&lock->wait);
    if (!(__atomic_fetch_add(&lock->cnts, READER, __ATOMIC_ACQUIRE) & (WRITER | WAITING))) {
        profile_shared(&lock->wait, 0);
        rank_acquired(&lock->wait);
        return;
    }
    since = profile_now();
    __atomic_fetch_sub(&lock->cnts, READER, __ATOMIC_RELAXED);
    spin_lock(&lock->wait);
    __atomic_fetch_add(&lock->cnts, READER, __ATOMIC_ACQUIRE);
    while (__atomic_load_n(&lock->cnts, __ATOMIC_ACQUIRE) & WRITER)
        cpu_relax();
    spin_unlock(&lock->wait);
    profile_shared(&lock->wait, since);
    rank_acquired(&lock->wait);
}

void read_unlock(rwlock_t *lock)
{
    rank_release(&lock->wait);
    __atomic_fetch_sub(&lock->cnts, READER, __ATOMIC_RELEASE);
}

bool write_trylock(rwlock_t *lock)
{
    uint32_t none = 0;

    if (!__atomic_compare_exchange_n(&lock->cnts, &none, WRITER, false, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED))
        return false;
    profile_shared(&lock->wait, 0);
    rank_acquired(&lock->wait);
    return true;
}

void write_lock(rwlock_t *lock)
{
    s_time_t since;
    uint32_t want;

    rank_check_acquire(&lock->wait);
    if (write_trylock(lock))
        return;
    since = profile_now();
    spin_lock(&lock->wait);
    __atomic_fetch_or(&lock->cnts, WAITING, __ATOMIC_RELAXED);
    do {
        cpu_relax();
        want = WAITING;
    } while (!__atomic_compare_exchange_n(&lock->cnts, &want, WRITER, false, __ATOMIC_ACQUIRE,
                                          __ATOMIC_RELAXED));
    spin_unlock(&lock->wait);
    profile_shared(&lock->wait, since);
    rank_acquired(&lock->wait);
}

void write_unlock(rwlock_t *lock)
{
    rank_release(&lock->wait);
    __atomic_fetch_and(&lock->cnts, ~WRITER, __ATOMIC_RELEASE);
}

bool rw_is_write_locked(const rwlock_t *lock)
{
    return __atomic_load_n(&lock->cnts, __ATOMIC_RELAXED) & WRITER;
}
