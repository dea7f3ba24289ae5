/* SPDX-License-Identifier: MIT */
/* Locks of the machines that tests run on: one thread, so that taking one twice is a mistake. */
#ifndef TEST_UNIT_ARM_LOCKS_H
#define TEST_UNIT_ARM_LOCKS_H

#include <xen/kernel.h>
#include <xen/spinlock.h>

void spin_lock(spinlock_t *lock)
{
    BUG_ON(lock->both);
    lock->both = 1;
}
void spin_unlock(spinlock_t *lock)
{
    BUG_ON(!lock->both);
    lock->both = 0;
}
unsigned long spin_lock_irqsave_flags(spinlock_t *lock)
{
    spin_lock(lock);
    return 0;
}
void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags)
{
    spin_unlock(lock);
}

#endif
