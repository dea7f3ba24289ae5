/* SPDX-License-Identifier: MIT */
/* HVM and PVH guests: firmware, the layout of memory, parameters of the platform. */
#include "domain/build.h"

#include <xen/hvm/e820.h>
#include <xen/hvm/hvm_info_table.h>
#include <xen/hvm/hvm_xs_strings.h>
#include <xen/hvm/params.h>

#define FIRMWARE_DIR "/usr/lib/xen-4.17/boot"
#define HVMLOADER    FIRMWARE_DIR "/hvmloader"
#define SEABIOS      "/usr/share/seabios/bios-256k.bin"
#define OVMF         "/usr/share/ovmf/OVMF.fd"

#define FOUR_GIB       (1ULL << 32)
#define LOW_RAM        0x100000u /* firmware itself describes what is below */
#define VGA_HOLE_PAGES 0x20u
#define E820_ROOM      (8 + RDM_MAX)

/* Firmware. */

static int load_module(struct scope *sc, const char *what, const char *path,
                       struct xc_hvm_firmware_module *m)
{
    void *data = NULL;
    int len = 0, e;

    if (!path)
        return 0;
    LOG_DEBUG(sc, "loading %s: %s", what, path);
    e = libxl_read_file_contents(sc->ctx, path, &data, &len);
    if (e || !len) {
        LOG_ERROR(sc, "cannot read %s %s: %s", what, path, e ? strerror(e) : "it is empty");
        free(data);
        return ERROR_FAIL;
    }
    m->data = scope_adopt(sc, data);
    m->length = (uint32_t)len;
    return 0;
}

static const char *bios_path(const libxl_domain_build_info *b)
{
    if (b->u.hvm.system_firmware)
        return b->u.hvm.system_firmware;
    return b->u.hvm.bios == LIBXL_BIOS_TYPE_OVMF ? OVMF : SEABIOS;
}

int hvm_load_firmware(struct scope *sc, struct xc_dom_image *dom, const libxl_domain_build_info *b)
{
    const char *loader = b->u.hvm.firmware ? b->u.hvm.firmware : HVMLOADER;
    int rc;

    if (!strchr(loader, '/'))
        loader = scope_printf(sc, FIRMWARE_DIR "/%s", loader);
    dom->device_model = true;
    dom->cmdline = NULL; /* the device model passes it on */
    if (xc_dom_kernel_file(dom, loader)) {
        LOG_ERRNO(sc, "cannot load firmware %s", loader);
        return ERROR_FAIL;
    }
    rc = load_module(sc, "BIOS", bios_path(b), &dom->system_firmware_module);
    if (!rc)
        rc = load_module(sc, "SMBIOS tables", b->u.hvm.smbios_firmware, &dom->smbios_module);
    if (!rc)
        rc = load_module(sc, "ACPI tables", b->u.hvm.acpi_firmware, &dom->acpi_modules[0]);
    return rc;
}

/* Parameters. */

struct param {
    uint32_t idx;
    uint64_t value;
};

static int set_params(struct scope *sc, uint32_t domid, const struct param *p, unsigned int nr)
{
    for (unsigned int i = 0; i < nr; i++) {
        if (xc_hvm_param_set(sc->ctx->xch, domid, p[i].idx, p[i].value)) {
            LOG_ERRNO(sc, "cannot set HVM parameter %u to %#llx", p[i].idx,
                      (unsigned long long)p[i].value);
            return ERROR_FAIL;
        }
    }
    return 0;
}

/* The hypervisor's bit of each group; the first two came in one. Source: hvm/params.h. */
static uint64_t viridian_bit(libxl_viridian_enlightenment group)
{
    static const uint64_t bits[] = {
        [LIBXL_VIRIDIAN_ENLIGHTENMENT_BASE] = HVMPV_base_freq | HVMPV_no_freq,
        [LIBXL_VIRIDIAN_ENLIGHTENMENT_FREQ] = 0, /* takes no_freq away */
        [LIBXL_VIRIDIAN_ENLIGHTENMENT_TIME_REF_COUNT] = HVMPV_time_ref_count,
        [LIBXL_VIRIDIAN_ENLIGHTENMENT_REFERENCE_TSC] = HVMPV_reference_tsc,
        [LIBXL_VIRIDIAN_ENLIGHTENMENT_HCALL_REMOTE_TLB_FLUSH] = HVMPV_hcall_remote_tlb_flush,
        [LIBXL_VIRIDIAN_ENLIGHTENMENT_APIC_ASSIST] = HVMPV_apic_assist,
        [LIBXL_VIRIDIAN_ENLIGHTENMENT_CRASH_CTL] = HVMPV_crash_ctl,
        [LIBXL_VIRIDIAN_ENLIGHTENMENT_SYNIC] = HVMPV_synic,
        [LIBXL_VIRIDIAN_ENLIGHTENMENT_STIMER] = HVMPV_time_ref_count | HVMPV_synic | HVMPV_stimer,
        [LIBXL_VIRIDIAN_ENLIGHTENMENT_HCALL_IPI] = HVMPV_hcall_ipi,
        [LIBXL_VIRIDIAN_ENLIGHTENMENT_EX_PROCESSOR_MASKS] = HVMPV_ex_processor_masks,
        [LIBXL_VIRIDIAN_ENLIGHTENMENT_NO_VP_LIMIT] = HVMPV_no_vp_limit,
        [LIBXL_VIRIDIAN_ENLIGHTENMENT_CPU_HOTPLUG] = HVMPV_cpu_hotplug,
    };

    return (unsigned int)group < ARRAY_SIZE(bits) ? bits[group] : 0;
}

/* "viridian=1": xl.cfg(5), group "defaults". */
static bool viridian_default(int group)
{
    switch (group) {
    case LIBXL_VIRIDIAN_ENLIGHTENMENT_BASE:
    case LIBXL_VIRIDIAN_ENLIGHTENMENT_FREQ:
    case LIBXL_VIRIDIAN_ENLIGHTENMENT_TIME_REF_COUNT:
    case LIBXL_VIRIDIAN_ENLIGHTENMENT_APIC_ASSIST:
    case LIBXL_VIRIDIAN_ENLIGHTENMENT_CRASH_CTL:
    case LIBXL_VIRIDIAN_ENLIGHTENMENT_NO_VP_LIMIT:
    case LIBXL_VIRIDIAN_ENLIGHTENMENT_CPU_HOTPLUG:
        return true;
    default:
        return false;
    }
}

static bool viridian_wants(const libxl_domain_build_info *b, int group)
{
    const libxl_bitmap *on = &b->u.hvm.viridian_enable, *off = &b->u.hvm.viridian_disable;

    if (off->size && libxl_bitmap_test(off, group))
        return false;
    if (on->size && libxl_bitmap_test(on, group))
        return true;
    return libxl_defbool_val(b->u.hvm.viridian) && viridian_default(group);
}

static int viridian_mask(struct scope *sc, const libxl_domain_build_info *b, uint64_t *mask)
{
    *mask = 0;
    for (int g = 0; g <= LIBXL_VIRIDIAN_ENLIGHTENMENT_CPU_HOTPLUG; g++)
        if (viridian_wants(b, g))
            *mask |= viridian_bit((libxl_viridian_enlightenment)g);
    if (*mask & ~(uint64_t)HVMPV_no_freq && !(*mask & HVMPV_base_freq)) {
        LOG_ERROR(sc, "viridian: group base is needed by all others");
        return ERROR_INVAL;
    }
    if (viridian_wants(b, LIBXL_VIRIDIAN_ENLIGHTENMENT_FREQ))
        *mask &= ~(uint64_t)HVMPV_no_freq;
    return 0;
}

static int hvm_params(struct scope *sc, uint32_t domid, const libxl_domain_build_info *b)
{
    struct param p[4] = {
        {HVM_PARAM_HPET_ENABLED, libxl_defbool_val(b->u.hvm.hpet)},
        {HVM_PARAM_VPT_ALIGN, libxl_defbool_val(b->u.hvm.vpt_align)},
    };
    unsigned int nr = 2;
    uint64_t viridian;
    int rc = viridian_mask(sc, b, &viridian);

    if (rc)
        return rc;
    if (viridian)
        p[nr++] = (struct param){HVM_PARAM_VIRIDIAN, viridian};
    if (b->u.hvm.mca_caps)
        p[nr++] = (struct param){HVM_PARAM_MCA_CAP, b->u.hvm.mca_caps};
    return set_params(sc, domid, p, nr);
}

static int platform_params(struct scope *sc, uint32_t domid, const libxl_domain_build_info *b)
{
    const struct param both[] = {
        {HVM_PARAM_TIMER_MODE, (uint64_t)b->timer_mode},
        {HVM_PARAM_ALTP2M, (uint64_t)b->altp2m},
    };
    int rc = b->type == LIBXL_DOMAIN_TYPE_HVM ? hvm_params(sc, domid, b) : 0;

    return rc ? rc : set_params(sc, domid, both, ARRAY_SIZE(both));
}

static int set_clock(struct scope *sc, uint32_t domid, const libxl_domain_build_info *b)
{
    int64_t offset = (int32_t)b->rtc_timeoffset;

    if (libxl_defbool_val(b->localtime)) {
        time_t now = time(NULL);
        struct tm tm;

        if (localtime_r(&now, &tm))
            offset += tm.tm_gmtoff;
    }
    if (!offset || !xc_domain_set_time_offset(sc->ctx->xch, domid, (int32_t)offset))
        return 0;
    LOG_ERRNO(sc, "cannot set the domain's clock");
    return ERROR_FAIL;
}

/* Memory. */

struct map {
    struct e820entry entry[E820_ROOM];
    unsigned int nr;
};

static void map_add(struct map *m, uint64_t from, uint64_t to, uint32_t type)
{
    if (to > from)
        m->entry[m->nr++] = (struct e820entry){from, to - from, type};
}

static void place_memory(struct xc_dom_image *dom, const libxl_domain_build_info *b)
{
    uint64_t bytes = (b->max_memkb - b->video_memkb) * 1024;
    bool hvm = b->type == LIBXL_DOMAIN_TYPE_HVM;

    dom->mmio_size = HVM_BELOW_4G_MMIO_LENGTH;
    if (hvm && b->u.hvm.mmio_hole_memkb)
        dom->mmio_size = b->u.hvm.mmio_hole_memkb * 1024;
    dom->mmio_start = FOUR_GIB - dom->mmio_size;
    dom->lowmem_end = bytes < dom->mmio_start ? bytes : dom->mmio_start;
    dom->highmem_end = bytes > dom->lowmem_end ? FOUR_GIB + bytes - dom->lowmem_end : 0;
    dom->target_pages = (b->target_memkb - b->video_memkb) >> 2;
    dom->vga_hole_size = hvm ? VGA_HOLE_PAGES : 0;
}

static int make_tables(struct scope *sc, struct xc_dom_image *dom, const libxl_domain_build_info *b)
{
    struct xc_hvm_firmware_module *m = &dom->acpi_modules[0];

    if (b->type == LIBXL_DOMAIN_TYPE_HVM || !libxl_defbool_val(b->acpi))
        return 0;
    m->guest_addr_out = ACPI_BASE;
    return acpi_build(sc, b, dom, &m->data, &m->length);
}

static void map_add_reserved(struct map *m, const struct rdm_list *rdm, uint64_t from, uint64_t to)
{
    for (unsigned int i = 0; i < rdm->nr; i++)
        if (rdm->range[i].start >= from && rdm->range[i].start < to)
            map_add(m, rdm->range[i].start, rdm->range[i].end, E820_RESERVED);
}

static int set_map(struct scope *sc, uint32_t domid, struct xc_dom_image *dom,
                   const libxl_domain_build_info *b, const struct rdm_list *rdm)
{
    const struct xc_hvm_firmware_module *acpi = &dom->acpi_modules[0];
    struct map *m = scope_alloc(sc, sizeof(*m));

    if (b->type == LIBXL_DOMAIN_TYPE_HVM) {
        map_add(m, LOW_RAM, dom->lowmem_end, E820_RAM);
        map_add_reserved(m, rdm, dom->lowmem_end, FOUR_GIB);
    } else {
        map_add(m, 0, dom->lowmem_end, E820_RAM);
        map_add(m, acpi->guest_addr_out, acpi->guest_addr_out + acpi->length, E820_ACPI);
        map_add(m,
                (uint64_t)(X86_HVM_END_SPECIAL_REGION - X86_HVM_NR_SPECIAL_PAGES) << XC_PAGE_SHIFT,
                (uint64_t)X86_HVM_END_SPECIAL_REGION << XC_PAGE_SHIFT, E820_RESERVED);
    }
    map_add(m, FOUR_GIB, dom->highmem_end, E820_RAM);
    map_add_reserved(m, rdm, FOUR_GIB, UINT64_MAX);
    dom->e820 = m->entry;
    dom->e820_entries = m->nr;
    if (!xc_domain_set_memory_map(sc->ctx->xch, domid, m->entry, m->nr))
        return 0;
    LOG_ERRNO(sc, "cannot set the guest's memory map");
    return ERROR_FAIL;
}

int hvm_layout(struct scope *sc, uint32_t domid, const libxl_domain_config *config,
               struct xc_dom_image *dom)
{
    const libxl_domain_build_info *b = &config->b_info;
    struct rdm_list *rdm = scope_alloc(sc, sizeof(*rdm));
    int rc = platform_params(sc, domid, b);

    place_memory(dom, b);
    if (!rc && b->type == LIBXL_DOMAIN_TYPE_HVM)
        rc = rdm_collect(sc, config, rdm);
    if (!rc && rdm->nr)
        rc = rdm_resolve(sc, rdm, b->u.hvm.rdm_mem_boundary_memkb * 1024, dom);
    if (!rc && b->type == LIBXL_DOMAIN_TYPE_HVM)
        rc = set_clock(sc, domid, b);
    vnuma_place(sc, b, dom);
    if (!rc)
        rc = vnuma_tell(sc, domid, b, dom);
    if (!rc)
        rc = make_tables(sc, dom, b);
    return rc ? rc : set_map(sc, domid, dom, b, rdm);
}

/* The end. */

/* What firmware must know and the builder does not. */
static int complete_info_table(struct scope *sc, uint32_t domid, const libxl_domain_build_info *b)
{
    struct hvm_info_table *info;
    char *page = xc_map_foreign_range(sc->ctx->xch, domid, XC_PAGE_SIZE, PROT_READ | PROT_WRITE,
                                      HVM_INFO_PFN);
    uint8_t sum = 0;

    if (!page) {
        LOG_ERRNO(sc, "cannot map the guest's information table");
        return ERROR_FAIL;
    }
    info = (struct hvm_info_table *)(void *)(page + HVM_INFO_OFFSET);
    info->apic_mode = libxl_defbool_val(b->apic);
    memset(info->vcpu_online, 0, sizeof(info->vcpu_online));
    for (int i = 0; i < b->max_vcpus && i < HVM_MAX_VCPUS; i++)
        if (libxl_bitmap_test(&b->avail_vcpus, i))
            info->vcpu_online[i / 8] |= (uint8_t)(1u << (i % 8));
    info->checksum = 0;
    for (size_t i = 0; i < sizeof(*info); i++)
        sum = (uint8_t)(sum + ((const uint8_t *)info)[i]);
    info->checksum = (uint8_t)-sum;
    munmap(page, XC_PAGE_SIZE);
    return 0;
}

/* Where firmware finds what was loaded for it. Source: hvm/hvm_xs_strings.h. */
static int tell_module(struct scope *sc, uint32_t domid, const struct xc_hvm_firmware_module *m,
                       const char *addr_key, const char *len_key)
{
    const char *dom = store_dom(sc, domid);
    int rc;

    if (!m->length)
        return 0;
    rc = store_writef(sc, XBT_NULL, scope_printf(sc, "%s/%s", dom, addr_key), "%#llx",
                      (unsigned long long)m->guest_addr_out);
    return rc ? rc
              : store_writef(sc, XBT_NULL, scope_printf(sc, "%s/%s", dom, len_key), "%#x",
                             (unsigned int)m->length);
}

static int tell_firmware(struct scope *sc, uint32_t domid, const struct xc_dom_image *dom)
{
    int rc = tell_module(sc, domid, &dom->acpi_modules[0], HVM_XS_ACPI_PT_ADDRESS,
                         HVM_XS_ACPI_PT_LENGTH);

    return rc ? rc
              : tell_module(sc, domid, &dom->smbios_module, HVM_XS_SMBIOS_PT_ADDRESS,
                            HVM_XS_SMBIOS_PT_LENGTH);
}

int hvm_built(struct scope *sc, uint32_t domid, const libxl_domain_config *config,
              const struct xc_dom_image *dom)
{
    const struct param ports[] = {
        {HVM_PARAM_CONSOLE_EVTCHN, dom->console_evtchn},
        {HVM_PARAM_STORE_EVTCHN, dom->xenstore_evtchn},
    };
    int rc = 0;

    if (config->b_info.type == LIBXL_DOMAIN_TYPE_HVM)
        rc = complete_info_table(sc, domid, &config->b_info);
    if (!rc && config->b_info.type == LIBXL_DOMAIN_TYPE_HVM)
        rc = tell_firmware(sc, domid, dom);
    return rc ? rc : set_params(sc, domid, ports, ARRAY_SIZE(ports));
}
