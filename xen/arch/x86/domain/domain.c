/* SPDX-License-Identifier: MIT */
/* Creation and end of PV domains and their vCPUs. */
#include <public/domctl.h>
#include <xen/irq.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/port/domain.h>
#include <xen/port/page_type.h>
#include <asm/cpu_policy.h>
#include <asm/fpu.h>
#include <asm/perdomain.h>
#include <asm/pv.h>
#include <asm/shadow.h>
#include <asm/time.h>
#include "private.h"

#define CDF_REFUSED                                                                                \
    (XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap | XEN_DOMCTL_CDF_iommu | XEN_DOMCTL_CDF_nested_virt | \
     XEN_DOMCTL_CDF_vpmu)

int port_sanitise_domain_config(struct xen_domctl_createdomain *config)
{
    if (config->flags & CDF_REFUSED)
        return -EINVAL;
    if (config->max_vcpus > MAX_VIRT_CPUS)
        return -EINVAL;
    if (config->arch.emulation_flags & ~XEN_X86_EMU_PIT)
        return -EINVAL;
    if (config->arch.misc_flags & ~XEN_X86_MSR_RELAXED)
        return -EINVAL;
    if (config->vmtrace_size)
        return -EINVAL;
    return 0;
}

int port_domain_create(struct domain *d, struct xen_domctl_createdomain *config, unsigned int flags)
{
    int rc;

    if (!config)
        return 0;
    d->guest_type = GUEST_PV;
    d->arch.emulation_flags = config->arch.emulation_flags;
    d->arch.msr_relaxed = config->arch.misc_flags & XEN_X86_MSR_RELAXED;
    d->arch.tsc_khz = cpu_khz;
    d->arch.ioport_caps = xmalloc(struct rangeset);
    if (!d->arch.ioport_caps)
        return -ENOMEM;
    rangeset_init(d->arch.ioport_caps, RANGESET_NO_LIMIT);
    rc = perdomain_init(d);
    if (rc)
        goto free_ioports;
    rc = cpu_policy_domain_init(d);
    if (rc)
        goto free_perdomain;
    rc = domain_alloc_shared_info(d, MEMF_bits(32));
    if (rc)
        goto free_policy;
    return 0;
free_policy:
    cpu_policy_domain_destroy(d);
free_perdomain:
    perdomain_destroy(d);
free_ioports:
    xfree(d->arch.ioport_caps);
    d->arch.ioport_caps = NULL;
    return rc;
}

void port_domain_destroy(struct domain *d)
{
    if (d->arch.ioport_caps) {
        rangeset_clear(d->arch.ioport_caps);
        xfree(d->arch.ioport_caps);
        d->arch.ioport_caps = NULL;
    }
    cpu_policy_domain_destroy(d);
    perdomain_destroy(d);
    shadow_domain_destroy(d);
    xfree(d->arch.e820);
    d->arch.e820 = NULL;
    if (d->shared_info) {
        /* Still shared only where creation failed. */
        if (page_owner(virt_to_page(d->shared_info)) == d)
            page_put_alloc_ref(virt_to_page(d->shared_info));
        xenheap_free_page(d->shared_info);
    }
    d->shared_info = NULL;
}

int port_vcpu_create(struct vcpu *v)
{
    int rc;

    v->dirty_cpu = VCPU_CPU_CLEAN;
    v->arch.guest_table = v->arch.guest_table_user = INVALID_MFN;
    if (is_system_domain(v->domain))
        return 0;
    v->arch.flags = TF_KERNEL_MODE;
    v->arch.pv.ctrlreg[0] = CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_AM | CR0_PG;
    v->arch.pv.ctrlreg[4] = pv_fix_guest_cr4(v, 0);
    spin_lock_init(&v->arch.pv.shadow_ldt_lock, RANK_NONE);
    v->arch.pv.trap_ctxt = xzalloc_array(struct trap_info, 256);
    if (!v->arch.pv.trap_ctxt)
        return -ENOMEM;
    rc = perdomain_vcpu_init(v);
    if (rc)
        goto free_traps;
    rc = fpu_vcpu_init(v);
    if (rc)
        goto free_traps;
    return 0;
free_traps:
    xfree(v->arch.pv.trap_ctxt);
    v->arch.pv.trap_ctxt = NULL;
    return rc;
}

void port_vcpu_destroy(struct vcpu *v)
{
    if (is_system_domain(v->domain))
        return;
    fpu_vcpu_destroy(v);
    xfree(v->arch.pv.trap_ctxt);
    v->arch.pv.trap_ctxt = NULL;
}

void port_domain_shutdown(struct domain *d)
{
}

void port_domain_pause(struct domain *d)
{
}

void port_domain_unpause(struct domain *d)
{
}

void port_domain_creation_finished(struct domain *d)
{
}

int port_vcpu_reset(struct vcpu *v)
{
    int rc = vcpu_drop_guest_state(v);

    if (rc)
        return rc;
    fpu_reset(v);
    v->arch.async_exception_mask_nmi = 0;
    v->nmi_pending = 0;
    v->is_initialised = false;
    return 0;
}
