/* SPDX-License-Identifier: MIT */

#include "private.h"

int xc_physinfo(xc_interface *xch, xc_physinfo_t *info)
{
    struct xen_sysctl op = SYSCTL(physinfo, .u.physinfo = *info);
    int rc = do_sysctl(xch, &op);

    if (!rc)
        *info = op.u.physinfo;
    return rc;
}

/* The highest ids do not change while the host runs. */
static int ask_limits(xc_interface *xch)
{
    xc_physinfo_t info = {0};

    if (xch->max_cpus)
        return 0;
    if (xc_physinfo(xch, &info))
        return -1;
    xch->max_nodes = (int)info.max_node_id + 1;
    xch->max_cpus = (int)info.max_cpu_id + 1;
    return 0;
}

int xc_get_max_cpus(xc_interface *xch)
{
    return ask_limits(xch) ? -1 : xch->max_cpus;
}

int xc_get_max_nodes(xc_interface *xch)
{
    return ask_limits(xch) ? -1 : xch->max_nodes;
}

int xc_get_online_cpus(xc_interface *xch)
{
    xc_physinfo_t info = {0};

    return xc_physinfo(xch, &info) ? -1 : (int)info.nr_cpus;
}

int xc_get_cpumap_size(xc_interface *xch)
{
    int nr = xc_get_max_cpus(xch);

    return nr < 0 ? nr : (nr + 7) / 8;
}

int xc_get_nodemap_size(xc_interface *xch)
{
    int nr = xc_get_max_nodes(xch);

    return nr < 0 ? nr : (nr + 7) / 8;
}

xc_cpumap_t xc_cpumap_alloc(xc_interface *xch)
{
    int size = xc_get_cpumap_size(xch);

    return size <= 0 ? NULL : calloc(1, (size_t)size);
}

xc_nodemap_t xc_nodemap_alloc(xc_interface *xch)
{
    int size = xc_get_nodemap_size(xch);

    return size <= 0 ? NULL : calloc(1, (size_t)size);
}

void xc_cpumap_setcpu(int cpu, xc_cpumap_t map)
{
    map[cpu / 8] = (uint8_t)(map[cpu / 8] | 1u << (cpu % 8));
}

void xc_cpumap_clearcpu(int cpu, xc_cpumap_t map)
{
    map[cpu / 8] = (uint8_t)(map[cpu / 8] & ~(1u << (cpu % 8)));
}

int xc_cpumap_testcpu(int cpu, xc_cpumap_t map)
{
    return (map[cpu / 8] >> (cpu % 8)) & 1;
}

int xc_cputopoinfo(xc_interface *xch, unsigned *max_cpus, xc_cputopo_t *cputopo)
{
    struct xen_sysctl op = SYSCTL(cputopoinfo, .u.cputopoinfo.num_cpus = *max_cpus);
    int rc = sysctl_with(xch, &op,
                         BUF_OUT(op.u.cputopoinfo.cputopo, cputopo, sizeof(*cputopo) * *max_cpus));

    if (!rc)
        *max_cpus = op.u.cputopoinfo.num_cpus;
    return rc;
}

int xc_numainfo(xc_interface *xch, unsigned *max_nodes, xc_meminfo_t *meminfo, uint32_t *distance)
{
    struct xen_sysctl op = SYSCTL(numainfo, .u.numainfo.num_nodes = *max_nodes);
    size_t nr = *max_nodes;
    int rc = sysctl_with(xch, &op, BUF_OUT(op.u.numainfo.meminfo, meminfo, sizeof(*meminfo) * nr),
                         BUF_OUT(op.u.numainfo.distance, distance, sizeof(*distance) * nr * nr));

    if (!rc)
        *max_nodes = op.u.numainfo.num_nodes;
    return rc;
}

int xc_pcitopoinfo(xc_interface *xch, unsigned num_devs, physdev_pci_device_t *devs,
                   uint32_t *nodes)
{
    unsigned int done = 0;

    while (done < num_devs) {
        unsigned int left = num_devs - done;
        struct xen_sysctl op = SYSCTL(pcitopoinfo, .u.pcitopoinfo.num_devs = left);
        int rc =
            sysctl_with(xch, &op, BUF_IN(op.u.pcitopoinfo.devs, devs + done, sizeof(*devs) * left),
                        BUF_BOTH(op.u.pcitopoinfo.nodes, nodes + done, sizeof(*nodes) * left));

        if (rc)
            return rc;
        if (!op.u.pcitopoinfo.num_devs || op.u.pcitopoinfo.num_devs > left)
            return fail(EIO);
        done += op.u.pcitopoinfo.num_devs;
    }
    return 0;
}

int xc_getcpuinfo(xc_interface *xch, int max_cpus, xc_cpuinfo_t *info, int *nr_cpus)
{
    struct xen_sysctl op = SYSCTL(getcpuinfo, .u.getcpuinfo.max_cpus = (uint32_t)max_cpus);
    int rc = sysctl_with(xch, &op,
                         BUF_OUT(op.u.getcpuinfo.info, info, sizeof(*info) * (size_t)max_cpus));

    if (!rc && nr_cpus)
        *nr_cpus = (int)op.u.getcpuinfo.nr_cpus;
    return rc;
}

int xc_availheap(xc_interface *xch, int min_width, int max_width, int node, uint64_t *bytes)
{
    struct xen_sysctl op = SYSCTL(availheap, .u.availheap = {.min_bitwidth = (uint32_t)min_width,
                                                             .max_bitwidth = (uint32_t)max_width,
                                                             .node = node});
    int rc = do_sysctl(xch, &op);

    if (!rc)
        *bytes = op.u.availheap.avail_bytes;
    return rc;
}

int xc_readconsolering(xc_interface *xch, char *buffer, unsigned int *pnr_chars, int clear,
                       int incremental, uint32_t *pindex)
{
    struct xen_sysctl op = SYSCTL(readconsole, .u.readconsole = {.clear = !!clear,
                                                                 .incremental = !!incremental,
                                                                 .index = pindex ? *pindex : 0,
                                                                 .count = *pnr_chars});
    int rc = sysctl_with(xch, &op, BUF_OUT(op.u.readconsole.buffer, buffer, *pnr_chars));

    if (rc)
        return rc;
    *pnr_chars = op.u.readconsole.count;
    if (pindex)
        *pindex = op.u.readconsole.index;
    return 0;
}

int xc_send_debug_keys(xc_interface *xch, const char *keys)
{
    size_t len = strlen(keys);
    struct xen_sysctl op = SYSCTL(debug_keys, .u.debug_keys.nr_keys = (uint32_t)len);

    return sysctl_with(xch, &op, BUF_IN(op.u.debug_keys.keys, keys, len));
}

static int hotplug(xc_interface *xch, uint32_t cpu, uint32_t what)
{
    int rc;

    do {
        rc = sysctl_value(xch, SYSCTL(cpu_hotplug, .u.cpu_hotplug = {.cpu = cpu, .op = what}));
    } while (rc && errno == EAGAIN);
    return rc;
}

int xc_cpu_online(xc_interface *xch, int cpu)
{
    return hotplug(xch, (uint32_t)cpu, XEN_SYSCTL_CPU_HOTPLUG_ONLINE);
}

int xc_cpu_offline(xc_interface *xch, int cpu)
{
    return hotplug(xch, (uint32_t)cpu, XEN_SYSCTL_CPU_HOTPLUG_OFFLINE);
}

int xc_smt_enable(xc_interface *xch)
{
    return hotplug(xch, 0, XEN_SYSCTL_CPU_HOTPLUG_SMT_ENABLE);
}

int xc_smt_disable(xc_interface *xch)
{
    return hotplug(xch, 0, XEN_SYSCTL_CPU_HOTPLUG_SMT_DISABLE);
}

int xc_microcode_update(xc_interface *xch, const void *buf, size_t len)
{
    struct xen_platform_op op = {.cmd = XENPF_microcode_update,
                                 .interface_version = XENPF_INTERFACE_VERSION,
                                 .u.microcode.length = (uint32_t)len};

    return op_bounced(xch, __HYPERVISOR_platform_op, &op, sizeof(op),
                      BOUNCES(BUF_IN(op.u.microcode.data, buf, len)));
}

/* The hypercalls of xc_resource_op(): operation, its entries' copy, and the call for the batch. */
struct resource_calls {
    multicall_entry_t *call;
    struct xen_platform_op **op;
    void **entries;
};

static int resource_prepare(xc_interface *xch, struct resource_calls *rc, uint32_t i,
                            const xc_resource_op_t *req)
{
    size_t len = sizeof(*req->entries) * req->nr_entries;

    rc->op[i] = xencall_alloc_buffer(xch->xcall, sizeof(**rc->op));
    rc->entries[i] = xencall_alloc_buffer(xch->xcall, len);
    if (!rc->op[i] || !rc->entries[i])
        return -1;
    memcpy(rc->entries[i], req->entries, len);
    *rc->op[i] = (struct xen_platform_op){
        .cmd = XENPF_resource_op,
        .interface_version = XENPF_INTERFACE_VERSION,
        .u.resource_op = {.nr_entries = req->nr_entries,
                          .cpu = req->cpu,
                          .entries = {rc->entries[i]}},
    };
    rc->call[i] =
        (multicall_entry_t){.op = __HYPERVISOR_platform_op, .args = {(uintptr_t)rc->op[i]}};
    return 0;
}

int xc_resource_op(xc_interface *xch, uint32_t nr_ops, xc_resource_op_t *ops)
{
    struct resource_calls rc = {
        .call = xencall_alloc_buffer(xch->xcall, sizeof(*rc.call) * nr_ops),
        .op = calloc(nr_ops, sizeof(*rc.op)),
        .entries = calloc(nr_ops, sizeof(*rc.entries)),
    };
    int ret = -1, saved;

    if (!rc.call || !rc.op || !rc.entries)
        goto out;
    for (uint32_t i = 0; i < nr_ops; i++)
        if (resource_prepare(xch, &rc, i, &ops[i]))
            goto out;
    ret = xencall2(xch->xcall, __HYPERVISOR_multicall, (uintptr_t)rc.call, nr_ops);
    for (uint32_t i = 0; !ret && i < nr_ops; i++) {
        ops[i].result = rc.call[i].result;
        memcpy(ops[i].entries, rc.entries[i], sizeof(*ops[i].entries) * ops[i].nr_entries);
    }
out:
    saved = errno;
    for (uint32_t i = 0; rc.op && rc.entries && i < nr_ops; i++) {
        xencall_free_buffer(xch->xcall, rc.op[i]);
        xencall_free_buffer(xch->xcall, rc.entries[i]);
    }
    xencall_free_buffer(xch->xcall, rc.call);
    free(rc.op);
    free(rc.entries);
    errno = saved;
    return ret;
}

#ifdef XC_X86
int xc_mca_op(xc_interface *xch, struct xen_mc *mc)
{
    mc->interface_version = XEN_MCA_INTERFACE_VERSION;
    return op_bounced(xch, __HYPERVISOR_mca, mc, sizeof(*mc), NULL, 0);
}

int xc_mca_op_inject_v2(xc_interface *xch, unsigned int flags, xc_cpumap_t cpumap,
                        unsigned int nr_cpus)
{
    struct xen_mc mc = {.cmd = XEN_MC_inject_v2, .interface_version = XEN_MCA_INTERFACE_VERSION};
    struct xen_mc_inject_v2 *inject = &mc.u.mc_inject_v2;

    inject->flags = flags;
    inject->cpumap.nr_bits = nr_cpus;
    return op_bounced(xch, __HYPERVISOR_mca, &mc, sizeof(mc),
                      BOUNCES(BUF_IN(inject->cpumap.bitmap, cpumap, (nr_cpus + 7) / 8)));
}
#endif

static void *hbuf_of(xc_hypercall_buffer_t *b)
{
    return b ? (b->param_shadow ? b->param_shadow : b)->hbuf : NULL;
}

static int perfc(xc_interface *xch, struct xen_sysctl_perfc_op *arg)
{
    struct xen_sysctl op = SYSCTL(perfc_op, .u.perfc_op = *arg);
    int rc = do_sysctl(xch, &op);

    *arg = op.u.perfc_op;
    return rc;
}

int xc_perfc_reset(xc_interface *xch)
{
    return perfc(xch, &(struct xen_sysctl_perfc_op){.cmd = XEN_SYSCTL_PERFCOP_reset});
}

int xc_perfc_query_number(xc_interface *xch, int *nbr_desc, int *nbr_val)
{
    struct xen_sysctl_perfc_op arg = {.cmd = XEN_SYSCTL_PERFCOP_query};
    int rc = perfc(xch, &arg);

    if (nbr_desc)
        *nbr_desc = (int)arg.nr_counters;
    if (nbr_val)
        *nbr_val = (int)arg.nr_vals;
    return rc;
}

int xc_perfc_query(xc_interface *xch, xc_hypercall_buffer_t *desc, xc_hypercall_buffer_t *val)
{
    struct xen_sysctl_perfc_op arg = {
        .cmd = XEN_SYSCTL_PERFCOP_query, .desc = {hbuf_of(desc)}, .val = {hbuf_of(val)}};

    return perfc(xch, &arg);
}

static int lockprof(xc_interface *xch, struct xen_sysctl_lockprof_op *arg)
{
    struct xen_sysctl op = SYSCTL(lockprof_op, .u.lockprof_op = *arg);
    int rc = do_sysctl(xch, &op);

    *arg = op.u.lockprof_op;
    return rc;
}

int xc_lockprof_reset(xc_interface *xch)
{
    return lockprof(xch, &(struct xen_sysctl_lockprof_op){.cmd = XEN_SYSCTL_LOCKPROF_reset});
}

int xc_lockprof_query_number(xc_interface *xch, uint32_t *n_elems)
{
    struct xen_sysctl_lockprof_op arg = {.cmd = XEN_SYSCTL_LOCKPROF_query};
    int rc = lockprof(xch, &arg);

    *n_elems = arg.nr_elem;
    return rc;
}

int xc_lockprof_query(xc_interface *xch, uint32_t *n_elems, uint64_t *time,
                      xc_hypercall_buffer_t *data)
{
    struct xen_sysctl_lockprof_op arg = {
        .cmd = XEN_SYSCTL_LOCKPROF_query, .max_elem = *n_elems, .data = {hbuf_of(data)}};
    int rc = lockprof(xch, &arg);

    *n_elems = arg.nr_elem;
    *time = arg.time;
    return rc;
}
