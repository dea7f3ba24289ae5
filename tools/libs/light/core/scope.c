/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "core/internal.h"

/* An arena: small pieces come out of blocks, adopted memory gets a block of its own. */
#define BLOCK_BYTES 4000

struct scope_block {
    struct scope_block *next;
    void *adopted;
    size_t used, size;
    char bytes[];
};

static struct scope_block *block_new(struct scope *sc, size_t size)
{
    struct scope_block *b = xmalloc0(sizeof(*b) + size);

    b->size = size;
    b->next = sc->blocks;
    sc->blocks = b;
    return b;
}

void *scope_alloc(struct scope *sc, size_t size)
{
    struct scope_block *b = sc->blocks;
    void *p;

    size = (size + 15) & ~(size_t)15;
    if (!b || b->size - b->used < size)
        b = block_new(sc, size > BLOCK_BYTES ? size : BLOCK_BYTES);
    p = b->bytes + b->used;
    b->used += size;
    return p;
}

char *scope_strdup(struct scope *sc, const char *s)
{
    size_t len = s ? strlen(s) + 1 : 0;

    return s ? memcpy(scope_alloc(sc, len), s, len) : NULL;
}

char *scope_printf(struct scope *sc, const char *fmt, ...)
{
    char buf[256], *s;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(buf, sizeof(buf), fmt, ap);
    va_end(ap);
    if (n < 0)
        abort();
    if ((size_t)n < sizeof(buf))
        return scope_strdup(sc, buf);
    s = scope_alloc(sc, (size_t)n + 1);
    va_start(ap, fmt);
    vsnprintf(s, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return s;
}

void *scope_adopt(struct scope *sc, void *p)
{
    if (p)
        block_new(sc, 0)->adopted = p;
    return p;
}

void scope_free(struct scope *sc)
{
    while (sc->blocks) {
        struct scope_block *b = sc->blocks;

        sc->blocks = b->next;
        free(b->adopted);
        free(b);
    }
}

void log_at(const struct scope *sc, xentoollog_level level, int errnoval, const char *file,
            int line, const char *func, const char *fmt, ...)
{
    const char *base = strrchr(file, '/');
    char msg[1024], dom[32] = "";
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(msg, sizeof(msg), fmt, ap);
    va_end(ap);
    if (sc->domid != (uint32_t)INVALID_DOMID)
        snprintf(dom, sizeof(dom), "Domain %u:", sc->domid);
    xtl_log(sc->ctx->lg, level, errnoval, "libxl", "%s:%d:%s: %s%s", base ? base + 1 : file, line,
            func, dom, msg);
}
