/* SPDX-License-Identifier: MIT */
/* The port's part of domains and vCPUs: no registers, memory by p2m.c. */
#include <public/domctl.h>
#include <public/sysctl.h>
#include <public/version.h>
#include <xen/kernel.h>
#include <xen/lib/printf.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/port/cpu.h>
#include <xen/port/domain.h>
#include <xen/port/page_type.h>
#include <xen/sched.h>
#include <xen/softirq.h>
#include <asm/current.h>

#include "private.h"

int port_sanitise_domain_config(struct xen_domctl_createdomain *config)
{
    if (config->flags & (XEN_DOMCTL_CDF_iommu | XEN_DOMCTL_CDF_nested_virt | XEN_DOMCTL_CDF_vpmu))
        return -EINVAL;
    if (config->max_vcpus > 8192 || config->vmtrace_size)
        return -EINVAL;
    return 0;
}

int port_domain_create(struct domain *d, struct xen_domctl_createdomain *config, unsigned int flags)
{
    int rc;

    if (!config)
        return 0;
    d->guest_type = config->flags & XEN_DOMCTL_CDF_hvm ? GUEST_HVM : GUEST_PV;
    rc = p2m_domain_init(d);
    if (rc)
        return rc;
    rc = domain_alloc_shared_info(d, 0);
    if (rc)
        p2m_domain_destroy(d);
    return rc;
}

void port_domain_destroy(struct domain *d)
{
    pv_domain_destroy(d);
    p2m_domain_destroy(d);
    if (d->shared_info) {
        /* Still shared only where creation failed. */
        if (page_owner(virt_to_page(d->shared_info)) == d)
            page_put_alloc_ref(virt_to_page(d->shared_info));
        xenheap_free_page(d->shared_info);
    }
    d->shared_info = NULL;
}

int port_domain_relinquish(struct domain *d)
{
    int rc = 0;

    while (rc == 0 && d->arch.relinquish_stage < 4) {
        switch (d->arch.relinquish_stage) {
        case 0:
            p2m_domain_forget(d);
            break;
        case 1:
            rc = domain_release_pages(d, &d->xenpage_list, d->xenheap_pages);
            break;
        case 2:
            rc = domain_release_pages(d, &d->extra_page_list, d->extra_pages);
            break;
        default:
            rc = domain_release_pages(d, &d->page_list, d->tot_pages);
        }
        if (rc == 0)
            d->arch.relinquish_stage++;
    }
    return rc;
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

int port_vcpu_create(struct vcpu *v)
{
    v->dirty_cpu = VCPU_CPU_CLEAN;
    return 0;
}

void port_vcpu_destroy(struct vcpu *v)
{
    xfree(v->arch.ctx);
    v->arch.ctx = NULL;
}

int port_set_vcpu_context(struct vcpu *v, struct vcpu_guest_context *ctx)
{
    if (!v->arch.ctx)
        v->arch.ctx = xmalloc(struct vcpu_guest_context);
    if (!v->arch.ctx)
        return -ENOMEM;
    memcpy(v->arch.ctx, ctx, sizeof(*ctx));
    v->is_initialised = true;
    return 0;
}

void port_get_vcpu_context(struct vcpu *v, struct vcpu_guest_context *ctx)
{
    if (v->arch.ctx)
        memcpy(ctx, v->arch.ctx, sizeof(*ctx));
    else
        memset(ctx, 0, sizeof(*ctx));
}

int port_vcpu_reset(struct vcpu *v)
{
    v->is_initialised = false;
    return 0;
}

long port_vcpu_op(int cmd, struct vcpu *v, void *arg)
{
    return -ENOSYS;
}

void port_vcpu_mark_events_pending(struct vcpu *v)
{
    if (__atomic_exchange_n(&v->vcpu_info->evtchn_upcall_pending, 1, __ATOMIC_SEQ_CST))
        return;
    v->arch.nr_kicks++;
    vcpu_kick(v);
}

void port_physinfo(struct xen_sysctl_physinfo *pi)
{
    pi->capabilities |= XEN_SYSCTL_PHYSCAP_pv;
    pi->total_pages = max_page;
    pi->cpu_khz = SIM_TSC_KHZ;
}

void port_get_domain_info(struct domain *d, struct xen_domctl_getdomaininfo *info)
{
}

void port_capabilities(char *buf, size_t size)
{
    snprintf(buf, size, "xen-3.0-sim xen-3.0-x86_64 ");
}

uint32_t port_get_features(struct domain *d, unsigned int submap_idx)
{
    return 0;
}

bool port_vm_assist_valid(const struct domain *d, unsigned int type)
{
    return type == VMASST_TYPE_runstate_update_flag;
}

unsigned long port_virt_start(const struct domain *d)
{
    return 0;
}

/* sim_hypercall() looks at v->hcall itself. */
void port_hypercall_restart(struct vcpu *v, const struct hypercall_ctx *hc)
{
}

void port_dump_domain(struct domain *d)
{
    printk("    %lu guest copies failed\n", (unsigned long)d->arch.nr_faults);
}

void port_dump_vcpu(struct vcpu *v)
{
}

void port_dump_execution_state(void)
{
    printk("CPU %u, %pv\n", smp_processor_id(), current);
}

void port_dump_current_guest(void)
{
}
