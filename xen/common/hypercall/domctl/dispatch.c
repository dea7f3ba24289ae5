/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_domctl: copying, lookup, permission and copy-back are here, once. */
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/kernel.h>
#include <xen/port/domain.h>
#include <xen/softirq.h>
#include <xen/xsm.h>
#include <asm/current.h>

#include "private.h"

enum target {
    TARGET_NONE, /* the operation finds it itself */
    TARGET_ANY,
    TARGET_OTHER, /* not the caller's own domain */
};

struct domctl_desc {
    domctl_fn *fn;
    uint8_t target;
    bool copy_back;
};

static const struct domctl_desc ops[] = {
    [XEN_DOMCTL_createdomain] = {domctl_create, TARGET_NONE, true},
    [XEN_DOMCTL_destroydomain] = {domctl_destroy, TARGET_OTHER, false},
    [XEN_DOMCTL_pausedomain] = {domctl_pause, TARGET_OTHER, false},
    [XEN_DOMCTL_unpausedomain] = {domctl_unpause, TARGET_ANY, false},
    [XEN_DOMCTL_getdomaininfo] = {domctl_get_info, TARGET_NONE, true},
    [XEN_DOMCTL_setdomainhandle] = {domctl_set_handle, TARGET_ANY, false},
    [XEN_DOMCTL_settimeoffset] = {domctl_set_time_offset, TARGET_ANY, false},
    [XEN_DOMCTL_resumedomain] = {domctl_resume, TARGET_OTHER, false},
    [XEN_DOMCTL_set_target] = {domctl_set_target, TARGET_OTHER, false},
    [XEN_DOMCTL_soft_reset] = {domctl_soft_reset, TARGET_OTHER, false},
    [XEN_DOMCTL_setdebugging] = {domctl_set_debugging, TARGET_OTHER, false},
    [XEN_DOMCTL_subscribe] = {domctl_subscribe, TARGET_ANY, false},
    [XEN_DOMCTL_set_virq_handler] = {domctl_set_virq_handler, TARGET_ANY, false},
    [XEN_DOMCTL_max_vcpus] = {domctl_max_vcpus, TARGET_OTHER, false},
    [XEN_DOMCTL_setvcpucontext] = {domctl_set_vcpu_context, TARGET_OTHER, false},
    [XEN_DOMCTL_getvcpucontext] = {domctl_get_vcpu_context, TARGET_OTHER, false},
    [XEN_DOMCTL_getvcpuinfo] = {domctl_get_vcpu_info, TARGET_ANY, true},
    [XEN_DOMCTL_setvcpuaffinity] = {domctl_vcpu_affinity, TARGET_ANY, true},
    [XEN_DOMCTL_getvcpuaffinity] = {domctl_vcpu_affinity, TARGET_ANY, true},
    [XEN_DOMCTL_setnodeaffinity] = {domctl_node_affinity, TARGET_ANY, false},
    [XEN_DOMCTL_getnodeaffinity] = {domctl_node_affinity, TARGET_ANY, true},
    [XEN_DOMCTL_setvnumainfo] = {domctl_set_vnuma, TARGET_ANY, false},
    [XEN_DOMCTL_scheduler_op] = {domctl_scheduler, TARGET_ANY, true},
    [XEN_DOMCTL_max_mem] = {domctl_max_mem, TARGET_ANY, false},
    [XEN_DOMCTL_irq_permission] = {domctl_irq_permission, TARGET_ANY, false},
    [XEN_DOMCTL_iomem_permission] = {domctl_iomem_permission, TARGET_ANY, false},
};

/* One domctl at a time. */
static DEFINE_SPINLOCK(domctl_lock, RANK_DOMCTL);

static long run(const struct domctl_desc *desc, struct domain *d, struct xen_domctl *op,
                bool *copy_back)
{
    if (desc == NULL)
        return port_do_domctl(op, d, copy_back);
    *copy_back = desc->copy_back;
    return desc->fn(d, op);
}

static long do_locked(struct xen_domctl *op, bool *copy_back)
{
    const struct domctl_desc *desc =
        op->cmd < ARRAY_SIZE(ops) && ops[op->cmd].fn ? &ops[op->cmd] : NULL;
    struct domain *d;
    long rc;

    if (desc && desc->target == TARGET_NONE)
        return xsm_check(XSM_DOMCTL, op->cmd, NULL) ?: run(desc, NULL, op, copy_back);
    rc = rcu_lock_domain_for(XSM_DOMCTL, op->cmd, op->domain, &d);
    if (rc)
        return rc;
    if (desc && desc->target == TARGET_OTHER && d == current->domain)
        rc = -EINVAL;
    else
        rc = run(desc, d, op, copy_back);
    rcu_unlock_domain(d);
    return rc;
}

long do_domctl(void *u_domctl)
{
    struct xen_domctl op;
    bool copy_back = false;
    long rc;

    if (xsm_check(XSM_DOMCTL, XSM_CMD_UNREAD, NULL))
        return -EPERM;
    if (copy_from_guest_bytes(&op, u_domctl, sizeof(op)))
        return -EFAULT;
    if (op.interface_version != XEN_DOMCTL_INTERFACE_VERSION)
        return -EACCES;
    /* Whoever holds it may wait for this CPU: come back rather than spin. */
    if (!spin_trylock(&domctl_lock))
        return hypercall_continue(__HYPERVISOR_domctl, 1, u_domctl);
    rc = do_locked(&op, &copy_back);
    spin_unlock(&domctl_lock);
    /* Of an operation that goes on: how far it is. */
    if (copy_back && copy_to_guest_bytes(u_domctl, &op, sizeof(op)))
        return -EFAULT;
    return rc == -ERESTART ? hypercall_continue(__HYPERVISOR_domctl, 1, u_domctl) : rc;
}
