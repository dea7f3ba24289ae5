/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_sched_op. */
#include <public/sched.h>
#include <xen/evtchn.h>
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/time.h>
#include <xen/xsm.h>
#include <asm/current.h>

#include "private.h"

#define POLL_MAX_PORTS 128

/* Any of the ports pending? 1, 0 or an error. */
static int any_pending(struct domain *d, const struct sched_poll *poll)
{
    for (unsigned int i = 0; i < poll->nr_ports; i++) {
        evtchn_port_t port;
        int rc;

        if (copy_from_guest(&port, poll->ports, i, 1))
            return -EFAULT;
        rc = evtchn_port_pending(d, port);
        if (rc)
            return rc;
    }
    return 0;
}

static long op_poll(struct sched_poll *poll)
{
    struct vcpu *v = current;
    struct domain *d = v->domain;
    evtchn_port_t port = 0;
    int rc;

    if (poll->nr_ports > POLL_MAX_PORTS)
        return -EINVAL;
    if (!port_guest_range_ok(poll->ports.p, poll->nr_ports, sizeof(port)))
        return -EFAULT;
    if (poll->nr_ports == 1 && copy_from_guest(&port, poll->ports, 0, 1))
        return -EFAULT;
    __atomic_fetch_or(&v->pause_flags, VPF_BLOCKED, __ATOMIC_SEQ_CST);
    WRITE_ONCE(v->poll_evtchn, poll->nr_ports == 1 ? (int32_t)port : -1);
    set_bit(v->vcpu_id, d->poll_mask);
    smp_mb();
    /* What became pending before the bit was set is seen here. */
    rc = any_pending(d, poll);
    if (rc == 0 && vcpu_event_pending(v))
        rc = 1;
    if (rc) {
        clear_bit(v->vcpu_id, d->poll_mask);
        __atomic_fetch_and(&v->pause_flags, ~VPF_BLOCKED, __ATOMIC_SEQ_CST);
        return rc < 0 ? rc : 0;
    }
    if (poll->timeout)
        timer_set(&v->poll_timer, (s_time_t)poll->timeout);
    softirq_raise(SOFTIRQ_SCHEDULE);
    return 0;
}

static void watchdog_fire(void *data)
{
    struct domain *d = data;

    if (!READ_ONCE(d->is_shutting_down) && READ_ONCE(d->is_dying) == DOMDYING_ALIVE)
        domain_shutdown(d, SHUTDOWN_watchdog);
}

static long op_watchdog(const struct sched_watchdog *wd)
{
    struct domain *d = current->domain;
    uint32_t id = wd->id;
    long rc = 0;

    if (id > ARRAY_SIZE(d->watchdog) || (wd->timeout && wd->timeout < 1))
        return -EINVAL;
    spin_lock(&d->watchdog_lock);
    if (id == 0) { /* a new one */
        if (wd->timeout == 0)
            rc = -EINVAL;
        for (id = 1; !rc && id <= ARRAY_SIZE(d->watchdog); id++)
            if (!(d->watchdog_inuse_map & (1U << (id - 1))))
                break;
        if (!rc && id > ARRAY_SIZE(d->watchdog))
            rc = -ENOSPC;
        if (!rc) {
            timer_init(&d->watchdog[id - 1], watchdog_fire, d, smp_processor_id());
            d->watchdog_inuse_map |= 1U << (id - 1);
            rc = id;
        }
    } else if (!(d->watchdog_inuse_map & (1U << (id - 1)))) {
        rc = -EINVAL;
    }
    if (rc >= 0) {
        if (wd->timeout == 0) {
            timer_kill(&d->watchdog[id - 1]);
            d->watchdog_inuse_map &= ~(1U << (id - 1));
        } else {
            timer_set(&d->watchdog[id - 1], NOW() + SECONDS(wd->timeout));
        }
    }
    spin_unlock(&d->watchdog_lock);
    return rc;
}

static long remote_shutdown(const struct sched_remote_shutdown *op)
{
    struct domain *d = rcu_lock_domain_by_id(op->domain_id);
    long rc = xsm_check(XSM_REMOTE_SHUTDOWN, SCHEDOP_remote_shutdown, d);

    if (d == NULL)
        return rc ?: -ESRCH;
    if (rc == 0)
        rc = domain_shutdown(d, (uint8_t)op->reason);
    rcu_unlock_domain(d);
    return rc;
}

static long op_pin_override(const struct sched_pin_override *op)
{
    struct vcpu *v = current;

    if (xsm_check(XSM_PIN_OVERRIDE, SCHEDOP_pin_override, NULL))
        return -EPERM;
    if (op->pcpu >= 0 && (unsigned int)op->pcpu >= nr_cpu_ids)
        return -EINVAL;
    return vcpu_temporary_affinity(v, op->pcpu < 0 ? -1 : op->pcpu);
}

long do_sched_op(int cmd, void *arg)
{
    union {
        struct sched_shutdown shutdown;
        struct sched_poll poll;
        struct sched_remote_shutdown remote;
        struct sched_watchdog watchdog;
        struct sched_pin_override pin;
    } op;

    switch (cmd) {
    case SCHEDOP_yield:
        vcpu_yield();
        return 0;
    case SCHEDOP_block:
        vcpu_block_enable_events();
        return 0;
    case SCHEDOP_shutdown:
        if (copy_from_guest_bytes(&op.shutdown, arg, sizeof(op.shutdown)))
            return -EFAULT;
        return domain_shutdown(current->domain, (uint8_t)op.shutdown.reason);
    case SCHEDOP_shutdown_code: {
        struct domain *d = current->domain;

        if (copy_from_guest_bytes(&op.shutdown, arg, sizeof(op.shutdown)))
            return -EFAULT;
        spin_lock(&d->shutdown_lock);
        if (d->shutdown_code == ~0U)
            WRITE_ONCE(d->shutdown_code, (uint8_t)op.shutdown.reason);
        spin_unlock(&d->shutdown_lock);
        return 0;
    }
    case SCHEDOP_poll:
        if (copy_from_guest_bytes(&op.poll, arg, sizeof(op.poll)))
            return -EFAULT;
        return op_poll(&op.poll);
    case SCHEDOP_remote_shutdown:
        if (copy_from_guest_bytes(&op.remote, arg, sizeof(op.remote)))
            return -EFAULT;
        return remote_shutdown(&op.remote);
    case SCHEDOP_watchdog:
        if (copy_from_guest_bytes(&op.watchdog, arg, sizeof(op.watchdog)))
            return -EFAULT;
        return op_watchdog(&op.watchdog);
    case SCHEDOP_pin_override:
        if (copy_from_guest_bytes(&op.pin, arg, sizeof(op.pin)))
            return -EFAULT;
        return op_pin_override(&op.pin);
    default:
        return -ENOSYS;
    }
}
