/* SPDX-License-Identifier: MIT */
/* Rates of network cards: "10Mb/s", "1MB/s@20ms"; xl-network-configuration(5). */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

#include "cfg.h"

#define INTERVAL_DEFAULT_US 50000
#define US_PER_S            1000000

static int fail(XLU_Config *cfg, const char *text, const char *why)
{
    fprintf(cfg->report, "%s: config parsing error in vif: %s in `%s'\n",
            *cfg->source ? cfg->source : "command line", why, text);
    return EINVAL;
}

/* "NUMBER[G|M|K](b|B)/s" in bytes per second. */
static int parse_bytes(const char *s, const char *end, uint64_t *bytes)
{
    char *unit;
    uint64_t v, scale = 1;

    errno = 0;
    v = strtoull(s, &unit, 10);
    if (errno || unit == s || *s == '-')
        return EINVAL;
    if (*unit == 'G')
        scale = 1000000000;
    else if (*unit == 'M')
        scale = 1000000;
    else if (*unit == 'K')
        scale = 1000;
    if (scale != 1)
        unit++;
    if (end - unit != 3 || unit[1] != '/' || unit[2] != 's' || (*unit != 'b' && *unit != 'B'))
        return EINVAL;
    if (v > UINT64_MAX / scale)
        return EOVERFLOW;
    *bytes = *unit == 'b' ? v * scale / 8 : v * scale;
    return 0;
}

/* "NUMBER(s|ms|us)". */
static int parse_interval(const char *s, uint32_t *us)
{
    char *unit;
    unsigned long v, scale;

    errno = 0;
    v = strtoul(s, &unit, 10);
    if (errno || unit == s || *s == '-')
        return EINVAL;
    if (!strcmp(unit, "us"))
        scale = 1;
    else if (!strcmp(unit, "ms"))
        scale = 1000;
    else if (!strcmp(unit, "s"))
        scale = US_PER_S;
    else
        return EINVAL;
    if (!v || v > UINT32_MAX / scale)
        return EOVERFLOW;
    *us = (uint32_t)(v * scale);
    return 0;
}

int xlu_vif_parse_rate(XLU_Config *cfg, const char *rate, libxl_device_nic *nic)
{
    const char *at = strchr(rate, '@');
    uint64_t per_s = 0;
    uint32_t us = INTERVAL_DEFAULT_US;

    if (parse_bytes(rate, at ? at : rate + strlen(rate), &per_s))
        return fail(cfg, rate, "invalid rate");
    if (at && parse_interval(at + 1, &us))
        return fail(cfg, rate, "invalid replenishment interval");
    if (per_s > UINT64_MAX / us)
        return fail(cfg, rate, "rate overflow");
    nic->rate_bytes_per_interval = per_s * us / US_PER_S;
    nic->rate_interval_usecs = us;
    return 0;
}
