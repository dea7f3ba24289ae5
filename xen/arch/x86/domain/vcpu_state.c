/* SPDX-License-Identifier: MIT */
/* Register state of vCPUs beyond vcpu_guest_context, and the VCPUOPs of x86. */
#include <public/domctl.h>
#include <public/vcpu.h>
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/port/context.h>
#include <xen/port/domain.h>
#include <xen/sched.h>
#include <asm/cpu_policy.h>
#include <asm/current.h>
#include <asm/fpu.h>
#include <asm/pv.h>
#include <asm/smpboot.h>
#include <asm/time.h>
#include "private.h"

/* xen_domctl_vcpuextstate: both xcr0 values stand before the XSAVE area. */
#define EXTSTATE_HEADER (2 * sizeof(uint64_t))

static long set_ext_context(struct vcpu *v, const struct xen_domctl_ext_vcpucontext *e)
{
    if (e->size != sizeof(*e))
        return -EINVAL;
    if (!is_canonical(e->sysenter_callback_eip) || !is_canonical(e->syscall32_callback_eip))
        return -EINVAL;
    v->arch.pv.sysenter_callback_cs = pv_fix_code_selector(e->sysenter_callback_cs);
    v->arch.pv.sysenter_callback_eip = e->sysenter_callback_eip;
    v->arch.pv.sysenter_disables_events = e->sysenter_disables_events;
    v->arch.pv.syscall32_callback_cs = pv_fix_code_selector(e->syscall32_callback_cs);
    v->arch.pv.syscall32_callback_eip = e->syscall32_callback_eip;
    v->arch.pv.syscall32_disables_events = e->syscall32_disables_events;
    return 0;
}

static long get_ext_context(const struct vcpu *v, struct xen_domctl_ext_vcpucontext *e)
{
    uint32_t id = e->vcpu;

    memset(e, 0, sizeof(*e));
    e->vcpu = id;
    e->size = sizeof(*e);
    e->sysenter_callback_cs = v->arch.pv.sysenter_callback_cs;
    e->sysenter_callback_eip = v->arch.pv.sysenter_callback_eip;
    e->sysenter_disables_events = v->arch.pv.sysenter_disables_events;
    e->syscall32_callback_cs = v->arch.pv.syscall32_callback_cs;
    e->syscall32_callback_eip = v->arch.pv.syscall32_callback_eip;
    e->syscall32_disables_events = v->arch.pv.syscall32_disables_events;
    return 0;
}

static long get_extstate(struct vcpu *v, struct xen_domctl_vcpuextstate *e)
{
    uint64_t header[2] = {v->arch.xcr0, v->arch.xcr0_accum};
    unsigned int size = 0;
    XEN_GUEST_HANDLE_64(uint8) out = {.p = (uint8_t *)e->buffer.p};

    if (xfeature_mask && v->arch.xcr0_accum)
        size = (unsigned int)EXTSTATE_HEADER + xstate_size(v->arch.xcr0_accum);
    if (!e->size && !e->xfeature_mask) {
        e->xfeature_mask = xfeature_mask;
        e->size = size;
        return 0;
    }
    if (e->size != size || e->xfeature_mask != xfeature_mask)
        return -EINVAL;
    port_sync_vcpu_state(v);
    if (copy_to_guest(out, 0, (const uint8_t *)header, sizeof(header)) ||
        copy_to_guest(out, sizeof(header), (const uint8_t *)v->arch.fpu_ctxt,
                      size - EXTSTATE_HEADER))
        return -EFAULT;
    return 0;
}

/* An area from another host: of components that we have, in the standard format. */
static bool area_ok(const uint8_t *area, unsigned int size, uint64_t accum)
{
    uint64_t bv, comp;

    if (size < XSAVE_MIN_SIZE)
        return false;
    memcpy(&bv, area + XSAVE_HDR_OFFSET, sizeof(bv));
    memcpy(&comp, area + XSAVE_HDR_OFFSET + 8, sizeof(comp));
    if ((bv & ~accum) || comp)
        return false;
    for (unsigned int i = XSAVE_HDR_OFFSET + 16; i < XSAVE_HDR_OFFSET + 64; i++)
        if (area[i])
            return false;
    return xstate_size(accum) <= size;
}

static long load_extstate(struct vcpu *v, const uint8_t *buf, unsigned int size)
{
    uint64_t xcr0, accum;

    memcpy(&xcr0, buf, sizeof(xcr0));
    memcpy(&accum, buf + 8, sizeof(accum));
    accum |= XSTATE_FP_SSE;
    if (!xcr0_valid(xcr0) || (accum & ~xfeature_mask) || (xcr0 & ~accum) ||
        !area_ok(buf + EXTSTATE_HEADER, size - (unsigned int)EXTSTATE_HEADER, accum))
        return -EINVAL;
    v->arch.xcr0 = xcr0;
    v->arch.xcr0_accum = accum;
    memset(v->arch.fpu_ctxt, 0, xsave_size);
    memcpy(v->arch.fpu_ctxt, buf + EXTSTATE_HEADER,
           min(size - (unsigned int)EXTSTATE_HEADER, xstate_size(accum)));
    v->fpu_initialised = 1;
    return 0;
}

static long set_extstate(struct vcpu *v, struct xen_domctl_vcpuextstate *e)
{
    unsigned int size = (unsigned int)e->size;
    uint8_t *buf;
    long rc = -EFAULT;

    if (e->size < EXTSTATE_HEADER)
        return e->size ? -EINVAL : 0;
    if (!xfeature_mask || e->size > EXTSTATE_HEADER + xsave_size)
        return -EINVAL;
    if (v == current)
        return -EINVAL;
    buf = xmalloc_bytes(size);
    if (!buf)
        return -ENOMEM;
    if (!copy_from_guest_bytes(buf, e->buffer.p, size)) {
        domain_pause(v->domain);
        port_sync_vcpu_state(v);
        rc = load_extstate(v, buf, size);
        domain_unpause(v->domain);
    }
    xfree(buf);
    return rc;
}

/* The MSRs of a PV guest that travel with it: TSC_AUX, where it is not 0. */
static long get_msrs(const struct vcpu *v, struct xen_domctl_vcpu_msrs *m)
{
    xen_domctl_vcpu_msr_t e = {.index = MSR_TSC_AUX, .value = v->arch.pv.tsc_aux};

    if (guest_handle_is_null(m->msrs)) {
        m->msr_count = 1;
        return 0;
    }
    if (!e.value) {
        m->msr_count = 0;
        return 0;
    }
    if (!m->msr_count)
        return -ENOBUFS;
    m->msr_count = 1;
    return copy_to_guest(m->msrs, 0, &e, 1);
}

static long set_msrs(struct vcpu *v, struct xen_domctl_vcpu_msrs *m)
{
    xen_domctl_vcpu_msr_t e;
    uint32_t i;

    for (i = 0; i < m->msr_count; i++) {
        if (copy_from_guest(&e, m->msrs, i, 1))
            return -EFAULT;
        if (e.reserved || e.index != MSR_TSC_AUX || e.value >> 32) {
            m->msr_count = i;
            return -EINVAL;
        }
        v->arch.pv.tsc_aux = e.value;
    }
    m->msr_count = i;
    return 0;
}

static long msrs_op(struct xen_domctl *op, struct domain *d)
{
    struct vcpu *v = domain_vcpu(d, op->u.vcpu_msrs.vcpu);
    long rc;

    if (!v || v == current)
        return -EINVAL;
    if (op->cmd == XEN_DOMCTL_get_vcpu_msrs)
        return get_msrs(v, &op->u.vcpu_msrs);
    vcpu_pause(v);
    rc = set_msrs(v, &op->u.vcpu_msrs);
    vcpu_unpause(v);
    return rc;
}

long domctl_vcpu_state(struct xen_domctl *op, struct domain *d, bool *copyback)
{
    struct vcpu *v;

    *copyback = true;
    switch (op->cmd) {
    case XEN_DOMCTL_set_ext_vcpucontext:
        v = domain_vcpu(d, op->u.ext_vcpucontext.vcpu);
        *copyback = false;
        if (!v)
            return -ESRCH;
        return v == current ? -EINVAL : set_ext_context(v, &op->u.ext_vcpucontext);
    case XEN_DOMCTL_get_ext_vcpucontext:
        v = domain_vcpu(d, op->u.ext_vcpucontext.vcpu);
        return v ? get_ext_context(v, &op->u.ext_vcpucontext) : -ESRCH;
    case XEN_DOMCTL_getvcpuextstate:
        v = domain_vcpu(d, op->u.vcpuextstate.vcpu);
        return v ? get_extstate(v, &op->u.vcpuextstate) : -ESRCH;
    case XEN_DOMCTL_setvcpuextstate:
        v = domain_vcpu(d, op->u.vcpuextstate.vcpu);
        *copyback = false;
        return v ? set_extstate(v, &op->u.vcpuextstate) : -ESRCH;
    default:
        return msrs_op(op, d);
    }
}

/* Only for a vCPU that stays where it is: on one CPU, of the hardware domain. */
static long get_physid(const struct vcpu *v, void *arg)
{
    struct vcpu_get_physid out;
    unsigned int cpu;

    if (!is_hardware_domain(v->domain) || cpumask_weight(&v->hard_affinity) != 1)
        return -EINVAL;
    cpu = cpumask_first(&v->hard_affinity);
    out.phys_id = cpu_to_apicid[cpu] | (uint64_t)cpu_to_acpi_id[cpu] << 32;
    return copy_to_guest_bytes(arg, &out, sizeof(out));
}

long port_vcpu_op(int cmd, struct vcpu *v, void *arg)
{
    struct vcpu_register_time_memory_area area;

    switch (cmd) {
    case VCPUOP_get_physid:
        return get_physid(v, arg);
    case VCPUOP_register_vcpu_time_memory_area:
        if (copy_from_guest_bytes(&area, arg, sizeof(area)))
            return -EFAULT;
        return time_register_area(v, area.addr.p);
    case VCPUOP_send_nmi:
        pv_send_nmi(v);
        vcpu_kick(v);
        return 0;
    default:
        return -ENOSYS;
    }
}
