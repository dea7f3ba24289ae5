/* SPDX-License-Identifier: MIT */
/* Keeping the stored configuration in step when devices come and go. A domain without one (dom0's
 * may be missing) is no error. */
#ifndef LIBXL_DEVICE_CONFIG_H
#define LIBXL_DEVICE_CONFIG_H

#include "device/device.h"

/* Where the configuration has the devices of a kind, and how to handle one. */
struct config_kind {
    size_t size;         /* of an element */
    size_t array, count; /* where the configuration has the two */
    bool (*same)(const void *a, const void *b);
    void (*copy)(libxl_ctx *ctx, void *to, const void *from);
    void (*dispose)(void *device);
};

/* For most kinds @is_same compares numbers; CONFIG_KIND_SAME's is declared here, to be defined. */
#define CONFIG_KIND(kind, field)                                                                   \
    CONFIG_KIND_SAME(kind, field, kind##_same);                                                    \
    static bool kind##_same(const void *a, const void *b)                                          \
    {                                                                                              \
        return ((const libxl_device_##kind *)a)->devid == ((const libxl_device_##kind *)b)->devid; \
    }

#define CONFIG_KIND_SAME(kind, field, is_same)                                                     \
    static bool is_same(const void *a, const void *b);                                             \
    static void kind##_copy(libxl_ctx *ctx, void *to, const void *from)                            \
    {                                                                                              \
        libxl_device_##kind##_copy(ctx, to, from);                                                 \
    }                                                                                              \
    static void kind##_dispose(void *device)                                                       \
    {                                                                                              \
        libxl_device_##kind##_dispose(device);                                                     \
    }                                                                                              \
    static const struct config_kind kind##_kind = {                                                \
        sizeof(libxl_device_##kind),                                                               \
        offsetof(libxl_domain_config, field),                                                      \
        offsetof(libxl_domain_config, num_##field),                                                \
        is_same,                                                                                   \
        kind##_copy,                                                                               \
        kind##_dispose,                                                                            \
    }

int config_add(struct scope *sc, uint32_t domid, const struct config_kind *kind,
               const void *device);
int config_remove(struct scope *sc, uint32_t domid, const struct config_kind *kind,
                  const void *device);

/* An operation of device_op_run() that keeps the configuration in step; @device is copied. */
void config_follow_add(libxl_ctx *ctx, struct device_op *op, const struct config_kind *kind,
                       const void *device);
void config_follow_remove(libxl_ctx *ctx, struct device_op *op, const struct config_kind *kind,
                          const void *device);

#endif
