/* SPDX-License-Identifier: MIT */
#include "device/config.h"

#include "core/userdata.h"

/* Load, let @change work on it, save; all under the lock. */
static int config_change(struct scope *sc, uint32_t domid,
                         void (*change)(libxl_ctx *, libxl_domain_config *, const void *),
                         const void *arg)
{
    libxl_domain_config config;
    int lock = userdata_lock(sc), rc;

    if (lock < 0)
        return lock;
    rc = config_load(sc, domid, &config);
    if (!rc) {
        change(sc->ctx, &config, arg);
        rc = config_save(sc, domid, &config);
    } else if (rc == ERROR_JSON_CONFIG_EMPTY) {
        rc = 0;
    }
    libxl_domain_config_dispose(&config);
    userdata_unlock(lock);
    return rc;
}

/* Without its element @at an array is one shorter. */
static void array_drop(void *list, int *nr, int at, size_t size)
{
    char *p = list;

    memmove(p + (size_t)at * size, p + (size_t)(at + 1) * size, (size_t)(*nr - at - 1) * size);
    (*nr)--;
}

static void drop_disk_id(libxl_domain_config *c, int devid)
{
    for (int i = 0; i < c->num_disks; i++) {
        if (!c->disks[i].vdev || disk_number(c->disks[i].vdev, NULL, NULL) != devid)
            continue;
        libxl_device_disk_dispose(&c->disks[i]);
        array_drop(c->disks, &c->num_disks, i--, sizeof(*c->disks));
    }
}

static void drop_disk(libxl_ctx *ctx, libxl_domain_config *c, const void *arg)
{
    (void)ctx;
    drop_disk_id(c, *(const int *)arg);
}

static void put_disk(libxl_ctx *ctx, libxl_domain_config *c, const void *arg)
{
    const libxl_device_disk *disk = arg;

    drop_disk_id(c, disk_number(disk->vdev, NULL, NULL));
    c->disks = xrealloc(c->disks, (size_t)(c->num_disks + 1) * sizeof(*c->disks));
    libxl_device_disk_copy(ctx, &c->disks[c->num_disks++], disk);
}

static void drop_nic_id(libxl_domain_config *c, int devid)
{
    for (int i = 0; i < c->num_nics; i++) {
        if (c->nics[i].devid != devid)
            continue;
        libxl_device_nic_dispose(&c->nics[i]);
        array_drop(c->nics, &c->num_nics, i--, sizeof(*c->nics));
    }
}

static void drop_nic(libxl_ctx *ctx, libxl_domain_config *c, const void *arg)
{
    (void)ctx;
    drop_nic_id(c, *(const int *)arg);
}

static void put_nic(libxl_ctx *ctx, libxl_domain_config *c, const void *arg)
{
    const libxl_device_nic *nic = arg;

    drop_nic_id(c, nic->devid);
    c->nics = xrealloc(c->nics, (size_t)(c->num_nics + 1) * sizeof(*c->nics));
    libxl_device_nic_copy(ctx, &c->nics[c->num_nics++], nic);
}

int config_add_disk(struct scope *sc, uint32_t domid, const libxl_device_disk *disk)
{
    return config_change(sc, domid, put_disk, disk);
}

int config_remove_disk(struct scope *sc, uint32_t domid, int devid)
{
    return config_change(sc, domid, drop_disk, &devid);
}

int config_add_nic(struct scope *sc, uint32_t domid, const libxl_device_nic *nic)
{
    return config_change(sc, domid, put_nic, nic);
}

int config_remove_nic(struct scope *sc, uint32_t domid, int devid)
{
    return config_change(sc, domid, drop_nic, &devid);
}
