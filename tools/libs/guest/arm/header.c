/* SPDX-License-Identifier: MIT */
#include "header.h"

#include <string.h>

#define HEADER_SIZE     64u
#define MAGIC           "ARM\x64"
#define FLAG_BIG_ENDIAN 1u
#define OLD_TEXT_OFFSET 0x80000u /* of kernels that tell no size */
#define OLD_BSS_ROOM    0x400000u
#define TWO_MIB         0x200000u
#define SIZE_LIMIT      (1ULL << 32)

enum header_field {
    AT_TEXT_OFFSET = 8,
    AT_IMAGE_SIZE = 16,
    AT_FLAGS = 24,
    AT_MAGIC = 56,
};

static uint64_t le64(const uint8_t *p)
{
    uint64_t v = 0;

    for (int i = 7; i >= 0; i--)
        v = v << 8 | p[i];
    return v;
}

int arm_image_parse(const void *blob, size_t size, struct arm_image *out)
{
    const uint8_t *h = blob;

    if (size < HEADER_SIZE || memcmp(h + AT_MAGIC, MAGIC, 4))
        return -1;
    out->text_offset = le64(h + AT_TEXT_OFFSET);
    out->mem_size = le64(h + AT_IMAGE_SIZE);
    if (!out->mem_size) {
        out->text_offset = OLD_TEXT_OFFSET;
        out->mem_size = size + OLD_BSS_ROOM;
    }
    if (out->mem_size < size)
        out->mem_size = size;
    if (le64(h + AT_FLAGS) & FLAG_BIG_ENDIAN || out->text_offset >= TWO_MIB ||
        out->text_offset % 4096 || out->mem_size >= SIZE_LIMIT)
        return -1;
    return 0;
}
