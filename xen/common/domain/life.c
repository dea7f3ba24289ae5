/* SPDX-License-Identifier: MIT */
/* How domains end: shutdown, crash, destruction, resume. */
#include <public/domctl.h>
#include <public/sched.h>
#include <xen/evtchn.h>
#include <xen/grant.h>
#include <xen/kernel.h>
#include <xen/lib/printf.h>
#include <xen/mm.h>
#include <xen/param.h>
#include <xen/port/cpu.h>
#include <xen/port/domain.h>
#include <xen/sched.h>
#include <xen/time.h>
#include <asm/current.h>

#include "private.h"

/* Who is told of each global virq; dom0 unless XEN_DOMCTL_set_virq_handler says otherwise. */
static struct domain *virq_handler[NR_VIRQS];
static DEFINE_SPINLOCK(virq_handler_lock, RANK_NONE);

void send_global_virq(uint32_t virq)
{
    struct domain *d = READ_ONCE(virq_handler[virq]);

    send_guest_domain_virq(d ? d : dom0, virq);
}

static bool virq_has_handler(uint32_t virq)
{
    switch (virq) {
    case VIRQ_DOM_EXC:
    case VIRQ_CONSOLE:
    case VIRQ_TBUF:
    case VIRQ_CON_RING:
    case VIRQ_PCPU_STATE:
    case VIRQ_ENOMEM:
    case VIRQ_MEM_EVENT:
    case VIRQ_ARGO:
        return true;
    default:
        return false;
    }
}

int set_global_virq_handler(struct domain *d, uint32_t virq)
{
    struct domain *old;

    if (virq >= NR_VIRQS || !virq_has_handler(virq))
        return -EINVAL;
    if (!domain_get(d))
        return -EINVAL;
    spin_lock(&virq_handler_lock);
    if (READ_ONCE(d->is_dying)) { /* clear_virq_handlers() may have been there already */
        spin_unlock(&virq_handler_lock);
        domain_put(d);
        return -EINVAL;
    }
    old = virq_handler[virq];
    WRITE_ONCE(virq_handler[virq], d == dom0 ? NULL : d);
    spin_unlock(&virq_handler_lock);
    if (d == dom0)
        domain_put(d);
    if (old)
        domain_put(old);
    return 0;
}

static void clear_virq_handlers(struct domain *d)
{
    for (uint32_t virq = 0; virq < NR_VIRQS; virq++) {
        bool was;

        spin_lock(&virq_handler_lock);
        was = virq_handler[virq] == d;
        if (was)
            WRITE_ONCE(virq_handler[virq], NULL);
        spin_unlock(&virq_handler_lock);
        if (was)
            domain_put(d);
    }
}

static bool opt_noreboot;
PARAM_BOOL("noreboot", opt_noreboot);

/* dom0 ends: so does the machine. */
static void machine_shutdown(uint32_t reason) noreturn;
static void machine_shutdown(uint32_t reason)
{
    switch (reason) {
    case SHUTDOWN_poweroff:
        printk("Hardware Dom0 halted: halting machine\n");
        port_machine_halt();
    case SHUTDOWN_crash:
        printk("Hardware Dom0 crashed: %s\n",
               opt_noreboot ? "not rebooting" : "rebooting machine in 5 seconds.");
        if (opt_noreboot)
            port_machine_halt();
        port_machine_restart(5000);
    case SHUTDOWN_watchdog:
        printk("Hardware Dom0 shutdown: watchdog rebooting machine\n");
        port_machine_restart(0);
    default:
        printk("Hardware Dom0 shutdown: rebooting machine\n");
        port_machine_restart(0);
    }
}

int domain_shutdown(struct domain *d, uint32_t reason)
{
    uint32_t port;
    bool suspended;
    struct vcpu *v;

    if (is_hardware_domain(d))
        machine_shutdown(reason);
    spin_lock(&d->shutdown_lock);
    if (d->shutdown_code == ~0U)
        WRITE_ONCE(d->shutdown_code, reason);
    if (d->is_shutting_down) {
        spin_unlock(&d->shutdown_lock);
        return 0;
    }
    WRITE_ONCE(d->is_shutting_down, true);
    port_domain_shutdown(d);
    spin_unlock(&d->shutdown_lock);
    /* Each vCPU stops at its next way out; who asked is still in its hypercall. */
    for_each_vcpu (d, v)
        vcpu_pause_nosync(v);
    spin_lock(&d->shutdown_lock);
    WRITE_ONCE(d->is_shut_down, true);
    suspended = d->shutdown_code == SHUTDOWN_suspend;
    spin_unlock(&d->shutdown_lock);
    port = READ_ONCE(d->suspend_evtchn);
    if (suspended && port)
        evtchn_send(d, port);
    send_global_virq(VIRQ_DOM_EXC);
    return 0;
}

void domain_resume(struct domain *d)
{
    struct vcpu *v;

    domain_pause(d);
    spin_lock(&d->shutdown_lock);
    if (d->is_shutting_down) {
        WRITE_ONCE(d->is_shutting_down, false);
        WRITE_ONCE(d->is_shut_down, false);
        WRITE_ONCE(d->shutdown_code, ~0U);
        for_each_vcpu (d, v)
            vcpu_unpause(v);
    }
    spin_unlock(&d->shutdown_lock);
    domain_unpause(d);
}

void domain_crash_at(struct domain *d, const char *file, int line, const char *fmt, ...)
{
    char why[128];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(why, sizeof(why), fmt, ap);
    va_end(ap);
    printk(XENLOG_G_ERR "domain_crash called from %s:%d: d%d: %s\n", file, line, d->domain_id, why);
    if (!d->is_shutting_down && d == current->domain) {
        printk(XENLOG_G_ERR "Domain %d (vcpu#%u) crashed on cpu#%u:\n", d->domain_id,
               current->vcpu_id, current->processor);
        port_dump_current_guest();
    }
    domain_shutdown(d, SHUTDOWN_crash);
}

/* The stages of destruction; each may be preempted and is entered again. */
static int (*const kill_stages[])(struct domain *d) = {
    evtchn_destroy,
    port_domain_relinquish,
    grant_release_mappings,
};

static void stop_timers(struct domain *d)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(d->watchdog); i++)
        if (d->watchdog_inuse_map & (1U << i))
            timer_kill(&d->watchdog[i]);
}

int domain_kill(struct domain *d)
{
    struct vcpu *v;

    if (d->is_dying == DOMDYING_DEAD)
        return 0;
    if (d->is_dying == DOMDYING_ALIVE) {
        domain_pause(d);
        WRITE_ONCE(d->is_dying, DOMDYING_DYING);
        /* Who has seen it alive under these locks is through. */
        spin_barrier(&d->page_lock);
        spin_barrier(&d->lock);
        stop_timers(d);
    }
    for (; d->destroy_stage < ARRAY_SIZE(kill_stages); d->destroy_stage++) {
        int rc = kill_stages[d->destroy_stage](d);

        if (rc)
            return rc;
    }
    for_each_vcpu (d, v)
        vcpu_drop_areas(v);
    clear_virq_handlers(d);
    domain_set_claim(d, 0);
    WRITE_ONCE(d->is_dying, DOMDYING_DEAD);
    send_global_virq(VIRQ_DOM_EXC);
    domain_put(d);
    return 0;
}

static uint32_t info_flags(struct domain *d, bool running, bool blocked)
{
    uint32_t flags = 0;

    if (READ_ONCE(d->is_dying) == DOMDYING_DEAD)
        flags |= XEN_DOMINF_dying;
    if (READ_ONCE(d->is_shut_down))
        flags |= XEN_DOMINF_shutdown;
    if (READ_ONCE(d->controller_pause_count))
        flags |= XEN_DOMINF_paused;
    if (READ_ONCE(d->debugger_attached))
        flags |= XEN_DOMINF_debugged;
    if (d->is_xenstore)
        flags |= XEN_DOMINF_xs_domain;
    if (is_hvm_domain(d))
        flags |= XEN_DOMINF_hvm_guest;
    if (running)
        flags |= XEN_DOMINF_running;
    else if (blocked && !READ_ONCE(d->controller_pause_count))
        flags |= XEN_DOMINF_blocked;
    return flags | (READ_ONCE(d->shutdown_code) & 0xff) << XEN_DOMINF_shutdownshift;
}

void domain_get_info(struct domain *d, struct xen_domctl_getdomaininfo *out)
{
    bool running = false, blocked = true;
    struct vcpu *v;

    *out = (struct xen_domctl_getdomaininfo){.domain = d->domain_id};
    out->max_vcpu_id = XEN_INVALID_MAX_VCPU_ID;
    for_each_vcpu (d, v) {
        out->cpu_time += (uint64_t)vcpu_cpu_time(v);
        out->max_vcpu_id = v->vcpu_id;
        if (READ_ONCE(v->pause_flags) & VPF_DOWN)
            continue;
        out->nr_online_vcpus++;
        if (!(READ_ONCE(v->pause_flags) & VPF_BLOCKED))
            blocked = false;
        if (READ_ONCE(v->is_running))
            running = true;
    }
    out->flags = info_flags(d, running, blocked);
    out->tot_pages = READ_ONCE(d->tot_pages);
    out->max_pages = READ_ONCE(d->max_pages);
    out->outstanding_pages = READ_ONCE(d->outstanding_pages);
    out->shared_info_frame = virt_to_mfn(d->shared_info).nr;
    out->ssidref = d->ssidref;
    spin_lock(&d->page_lock);
    __builtin_memcpy(out->handle, d->handle, sizeof(out->handle));
    spin_unlock(&d->page_lock);
    out->cpupool = sched_domain_cpupool(d);
    port_get_domain_info(d, out);
}

int domain_soft_reset(struct domain *d)
{
    struct vcpu *v;
    int rc;

    spin_lock(&d->shutdown_lock);
    rc = d->is_shut_down ? 0 : -EINVAL;
    spin_unlock(&d->shutdown_lock);
    if (rc)
        return rc;
    rc = evtchn_reset(d);
    if (rc)
        return rc;
    grant_warn_active(d);
    for_each_vcpu (d, v)
        vcpu_drop_areas(v);
    domain_resume(d);
    return 0;
}
