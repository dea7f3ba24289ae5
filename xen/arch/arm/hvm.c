/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_hvm_op: parameters of a domain. */
#include <asm/current.h>
#include <asm/domain.h>
#include <public/hvm/hvm_op.h>
#include <public/hvm/params.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/xsm.h>

/* Who may do what with a parameter. */
#define GUEST_READS 1U /* the domain itself, besides the control domain */
#define ONCE        2U /* once set it stays; ~0: a page to be chosen later */
#define KNOWN       4U

static const uint8_t params[HVM_NR_PARAMS] = {
    [HVM_PARAM_CALLBACK_IRQ] = KNOWN | GUEST_READS,
    [HVM_PARAM_STORE_PFN] = KNOWN | GUEST_READS | ONCE,
    [HVM_PARAM_STORE_EVTCHN] = KNOWN | GUEST_READS | ONCE,
    [HVM_PARAM_CONSOLE_PFN] = KNOWN | GUEST_READS | ONCE,
    [HVM_PARAM_CONSOLE_EVTCHN] = KNOWN | GUEST_READS | ONCE,
    [HVM_PARAM_PAGING_RING_PFN] = KNOWN | ONCE,
    [HVM_PARAM_MONITOR_RING_PFN] = KNOWN | ONCE,
    [HVM_PARAM_SHARING_RING_PFN] = KNOWN | ONCE,
};

static int set_param(struct domain *d, const struct xen_hvm_param *op)
{
    uint64_t *p = &d->arch.hvm_params[op->index];

    /* Parameters are the toolstack's; a domain cannot set its own. */
    if (xsm_check(XSM_PARAM, op->index, d) || d == current->domain)
        return -EPERM;
    if ((params[op->index] & ONCE) && *p && *p != ~UINT64_C(0) && *p != op->value)
        return -EEXIST;
    *p = op->value;
    return 0;
}

static int get_param(struct domain *d, struct xen_hvm_param *op)
{
    if (params[op->index] & GUEST_READS ? xsm_check(XSM_PARAM_READ, op->index, d)
                                        : xsm_check(XSM_PARAM, op->index, d))
        return -EPERM;
    op->value = d->arch.hvm_params[op->index];
    return 0;
}

static long param_op(bool set, void *arg)
{
    struct xen_hvm_param op;
    struct domain *d;
    int rc;

    if (copy_from_guest_bytes(&op, arg, sizeof(op)))
        return -EFAULT;
    if (op.index >= HVM_NR_PARAMS || !(params[op.index] & KNOWN))
        return -EINVAL;
    d = rcu_lock_domain_by_any_id(op.domid);
    if (!d)
        return -ESRCH;
    rc = set ? set_param(d, &op) : get_param(d, &op);
    rcu_unlock_domain(d);
    if (!rc && !set)
        rc = copy_to_guest_bytes(arg, &op, sizeof(op));
    return rc;
}

static long do_hvm_op(unsigned long cmd, void *arg)
{
    switch (cmd) {
    case HVMOP_set_param:
        return param_op(true, arg);
    case HVMOP_get_param:
        return param_op(false, arg);
    default:
        return -ENOSYS;
    }
}

static int __init register_hvm_op(void)
{
    HYPERCALL(__HYPERVISOR_hvm_op, do_hvm_op, 2);
    return 0;
}
PRESMP_INITCALL(register_hvm_op);
