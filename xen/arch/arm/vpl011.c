/* SPDX-License-Identifier: MIT */
/*
 * The SBSA generic UART (DEN0029, appendix B; registers: PL011 TRM, DDI 0183). Its FIFOs are the
 * rings of a PV console, or, without one, lines of the hypervisor's console and a small buffer.
 */
#include <asm/cpu.h>
#include <asm/mmio.h>
#include <asm/vgic.h>
#include <asm/vpl011.h>
#include <public/io/console.h>
#include <xen/console.h>
#include <xen/evtchn.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/port/p2m.h>
#include <xen/port/page_type.h>

#define DR      0x00
#define RSR     0x04
#define FR      0x18
#define IMSC    0x38
#define RIS     0x3c
#define MIS     0x40
#define ICR     0x44
#define FR_RXFE (1U << 4)
#define FR_TXFF (1U << 5)
#define FR_RXFF (1U << 6)
#define FR_TXFE (1U << 7)
#define INT_RX  (1U << 4)
#define INT_TX  (1U << 5)
#define INT_RT  (1U << 6)
#define INT_ALL 0x7f0U

#define RX_SIZE 64 /* of the buffer for the hypervisor's console; a power of 2 */

struct vpl011 {
    spinlock_t lock; /* all below; a leaf but for the vGIC's */
    struct domain *d;
    unsigned int virq;
    uint32_t imsc, ris;
    char line[160]; /* for the hypervisor's console */
    uint8_t line_len;
    struct xencons_interface *ring; /* NULL: the hypervisor's console */
    struct page_info *page;         /* of the ring; holds a reference */
    uint32_t port;
    bool connected; /* to the ring or to the console's input */
    char rx[RX_SIZE];
    uint32_t rx_prod, rx_cons;
};

/* Indices are the other side's to write: what they say is held to the ring's size. */
static uint32_t held(uint32_t prod, uint32_t cons, uint32_t size)
{
    return min(prod - cons, size);
}

static uint32_t rx_count(const struct vpl011 *u)
{
    if (!u->ring)
        return u->rx_prod - u->rx_cons;
    return held(READ_ONCE(u->ring->in_prod), u->ring->in_cons, sizeof(u->ring->in));
}

static uint32_t tx_count(const struct vpl011 *u)
{
    if (!u->ring)
        return 0;
    return held(u->ring->out_prod, READ_ONCE(u->ring->out_cons), sizeof(u->ring->out));
}

static void update_line(struct vpl011 *u)
{
    vgic_set_line(u->d, u->virq, u->ris & u->imsc);
}

/* After characters have come or gone. */
static void update_status(struct vpl011 *u)
{
    if (rx_count(u))
        u->ris |= INT_RX | INT_RT;
    else
        u->ris &= ~(INT_RX | INT_RT);
    if (!u->ring || tx_count(u) < sizeof(u->ring->out) / 2)
        u->ris |= INT_TX;
    else
        u->ris &= ~INT_TX;
    update_line(u);
}

static uint8_t get_char(struct vpl011 *u, bool *notify)
{
    uint32_t at;
    uint8_t c = 0;

    if (!rx_count(u))
        return 0;
    if (u->ring) {
        at = u->ring->in_cons;
        smp_rmb(); /* the producer's index before what it has written */
        c = (uint8_t)u->ring->in[MASK_XENCONS_IDX(at, u->ring->in)];
        smp_mb();
        WRITE_ONCE(u->ring->in_cons, at + 1);
        *notify = true;
    } else {
        c = (uint8_t)u->rx[u->rx_cons++ % RX_SIZE];
    }
    update_status(u);
    return c;
}

/* By whole lines, as "DOM1: ...": so they are told from what the guest says by hypercall. */
static void log_char(struct vpl011 *u, char c)
{
    if (c != '\n' && (c == '\t' || (c >= ' ' && c < 0x7f)))
        u->line[u->line_len++] = c;
    if (c != '\n' && u->line_len < sizeof(u->line) - 1)
        return;
    u->line[u->line_len] = '\0';
    u->line_len = 0;
    printk("DOM%u: %s\n", u->d->domain_id, u->line);
}

static void put_char(struct vpl011 *u, char c, bool *notify)
{
    uint32_t at;

    if (!u->ring) {
        log_char(u, c);
    } else if (tx_count(u) < sizeof(u->ring->out)) { /* else it overruns, and is lost */
        at = u->ring->out_prod;
        smp_mb(); /* the consumer is done with the place */
        u->ring->out[MASK_XENCONS_IDX(at, u->ring->out)] = c;
        smp_wmb();
        WRITE_ONCE(u->ring->out_prod, at + 1);
        *notify = true;
    }
    update_status(u);
}

static uint32_t flags(const struct vpl011 *u)
{
    uint32_t rx = rx_count(u), tx = tx_count(u), fr = 0;

    if (!rx)
        fr |= FR_RXFE;
    else if (rx == (u->ring ? sizeof(u->ring->in) : RX_SIZE))
        fr |= FR_RXFF;
    if (!tx)
        fr |= FR_TXFE;
    else if (tx == sizeof(u->ring->out))
        fr |= FR_TXFF;
    return fr;
}

static bool uart_read(struct vcpu *v, void *priv, uint64_t offset, unsigned int size,
                      uint64_t *value)
{
    struct vpl011 *u = priv;
    unsigned long irqs;
    bool notify = false;

    if (size == 8)
        return false;
    *value = 0;
    spin_lock_irqsave(&u->lock, irqs);
    switch (offset) {
    case DR:
        *value = get_char(u, &notify);
        break;
    case FR:
        *value = flags(u);
        break;
    case IMSC:
        *value = u->imsc;
        break;
    case RIS:
        *value = u->ris;
        break;
    case MIS:
        *value = u->ris & u->imsc;
        break;
    }
    spin_unlock_irqrestore(&u->lock, irqs);
    if (notify)
        evtchn_notify_xen(u->d, u->port);
    return true;
}

static bool uart_write(struct vcpu *v, void *priv, uint64_t offset, unsigned int size,
                       uint64_t value)
{
    struct vpl011 *u = priv;
    unsigned long irqs;
    bool notify = false;

    if (size == 8)
        return false;
    spin_lock_irqsave(&u->lock, irqs);
    switch (offset) {
    case DR:
        put_char(u, (char)value, &notify);
        break;
    case IMSC:
        u->imsc = (uint32_t)value & INT_ALL;
        update_line(u);
        break;
    case ICR:
        u->ris &= ~(uint32_t)value;
        update_line(u);
        break;
    }
    spin_unlock_irqrestore(&u->lock, irqs);
    if (notify)
        evtchn_notify_xen(u->d, u->port);
    return true;
}

static const struct mmio_ops uart_ops = {uart_read, uart_write};

/* The backend has read or written. */
static void backend_event(struct vcpu *v, unsigned int port)
{
    struct vpl011 *u = v->domain->arch.vpl011;
    unsigned long irqs;

    if (!u)
        return;
    spin_lock_irqsave(&u->lock, irqs);
    update_status(u);
    spin_unlock_irqrestore(&u->lock, irqs);
}

static int connect_ring(struct vpl011 *u, gfn_t gfn, domid_t backend)
{
    int rc;

    u->page = port_get_page_from_gfn(u->d, gfn);
    if (!u->page)
        return -EINVAL;
    if (!page_get_writable_type(u->page)) {
        page_put(u->page);
        return -EINVAL;
    }
    u->ring = page_to_virt(u->page);
    rc = evtchn_alloc_unbound_xen(u->d, 0, backend, backend_event);
    if (rc < 0) {
        page_put_writable(u->page);
        return rc;
    }
    u->port = (uint32_t)rc;
    return 0;
}

static void disconnect(struct vpl011 *u)
{
    u->connected = false;
    if (!u->ring) {
        console_input_unregister(u->d->domain_id);
        return;
    }
    evtchn_free_xen(u->d, u->port);
    page_put_writable(u->page);
}

/* A character typed at the hypervisor's console. */
static void receive(struct domain *d, char c)
{
    struct vpl011 *u = d->arch.vpl011;
    unsigned long irqs;

    if (!u || u->ring)
        return;
    spin_lock_irqsave(&u->lock, irqs);
    if (rx_count(u) < RX_SIZE)
        u->rx[u->rx_prod++ % RX_SIZE] = c;
    update_status(u);
    spin_unlock_irqrestore(&u->lock, irqs);
}

int vpl011_init(struct domain *d, paddr_t addr, unsigned int virq, gfn_t ring, domid_t backend,
                uint32_t *evtchn)
{
    bool with_ring = !gfn_eq(ring, INVALID_GFN);
    struct vpl011 *u;
    int rc;

    if (d->arch.vpl011)
        return -EEXIST;
    u = xzalloc(struct vpl011);
    if (!u)
        return -ENOMEM;
    spin_lock_init(&u->lock, RANK_NONE);
    u->d = d;
    u->virq = virq;
    if (!vgic_reserve(d, virq)) {
        rc = -EINVAL;
        goto free;
    }
    rc = with_ring ? connect_ring(u, ring, backend) : console_input_register(d->domain_id, receive);
    if (rc)
        goto unreserve;
    u->connected = true;
    rc = mmio_register(d, addr, PAGE_SIZE, &uart_ops, u);
    if (rc)
        goto disconnect;
    if (with_ring)
        *evtchn = u->port;
    d->arch.vpl011 = u;
    return 0;
disconnect:
    disconnect(u);
unreserve:
    vgic_unreserve(d, virq);
free:
    xfree(u);
    return rc;
}

void vpl011_disconnect(struct domain *d)
{
    struct vpl011 *u = d->arch.vpl011;

    if (u && u->connected)
        disconnect(u);
}

void vpl011_free(struct domain *d)
{
    vpl011_disconnect(d);
    xfree(d->arch.vpl011);
    d->arch.vpl011 = NULL;
}
