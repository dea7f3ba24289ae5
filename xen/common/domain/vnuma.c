/* SPDX-License-Identifier: MIT */
#include <xen/vnuma.h>

#include <public/memory.h>
#include <public/sysctl.h>
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/port/numa.h>
#include <xen/rcu.h>
#include <xen/xsm.h>

/* No machine or guest has more; bounds what a domain's controller can make us copy and keep. */
#define NODES_MAX  64U
#define RANGES_MAX 256U

/* Does not change once a domain has it. */
struct vnuma {
    struct rcu_head rcu;
    unsigned int nr_nodes, nr_vcpus, nr_ranges;
    unsigned int *distance; /* nr_nodes squared */
    unsigned int *vcpu_node;
    unsigned int *host_node;
    xen_vmemrange_t ranges[]; /* the arrays above come behind them */
};

static struct vnuma *allocate(unsigned int nr_nodes, unsigned int nr_vcpus, unsigned int nr_ranges)
{
    size_t numbers = nr_nodes * nr_nodes + nr_vcpus + nr_nodes;
    struct vnuma *v = xmalloc_bytes(sizeof(*v) + nr_ranges * sizeof(v->ranges[0]) +
                                    numbers * sizeof(*v->distance));

    if (v == NULL)
        return NULL;
    v->nr_nodes = nr_nodes;
    v->nr_vcpus = nr_vcpus;
    v->nr_ranges = nr_ranges;
    v->distance = (unsigned int *)&v->ranges[nr_ranges];
    v->vcpu_node = v->distance + nr_nodes * nr_nodes;
    v->host_node = v->vcpu_node + nr_vcpus;
    return v;
}

static bool is_host_node(unsigned int node)
{
    return node == XEN_INVALID_NODE_ID || node == NUMA_NO_NODE || node < port_nr_nodes();
}

static bool is_sane(const struct vnuma *v)
{
    for (unsigned int i = 0; i < v->nr_vcpus; i++)
        if (v->vcpu_node[i] >= v->nr_nodes)
            return false;
    for (unsigned int i = 0; i < v->nr_nodes; i++)
        if (!is_host_node(v->host_node[i]))
            return false;
    for (unsigned int i = 0; i < v->nr_ranges; i++)
        if (v->ranges[i].nid >= v->nr_nodes || v->ranges[i].start >= v->ranges[i].end ||
            v->ranges[i].flags)
            return false;
    return true;
}

static int read_arrays(struct vnuma *v, const struct xen_domctl_vnuma *from)
{
    if (copy_from_guest(v->ranges, from->vmemrange, 0, v->nr_ranges) ||
        copy_from_guest(v->distance, from->vdistance, 0, v->nr_nodes * v->nr_nodes) ||
        copy_from_guest(v->vcpu_node, from->vcpu_to_vnode, 0, v->nr_vcpus) ||
        copy_from_guest(v->host_node, from->vnode_to_pnode, 0, v->nr_nodes))
        return -EFAULT;
    return is_sane(v) ? 0 : -EINVAL;
}

static void free_late(struct rcu_head *head)
{
    xfree(container_of(head, struct vnuma, rcu));
}

int vnuma_set(struct domain *d, const struct xen_domctl_vnuma *from)
{
    struct vnuma *v, *old = d->vnuma;
    int rc;

    if (from->pad || from->nr_vcpus != d->max_vcpus || !from->nr_vnodes ||
        from->nr_vnodes > NODES_MAX || !from->nr_vmemranges || from->nr_vmemranges > RANGES_MAX)
        return -EINVAL;
    v = allocate(from->nr_vnodes, from->nr_vcpus, from->nr_vmemranges);
    if (v == NULL)
        return -ENOMEM;
    rc = read_arrays(v, from);
    if (rc) {
        xfree(v);
        return rc;
    }
    rcu_assign_pointer(d->vnuma, v);
    if (old)
        rcu_call(&old->rcu, free_late);
    return 0;
}

void vnuma_free(struct domain *d)
{
    xfree(d->vnuma);
}

unsigned int vnuma_node_of(const struct domain *d, unsigned int vnode)
{
    const struct vnuma *v;
    unsigned int node = NUMA_NO_NODE;

    rcu_read_lock();
    v = rcu_dereference(d->vnuma);
    if (v && vnode < v->nr_nodes && v->host_node[vnode] < port_nr_nodes())
        node = v->host_node[vnode];
    rcu_read_unlock();
    return node;
}

/* Room enough: the arrays, and how many there are. */
static long write_arrays(const struct vnuma *v, const struct xen_vnuma_topology_info *t)
{
    if (copy_to_guest(t->vmemrange.h, 0, v->ranges, v->nr_ranges) ||
        copy_to_guest(t->vdistance.h, 0, v->distance, v->nr_nodes * v->nr_nodes) ||
        copy_to_guest(t->vcpu_to_vnode.h, 0, v->vcpu_node, v->nr_vcpus))
        return -EFAULT;
    return 0;
}

static long get(const struct vnuma *v, struct xen_vnuma_topology_info *t, void *arg)
{
    bool fits = t->nr_vnodes >= v->nr_nodes && t->nr_vcpus >= v->nr_vcpus &&
                t->nr_vmemranges >= v->nr_ranges;
    long rc = fits ? write_arrays(v, t) : -ENOBUFS;

    t->nr_vnodes = v->nr_nodes;
    t->nr_vcpus = v->nr_vcpus;
    t->nr_vmemranges = v->nr_ranges;
    if (rc != -EFAULT && copy_to_guest_bytes(arg, t, sizeof(*t)))
        rc = -EFAULT;
    return rc;
}

long vnuma_get(void *arg)
{
    struct xen_vnuma_topology_info t;
    const struct vnuma *v;
    struct domain *d;
    long rc;

    if (copy_from_guest_bytes(&t, arg, sizeof(t)))
        return -EFAULT;
    if (t.pad)
        return -EINVAL;
    rc = rcu_lock_domain_for(XSM_MEMORY, XENMEM_get_vnumainfo, t.domid, &d);
    if (rc)
        return rc;
    v = rcu_dereference(d->vnuma);
    rc = v ? get(v, &t, arg) : -EOPNOTSUPP;
    rcu_unlock_domain(d);
    return rc;
}
