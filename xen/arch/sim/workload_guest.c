/* SPDX-License-Identifier: MIT */
/* Random run: what guests do with their vCPUs and memory, and nonsense. */
#include <public/memory.h>
#include <public/sched.h>
#include <public/vcpu.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/time.h>

#include "workload.h"

static void poll(struct work *w, struct vcpu *v)
{
    struct sched_poll op = {.nr_ports = pick_small(w, 4)};
    evtchn_port_t ports[4];

    for (unsigned int i = 0; i < 4; i++)
        ports[i] = pick_small(w, 24);
    sim_put(v->domain, 2, 0, ports, sizeof(ports));
    op.ports.p = (void *)sim_page(v->domain, 2);
    op.timeout = pick(w, 2) ? (uint64_t)NOW() + pick(w, 65536) * 100 : 0;
    sim_op(v, __HYPERVISOR_sched_op, SCHEDOP_poll, &op, sizeof(op));
}

void work_sched(struct work *w)
{
    struct vcpu *v = pick_vcpu(w, true);
    uint32_t arg[2];

    if (!v)
        return;
    switch (pick(w, 8)) {
    case 0:
    case 1:
        sim_hypercall(v, __HYPERVISOR_sched_op, SCHEDOP_block, 0);
        break;
    case 2:
    case 3:
        poll(w, v);
        break;
    case 4:
        sim_hypercall(v, __HYPERVISOR_sched_op, SCHEDOP_yield, 0);
        break;
    case 5:
        arg[0] = pick_small(w, 3);
        arg[1] = pick_small(w, 4);
        sim_op(v, __HYPERVISOR_sched_op, SCHEDOP_watchdog, arg, sizeof(arg));
        break;
    default:
        arg[0] = pick_small(w, SHUTDOWN_MAX + 2);
        sim_op(v, __HYPERVISOR_sched_op, pick(w, 4) ? SCHEDOP_yield : SCHEDOP_shutdown, arg,
               sizeof(arg));
    }
}

void work_vcpu(struct work *w)
{
    struct vcpu *v = pick_vcpu(w, true);
    unsigned int cmd = pick(w, 15);
    uint64_t arg[4];

    if (!v)
        return;
    arg[0] = cmd == VCPUOP_register_vcpu_info ? pick_gfn(w, v->domain) : pick_addr(w, v->domain);
    arg[1] = pick(w, 2) ? pick(w, 65536) : (uint64_t)pick(w, 16) * 64;
    arg[2] = arg[3] = 0;
    if (cmd == VCPUOP_set_periodic_timer)
        arg[0] = (uint64_t)pick(w, 65536) * 1000;
    else if (cmd == VCPUOP_set_singleshot_timer)
        arg[0] = (uint64_t)NOW() + pick(w, 65536) * 100;
    sim_put(v->domain, 0, 0, arg, sizeof(arg));
    sim_hypercall(v, __HYPERVISOR_vcpu_op, cmd, pick_small(w, 2), sim_page(v->domain, 0));
}

void work_timer(struct work *w)
{
    struct vcpu *v = pick_vcpu(w, true);

    if (v)
        sim_hypercall(v, __HYPERVISOR_set_timer_op,
                      pick(w, 4) ? (uint64_t)NOW() + pick(w, 65536) * 100 : pick_bits(w));
}

/* Frame numbers in page @idx. */
static void *fill_extents(struct work *w, struct domain *d, unsigned int idx)
{
    xen_pfn_t list[4];

    for (unsigned int i = 0; i < 4; i++)
        list[i] = pick_gfn(w, d);
    sim_put(d, idx, 0, list, sizeof(list));
    return (void *)sim_page(d, idx);
}

static void fill_reservation(struct work *w, struct domain *d, struct xen_memory_reservation *r,
                             unsigned int idx)
{
    r->extent_start.p = fill_extents(w, d, idx);
    r->nr_extents = pick(w, 16) ? pick(w, 5) : pick_bits(w);
    r->extent_order = pick(w, 4) ? 0 : pick_small(w, 4);
    r->mem_flags = pick(w, 8) ? 0 : (uint32_t)pick_bits(w);
    r->domid = pick(w, 8) ? DOMID_SELF : pick_domid(w);
}

void work_memory(struct work *w)
{
    static const uint8_t cmds[] = {XENMEM_decrease_reservation, XENMEM_increase_reservation,
                                   XENMEM_populate_physmap, XENMEM_claim_pages};
    struct vcpu *v = pick_vcpu(w, true);
    union {
        struct xen_memory_reservation r;
        struct xen_add_to_physmap add;
        struct xen_remove_from_physmap remove;
        struct xen_vnuma_topology_info vnuma;
        uint64_t words[8];
    } op;
    unsigned int cmd = pick(w, 12);

    if (!v)
        return;
    memset(&op, 0, sizeof(op));
    if (cmd < 6) {
        fill_reservation(w, v->domain, &op.r, 2);
        sim_op(v, __HYPERVISOR_memory_op, cmds[cmd % 4], &op, sizeof(op));
    } else if (cmd < 8) {
        op.add.domid = DOMID_SELF;
        op.add.size = (uint16_t)pick(w, 4);
        op.add.space = pick_small(w, 6);
        op.add.idx = pick(w, 2) ? pick(w, 5) : pick_gfn(w, v->domain);
        op.add.gpfn = pick_gfn(w, v->domain);
        sim_op(v, __HYPERVISOR_memory_op, XENMEM_add_to_physmap, &op, sizeof(op));
    } else if (cmd < 9) {
        op.remove.domid = pick(w, 8) ? DOMID_SELF : pick_domid(w);
        op.remove.gpfn = pick_gfn(w, v->domain);
        sim_op(v, __HYPERVISOR_memory_op, XENMEM_remove_from_physmap, &op, sizeof(op));
    } else if (cmd < 10) {
        op.vnuma.domid = pick_domid(w);
        op.vnuma.nr_vnodes = op.vnuma.nr_vcpus = op.vnuma.nr_vmemranges = pick_small(w, 4);
        op.vnuma.vdistance.h.p = (void *)pick_addr(w, v->domain);
        op.vnuma.vcpu_to_vnode.h.p = (void *)pick_addr(w, v->domain);
        op.vnuma.vmemrange.h.p = (void *)pick_addr(w, v->domain);
        sim_op(v, __HYPERVISOR_memory_op, XENMEM_get_vnumainfo, &op, sizeof(op));
    } else {
        op.words[0] = pick_domid(w);
        op.words[1] = pick_bits(w);
        op.words[2] = pick_addr(w, v->domain);
        op.words[3] = pick_addr(w, v->domain);
        sim_op(v, __HYPERVISOR_memory_op, pick(w, 40), &op, sizeof(op));
    }
}

void work_exchange(struct work *w)
{
    struct vcpu *v = pick_vcpu(w, true);
    struct xen_memory_exchange op;

    if (!v)
        return;
    memset(&op, 0, sizeof(op));
    fill_reservation(w, v->domain, &op.in, 2);
    fill_reservation(w, v->domain, &op.out, 3);
    if (pick(w, 4)) {
        op.in.nr_extents = op.out.nr_extents = 1 + pick(w, 3);
        op.in.extent_order = op.out.extent_order = 0;
        op.in.mem_flags = op.out.mem_flags = 0;
    }
    sim_op(v, __HYPERVISOR_memory_op, XENMEM_exchange, &op, sizeof(op));
}

void work_multicall(struct work *w)
{
    struct vcpu *v = pick_vcpu(w, true);
    multicall_entry_t list[6];
    unsigned int nr = pick(w, 7);

    if (!v)
        return;
    memset(list, 0, sizeof(list));
    for (unsigned int i = 0; i < nr; i++) {
        list[i].op = pick(w, 2) ? __HYPERVISOR_event_channel_op : pick(w, 64);
        if (list[i].op == __HYPERVISOR_sched_op)
            list[i].op = __HYPERVISOR_xen_version;
        list[i].args[0] = pick(w, 12);
        list[i].args[1] = pick(w, 2) ? sim_page(v->domain, 1) : pick_addr(w, v->domain);
        list[i].args[2] = pick_small(w, 4);
    }
    sim_put(v->domain, 0, 0, list, sizeof(list));
    sim_hypercall(v, __HYPERVISOR_multicall, sim_page(v->domain, 0),
                  pick(w, 32) ? nr : (uint32_t)pick_bits(w));
}

void work_misc(struct work *w)
{
    struct vcpu *v = pick_vcpu(w, false);

    if (!v)
        return;
    switch (pick(w, 3)) {
    case 0:
        sim_hypercall(v, __HYPERVISOR_xen_version, pick(w, 14), pick_addr(w, v->domain));
        break;
    case 1:
        sim_hypercall(v, __HYPERVISOR_console_io, pick(w, 3), pick_small(w, 300),
                      pick_addr(w, v->domain));
        break;
    default:
        sim_hypercall(v, __HYPERVISOR_vm_assist, pick(w, 3), pick_small(w, 40));
    }
}

/* Any call with any arguments, of a guest. */
void work_raw(struct work *w)
{
    struct vcpu *v = pick_vcpu(w, true);
    unsigned long a[6];
    unsigned int nr = pick(w, 66);

    if (!v)
        return;
    for (unsigned int i = 0; i < 6; i++)
        a[i] = pick(w, 2) ? pick(w, 32) : pick_addr(w, v->domain);
    sim_hypercall_args(v, nr, a);
}
