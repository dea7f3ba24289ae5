/* SPDX-License-Identifier: MIT */
/* Domctls of x86. Each handler has @d and our copy of the arguments; results go back in it. */
#include <public/domctl.h>
#include <xen/guest_access.h>
#include <xen/irq.h>
#include <xen/kernel.h>
#include <xen/log_dirty.h>
#include <xen/mm.h>
#include <xen/port/domain.h>
#include <xen/sched.h>
#include <xen/softirq.h>
#include <asm/cpu_policy.h>
#include <asm/current.h>
#include <asm/debugger.h>
#include <asm/page_type.h>
#include <asm/pv.h>
#include <asm/pv_mm.h>
#include <asm/shadow.h>
#include "private.h"

#define NR_PORTS 0x10000

static long ioport_permission(struct domain *d, const struct xen_domctl_ioport_permission *op)
{
    unsigned int first = op->first_port, nr = op->nr_ports;

    if (nr == 0)
        return 0;
    if (first >= NR_PORTS || nr > NR_PORTS - first)
        return -EINVAL;
    /* Nobody can hand on what it has not got. */
    if (!caps_have(current->domain->arch.ioport_caps, first, first + nr - 1))
        return -EPERM;
    return caps_change(d->arch.ioport_caps, first, first + nr - 1, op->allow_access);
}

static long hypercall_init(struct domain *d, const struct xen_domctl_hypercall_init *op)
{
    struct page_info *pg = page_get_from_mfn(mk_mfn(op->gmfn), d);

    if (!pg)
        return -EACCES;
    if (page_get_type(pg, PGT_WRITABLE)) {
        page_put(pg);
        return -EACCES;
    }
    pv_fill_hypercall_page(page_to_virt(pg));
    log_dirty_mark_mfn(d, page_to_mfn(pg));
    page_put_with_type(pg);
    return 0;
}

#define INFO_BATCH 64
#define INFO_MAX   1024

static long page_frame_info(struct domain *d, const struct xen_domctl_getpageframeinfo3 *op)
{
    xen_pfn_t batch[INFO_BATCH];
    uint64_t done, i, n;

    if (op->num > INFO_MAX)
        return -E2BIG;
    for (done = 0; done < op->num; done += n) {
        n = min(op->num - done, (uint64_t)INFO_BATCH);
        if (copy_from_guest(batch, op->array, done, n))
            return -EFAULT;
        for (i = 0; i < n; i++)
            batch[i] = pv_page_frame_info(d, batch[i]);
        if (copy_to_guest(op->array, done, batch, n))
            return -EFAULT;
    }
    return 0;
}

static long send_trigger(struct domain *d, const struct xen_domctl_sendtrigger *op)
{
    struct vcpu *v = domain_vcpu(d, op->vcpu);

    if (!v)
        return -ESRCH;
    if (op->trigger != XEN_DOMCTL_SENDTRIGGER_NMI)
        return -ENOSYS;
    pv_send_nmi(v);
    vcpu_kick(v);
    return 0;
}

static long set_address_size(struct domain *d, const struct xen_domctl_address_size *op)
{
    if (op->size == 64)
        return d->max_vcpus && d->vcpu[0] && d->vcpu[0]->is_initialised ? -EEXIST : 0;
    return -EINVAL;
}

static long set_tsc_info(struct domain *d, const struct xen_domctl_tsc_info *info)
{
    int rc;

    if (d == current->domain)
        return -EINVAL;
    domain_pause(d);
    rc = domain_set_tsc_info(d, info);
    domain_unpause(d);
    return rc;
}

static long single_step(struct domain *d, const struct xen_domctl_debug_op *op)
{
    return domain_vcpu(d, op->vcpu) ? -EOPNOTSUPP : -EINVAL;
}

static long do_simple(struct xen_domctl *op, struct domain *d, bool *copyback)
{
    switch (op->cmd) {
    case XEN_DOMCTL_ioport_permission:
        return ioport_permission(d, &op->u.ioport_permission);
    case XEN_DOMCTL_hypercall_init:
        return hypercall_init(d, &op->u.hypercall_init);
    case XEN_DOMCTL_getpageframeinfo3:
        return page_frame_info(d, &op->u.getpageframeinfo3);
    case XEN_DOMCTL_sendtrigger:
        return send_trigger(d, &op->u.sendtrigger);
    case XEN_DOMCTL_set_address_size:
        return set_address_size(d, &op->u.address_size);
    case XEN_DOMCTL_get_address_size:
        op->u.address_size.size = 64;
        *copyback = true;
        return 0;
    case XEN_DOMCTL_shadow_op:
        return shadow_domctl(d, &op->u.shadow_op, copyback);
    case XEN_DOMCTL_settscinfo:
        return set_tsc_info(d, &op->u.tsc_info);
    case XEN_DOMCTL_gettscinfo:
        domain_get_tsc_info(d, &op->u.tsc_info);
        *copyback = true;
        return 0;
    case XEN_DOMCTL_get_cpu_policy:
        *copyback = true;
        return cpu_policy_domctl_get(d, &op->u.cpu_policy);
    case XEN_DOMCTL_set_cpu_policy:
        *copyback = true;
        return cpu_policy_domctl_set(d, &op->u.cpu_policy);
    case XEN_DOMCTL_debug_op:
        return single_step(d, &op->u.debug_op);
    case XEN_DOMCTL_gethvmcontext:
    case XEN_DOMCTL_sethvmcontext:
    case XEN_DOMCTL_gethvmcontext_partial:
        return -EINVAL;
    case XEN_DOMCTL_psr_cmt_op:
    case XEN_DOMCTL_psr_alloc:
        return -ENODEV;
    default:
        return -ENOSYS;
    }
}

long port_do_domctl(struct xen_domctl *op, struct domain *d, bool *copyback)
{
    switch (op->cmd) {
    case XEN_DOMCTL_set_ext_vcpucontext:
    case XEN_DOMCTL_get_ext_vcpucontext:
    case XEN_DOMCTL_setvcpuextstate:
    case XEN_DOMCTL_getvcpuextstate:
    case XEN_DOMCTL_get_vcpu_msrs:
    case XEN_DOMCTL_set_vcpu_msrs:
        return domctl_vcpu_state(op, d, copyback);
    case XEN_DOMCTL_gdbsx_guestmemio:
    case XEN_DOMCTL_gdbsx_pausevcpu:
    case XEN_DOMCTL_gdbsx_unpausevcpu:
    case XEN_DOMCTL_gdbsx_domstatus:
        return debugger_domctl(op, d, copyback);
    default:
        return do_simple(op, d, copyback);
    }
}
