/* SPDX-License-Identifier: MIT */
/* The loop of server mode: messages of clients, time, guests, events. */
#include <public/sched.h>
#include <xen/console.h>
#include <xen/hypercall.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/sched.h>
#include <xen/time.h>
#include <asm/sim.h>

#include "private.h"
#include "server.h"
#include "server_abi.h"

#define EVENTS 32U

static struct client clients[SERVER_MAX_CLIENTS];
static struct vcpu *dom0_vcpu;
static uint32_t caller; /* whose pointers dom0's are; 0: the server's */

struct client *server_client(unsigned int nr)
{
    return &clients[nr];
}

int server_get(uint32_t pid, void *to, uint64_t addr, size_t len)
{
    return server_peer_read(pid, to, addr, len) == len ? 0 : -EFAULT;
}

int server_put(uint32_t pid, uint64_t addr, const void *from, size_t len)
{
    return server_peer_write(pid, addr, from, len) == len ? 0 : -EFAULT;
}

static size_t clear_peer(uint64_t addr, size_t len)
{
    static const char zeros[PAGE_SIZE];

    for (size_t n; len; len -= n, addr += n) {
        n = min(len, sizeof(zeros));
        if (server_peer_write(caller, addr, zeros, n) != n)
            break;
    }
    return len;
}

/* dom0's pointers: of a client's memory, or ours where we play its kernel. */
static size_t dom0_copy(uint64_t addr, void *ours, size_t len, enum copy_way way)
{
    if (way == FROM_GUEST) {
        if (caller)
            return len - server_peer_read(caller, ours, addr, len);
        memcpy(ours, (const void *)addr, len);
    } else if (way == TO_GUEST) {
        if (caller)
            return len - server_peer_write(caller, addr, ours, len);
        memcpy((void *)addr, ours, len);
    } else if (caller) {
        return clear_peer(addr, len);
    } else {
        memset((void *)addr, 0, len);
    }
    return 0;
}

long server_call(uint32_t pid, unsigned int nr, const unsigned long args[6])
{
    long rc;

    vcpu_unblock(dom0_vcpu);
    caller = pid;
    rc = sim_hypercall_args(dom0_vcpu, nr, args);
    caller = 0;
    return rc == SIM_STOPPED ? -EIO : rc;
}

static void client_open(unsigned int nr, const struct server_event *ev)
{
    struct client *c = &clients[nr];

    if (c->open || ev->a >= SIM_DEVICES) {
        server_reply(nr, -EINVAL, GIFT_NONE);
        return;
    }
    *c = (struct client){.open = true, .device = (uint32_t)ev->a, .pid = ev->pid};
    server_reply(nr, 0, ev->a == SIM_EVTCHN ? GIFT_STREAM : GIFT_MEMORY);
}

static long client_ioctl(unsigned int nr, const struct server_event *ev)
{
    struct client *c = &clients[nr];

    switch (c->device) {
    case SIM_PRIVCMD:
        return privcmd_ioctl(c, ev->a, ev->b, ev->c);
    case SIM_EVTCHN:
        return evtchn_ioctl(nr, ev->a, ev->b);
    default:
        return gntdev_ioctl(c, ev->a, ev->b);
    }
}

static long client_message(unsigned int nr, const struct server_event *ev)
{
    struct client *c = &clients[nr];

    c->pid = ev->pid;
    if (!c->open)
        return -ENODEV;
    switch (ev->message_kind) {
    case SIM_IOCTL:
        return client_ioctl(nr, ev);
    case SIM_GNT_MMAP:
        return c->device == SIM_GNTDEV ? gntdev_mmap(c, ev->a, ev->b, ev->c) : -ENODEV;
    case SIM_MUNMAP:
        privcmd_unmap(c, ev->a, ev->b);
        return 0;
    default:
        return -EINVAL;
    }
}

static void client_close(unsigned int nr)
{
    struct client *c = &clients[nr];

    if (!c->open)
        return;
    privcmd_close(c);
    gntdev_close(c);
    if (c->device == SIM_EVTCHN)
        evtchn_close(nr);
    c->open = false;
}

static void handle(const struct server_event *ev)
{
    if (ev->kind == EVENT_CLOSED)
        client_close(ev->client);
    else if (ev->kind == EVENT_UNMASK)
        evtchn_unmask(ev->client, ev->port);
    else if (ev->message_kind == SIM_OPEN)
        client_open(ev->client, ev);
    else
        server_reply(ev->client, client_message(ev->client, ev), GIFT_NONE);
}

/* Each guest that is on a CPU, until all have blocked; a little more work waits for the next turn.
 */
static void run_guests(void)
{
    bool any = true;

    for (unsigned int round = 0; any && round < 64; round++) {
        any = false;
        for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
            struct vcpu *v = sim_cpus[cpu].current_vcpu;

            if (is_idle_vcpu(v) || v->domain == dom0 || !vcpu_runnable(v))
                continue;
            script_run(v);
            any = true;
        }
    }
}

static void block_dom0(void)
{
    if (!READ_ONCE(dom0_vcpu->pause_flags))
        sim_hypercall(dom0_vcpu, __HYPERVISOR_sched_op, SCHEDOP_block, 0);
}

static bool guest_waits(void)
{
    for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
        struct vcpu *v = sim_cpus[cpu].current_vcpu;

        if (!is_idle_vcpu(v) && v->domain != dom0 && vcpu_runnable(v))
            return true;
    }
    return false;
}

static uint64_t time_to_wait(void)
{
    s_time_t next = sim_next_deadline(), now = (s_time_t)host_clock() + sim_clock_offset;

    if (guest_waits() || dom0_vcpu->vcpu_info->evtchn_upcall_pending)
        return 0;
    return next <= now ? 0 : (uint64_t)min(next - now, SECONDS(1));
}

static void let_time_pass(void)
{
    s_time_t now = (s_time_t)host_clock() + sim_clock_offset;

    sim_advance(max(now - sim_now, (s_time_t)0));
}

static void serve(void)
{
    struct server_event ev[EVENTS];
    unsigned int nr;

    while (!server_stopping()) {
        block_dom0();
        nr = server_wait(time_to_wait(), ev, EVENTS);
        for (unsigned int i = 0; i < nr; i++)
            handle(&ev[i]);
        let_time_pass();
        run_guests();
        evtchn_deliver();
    }
}

static unsigned int nr_guests(void)
{
    unsigned int nr = 0;
    struct domain *d;

    for_each_domain (d)
        nr += d != dom0;
    return nr;
}

static void boot(unsigned int ram_mb, unsigned int nr_cpus)
{
    sim_boot(&(struct sim_conf){.nr_cpus = nr_cpus,
                                .ram_mb = ram_mb,
                                .server = true,
                                .verbose = true,
                                .cmdline = "dom0_mem=1M"});
    m2p_share();
    pv_calls_register();
    sim_dom0_copy = dom0_copy;
    sim_mark_mapped = privcmd_mark_mapped;
    dom0_vcpu =
        sim_domain(
            0, &(struct sim_domain_conf){.privileged = true, .nr_pages = 256, .max_maptrack = 64})
            ->vcpu[0];
    dom0_vcpu->vcpu_info->evtchn_upcall_mask = 1;
    sim_clock_offset = sim_now - (s_time_t)host_clock();
}

int sim_server(const char *path, unsigned int ram_mb, unsigned int nr_cpus)
{
    unsigned int left;

    boot(ram_mb, nr_cpus);
    if (!server_listen(path))
        return 1;
    printk("xen-sim: listening\n");
    host_flush();
    serve();
    for (unsigned int i = 0; i < SERVER_MAX_CLIENTS; i++)
        client_close(i);
    sim_quiesce();
    left = nr_guests();
    printk("xen-sim: ends, with %u guests\n", left);
    sim_dom0_copy = NULL;
    sim_shutdown();
    return left ? 3 : 0;
}
