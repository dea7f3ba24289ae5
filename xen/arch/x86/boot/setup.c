/* SPDX-License-Identifier: MIT */
/* From the loader to dom0: the order in which everything comes up, on the boot CPU. */
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
#include <xen/serial.h>
#include <xen/softirq.h>
#include <xen/tasklet.h>
#include <xen/version_info.h>
#include <asm/acpi.h>
#include <asm/cpu.h>
#include <asm/cpu_policy.h>
#include <asm/current.h>
#include <asm/desc.h>
#include <asm/extable.h>
#include <asm/fpu.h>
#include <asm/irq_init.h>
#include <asm/mm_init.h>
#include <asm/page.h>
#include <asm/pv.h>
#include <asm/setup.h>
#include <asm/smap.h>
#include <asm/smpboot.h>

extern char __ro_after_init_start[], __ro_after_init_end[];

void start_xen(uint32_t magic, uint32_t info) noreturn;

struct boot_info boot_info;
paddr_t trampoline_phys;

/* Memory that must not go to the heap yet. */
static struct {
    paddr_t start, end;
} reserved[MAX_BOOT_MODULES + 4] __initdata;
static unsigned int nr_reserved __initdata;

static void __init reserve(paddr_t start, paddr_t end)
{
    if (start >= end)
        return;
    reserved[nr_reserved].start = start & PAGE_MASK;
    reserved[nr_reserved].end = ROUNDUP(end, PAGE_SIZE);
    nr_reserved++;
}

/* What lies at @at: the end of a reserved range there, or *@next, where the next one begins. */
static paddr_t __init reserved_end(paddr_t at, paddr_t *next)
{
    paddr_t end = 0;

    for (unsigned int i = 0; i < nr_reserved; i++) {
        if (reserved[i].start > at)
            *next = min(*next, reserved[i].start);
        else if (reserved[i].end > at)
            end = max(end, reserved[i].end);
    }
    return end;
}

static void __init add_ram(paddr_t start, paddr_t end)
{
    while (start < end) {
        paddr_t next = end, skip = reserved_end(start, &next);

        if (!skip)
            boot_pages_add(start, next);
        start = skip ? skip : next;
    }
}

/* A page for the start of other CPUs: the highest of RAM below the BIOS's data. */
static void __init find_trampoline(void)
{
    for (unsigned int i = 0; i < e820.nr; i++) {
        const struct e820_entry *e = &e820.map[i];
        paddr_t end = min_t(paddr_t, e->addr + e->size, 0x9f000) & PAGE_MASK;

        if (e->type == E820_RAM && end > e->addr && end - e->addr >= 2 * PAGE_SIZE)
            trampoline_phys = max(trampoline_phys, end - PAGE_SIZE);
    }
}

static void __init add_all_ram(void)
{
    find_trampoline();
    reserve(0, PAGE_SIZE);
    if (trampoline_phys)
        reserve(trampoline_phys, trampoline_phys + PAGE_SIZE);
    reserve(virt_to_maddr(_start), virt_to_maddr(_end));
    for (unsigned int i = 0; i < boot_info.nr_modules; i++)
        reserve(boot_info.module[i].start, boot_info.module[i].start + boot_info.module[i].size);
    for (unsigned int i = 0; i < e820.nr; i++) {
        const struct e820_entry *e = &e820.map[i];

        if (e->type == E820_RAM)
            add_ram(ROUNDUP(e->addr, PAGE_SIZE), (e->addr + e->size) & PAGE_MASK);
    }
}

static void __init print_ram(void)
{
    uint64_t bytes = e820_ram_bytes(&e820);

    printk("System RAM: %luMB (%lukB)\n", bytes >> 20, bytes >> 10);
}

/* Frame numbers must fit, and the direct map holds them all. */
static void __init clip_ram(void)
{
    const uint64_t limit =
        min_t(uint64_t, DIRECTMAP_END - DIRECTMAP_START, UINT64_C(1) << host_phys_bits);

    if (e820_ram_end(&e820) > limit) {
        printk(XENLOG_WARNING "Memory above %lu GiB is not used\n", limit >> 30);
        e820_change(&e820, limit, ~UINT64_C(0), E820_RAM, E820_UNUSABLE);
    }
}

static void __init early_boot(uint32_t magic, uint32_t info)
{
    bool known;

    memcpy(__per_cpu_pristine, __per_cpu_start, (size_t)(__per_cpu_end - __per_cpu_start));
    extable_sort();
    desc_boot_init();
    known = boot_info_parse(magic, info, &boot_info, &e820);
    if (known)
        cmdline_parse(boot_info.cmdline);
    ns16550_init();
    vga_init();
    console_early_init();
    version_print();
    if (!known)
        panic("Started by an unknown loader (magic %08x)\n", magic);
    printk("Bootloader: %s\n", *boot_info.loader ? boot_info.loader : "unknown");
    printk("Command line: %s\n", boot_info.cmdline);
}

static void __init memory_boot(void)
{
    e820_sanitise(&e820);
    e820_print(&e820, "Xen-e820");
    clip_ram();
    print_ram();
    if (!boot_info.nr_modules)
        printk(XENLOG_WARNING "No kernel for dom0: the loader passed no module\n");
    add_all_ram();
    vga_unmap();
    mm_boot_init(&e820);
    heap_init();
    vga_map();
}

static void __init core_boot(void)
{
    console_init();
    acpi_boot_init();
    numa_boot_init();
    smp_enumerate();
    rcu_subsys_init();
    timer_subsys_init();
    cpu_policy_init();
    fpu_cpu_init();
}

static void __init domains_boot(void)
{
    sched_init();
    domain_subsys_init();
    get_cpu_info()->current_vcpu = vcpu_create(idle_domain, 0);
    if (!current)
        panic("no memory for the idle vCPU\n");
    sched_cpu_up(0);
}

static void __init interrupts_boot(void)
{
    irq_boot_init();
    apic_boot_init();
    ioapic_init();
    time_boot_init();
    pv_syscall_init(0);
}

/* Not in .init: this is what takes that away. */
static void noinline noreturn finish_boot(void)
{
    unsigned long init_bytes = (unsigned long)(_einit - _sinit);

    for (unsigned int i = 0; i < boot_info.nr_modules; i++) {
        const struct boot_module *m = &boot_info.module[i];

        if (m->size)
            heap_add_range(m->start & PAGE_MASK, ROUNDUP(m->start + m->size, PAGE_SIZE));
    }
    xen_unmap_range((unsigned long)_sinit, init_bytes >> PAGE_SHIFT);
    flush_area_mask(&cpu_online_map, 0, FLUSH_TLB_GLOBAL);
    heap_add_range(virt_to_maddr(_sinit), virt_to_maddr(_einit));
    xen_protect_range((unsigned long)__ro_after_init_start,
                      (unsigned long)(__ro_after_init_end - __ro_after_init_start) >> PAGE_SHIFT,
                      PAGE_HYPERVISOR_RO);
    flush_area_mask(&cpu_online_map, 0, FLUSH_TLB_GLOBAL);
    console_end_boot();
    printk("Freed %lukB init memory\n", init_bytes >> 10);
    if (domain_unpause_by_controller(dom0))
        panic("dom0 cannot be started\n");
    sched_start_idle();
}

static void __init start_dom0(void)
{
    if (!boot_info.nr_modules)
        panic("No dom0 kernel\n");
    port_construct_dom0();
    if (!dom0)
        panic("dom0 was not built\n");
}

void __init start_xen(uint32_t magic, uint32_t info)
{
    early_boot(magic, info);
    cpu_features_init();
    cpu_setup_this();
    smap_patch_code();
    cpu_print_info();
    memory_boot();
    core_boot();
    interrupts_boot();
    local_irq_enable();
    domains_boot();
    do_presmp_initcalls();
    smp_boot_others();
    do_initcalls();
    start_dom0();
    heap_scrub_start();
    finish_boot();
}
