/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "core/types.h"

void libxl_bitmap_init(libxl_bitmap *map)
{
    memset(map, 0, sizeof(*map));
}

void libxl_bitmap_dispose(libxl_bitmap *map)
{
    if (!map)
        return;
    free(map->map);
    libxl_bitmap_init(map);
}

int libxl_bitmap_alloc(libxl_ctx *ctx, libxl_bitmap *bitmap, int n_bits)
{
    (void)ctx;
    if (n_bits < 0)
        return ERROR_INVAL;
    bitmap->size = ((uint32_t)n_bits + 7) / 8;
    bitmap->map = xmalloc0(bitmap->size);
    return 0;
}

void libxl_bitmap_copy_alloc(libxl_ctx *ctx, libxl_bitmap *dptr, const libxl_bitmap *sptr)
{
    libxl_bitmap_alloc(ctx, dptr, (int)(sptr->size * 8));
    if (sptr->size)
        memcpy(dptr->map, sptr->map, sptr->size);
}

/* The two sizes may differ: what is missing is 0, what does not fit is lost. */
void libxl_bitmap_copy(libxl_ctx *ctx, libxl_bitmap *dptr, const libxl_bitmap *sptr)
{
    uint32_t size = dptr->size < sptr->size ? dptr->size : sptr->size;

    (void)ctx;
    if (dptr->size)
        memset(dptr->map, 0, dptr->size);
    if (size)
        memcpy(dptr->map, sptr->map, size);
}

int libxl_bitmap_is_full(const libxl_bitmap *bitmap)
{
    for (uint32_t i = 0; i < bitmap->size; i++)
        if (bitmap->map[i] != 0xff)
            return 0;
    return 1;
}

int libxl_bitmap_is_empty(const libxl_bitmap *bitmap)
{
    for (uint32_t i = 0; i < bitmap->size; i++)
        if (bitmap->map[i])
            return 0;
    return 1;
}

static bool inside(const libxl_bitmap *bitmap, int bit)
{
    return bit >= 0 && (uint32_t)bit < bitmap->size * 8;
}

int libxl_bitmap_test(const libxl_bitmap *bitmap, int bit)
{
    return inside(bitmap, bit) && (bitmap->map[bit / 8] & (1 << (bit % 8)));
}

void libxl_bitmap_set(libxl_bitmap *bitmap, int bit)
{
    if (inside(bitmap, bit))
        bitmap->map[bit / 8] |= (uint8_t)(1 << (bit % 8));
}

void libxl_bitmap_reset(libxl_bitmap *bitmap, int bit)
{
    if (inside(bitmap, bit))
        bitmap->map[bit / 8] &= (uint8_t) ~(1 << (bit % 8));
}

int libxl_bitmap_count_set(const libxl_bitmap *bitmap)
{
    int n = 0;

    for (uint32_t i = 0; i < bitmap->size; i++)
        n += __builtin_popcount(bitmap->map[i]);
    return n;
}

static uint8_t byte_of(const libxl_bitmap *m, uint32_t i)
{
    return i < m->size ? m->map[i] : 0;
}

static int combine(libxl_ctx *ctx, libxl_bitmap *out, const libxl_bitmap *a, const libxl_bitmap *b,
                   bool both)
{
    uint32_t size = a->size > b->size ? a->size : b->size;
    int rc = libxl_bitmap_alloc(ctx, out, (int)(size * 8));

    for (uint32_t i = 0; i < size && !rc; i++)
        out->map[i] = both ? byte_of(a, i) & byte_of(b, i) : byte_of(a, i) | byte_of(b, i);
    return rc;
}

int libxl_bitmap_or(libxl_ctx *ctx, libxl_bitmap *or_map, const libxl_bitmap *map1,
                    const libxl_bitmap *map2)
{
    return combine(ctx, or_map, map1, map2, false);
}

int libxl_bitmap_and(libxl_ctx *ctx, libxl_bitmap *and_map, const libxl_bitmap *map1,
                     const libxl_bitmap *map2)
{
    return combine(ctx, and_map, map1, map2, true);
}

char *libxl_bitmap_to_hex_string(libxl_ctx *ctx, const libxl_bitmap *bitmap)
{
    char *s = xmalloc0((size_t)bitmap->size * 2 + 3), *p = s + 2;

    (void)ctx;
    memcpy(s, "0x", 2);
    for (uint32_t i = bitmap->size; i-- > 0; p += 2)
        snprintf(p, 3, "%02x", bitmap->map[i]);
    return s;
}
