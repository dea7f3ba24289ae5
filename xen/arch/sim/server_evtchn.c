/* SPDX-License-Identifier: MIT */
/* The evtchn device: ports of dom0's, each of one client. */
#include <public/event_channel.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>

#include "../../../tools/include/sysdep/xendev.h"
#include "private.h"
#include "server.h"

#define PORTS 4096U

static uint16_t owner[PORTS]; /* client + 1 */
static bool late[PORTS];      /* its client's stream was full */
static unsigned int nr_late;

_Static_assert(SERVER_MAX_CLIENTS < UINT16_MAX, "owners of ports");

static long evtchn_op(unsigned int cmd, void *arg)
{
    return server_kernel_call(__HYPERVISOR_event_channel_op, cmd, (unsigned long)arg);
}

static long bound(unsigned int client, long rc, uint32_t port)
{
    struct evtchn_close close = {.port = port};

    if (rc)
        return rc;
    if (port >= PORTS) {
        evtchn_op(EVTCHNOP_close, &close);
        return -ENOSPC;
    }
    owner[port] = (uint16_t)(client + 1);
    clear_bit(port, dom0->shared_info->evtchn_mask);
    return port;
}

static void unbind(uint32_t port)
{
    struct evtchn_close close = {.port = port};

    owner[port] = 0;
    nr_late -= late[port];
    late[port] = false;
    evtchn_op(EVTCHNOP_close, &close);
    clear_bit(port, dom0->shared_info->evtchn_pending);
}

static bool owns(unsigned int client, uint32_t port)
{
    return port < PORTS && owner[port] == client + 1;
}

static long bind_virq(unsigned int client, uint32_t virq)
{
    struct evtchn_bind_virq op = {.virq = virq};
    long rc = evtchn_op(EVTCHNOP_bind_virq, &op);

    return bound(client, rc, op.port);
}

static long bind_unbound(unsigned int client, uint32_t domid)
{
    struct evtchn_alloc_unbound op = {.dom = DOMID_SELF, .remote_dom = (domid_t)domid};
    long rc = evtchn_op(EVTCHNOP_alloc_unbound, &op);

    return bound(client, rc, op.port);
}

static long bind_interdomain(unsigned int client, const struct dev_evtchn_pair *p)
{
    struct evtchn_bind_interdomain op = {.remote_dom = (domid_t)p->remote_domain,
                                         .remote_port = p->remote_port};
    long rc = evtchn_op(EVTCHNOP_bind_interdomain, &op);

    return bound(client, rc, op.local_port);
}

int evtchn_notify_port(uint32_t port)
{
    struct evtchn_send op = {.port = port};

    return (int)evtchn_op(EVTCHNOP_send, &op);
}

long evtchn_ioctl(unsigned int client, uint64_t request, uint64_t arg)
{
    struct client *c = server_client(client);
    struct dev_evtchn_pair p = {0};
    size_t len = request == DEV_EVTCHN_BIND_INTERDOMAIN ? sizeof(p) : sizeof(uint32_t);

    if (request == DEV_EVTCHN_RESTRICT)
        return -EOPNOTSUPP;
    /* All others have one number, or this pair. */
    if (server_get(c->pid, &p, arg, len))
        return -EFAULT;
    switch (request) {
    case DEV_EVTCHN_BIND_VIRQ:
        return bind_virq(client, p.remote_domain);
    case DEV_EVTCHN_BIND_INTERDOMAIN:
        return bind_interdomain(client, &p);
    case DEV_EVTCHN_BIND_UNBOUND:
        return bind_unbound(client, p.remote_domain);
    case DEV_EVTCHN_UNBIND:
        if (!owns(client, p.remote_domain))
            return -ENOTCONN;
        unbind(p.remote_domain);
        return 0;
    case DEV_EVTCHN_NOTIFY:
        return owns(client, p.remote_domain) ? evtchn_notify_port(p.remote_domain) : -ENOTCONN;
    default:
        return -ENOTTY;
    }
}

void evtchn_unmask(unsigned int client, uint32_t port)
{
    struct evtchn_unmask op = {.port = port};

    if (owns(client, port))
        evtchn_op(EVTCHNOP_unmask, &op);
}

void evtchn_close(unsigned int client)
{
    for (uint32_t port = 0; port < PORTS; port++)
        if (owns(client, port))
            unbind(port);
}

static void push(uint32_t port)
{
    bool full = owner[port] && !server_push(owner[port] - 1U, port);

    nr_late += full;
    nr_late -= late[port];
    late[port] = full;
}

/* As Linux has it: an event is masked until its reader unmasks it. */
void evtchn_deliver(void)
{
    struct shared_info *sh = dom0->shared_info;
    struct vcpu_info *vi = dom0->vcpu[0]->vcpu_info;
    unsigned long sel;

    for (uint32_t port = 0; nr_late && port < PORTS; port++)
        if (late[port])
            push(port);
    if (!vi->evtchn_upcall_pending)
        return;
    vi->evtchn_upcall_pending = 0;
    sel = __atomic_exchange_n(&vi->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
    for (; sel; sel &= sel - 1) {
        unsigned int word = (unsigned int)__builtin_ctzl(sel);
        unsigned long bits = sh->evtchn_pending[word] & ~sh->evtchn_mask[word];

        for (; bits; bits &= bits - 1) {
            uint32_t port = word * 64 + (uint32_t)__builtin_ctzl(bits);

            set_bit(port, sh->evtchn_mask);
            clear_bit(port, sh->evtchn_pending);
            push(port);
        }
    }
}
