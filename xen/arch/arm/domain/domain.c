/* SPDX-License-Identifier: MIT */
/* Creation and end of domains. */
#include <asm/domain.h>
#include <asm/domain_build.h>
#include <asm/gic.h>
#include <asm/irq.h>
#include <asm/time.h>
#include <asm/vpl011.h>
#include <public/domctl.h>
#include <public/hvm/params.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/port/domain.h>

#define CDF_REQUIRED (XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap)
#define CDF_ALLOWED  (CDF_REQUIRED | XEN_DOMCTL_CDF_xs_domain)

static unsigned int gic_version_of(const struct xen_domctl_createdomain *config)
{
    switch (config->arch.gic_version) {
    case XEN_DOMCTL_CONFIG_GIC_NATIVE:
        return vgic_native_version();
    case XEN_DOMCTL_CONFIG_GIC_V2:
        return VGIC_V2;
    case XEN_DOMCTL_CONFIG_GIC_V3:
        return VGIC_V3;
    default:
        return 0;
    }
}

int port_sanitise_domain_config(struct xen_domctl_createdomain *config)
{
    unsigned int version = gic_version_of(config);

    if ((config->flags & ~CDF_ALLOWED) || (config->flags & CDF_REQUIRED) != CDF_REQUIRED)
        return -EINVAL;
    if (!version || config->max_vcpus > vgic_max_vcpus(version))
        return -EINVAL;
    if (config->arch.nr_spis > VGIC_MAX_SPIS || config->arch.tee_type != XEN_DOMCTL_CONFIG_TEE_NONE)
        return -EINVAL;
    if (config->vmtrace_size || config->iommu_opts)
        return -EINVAL;
    config->arch.gic_version =
        version == VGIC_V2 ? XEN_DOMCTL_CONFIG_GIC_V2 : XEN_DOMCTL_CONFIG_GIC_V3;
    config->arch.clock_frequency = timer_info.dt_clock_frequency;
    return 0;
}

/* The interrupt that says "look at your events": a PPI, which the guest's device tree names. */
static int choose_evtchn_irq(struct domain *d)
{
    int irq = GUEST_EVTCHN_PPI;

    if (is_hardware_domain(d)) {
        uint32_t used = domain_build_device_ppis();

        for (unsigned int i = GIC_FIRST_PPI; i < GIC_FIRST_SPI; i++) {
            if (used >> i & 1)
                (void)vgic_reserve(d, i);
        }
        irq = vgic_reserve_ppi(d);
    } else if (!vgic_reserve(d, GUEST_EVTCHN_PPI)) {
        irq = -EBUSY;
    }
    if (irq < 0)
        return irq;
    d->arch.evtchn_irq = (unsigned int)irq;
    d->arch.hvm_params[HVM_PARAM_CALLBACK_IRQ] =
        (uint64_t)HVM_PARAM_CALLBACK_TYPE_PPI << 56 |
        (uint64_t)HVM_PARAM_CALLBACK_TYPE_PPI_FLAG_LOW_LEVEL << 8 | d->arch.evtchn_irq;
    return 0;
}

static int init_interrupts(struct domain *d, const struct xen_domctl_createdomain *config)
{
    bool host = is_hardware_domain(d);
    int rc = vgic_domain_init(d, gic_version_of(config), config->arch.nr_spis, host);

    if (rc)
        return rc;
    rc = vtimer_domain_init(d, host);
    if (!rc)
        rc = choose_evtchn_irq(d);
    if (!rc)
        rc = vgic_map_cpu_interface(d);
    if (rc)
        vgic_domain_free(d);
    return rc;
}

static void free_shared_info(struct domain *d)
{
    if (!d->shared_info)
        return;
    /* Still shared only where creation failed. */
    if (page_owner(virt_to_page(d->shared_info)) == d)
        page_put_alloc_ref(virt_to_page(d->shared_info));
    xenheap_free_page(d->shared_info);
    d->shared_info = NULL;
}

int port_domain_create(struct domain *d, struct xen_domctl_createdomain *config, unsigned int flags)
{
    int rc;

    if (!config)
        return 0;
    d->guest_type = GUEST_HVM;
    d->arch.direct_mapped = is_hardware_domain(d);
    rc = p2m_domain_init(d);
    if (rc)
        return rc;
    rc = domain_alloc_shared_info(d, 0);
    if (rc)
        goto free_p2m;
    rc = init_interrupts(d, config);
    if (rc)
        goto free_shared;
    return 0;
free_shared:
    free_shared_info(d);
free_p2m:
    p2m_domain_destroy(d);
    return rc;
}

void port_domain_destroy(struct domain *d)
{
    vpl011_free(d);
    vgic_domain_free(d);
    free_shared_info(d);
    p2m_domain_destroy(d);
}

static void release_irqs(struct domain *d)
{
    for (unsigned int i = 0; i < d->arch.vgic.nr_spis; i++) {
        if (d->arch.vgic.spis[i].desc)
            (void)irq_release_guest(d, GIC_FIRST_SPI + i);
    }
}

enum stage { STAGE_DEVICES, STAGE_P2M, STAGE_SHARED, STAGE_EXTRA, STAGE_PAGES, STAGE_DONE };

static int run_stage(struct domain *d, unsigned int stage)
{
    struct vcpu *v;

    switch (stage) {
    case STAGE_DEVICES:
        release_irqs(d);
        vpl011_disconnect(d);
        /* They hold pages of the domain's, which hold the domain. */
        for_each_vcpu (d, v)
            vcpu_drop_areas(v);
        return 0;
    case STAGE_P2M:
        return p2m_domain_relinquish(d);
    case STAGE_SHARED:
        return domain_release_pages(d, &d->xenpage_list, d->xenheap_pages);
    case STAGE_EXTRA:
        return domain_release_pages(d, &d->extra_page_list, d->extra_pages);
    default:
        return domain_release_pages(d, &d->page_list, d->tot_pages);
    }
}

int port_domain_relinquish(struct domain *d)
{
    while (d->arch.relinquish_stage != STAGE_DONE) {
        int rc = run_stage(d, d->arch.relinquish_stage);

        if (rc)
            return rc;
        d->arch.relinquish_stage++;
    }
    return 0;
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
