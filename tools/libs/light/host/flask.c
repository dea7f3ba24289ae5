/* SPDX-License-Identifier: MIT */
/* The security policy; everything here fails cleanly without one. */
#include "core/internal.h"

#define CONTEXT_MAX 1024 /* bytes of a security context */

static int failed(struct scope *sc, const char *what)
{
    if (errno == ENOSYS)
        return ERROR_INVAL; /* the hypervisor has no policy module */
    LOG_ERRNO(sc, "cannot %s", what);
    return ERROR_FAIL;
}

int libxl_flask_context_to_sid(libxl_ctx *ctx, char *buf, size_t len, uint32_t *ssidref)
{
    int rc;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    rc = xc_flask_context_to_sid(ctx->xch, buf, (uint32_t)len, ssidref)
             ? failed(sc, "look up the security context")
             : 0;
    API_LEAVE;
    return rc;
}

int libxl_flask_sid_to_context(libxl_ctx *ctx, uint32_t ssidref, char **buf, size_t *len)
{
    char *context = xmalloc0(CONTEXT_MAX);
    int rc = 0;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    if (xc_flask_sid_to_context(ctx->xch, (int)ssidref, context, CONTEXT_MAX)) {
        rc = failed(sc, "look up the security identifier");
        free(context);
    } else {
        *buf = context;
        *len = strlen(context);
    }
    API_LEAVE;
    return rc;
}

int libxl_flask_getenforce(libxl_ctx *ctx)
{
    int r = xc_flask_getenforce(ctx->xch);

    return r < 0 ? (errno == ENOSYS ? ERROR_INVAL : ERROR_FAIL) : r;
}

int libxl_flask_setenforce(libxl_ctx *ctx, int mode)
{
    int rc;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    rc = xc_flask_setenforce(ctx->xch, mode) < 0 ? failed(sc, "set the enforcing mode") : 0;
    API_LEAVE;
    return rc;
}

int libxl_flask_loadpolicy(libxl_ctx *ctx, void *policy, uint32_t size)
{
    int rc;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    rc = xc_flask_load(ctx->xch, policy, size) ? failed(sc, "load the policy") : 0;
    API_LEAVE;
    return rc;
}
