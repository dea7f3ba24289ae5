/* SPDX-License-Identifier: MIT */
/*
 * A domain's configuration as S-expressions, which output_format="sxp" of xl.conf(5) chooses: what
 * the stock xl prints of it. Devices of other kinds have no place in it.
 */
#include <inttypes.h>

#include "xl.h"

#define IN_IMAGE "\t\t\t"

static const char *text(const char *s)
{
    return s ? s : "(null)";
}

static void put_string(FILE *f, const char *name, const char *s)
{
    fprintf(f, IN_IMAGE "(%s %s)\n", name, text(s));
}

static void put_bool(FILE *f, const char *name, libxl_defbool b)
{
    put_string(f, name, libxl_defbool_to_string(b));
}

static void put_number(FILE *f, const char *name, int64_t n)
{
    fprintf(f, IN_IMAGE "(%s %" PRId64 ")\n", name, n);
}

static void put_hvm_display(FILE *f, const libxl_domain_build_info *b)
{
    put_string(f, "stdvga", b->u.hvm.vga.kind == LIBXL_VGA_INTERFACE_TYPE_STD ? "True" : "False");
    put_bool(f, "vnc", b->u.hvm.vnc.enable);
    put_string(f, "vnclisten", b->u.hvm.vnc.listen);
    put_number(f, "vncdisplay", b->u.hvm.vnc.display);
    put_bool(f, "vncunused", b->u.hvm.vnc.findunused);
    put_string(f, "keymap", b->u.hvm.keymap);
    put_bool(f, "sdl", b->u.hvm.sdl.enable);
    put_bool(f, "opengl", b->u.hvm.sdl.opengl);
    put_bool(f, "nographic", b->u.hvm.nographic);
    put_bool(f, "spice", b->u.hvm.spice.enable);
    put_number(f, "spiceport", b->u.hvm.spice.port);
    put_number(f, "spicetls_port", b->u.hvm.spice.tls_port);
    put_string(f, "spicehost", b->u.hvm.spice.host);
    put_bool(f, "spicedisable_ticketing", b->u.hvm.spice.disable_ticketing);
    put_bool(f, "spiceagent_mouse", b->u.hvm.spice.agent_mouse);
}

static void put_hvm(FILE *f, const libxl_domain_build_info *b)
{
    const char *timer = libxl_timer_mode_to_string(b->timer_mode);

    fprintf(f, "\t\t(hvm\n");
    put_string(f, "firmware", b->u.hvm.firmware);
    put_number(f, "video_memkb", (int64_t)b->video_memkb);
    put_number(f, "shadow_memkb", (int64_t)b->shadow_memkb);
    put_bool(f, "pae", b->u.hvm.pae);
    put_bool(f, "apic", b->apic);
    put_bool(f, "acpi", b->u.hvm.acpi);
    put_bool(f, "nx", b->u.hvm.nx);
    put_bool(f, "viridian", b->u.hvm.viridian);
    put_bool(f, "hpet", b->u.hvm.hpet);
    put_bool(f, "vpt_align", b->u.hvm.vpt_align);
    put_string(f, "timer_mode", timer ? timer : "default");
    put_bool(f, "nestedhvm", b->nested_hvm);
    put_hvm_display(f, b);
    put_string(f, "device_model", b->device_model ? b->device_model : "default");
    put_bool(f, "gfx_passthru", b->u.hvm.gfx_passthru);
    put_string(f, "serial", b->u.hvm.serial);
    put_string(f, "boot", b->u.hvm.boot);
    put_bool(f, "usb", b->u.hvm.usb);
    put_string(f, "usbdevice", b->u.hvm.usbdevice);
    put_bool(f, "vkb_device", b->u.hvm.vkb_device);
    fprintf(f, "\t\t)\n");
}

/* Where the stock one gives up, a PVH guest, this is used too. */
static void put_linux(FILE *f, const libxl_domain_build_info *b)
{
    fprintf(f, "\t\t(linux 0)\n");
    put_string(f, "kernel", b->kernel);
    put_string(f, "cmdline", b->cmdline);
    put_string(f, "ramdisk", b->ramdisk);
    if (b->type == LIBXL_DOMAIN_TYPE_PV)
        put_bool(f, "e820_host", b->u.pv.e820_host);
    fprintf(f, "\t\t)\n");
}

static void put_create(FILE *f, uint32_t domid, const libxl_domain_create_info *c)
{
    libxl_dominfo info;

    libxl_dominfo_init(&info);
    fprintf(f, "\t(domid %d)\n\t(create_info)\n", (int)domid);
    fprintf(f, "\t(hvm %d)\n", c->type == LIBXL_DOMAIN_TYPE_HVM);
    fprintf(f, "\t(hap %s)\n\t(oos %s)\n", libxl_defbool_to_string(c->hap),
            libxl_defbool_to_string(c->oos));
    fprintf(f, "\t(ssidref %u)\n\t(name %s)\n", c->ssidref, text(c->name));
    if (domid != NO_DOMAIN && !libxl_domain_info(ctx, &info, domid))
        fprintf(f, "\t(uuid " LIBXL_UUID_FMT ")\n", LIBXL_UUID_BYTES(info.uuid));
    else
        fprintf(f, "\t(uuid <unknown>)\n");
    if (c->pool_name)
        fprintf(f, "\t(cpupool %s)\n", c->pool_name);
    fprintf(f, "\t(xsdata (null))\n\t(platformdata (null))\n");
    libxl_dominfo_dispose(&info);
}

static void put_build(FILE *f, const libxl_domain_build_info *b)
{
    fprintf(f, "\t(build_info)\n\t(max_vcpus %d)\n", b->max_vcpus);
    fprintf(f, "\t(max_grant_frames %d)\n\t(max_maptrack_frames %d)\n", (int)b->max_grant_frames,
            (int)b->max_maptrack_frames);
    fprintf(f, "\t(tsc_mode %s)\n", libxl_tsc_mode_to_string(b->tsc_mode));
    fprintf(f, "\t(max_memkb %" PRId64 ")\n\t(target_memkb %" PRId64 ")\n", (int64_t)b->max_memkb,
            (int64_t)b->target_memkb);
    fprintf(f, "\t(nomigrate %s)\n", libxl_defbool_to_string(b->disable_migrate));
    if (b->type != LIBXL_DOMAIN_TYPE_HVM && b->bootloader) {
        fprintf(f, "\t(bootloader %s)\n", b->bootloader);
        if (b->bootloader_args) {
            fprintf(f, "\t(bootloader_args");
            for (char **arg = b->bootloader_args; *arg; arg++)
                fprintf(f, " %s", *arg);
            fprintf(f, ")\n");
        }
    }
    fprintf(f, "\t(image\n");
    if (b->type == LIBXL_DOMAIN_TYPE_HVM)
        put_hvm(f, b);
    else
        put_linux(f, b);
    fprintf(f, "\t)\n");
}

static void device_begin(FILE *f, const char *kind)
{
    fprintf(f, "\t(device\n\t\t(%s\n", kind);
}

static void device_end(FILE *f)
{
    fprintf(f, "\t\t)\n\t)\n");
}

static void put_domids(FILE *f, uint32_t backend, uint32_t domid)
{
    put_number(f, "backend_domid", backend);
    put_number(f, "frontend_domid", (int)domid);
}

static void put_disk(FILE *f, uint32_t domid, const libxl_device_disk *d)
{
    device_begin(f, "tap");
    put_domids(f, d->backend_domid, domid);
    put_string(f, "physpath", d->pdev_path);
    put_number(f, "phystype", d->backend);
    put_string(f, "virtpath", d->vdev);
    put_number(f, "unpluggable", d->removable);
    put_number(f, "readwrite", d->readwrite);
    put_number(f, "is_cdrom", d->is_cdrom);
    device_end(f);
}

static void put_nic(FILE *f, uint32_t domid, const libxl_device_nic *n)
{
    device_begin(f, "vif");
    if (n->ifname)
        put_string(f, "vifname", n->ifname);
    put_domids(f, n->backend_domid, domid);
    put_number(f, "devid", n->devid);
    put_number(f, "mtu", n->mtu);
    put_string(f, "model", n->model);
    fprintf(f, IN_IMAGE "(mac %02x%02x%02x%02x%02x%02x)\n", LIBXL_MAC_BYTES(n->mac));
    device_end(f);
}

static void put_pci(FILE *f, const libxl_device_pci *p)
{
    device_begin(f, "pci");
    fprintf(f, IN_IMAGE "(pci dev %04x:%02x:%02x.%01x@%02x)\n", (unsigned int)p->domain, p->bus,
            p->dev, p->func, p->vdevfn);
    fprintf(f, IN_IMAGE "(opts msitranslate %d power_mgmt %d)\n", p->msitranslate, p->power_mgmt);
    device_end(f);
}

static void put_vfb(FILE *f, uint32_t domid, const libxl_device_vfb *v)
{
    device_begin(f, "vfb");
    put_domids(f, v->backend_domid, domid);
    put_number(f, "devid", v->devid);
    put_bool(f, "vnc", v->vnc.enable);
    put_string(f, "vnclisten", v->vnc.listen);
    put_number(f, "vncdisplay", v->vnc.display);
    put_bool(f, "vncunused", v->vnc.findunused);
    put_string(f, "keymap", v->keymap);
    put_bool(f, "sdl", v->sdl.enable);
    put_bool(f, "opengl", v->sdl.opengl);
    put_string(f, "display", v->sdl.display);
    put_string(f, "xauthority", v->sdl.xauthority);
    device_end(f);
}

void print_sxp(FILE *f, uint32_t domid, const libxl_domain_config *d)
{
    fprintf(f, "(domain\n");
    put_create(f, domid, &d->c_info);
    put_build(f, &d->b_info);
    for (int i = 0; i < d->num_disks; i++)
        put_disk(f, domid, &d->disks[i]);
    for (int i = 0; i < d->num_nics; i++)
        put_nic(f, domid, &d->nics[i]);
    for (int i = 0; i < d->num_pcidevs; i++)
        put_pci(f, &d->pcidevs[i]);
    for (int i = 0; i < d->num_vfbs; i++)
        put_vfb(f, domid, &d->vfbs[i]);
    fprintf(f, ")\n");
}
