/* SPDX-License-Identifier: MIT */
/* The end, and what nearly is. */
#include <xen/console.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/param.h>
#include <xen/port/cpu.h>
#include <xen/smp.h>
#include <asm/cpu.h>

#define REBOOT_DELAY_MS 5000

static bool opt_noreboot;
PARAM_BOOL("noreboot", opt_noreboot);

static void __printf(1, 0) noreturn die(const char *fmt, va_list ap)
{
    size_t len = strlen(fmt);

    printk("\n****************************************\nPanic on CPU %u:\n", smp_processor_id());
    vprintk(fmt, ap);
    if (!len || fmt[len - 1] != '\n')
        printk("\n");
    printk("****************************************\n\n");
    if (opt_noreboot) {
        printk("Manual reset required ('noreboot' specified)\n");
        port_machine_halt();
    }
    printk("Reboot in %u seconds...\n", REBOOT_DELAY_MS / 1000);
    port_machine_restart(REBOOT_DELAY_MS);
}

void panic(const char *fmt, ...)
{
    va_list ap;

    local_irq_disable();
    console_start_sync();
    port_dump_execution_state();
    va_start(ap, fmt);
    die(fmt, ap);
}

void panic_no_dump(const char *fmt, ...)
{
    va_list ap;

    local_irq_disable();
    console_start_sync();
    va_start(ap, fmt);
    die(fmt, ap);
}

void bug_at(const char *file, int line, const char *what)
{
    panic("Xen BUG at %s:%d: %s\n", file, line, what);
}

void warn_at(const char *file, int line)
{
    printk(XENLOG_WARNING "Xen WARN at %s:%d\n", file, line);
    port_dump_execution_state();
}
