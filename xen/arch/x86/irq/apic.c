/* SPDX-License-Identifier: MIT */
/* The local APIC of each CPU: set up, and commands to others. Intel SDM vol 3A, chapter 10. */
#include <xen/cpumask.h>
#include <xen/kernel.h>
#include <xen/param.h>
#include <xen/smp.h>
#include <asm/acpi.h>
#include <asm/apic.h>
#include <asm/irq_init.h>
#include <asm/page.h>
#include <asm/smpboot.h>

#define APIC_BASE_ENABLE (1UL << 11)
#define APIC_BASE_X2     (1UL << 10)
#define APIC_DEFAULT     0xfee00000UL

#define ICR_FIXED   (0U << 8)
#define ICR_NMI     (4U << 8)
#define ICR_INIT    (5U << 8)
#define ICR_STARTUP (6U << 8)
#define ICR_BUSY    (1U << 12)
#define ICR_ASSERT  (1U << 14)
#define ICR_LEVEL   (1U << 15)
/* Polls of a bit that hardware clears within microseconds. */
#define ICR_POLLS   1000000U

bool apic_x2 __ro_after_init;
volatile uint32_t *apic_page __ro_after_init;

static bool opt_x2apic __initdata;
PARAM_BOOL("x2apic", opt_x2apic);

static void wait_icr_idle(void)
{
    for (unsigned int i = 0; i < ICR_POLLS && (apic_read(APIC_ICR) & ICR_BUSY); i++)
        cpu_relax();
}

/* Interrupts off, or in an NMI: then a command that was being written is written again by halves,
 * which costs that one's sender its target; only a machine that stops sends NMIs. */
static void send_icr(uint32_t apicid, uint32_t command)
{
    if (apic_x2) {
        mb(); /* WRMSR to the APIC does not order earlier stores */
        rmb();
        wrmsr(0x800 + (APIC_ICR >> 4), command | (uint64_t)apicid << 32);
        return;
    }
    wait_icr_idle();
    apic_page[APIC_ICR2 / 4] = apicid << 24;
    apic_page[APIC_ICR / 4] = command;
}

void apic_send_vector(const cpumask_t *mask, uint8_t vector)
{
    unsigned long flags = local_irq_save_flags();
    unsigned int cpu;

    for_each_cpu (cpu, mask) {
        if (cpu_online(cpu))
            send_icr(cpu_to_apicid[cpu], ICR_FIXED | ICR_ASSERT | vector);
    }
    local_irq_restore(flags);
}

void apic_send_init(uint32_t apicid)
{
    unsigned long flags = local_irq_save_flags();

    send_icr(apicid, ICR_INIT | ICR_ASSERT | ICR_LEVEL);
    if (!apic_x2) {
        wait_icr_idle();
        send_icr(apicid, ICR_INIT | ICR_LEVEL);
        wait_icr_idle();
    }
    local_irq_restore(flags);
}

void apic_send_startup(uint32_t apicid, uint8_t vector)
{
    unsigned long flags = local_irq_save_flags();

    send_icr(apicid, ICR_STARTUP | ICR_ASSERT | vector);
    if (!apic_x2)
        wait_icr_idle();
    local_irq_restore(flags);
}

void apic_send_nmi_others(void)
{
    unsigned int cpu, self = smp_processor_id();

    if (!apic_x2 && !apic_page)
        return;
    for_each_online_cpu(cpu)
    {
        if (cpu != self)
            send_icr(cpu_to_apicid[cpu], ICR_NMI | ICR_ASSERT);
    }
}

static uint32_t max_lvt(void)
{
    return (apic_read(APIC_VERSION) >> 16) & 0xff;
}

static void mask_lvts(void)
{
    uint32_t nr = max_lvt();

    apic_write(APIC_LVT_ERROR, VECTOR_ERROR | APIC_LVT_MASKED);
    apic_write(APIC_LVT_TIMER, VECTOR_TIMER | APIC_LVT_MASKED);
    apic_write(APIC_LVT_LINT0, VECTOR_SPURIOUS | APIC_LVT_MASKED);
    apic_write(APIC_LVT_LINT1, VECTOR_SPURIOUS | APIC_LVT_MASKED);
    if (nr >= 4)
        apic_write(APIC_LVT_PERF, VECTOR_SPURIOUS | APIC_LVT_MASKED);
    if (nr >= 5)
        apic_write(APIC_LVT_THERMAL, VECTOR_SPURIOUS | APIC_LVT_MASKED);
    if (nr >= 6)
        apic_write(APIC_LVT_CMCI, VECTOR_SPURIOUS | APIC_LVT_MASKED);
}

/* What the firmware or a former kernel left in service would block what is below it. */
static void finish_stale(void)
{
    for (unsigned int i = 0; i < 8; i++) {
        for (unsigned int n = 0; n < 32 && apic_read(APIC_ISR + i * 0x10); n++)
            apic_eoi();
    }
}

static void setup_this(void)
{
    if (!apic_x2)
        apic_write(APIC_DFR, 0xffffffff);
    apic_write(APIC_SVR, APIC_SVR_ENABLE | VECTOR_SPURIOUS);
    mask_lvts();
    apic_write(APIC_TPR, 0);
    finish_stale();
    apic_write(APIC_LVT_LINT1,
               smp_processor_id() == 0 ? APIC_LVT_NMI : APIC_LVT_NMI | APIC_LVT_MASKED);
    apic_write(APIC_ESR, 0);
    apic_write(APIC_LVT_ERROR, VECTOR_ERROR);
}

static void __init map_page(uint64_t base)
{
    paddr_t addr = base & 0x000ffffffffff000UL;

    if (!addr)
        addr = acpi_info.lapic_addr ? acpi_info.lapic_addr : APIC_DEFAULT;
    apic_page = ioremap(addr, PAGE_SIZE);
    if (!apic_page)
        panic("no room to map the local APIC\n");
}

void __init apic_boot_init(void)
{
    uint64_t base;

    if (!cpu_has(XEN_X86_FEATURE_APIC))
        panic("this machine has no local APIC\n");
    base = rdmsr(MSR_APIC_BASE);
    apic_x2 = (base & APIC_BASE_X2) || (opt_x2apic && cpu_has(XEN_X86_FEATURE_X2APIC));
    base |= APIC_BASE_ENABLE;
    wrmsr(MSR_APIC_BASE, base);
    if (apic_x2)
        wrmsr(MSR_APIC_BASE, base | APIC_BASE_X2);
    else
        map_page(base);
    setup_this();
    printk("APIC: version %x, %s mode\n", apic_read(APIC_VERSION) & 0xff,
           apic_x2 ? "x2APIC" : "xAPIC");
}

void apic_ap_init(void)
{
    uint64_t base = rdmsr(MSR_APIC_BASE) | APIC_BASE_ENABLE;

    wrmsr(MSR_APIC_BASE, base);
    if (apic_x2)
        wrmsr(MSR_APIC_BASE, base | APIC_BASE_X2);
    setup_this();
}
