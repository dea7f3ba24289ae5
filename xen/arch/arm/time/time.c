/* SPDX-License-Identifier: MIT */
/* System time is the physical counter; the hypervisor's own timer is that of EL2. */
#include <asm/cpu.h>
#include <asm/dt.h>
#include <asm/irq.h>
#include <asm/gic_hyp.h>
#include <asm/time.h>
#include <xen/domain.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/percpu.h>
#include <xen/port/cpu.h>
#include <xen/softirq.h>
#include <xen/time.h>
#include <asm/vgic.h>
#include "private.h"
#include "scale.h"

#define CTL_ENABLE 1U
#define CTL_IMASK  2U
#define NS_PER_S   1000000000U

struct timer_info timer_info __ro_after_init;

static struct scale to_ns __ro_after_init, to_ticks __ro_after_init;

uint64_t counter_read(void)
{
    isb();
    return read_sysreg(cntpct_el0);
}

s_time_t ticks_to_ns(uint64_t ticks)
{
    return (s_time_t)scale(&to_ns, ticks);
}

uint64_t ns_to_ticks(s_time_t ns)
{
    return scale(&to_ticks, (uint64_t)ns);
}

s_time_t get_s_time(void)
{
    return counter_to_ns(counter_read());
}

static const char *const timer_compatible[] __initconst = {"arm,armv8-timer", "arm,armv7-timer",
                                                           NULL};

static void __init find_irqs(int node)
{
    for (unsigned int i = 0; i < NR_TIMER_PPIS; i++) {
        struct dt_irq irq;

        if (!dt_irq(host_fdt, node, i, &irq) && irq.irq < GIC_FIRST_SPI)
            timer_info.irq[i] = irq.irq;
    }
    if (!timer_info.irq[TIMER_HYP] || !timer_info.irq[TIMER_VIRT])
        panic("The timer node lacks interrupts\n");
}

void __init time_boot_init(void)
{
    int node = dt_next_compatible(host_fdt, -1, timer_compatible);

    if (node < 0)
        panic("No generic timer in the device tree\n");
    find_irqs(node);
    timer_info.hz = (uint32_t)read_sysreg(cntfrq_el0);
    if (dt_u32(host_fdt, node, "clock-frequency", 0, &timer_info.dt_clock_frequency))
        timer_info.hz = timer_info.dt_clock_frequency;
    if (timer_info.hz < 1000)
        panic("The timer's frequency is not known\n");
    to_ns = scale_of(timer_info.hz, NS_PER_S);
    to_ticks = scale_of(NS_PER_S, timer_info.hz);
    timer_info.boot_count = counter_read();
    printk("Generic timer at %u kHz\n", timer_info.hz / 1000);
}

static void hyp_timer_fired(int irq, void *dev)
{
    write_sysreg(0, cnthp_ctl_el2);
    isb();
    softirq_raise(SOFTIRQ_TIMER);
}

bool port_timer_program(s_time_t deadline)
{
    if (!deadline) {
        write_sysreg(0, cnthp_ctl_el2);
        isb();
        return true;
    }
    if (deadline <= NOW()) {
        softirq_raise(SOFTIRQ_TIMER);
        return false;
    }
    /* A tick late rather than early: it would be asked for again at once. */
    write_sysreg(ns_to_ticks(deadline) + timer_info.boot_count + 1, cnthp_cval_el2);
    write_sysreg(CTL_ENABLE, cnthp_ctl_el2);
    isb();
    return true;
}

static void maintenance_fired(int irq, void *dev)
{
    vgic_maintenance();
}

void time_cpu_init(void)
{
    write_sysreg(0, cntvoff_el2);
    write_sysreg(1, cnthctl_el2); /* guests read the physical counter, its timer traps */
    write_sysreg(0, cntp_ctl_el0);
    write_sysreg(0, cntv_ctl_el0);
    write_sysreg(0, cnthp_ctl_el2);
    isb();
    irq_enable_local(timer_info.irq[TIMER_HYP]);
    irq_enable_local(timer_info.irq[TIMER_VIRT]);
}

void __init time_irq_init(void)
{
    if (irq_request(timer_info.irq[TIMER_HYP], hyp_timer_fired, NULL, "hypervisor timer") ||
        irq_request(timer_info.irq[TIMER_VIRT], vtimer_fired, NULL, "virtual timer") ||
        irq_request(gic_info.maintenance_irq, maintenance_fired, NULL, "GIC maintenance"))
        panic("Timer interrupts are taken\n");
    irq_handler_deactivates(timer_info.irq[TIMER_VIRT]);
}
