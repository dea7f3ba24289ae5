/* SPDX-License-Identifier: MIT */
/* What describes a device: "KEY=VALUE,KEY=VALUE ...". */
#include <ctype.h>

#include "xl.h"

void replace(char **to, const char *value)
{
    free(*to);
    *to = must_alloc(strdup(value));
}

int unknown_key(const char *key)
{
    fprintf(stderr, "unrecognized argument `%s'\n", key);
    return ERROR_INVAL;
}

int each_pair(const char *spec, int (*take)(const char *key, const char *value, void *arg),
              void *arg)
{
    char *copy = must_alloc(strdup(spec)), *save = NULL, *part;
    int rc = 0;

    for (part = strtok_r(copy, ",", &save); part && !rc; part = strtok_r(NULL, ",", &save)) {
        char *value;

        while (isspace((unsigned char)*part))
            part++;
        value = strchr(part, '=');
        if (value)
            *value++ = '\0';
        rc = value ? take(part, value, arg) : unknown_key(part);
    }
    free(copy);
    return rc;
}

/* xl-network-configuration(5). */

void vif_defaults(libxl_device_nic *nic)
{
    if (settings.vif_script)
        replace(&nic->script, settings.vif_script);
    if (settings.vif_bridge)
        replace(&nic->bridge, settings.vif_bridge);
    if (settings.vif_gatewaydev)
        replace(&nic->gatewaydev, settings.vif_gatewaydev);
    if (settings.vif_backend)
        replace(&nic->backend_domname, settings.vif_backend);
}

static int parse_mac(const char *s, libxl_mac mac)
{
    int used = 0;

    if (sscanf(s, LIBXL_MAC_FMT "%n", &mac[0], &mac[1], &mac[2], &mac[3], &mac[4], &mac[5],
               &used) == 6 &&
        !s[used])
        return 0;
    fprintf(stderr, "Invalid mac address '%s'\n", s);
    return ERROR_INVAL;
}

static int parse_pair(const char *key, const char *value, XLU_Config *cfg, libxl_device_nic *nic)
{
    const struct {
        const char *key;
        char **to;
    } strings[] = {
        {"bridge", &nic->bridge},         {"ip", &nic->ip},
        {"script", &nic->script},         {"vifname", &nic->ifname},
        {"model", &nic->model},           {"backend", &nic->backend_domname},
        {"gatewaydev", &nic->gatewaydev},
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(strings); i++) {
        if (!strcmp(key, strings[i].key)) {
            replace(strings[i].to, value);
            return 0;
        }
    }
    if (!strcmp(key, "mac"))
        return parse_mac(value, nic->mac);
    if (!strcmp(key, "rate"))
        return xlu_vif_parse_rate(cfg, value, nic) ? ERROR_INVAL : 0;
    if (!strcmp(key, "mtu")) {
        nic->mtu = atoi(value);
        return 0;
    }
    if (!strcmp(key, "devid")) {
        nic->devid = atoi(value);
        return 0;
    }
    if (!strcmp(key, "trusted")) {
        libxl_defbool_set(&nic->trusted, atoi(value));
        return 0;
    }
    if (!strcmp(key, "type")) {
        if (!strcmp(value, "ioemu"))
            nic->nictype = LIBXL_NIC_TYPE_VIF_IOEMU;
        else if (!strcmp(value, "vif"))
            nic->nictype = LIBXL_NIC_TYPE_VIF;
        else {
            fprintf(stderr, "Invalid parameter `type'.\n");
            return ERROR_INVAL;
        }
        return 0;
    }
    if (!strcmp(key, "accel") || !strncmp(key, "colo_", 5) || !strcmp(key, "forwarddev"))
        return 0;
    fprintf(stderr, "unrecognized argument `%s'\n", key);
    return ERROR_INVAL;
}

struct vif_target {
    XLU_Config *cfg;
    libxl_device_nic *nic;
};

static int take_vif_pair(const char *key, const char *value, void *arg)
{
    struct vif_target *t = arg;

    return parse_pair(key, value, t->cfg, t->nic);
}

int parse_vif(const char *spec, XLU_Config *cfg, libxl_device_nic *nic)
{
    struct vif_target t = {cfg, nic};

    return each_pair(spec, take_vif_pair, &t);
}

/* Keyboards. */

int take_vkb(const char *key, const char *value, void *arg)
{
    libxl_device_vkb *vkb = arg;
    const struct {
        const char *key;
        bool *to;
    } bools[] = {
        {"feature-disable-keyboard", &vkb->feature_disable_keyboard},
        {"feature-disable-pointer", &vkb->feature_disable_pointer},
        {"feature-abs-pointer", &vkb->feature_abs_pointer},
        {"feature-raw-pointer", &vkb->feature_raw_pointer},
        {"feature-multi-touch", &vkb->feature_multi_touch},
    };
    const struct {
        const char *key;
        uint32_t *to;
    } numbers[] = {
        {"width", &vkb->width},
        {"height", &vkb->height},
        {"multi-touch-width", &vkb->multi_touch_width},
        {"multi-touch-height", &vkb->multi_touch_height},
        {"multi-touch-num-contacts", &vkb->multi_touch_num_contacts},
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(bools); i++) {
        if (!strcmp(key, bools[i].key)) {
            *bools[i].to = strtoul(value, NULL, 0);
            return 0;
        }
    }
    for (unsigned int i = 0; i < ARRAY_SIZE(numbers); i++) {
        if (!strcmp(key, numbers[i].key)) {
            *numbers[i].to = (uint32_t)strtoul(value, NULL, 0);
            return 0;
        }
    }
    if (!strcmp(key, "backend"))
        replace(&vkb->backend_domname, value);
    else if (!strcmp(key, "unique-id"))
        replace(&vkb->unique_id, value);
    else if (strcmp(key, "backend-type") ||
             libxl_vkb_backend_from_string(value, &vkb->backend_type))
        return unknown_key(key);
    return 0;
}

int check_vkb(const libxl_device_vkb *vkb)
{
    bool any = vkb->multi_touch_width || vkb->multi_touch_height || vkb->multi_touch_num_contacts,
         all = vkb->multi_touch_width && vkb->multi_touch_height && vkb->multi_touch_num_contacts;

    if (vkb->backend_type == LIBXL_VKB_BACKEND_UNKNOWN) {
        fprintf(stderr, "backend-type should be set\n");
        return ERROR_INVAL;
    }
    if (any && !all) {
        fprintf(stderr, "multi-touch-width, multi-touch-height, multi-touch-num-contacts "
                        "should be set\n");
        return ERROR_INVAL;
    }
    return 0;
}
