/* SPDX-License-Identifier: MIT */
/* Event channels: what their files share. */
#ifndef EVTCHN_PRIVATE_H
#define EVTCHN_PRIVATE_H

#include <xen/evtchn.h>
#include <xen/spinlock.h>

/*
 * Life of a port. bind_* from FREE; close back to FREE, and the peer of an interdomain port goes
 * to UNBOUND.
 *
 *   FREE --alloc_unbound--> UNBOUND --bind_interdomain of the peer--> INTERDOMAIN
 *   FREE --bind_interdomain--> INTERDOMAIN
 *   FREE --bind_virq, bind_ipi, bind_pirq--> VIRQ, IPI, PIRQ
 */
enum evtchn_state {
    ECS_FREE,
    ECS_RESERVED, /* port 0 */
    ECS_UNBOUND,
    ECS_INTERDOMAIN,
    ECS_PIRQ,
    ECS_VIRQ,
    ECS_IPI,
};

/* [T] table lock, to write; [P] the port's lock as well, so that either is enough to read. */
struct evtchn {
    spinlock_t lock;
    uint8_t state;            /* [TP] enum evtchn_state */
    uint8_t priority;         /* FIFO queue */
    bool pending;             /* FIFO: raised before the guest gave the event word's page */
    uint32_t port;            /* [c] */
    uint32_t vcpu_id;         /* notified; written under T, read without a lock */
    uint32_t fifo_last;       /* queue it was last put in: vcpu_id << 8 | priority [queue lock] */
    xen_evtchn_fn xen_fn;     /* [TP] the hypervisor's end: not the guest's to close */
    union {                   /* [TP] */
        domid_t remote_domid; /* UNBOUND */
        struct {
            struct domain *remote; /* lives as long as this port is INTERDOMAIN */
            uint32_t remote_port;
        };
        uint32_t pirq;
        uint32_t virq;
    };
};

#define BUCKET_PORTS  32 /* evtchns allocated at a time */
#define GROUP_BUCKETS 128
#define MAX_PORTS     131072
#define NR_GROUPS     (MAX_PORTS / BUCKET_PORTS / GROUP_BUCKETS)

struct evtchn_ops;
struct evtchn_fifo;

struct evtchn_table {
    spinlock_t lock; /* RANK_EVTCHN: states and bindings of all ports */
    const struct evtchn_ops *ops;
    uint32_t max_ports; /* limit of creation; last allowed port + 1 */
    uint32_t nr_valid;  /* ports below have a struct evtchn */
    uint32_t next_free; /* no port below is free */
    uint32_t nr_active;
    uint32_t nr_xen;             /* of these, ends of the hypervisor */
    bool closing;                /* no more binds */
    const struct vcpu *resetter; /* who is in evtchn_reset(), preempted */
    uint32_t close_next;         /* cursor of evtchn_destroy() and evtchn_reset() */
    struct evtchn_fifo *fifo;
    struct evtchn **group[NR_GROUPS]; /* each an array of GROUP_BUCKETS buckets */
};

/* Ways of telling the guest; one per ABI. @chn's port is bound. */
struct evtchn_ops {
    uint32_t abi_ports; /* ports the ABI knows */
    void (*init)(struct domain *d, struct evtchn *chn);
    void (*set_pending)(struct vcpu *v, struct evtchn *chn);
    void (*clear_pending)(struct domain *d, struct evtchn *chn);
    void (*unmask)(struct domain *d, struct evtchn *chn);
    bool (*is_pending)(const struct domain *d, const struct evtchn *chn);
    bool (*is_masked)(const struct domain *d, const struct evtchn *chn);
    int (*set_priority)(struct domain *d, struct evtchn *chn, unsigned int priority);
};
extern const struct evtchn_ops evtchn_2l_ops, evtchn_fifo_ops;

/* NULL where the domain has no such port. */
static inline struct evtchn *evtchn_from_port(const struct domain *d, unsigned int port)
{
    const struct evtchn_table *t = d->evtchn;

    if (port >= __atomic_load_n(&t->nr_valid, __ATOMIC_ACQUIRE))
        return NULL;
    return &t->group[port / BUCKET_PORTS / GROUP_BUCKETS][port / BUCKET_PORTS % GROUP_BUCKETS]
                    [port % BUCKET_PORTS];
}

/* The ABI in use, with what belongs to it. */
static inline const struct evtchn_ops *evtchn_ops_of(const struct domain *d)
{
    return __atomic_load_n(&d->evtchn->ops, __ATOMIC_ACQUIRE);
}
static inline void evtchn_raise(struct domain *d, unsigned int vcpu_id, struct evtchn *chn)
{
    evtchn_ops_of(d)->set_pending(d->vcpu[vcpu_id], chn);
}

/* Wake vCPUs that poll @port. */
void evtchn_check_pollers(struct domain *d, unsigned int port);

/* table.c. Locks: T. The port returned is still FREE, and counted active: bind it, or give it
 * back with evtchn_table_free(). 0, -ENOSPC, -ENOMEM, -ENODEV. */
int evtchn_table_get_free(struct domain *d, struct evtchn **out);
void evtchn_table_free(struct domain *d, struct evtchn *chn);

/* bind.c */
int evtchn_close_port(struct domain *d, unsigned int port, bool by_guest);
long evtchn_alloc_unbound(struct evtchn_alloc_unbound *op);
long evtchn_bind_interdomain(struct evtchn_bind_interdomain *op);
long evtchn_bind_virq(struct evtchn_bind_virq *op);
long evtchn_bind_ipi(struct evtchn_bind_ipi *op);
long evtchn_bind_pirq(struct evtchn_bind_pirq *op);
long evtchn_bind_vcpu(unsigned int port, unsigned int vcpu_id);
long evtchn_status(struct evtchn_status *op);

/* fifo.c */
int evtchn_fifo_init_control(struct evtchn_init_control *op);
int evtchn_fifo_expand_array(const struct evtchn_expand_array *op);
void evtchn_fifo_destroy(struct domain *d);

#endif
