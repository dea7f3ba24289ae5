/* SPDX-License-Identifier: MIT */
/* xl.cfg(5): keys of HVM and PVH guests, of the device model and of displays. */
#include <errno.h>
#include <limits.h>

#include "config.h"

struct key {
    const char *name;
    enum { KEY_STRING, KEY_DEFBOOL, KEY_MIB, KEY_INTEGER } kind;
    size_t offset; /* in libxl_domain_build_info */
};
#define B(field) offsetof(libxl_domain_build_info, field)

static const struct key hvm_keys[] = {
    {"firmware_override", KEY_STRING, B(u.hvm.firmware)},
    {"bios_path_override", KEY_STRING, B(u.hvm.system_firmware)},
    {"acpi_firmware", KEY_STRING, B(u.hvm.acpi_firmware)},
    {"smbios_firmware", KEY_STRING, B(u.hvm.smbios_firmware)},
    {"boot", KEY_STRING, B(u.hvm.boot)},
    {"soundhw", KEY_STRING, B(u.hvm.soundhw)},
    {"apic", KEY_DEFBOOL, B(apic)},
    {"pae", KEY_DEFBOOL, B(u.hvm.pae)},
    {"acpi_s3", KEY_DEFBOOL, B(u.hvm.acpi_s3)},
    {"acpi_s4", KEY_DEFBOOL, B(u.hvm.acpi_s4)},
    {"acpi_laptop_slate", KEY_DEFBOOL, B(u.hvm.acpi_laptop_slate)},
    {"nx", KEY_DEFBOOL, B(u.hvm.nx)},
    {"hpet", KEY_DEFBOOL, B(u.hvm.hpet)},
    {"vpt_align", KEY_DEFBOOL, B(u.hvm.vpt_align)},
    {"xen_platform_pci", KEY_DEFBOOL, B(u.hvm.xen_platform_pci)},
    {"usb", KEY_DEFBOOL, B(u.hvm.usb)},
    {"vkb_device", KEY_DEFBOOL, B(u.hvm.vkb_device)},
    {"usbversion", KEY_INTEGER, B(u.hvm.usbversion)},
    {"mmio_hole", KEY_MIB, B(u.hvm.mmio_hole_memkb)},
    {"rdm_mem_boundary", KEY_MIB, B(u.hvm.rdm_mem_boundary_memkb)},
    {"nographic", KEY_DEFBOOL, B(u.hvm.nographic)},
    {"keymap", KEY_STRING, B(u.hvm.keymap)},
    {"vnc", KEY_DEFBOOL, B(u.hvm.vnc.enable)},
    {"vnclisten", KEY_STRING, B(u.hvm.vnc.listen)},
    {"vncpasswd", KEY_STRING, B(u.hvm.vnc.passwd)},
    {"vncdisplay", KEY_INTEGER, B(u.hvm.vnc.display)},
    {"vncunused", KEY_DEFBOOL, B(u.hvm.vnc.findunused)},
    {"sdl", KEY_DEFBOOL, B(u.hvm.sdl.enable)},
    {"opengl", KEY_DEFBOOL, B(u.hvm.sdl.opengl)},
    {"display", KEY_STRING, B(u.hvm.sdl.display)},
    {"xauthority", KEY_STRING, B(u.hvm.sdl.xauthority)},
    {"spice", KEY_DEFBOOL, B(u.hvm.spice.enable)},
    {"spiceport", KEY_INTEGER, B(u.hvm.spice.port)},
    {"spicetls_port", KEY_INTEGER, B(u.hvm.spice.tls_port)},
    {"spicehost", KEY_STRING, B(u.hvm.spice.host)},
    {"spicedisable_ticketing", KEY_DEFBOOL, B(u.hvm.spice.disable_ticketing)},
    {"spicepasswd", KEY_STRING, B(u.hvm.spice.passwd)},
    {"spiceagent_mouse", KEY_DEFBOOL, B(u.hvm.spice.agent_mouse)},
    {"spicevdagent", KEY_DEFBOOL, B(u.hvm.spice.vdagent)},
    {"spice_clipboard_sharing", KEY_DEFBOOL, B(u.hvm.spice.clipboard_sharing)},
    {"spiceusbredirection", KEY_INTEGER, B(u.hvm.spice.usbredirection)},
    {"spice_image_compression", KEY_STRING, B(u.hvm.spice.image_compression)},
    {"spice_streaming_video", KEY_STRING, B(u.hvm.spice.streaming_video)},
};

static const struct key pv_keys[] = {
    {"e820_host", KEY_DEFBOOL, B(u.pv.e820_host)},
};

static const struct key pvh_keys[] = {
    {"pvshim", KEY_DEFBOOL, B(u.pvh.pvshim)},
    {"pvshim_path", KEY_STRING, B(u.pvh.pvshim_path)},
    {"pvshim_cmdline", KEY_STRING, B(u.pvh.pvshim_cmdline)},
    {"pvshim_extra", KEY_STRING, B(u.pvh.pvshim_extra)},
};

static const struct key common_keys[] = {
    {"acpi", KEY_DEFBOOL, B(acpi)},
    {"device_model_stubdomain_override", KEY_DEFBOOL, B(device_model_stubdomain)},
    {"device_model_stubdomain_seclabel", KEY_STRING, B(device_model_ssid_label)},
    {"stubdomain_kernel", KEY_STRING, B(stubdomain_kernel)},
    {"stubdomain_cmdline", KEY_STRING, B(stubdomain_cmdline)},
    {"stubdomain_ramdisk", KEY_STRING, B(stubdomain_ramdisk)},
    {"stubdomain_memory", KEY_MIB, B(stubdomain_memkb)},
};

static void take_key(XLU_Config *cfg, const struct key *k, void *at)
{
    long l;

    switch (k->kind) {
    case KEY_STRING:
        xlu_cfg_replace_string(cfg, k->name, at, 0);
        break;
    case KEY_DEFBOOL:
        xlu_cfg_get_defbool(cfg, k->name, at, 0);
        break;
    case KEY_MIB:
        if (!xlu_cfg_get_bounded_long(cfg, k->name, 0, LONG_MAX / 1024, &l, 0))
            *(uint64_t *)at = (uint64_t)l * 1024;
        break;
    case KEY_INTEGER:
        if (!xlu_cfg_get_bounded_long(cfg, k->name, 0, INT_MAX, &l, 0))
            *(int *)at = (int)l;
        break;
    }
}

static void take_keys(XLU_Config *cfg, const struct key *keys, unsigned int nr,
                      libxl_domain_build_info *b)
{
    for (unsigned int i = 0; i < nr; i++)
        take_key(cfg, &keys[i], (char *)b + keys[i].offset);
}

/* A word of an enumeration. */
static bool take_word(XLU_Config *cfg, const char *key, int (*parse)(const char *, int *), int *to)
{
    const char *s;

    if (xlu_cfg_get_string(cfg, key, &s, 0))
        return false;
    if (!parse(s, to))
        return true;
    fprintf(stderr, "ERROR: invalid value \"%s\" for \"%s\"\n", s, key);
    exit(EXIT_BAD);
}

/* The same, with the words and the status that the stock xl has for some keys. */
static bool take_known(XLU_Config *cfg, const char *key, int (*parse)(const char *, int *), int *to)
{
    const char *s;

    if (xlu_cfg_get_string(cfg, key, &s, 0))
        return false;
    if (!parse(s, to))
        return true;
    fprintf(stderr, "Unknown %s \"%s\" specified\n", key, s);
    exit(EXIT_LIBXL);
}

#define WORD(type)                                                                                 \
    static int word_##type(const char *s, int *v)                                                  \
    {                                                                                              \
        libxl_##type e;                                                                            \
        int rc = libxl_##type##_from_string(s, &e);                                                \
                                                                                                   \
        *v = rc ? 0 : (int)e;                                                                      \
        return rc;                                                                                 \
    }
WORD(bios_type)
WORD(hdtype)
WORD(timer_mode)
WORD(altp2m_mode)
WORD(vendor_device)
WORD(passthrough)
WORD(tee_type)
WORD(gic_version)
WORD(vuart_type)

/* What the machine of any guest has by a word. */
static void take_common_words(XLU_Config *cfg, libxl_domain_config *d)
{
    libxl_domain_build_info *b = &d->b_info;
    int v;

    if (take_word(cfg, "passthrough", word_passthrough, &v))
        d->c_info.passthrough = (libxl_passthrough)v;
    if (take_known(cfg, "tee", word_tee_type, &v))
        b->tee = (libxl_tee_type)v;
    if (take_known(cfg, "gic_version", word_gic_version, &v))
        b->arch_arm.gic_version = (libxl_gic_version)v;
    if (take_word(cfg, "vuart", word_vuart_type, &v))
        b->arch_arm.vuart = (libxl_vuart_type)v;
}

static void take_words(XLU_Config *cfg, libxl_domain_build_info *b)
{
    int v;

    if (take_word(cfg, "bios", word_bios_type, &v))
        b->u.hvm.bios = (libxl_bios_type)v;
    if (take_word(cfg, "hdtype", word_hdtype, &v))
        b->u.hvm.hdtype = (libxl_hdtype)v;
    if (take_known(cfg, "vendor_device", word_vendor_device, &v))
        b->u.hvm.vendor_device = (libxl_vendor_device)v;
}

/* A truth value, or the kind of card. */
static void take_graphics(XLU_Config *cfg, libxl_domain_build_info *b)
{
    const char *s;
    long l;

    if (!xlu_cfg_get_long(cfg, "gfx_passthru", &l, 1)) {
        libxl_defbool_set(&b->u.hvm.gfx_passthru, l);
    } else if (!xlu_cfg_get_string(cfg, "gfx_passthru", &s, 0)) {
        if (libxl_gfx_passthru_kind_from_string(s, &b->u.hvm.gfx_passthru_kind)) {
            fprintf(stderr, "ERROR: invalid value \"%s\" for \"gfx_passthru\"\n", s);
            exit(EXIT_BAD);
        }
        libxl_defbool_set(&b->u.hvm.gfx_passthru, true);
    }
}

static void take_rdm(XLU_Config *cfg, libxl_domain_build_info *b)
{
    const char *s;

    if (xlu_cfg_get_string(cfg, "rdm", &s, 0))
        return;
    if (xlu_rdm_parse(cfg, &b->u.hvm.rdm, s)) {
        fprintf(stderr, "ERROR: failed to parse rdm setting\n");
        exit(EXIT_BAD);
    }
}

static void take_vga(XLU_Config *cfg, libxl_domain_build_info *b)
{
    static const struct {
        const char *name;
        libxl_vga_interface_type kind;
    } cards[] = {
        {"stdvga", LIBXL_VGA_INTERFACE_TYPE_STD},
        {"cirrus", LIBXL_VGA_INTERFACE_TYPE_CIRRUS},
        {"none", LIBXL_VGA_INTERFACE_TYPE_NONE},
        {"qxl", LIBXL_VGA_INTERFACE_TYPE_QXL},
    };
    const char *s;
    long l;

    if (!xlu_cfg_get_long(cfg, "stdvga", &l, 0))
        b->u.hvm.vga.kind = l ? LIBXL_VGA_INTERFACE_TYPE_STD : LIBXL_VGA_INTERFACE_TYPE_CIRRUS;
    if (xlu_cfg_get_string(cfg, "vga", &s, 0))
        return;
    for (unsigned int i = 0; i < ARRAY_SIZE(cards); i++) {
        if (!strcmp(s, cards[i].name)) {
            b->u.hvm.vga.kind = cards[i].kind;
            return;
        }
    }
    fprintf(stderr, "Unknown vga \"%s\" specified\n", s);
    exit(EXIT_BAD);
}

/* One string or a list of them. */
static void take_one_or_more(XLU_Config *cfg, const char *key, char **one, libxl_string_list *more)
{
    int e = xlu_cfg_get_list_as_string_list(cfg, key, more, 1);

    if (!e)
        drop_if_empty(more);
    if (e == ESRCH || !e)
        return;
    if (xlu_cfg_replace_string(cfg, key, one, 0)) {
        fprintf(stderr, "xl: unable to parse %s\n", key);
        exit(EXIT_BAD);
    }
}

/* viridian=[ "GROUP", "!GROUP" ... ] or a boolean. */
static void viridian_group(libxl_domain_build_info *b, const char *s)
{
    libxl_viridian_enlightenment group;
    bool off = *s == '!';

    if (!strcmp(s, "defaults")) {
        libxl_defbool_set(&b->u.hvm.viridian, true);
        return;
    }
    if (!strcmp(s, "all")) {
        libxl_bitmap_set_any(&b->u.hvm.viridian_enable);
        return;
    }
    s += off;
    if (libxl_viridian_enlightenment_from_string(s, &group)) {
        fprintf(stderr, "ERROR: unknown viridian group '%s'\n", s);
        exit(EXIT_LIBXL);
    }
    libxl_bitmap_set(off ? &b->u.hvm.viridian_disable : &b->u.hvm.viridian_enable, (int)group);
    libxl_bitmap_reset(off ? &b->u.hvm.viridian_enable : &b->u.hvm.viridian_disable, (int)group);
}

static void take_viridian(XLU_Config *cfg, libxl_domain_build_info *b)
{
    XLU_ConfigList *list;
    int nr;

    if (xlu_cfg_get_list(cfg, "viridian", &list, &nr, 1)) {
        xlu_cfg_get_defbool(cfg, "viridian", &b->u.hvm.viridian, 1);
        return;
    }
    libxl_bitmap_alloc(ctx, &b->u.hvm.viridian_enable,
                       LIBXL_BUILDINFO_HVM_VIRIDIAN_ENABLE_DISABLE_WIDTH);
    libxl_bitmap_alloc(ctx, &b->u.hvm.viridian_disable,
                       LIBXL_BUILDINFO_HVM_VIRIDIAN_ENABLE_DISABLE_WIDTH);
    for (int i = 0; i < nr; i++) {
        const char *s = xlu_cfg_get_listitem(list, i);

        viridian_group(b, s ? s : "");
    }
}

static void take_genid(XLU_Config *cfg, libxl_domain_build_info *b)
{
    const char *s;

    if (xlu_cfg_get_string(cfg, "ms_vm_genid", &s, 0) || !strcmp(s, "none"))
        return;
    if (strcmp(s, "generate")) {
        fprintf(stderr, "ERROR: \"ms_vm_genid\" option must be \"generate\" or \"none\"\n");
        exit(EXIT_BAD);
    }
    if (libxl_ms_vm_genid_generate(ctx, &b->u.hvm.ms_vm_genid))
        exit(EXIT_BAD);
}

static void take_mca(XLU_Config *cfg, libxl_domain_build_info *b)
{
    XLU_ConfigList *list;
    int nr = 0, e;

    e = xlu_cfg_get_list(cfg, "mca_caps", &list, &nr, 1);
    if (e && e != ESRCH) {
        fprintf(stderr, "ERROR: mca_caps must be a list\n");
        exit(EXIT_LIBXL);
    }
    for (int i = 0; i < nr; i++) {
        const char *s = xlu_cfg_get_listitem(list, i);

        if (!s || strcmp(s, "lmce")) {
            fprintf(stderr, "ERROR: unrecognized MCA capability '%s'\n", s ? s : "");
            exit(EXIT_LIBXL);
        }
        b->u.hvm.mca_caps |= 1;
    }
}

static void check_hvm(XLU_Config *cfg, const libxl_domain_build_info *b)
{
    const char *listen = b->u.hvm.vnc.listen;
    uint64_t hole = b->u.hvm.mmio_hole_memkb;
    long display;

    if (hole != LIBXL_MEMKB_DEFAULT && (hole < 256ull << 10 || hole > 3840ull << 10)) {
        fprintf(stderr, "ERROR: mmio_hole is between 256 and 3840 MiB\n");
        exit(EXIT_BAD);
    }
    if (listen && strchr(listen, ':') && !xlu_cfg_get_long(cfg, "vncdisplay", &display, 1)) {
        fprintf(stderr, "ERROR: the display is given by vnclisten and by vncdisplay\n");
        exit(EXIT_BAD);
    }
}

static void take_hvm(XLU_Config *cfg, libxl_domain_build_info *b)
{
    take_keys(cfg, hvm_keys, ARRAY_SIZE(hvm_keys), b);
    check_hvm(cfg, b);
    take_words(cfg, b);
    take_vga(cfg, b);
    take_graphics(cfg, b);
    take_rdm(cfg, b);
    take_one_or_more(cfg, "serial", &b->u.hvm.serial, &b->u.hvm.serial_list);
    take_one_or_more(cfg, "usbdevice", &b->u.hvm.usbdevice, &b->u.hvm.usbdevice_list);
    take_viridian(cfg, b);
    take_genid(cfg, b);
    take_mca(cfg, b);
}

static void take_firmware_hvm(const char *s, libxl_domain_build_info *b)
{
    if (!strncmp(s, "uefi", strlen(s)))
        s = "ovmf"; /* a beginning will do, as with the stock xl */
    if (!strcmp(s, "bios"))
        return; /* the device model's own */
    if (libxl_bios_type_from_string(s, &b->u.hvm.bios)) {
        free(b->u.hvm.firmware);
        b->u.hvm.firmware = must_alloc(strdup(s));
    }
}

/* What the guest boots by instead of a kernel of its own. */
static void take_firmware(XLU_Config *cfg, libxl_domain_build_info *b)
{
    const char *s;
    char *path;

    if (xlu_cfg_get_string(cfg, "firmware", &s, 0))
        return;
    if (b->type == LIBXL_DOMAIN_TYPE_HVM) {
        take_firmware_hvm(s, b);
    } else if (b->kernel) {
        fprintf(stderr, "ERROR: both kernel and firmware specified\n");
        exit(EXIT_BAD);
    } else if (!strncmp(s, "pvgrub", 6)) {
        if (asprintf(&path, "/usr/lib/xen-4.17/boot/%s.bin", s) < 0)
            exit(EXIT_BAD);
        b->kernel = path;
    } else {
        fprintf(stderr, "ERROR: invalid value \"%s\" for \"firmware\"\n", s);
        exit(EXIT_BAD);
    }
}

static void take_model_version(XLU_Config *cfg, libxl_domain_build_info *b)
{
    const char *s;

    if (xlu_cfg_get_string(cfg, "device_model_version", &s, 0))
        return;
    if (!strcmp(s, "qemu-xen-traditional")) {
        b->device_model_version = LIBXL_DEVICE_MODEL_VERSION_QEMU_XEN_TRADITIONAL;
    } else if (!strcmp(s, "qemu-xen")) {
        b->device_model_version = LIBXL_DEVICE_MODEL_VERSION_QEMU_XEN;
    } else {
        fprintf(stderr, "Unknown device_model_version \"%s\" specified\n", s);
        exit(EXIT_BAD);
    }
}

static void take_altp2m(XLU_Config *cfg, libxl_domain_build_info *b)
{
    long l;
    int v;

    if (!xlu_cfg_get_bounded_long(cfg, "altp2m", LIBXL_ALTP2M_MODE_DISABLED,
                                  LIBXL_ALTP2M_MODE_LIMITED, &l, 1))
        b->altp2m = (libxl_altp2m_mode)l;
    else if (take_word(cfg, "altp2m", word_altp2m_mode, &v))
        b->altp2m = (libxl_altp2m_mode)v;
    if (b->type == LIBXL_DOMAIN_TYPE_HVM)
        xlu_cfg_get_defbool(cfg, "altp2mhvm", &b->u.hvm.altp2m, 0);
}

static void take_timer_mode(XLU_Config *cfg, libxl_domain_build_info *b)
{
    const char *s;
    long l;
    int v;

    if (b->type == LIBXL_DOMAIN_TYPE_PV && !xlu_cfg_get_string(cfg, "timer_mode", &s, 1)) {
        fprintf(stderr, "ERROR: timer_mode= is not for PV guests\n");
        exit(EXIT_LIBXL);
    }
    if (!xlu_cfg_get_bounded_long(cfg, "timer_mode", 0, 3, &l, 1)) {
        b->timer_mode = (libxl_timer_mode)l;
        fprintf(stderr, "WARNING: timer_mode= should be \"%s\", not a number\n",
                libxl_timer_mode_to_string(b->timer_mode));
    } else if (take_word(cfg, "timer_mode", word_timer_mode, &v)) {
        b->timer_mode = (libxl_timer_mode)v;
    }
}

/* Framebuffers. */

static void vfb_pair(libxl_device_vfb *vfb, const char *key, const char *value)
{
    const struct {
        const char *key;
        char **to;
    } strings[] = {
        {"vnclisten", &vfb->vnc.listen},
        {"vncpasswd", &vfb->vnc.passwd},
        {"keymap", &vfb->keymap},
        {"display", &vfb->sdl.display},
        {"xauthority", &vfb->sdl.xauthority},
    };
    const struct {
        const char *key;
        libxl_defbool *to;
    } bools[] = {
        {"vnc", &vfb->vnc.enable},
        {"vncunused", &vfb->vnc.findunused},
        {"sdl", &vfb->sdl.enable},
        {"opengl", &vfb->sdl.opengl},
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(strings); i++) {
        if (!strcmp(key, strings[i].key)) {
            free(*strings[i].to);
            *strings[i].to = must_alloc(strdup(value));
            return;
        }
    }
    for (unsigned int i = 0; i < ARRAY_SIZE(bools); i++) {
        if (!strcmp(key, bools[i].key)) {
            libxl_defbool_set(bools[i].to, atoi(value));
            return;
        }
    }
    if (!strcmp(key, "vncdisplay"))
        vfb->vnc.display = atoi(value);
}

static void vfb_parse(libxl_device_vfb *vfb, const char *spec)
{
    char *copy = must_alloc(strdup(spec)), *save = NULL, *part, *value;

    for (part = strtok_r(copy, ",", &save); part; part = strtok_r(NULL, ",", &save)) {
        part += strspn(part, " \t");
        value = strchr(part, '=');
        if (!value)
            continue;
        *value++ = '\0';
        vfb_pair(vfb, part, value);
    }
    free(copy);
}

/* A framebuffer comes with a keyboard. */
static libxl_device_vfb *vfb_new(libxl_domain_config *d)
{
    libxl_device_vfb *vfb;
    libxl_device_vkb *vkb;

    d->vfbs = must_alloc(realloc(d->vfbs, (size_t)(d->num_vfbs + 1) * sizeof(*d->vfbs)));
    vfb = &d->vfbs[d->num_vfbs];
    libxl_device_vfb_init(vfb);
    vfb->devid = d->num_vfbs++;
    d->vkbs = must_alloc(realloc(d->vkbs, (size_t)(d->num_vkbs + 1) * sizeof(*d->vkbs)));
    vkb = &d->vkbs[d->num_vkbs];
    libxl_device_vkb_init(vkb);
    vkb->devid = d->num_vkbs++;
    return vfb;
}

/* The keys of an emulated display make a framebuffer of a guest that has none. */
static void take_display_as_vfb(XLU_Config *cfg, libxl_domain_config *d)
{
    static const char *const keys[] = {"vnclisten", "vncpasswd", "vncdisplay", "vncunused",
                                       "keymap"};
    libxl_device_vfb *vfb;
    long vnc = 0;
    const char *s;

    xlu_cfg_get_long(cfg, "vnc", &vnc, 0);
    if (!vnc)
        return;
    vfb = vfb_new(d);
    for (unsigned int i = 0; i < ARRAY_SIZE(keys); i++)
        if (!xlu_cfg_get_string(cfg, keys[i], &s, 1))
            vfb_pair(vfb, keys[i], s);
    libxl_defbool_set(&vfb->vnc.enable, true);
}

static void take_vfbs(XLU_Config *cfg, libxl_domain_config *d)
{
    XLU_ConfigList *list;
    int nr;

    if (xlu_cfg_get_list(cfg, "vfb", &list, &nr, 0)) {
        if (d->c_info.type == LIBXL_DOMAIN_TYPE_PV)
            take_display_as_vfb(cfg, d);
        return;
    }
    for (int i = 0; i < nr; i++) {
        const char *s = xlu_cfg_get_listitem(list, i);

        if (s)
            vfb_parse(vfb_new(d), s);
    }
}

static void check_kernel(const libxl_domain_build_info *b)
{
    if (b->type == LIBXL_DOMAIN_TYPE_HVM || b->kernel || b->bootloader)
        return;
    fprintf(stderr, "Neither kernel nor bootloader specified\n");
    exit(EXIT_BAD);
}

void config_warn(XLU_Config *cfg, const libxl_domain_config *d)
{
    const char *s;

    if (!libxl_defbool_is_default(d->b_info.arch_x86.msr_relaxed))
        fprintf(stderr, "WARNING: msr_relaxed= is for guests with errors, and is to go away\n");
    if (!xlu_cfg_get_string(cfg, "altp2mhvm", &s, 1))
        fprintf(stderr, "WARNING: altp2mhvm= is outdated: altp2m= takes its place\n");
    if (!xlu_cfg_get_string(cfg, "device_model", &s, 1))
        fprintf(stderr, "WARNING: device_model= has no effect: device_model_override= has\n");
    if (d->b_info.device_model &&
        d->b_info.device_model_version == LIBXL_DEVICE_MODEL_VERSION_UNKNOWN)
        fprintf(stderr, "WARNING: device_model_override= without device_model_version=\n");
    if (d->c_info.type == LIBXL_DOMAIN_TYPE_HVM && d->b_info.u.hvm.system_firmware &&
        !d->b_info.u.hvm.bios)
        fprintf(stderr, "WARNING: bios_path_override= without bios=\n");
}

void config_take_platform(XLU_Config *cfg, libxl_domain_config *d)
{
    libxl_domain_build_info *b = &d->b_info;

    take_keys(cfg, common_keys, ARRAY_SIZE(common_keys), b);
    take_model_version(cfg, b);
    take_firmware(cfg, b);
    check_kernel(b);
    take_altp2m(cfg, b);
    take_timer_mode(cfg, b);
    if (b->type == LIBXL_DOMAIN_TYPE_HVM)
        take_hvm(cfg, b);
    else if (b->type == LIBXL_DOMAIN_TYPE_PV)
        take_keys(cfg, pv_keys, ARRAY_SIZE(pv_keys), b);
    else if (b->type == LIBXL_DOMAIN_TYPE_PVH)
        take_keys(cfg, pvh_keys, ARRAY_SIZE(pvh_keys), b);
    take_common_words(cfg, d);
    take_vfbs(cfg, d);
}
