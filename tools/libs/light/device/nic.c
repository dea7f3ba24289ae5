/* SPDX-License-Identifier: MIT */
/* Network cards. */
#include <stdio.h>
#include <sys/random.h>

#include "core/domains.h"
#include "device/interface.h"

#define MTU_SHOWN   1500 /* to a frontend, where no other is said: xl-network-configuration(5) */
#define MTU_DEFAULT 1492 /* what a card has of which no other is said */

static bool mac_is_zero(const libxl_mac mac)
{
    static const libxl_mac zero;

    return !memcmp(mac, zero, sizeof(zero));
}

/* Xen's prefix and three random bytes; the first of them below 0x80 by convention. */
static int mac_generate(struct scope *sc, libxl_mac mac)
{
    mac[0] = 0x00;
    mac[1] = 0x16;
    mac[2] = 0x3e;
    if (getrandom(mac + 3, 3, 0) != 3) {
        LOG_ERRNO(sc, "no random bytes for an address");
        return ERROR_FAIL;
    }
    mac[3] &= 0x7f;
    return 0;
}

static void set_default(char **s, const char *value)
{
    if (!*s)
        *s = xstrdup(value);
}

int nic_defaults(struct scope *sc, uint32_t domid, bool hvm, libxl_device_nic *nic)
{
    int rc = device_backend_domid(sc, nic->backend_domname, &nic->backend_domid);

    if (rc)
        return rc;
    if (nic->devid < 0)
        nic->devid = device_free_id(sc, domid, "vif");
    if (mac_is_zero(nic->mac) && (rc = mac_generate(sc, nic->mac)))
        return rc;
    set_default(&nic->bridge, "xenbr0");
    set_default(&nic->script, XEN_SCRIPT_DIR "/vif-bridge");
    if (!strchr(nic->script, '/')) {
        char *full = scope_printf(sc, XEN_SCRIPT_DIR "/%s", nic->script);

        free(nic->script);
        nic->script = xstrdup(full);
    }
    libxl_defbool_setdefault(&nic->trusted, true);
    if (nic->nictype == LIBXL_NIC_TYPE_UNKNOWN)
        nic->nictype = hvm ? LIBXL_NIC_TYPE_VIF_IOEMU : LIBXL_NIC_TYPE_VIF;
    if (nic->nictype == LIBXL_NIC_TYPE_VIF)
        return 0;
    if (!hvm) {
        LOG_ERROR(sc, "only HVM guests have emulated network cards");
        return ERROR_INVAL;
    }
    set_default(&nic->model, "rtl8139");
    return 0;
}

int nic_describe(struct scope *sc, uint32_t domid, const libxl_device_nic *nic,
                 struct device_op *op)
{
    struct nodes *b = &op->back, *f = &op->front;
    char *mac = scope_printf(sc, LIBXL_MAC_FMT, LIBXL_MAC_BYTES(nic->mac));

    device_op_describe(sc, &(struct device){domid, nic->backend_domid, "vif", nic->devid, NULL},
                       op);
    nodes_add(b, "script", nic->script);
    nodes_add(b, "vifname", nic->ifname);
    nodes_add(b, "mac", mac);
    nodes_add(b, "ip", nic->ip);
    nodes_add(b, "gatewaydev", nic->gatewaydev);
    if (nic->rate_interval_usecs)
        nodes_addf(sc, b, "rate", "%llu,%u", (unsigned long long)nic->rate_bytes_per_interval,
                   nic->rate_interval_usecs);
    nodes_add(b, "bridge", nic->bridge);
    nodes_addf(sc, b, "handle", "%d", nic->devid);
    if (nic->mtu && nic->mtu != MTU_DEFAULT)
        nodes_addf(sc, b, "mtu", "%d", nic->mtu);
    nodes_add(b, "type", nic->nictype == LIBXL_NIC_TYPE_VIF_IOEMU ? "vif_ioemu" : "vif");
    nodes_add(b, "hotplug-status", "");

    nodes_addf(sc, f, "handle", "%d", nic->devid);
    nodes_add(f, "mac", mac);
    nodes_add(f, "trusted", libxl_defbool_val(nic->trusted) ? "1" : "0");
    nodes_addf(sc, f, "mtu", "%d", nic->mtu ? nic->mtu : MTU_SHOWN);
    nodes_fix(f);
    return 0;
}

static char *take(const char *s)
{
    return s && *s ? xstrdup(s) : NULL;
}

static int nic_read(struct scope *sc, uint32_t domid, int devid, libxl_device_nic *nic)
{
    char *dir = scope_printf(sc, "/libxl/%u/device/vif/%d", domid, devid), *s;

    if (device_recorded_backend(sc, domid, "vif", devid, &nic->backend_domid))
        return ERROR_FAIL;
    nic->devid = devid;
    s = store_readf(sc, XBT_NULL, "%s/mac", dir);
    if (s && sscanf(s, LIBXL_MAC_FMT, &nic->mac[0], &nic->mac[1], &nic->mac[2], &nic->mac[3],
                    &nic->mac[4], &nic->mac[5]) != 6)
        return ERROR_FAIL;
    nic->bridge = take(store_readf(sc, XBT_NULL, "%s/bridge", dir));
    nic->ip = take(store_readf(sc, XBT_NULL, "%s/ip", dir));
    nic->script = take(store_readf(sc, XBT_NULL, "%s/script", dir));
    nic->ifname = take(store_readf(sc, XBT_NULL, "%s/vifname", dir));
    nic->gatewaydev = take(store_readf(sc, XBT_NULL, "%s/gatewaydev", dir));
    s = store_readf(sc, XBT_NULL, "%s/mtu", dir);
    nic->mtu = s ? atoi(s) : MTU_DEFAULT;
    s = store_readf(sc, XBT_NULL, "%s/rate", dir);
    if (s) {
        unsigned long long bytes;
        unsigned int us;

        if (sscanf(s, "%llu,%u", &bytes, &us) == 2) {
            nic->rate_bytes_per_interval = bytes;
            nic->rate_interval_usecs = us;
        }
    }
    s = store_readf(sc, XBT_NULL, "%s/type", dir);
    nic->nictype = s && !strcmp(s, "vif_ioemu") ? LIBXL_NIC_TYPE_VIF_IOEMU : LIBXL_NIC_TYPE_VIF;
    return 0;
}

CONFIG_KIND(nic, nics);
DEVICE_REMOVE(nic, "vif")
DEVICE_LIST(nic, "vif")
DEVICE_LIST_FREE(nic)

int libxl_device_nic_getinfo(libxl_ctx *ctx, uint32_t domid, const libxl_device_nic *nic,
                             libxl_nicinfo *info)
{
    struct device dev = {domid, nic->backend_domid, "vif", nic->devid, NULL};
    API_ENTER(ctx, domid);

    libxl_nicinfo_init(info);
    DEVICE_INFO(info, &dev);
    info->evtch = device_front_number(sc, &dev, "event-channel");
    info->rref_tx = device_front_number(sc, &dev, "tx-ring-ref");
    info->rref_rx = device_front_number(sc, &dev, "rx-ring-ref");
    API_LEAVE;
    return 0;
}

int libxl_devid_to_device_nic(libxl_ctx *ctx, uint32_t domid, int devid, libxl_device_nic *nic)
{
    int rc;
    API_ENTER(ctx, domid);

    libxl_device_nic_init(nic);
    rc = nic_read(sc, domid, devid, nic) ? ERROR_INVAL : 0;
    API_LEAVE;
    return rc;
}

int libxl_mac_to_device_nic(libxl_ctx *ctx, uint32_t domid, const char *mac, libxl_device_nic *nic)
{
    libxl_device_nic *list;
    libxl_mac want;
    int num, rc = ERROR_INVAL;

    libxl_device_nic_init(nic);
    if (sscanf(mac, LIBXL_MAC_FMT, &want[0], &want[1], &want[2], &want[3], &want[4], &want[5]) != 6)
        return ERROR_INVAL;
    list = libxl_device_nic_list(ctx, domid, &num);
    for (int i = 0; i < num && rc; i++) {
        if (memcmp(list[i].mac, want, sizeof(want)))
            continue;
        libxl_device_nic_copy(ctx, nic, &list[i]);
        rc = 0;
    }
    libxl_device_nic_list_free(list, num);
    return rc;
}

int libxl_device_nic_add(libxl_ctx *ctx, uint32_t domid, libxl_device_nic *nic,
                         const libxl_asyncop_how *ao_how)
{
    struct ao *ao = ao_begin(ctx, domid, ao_how);
    struct device_op *op = scope_alloc(&ao->sc, sizeof(*op));
    int rc = nic_defaults(&ao->sc, domid, false, nic);

    if (!rc)
        rc = nic_describe(&ao->sc, domid, nic, op);
    if (rc)
        return ao_finish(ao, rc);
    config_follow_add(ctx, op, &nic_kind, nic);
    return device_op_run(ao, op, true);
}
