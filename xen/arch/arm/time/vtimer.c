/* SPDX-License-Identifier: MIT */
/* Guests' timers: vtimer.h tells how. Registers: Arm ARM D17.11. */
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/gic_hyp.h>
#include <asm/sysreg_trap.h>
#include <asm/time.h>
#include <asm/vtimer.h>
#include <public/xen.h>
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/sched.h>
#include <xen/time.h>
#include "private.h"

#define CTL_ENABLE  1U
#define CTL_IMASK   2U
#define CTL_ISTATUS 4U

static bool armed(uint32_t ctl)
{
    return (ctl & (CTL_ENABLE | CTL_IMASK)) == CTL_ENABLE;
}

/* System time of counter value @cval, which may lie before boot or beyond the end of time. */
static s_time_t deadline_of(uint64_t cval)
{
    uint64_t now = counter_read();

    if (cval <= now)
        return NOW();
    if (cval - now > ns_to_ticks(SECONDS(1) * 86400 * 365))
        return STIME_MAX;
    return counter_to_ns(cval) + 1;
}

static void virt_expired(void *data)
{
    struct vtimer *t = data;

    vgic_timer_due(t->v, t->irq);
}

static void phys_expired(void *data)
{
    struct vtimer *t = data;

    if (armed(READ_ONCE(t->ctl)))
        vgic_set_line_local(t->v, t->irq, true);
}

int vtimer_domain_init(struct domain *d, bool host_irqs)
{
    struct vtimer_domain *t = &d->arch.vtimer;

    t->offset = counter_read();
    t->virt_irq = host_irqs ? timer_info.irq[TIMER_VIRT] : GUEST_TIMER_VIRT_PPI;
    t->phys_irq = host_irqs ? timer_info.irq[TIMER_PHYS] : GUEST_TIMER_PHYS_NS_PPI;
    t->phys_s_irq = host_irqs ? timer_info.irq[TIMER_PHYS_SECURE] : GUEST_TIMER_PHYS_S_PPI;
    if (!vgic_reserve(d, t->virt_irq) || (t->phys_irq && !vgic_reserve(d, t->phys_irq)) ||
        (t->phys_s_irq && !vgic_reserve(d, t->phys_s_irq)))
        return -EINVAL;
    return 0;
}

static void timer_set_up(struct vtimer *t, struct vcpu *v, unsigned int irq, void (*fn)(void *))
{
    t->v = v;
    t->irq = irq;
    t->ctl = 0;
    t->cval = 0;
    timer_init(&t->timer, fn, t, v->processor);
}

int vtimer_vcpu_init(struct vcpu *v)
{
    const struct vtimer_domain *d = &v->domain->arch.vtimer;

    timer_set_up(&v->arch.vtimer.virt, v, d->virt_irq, virt_expired);
    timer_set_up(&v->arch.vtimer.phys, v, d->phys_irq, phys_expired);
    if (!gic_info.loses_levels)
        vgic_timer_connect(v, d->virt_irq, timer_info.irq[TIMER_VIRT]);
    return 0;
}

void vtimer_vcpu_free(struct vcpu *v)
{
    if (!v->arch.vtimer.virt.v)
        return;
    timer_kill(&v->arch.vtimer.virt.timer);
    timer_kill(&v->arch.vtimer.phys.timer);
    v->arch.vtimer.virt.v = NULL;
}

void vtimer_vcpu_reset(struct vcpu *v)
{
    struct vtimer_vcpu *t = &v->arch.vtimer;

    timer_stop(&t->virt.timer);
    timer_stop(&t->phys.timer);
    t->virt.ctl = t->phys.ctl = 0;
    t->cntkctl = 0;
    vgic_set_line_local(v, t->phys.irq, false);
}

void vtimer_fired(int irq, void *dev)
{
    struct vcpu *v = current;

    if (!is_idle_vcpu(v) && v->arch.vgic.loaded) {
        vgic_timer_fired(v, v->arch.vtimer.virt.irq);
        if (!gic_info.loses_levels)
            return;
        /* The guest finds it masked, and unmasks it with the next deadline. */
        write_sysreg(read_sysreg(cntv_ctl_el0) | CTL_IMASK, cntv_ctl_el0);
        isb();
    }
    /* Silenced now, or switched off between its signal and here. */
    gic_deactivate((unsigned int)irq);
}

void vtimer_save(struct vcpu *v)
{
    struct vtimer *t = &v->arch.vtimer.virt;

    t->ctl = (uint32_t)read_sysreg(cntv_ctl_el0);
    write_sysreg(0, cntv_ctl_el0);
    t->cval = read_sysreg(cntv_cval_el0);
    v->arch.vtimer.cntkctl = read_sysreg(cntkctl_el1);
    /* One that can run will be back before it needs this; one that waits must be woken. */
    if (armed(t->ctl) && (READ_ONCE(v->pause_flags) & VPF_BLOCKED))
        timer_set(&t->timer, deadline_of(t->cval + v->domain->arch.vtimer.offset));
}

void vtimer_restore(struct vcpu *v)
{
    struct vtimer *t = &v->arch.vtimer.virt;
    unsigned int cpu = smp_processor_id();

    timer_stop(&t->timer);
    if (t->timer.cpu != cpu)
        timer_migrate(&t->timer, cpu);
    if (v->arch.vtimer.phys.timer.cpu != cpu)
        timer_migrate(&v->arch.vtimer.phys.timer, cpu);
    write_sysreg(v->domain->arch.vtimer.offset, cntvoff_el2);
    write_sysreg(v->arch.vtimer.cntkctl, cntkctl_el1);
    write_sysreg(t->cval, cntv_cval_el0);
    isb();
    write_sysreg(t->ctl, cntv_ctl_el0);
}

void vtimer_dump(struct vcpu *v)
{
    const struct vtimer_vcpu *t = &v->arch.vtimer;

    if (t->virt.v)
        printk("    timers: virtual ctl %u cval %#lx, physical ctl %u cval %#lx\n", t->virt.ctl,
               (unsigned long)t->virt.cval, t->phys.ctl, (unsigned long)t->phys.cval);
}

/* After a change of the physical timer: its line, and our timer for it. */
static void phys_update(struct vtimer *t)
{
    bool due = armed(t->ctl) && t->cval <= counter_read();

    vgic_set_line_local(t->v, t->irq, due);
    if (armed(t->ctl) && !due)
        timer_set(&t->timer, deadline_of(t->cval));
    else
        timer_stop(&t->timer);
}

static uint64_t phys_ctl(const struct vtimer *t)
{
    bool met = (t->ctl & CTL_ENABLE) && t->cval <= counter_read();

    return t->ctl | (met ? CTL_ISTATUS : 0);
}

#define SYS_CNTP_TVAL_EL0 SYSREG(3, 3, 14, 2, 0)
#define SYS_CNTP_CTL_EL0  SYSREG(3, 3, 14, 2, 1)
#define SYS_CNTP_CVAL_EL0 SYSREG(3, 3, 14, 2, 2)

bool vtimer_sysreg(struct vcpu *v, uint32_t enc, bool write, uint64_t *value)
{
    struct vtimer *t = &v->arch.vtimer.phys;

    switch (enc) {
    case SYS_CNTP_CTL_EL0:
        if (write)
            t->ctl = (uint32_t)*value & (CTL_ENABLE | CTL_IMASK);
        else
            *value = phys_ctl(t);
        break;
    case SYS_CNTP_CVAL_EL0:
        if (write)
            t->cval = *value;
        else
            *value = t->cval;
        break;
    case SYS_CNTP_TVAL_EL0:
        if (write)
            t->cval = counter_read() + (uint64_t)(int64_t)(int32_t)*value;
        else
            *value = (uint32_t)(t->cval - counter_read());
        break;
    default:
        return false;
    }
    if (write)
        phys_update(t);
    return true;
}
