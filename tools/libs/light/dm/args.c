/* SPDX-License-Identifier: MIT */
/* QEMU's command line. The options are those of qemu(1) 7.2. */
#include <stdarg.h>
#include <stdio.h>

#include "device/usb_emulated.h"
#include "dm/dm.h"

#define CONSOLE_LIMIT "1048576"

static char **slot(struct dm_args *a)
{
    if (a->nr + 1 >= a->room) {
        unsigned int room = a->room ? a->room * 2 : 64;
        char **bigger = scope_alloc(a->sc, room * sizeof(*bigger));

        if (a->nr)
            memcpy(bigger, a->argv, a->nr * sizeof(*bigger));
        a->argv = bigger;
        a->room = room;
    }
    return &a->argv[a->nr++];
}

void dm_arg(struct dm_args *a, const char *arg)
{
    *slot(a) = scope_strdup(a->sc, arg);
}

void dm_arg2(struct dm_args *a, const char *option, const char *fmt, ...)
{
    va_list ap;
    char *text;

    dm_arg(a, option);
    va_start(ap, fmt);
    if (vasprintf(&text, fmt, ap) < 0)
        abort();
    va_end(ap);
    *slot(a) = scope_adopt(a->sc, text);
}

char *dm_value(struct scope *sc, const char *s)
{
    char *out = scope_alloc(sc, 2 * strlen(s) + 1), *p = out;

    for (; *s; s++) {
        if (*s == ',')
            *p++ = ',';
        *p++ = *s;
    }
    return out;
}

static void add_list(struct dm_args *a, const libxl_string_list list)
{
    for (unsigned int i = 0; list && list[i]; i++)
        dm_arg(a, list[i]);
}

char *dm_store_path(struct scope *sc, uint32_t domid)
{
    return scope_printf(sc, "/local/domain/%u/device-model/%u", TOOLSTACK_DOMID, domid);
}

char *dm_socket_path(struct scope *sc, uint32_t domid, const char *user)
{
    return scope_printf(sc, XEN_RUN_DIR "/qmp-%s-%u", user, domid);
}

static void add_monitor(struct dm_args *a, const char *user)
{
    dm_arg2(a, "-chardev", "socket,id=%s-cmd,path=%s,server=on,wait=off", user,
            dm_socket_path(a->sc, a->domid, user));
    dm_arg2(a, "-mon", "chardev=%s-cmd,mode=control", user);
}

static void add_serials(struct dm_args *a)
{
    const libxl_domain_build_info *b = &a->config->b_info;

    if (b->u.hvm.serial_list) {
        for (char **s = b->u.hvm.serial_list; *s; s++)
            dm_arg2(a, "-serial", "%s", *s);
    } else if (b->u.hvm.serial) {
        dm_arg2(a, "-serial", "%s", b->u.hvm.serial);
    }
}

/* QEMU has only emulated devices by their names; those of the host are "host:BUS.ADDRESS" or
 * "host:VENDOR:PRODUCT". */
static void add_usb_device(struct dm_args *a, const char *name)
{
    unsigned int first, second;
    int used = 0;

    if (sscanf(name, "host:%u.%u%n", &first, &second, &used) == 2 && !name[used])
        dm_arg2(a, "-device", "usb-host,hostbus=%u,hostaddr=%u", first, second);
    else if (sscanf(name, "host:%x:%x%n", &first, &second, &used) == 2 && !name[used])
        dm_arg2(a, "-device", "usb-host,vendorid=%#x,productid=%#x", first, second);
    else
        dm_arg2(a, "-usbdevice", "%s", name);
}

static void add_usb(struct dm_args *a)
{
    static const char *const versions[][5] = {
        {NULL},
        {"piix3-usb-uhci,id=usb"},
        {"ich9-usb-ehci1,id=usb,addr=0x1d.0x7,multifunction=on",
         "ich9-usb-uhci1,masterbus=usb.0,firstport=0,addr=0x1d.0x0,multifunction=on",
         "ich9-usb-uhci2,masterbus=usb.0,firstport=2,addr=0x1d.0x1,multifunction=on",
         "ich9-usb-uhci3,masterbus=usb.0,firstport=4,addr=0x1d.0x2,multifunction=on"},
        {"nec-usb-xhci,id=usb"},
    };
    const libxl_domain_build_info *b = &a->config->b_info;

    if (libxl_defbool_val(b->u.hvm.usb) || b->u.hvm.usbdevice || b->u.hvm.usbdevice_list) {
        dm_arg(a, "-usb");
        if (b->u.hvm.usbdevice)
            add_usb_device(a, b->u.hvm.usbdevice);
        for (char **s = b->u.hvm.usbdevice_list; s && *s; s++)
            add_usb_device(a, *s);
    }
    for (unsigned int i = 0; i < 5 && versions[b->u.hvm.usbversion][i]; i++)
        dm_arg2(a, "-device", "%s", versions[b->u.hvm.usbversion][i]);
}

static void add_sound(struct dm_args *a)
{
    const char *card = a->config->b_info.u.hvm.soundhw;

    if (!card)
        return;
    if (!strcmp(card, "hda")) {
        dm_arg2(a, "-device", "intel-hda");
        dm_arg2(a, "-device", "hda-duplex");
    } else {
        dm_arg2(a, "-device", "%s", !strcmp(card, "es1370") ? "ES1370" : card);
    }
}

static void add_cpus(struct dm_args *a)
{
    const libxl_domain_build_info *b = &a->config->b_info;
    int online = libxl_bitmap_count_set(&b->avail_vcpus);

    if (b->max_vcpus > 1 && online < b->max_vcpus)
        dm_arg2(a, "-smp", "%d,maxcpus=%d", online, b->max_vcpus);
    else if (b->max_vcpus > 1)
        dm_arg2(a, "-smp", "%d", b->max_vcpus);
}

static void add_nics(struct dm_args *a)
{
    const libxl_domain_config *c = a->config;
    unsigned int nr = 0;

    for (int i = 0; i < c->num_nics; i++) {
        const libxl_device_nic *nic = &c->nics[i];
        const char *tap;

        if (nic->nictype != LIBXL_NIC_TYPE_VIF_IOEMU)
            continue;
        tap = nic->ifname ? scope_printf(a->sc, "%s-emu", nic->ifname)
                          : scope_printf(a->sc, "vif%u.%d-emu", a->domid, nic->devid);
        dm_arg2(a, "-device", "%s,id=nic%d,netdev=net%d,mac=" LIBXL_MAC_FMT,
                nic->model ? nic->model : "rtl8139", nic->devid, nic->devid,
                LIBXL_MAC_BYTES(nic->mac));
        dm_arg2(a, "-netdev", "type=tap,id=net%d,ifname=%s,br=%s,script=no,downscript=no",
                nic->devid, tap, nic->bridge ? nic->bridge : "xenbr0");
        nr++;
    }
    if (!nr)
        dm_arg2(a, "-net", "none");
}

static void add_machine(struct dm_args *a)
{
    const libxl_domain_build_info *b = &a->config->b_info;
    char *type = scope_strdup(a->sc, libxl_defbool_val(b->u.hvm.xen_platform_pci) ? "xenfv"
                                                                                  : "pc,accel=xen");

    type = scope_printf(a->sc, "%s,suppress-vmdesc=on", type);
    if (b->u.hvm.mmio_hole_memkb)
        type = scope_printf(a->sc, "%s,max-ram-below-4g=%llu", type,
                            (1ULL << 32) - (unsigned long long)b->u.hvm.mmio_hole_memkb * 1024);
    dm_arg2(a, "-machine", "%s", type);
    if (b->u.hvm.vendor_device == LIBXL_VENDOR_DEVICE_XENSERVER)
        dm_arg2(a, "-device", "xen-pvdevice,vendor-id=0x5853,device-id=0xc000");
}

static void add_kernel(struct dm_args *a)
{
    const libxl_domain_build_info *b = &a->config->b_info;

    if (!b->kernel || !*b->kernel)
        return;
    dm_arg2(a, "-kernel", "%s", b->kernel);
    if (b->ramdisk)
        dm_arg2(a, "-initrd", "%s", b->ramdisk);
    if (b->cmdline)
        dm_arg2(a, "-append", "%s", b->cmdline);
}

/* A console with a name each; see channel_describe(). */
static void add_channels(struct dm_args *a)
{
    for (int i = 0; i < a->config->num_channels; i++) {
        const libxl_device_channel *d = &a->config->channels[i];

        if (d->connection == LIBXL_CHANNEL_CONNECTION_SOCKET)
            dm_arg2(a, "-chardev", "socket,id=" CHANNEL_CHARDEV "%d,path=%s,server=on,wait=off",
                    d->devid, dm_value(a->sc, d->u.socket.path));
        else
            dm_arg2(a, "-chardev", "pty,id=" CHANNEL_CHARDEV "%d", d->devid);
    }
}

static int add_hvm(struct dm_args *a)
{
    const libxl_domain_build_info *b = &a->config->b_info;
    int rc;

    rc = dm_args_display(a);
    if (rc)
        return rc;
    add_kernel(a);
    add_serials(a);
    dm_arg2(a, "-boot", "order=%s", b->u.hvm.boot);
    add_usb(a);
    add_sound(a);
    if (!libxl_defbool_val(b->acpi))
        dm_arg(a, "-no-acpi");
    add_cpus(a);
    add_nics(a);
    add_list(a, b->extra);
    add_list(a, b->extra_hvm);
    add_machine(a);
    dm_arg2(a, "-m", "%llu", (unsigned long long)(b->max_memkb - b->video_memkb) / 1024);
    rc = dm_args_disks(a);
    usb_plug_all(a);
    return rc;
}

static int add_pv(struct dm_args *a)
{
    const libxl_domain_build_info *b = &a->config->b_info;
    int rc = dm_args_display(a);

    add_list(a, b->extra);
    add_list(a, b->extra_pv);
    dm_arg2(a, "-machine", "xenpv");
    dm_arg2(a, "-m", "%llu", (unsigned long long)b->max_memkb / 1024);
    return rc;
}

int dm_args_build(struct dm_args *a)
{
    const libxl_domain_config *c = a->config;
    bool hvm = c->b_info.type == LIBXL_DOMAIN_TYPE_HVM;

    dm_arg(a, c->b_info.device_model ? c->b_info.device_model : DM_PATH);
    dm_arg2(a, "-xen-domid", "%u", a->domid);
    dm_arg(a, "-no-shutdown");
    add_monitor(a, "libxl");
    add_monitor(a, "libxenstat");
    dm_arg(a, "-nodefaults");
    dm_arg(a, "-no-user-config");
    add_channels(a);
    if (!hvm)
        dm_arg(a, "-xen-attach");
    if (c->c_info.name)
        dm_arg2(a, "-name", "%s", dm_value(a->sc, c->c_info.name));
    if (a->resume)
        dm_arg2(a, "-incoming", "fd:0");
    a->env[a->nr_env++] = scope_strdup(a->sc, "XEN_QEMU_CONSOLE_LIMIT=" CONSOLE_LIMIT);
    if (hvm)
        a->env[a->nr_env++] = scope_printf(a->sc, "XEN_DOMAIN_ID=%u", a->domid);
    return hvm ? add_hvm(a) : add_pv(a);
}

bool dm_needed(const libxl_domain_config *c)
{
    if (c->c_info.type == LIBXL_DOMAIN_TYPE_HVM)
        return true;
    for (int i = 0; i < c->num_disks; i++)
        if (c->disks[i].backend == LIBXL_DISK_BACKEND_QDISK &&
            c->disks[i].backend_domid == TOOLSTACK_DOMID)
            return true;
    for (int i = 0; i < c->num_vfbs; i++)
        if (c->vfbs[i].backend_domid == TOOLSTACK_DOMID)
            return true;
    for (int i = 0; i < c->num_vkbs; i++)
        if (c->vkbs[i].backend_domid == TOOLSTACK_DOMID &&
            c->vkbs[i].backend_type == LIBXL_VKB_BACKEND_QEMU)
            return true;
    for (int i = 0; i < c->num_p9s; i++)
        if (c->p9s[i].backend_domid == TOOLSTACK_DOMID)
            return true;
    for (int i = 0; i < c->num_usbctrls; i++)
        if (c->usbctrls[i].backend_domid == TOOLSTACK_DOMID &&
            c->usbctrls[i].type == LIBXL_USBCTRL_TYPE_QUSB)
            return true;
    return c->num_channels > 0;
}
