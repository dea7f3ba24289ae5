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

struct kind_change {
    const struct config_kind *kind;
    const void *device; /* what is the same is dropped first */
    bool put;
};

static void change_kind(libxl_ctx *ctx, libxl_domain_config *c, const void *arg)
{
    const struct kind_change *change = arg;
    const struct config_kind *k = change->kind;
    void **array = (void **)(void *)((char *)c + k->array);
    int *nr = (int *)(void *)((char *)c + k->count);

    for (int i = 0; i < *nr; i++) {
        char *device = (char *)*array + (size_t)i * k->size;

        if (!k->same(device, change->device))
            continue;
        k->dispose(device);
        array_drop(*array, nr, i--, k->size);
    }
    if (!change->put)
        return;
    *array = xrealloc(*array, (size_t)(*nr + 1) * k->size);
    k->copy(ctx, (char *)*array + (size_t)(*nr)++ * k->size, change->device);
}

int config_add(struct scope *sc, uint32_t domid, const struct config_kind *kind, const void *device)
{
    struct kind_change change = {kind, device, true};

    return config_change(sc, domid, change_kind, &change);
}

int config_remove(struct scope *sc, uint32_t domid, const struct config_kind *kind,
                  const void *device)
{
    struct kind_change change = {kind, device, false};

    return config_change(sc, domid, change_kind, &change);
}

static int commit_add(struct scope *sc, struct device_op *op, int rc)
{
    if (!rc)
        rc = config_add(sc, op->dev.domid, op->kind, op->device);
    op->kind->dispose(op->device);
    return rc;
}

static int commit_remove(struct scope *sc, struct device_op *op, int rc)
{
    if (!rc)
        rc = config_remove(sc, op->dev.domid, op->kind, op->device);
    op->kind->dispose(op->device);
    return rc;
}

static void follow(libxl_ctx *ctx, struct device_op *op, const struct config_kind *kind,
                   const void *device)
{
    op->kind = kind;
    op->device = scope_alloc(op->sc, kind->size);
    kind->copy(ctx, op->device, device);
}

void config_follow_add(libxl_ctx *ctx, struct device_op *op, const struct config_kind *kind,
                       const void *device)
{
    follow(ctx, op, kind, device);
    op->commit = commit_add;
}

void config_follow_remove(libxl_ctx *ctx, struct device_op *op, const struct config_kind *kind,
                          const void *device)
{
    follow(ctx, op, kind, device);
    op->commit = commit_remove;
}
