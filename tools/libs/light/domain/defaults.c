/* SPDX-License-Identifier: MIT */
#include "domain/arch.h"
#include "domain/build.h"

#define EVENT_CHANNELS_DEFAULT 1023
#define PAGE_KB                (XC_PAGE_SIZE / 1024)

static int check_type(struct scope *sc, const libxl_domain_config *c)
{
    if (c->c_info.type != c->b_info.type) {
        LOG_ERROR(sc, "the configuration gives two different types of domain");
        return ERROR_INVAL;
    }
    switch (c->c_info.type) {
    case LIBXL_DOMAIN_TYPE_PV:
    case LIBXL_DOMAIN_TYPE_HVM:
    case LIBXL_DOMAIN_TYPE_PVH:
        return 0;
    default:
        LOG_ERROR(sc, "the domain has no type");
        return ERROR_INVAL;
    }
}

static int check_pv(struct scope *sc, libxl_domain_build_info *b)
{
    if (!b->kernel && !b->bootloader) {
        LOG_ERROR(sc, "neither a kernel nor a bootloader is given");
        return ERROR_INVAL;
    }
    libxl_defbool_setdefault(&b->nested_hvm, false);
    if (b->u.pv.slack_memkb == LIBXL_MEMKB_DEFAULT)
        b->u.pv.slack_memkb = 0;
    return 0;
}

/* Older programs set these where only guests of one type had them. */

static void move_string(char **to, char **from)
{
    if (*to)
        return;
    *to = *from;
    *from = NULL;
}

static void move_defbool(libxl_defbool *to, libxl_defbool *from)
{
    if (libxl_defbool_is_default(*to))
        *to = *from;
    libxl_defbool_unset(from);
}

static void move_pv(libxl_domain_build_info *b)
{
    if (!b->bootloader) {
        libxl_string_list_dispose(&b->bootloader_args);
        b->bootloader_args = b->u.pv.bootloader_args;
        b->u.pv.bootloader_args = NULL;
    }
    move_string(&b->bootloader, &b->u.pv.bootloader);
    move_string(&b->kernel, &b->u.pv.kernel);
    move_string(&b->ramdisk, &b->u.pv.ramdisk);
    move_string(&b->cmdline, &b->u.pv.cmdline);
}

static void move_hvm(libxl_domain_build_info *b)
{
    if (b->timer_mode == LIBXL_TIMER_MODE_UNKNOWN)
        b->timer_mode = b->u.hvm.timer_mode;
    b->u.hvm.timer_mode = LIBXL_TIMER_MODE_UNKNOWN;
    move_defbool(&b->nested_hvm, &b->u.hvm.nested_hvm);
    move_defbool(&b->apic, &b->u.hvm.apic);
    move_defbool(&b->acpi, &b->u.hvm.acpi);
    if (!b->altp2m && !libxl_defbool_is_default(b->u.hvm.altp2m) &&
        libxl_defbool_val(b->u.hvm.altp2m))
        b->altp2m = LIBXL_ALTP2M_MODE_MIXED;
}

int libxl__domain_build_info_copy_deprecated(libxl_ctx *ctx, libxl_domain_build_info *p)
{
    (void)ctx;
    if (p->type == LIBXL_DOMAIN_TYPE_PV)
        move_pv(p);
    else if (p->type == LIBXL_DOMAIN_TYPE_HVM)
        move_hvm(p);
    return 0;
}

static int check_kind(struct scope *sc, libxl_domain_build_info *b)
{
    int rc = libxl__domain_build_info_copy_deprecated(sc->ctx, b);

    if (rc)
        return rc;
    if (b->type == LIBXL_DOMAIN_TYPE_PV)
        return check_pv(sc, b);
    rc = b->type == LIBXL_DOMAIN_TYPE_HVM ? defaults_hvm(sc, b) : defaults_pvh(sc, b);
    if (b->timer_mode == LIBXL_TIMER_MODE_UNKNOWN)
        b->timer_mode = LIBXL_TIMER_MODE_NO_DELAY_FOR_MISSED_TICKS;
    libxl_defbool_setdefault(&b->nested_hvm, false);
    if (!rc && b->altp2m && libxl_defbool_val(b->nested_hvm)) {
        LOG_ERROR(sc, "nestedhvm and altp2mhvm cannot be used together");
        rc = ERROR_INVAL;
    }
    return rc;
}

/* Who has PCI devices of its own gets them without an IOMMU, unless it asks for one. */
bool create_wants_iommu(const libxl_domain_config *config)
{
    switch (config->c_info.passthrough) {
    case LIBXL_PASSTHROUGH_ENABLED:
    case LIBXL_PASSTHROUGH_SYNC_PT:
    case LIBXL_PASSTHROUGH_SHARE_PT:
        return true;
    default:
        return config->num_dtdevs > 0;
    }
}

static int check_passthrough(struct scope *sc, const libxl_domain_config *c)
{
    xc_physinfo_t phys;
    int rc;

    if (!create_wants_iommu(c))
        return 0;
    if (c->num_dtdevs && c->c_info.passthrough == LIBXL_PASSTHROUGH_DISABLED) {
        LOG_ERROR(sc, "passthrough disabled but devices are specified");
        return ERROR_INVAL;
    }
    rc = physinfo_get(sc, &phys);
    if (!rc && !(phys.capabilities & XEN_SYSCTL_PHYSCAP_directio)) {
        LOG_ERROR(sc, "passthrough not supported on this platform");
        rc = ERROR_INVAL;
    }
    return rc;
}

/* xl.cfg(5), "passthrough". */
int create_choose_passthrough(struct scope *sc, libxl_domain_config *c)
{
    libxl_domain_create_info *ci = &c->c_info;
    xc_physinfo_t phys;
    bool can_share;
    int rc;

    if (!create_wants_iommu(c)) {
        ci->passthrough = LIBXL_PASSTHROUGH_DISABLED;
        return 0;
    }
    rc = physinfo_get(sc, &phys);
    if (rc)
        return rc;
    can_share = ci->type != LIBXL_DOMAIN_TYPE_PV &&
                phys.capabilities & XEN_SYSCTL_PHYSCAP_iommu_hap_pt_share;
    if (ci->passthrough == LIBXL_PASSTHROUGH_SHARE_PT && !can_share) {
        LOG_ERROR(sc, "passthrough: share_pt is not available");
        return ERROR_INVAL;
    }
    if (ci->passthrough != LIBXL_PASSTHROUGH_SYNC_PT)
        ci->passthrough = can_share ? LIBXL_PASSTHROUGH_SHARE_PT : LIBXL_PASSTHROUGH_SYNC_PT;
    LOG_DEBUG(sc, "passthrough: %s", libxl_passthrough_to_string(ci->passthrough));
    return 0;
}

static int check_vpmu(struct scope *sc, const libxl_domain_build_info *b)
{
    xc_physinfo_t phys;
    int rc;

    if (!libxl_defbool_val(b->vpmu))
        return 0;
    rc = physinfo_get(sc, &phys);
    if (!rc && !(phys.capabilities & XEN_SYSCTL_PHYSCAP_vpmu)) {
        LOG_ERROR(sc, "vPMU not supported on this platform");
        rc = ERROR_INVAL;
    }
    return rc;
}

static int memory_defaults(struct scope *sc, libxl_domain_build_info *b)
{
    if (b->max_memkb == LIBXL_MEMKB_DEFAULT)
        b->max_memkb = 32 * 1024;
    if (b->target_memkb == LIBXL_MEMKB_DEFAULT)
        b->target_memkb = b->max_memkb;
    if (b->video_memkb == LIBXL_MEMKB_DEFAULT)
        b->video_memkb = 0;
    if (b->shadow_memkb == LIBXL_MEMKB_DEFAULT)
        b->shadow_memkb =
            b->type == LIBXL_DOMAIN_TYPE_PV
                ? 0
                : libxl_get_required_shadow_memory(b->max_memkb, (unsigned int)b->max_vcpus);
    if (b->iommu_memkb == LIBXL_MEMKB_DEFAULT)
        b->iommu_memkb = 0;
    if (b->video_memkb >= b->target_memkb) {
        LOG_ERROR(sc, "the domain's memory is less than its video card's");
        return ERROR_INVAL;
    }
    if (b->type == LIBXL_DOMAIN_TYPE_PV && b->target_memkb > b->max_memkb)
        b->max_memkb = b->target_memkb;
    if (b->target_memkb > b->max_memkb) {
        LOG_ERROR(sc, "memory target %llu KiB exceeds the maximum %llu KiB",
                  (unsigned long long)b->target_memkb, (unsigned long long)b->max_memkb);
        return ERROR_INVAL;
    }
    return 0;
}

static int vcpu_defaults(struct scope *sc, libxl_domain_build_info *b)
{
    if (!b->max_vcpus)
        b->max_vcpus = 1;
    if (!b->avail_vcpus.size) {
        libxl_bitmap_alloc(sc->ctx, &b->avail_vcpus, 1);
        libxl_bitmap_set(&b->avail_vcpus, 0);
    }
    if (libxl_bitmap_count_set(&b->avail_vcpus) > b->max_vcpus) {
        LOG_ERROR(sc, "more vCPUs are online than there may be");
        return ERROR_INVAL;
    }
    return 0;
}

static int grant_defaults(struct scope *sc, libxl_domain_build_info *b)
{
    xc_physinfo_t phys;
    int rc;

    if (b->max_grant_frames == LIBXL_MAX_GRANT_DEFAULT)
        b->max_grant_frames = LIBXL_MAX_GRANT_FRAMES_DEFAULT;
    if (b->max_maptrack_frames == LIBXL_MAX_GRANT_DEFAULT)
        b->max_maptrack_frames = LIBXL_MAX_MAPTRACK_FRAMES_DEFAULT;
    if (!b->event_channels)
        b->event_channels = EVENT_CHANNELS_DEFAULT;
    if (b->max_grant_version >= 0)
        return 0;
    rc = physinfo_get(sc, &phys);
    if (!rc)
        b->max_grant_version = phys.capabilities & XEN_SYSCTL_PHYSCAP_gnttab_v2   ? 2
                               : phys.capabilities & XEN_SYSCTL_PHYSCAP_gnttab_v1 ? 1
                                                                                  : 0;
    return rc;
}

int create_defaults(struct scope *sc, libxl_domain_config *config)
{
    libxl_domain_create_info *c = &config->c_info;
    libxl_domain_build_info *b = &config->b_info;
    int rc = arch_defaults(sc, config);

    if (!rc)
        rc = check_type(sc, config);
    if (rc)
        return rc;
    if (!c->name) {
        LOG_ERROR(sc, "the domain has no name");
        return ERROR_INVAL;
    }
    if (libxl_uuid_is_nil(&c->uuid))
        libxl_uuid_generate(&c->uuid);
    libxl_defbool_setdefault(&c->run_hotplug_scripts, true);
    libxl_defbool_setdefault(&c->driver_domain, false);
    libxl_defbool_setdefault(&b->claim_mode, false);
    libxl_defbool_setdefault(&b->localtime, false);
    libxl_defbool_setdefault(&b->disable_migrate, false);
    libxl_defbool_setdefault(&b->vpmu, false);
    libxl_defbool_setdefault(&b->numa_placement, true);
    if (c->type == LIBXL_DOMAIN_TYPE_PV)
        libxl_defbool_setdefault(&b->u.pv.e820_host, config->num_pcidevs > 0);
    if (c->type == LIBXL_DOMAIN_TYPE_PV && b->num_vnuma_nodes) {
        LOG_ERROR(sc, "PV guests cannot have virtual NUMA nodes");
        return ERROR_INVAL;
    }
    (void)((rc = check_kind(sc, b)) || (rc = check_passthrough(sc, config)) ||
           (rc = check_vpmu(sc, b)) || (rc = vcpu_defaults(sc, b)) ||
           (rc = memory_defaults(sc, b)) || (rc = grant_defaults(sc, b)));
    return rc;
}
