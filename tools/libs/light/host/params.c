/* SPDX-License-Identifier: MIT */
/* Options of the running hypervisor, through its file system. */
#include <errno.h>

#include "core/internal.h"

#include <xenhypfs.h>

/* "NAME=VALUE"; "NAME" and "no-NAME" for booleans. */
static int set_one(struct scope *sc, xenhypfs_handle *fs, char *text)
{
    char *value = strchr(text, '='), *name = text;

    if (value)
        *value++ = '\0';
    else if (!strncmp(text, "no-", 3)) {
        name = text + 3;
        value = scope_strdup(sc, "0");
    } else {
        value = scope_strdup(sc, "1");
    }
    if (!xenhypfs_write(fs, scope_printf(sc, "/params/%s", name), value))
        return 0;
    LOG_ERRNO(sc, "cannot set parameter %s to %s", name, value);
    return ERROR_FAIL;
}

int libxl_set_parameters(libxl_ctx *ctx, char *params)
{
    xenhypfs_handle *fs = xenhypfs_open(ctx->lg, 0);
    char *copy, *save = NULL, *part;
    int rc = 0;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    if (!fs) {
        LOG_ERRNO(sc, "the hypervisor's file system cannot be reached");
        rc = ERROR_FAIL;
    } else {
        copy = scope_strdup(sc, params);
        for (part = strtok_r(copy, " ", &save); part && !rc; part = strtok_r(NULL, " ", &save))
            rc = set_one(sc, fs, part);
        xenhypfs_close(fs);
    }
    API_LEAVE;
    return rc;
}
