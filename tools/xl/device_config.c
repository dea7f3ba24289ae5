/* SPDX-License-Identifier: MIT */
/* What describes a device: "KEY=VALUE,KEY=VALUE ...". */
#include <ctype.h>
#include <limits.h>

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

/* Six octets with anything between them; what follows does not matter, and those before a mistake
 * hold. */
static int take_mac(const char *s, libxl_mac mac)
{
    const char *at = s;

    for (unsigned int i = 0; i < sizeof(libxl_mac); i++) {
        char *end;
        unsigned long octet = strtoul(at, &end, 16);

        if (!isxdigit((unsigned char)*at) || octet > 0xff) {
            fprintf(stderr, "Invalid mac address '%s'\n", s);
            return ERROR_INVAL;
        }
        mac[i] = (uint8_t)octet;
        at = *end ? end + 1 : end;
    }
    return 0;
}

static int number_or_exit(const char *s, bool below_zero)
{
    char *end;
    long v = strtol(s, &end, 10);

    if (end == s || v > INT_MAX || v < INT_MIN || (v < 0 && !below_zero)) {
        fprintf(stderr, "xl: no number: \"%s\"\n", s);
        exit(EXIT_BAD);
    }
    return (int)v;
}

static int take_nic_type(const char *s, libxl_device_nic *nic)
{
    if (!strcmp(s, "ioemu")) {
        nic->nictype = LIBXL_NIC_TYPE_VIF_IOEMU;
    } else if (!strcmp(s, "vif")) {
        nic->nictype = LIBXL_NIC_TYPE_VIF;
    } else {
        fprintf(stderr, "type= is vif or ioemu, not \"%s\"\n", s);
        return ERROR_INVAL;
    }
    return 0;
}

static int take_nic_value(const char *key, const char *value, XLU_Config *cfg,
                          libxl_device_nic *nic)
{
    if (!strcmp(key, "mac="))
        return take_mac(value, nic->mac);
    if (!strcmp(key, "type="))
        return take_nic_type(value, nic);
    if (!strcmp(key, "rate=")) {
        if (xlu_vif_parse_rate(cfg, value, nic))
            exit(EXIT_BAD);
    } else if (!strcmp(key, "mtu=")) {
        nic->mtu = number_or_exit(value, true);
    } else if (!strcmp(key, "devid=")) {
        nic->devid = number_or_exit(value, false);
    } else {
        fprintf(stderr, "the accel parameter of vifs has no effect\n");
    }
    return 0;
}

/* "KEY=VALUE", with nothing round the "=", or one of the two words. */
static int take_nic_item(const char *item, XLU_Config *cfg, libxl_device_nic *nic)
{
    static const char *const values[] = {"mac=", "type=", "rate=", "mtu=", "devid=", "accel="};
    const struct {
        const char *key;
        char **to;
    } strings[] = {
        {"bridge=", &nic->bridge},         {"ip=", &nic->ip},
        {"script=", &nic->script},         {"vifname=", &nic->ifname},
        {"model=", &nic->model},           {"backend=", &nic->backend_domname},
        {"gatewaydev=", &nic->gatewaydev}, {"forwarddev=", &nic->coloft_forwarddev},
        {"netdev=", &nic->gatewaydev}, /* what it was called */
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(strings); i++) {
        if (!strncmp(item, strings[i].key, strlen(strings[i].key))) {
            replace(strings[i].to, item + strlen(strings[i].key));
            return 0;
        }
    }
    for (unsigned int i = 0; i < ARRAY_SIZE(values); i++)
        if (!strncmp(item, values[i], strlen(values[i])))
            return take_nic_value(values[i], item + strlen(values[i]), cfg, nic);
    if (strcmp(item, "trusted") && strcmp(item, "untrusted"))
        return unknown_key(item);
    libxl_defbool_set(&nic->trusted, !strcmp(item, "trusted"));
    return 0;
}

int parse_vif(const char *spec, XLU_Config *cfg, libxl_device_nic *nic, bool lenient)
{
    char *copy = must_alloc(strdup(spec)), *save = NULL, *part;
    int rc = 0;

    for (part = strtok_r(copy, ",", &save); part && !rc; part = strtok_r(NULL, ",", &save)) {
        rc = take_nic_item(part + strspn(part, " \t"), cfg, nic);
        rc = lenient ? 0 : rc;
    }
    free(copy);
    return rc;
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
