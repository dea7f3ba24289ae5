/* SPDX-License-Identifier: MIT */
/*
 * What every file of libxl needs: the context, scratch memory, logging, errors.
 *
 * Locks: the context has one recursive lock. Public functions take it on entry, everything
 *        internal runs with it held, and callbacks into the program run without it.
 */
#ifndef LIBXL_CORE_INTERNAL_H
#define LIBXL_CORE_INTERNAL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include <xenctrl.h>
#include <xenstore.h>

#include "core/types.h"
#include "libxl_event.h"

/* The tests have them elsewhere. */
#ifndef XEN_LIB_DIR
#define XEN_LIB_DIR "/var/lib/xen"
#define XEN_RUN_DIR "/var/run/xen"
#define XEN_LOG_DIR "/var/log/xen"
#endif
#define XEN_SCRIPT_DIR "/etc/xen/scripts"

#define ARRAY_SIZE(a)                (sizeof(a) / sizeof((a)[0]))
#define CONTAINER_OF(p, type, field) ((type *)(void *)((char *)(p)-offsetof(type, field)))

/* Memory that lasts as long as one call or one operation. Allocation does not fail. */
struct scope_block;
struct scope {
    libxl_ctx *ctx;
    uint32_t domid; /* named in messages; INVALID_DOMID: none */
    struct scope_block *blocks;
};

void *scope_alloc(struct scope *sc, size_t size);    /* zeroed */
char *scope_strdup(struct scope *sc, const char *s); /* NULL stays NULL */
char *scope_printf(struct scope *sc, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Take over memory from malloc. */
void *scope_adopt(struct scope *sc, void *p);
void scope_free(struct scope *sc);

struct libxl__ctx {
    xentoollog_logger *lg;
    xc_interface *xch;
    struct xs_handle *xsh;
    pthread_mutex_t lock;
    unsigned int depth; /* of the lock, of its holder */
    struct loop *loop;  /* core/loop.h */
    libxl_version_info version;
    bool version_known;
};

void ctx_lock(libxl_ctx *ctx);
/* Leaving the outermost level delivers what waits for the program. */
void ctx_unlock(libxl_ctx *ctx);

#define API_ENTER(context, dom)                                                                    \
    struct scope scope_ = {.ctx = (context), .domid = (dom)}, *sc = &scope_;                       \
    ctx_lock(context)
#define API_LEAVE                                                                                  \
    do {                                                                                           \
        scope_free(sc);                                                                            \
        ctx_unlock(sc->ctx);                                                                       \
    } while (0)

void log_at(const struct scope *sc, xentoollog_level level, int errnoval, const char *file,
            int line, const char *func, const char *fmt, ...) __attribute__((format(printf, 7, 8)));
#define LOG_LEVEL(sc, level, errnoval, ...)                                                        \
    log_at((sc), (level), (errnoval), __FILE__, __LINE__, __func__, __VA_ARGS__)
#define LOG_DEBUG(sc, ...)  LOG_LEVEL(sc, XTL_DEBUG, -1, __VA_ARGS__)
#define LOG_INFO(sc, ...)   LOG_LEVEL(sc, XTL_INFO, -1, __VA_ARGS__)
#define LOG_NOTICE(sc, ...) LOG_LEVEL(sc, XTL_NOTICE, -1, __VA_ARGS__)
#define LOG_WARN(sc, ...)   LOG_LEVEL(sc, XTL_WARN, -1, __VA_ARGS__)
#define LOG_ERROR(sc, ...)  LOG_LEVEL(sc, XTL_ERROR, -1, __VA_ARGS__)
#define LOG_ERRNO(sc, ...)  LOG_LEVEL(sc, XTL_ERROR, errno, __VA_ARGS__) /* adds strerror */

/* Common to all of the host. */
int physinfo_get(struct scope *sc, xc_physinfo_t *out);
int cpus_max(struct scope *sc);

#endif
