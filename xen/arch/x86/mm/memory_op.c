/* SPDX-License-Identifier: MIT */
/* Memory operations of x86: memory maps and where the machine-to-physical table is. */
#include <public/memory.h>
#include <xen/guest_access.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/port/p2m.h>
#include <xen/xsm.h>
#include <asm/current.h>
#include <asm/e820.h>
#include <asm/page.h>

#include "mm.h"

/* Copy a map out as far as the guest has room. */
static long put_map(const struct e820_map *m, struct xen_memory_map *req, void *arg)
{
    unsigned int nr = min(req->nr_entries, m->nr);

    if (copy_to_guest_bytes(req->buffer.p, m->map, nr * sizeof(m->map[0])))
        return -EFAULT;
    req->nr_entries = nr;
    return copy_to_guest_bytes(arg, req, sizeof(*req));
}

static long op_machine_memory_map(void *arg)
{
    struct xen_memory_map req;

    if (xsm_check(XSM_MEMORY_HOST, XENMEM_machine_memory_map, NULL))
        return -EPERM;
    if (copy_from_guest_bytes(&req, arg, sizeof(req)))
        return -EFAULT;
    return put_map(&e820, &req, arg);
}

static struct e820_map *copy_e820(const struct domain *d)
{
    struct e820_map *m = NULL;

    if (d->arch.e820) {
        m = xmalloc(struct e820_map);
        if (m)
            *m = *d->arch.e820;
    }
    return m;
}

static long op_memory_map(void *arg)
{
    struct domain *d = current->domain;
    struct xen_memory_map req;
    struct e820_map *copy;
    long rc;

    if (copy_from_guest_bytes(&req, arg, sizeof(req)))
        return -EFAULT;
    spin_lock(&d->lock);
    copy = copy_e820(d);
    spin_unlock(&d->lock);
    if (!copy)
        return d->arch.e820 ? -ENOMEM : -ENOSYS;
    rc = put_map(copy, &req, arg);
    xfree(copy);
    return rc;
}

static long set_map(struct domain *d, const struct xen_memory_map *req)
{
    struct e820_map *new, *old;

    if (!is_pv_domain(d))
        return -EPERM;
    if (req->nr_entries > E820_MAX)
        return -E2BIG;
    new = xzalloc(struct e820_map);
    if (!new)
        return -ENOMEM;
    if (copy_from_guest_bytes(new->map, req->buffer.p, req->nr_entries * sizeof(new->map[0]))) {
        xfree(new);
        return -EFAULT;
    }
    new->nr = req->nr_entries;
    spin_lock(&d->lock);
    old = d->arch.e820;
    d->arch.e820 = new;
    spin_unlock(&d->lock);
    xfree(old);
    return 0;
}

static long op_set_memory_map(void *arg)
{
    struct xen_foreign_memory_map req;
    struct domain *d;
    long rc;

    if (copy_from_guest_bytes(&req, arg, sizeof(req)))
        return -EFAULT;
    rc = rcu_lock_domain_for(XSM_MEMORY_GUEST, XENMEM_set_memory_map, req.domid, &d);
    if (rc)
        return rc;
    rc = set_map(d, &req.map);
    rcu_unlock_domain(d);
    return rc;
}

static long op_machphys_mapping(void *arg)
{
    static const struct xen_machphys_mapping mapping = {
        .v_start = RO_M2P_START,
        .v_end = RO_M2P_END,
        .max_mfn = (RO_M2P_END - RO_M2P_START) / sizeof(unsigned long) - 1,
    };

    return copy_to_guest_bytes(arg, &mapping, sizeof(mapping));
}

/* One frame number per 2 MiB of the table; a gap repeats the one before it. */
static long op_machphys_mfn_list(void *arg)
{
    struct xen_machphys_mfn_list req;
    xen_pfn_t last = 0;
    unsigned int nr;

    if (copy_from_guest_bytes(&req, arg, sizeof(req)))
        return -EFAULT;
    nr = min(req.max_extents, m2p_nr_blocks());
    for (unsigned int i = 0; i < nr; i++) {
        mfn_t mfn = m2p_block_mfn(i);

        if (!mfn_eq(mfn, INVALID_MFN))
            last = mfn.nr;
        if (copy_to_guest_bytes(req.extent_start.p + i, &last, sizeof(last)))
            return -EFAULT;
    }
    req.nr_extents = nr;
    return copy_to_guest_bytes(arg, &req, sizeof(req));
}

/* Populate on demand needs a map of the hypervisor's: no PV guest has one. */
static long op_pod_target(unsigned int cmd, void *arg)
{
    struct xen_pod_target req;
    struct domain *d;
    long rc;

    if (copy_from_guest_bytes(&req, arg, sizeof(req)))
        return -EFAULT;
    rc = rcu_lock_domain_for(XSM_MEMORY_GUEST, cmd, req.domid, &d);
    if (rc)
        return rc;
    rcu_unlock_domain(d);
    return -EOPNOTSUPP;
}

long port_memory_op(unsigned long cmd, void *arg)
{
    switch (cmd) {
    case XENMEM_machine_memory_map:
        return op_machine_memory_map(arg);
    case XENMEM_memory_map:
        return op_memory_map(arg);
    case XENMEM_set_memory_map:
        return op_set_memory_map(arg);
    case XENMEM_machphys_mapping:
        return op_machphys_mapping(arg);
    case XENMEM_machphys_mfn_list:
        return op_machphys_mfn_list(arg);
    case XENMEM_set_pod_target:
    case XENMEM_get_pod_target:
        return op_pod_target((unsigned int)cmd, arg);
    default:
        return -ENOSYS;
    }
}
