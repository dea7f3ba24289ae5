/* SPDX-License-Identifier: MIT */
/*
 * FIFO ticket locks and reader-writer locks. Debug builds check rank (lock_rank.h) at each
 * acquire, and that who releases a lock holds it.
 */
#ifndef XEN_SPINLOCK_H
#define XEN_SPINLOCK_H

#include <xen/types.h>
#include <xen/lock_rank.h>
#include <asm/cpu.h> /* cpu_relax(), local_irq_save() ... */

typedef struct spinlock {
    union {
        uint32_t both;
        struct {
            uint16_t head; /* now serving */
            uint16_t tail; /* next ticket */
        };
    };
    uint8_t rank;
    uint16_t owner;     /* recursive: CPU + 1 while held */
    uint16_t recursion; /* only for *_recursive */
#ifdef CONFIG_LOCK_PROFILE
    int64_t taken; /* system time */
#endif
} spinlock_t;

#define SPIN_LOCK_INIT(r)                                                                          \
    {                                                                                              \
        .rank = (r)                                                                                \
    }
#define DEFINE_SPINLOCK(l, r) spinlock_t l = SPIN_LOCK_INIT(r)
#define spin_lock_init(l, r)  (*(l) = (spinlock_t)SPIN_LOCK_INIT(r))

void spin_lock(spinlock_t *lock);
void spin_unlock(spinlock_t *lock);
bool spin_trylock(spinlock_t *lock);
bool spin_is_locked(const spinlock_t *lock);
void spin_lock_irq(spinlock_t *lock);
void spin_unlock_irq(spinlock_t *lock);
unsigned long spin_lock_irqsave_flags(spinlock_t *lock);
void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags);
#define spin_lock_irqsave(l, f) ((f) = spin_lock_irqsave_flags(l))
void spin_lock_recursive(spinlock_t *lock);
void spin_unlock_recursive(spinlock_t *lock);
/* Wait until the present holder, if any, has let go. */
void spin_barrier(spinlock_t *lock);
/* Two locks of one rank, in address order; a == b is taken once. */
void spin_lock_pair(spinlock_t *a, spinlock_t *b);
void spin_unlock_pair(spinlock_t *a, spinlock_t *b);

/* Writers have priority; not recursive. */
typedef struct rwlock {
    uint32_t cnts; /* readers in units of 0x100; low byte: writer state */
    spinlock_t wait;
} rwlock_t;

#define RW_LOCK_INIT(r)                                                                            \
    {                                                                                              \
        .wait = SPIN_LOCK_INIT(r)                                                                  \
    }
#define rwlock_init(l, r) (*(l) = (rwlock_t)RW_LOCK_INIT(r))
void read_lock(rwlock_t *lock);
void read_unlock(rwlock_t *lock);
void write_lock(rwlock_t *lock);
void write_unlock(rwlock_t *lock);
bool write_trylock(rwlock_t *lock);
bool rw_is_write_locked(const rwlock_t *lock);

/* Debug builds: complain where this CPU holds a ranked lock (called on the way to a guest). */
void lock_check_none_held(void);

/* Debug builds: an interrupt's locks have an order among themselves only. They are held with
 * interrupts off, and nobody who holds one wants a lock that is held with interrupts on. */
#ifdef CONFIG_DEBUG
unsigned int lock_irq_enter(void);
void lock_irq_exit(unsigned int base); /* what lock_irq_enter() has returned */
#else
static inline unsigned int lock_irq_enter(void)
{
    return 0;
}
static inline void lock_irq_exit(unsigned int base)
{
    (void)base;
}
#endif

#endif
