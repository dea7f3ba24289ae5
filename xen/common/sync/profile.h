/* SPDX-License-Identifier: MIT */
/*
 * Lock profile (lock_profile=y): how often locks of each rank were taken, and how long they were
 * waited for and held; read by XEN_SYSCTL_lockprof_op. Nothing in other builds.
 */
#ifndef SYNC_PROFILE_H
#define SYNC_PROFILE_H

#include <xen/spinlock.h>
#include <xen/time.h>

#ifdef CONFIG_LOCK_PROFILE
/* @lock is now this CPU's, for which it waited since @since (0: not at all). */
void profile_locked(spinlock_t *lock, s_time_t since);
void profile_unlocked(spinlock_t *lock);
/* A reader: nobody knows how long it stays. */
void profile_shared(const spinlock_t *lock, s_time_t since);
#define profile_now() NOW()
#else
static inline void profile_locked(spinlock_t *lock, s_time_t since)
{
    (void)lock;
    (void)since;
}
static inline void profile_unlocked(spinlock_t *lock)
{
    (void)lock;
}
static inline void profile_shared(const spinlock_t *lock, s_time_t since)
{
    (void)lock;
    (void)since;
}
#define profile_now() ((s_time_t)0)
#endif

#endif
