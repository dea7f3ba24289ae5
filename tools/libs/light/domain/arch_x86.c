/* SPDX-License-Identifier: MIT */
#include "domain/arch.h"

#include "core/cpuid.h"
#include "domain/build.h"

int arch_defaults(struct scope *sc, libxl_domain_config *config)
{
    (void)sc;
    libxl_defbool_setdefault(&config->b_info.arch_x86.msr_relaxed, false);
    return 0;
}

int arch_place_disks(struct scope *sc, libxl_domain_config *config)
{
    for (int i = 0; i < config->num_disks; i++)
        if (config->disks[i].specification == LIBXL_DISK_SPECIFICATION_VIRTIO) {
            LOG_ERROR(sc, "disk %s: there is no virtio on x86", config->disks[i].vdev);
            return ERROR_NI;
        }
    return 0;
}

/* Nested paging where the host has it. */
static int paging_flags(struct scope *sc, const libxl_domain_create_info *ci,
                        struct xen_domctl_createdomain *dc)
{
    xc_physinfo_t phys;
    bool hap;
    int rc = physinfo_get(sc, &phys);

    if (rc)
        return rc;
    hap = phys.capabilities & XEN_SYSCTL_PHYSCAP_hap;
    if (!libxl_defbool_is_default(ci->hap))
        hap = libxl_defbool_val(ci->hap);
    dc->flags |= XEN_DOMCTL_CDF_hvm | (hap ? XEN_DOMCTL_CDF_hap : 0);
    if (!libxl_defbool_is_default(ci->oos) && !libxl_defbool_val(ci->oos))
        dc->flags |= XEN_DOMCTL_CDF_oos_off;
    return 0;
}

int arch_to_create(struct scope *sc, const libxl_domain_config *config,
                   struct xen_domctl_createdomain *dc, struct build_result *out)
{
    const libxl_domain_create_info *ci = &config->c_info;
    const libxl_domain_build_info *b = &config->b_info;

    (void)out;
    if (libxl_defbool_val(b->arch_x86.msr_relaxed))
        dc->arch.misc_flags |= XEN_X86_MSR_RELAXED;
    if (ci->type == LIBXL_DOMAIN_TYPE_PV)
        return 0;
    if (libxl_defbool_val(b->nested_hvm))
        dc->flags |= XEN_DOMCTL_CDF_nested_virt;
    dc->arch.emulation_flags =
        ci->type == LIBXL_DOMAIN_TYPE_PVH ? XEN_X86_EMU_LAPIC : XEN_X86_EMU_ALL & ~XEN_X86_EMU_VPCI;
    return paging_flags(sc, ci, dc);
}

void arch_created(const struct xen_domctl_createdomain *dc, struct build_result *out)
{
    (void)dc, (void)out;
}

int arch_give_irq(xc_interface *xch, uint32_t domid, uint32_t irq)
{
    int pirq = (int)irq;

    if (xc_physdev_map_pirq(xch, domid, pirq, &pirq) < 0)
        return -1;
    return xc_domain_irq_permission(xch, domid, (uint32_t)pirq, 1);
}

int arch_describe(struct scope *sc, const libxl_domain_config *config,
                  const struct build_result *out, struct xc_dom_image *dom)
{
    (void)sc, (void)config, (void)out, (void)dom;
    return 0; /* the domain builder writes what a guest is told */
}

int arch_emulate(struct scope *sc, uint32_t domid, const struct xc_dom_image *dom,
                 struct build_result *out)
{
    (void)sc, (void)domid, (void)dom, (void)out;
    return 0; /* the hypervisor's creation flags tell it */
}

int arch_cpu_policy(struct scope *sc, uint32_t domid, const libxl_domain_build_info *b)
{
    bool itsc =
        libxl_defbool_val(b->disable_migrate) || b->tsc_mode == LIBXL_TSC_MODE_ALWAYS_EMULATE;
    bool pae = b->type != LIBXL_DOMAIN_TYPE_HVM || libxl_defbool_val(b->u.hvm.pae);

    /* Also the default: from it the hypervisor goes by what the machine's counter is good for. */
    if (xc_domain_set_tsc_info(sc->ctx->xch, domid, b->tsc_mode, 0, 0, 0)) {
        LOG_ERRNO(sc, "cannot set the TSC mode");
        return ERROR_FAIL;
    }
    if (xc_cpuid_apply_policy(sc->ctx->xch, domid, false, NULL, 0, pae, itsc,
                              libxl_defbool_val(b->nested_hvm), cpuid_leaves(&b->cpuid),
                              cpuid_msrs(&b->cpuid))) {
        LOG_ERRNO(sc, "cannot apply the CPUID policy");
        return ERROR_FAIL;
    }
    return 0;
}
