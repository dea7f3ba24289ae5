/* SPDX-License-Identifier: MIT */
/* Guests on Arm: of one kind, PVH, that a device tree tells of its machine. */
#include "domain/arch.h"

#include <libfdt.h>

#include "arm/fdt.h"
#include "arm/partial.h"
#include "domain/build.h"

#define FDT_ROOM_BASE 8192u
#define FDT_ROOM_VCPU 128u
#define GICV2_VCPUS   8
#define NR_LOCAL_IRQS 32u
#define FDT_MAX       (2 << 20) /* Linux, Documentation/arm64/booting.rst */

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

static void drop_vnuma(libxl_domain_build_info *b)
{
    for (int i = 0; i < b->num_vnuma_nodes; i++)
        libxl_vnode_info_dispose(&b->vnuma_nodes[i]);
    free(b->vnuma_nodes);
    b->vnuma_nodes = NULL;
    b->num_vnuma_nodes = 0;
}

int arch_defaults(struct scope *sc, libxl_domain_config *config)
{
    libxl_domain_build_info *b = &config->b_info;

    if (config->c_info.type == LIBXL_DOMAIN_TYPE_PV && b->type == LIBXL_DOMAIN_TYPE_PV) {
        LOG_WARN(sc, "there are no PV guests on Arm: it is made a PVH guest");
        pv_becomes_pvh(config);
    }
    if (b->type == LIBXL_DOMAIN_TYPE_HVM)
        return refuse(sc, ERROR_FAIL, "there are no HVM guests on Arm");
    if (config->num_pcidevs)
        return refuse(sc, ERROR_INVAL, "passthrough not supported on this platform");
    if (b->num_vnuma_nodes) {
        LOG_WARN(sc, "there is no virtual NUMA on Arm: the guest has one node");
        drop_vnuma(b);
    }
    return 0;
}

/* Creation. */

static uint8_t gic_version(const libxl_domain_build_info *b)
{
    switch (b->arch_arm.gic_version) {
    case LIBXL_GIC_VERSION_V2:
        return XEN_DOMCTL_CONFIG_GIC_V2;
    case LIBXL_GIC_VERSION_V3:
        return XEN_DOMCTL_CONFIG_GIC_V3;
    default:
        return XEN_DOMCTL_CONFIG_GIC_NATIVE;
    }
}

/* What the hypervisor does not have it refuses. */
static uint32_t creation_flags(const libxl_domain_config *config)
{
    const libxl_defbool *hap = &config->c_info.hap;
    uint32_t flags = XEN_DOMCTL_CDF_hvm;

    if (libxl_defbool_is_default(*hap) || libxl_defbool_val(*hap))
        flags |= XEN_DOMCTL_CDF_hap;
    if (libxl_defbool_val(config->b_info.nested_hvm))
        flags |= XEN_DOMCTL_CDF_nested_virt;
    return flags;
}

int arch_place_disks(struct scope *sc, libxl_domain_config *config)
{
    unsigned int nr = 0;

    for (int i = 0; i < config->num_disks; i++) {
        libxl_device_disk *disk = &config->disks[i];

        if (disk->specification != LIBXL_DISK_SPECIFICATION_VIRTIO)
            continue;
        if (nr == ARM_FDT_VIRTIO)
            return refuse(sc, ERROR_FAIL, "more virtio disks than there are interrupts for them");
        disk->base = GUEST_VIRTIO_MMIO_BASE + nr * ARM_FDT_VIRTIO_SIZE;
        disk->irq = GUEST_VIRTIO_MMIO_SPI_FIRST + nr;
        nr++;
    }
    return 0;
}

static void need_spi(struct xen_domctl_createdomain *dc, uint32_t irq)
{
    if (irq >= NR_LOCAL_IRQS && irq - NR_LOCAL_IRQS >= dc->arch.nr_spis)
        dc->arch.nr_spis = irq - NR_LOCAL_IRQS + 1;
}

/* Interrupts of what is emulated are none of the host's. */
static bool is_taken(const libxl_domain_config *config, uint32_t irq)
{
    if (config->b_info.arch_arm.vuart == LIBXL_VUART_TYPE_SBSA_UART && irq == GUEST_VPL011_SPI)
        return true;
    for (int i = 0; i < config->num_disks; i++)
        if (config->disks[i].specification == LIBXL_DISK_SPECIFICATION_VIRTIO &&
            config->disks[i].irq == irq)
            return true;
    return false;
}

static int need_spis(struct scope *sc, const libxl_domain_config *config,
                     struct xen_domctl_createdomain *dc)
{
    const libxl_domain_build_info *b = &config->b_info;

    for (uint32_t irq = GUEST_VPL011_SPI; irq <= GUEST_VIRTIO_MMIO_SPI_LAST; irq++)
        if (is_taken(config, irq))
            need_spi(dc, irq);
    for (int i = 0; i < b->num_irqs; i++) {
        if (is_taken(config, b->irqs[i])) {
            LOG_ERROR(sc, "interrupt %u is that of an emulated device", b->irqs[i]);
            return ERROR_FAIL;
        }
        need_spi(dc, b->irqs[i]);
    }
    return 0;
}

/* The administrator's device tree, checked. */
static int read_partial(struct scope *sc, const char *path, const void **out)
{
    void *file = NULL, *copy;
    int len = 0, e;

    e = libxl_read_file_contents(sc->ctx, path, &file, &len);
    if (e) {
        LOG_ERROR(sc, "cannot read the device tree %s: %s", path, strerror(e));
        return ERROR_FAIL;
    }
    e = len > FDT_MAX ? -FDT_ERR_NOSPACE : arm_partial_check(file, (size_t)len);
    if (e) {
        free(file);
        LOG_ERROR(sc, "the device tree %s is not usable: %s", path, fdt_strerror(e));
        return ERROR_FAIL;
    }
    copy = scope_alloc(sc, (size_t)len);
    memcpy(copy, file, (size_t)len);
    free(file);
    *out = copy;
    return 0;
}

int arch_to_create(struct scope *sc, const libxl_domain_config *config,
                   struct xen_domctl_createdomain *dc, struct build_result *out)
{
    const libxl_domain_build_info *b = &config->b_info;
    int rc = need_spis(sc, config, dc);

    if (b->arch_arm.gic_version == LIBXL_GIC_VERSION_V2 && b->max_vcpus > GICV2_VCPUS)
        return refuse(sc, ERROR_FAIL, "a GICv2 is for 8 vCPUs at most");
    if (!rc && b->device_tree)
        rc = read_partial(sc, b->device_tree, &out->partial_tree);
    out->has_uart = b->arch_arm.vuart == LIBXL_VUART_TYPE_SBSA_UART;
    dc->flags |= creation_flags(config);
    dc->arch.gic_version = gic_version(b);
    dc->arch.tee_type =
        b->tee == LIBXL_TEE_TYPE_OPTEE ? XEN_DOMCTL_CONFIG_TEE_OPTEE : XEN_DOMCTL_CONFIG_TEE_NONE;
    return rc;
}

void arch_created(const struct xen_domctl_createdomain *dc, struct build_result *out)
{
    out->gic_v3 = dc->arch.gic_version == XEN_DOMCTL_CONFIG_GIC_V3;
    out->clock_hz = dc->arch.clock_frequency;
}

int arch_emulate(struct scope *sc, uint32_t domid, const struct xc_dom_image *dom,
                 struct build_result *out)
{
    evtchn_port_t port;

    if (!out->has_uart)
        return 0;
    if (xc_dom_vuart_init(sc->ctx->xch, XEN_DOMCTL_VUART_TYPE_VPL011, domid, dom->console_domid,
                          dom->vuart_gfn, &port)) {
        LOG_ERRNO(sc, "the hypervisor makes no UART");
        return ERROR_FAIL;
    }
    out->uart_port = port;
    out->uart_frame = (unsigned long)dom->vuart_gfn;
    return 0;
}

int arch_cpu_policy(struct scope *sc, uint32_t domid, const libxl_domain_build_info *b)
{
    (void)sc, (void)domid, (void)b;
    return 0; /* the hypervisor's own is the only one */
}

int arch_give_irq(xc_interface *xch, uint32_t domid, uint32_t irq)
{
    if (xc_domain_irq_permission(xch, domid, irq, true))
        return -1;
    return xc_domain_bind_pt_spi_irq(xch, domid, (uint16_t)irq, (uint16_t)irq);
}

/* The device tree. */

static void tree_describe(const libxl_domain_config *config, const struct build_result *out,
                          const struct xc_dom_image *dom, struct arm_fdt *t)
{
    const libxl_domain_build_info *b = &config->b_info;
    static const uint64_t base[GUEST_RAM_BANKS] = GUEST_RAM_BANK_BASES;

    *t = (struct arm_fdt){
        .cmdline = b->cmdline,
        .nr_vcpus = (unsigned int)b->max_vcpus,
        .gic_v3 = out->gic_v3,
        .clock_hz = out->clock_hz,
        .has_initrd = dom->num_modules > 0,
        .has_uart = out->has_uart,
        .partial = out->partial_tree,
    };
    if (t->has_initrd) {
        t->initrd_start = dom->modules[0].seg.vstart;
        t->initrd_end = t->initrd_start + dom->modules[0].size;
    }
    for (int i = 0; i < config->num_disks; i++)
        if (config->disks[i].specification == LIBXL_DISK_SPECIFICATION_VIRTIO)
            t->nr_virtio++;
    for (unsigned int i = 0; i < GUEST_RAM_BANKS && i < ARM_FDT_BANKS; i++) {
        t->bank[i].base = base[i];
        t->bank[i].size = (uint64_t)dom->rambank_size[i] << XC_PAGE_SHIFT;
    }
}

/* Ample: what is written tells in the end how long it is. */
static size_t tree_room(const struct arm_fdt *t)
{
    return FDT_ROOM_BASE + t->nr_vcpus * (size_t)FDT_ROOM_VCPU +
           (t->cmdline ? strlen(t->cmdline) : 0) + (t->partial ? 2 * fdt_totalsize(t->partial) : 0);
}

int arch_describe(struct scope *sc, const libxl_domain_config *config,
                  const struct build_result *out, struct xc_dom_image *dom)
{
    bool first = !dom->devicetree_blob;
    size_t room = dom->devicetree_size;
    void *buf = dom->devicetree_blob;
    xc_domaininfo_t info;
    struct arm_fdt t;
    int e;

    e = domain_get(sc, dom->guest_domid, &info);
    if (e)
        return e;
    tree_describe(config, out, dom, &t);
    t.address_bits = info.gpaddr_bits;
    if (first) {
        room = tree_room(&t);
        buf = scope_alloc(sc, room);
    }
    e = arm_fdt_make(&t, buf, room);
    if (e) {
        LOG_ERROR(sc, "cannot make the guest's device tree: %s", fdt_strerror(e));
        return ERROR_FAIL;
    }
    if (!first)
        return 0;
    if (!xc_dom_devicetree_mem(dom, buf, fdt_totalsize(buf)))
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
