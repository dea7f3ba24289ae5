/* SPDX-License-Identifier: MIT */
/* What HVM and PVH guests get where the program left it open, and what they cannot have. */
#include "domain/domain.h"

#define VIDEO_MIN_KB(mb) ((uint64_t)(mb) << 10)
#define MMIO_HOLE_MIN_KB (256ull << 10)
#define MMIO_HOLE_MAX_KB (3840ull << 10)

static int refuse(struct scope *sc, const char *what)
{
    LOG_ERROR(sc, "%s", what);
    return ERROR_INVAL;
}

static int graphics_defaults(struct scope *sc, libxl_domain_build_info *b)
{
    uint64_t least = 0;

    if (!b->u.hvm.vga.kind)
        b->u.hvm.vga.kind = LIBXL_VGA_INTERFACE_TYPE_CIRRUS;
    switch (b->u.hvm.vga.kind) {
    case LIBXL_VGA_INTERFACE_TYPE_NONE:
        b->video_memkb = 0;
        break;
    case LIBXL_VGA_INTERFACE_TYPE_STD:
        least = VIDEO_MIN_KB(16);
        break;
    case LIBXL_VGA_INTERFACE_TYPE_QXL:
        least = VIDEO_MIN_KB(128);
        break;
    default:
        least = VIDEO_MIN_KB(8);
        break;
    }
    if (b->video_memkb == LIBXL_MEMKB_DEFAULT)
        b->video_memkb = least;
    if (b->video_memkb < least)
        return refuse(sc, "videoram is less than this video card needs");
    libxl_defbool_setdefault(&b->u.hvm.nographic, false);
    libxl_defbool_setdefault(&b->u.hvm.vnc.enable, true);
    if (libxl_defbool_val(b->u.hvm.vnc.enable)) {
        libxl_defbool_setdefault(&b->u.hvm.vnc.findunused, true);
        if (!b->u.hvm.vnc.listen)
            b->u.hvm.vnc.listen = xstrdup("127.0.0.1");
    }
    libxl_defbool_setdefault(&b->u.hvm.sdl.enable, false);
    libxl_defbool_setdefault(&b->u.hvm.sdl.opengl, false);
    libxl_defbool_setdefault(&b->u.hvm.spice.enable, false);
    libxl_defbool_setdefault(&b->u.hvm.spice.disable_ticketing, false);
    libxl_defbool_setdefault(&b->u.hvm.spice.agent_mouse, true);
    libxl_defbool_setdefault(&b->u.hvm.spice.vdagent, false);
    libxl_defbool_setdefault(&b->u.hvm.spice.clipboard_sharing, false);
    return 0;
}

static int spice_check(struct scope *sc, const libxl_spice_info *s)
{
    if (!libxl_defbool_val(s->enable))
        return 0;
    if (!s->port && !s->tls_port)
        return refuse(sc, "at least one of the spiceport or tls_port must be provided");
    if (!libxl_defbool_val(s->disable_ticketing) && !s->passwd)
        return refuse(sc, "spice ticketing is enabled but missing password");
    return 0;
}

static int device_model_check(struct scope *sc, const libxl_domain_build_info *b)
{
    if (b->device_model_version == LIBXL_DEVICE_MODEL_VERSION_QEMU_XEN_TRADITIONAL ||
        b->u.hvm.bios == LIBXL_BIOS_TYPE_ROMBIOS) {
        LOG_ERROR(sc, "the traditional device model and ROMBIOS are not supported");
        return ERROR_NI;
    }
    if (libxl_defbool_val(b->device_model_stubdomain)) {
        LOG_ERROR(sc, "a device model in a stub domain is not supported");
        return ERROR_NI;
    }
    if (libxl_defbool_val(b->dm_restrict)) {
        LOG_ERROR(sc, "a restricted device model is not supported");
        return ERROR_NI;
    }
    if (libxl_defbool_val(b->u.hvm.gfx_passthru)) {
        LOG_ERROR(sc, "graphics passthrough is not supported");
        return ERROR_NI;
    }
    if (b->u.hvm.usbversion &&
        (libxl_defbool_val(b->u.hvm.usb) || b->u.hvm.usbdevice_list || b->u.hvm.usbdevice))
        return refuse(sc, "usbversion excludes usb and usbdevice");
    if (b->u.hvm.usbversion < 0 || b->u.hvm.usbversion > 3)
        return refuse(sc, "usbversion is 1, 2 or 3");
    return spice_check(sc, &b->u.hvm.spice);
}

int defaults_hvm(struct scope *sc, libxl_domain_build_info *b)
{
    uint64_t hole;
    int rc;

    if (!b->device_model_version)
        b->device_model_version = LIBXL_DEVICE_MODEL_VERSION_QEMU_XEN;
    libxl_defbool_setdefault(&b->device_model_stubdomain, false);
    libxl_defbool_setdefault(&b->dm_restrict, false);
    if (!b->u.hvm.bios)
        b->u.hvm.bios = LIBXL_BIOS_TYPE_SEABIOS;
    if (!b->u.hvm.hdtype)
        b->u.hvm.hdtype = LIBXL_HDTYPE_IDE;
    if (!b->u.hvm.boot)
        b->u.hvm.boot = xstrdup("cda");
    libxl_defbool_setdefault(&b->u.hvm.pae, true);
    libxl_defbool_setdefault(&b->apic, true);
    libxl_defbool_setdefault(&b->acpi, true);
    libxl_defbool_setdefault(&b->u.hvm.acpi_s3, true);
    libxl_defbool_setdefault(&b->u.hvm.acpi_s4, true);
    libxl_defbool_setdefault(&b->u.hvm.acpi_laptop_slate, false);
    libxl_defbool_setdefault(&b->u.hvm.nx, true);
    libxl_defbool_setdefault(&b->u.hvm.hpet, true);
    libxl_defbool_setdefault(&b->u.hvm.vpt_align, true);
    libxl_defbool_setdefault(&b->u.hvm.viridian, false);
    libxl_defbool_setdefault(&b->u.hvm.usb, false);
    libxl_defbool_setdefault(&b->u.hvm.vkb_device, true);
    libxl_defbool_setdefault(&b->u.hvm.xen_platform_pci, true);
    libxl_defbool_setdefault(&b->u.hvm.gfx_passthru, false);
    if (b->u.hvm.rdm_mem_boundary_memkb == LIBXL_MEMKB_DEFAULT)
        b->u.hvm.rdm_mem_boundary_memkb = LIBXL_RDM_MEM_BOUNDARY_MEMKB_DEFAULT;
    rc = graphics_defaults(sc, b);
    if (!rc)
        rc = device_model_check(sc, b);
    if (b->u.hvm.mmio_hole_memkb == LIBXL_MEMKB_DEFAULT)
        b->u.hvm.mmio_hole_memkb = 0;
    hole = b->u.hvm.mmio_hole_memkb;
    if (!rc && hole && (hole < MMIO_HOLE_MIN_KB || hole > MMIO_HOLE_MAX_KB))
        rc = refuse(sc, "mmio_hole is between 256 and 3840 MiB");
    return rc;
}

int defaults_pvh(struct scope *sc, libxl_domain_build_info *b)
{
    libxl_defbool_setdefault(&b->apic, true);
    libxl_defbool_setdefault(&b->acpi, true);
    libxl_defbool_setdefault(&b->u.pvh.pvshim, false);
    if (libxl_defbool_val(b->u.pvh.pvshim)) {
        LOG_ERROR(sc, "the PV shim is not supported");
        return ERROR_NI;
    }
    if (!b->kernel && !b->bootloader)
        return refuse(sc, "neither a kernel nor a bootloader is given");
    return 0;
}
