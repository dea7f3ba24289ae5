/* SPDX-License-Identifier: MIT */
/* Characters from UARTs: to dom0, to a domain whose UART we emulate, or keys of the hypervisor; the
 * switch character goes round. */
#include <xen/console.h>
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/lib/printf.h>
#include <xen/lib/string.h>
#include <xen/param.h>
#include "private.h"

#define RX_SIZE      256U
#define SWITCH_COUNT 3

static char rx_buf[RX_SIZE];
static unsigned int rx_prod, rx_cons;
static DEFINE_SPINLOCK(rx_lock, RANK_CONSOLE);
static unsigned int switch_seen;

/* Where input goes: the hypervisor, dom0, or the domain of slot TO_SLOTS + n. */
enum { TO_XEN, TO_DOM0, TO_SLOTS };
#define NR_SLOTS 8
static struct {
    domid_t id;
    void (*rx)(struct domain *d, char c); /* NULL: free */
} slots[NR_SLOTS];                        /* [rx_lock] */
static unsigned int input_to;

static char opt_conswitch[4] = "a";
PARAM_STR("conswitch", opt_conswitch);

static char switch_char(void)
{
    return (char)(tolower((unsigned char)opt_conswitch[0]) - 'a' + 1);
}

/* The next that is there, after @from. */
static unsigned int next_target(unsigned int from)
{
    if (from == TO_XEN)
        return TO_DOM0;
    for (unsigned int i = from + 1; i < TO_SLOTS + NR_SLOTS; i++) {
        if (i >= TO_SLOTS && slots[i - TO_SLOTS].rx)
            return i;
    }
    return TO_XEN;
}

void console_switch_input(void)
{
    char who[8] = "Xen";
    unsigned long flags;

    if (input_to == TO_XEN && opt_conswitch[0] && opt_conswitch[1] == 'x' && !dom0)
        return;
    spin_lock_irqsave(&rx_lock, flags);
    input_to = next_target(input_to);
    if (input_to != TO_XEN)
        snprintf(who, sizeof(who), "DOM%u",
                 input_to == TO_DOM0 ? 0 : slots[input_to - TO_SLOTS].id);
    spin_unlock_irqrestore(&rx_lock, flags);
    if (!opt_conswitch[0])
        printk("*** Serial input to %s\n", who);
    else
        printk("*** Serial input to %s (type 'CTRL-%c' three times to switch input)\n", who,
               tolower((unsigned char)opt_conswitch[0]));
}

int console_input_register(domid_t id, void (*rx)(struct domain *d, char c))
{
    unsigned long flags;
    int rc = -ENOSPC;

    spin_lock_irqsave(&rx_lock, flags);
    for (unsigned int i = 0; rc && i < NR_SLOTS; i++) {
        if (!slots[i].rx) {
            slots[i].id = id;
            slots[i].rx = rx;
            rc = 0;
        }
    }
    spin_unlock_irqrestore(&rx_lock, flags);
    return rc;
}

void console_input_unregister(domid_t id)
{
    unsigned long flags;

    spin_lock_irqsave(&rx_lock, flags);
    for (unsigned int i = 0; i < NR_SLOTS; i++) {
        if (!slots[i].rx || slots[i].id != id)
            continue;
        slots[i].rx = NULL;
        if (input_to == TO_SLOTS + i)
            input_to = TO_XEN;
    }
    spin_unlock_irqrestore(&rx_lock, flags);
}

static void deliver_to_slot(unsigned int slot, char c)
{
    void (*rx)(struct domain * d, char c);
    unsigned long flags;
    struct domain *d;
    domid_t id;

    spin_lock_irqsave(&rx_lock, flags);
    rx = slots[slot].rx;
    id = slots[slot].id;
    spin_unlock_irqrestore(&rx_lock, flags);
    d = rx ? rcu_lock_domain_by_id(id) : NULL;
    if (d) {
        rx(d, c);
        rcu_unlock_domain(d);
    }
}

static void deliver(char c)
{
    unsigned long flags;
    bool queued = false;
    unsigned int to = READ_ONCE(input_to);

    if (to == TO_XEN) {
        keyhandler_handle((unsigned char)c);
        return;
    }
    if (to >= TO_SLOTS) {
        deliver_to_slot(to - TO_SLOTS, c);
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
