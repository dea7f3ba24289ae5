/* SPDX-License-Identifier: MIT */
#include "core/store.h"

#include <stdio.h>

char *store_dom(struct scope *sc, uint32_t domid)
{
    return scope_printf(sc, "/local/domain/%u", domid);
}

char *store_libxl(struct scope *sc, uint32_t domid)
{
    return scope_printf(sc, "/libxl/%u", domid);
}

char *store_vm(struct scope *sc, uint32_t domid)
{
    return store_readf(sc, XBT_NULL, "/local/domain/%u/vm", domid);
}

char *store_read(struct scope *sc, xs_transaction_t t, const char *path)
{
    char *v = xs_read(sc->ctx->xsh, t, path, NULL);

    if (!v && errno != ENOENT && errno != ENOTDIR)
        LOG_ERRNO(sc, "cannot read %s from xenstore", path);
    return scope_adopt(sc, v);
}

char *store_readf(struct scope *sc, xs_transaction_t t, const char *fmt, ...)
{
    char path[512];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(path, sizeof(path), fmt, ap);
    va_end(ap);
    return store_read(sc, t, path);
}

long store_read_long(struct scope *sc, const char *path)
{
    char *s = store_read(sc, XBT_NULL, path), *end;
    long v;

    if (!s || !*s)
        return -1;
    v = strtol(s, &end, 10);
    return *end ? -1 : v;
}

char **store_list(struct scope *sc, xs_transaction_t t, const char *path, unsigned int *nr)
{
    char **list = xs_directory(sc->ctx->xsh, t, path, nr);

    if (!list) {
        *nr = 0;
        if (errno != ENOENT)
            LOG_ERRNO(sc, "cannot list %s in xenstore", path);
    }
    return scope_adopt(sc, list);
}

int store_write(struct scope *sc, xs_transaction_t t, const char *path, const char *value)
{
    if (xs_write(sc->ctx->xsh, t, path, value, (unsigned int)strlen(value)))
        return 0;
    LOG_ERRNO(sc, "cannot write %s to xenstore", path);
    return ERROR_FAIL;
}

int store_writef(struct scope *sc, xs_transaction_t t, const char *path, const char *fmt, ...)
{
    char *value;
    va_list ap;
    int n, rc;

    va_start(ap, fmt);
    n = vasprintf(&value, fmt, ap);
    va_end(ap);
    if (n < 0)
        return ERROR_NOMEM;
    rc = store_write(sc, t, path, value);
    free(value);
    return rc;
}

int store_make(struct scope *sc, xs_transaction_t t, const char *path, uint32_t owner,
               unsigned int others, uint32_t reader)
{
    struct xs_permissions perms[2] = {{.id = owner, .perms = XS_PERM_NONE},
                                      {.id = reader, .perms = others}};

    if (store_write(sc, t, path, ""))
        return ERROR_FAIL;
    if (xs_set_permissions(sc->ctx->xsh, t, path, perms, others == XS_PERM_NONE ? 1 : 2))
        return 0;
    LOG_ERRNO(sc, "cannot set the rights of %s in xenstore", path);
    return ERROR_FAIL;
}

int store_rm(struct scope *sc, xs_transaction_t t, const char *path)
{
    if (xs_rm(sc->ctx->xsh, t, path) || errno == ENOENT)
        return 0;
    LOG_ERRNO(sc, "cannot remove %s from xenstore", path);
    return ERROR_FAIL;
}

int store_prune(struct scope *sc, xs_transaction_t t, const char *path, unsigned int above)
{
    char *p = scope_strdup(sc, path), *slash;
    int rc = store_rm(sc, t, p);

    while (!rc && above-- && (slash = strrchr(p, '/')) && slash != p) {
        unsigned int nr = 1;
        char **list;

        *slash = '\0';
        list = xs_directory(sc->ctx->xsh, t, p, &nr);
        free(list);
        if (list && nr)
            break;
        if (list)
            rc = store_rm(sc, t, p);
    }
    return rc;
}

int store_transact(struct scope *sc, int (*fn)(struct scope *, xs_transaction_t, void *), void *arg)
{
    for (;;) {
        xs_transaction_t t = xs_transaction_start(sc->ctx->xsh);
        int rc;

        if (t == XBT_NULL) {
            LOG_ERRNO(sc, "cannot start a xenstore transaction");
            return ERROR_FAIL;
        }
        rc = fn(sc, t, arg);
        if (rc) {
            xs_transaction_end(sc->ctx->xsh, t, true);
            return rc;
        }
        if (xs_transaction_end(sc->ctx->xsh, t, false))
            return 0;
        if (errno != EAGAIN) {
            LOG_ERRNO(sc, "cannot commit a xenstore transaction");
            return ERROR_FAIL;
        }
    }
}
