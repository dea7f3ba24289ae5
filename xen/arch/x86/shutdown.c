/* SPDX-License-Identifier: MIT */
/* The machine stops or starts anew. */
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/param.h>
#include <xen/port/cpu.h>
#include <xen/smp.h>
#include <asm/acpi.h>
#include <asm/apic.h>
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/desc.h>
#include <asm/page.h>
#include <asm/traps.h>

#define KBC_STATUS  0x64
#define KBC_COMMAND 0x64
#define KBC_RESET   0xfe
#define RESET_PORT  0xcf9

static enum { BY_ACPI, BY_KBC, BY_CF9, BY_TRIPLE_FAULT } opt_reboot = BY_ACPI;
static bool opt_no_reset;

static int __init parse_reboot(const char *s)
{
    switch (s[0]) {
    case 'n': /* no */
        opt_no_reset = true;
        return 0;
    case 'a':
        opt_reboot = BY_ACPI;
        return 0;
    case 'k':
        opt_reboot = BY_KBC;
        return 0;
    case 'P':
    case 'p':
        opt_reboot = BY_CF9;
        return 0;
    case 't':
        opt_reboot = BY_TRIPLE_FAULT;
        return 0;
    }
    return -EINVAL;
}
PARAM_FN("reboot", parse_reboot);

static void noreturn stop_here(void)
{
    local_irq_disable();
    cpumask_clear(smp_processor_id(), &cpu_online_map);
    for (;;)
        halt();
}

static bool stop_on_nmi(const struct cpu_user_regs *regs)
{
    (void)regs;
    stop_here();
}

static void busy_ms(unsigned int ms)
{
    /* Port 0x80 takes about a microsecond, and needs no clock that works. */
    for (unsigned int i = 0; i < ms * 1000; i++)
        outb(0, 0x80);
}

/* Whatever they do: interrupts off, in a loop, holding locks. */
static void stop_others(void)
{
    unsigned int self = smp_processor_id();

    local_irq_disable();
    if (num_online_cpus() <= 1)
        return;
    nmi_set_callback(stop_on_nmi);
    apic_send_nmi_others();
    for (unsigned int i = 0; i < 100; i++) {
        const cpumask_t only = cpumask_of(self);

        if (cpumask_equal(&cpu_online_map, &only))
            return;
        busy_ms(1);
    }
}

void port_machine_halt(void)
{
    stop_others();
    for (;;)
        halt();
}

static void reset_by_acpi(void)
{
    const struct acpi_gas *r = &acpi_info.reset_reg;

    if (!(acpi_info.fadt_flags & FADT_RESET_REG))
        return;
    if (r->space == 1)
        outb(acpi_info.reset_value, (uint16_t)r->addr);
    busy_ms(10);
}

static void reset_by_kbc(void)
{
    for (unsigned int i = 0; i < 10; i++) {
        for (unsigned int j = 0; j < 1000 && (inb(KBC_STATUS) & 2); j++)
            busy_ms(0);
        outb(KBC_RESET, KBC_COMMAND);
        busy_ms(5);
    }
}

static void reset_by_cf9(void)
{
    uint8_t old = inb(RESET_PORT) & ~6;

    outb(old | 2, RESET_PORT); /* a hard reset */
    busy_ms(1);
    outb(old | 6, RESET_PORT); /* now */
    busy_ms(10);
}

/* A fault without a table to find its handler in. */
static void reset_by_triple_fault(void)
{
    const struct desc_ptr none = {0, 0};

    lidt(&none);
    __asm__ volatile("int3");
}

void port_machine_restart(unsigned int delay_ms)
{
    stop_others();
    busy_ms(delay_ms);
    if (opt_no_reset)
        port_machine_halt();
    if (opt_reboot <= BY_ACPI)
        reset_by_acpi();
    if (opt_reboot <= BY_KBC)
        reset_by_kbc();
    if (opt_reboot <= BY_CF9)
        reset_by_cf9();
    reset_by_triple_fault();
    port_machine_halt();
}
