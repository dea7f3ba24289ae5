/* SPDX-License-Identifier: MIT */
/* xl-network-configuration(5): "KEY=VALUE,KEY=VALUE ...". */
#include <ctype.h>

#include "xl.h"

static void replace(char **to, const char *value)
{
    free(*to);
    *to = must_alloc(strdup(value));
}

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

int parse_vif(const char *spec, XLU_Config *cfg, libxl_device_nic *nic)
{
    char *copy = must_alloc(strdup(spec)), *save = NULL, *part;
    int rc = 0;

    for (part = strtok_r(copy, ",", &save); part && !rc; part = strtok_r(NULL, ",", &save)) {
        char *value;

        while (isspace((unsigned char)*part))
            part++;
        value = strchr(part, '=');
        if (!value) {
            fprintf(stderr, "unrecognized argument `%s'\n", part);
            rc = ERROR_INVAL;
            break;
        }
        *value++ = '\0';
        rc = parse_pair(part, value, cfg, nic);
    }
    free(copy);
    return rc;
}
