/* SPDX-License-Identifier: MIT */
/* From head.S to dom0: the order in which everything comes up, on the boot CPU. */
#include <xen/console.h>
#include <xen/domain.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/param.h>
#include <xen/port/page_tables.h>
#include <xen/rcu.h>
#include <xen/sched.h>
#include <xen/timer.h>
#include <xen/version_info.h>
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/domain_build.h>
#include <asm/dt.h>
#include <asm/gic.h>
#include <asm/p2m.h>
#include <asm/platform.h>
#include <asm/psci.h>
#include <asm/setup.h>
#include <asm/sysreg_trap.h>
#include <asm/time.h>
#include <asm/uart.h>

extern char __ro_after_init_start[], __ro_after_init_end[];
extern char __per_cpu_start[], __per_cpu_end[], __per_cpu_pristine[];

void start_xen(paddr_t fdt) noreturn;

struct boot_info boot_info;

static void __init early_boot(paddr_t fdt)
{
    unsigned long offset = fdt & ((1UL << 21) - 1);

    memcpy(__per_cpu_pristine, __per_cpu_start, (size_t)(__per_cpu_end - __per_cpu_start));
    cpu_setup_this();
    dt_boot_init((const char *)XEN_FDT_START + offset, XEN_FDT_SIZE - offset);
    boot_info.cmdline = dt_boot.xen_cmdline;
    cmdline_parse(boot_info.cmdline);
    uart_dt_init();
    console_early_init();
    version_print();
    printk("Command line: %s\n", boot_info.cmdline);
    cpu_features_init();
}

static void __init memory_boot(void)
{
    mm_boot_init();
    heap_init();
    dt_relocate();
    console_init();
    platform_init();
}

static void __init core_boot(void)
{
    smp_enumerate();
    rcu_subsys_init();
    timer_subsys_init();
    p2m_boot_init();
}

static void __init interrupts_boot(void)
{
    time_boot_init();
    gic_boot_init();
    time_cpu_init();
    psci_boot_init();
    sysreg_boot_init();
}

static void __init domains_boot(void)
{
    sched_init();
    domain_subsys_init();
    current = vcpu_create(idle_domain, 0);
    if (!current)
        panic("no memory for the idle vCPU\n");
    sched_cpu_up(0);
}

/* Not in .init: this is what takes that away. */
static void noinline noreturn finish_boot(void)
{
    unsigned long init_bytes = (unsigned long)(_einit - _sinit);

    mm_drop_ident();
    mm_free_init();
    if (xen_protect_range((unsigned long)__ro_after_init_start,
                          (unsigned long)(__ro_after_init_end - __ro_after_init_start) >>
                              PAGE_SHIFT,
                          PAGE_HYPERVISOR_RO))
        panic("protection of constant data\n");
    console_end_boot();
    printk("Freed %lukB init memory\n", init_bytes >> 10);
    if (dom0 && domain_unpause_by_controller(dom0))
        panic("dom0 cannot be started\n");
    sched_start_idle();
}

static void __init start_domains(void)
{
    if (domain_build_has_dom0())
        port_construct_dom0();
    domain_build_dom0less();
}

void __init start_xen(paddr_t fdt)
{
    early_boot(fdt);
    memory_boot();
    core_boot();
    interrupts_boot();
    local_irq_enable();
    domains_boot();
    do_presmp_initcalls();
    smp_boot_others();
    do_initcalls();
    start_domains();
    heap_scrub_start();
    finish_boot();
}
