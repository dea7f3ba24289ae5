/* SPDX-License-Identifier: MIT */
/*
 * The functions of the interface that are the same for most kinds of devices, made of what a kind
 * has itself (NAME stands for disk, nic, vtpm ...):
 *
 *   NAME_read()      fills in a structure of which init has been called, from the toolstack's
 * record NAME_defaults()  of a device of @domid that is to come NAME_describe()  as an operation
 *   NAME_kind        by CONFIG_KIND()
 */
#ifndef LIBXL_DEVICE_INTERFACE_H
#define LIBXL_DEVICE_INTERFACE_H

#include "device/config.h"

/* clang-format off */
#define DEVICE_ADD(type)                                                                           \
    int libxl_device_##type##_add(libxl_ctx *ctx, uint32_t domid, libxl_device_##type *d,          \
                                  const libxl_asyncop_how *ao_how)                                 \
    {                                                                                              \
        struct ao *ao = ao_begin(ctx, domid, ao_how);                                              \
        struct device_op *op = scope_alloc(&ao->sc, sizeof(*op));                                  \
        int rc = type##_defaults(&ao->sc, domid, d);                                               \
                                                                                                   \
        if (!rc)                                                                                   \
            rc = type##_describe(&ao->sc, domid, d, op);                                           \
        if (rc)                                                                                    \
            return ao_finish(ao, rc);                                                              \
        config_follow_add(ctx, op, &type##_kind, d);                                               \
        return device_op_run(ao, op, true);                                                        \
    }

/* By a type_take_away(ctx, domid, d, ao_how, force) of the kind's own. */
#define DEVICE_REMOVE_VERB(type, verb, force)                                                      \
    int libxl_device_##type##_##verb(libxl_ctx *ctx, uint32_t domid, libxl_device_##type *d,       \
                                     const libxl_asyncop_how *ao_how)                              \
    {                                                                                              \
        return type##_take_away(ctx, domid, d, ao_how, force);                                     \
    }
#define DEVICE_REMOVE_BY(type)                                                                     \
    DEVICE_REMOVE_VERB(type, remove, false)                                                        \
    DEVICE_REMOVE_VERB(type, destroy, true)

/* @kind_name may look at the device, d. */
#define DEVICE_REMOVE(type, kind_name)                                                             \
    static int type##_take_away(libxl_ctx *ctx, uint32_t domid, const libxl_device_##type *d,      \
                                const libxl_asyncop_how *ao_how, bool force)                       \
    {                                                                                              \
        struct device dev = {domid, d->backend_domid, kind_name, d->devid, NULL};                  \
                                                                                                   \
        return device_take_away(ctx, &dev, &type##_kind, d, ao_how, force);                        \
    }                                                                                              \
    DEVICE_REMOVE_BY(type)

#define DEVICE_LIST_APPEND(type)                                                                   \
    static void list_append_##type(struct scope *sc, uint32_t domid, const char *kind,             \
                                   libxl_device_##type **list, int *num)                           \
    {                                                                                              \
        int *ids;                                                                                  \
        unsigned int nr = device_ids(sc, domid, kind, &ids);                                       \
                                                                                                   \
        if (nr)                                                                                    \
            *list = xrealloc(*list, (size_t)((unsigned int)*num + nr) * sizeof(**list));           \
        for (unsigned int i = 0; i < nr; i++) {                                                    \
            libxl_device_##type##_init(&(*list)[*num]);                                            \
            if (!type##_read(sc, domid, ids[i], &(*list)[*num]))                                   \
                (*num)++;                                                                          \
            else                                                                                   \
                libxl_device_##type##_dispose(&(*list)[*num]);                                     \
        }                                                                                          \
    }

#define DEVICE_LIST(type, kind_name)                                                               \
    DEVICE_LIST_APPEND(type)                                                                       \
    libxl_device_##type *libxl_device_##type##_list(libxl_ctx *ctx, uint32_t domid, int *num)      \
    {                                                                                              \
        libxl_device_##type *list = NULL;                                                          \
        API_ENTER(ctx, domid);                                                                     \
                                                                                                   \
        *num = 0;                                                                                  \
        list_append_##type(sc, domid, kind_name, &list, num);                                      \
        API_LEAVE;                                                                                 \
        return list;                                                                               \
    }

#define DEVICE_LIST_FREE(type)                                                                     \
    void libxl_device_##type##_list_free(libxl_device_##type *list, int num)                       \
    {                                                                                              \
        for (int i = 0; i < num; i++)                                                              \
            libxl_device_##type##_dispose(&list[i]);                                               \
        free(list);                                                                                \
    }

#define DEVICE_FIND(type)                                                                          \
    int libxl_devid_to_device_##type(libxl_ctx *ctx, uint32_t domid, int devid,                    \
                                     libxl_device_##type *d)                                       \
    {                                                                                              \
        int rc;                                                                                    \
        API_ENTER(ctx, domid);                                                                     \
                                                                                                   \
        libxl_device_##type##_init(d);                                                             \
        rc = type##_read(sc, domid, devid, d) ? ERROR_NOTFOUND : 0;                                \
        API_LEAVE;                                                                                 \
        return rc;                                                                                 \
    }

/* All of it, for a kind that has one name in the store. */
#define DEVICE_INTERFACE(type, kind_name)                                                          \
    DEVICE_ADD(type)                                                                               \
    DEVICE_REMOVE(type, kind_name)                                                                 \
    DEVICE_LIST(type, kind_name)                                                                   \
    DEVICE_LIST_FREE(type)                                                                         \
    DEVICE_FIND(type)

/* What all info structures begin with; @info has been initialised, a scope sc is there. */
#define DEVICE_INFO(info, dev)                                                                     \
    do {                                                                                           \
        (info)->devid = (dev)->devid;                                                              \
        (info)->backend = xstrdup(device_back_path(sc, dev));                                      \
        (info)->backend_id = (dev)->backend_domid;                                                 \
        (info)->frontend = xstrdup(device_front_path(sc, dev));                                    \
        (info)->frontend_id = (dev)->domid;                                                        \
        (info)->state = device_front_number(sc, dev, "state");                                     \
    } while (0)
/* clang-format on */

#endif
