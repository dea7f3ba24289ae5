/* SPDX-License-Identifier: MIT */
/*
 * Disks as the emulated controllers have them. What firmware boots from is emulated; the guest's
 * drivers then take the PV devices of the same disks.
 *
 *   hd*, xvd* and d*   the first four on IDE, or the first six on AHCI
 *   sd*                the first seven on an LSI 53C895A
 */
#include "core/store.h"
#include "device/device.h"
#include "dm/dm.h"

#define IDE_DISKS  4
#define AHCI_DISKS 6
#define SCSI_DISKS 7

static const char *format_name(const libxl_device_disk *d)
{
    switch (d->format) {
    case LIBXL_DISK_FORMAT_QCOW:
        return "qcow";
    case LIBXL_DISK_FORMAT_QCOW2:
        return "qcow2";
    case LIBXL_DISK_FORMAT_VHD:
        return "vpc";
    case LIBXL_DISK_FORMAT_QED:
        return "qed";
    case LIBXL_DISK_FORMAT_RAW:
        return "raw";
    default:
        return NULL;
    }
}

/* A script may have put the image behind another device. */
static const char *image_path(struct dm_args *a, const libxl_device_disk *d, int devid)
{
    struct device dev = {a->domid, d->backend_domid, "vbd", devid, NULL};
    char *path = NULL;

    if (d->script && d->backend == LIBXL_DISK_BACKEND_PHY)
        path =
            store_readf(a->sc, XBT_NULL, "%s/physical-device-path", device_back_path(a->sc, &dev));
    if (!path)
        path = d->pdev_path;
    return path ? dm_value(a->sc, path) : NULL;
}

static void add_cdrom(struct dm_args *a, const libxl_device_disk *d, int disk, int devid)
{
    char *drive = scope_printf(a->sc, "if=none,readonly=on,id=ide-%d", devid);

    if (d->format != LIBXL_DISK_FORMAT_EMPTY && d->pdev_path && *d->pdev_path)
        drive = scope_printf(a->sc, "%s,file=%s,format=%s", drive, image_path(a, d, devid),
                             format_name(d));
    dm_arg2(a, "-drive", "%s", drive);
    dm_arg2(a, "-device", "ide-cd,id=ide-%d,drive=ide-%d,bus=ide.%d,unit=%d", devid, devid,
            disk / 2, disk % 2);
}

static void add_scsi(struct dm_args *a, const libxl_device_disk *d, int disk, const char *file)
{
    dm_arg2(a, "-drive", "file=%s,id=scsi0-hd%d,format=%s,if=none,readonly=%s,cache=writeback",
            file, disk, format_name(d), d->readwrite ? "off" : "on");
    dm_arg2(a, "-device", "scsi-hd,drive=scsi0-hd%d,scsi-id=%d", disk, disk);
}

static void add_ahci(struct dm_args *a, const libxl_device_disk *d, int disk, const char *file)
{
    dm_arg2(a, "-drive", "file=%s,if=none,id=ahcidisk-%d,format=%s,cache=writeback", file, disk,
            format_name(d));
    dm_arg2(a, "-device", "ide-hd,bus=ahci0.%d,unit=0,drive=ahcidisk-%d", disk, disk);
}

static int add_disk(struct dm_args *a, const libxl_device_disk *d)
{
    bool ahci = a->config->b_info.u.hvm.hdtype == LIBXL_HDTYPE_AHCI;
    bool scsi = !strncmp(d->vdev, "sd", 2);
    int disk = -1, part = 0, devid = disk_number(d->vdev, &disk, &part);
    const char *file;

    if (devid < 0 || disk < 0 || part || d->backend_domid != TOOLSTACK_DOMID)
        return 0; /* only for PV drivers */
    if (d->is_cdrom) {
        if (disk < IDE_DISKS)
            add_cdrom(a, d, disk, devid);
        return 0;
    }
    file = image_path(a, d, devid);
    if (!file || !format_name(d))
        return 0;
    if (scsi) {
        if (disk < SCSI_DISKS)
            add_scsi(a, d, disk, file);
    } else if (ahci) {
        if (disk < AHCI_DISKS)
            add_ahci(a, d, disk, file);
    } else if (disk < IDE_DISKS) {
        if (!d->readwrite) {
            LOG_ERROR(a->sc, "disk %s: an IDE disk cannot be read-only", d->vdev);
            return ERROR_INVAL;
        }
        dm_arg2(a, "-drive", "file=%s,if=ide,index=%d,media=disk,format=%s,cache=writeback", file,
                disk, format_name(d));
    }
    return 0;
}

static void add_controllers(struct dm_args *a)
{
    const libxl_domain_config *c = a->config;
    bool scsi = false;

    for (int i = 0; i < c->num_disks; i++)
        scsi |= !c->disks[i].is_cdrom && !strncmp(c->disks[i].vdev, "sd", 2);
    if (scsi)
        dm_arg2(a, "-device", "lsi53c895a");
    if (c->b_info.u.hvm.hdtype == LIBXL_HDTYPE_AHCI)
        dm_arg2(a, "-device", "ahci,id=ahci0");
}

int dm_args_disks(struct dm_args *a)
{
    int rc = 0;

    add_controllers(a);
    for (int i = 0; i < a->config->num_disks && !rc; i++)
        rc = add_disk(a, &a->config->disks[i]);
    return rc;
}
