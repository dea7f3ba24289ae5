/* SPDX-License-Identifier: MIT */
/* Sinks of output, what guests write, and the lock around it all. */
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/lib/cmdline.h>
#include <xen/lib/printf.h>
#include <xen/lib/string.h>
#include <xen/param.h>
#include <xen/serial.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include "private.h"

static DEFINE_SPINLOCK(console_lock, RANK_CONSOLE);
static struct console_sink *sinks;
static bool sync_mode;
static bool ring_news; /* a softirq is due to tell of new text in the ring */
static bool booted;

static char opt_console[64] __initdata = "com1,vga,dtuart";
PARAM_STR("console", opt_console);
static bool opt_console_to_ring;
PARAM_BOOL("console_to_ring", opt_console_to_ring);
PARAM_IGNORED(sync_console, "sync_console");

unsigned long console_lock_save(void)
{
    unsigned long flags = local_irq_save_flags();

    if (!sync_mode)
        spin_lock_recursive(&console_lock);
    return flags;
}

void console_unlock_restore(unsigned long flags)
{
    bool tell = booted && !sync_mode && !READ_ONCE(ring_news);

    if (!sync_mode)
        spin_unlock_recursive(&console_lock);
    if (tell) {
        WRITE_ONCE(ring_news, true);
        softirq_raise(SOFTIRQ_CONSOLE);
    }
    local_irq_restore(flags);
}

static unsigned long dump_flags; /* [console lock] */

void console_lock_recursive(void)
{
    unsigned long flags = console_lock_save();

    if (sync_mode || console_lock.recursion <= 1)
        dump_flags = flags;
}

void console_unlock_recursive(void)
{
    console_unlock_restore(console_lock.recursion <= 1 ? dump_flags : 0);
}

bool console_is_sync(void)
{
    return sync_mode;
}

void console_start_sync(void)
{
    sync_mode = true;
}

void console_emit(const char *s, size_t len, bool to_ring)
{
    if (!len)
        return;
    if (to_ring)
        ring_put(s, len);
    for (struct console_sink *k = sinks; k; k = k->next) {
        if (k->enabled)
            k->write(s, len);
    }
}

void console_register(struct console_sink *sink)
{
    sink->next = sinks;
    sinks = sink;
}

/* "com1H" and "com1L" name com1: the old ways to share a line are all one here. */
static bool __init names_sink(const char *item, const struct console_sink *k)
{
    size_t len = strlen(k->name);

    if (strncmp(item, k->name, len))
        return false;
    return !item[len] || ((item[len] == 'H' || item[len] == 'L') && !item[len + 1]);
}

void __init console_early_init(void)
{
    struct cmdline_opt item;
    const char *pos = opt_console;
    unsigned long flags;

    while ((pos = cmdline_next_item(pos, &item))) {
        for (struct console_sink *k = sinks; k; k = k->next) {
            if (k->enabled || !names_sink(item.name, k))
                continue;
            flags = console_lock_save();
            ring_replay(k->write);
            k->enabled = true;
            console_unlock_restore(flags);
        }
    }
}

static void tell_ring_news(void)
{
    WRITE_ONCE(ring_news, false);
    send_global_virq(VIRQ_CON_RING);
}

void __init console_init(void)
{
    ring_grow();
    softirq_register(SOFTIRQ_CONSOLE, tell_ring_news);
    input_init();
}

void console_end_boot(void)
{
    printk_announce_levels();
    vga_hand_over();
    console_switch_input();
    booted = true;
}

static bool printable(char c)
{
    return isprint((unsigned char)c) || c == '\t';
}

static void flush_line(struct domain *d)
{
    char head[16];
    int n;

    if (printk_guest_line_allowed()) {
        n = scnprintf(head, sizeof(head), "(d%u) ", d->domain_id);
        console_emit(head, (size_t)n, true);
        console_emit(d->console_line, d->console_line_len, true);
        console_emit("\n", 1, true);
    }
    d->console_line_len = 0;
}

static void write_lines(struct domain *d, const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '\n' || d->console_line_len == sizeof(d->console_line))
            flush_line(d);
        if (printable(s[i]))
            d->console_line[d->console_line_len++] = s[i];
    }
}

void console_guest_write(struct domain *d, const char *s, size_t len)
{
    unsigned long flags = console_lock_save();

    if (is_hardware_domain(d))
        console_emit(s, len, opt_console_to_ring);
    else
        write_lines(d, s, len);
    console_unlock_restore(flags);
}
