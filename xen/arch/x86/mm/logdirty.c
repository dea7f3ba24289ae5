/* SPDX-License-Identifier: MIT */
/*
 * XEN_DOMCTL_shadow_op for PV guests. Guests read their own page tables, so to see their writes takes
 * tables of ours beside them, which we do not have: log-dirty cannot be turned on.
 */
#include <public/domctl.h>
#include <xen/kernel.h>
#include <asm/pv_mm.h>

long pv_logdirty_op(struct domain *d, struct xen_domctl_shadow_op *op, bool *copyback)
{
    switch (op->op) {
    case XEN_DOMCTL_SHADOW_OP_OFF:
        return 0;
    case XEN_DOMCTL_SHADOW_OP_GET_ALLOCATION:
        op->mb = 0;
        *copyback = true;
        return 0;
    default:
        return -EOPNOTSUPP;
    }
}
