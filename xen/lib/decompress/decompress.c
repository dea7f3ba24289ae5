/* SPDX-License-Identifier: MIT */
#include <stdbool.h>

#include <xen/lib/bytes.h>
#include <xen/lib/decompress.h>
#include <xen/lib/errno.h>
#include <xen/lib/string.h>

#include "scratch.h"

typedef int decoder(const void *in, size_t in_len, void *out, size_t out_cap, size_t *out_len,
                    void *scratch);

static const struct format {
    uint8_t magic_len;
    uint8_t magic[6];
    decoder *decode;
    int (*plain_size)(const uint8_t *in, size_t len, uint64_t *size);
} formats[] = {
    {6, {0xfd, '7', 'z', 'X', 'Z', 0}, decompress_xz, xz_plain_size},
    {3, {0x1f, 0x8b, 8}, decompress_gzip, NULL},
    {4, {0x28, 0xb5, 0x2f, 0xfd}, decompress_zstd, zstd_plain_size},
    {4, {0x02, 0x21, 0x4c, 0x18}, decompress_lz4, NULL},
    {4, {0x04, 0x22, 0x4d, 0x18}, decompress_lz4, NULL},
    /* No magic number: the usual properties, and a window size whose low bytes are zero. */
    {3, {0x5d, 0, 0}, decompress_lzma, NULL},
};

static const struct format *find_format(const uint8_t *in, size_t len)
{
    for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
        if (len >= formats[i].magic_len && memcmp(in, formats[i].magic, formats[i].magic_len) == 0)
            return &formats[i];
    }
    return NULL;
}

size_t decompress_scratch(void)
{
    return sizeof(union decompress_scratch);
}

int decompress(const void *in, size_t in_len, void *out, size_t out_cap, size_t *out_len,
               void *scratch)
{
    const struct format *f = find_format(in, in_len);

    return f ? f->decode(in, in_len, out, out_cap, out_len, scratch) : -ENOENT;
}

int decompress_size_hint(const void *in, size_t in_len, uint64_t *size)
{
    const struct format *f = find_format(in, in_len);

    if (!f)
        return -ENOENT;
    if (f->plain_size && f->plain_size(in, in_len, size) == 0)
        return 0;
    if (in_len < 8)
        return -EINVAL;
    *size = get_le32((const uint8_t *)in + in_len - 4);
    return 0;
}
