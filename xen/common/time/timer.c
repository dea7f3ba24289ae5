/* SPDX-License-Identifier: MIT */
/*
 * Timers: one binary heap per CPU, ordered by expiry. The heap's array grows in softirq context;
 * what does not fit meanwhile waits in a sorted overflow list.
 */
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/percpu.h>
#include <xen/port/cpu.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/spinlock.h>
#include <xen/time.h>
#include <xen/timer.h>

enum timer_state { TIMER_INVALID, TIMER_INACTIVE, TIMER_HEAP, TIMER_OVERFLOW, TIMER_KILLED };

#define HEAP_START 64 /* entries that every CPU has from the start */

struct cpu_timers {
    spinlock_t lock;
    uint32_t nr, cap;
    struct timer **heap; /* [cap] */
    struct timer *start_heap[HEAP_START];
    struct list_head overflow; /* in order of expiry */
    struct timer *running;
    s_time_t programmed;
};

static DEFINE_PER_CPU(struct cpu_timers, cpu_timers) = {.lock = SPIN_LOCK_INIT(RANK_TIMER)};

static void heap_place(struct cpu_timers *ct, uint32_t i, struct timer *t)
{
    ct->heap[i] = t;
    t->heap_idx = i;
}

static void sift_up(struct cpu_timers *ct, uint32_t i)
{
    struct timer *t = ct->heap[i];

    while (i > 0 && ct->heap[(i - 1) / 2]->expires > t->expires) {
        heap_place(ct, i, ct->heap[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
    heap_place(ct, i, t);
}

static void sift_down(struct cpu_timers *ct, uint32_t i)
{
    struct timer *t = ct->heap[i];

    for (;;) {
        uint32_t c = 2 * i + 1;

        if (c >= ct->nr)
            break;
        if (c + 1 < ct->nr && ct->heap[c + 1]->expires < ct->heap[c]->expires)
            c++;
        if (ct->heap[c]->expires >= t->expires)
            break;
        heap_place(ct, i, ct->heap[c]);
        i = c;
    }
    heap_place(ct, i, t);
}

static void overflow_add(struct cpu_timers *ct, struct timer *t)
{
    struct list_head *at = &ct->overflow;
    struct timer *other;

    list_for_each_entry (other, &ct->overflow, inactive) {
        if (other->expires > t->expires) {
            at = &other->inactive;
            break;
        }
    }
    list_add_tail(&t->inactive, at);
    WRITE_ONCE(t->state, TIMER_OVERFLOW);
}

static void queue_locked(struct cpu_timers *ct, struct timer *t)
{
    if (ct->heap == NULL) { /* this CPU's first */
        ct->heap = ct->start_heap;
        ct->cap = HEAP_START;
        INIT_LIST_HEAD(&ct->overflow);
    }
    if (ct->nr == ct->cap) {
        overflow_add(ct, t);
        return;
    }
    ct->heap[ct->nr] = t;
    WRITE_ONCE(t->state, TIMER_HEAP);
    sift_up(ct, ct->nr++);
}

static void dequeue_locked(struct cpu_timers *ct, struct timer *t)
{
    if (t->state == TIMER_OVERFLOW) {
        list_del_init(&t->inactive);
    } else if (t->state == TIMER_HEAP) {
        uint32_t i = t->heap_idx;
        struct timer *last = ct->heap[--ct->nr];

        if (last != t) {
            heap_place(ct, i, last);
            sift_up(ct, i);
            sift_down(ct, last->heap_idx);
        }
    }
    WRITE_ONCE(t->state, TIMER_INACTIVE);
}

static s_time_t first_expiry(const struct cpu_timers *ct)
{
    s_time_t first = ct->nr ? ct->heap[0]->expires : STIME_MAX;

    if (ct->heap && !list_empty(&ct->overflow)) {
        const struct timer *t = list_first_entry(&ct->overflow, struct timer, inactive);

        first = min(first, t->expires);
    }
    return first;
}

/* Lock the timers of the CPU that @t is on now. */
static struct cpu_timers *lock_timer(struct timer *t, unsigned long *flags)
{
    for (;;) {
        unsigned int cpu = READ_ONCE(t->cpu);
        struct cpu_timers *ct = &per_cpu(cpu_timers, cpu);

        spin_lock_irqsave(&ct->lock, *flags);
        if (likely(t->cpu == cpu))
            return ct;
        spin_unlock_irqrestore(&ct->lock, *flags);
    }
}

void timer_init(struct timer *t, void (*fn)(void *data), void *data, unsigned int cpu)
{
    *t = (struct timer){.fn = fn, .data = data, .cpu = (uint16_t)cpu, .state = TIMER_INACTIVE};
    INIT_LIST_HEAD(&t->inactive);
}

void timer_set(struct timer *t, s_time_t expires)
{
    unsigned long flags;
    struct cpu_timers *ct = lock_timer(t, &flags);

    if (t->state == TIMER_INACTIVE || t->state == TIMER_HEAP || t->state == TIMER_OVERFLOW) {
        dequeue_locked(ct, t);
        t->expires = expires;
        queue_locked(ct, t);
        if (first_expiry(ct) < ct->programmed || ct->programmed == 0)
            softirq_raise_on(t->cpu, SOFTIRQ_TIMER);
    }
    spin_unlock_irqrestore(&ct->lock, flags);
}

void timer_stop(struct timer *t)
{
    unsigned long flags;
    struct cpu_timers *ct = lock_timer(t, &flags);

    if (t->state == TIMER_HEAP || t->state == TIMER_OVERFLOW)
        dequeue_locked(ct, t); /* the hardware may fire once for nothing */
    spin_unlock_irqrestore(&ct->lock, flags);
}

void timer_migrate(struct timer *t, unsigned int new_cpu)
{
    unsigned long flags;
    struct cpu_timers *ct;
    bool active;

    if (READ_ONCE(t->cpu) == new_cpu || READ_ONCE(t->state) == TIMER_INVALID)
        return;
    ct = lock_timer(t, &flags);
    active = t->state == TIMER_HEAP || t->state == TIMER_OVERFLOW;
    if (active)
        dequeue_locked(ct, t);
    WRITE_ONCE(t->cpu, (uint16_t)new_cpu);
    spin_unlock_irqrestore(&ct->lock, flags);
    if (active)
        timer_set(t, t->expires);
}

void timer_kill(struct timer *t)
{
    unsigned long flags;
    struct cpu_timers *ct;
    unsigned int cpu;

    if (READ_ONCE(t->state) == TIMER_INVALID)
        return;
    ct = lock_timer(t, &flags);
    if (t->state == TIMER_HEAP || t->state == TIMER_OVERFLOW)
        dequeue_locked(ct, t);
    WRITE_ONCE(t->state, TIMER_KILLED);
    spin_unlock_irqrestore(&ct->lock, flags);
    /* Its callback may run where it was before a move. */
    for_each_online_cpu(cpu) while (
        __atomic_load_n(&per_cpu(cpu_timers, cpu).running, __ATOMIC_ACQUIRE) == t) cpu_relax();
}

bool timer_active(const struct timer *t)
{
    uint8_t state = READ_ONCE(t->state);

    return state == TIMER_HEAP || state == TIMER_OVERFLOW;
}

/* Double the heap's array where timers overflowed it. */
static void grow(struct cpu_timers *ct)
{
    uint32_t cap = ct->cap * 2; /* changed here alone, once there is a heap */
    struct timer **bigger, **old = NULL;

    bigger = xmalloc_array(struct timer *, cap);
    if (bigger == NULL)
        return; /* the overflow list serves meanwhile */
    spin_lock_irq(&ct->lock);
    memcpy(bigger, ct->heap, ct->nr * sizeof(*bigger));
    if (ct->heap != ct->start_heap)
        old = ct->heap;
    ct->heap = bigger;
    ct->cap = cap;
    while (ct->nr < ct->cap && !list_empty(&ct->overflow)) {
        struct timer *t = list_first_entry(&ct->overflow, struct timer, inactive);

        list_del_init(&t->inactive);
        queue_locked(ct, t);
    }
    spin_unlock_irq(&ct->lock);
    xfree(old);
}

static struct timer *pop_due(struct cpu_timers *ct, s_time_t now)
{
    struct timer *t = NULL;

    if (ct->nr && ct->heap[0]->expires <= now)
        t = ct->heap[0];
    else if (ct->heap && !list_empty(&ct->overflow) &&
             list_first_entry(&ct->overflow, struct timer, inactive)->expires <= now)
        t = list_first_entry(&ct->overflow, struct timer, inactive);
    if (t)
        dequeue_locked(ct, t);
    return t;
}

static void timer_softirq(void)
{
    struct cpu_timers *ct = &this_cpu(cpu_timers);
    s_time_t now = NOW(), next;
    struct timer *t;
    bool overflowed;

    spin_lock_irq(&ct->lock);
    while ((t = pop_due(ct, now)) != NULL) {
        void (*fn)(void *) = t->fn;
        void *data = t->data;

        __atomic_store_n(&ct->running, t, __ATOMIC_RELEASE);
        spin_unlock_irq(&ct->lock);
        fn(data);
        spin_lock_irq(&ct->lock);
        __atomic_store_n(&ct->running, NULL, __ATOMIC_RELEASE);
    }
    next = first_expiry(ct);
    ct->programmed = next;
    if (!port_timer_program(next == STIME_MAX ? 0 : next))
        softirq_raise(SOFTIRQ_TIMER);
    overflowed = ct->heap && !list_empty(&ct->overflow);
    spin_unlock_irq(&ct->lock);
    if (unlikely(overflowed))
        grow(ct);
}

void timer_cpu_dead(unsigned int cpu)
{
    struct cpu_timers *ct = &per_cpu(cpu_timers, cpu);
    struct timer *t;

    for (;;) {
        spin_lock_irq(&ct->lock);
        t = pop_due(ct, STIME_MAX);
        if (t)
            WRITE_ONCE(t->cpu, (uint16_t)smp_processor_id());
        spin_unlock_irq(&ct->lock);
        if (t == NULL)
            return;
        timer_set(t, t->expires);
    }
}

void timer_subsys_init(void)
{
    softirq_register(SOFTIRQ_TIMER, timer_softirq);
}
