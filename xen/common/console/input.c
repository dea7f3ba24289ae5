/* SPDX-License-Identifier: MIT */
/* Characters from UARTs: to dom0, or keys of the hypervisor; the switch character moves it. */
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/param.h>
#include "private.h"

#define RX_SIZE      256U
#define SWITCH_COUNT 3

static char rx_buf[RX_SIZE];
static unsigned int rx_prod, rx_cons;
static DEFINE_SPINLOCK(rx_lock, RANK_CONSOLE);
static bool to_dom0;
static unsigned int switch_seen;

static char opt_conswitch[4] = "a";
PARAM_STR("conswitch", opt_conswitch);

static char switch_char(void)
{
    return (char)(tolower((unsigned char)opt_conswitch[0]) - 'a' + 1);
}

void console_switch_input(void)
{
    if (!to_dom0 && opt_conswitch[0] && opt_conswitch[1] == 'x' && !dom0)
        return;
    to_dom0 = !to_dom0;
    if (!opt_conswitch[0])
        printk("*** Serial input to %s\n", to_dom0 ? "DOM0" : "Xen");
    else
        printk("*** Serial input to %s (type 'CTRL-%c' three times to switch input)\n",
               to_dom0 ? "DOM0" : "Xen", tolower((unsigned char)opt_conswitch[0]));
}

static void deliver(char c)
{
    unsigned long flags;
    bool queued = false;

    if (!to_dom0) {
        keyhandler_handle((unsigned char)c);
        return;
    }
    spin_lock_irqsave(&rx_lock, flags);
    if (rx_prod - rx_cons < RX_SIZE) {
        rx_buf[rx_prod++ % RX_SIZE] = c;
        queued = true;
    }
    spin_unlock_irqrestore(&rx_lock, flags);
    if (queued)
        send_global_virq(VIRQ_CONSOLE);
}

void console_rx(char c)
{
    if (opt_conswitch[0] && c == switch_char()) {
        if (++switch_seen == SWITCH_COUNT) {
            switch_seen = 0;
            console_switch_input();
        }
        return;
    }
    for (; switch_seen; switch_seen--)
        deliver(switch_char());
    deliver(c);
}

size_t console_guest_read(struct domain *d, char *buf, size_t max)
{
    unsigned long flags;
    size_t n = 0;

    if (!is_hardware_domain(d))
        return 0;
    spin_lock_irqsave(&rx_lock, flags);
    while (n < max && rx_cons != rx_prod)
        buf[n++] = rx_buf[rx_cons++ % RX_SIZE];
    spin_unlock_irqrestore(&rx_lock, flags);
    return n;
}

void __init input_init(void)
{
    rx_prod = rx_cons = 0;
}
