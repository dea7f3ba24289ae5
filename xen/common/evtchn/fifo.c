/* SPDX-License-Identifier: MIT */
/*
 * FIFO ABI: an event word per port, in pages that the guest gives, and per vCPU one queue for each
 * of 16 priorities: a linked list through the event words whose head is in the vCPU's control
 * block. The guest consumes at the head while we append at the tail. The words are the guest's to
 * spoil: whatever they hold, we only ever follow our own tail, and try a bounded number of times.
 * Source: public/event_channel.h, "FIFO-based event channels" (design H).
 */
#include <xen/kernel.h>
#include <xen/lib/bitmap.h>
#include <xen/mm.h>
#include <xen/port/domain.h>
#include <xen/port/p2m.h>
#include <xen/port/page_type.h>
#include <asm/current.h>

#include "private.h"

#define WORDS_PER_PAGE (PAGE_SIZE / sizeof(event_word_t))
#define MAX_PAGES      (EVTCHN_FIFO_NR_CHANNELS / WORDS_PER_PAGE)
#define LINK_TRIES     4

#define BIT_PENDING EVTCHN_FIFO_PENDING
#define BIT_MASKED  EVTCHN_FIFO_MASKED
#define BIT_LINKED  EVTCHN_FIFO_LINKED
#define WORD_BUSY   (1U << EVTCHN_FIFO_BUSY)
#define WORD_LINKED (1U << EVTCHN_FIFO_LINKED)

/* Read without a lock: after a reset, freed when no reader of before is left. */
struct evtchn_fifo {
    uint32_t nr_words;             /* ports that have a word */
    struct evtchn_fifo_vcpu *dead; /* of vCPUs, to be freed with it */
    struct rcu_head rcu;
    event_word_t *page[MAX_PAGES];
};

struct fifo_queue {
    spinlock_t lock; /* RANK_NONE: taken inside a port lock or a virq lock, irqs off */
    uint32_t tail;   /* port, 0: empty as far as we know */
};

struct evtchn_fifo_vcpu {
    struct evtchn_fifo_control_block *control;
    struct evtchn_fifo_vcpu *next_dead;
    struct fifo_queue queue[EVTCHN_FIFO_MAX_QUEUES];
};

/* NULL: it has no control block yet. */
static struct evtchn_fifo_vcpu *fifo_of(const struct vcpu *v)
{
    return __atomic_load_n(&v->evtchn_fifo, __ATOMIC_ACQUIRE);
}

static event_word_t *word_of(const struct domain *d, uint32_t port)
{
    const struct evtchn_fifo *f = __atomic_load_n(&d->evtchn->fifo, __ATOMIC_ACQUIRE);

    if (unlikely(f == NULL || port >= __atomic_load_n(&f->nr_words, __ATOMIC_ACQUIRE)))
        return NULL;
    return f->page[port / WORDS_PER_PAGE] + port % WORDS_PER_PAGE;
}

static bool word_test_and_set(event_word_t *w, unsigned int bit)
{
    return __atomic_fetch_or(w, 1U << bit, __ATOMIC_SEQ_CST) & (1U << bit);
}

static bool word_test_and_clear(event_word_t *w, unsigned int bit)
{
    return __atomic_fetch_and(w, ~(1U << bit), __ATOMIC_SEQ_CST) & (1U << bit);
}

static bool word_test(const event_word_t *w, unsigned int bit)
{
    return __atomic_load_n(w, __ATOMIC_SEQ_CST) & (1U << bit);
}

static void fifo_init(struct domain *d, struct evtchn *chn)
{
    event_word_t *w = word_of(d, chn->port);

    WRITE_ONCE(chn->priority, EVTCHN_FIFO_PRIORITY_DEFAULT);
    __atomic_store_n(&chn->pending, false, __ATOMIC_RELAXED);
    /* The mask is the guest's alone; a word may still be linked from its former life. */
    if (w)
        word_test_and_clear(w, BIT_PENDING);
}

/* Make the old tail's word point to @port. False: it has left its queue meanwhile. */
static bool link_after(event_word_t *tail, uint32_t port)
{
    event_word_t seen = __atomic_load_n(tail, __ATOMIC_RELAXED);

    for (unsigned int i = 0; i < 2 * LINK_TRIES; i++) {
        event_word_t want;

        if (!(seen & WORD_LINKED))
            return false;
        /* The guest changes the word too; BUSY tells it to leave this to us. */
        if (i == LINK_TRIES)
            seen = __atomic_or_fetch(tail, WORD_BUSY, __ATOMIC_SEQ_CST);
        want = (seen & ~(WORD_BUSY | EVTCHN_FIFO_LINK_MASK)) | port;
        if (__atomic_compare_exchange_n(tail, &seen, want, false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_RELAXED))
            return true;
    }
    /* It did not: its own loss. */
    __atomic_fetch_and(tail, ~WORD_BUSY, __ATOMIC_SEQ_CST);
    return false;
}

static struct fifo_queue *queue_of(const struct domain *d, uint32_t last)
{
    struct evtchn_fifo_vcpu *fv = fifo_of(d->vcpu[last >> 8]);

    return fv ? &fv->queue[last & 0xff] : NULL;
}

/* A port that changed queue must not stay the tail of its old one. */
static void leave_old_queue(struct domain *d, struct evtchn *chn, uint32_t now)
{
    uint32_t last = READ_ONCE(chn->fifo_last);
    struct fifo_queue *old;

    if (likely(last == now))
        return;
    old = queue_of(d, last);
    if (old) {
        spin_lock(&old->lock);
        if (old->tail == chn->port)
            old->tail = 0;
        spin_unlock(&old->lock);
    }
    WRITE_ONCE(chn->fifo_last, now);
}

/* Append to @priority's queue. True: the guest must be told, the queue was empty. */
static bool append(struct domain *d, struct evtchn *chn, event_word_t *w,
                   struct evtchn_fifo_vcpu *fv, unsigned int priority)
{
    struct fifo_queue *q = &fv->queue[priority];
    bool linked = false;

    spin_lock(&q->lock);
    if (word_test_and_set(w, BIT_LINKED)) {
        spin_unlock(&q->lock);
        return false;
    }
    /* Our own former place, consumed since, is no tail: LINKED there is what we have just set. */
    if (q->tail && q->tail != chn->port) {
        event_word_t *tail = word_of(d, q->tail);

        linked = tail && link_after(tail, chn->port);
    }
    if (!linked)
        __atomic_store_n(&fv->control->head[priority], chn->port, __ATOMIC_SEQ_CST);
    q->tail = chn->port;
    spin_unlock(&q->lock);
    return !linked;
}

static void link_event(struct vcpu *v, struct evtchn *chn, event_word_t *w)
{
    struct domain *d = v->domain;
    struct evtchn_fifo_vcpu *fv = fifo_of(v);
    unsigned int priority = READ_ONCE(chn->priority);
    unsigned long flags;
    bool tell = false;

    if (fv == NULL)
        return; /* no control block yet: the event stays pending in its word */
    local_irq_save(flags);
    if (!word_test(w, BIT_LINKED)) {
        leave_old_queue(d, chn, v->vcpu_id << 8 | priority);
        tell = append(d, chn, w, fv, priority);
    }
    local_irq_restore(flags);
    if (tell && !(__atomic_fetch_or(&fv->control->ready, 1U << priority, __ATOMIC_SEQ_CST) &
                  (1U << priority)))
        port_vcpu_mark_events_pending(v);
}

static void fifo_set_pending(struct vcpu *v, struct evtchn *chn)
{
    event_word_t *w = word_of(v->domain, chn->port);
    bool was;

    if (unlikely(w == NULL)) {
        __atomic_store_n(&chn->pending, true, __ATOMIC_SEQ_CST);
        /* Has the word come meanwhile? Either raise_early() saw it pending, or we see the word. */
        w = word_of(v->domain, chn->port);
        if (w == NULL || !__atomic_exchange_n(&chn->pending, false, __ATOMIC_SEQ_CST))
            return;
    }
    was = word_test_and_set(w, BIT_PENDING);
    if (!word_test(w, BIT_MASKED) && !word_test(w, BIT_LINKED))
        link_event(v, chn, w);
    if (!was)
        evtchn_check_pollers(v->domain, chn->port);
}

static void fifo_clear_pending(struct domain *d, struct evtchn *chn)
{
    event_word_t *w = word_of(d, chn->port);

    /* Stays linked: unlinking is the guest's, or happens when it is reused. */
    if (w)
        word_test_and_clear(w, BIT_PENDING);
}

static void fifo_unmask(struct domain *d, struct evtchn *chn)
{
    event_word_t *w = word_of(d, chn->port);

    if (w == NULL)
        return;
    word_test_and_clear(w, BIT_MASKED);
    if (word_test(w, BIT_PENDING))
        fifo_set_pending(d->vcpu[chn->vcpu_id], chn);
}

static bool fifo_is_pending(const struct domain *d, const struct evtchn *chn)
{
    const event_word_t *w = word_of(d, chn->port);

    return w && word_test(w, BIT_PENDING);
}

static bool fifo_is_masked(const struct domain *d, const struct evtchn *chn)
{
    const event_word_t *w = word_of(d, chn->port);

    return !w || word_test(w, BIT_MASKED);
}

static int fifo_set_priority(struct domain *d, struct evtchn *chn, unsigned int priority)
{
    (void)d;
    if (priority > EVTCHN_FIFO_PRIORITY_MIN)
        return -EINVAL;
    /* Of effect from the next time it is linked. */
    WRITE_ONCE(chn->priority, (uint8_t)priority);
    return 0;
}

const struct evtchn_ops evtchn_fifo_ops = {
    .abi_ports = EVTCHN_FIFO_NR_CHANNELS,
    .init = fifo_init,
    .set_pending = fifo_set_pending,
    .clear_pending = fifo_clear_pending,
    .unmask = fifo_unmask,
    .is_pending = fifo_is_pending,
    .is_masked = fifo_is_masked,
    .set_priority = fifo_set_priority,
};

/* A page of current's that we write to: both references are held until unmap. */
static void *map_guest_page(struct domain *d, uint64_t gfn)
{
    struct page_info *pg = port_get_page_from_gfn(d, mk_gfn(gfn));

    if (pg == NULL)
        return NULL;
    if (!page_get_writable_type(pg)) {
        page_put(pg);
        return NULL;
    }
    return page_to_virt(pg);
}

static void unmap_guest_page(void *va)
{
    page_put_writable(virt_to_page((void *)((unsigned long)va & PAGE_MASK)));
}

static struct evtchn_fifo_vcpu *new_fifo_vcpu(void)
{
    struct evtchn_fifo_vcpu *fv = xzalloc(struct evtchn_fifo_vcpu);

    for (unsigned int i = 0; fv && i < EVTCHN_FIFO_MAX_QUEUES; i++)
        spin_lock_init(&fv->queue[i].lock, RANK_NONE);
    return fv;
}

/* The first control block switches the domain over; what is pending goes along. */
static int switch_abi(struct domain *d)
{
    struct evtchn_table *t = d->evtchn;
    struct evtchn_fifo *f;

    if (t->ops == &evtchn_fifo_ops)
        return 0;
    f = xzalloc(struct evtchn_fifo);
    if (f == NULL)
        return -ENOMEM;
    __atomic_store_n(&t->fifo, f, __ATOMIC_RELEASE);
    for (uint32_t port = 1; port < t->nr_valid && port < EVTCHN_2L_NR_CHANNELS; port++) {
        struct evtchn *chn = evtchn_from_port(d, port);

        spin_lock(&chn->lock);
        WRITE_ONCE(chn->priority, EVTCHN_FIFO_PRIORITY_DEFAULT);
        __atomic_store_n(&chn->pending, test_bit(port, d->shared_info->evtchn_pending),
                         __ATOMIC_RELAXED);
        spin_unlock(&chn->lock);
    }
    __atomic_store_n(&t->ops, &evtchn_fifo_ops, __ATOMIC_RELEASE);
    return 0;
}

static int init_control_locked(struct domain *d, struct vcpu *v, void *block)
{
    struct evtchn_fifo_vcpu *fv;
    int rc;

    if (v->evtchn_fifo)
        return -EINVAL;
    fv = new_fifo_vcpu();
    if (fv == NULL)
        return -ENOMEM;
    rc = switch_abi(d);
    if (rc) {
        xfree(fv);
        return rc;
    }
    fv->control = block;
    __atomic_store_n(&v->evtchn_fifo, fv, __ATOMIC_RELEASE);
    return 0;
}

int evtchn_fifo_init_control(struct evtchn_init_control *op)
{
    struct domain *d = current->domain;
    struct vcpu *v = domain_vcpu(d, op->vcpu);
    void *page;
    int rc;

    op->link_bits = EVTCHN_FIFO_LINK_BITS;
    if (v == NULL)
        return -ENOENT;
    if (op->offset > PAGE_SIZE - sizeof(struct evtchn_fifo_control_block) || op->offset % 8)
        return -EINVAL;
    page = map_guest_page(d, op->control_gfn);
    if (page == NULL)
        return -EINVAL;
    spin_lock(&d->evtchn->lock);
    rc = init_control_locked(d, v, (char *)page + op->offset);
    spin_unlock(&d->evtchn->lock);
    if (rc)
        unmap_guest_page(page);
    return rc;
}

/* Events that were raised before their words existed. */
static void raise_early(struct domain *d, uint32_t first, uint32_t end)
{
    for (uint32_t port = first; port < end; port++) {
        struct evtchn *chn = evtchn_from_port(d, port);

        if (chn == NULL)
            return;
        spin_lock(&chn->lock);
        if (__atomic_exchange_n(&chn->pending, false, __ATOMIC_SEQ_CST))
            fifo_set_pending(d->vcpu[chn->vcpu_id], chn);
        spin_unlock(&chn->lock);
    }
}

int evtchn_fifo_expand_array(const struct evtchn_expand_array *op)
{
    struct domain *d = current->domain;
    struct evtchn_fifo *f;
    void *page;
    int rc = -EOPNOTSUPP;

    spin_lock(&d->evtchn->lock);
    f = d->evtchn->fifo;
    if (f == NULL)
        goto out;
    rc = -ENOSPC;
    if (f->nr_words >= EVTCHN_FIFO_NR_CHANNELS)
        goto out;
    rc = -EINVAL;
    page = map_guest_page(d, op->array_gfn);
    if (page == NULL)
        goto out;
    f->page[f->nr_words / WORDS_PER_PAGE] = page;
    __atomic_store_n(&f->nr_words, f->nr_words + WORDS_PER_PAGE, __ATOMIC_SEQ_CST);
    raise_early(d, f->nr_words - WORDS_PER_PAGE, f->nr_words);
    rc = 0;
out:
    spin_unlock(&d->evtchn->lock);
    return rc;
}

static void free_fifo(struct rcu_head *head)
{
    struct evtchn_fifo *f = container_of(head, struct evtchn_fifo, rcu);
    struct evtchn_fifo_vcpu *fv;

    while ((fv = f->dead) != NULL) {
        f->dead = fv->next_dead;
        unmap_guest_page(fv->control);
        xfree(fv);
    }
    for (uint32_t i = 0; i < f->nr_words / WORDS_PER_PAGE; i++)
        unmap_guest_page(f->page[i]);
    xfree(f);
}

/* All ports are closed, or the domain is gone: give the guest's pages back. Another vCPU may be
 * looking at a port meanwhile, so that they go later. */
void evtchn_fifo_destroy(struct domain *d)
{
    struct evtchn_fifo *f = d->evtchn->fifo;
    struct vcpu *v;

    if (f == NULL)
        return; /* nor has a vCPU a control block */
    __atomic_store_n(&d->evtchn->ops, &evtchn_2l_ops, __ATOMIC_RELEASE);
    for_each_vcpu (d, v) {
        struct evtchn_fifo_vcpu *fv = v->evtchn_fifo;

        if (fv == NULL)
            continue;
        __atomic_store_n(&v->evtchn_fifo, NULL, __ATOMIC_RELEASE);
        fv->next_dead = f->dead;
        f->dead = fv;
    }
    __atomic_store_n(&d->evtchn->fifo, NULL, __ATOMIC_RELEASE);
    rcu_call(&f->rcu, free_fifo);
}
