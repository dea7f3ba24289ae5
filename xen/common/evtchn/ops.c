/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_event_channel_op: copy in, act, copy out. */
#include <xen/console.h>
#include <xen/kernel.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/init.h>
#include <xen/port/domain.h>
#include <xen/xsm.h>
#include <asm/current.h>

#include "private.h"

union op {
    struct evtchn_alloc_unbound alloc_unbound;
    struct evtchn_bind_interdomain bind_interdomain;
    struct evtchn_bind_virq bind_virq;
    struct evtchn_bind_ipi bind_ipi;
    struct evtchn_bind_pirq bind_pirq;
    struct evtchn_close close;
    struct evtchn_send send;
    struct evtchn_status status;
    struct evtchn_bind_vcpu bind_vcpu;
    struct evtchn_unmask unmask;
    struct evtchn_reset reset;
    struct evtchn_init_control init_control;
    struct evtchn_expand_array expand_array;
    struct evtchn_set_priority set_priority;
};

static long op_alloc_unbound(union op *op)
{
    return evtchn_alloc_unbound(&op->alloc_unbound);
}

static long op_bind_interdomain(union op *op)
{
    return evtchn_bind_interdomain(&op->bind_interdomain);
}

static long op_bind_virq(union op *op)
{
    return evtchn_bind_virq(&op->bind_virq);
}

static long op_bind_ipi(union op *op)
{
    return evtchn_bind_ipi(&op->bind_ipi);
}

static long op_bind_pirq(union op *op)
{
    return evtchn_bind_pirq(&op->bind_pirq);
}

static long op_close(union op *op)
{
    return evtchn_close_port(current->domain, op->close.port, true);
}

static long op_status(union op *op)
{
    return evtchn_status(&op->status);
}

static long op_bind_vcpu(union op *op)
{
    return evtchn_bind_vcpu(op->bind_vcpu.port, op->bind_vcpu.vcpu);
}

static long op_unmask(union op *op)
{
    struct domain *d = current->domain;
    struct evtchn *chn = evtchn_from_port(d, op->unmask.port);

    if (chn == NULL)
        return -EINVAL;
    spin_lock(&chn->lock);
    evtchn_ops_of(d)->unmask(d, chn);
    spin_unlock(&chn->lock);
    return 0;
}

static long op_reset(union op *op)
{
    struct domain *d;
    long rc = rcu_lock_domain_for(XSM_EVTCHN, EVTCHNOP_reset, op->reset.dom, &d);

    if (rc)
        return rc;
    rc = evtchn_reset(d);
    rcu_unlock_domain(d);
    return rc;
}

static long op_init_control(union op *op)
{
    return evtchn_fifo_init_control(&op->init_control);
}

static long op_expand_array(union op *op)
{
    return evtchn_fifo_expand_array(&op->expand_array);
}

static long op_set_priority(union op *op)
{
    struct domain *d = current->domain;
    struct evtchn *chn = evtchn_from_port(d, op->set_priority.port);
    long rc;

    if (chn == NULL)
        return -EINVAL;
    spin_lock(&d->evtchn->lock);
    rc = chn->state > ECS_RESERVED
             ? evtchn_ops_of(d)->set_priority(d, chn, op->set_priority.priority)
             : -EINVAL;
    spin_unlock(&d->evtchn->lock);
    return rc;
}

static const struct op_desc {
    long (*fn)(union op *op);
    uint8_t size;
    bool copy_back;
} ops[] = {
    [EVTCHNOP_bind_interdomain] = {op_bind_interdomain, sizeof(struct evtchn_bind_interdomain),
                                   true},
    [EVTCHNOP_bind_virq] = {op_bind_virq, sizeof(struct evtchn_bind_virq), true},
    [EVTCHNOP_bind_pirq] = {op_bind_pirq, sizeof(struct evtchn_bind_pirq), true},
    [EVTCHNOP_close] = {op_close, sizeof(struct evtchn_close), false},
    [EVTCHNOP_status] = {op_status, sizeof(struct evtchn_status), true},
    [EVTCHNOP_alloc_unbound] = {op_alloc_unbound, sizeof(struct evtchn_alloc_unbound), true},
    [EVTCHNOP_bind_ipi] = {op_bind_ipi, sizeof(struct evtchn_bind_ipi), true},
    [EVTCHNOP_bind_vcpu] = {op_bind_vcpu, sizeof(struct evtchn_bind_vcpu), false},
    [EVTCHNOP_unmask] = {op_unmask, sizeof(struct evtchn_unmask), false},
    [EVTCHNOP_reset] = {op_reset, sizeof(struct evtchn_reset), false},
    [EVTCHNOP_init_control] = {op_init_control, sizeof(struct evtchn_init_control), true},
    [EVTCHNOP_expand_array] = {op_expand_array, sizeof(struct evtchn_expand_array), false},
    [EVTCHNOP_set_priority] = {op_set_priority, sizeof(struct evtchn_set_priority), false},
};

/* The hot one, without the table. */
static long op_send(void *arg)
{
    struct evtchn_send send;

    if (copy_from_guest_bytes(&send, arg, sizeof(send)))
        return -EFAULT;
    return evtchn_send(current->domain, send.port);
}

long do_event_channel_op(int cmd, void *arg)
{
    const struct op_desc *desc;
    union op op;
    long rc;

    if (likely(cmd == EVTCHNOP_send))
        return op_send(arg);
    if (cmd < 0 || cmd >= (int)ARRAY_SIZE(ops) || ops[cmd].fn == NULL)
        return -ENOSYS;
    desc = &ops[cmd];
    if (copy_from_guest_bytes(&op, arg, desc->size))
        return -EFAULT;
    rc = desc->fn(&op);
    if (rc == -ERESTART)
        return hypercall_continue(__HYPERVISOR_event_channel_op, 2, (unsigned long)cmd, arg);
    if (rc == 0 && desc->copy_back && copy_to_guest_bytes(arg, &op, desc->size)) {
        /* The guest will never know the port: take it back. */
        if (cmd == EVTCHNOP_bind_interdomain)
            evtchn_close_port(current->domain, op.bind_interdomain.local_port, true);
        else if (cmd == EVTCHNOP_bind_virq || cmd == EVTCHNOP_bind_ipi || cmd == EVTCHNOP_bind_pirq)
            evtchn_close_port(current->domain,
                              cmd == EVTCHNOP_bind_virq  ? op.bind_virq.port
                              : cmd == EVTCHNOP_bind_ipi ? op.bind_ipi.port
                                                         : op.bind_pirq.port,
                              true);
        return -EFAULT;
    }
    return rc;
}

void evtchn_mark_all_pending(struct vcpu *v)
{
    /* Others may be raising theirs in it: this has them all, and the last step tells of all. */
    WRITE_ONCE(v->vcpu_info->evtchn_pending_sel, ~(xen_ulong_t)0);
    WRITE_ONCE(v->vcpu_info->evtchn_upcall_pending, 0);
    port_vcpu_mark_events_pending(v);
}

static void dump_domain(struct domain *d)
{
    printk("Event channel information for domain %d: %u active of %u\n", d->domain_id,
           d->evtchn->nr_active, d->evtchn->max_ports);
    printk("    port [p/m]\n");
    for (uint32_t port = 1; port < d->evtchn->nr_valid; port++) {
        struct evtchn *chn = evtchn_from_port(d, port);

        if (chn->state == ECS_FREE)
            continue;
        printk("    %4u [%d/%d]: s=%d n=%u", port, evtchn_ops_of(d)->is_pending(d, chn),
               evtchn_ops_of(d)->is_masked(d, chn), chn->state, chn->vcpu_id);
        if (chn->state == ECS_INTERDOMAIN)
            printk(" d=%d p=%u", chn->remote->domain_id, chn->remote_port);
        else if (chn->state == ECS_UNBOUND)
            printk(" d=%d", chn->remote_domid);
        else if (chn->state == ECS_PIRQ)
            printk(" p=%u", chn->pirq);
        else if (chn->state == ECS_VIRQ)
            printk(" v=%u", chn->virq);
        printk("%s\n", chn->xen_fn ? " x" : "");
    }
}

void evtchn_dump(unsigned char key)
{
    struct domain *d;

    (void)key;
    rcu_read_lock();
    for_each_domain (d)
        if (d->evtchn) {
            spin_lock(&d->evtchn->lock);
            dump_domain(d);
            spin_unlock(&d->evtchn->lock);
        }
    rcu_read_unlock();
}

static int evtchn_keys_init(void)
{
    keyhandler_register('e', evtchn_dump, "dump evtchn info");
    return 0;
}
INITCALL(evtchn_keys_init);
