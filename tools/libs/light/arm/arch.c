/* SPDX-License-Identifier: MIT */
/* Guests on Arm: of one kind, PVH, that a device tree tells of its machine. */
#include "domain/arch.h"

#include <libfdt.h>

#include "arm/fdt.h"
#include "domain/build.h"

#define FDT_ROOM_BASE 8192u
#define FDT_ROOM_VCPU 128u
#define GICV2_VCPUS   8
#define NR_LOCAL_IRQS 32u

static int refuse(struct scope *sc, int rc, const char *what)
{
    LOG_ERROR(sc, "%s", what);
    return rc;
}

/* Kinds of guest. */

static void take(char **to, char **from)
{
    if (*to)
        free(*from);
    else
        *to = *from;
    *from = NULL;
}

/* What was meant for a PV guest before there were others. */
static void pv_becomes_pvh(libxl_domain_config *config)
{
    libxl_domain_build_info *b = &config->b_info;

    take(&b->kernel, &b->u.pv.kernel);
    take(&b->ramdisk, &b->u.pv.ramdisk);
    take(&b->cmdline, &b->u.pv.cmdline);
    take(&b->bootloader, &b->u.pv.bootloader);
    libxl_string_list_dispose(&b->u.pv.bootloader_args);
    memset(&b->u, 0, sizeof(b->u));
    b->type = LIBXL_DOMAIN_TYPE_INVALID;
    libxl_domain_build_info_init_type(b, LIBXL_DOMAIN_TYPE_PVH);
    config->c_info.type = LIBXL_DOMAIN_TYPE_PVH;
}

int arch_defaults(struct scope *sc, libxl_domain_config *config)
{
    const libxl_domain_build_info *b = &config->b_info;

    if (config->c_info.type == LIBXL_DOMAIN_TYPE_PV && b->type == LIBXL_DOMAIN_TYPE_PV) {
        LOG_WARN(sc, "there are no PV guests on Arm: it is made a PVH guest");
        pv_becomes_pvh(config);
    }
    if (b->type == LIBXL_DOMAIN_TYPE_HVM)
        return refuse(sc, ERROR_INVAL, "there are no HVM guests on Arm");
    if (b->arch_arm.vuart != LIBXL_VUART_TYPE_UNKNOWN)
        return refuse(sc, ERROR_NI, "vuart is not supported");
    if (b->tee != LIBXL_TEE_TYPE_NONE)
        return refuse(sc, ERROR_NI, "tee is not supported");
    if (b->device_tree)
        return refuse(sc, ERROR_NI, "device_tree is not supported");
    if (b->num_vnuma_nodes)
        return refuse(sc, ERROR_NI, "vnuma is not supported on Arm");
    if (libxl_cpuid_policy_list_length(&b->cpuid))
        return refuse(sc, ERROR_INVAL, "there is no CPUID on Arm");
    return 0;
}

/* Creation. */

int arch_to_create(struct scope *sc, const libxl_domain_config *config,
                   struct xen_domctl_createdomain *dc)
{
    const libxl_domain_build_info *b = &config->b_info;

    switch (b->arch_arm.gic_version) {
    case LIBXL_GIC_VERSION_V2:
        dc->arch.gic_version = XEN_DOMCTL_CONFIG_GIC_V2;
        break;
    case LIBXL_GIC_VERSION_V3:
        dc->arch.gic_version = XEN_DOMCTL_CONFIG_GIC_V3;
        break;
    default:
        dc->arch.gic_version = XEN_DOMCTL_CONFIG_GIC_NATIVE;
        break;
    }
    if (dc->arch.gic_version == XEN_DOMCTL_CONFIG_GIC_V2 && b->max_vcpus > GICV2_VCPUS)
        return refuse(sc, ERROR_INVAL, "a GICv2 is for 8 vCPUs at most");
    dc->flags |= XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap;
    dc->arch.tee_type = XEN_DOMCTL_CONFIG_TEE_NONE;
    for (int i = 0; i < b->num_irqs; i++)
        if (b->irqs[i] >= NR_LOCAL_IRQS && b->irqs[i] - NR_LOCAL_IRQS >= dc->arch.nr_spis)
            dc->arch.nr_spis = b->irqs[i] - NR_LOCAL_IRQS + 1;
    return 0;
}

void arch_created(const struct xen_domctl_createdomain *dc, struct build_result *out)
{
    out->gic_v3 = dc->arch.gic_version == XEN_DOMCTL_CONFIG_GIC_V3;
    out->clock_hz = dc->arch.clock_frequency;
}

int arch_cpu_policy(struct scope *sc, uint32_t domid, const libxl_domain_build_info *b)
{
    (void)sc, (void)domid, (void)b;
    return 0; /* the hypervisor's own is the only one */
}

/* The device tree. */

static void tree_describe(const libxl_domain_build_info *b, const struct build_result *out,
                          const struct xc_dom_image *dom, struct arm_fdt *t)
{
    static const uint64_t base[GUEST_RAM_BANKS] = GUEST_RAM_BANK_BASES;

    *t = (struct arm_fdt){
        .cmdline = b->cmdline,
        .nr_vcpus = (unsigned int)b->max_vcpus,
        .gic_v3 = out->gic_v3,
        .clock_hz = out->clock_hz,
        .has_initrd = dom->num_modules > 0,
    };
    if (t->has_initrd) {
        t->initrd_start = dom->modules[0].seg.vstart;
        t->initrd_end = t->initrd_start + dom->modules[0].size;
    }
    for (unsigned int i = 0; i < GUEST_RAM_BANKS && i < ARM_FDT_BANKS; i++) {
        t->bank[i].base = base[i];
        t->bank[i].size = (uint64_t)dom->rambank_size[i] << XC_PAGE_SHIFT;
    }
}

int arch_describe(struct scope *sc, const libxl_domain_config *config,
                  const struct build_result *out, struct xc_dom_image *dom)
{
    const libxl_domain_build_info *b = &config->b_info;
    bool first = !dom->devicetree_blob;
    size_t room = dom->devicetree_size;
    void *buf = dom->devicetree_blob;
    struct arm_fdt t;
    int e;

    tree_describe(b, out, dom, &t);
    if (first) {
        room = FDT_ROOM_BASE + (size_t)b->max_vcpus * FDT_ROOM_VCPU +
               (b->cmdline ? strlen(b->cmdline) : 0);
        buf = scope_alloc(sc, room);
    }
    e = arm_fdt_make(&t, buf, room);
    if (e) {
        LOG_ERROR(sc, "cannot make the guest's device tree: %s", fdt_strerror(e));
        return ERROR_FAIL;
    }
    if (!first)
        return 0;
    if (!xc_dom_devicetree_mem(dom, buf, room))
        return 0;
    LOG_ERRNO(sc, "the domain builder does not take the device tree");
    return ERROR_FAIL;
}

/* The other kind of layout does not exist here. */

int hvm_load_firmware(struct scope *sc, struct xc_dom_image *dom, const libxl_domain_build_info *b)
{
    (void)dom, (void)b;
    return refuse(sc, ERROR_INVAL, "there is no firmware for guests on Arm");
}

int hvm_layout(struct scope *sc, uint32_t domid, const libxl_domain_config *config,
               struct xc_dom_image *dom)
{
    (void)sc, (void)domid, (void)config, (void)dom;
    return 0; /* always the one of arch-arm.h */
}

int hvm_built(struct scope *sc, uint32_t domid, const libxl_domain_config *config,
              const struct xc_dom_image *dom)
{
    (void)sc, (void)domid, (void)config, (void)dom;
    return 0; /* the domain builder has set all parameters */
}

int host_map_set(struct scope *sc, uint32_t domid, uint64_t ram_kb)
{
    (void)domid, (void)ram_kb;
    return refuse(sc, ERROR_INVAL, "there is no e820_host on Arm");
}
