/* SPDX-License-Identifier: MIT */
#include <asm/domain_build.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>

/* Little endian. */
struct image_header {
    uint32_t code0, code1;
    uint64_t text_offset, image_size, flags, res2, res3, res4;
    uint32_t magic, res5;
};
#define IMAGE_MAGIC      0x644d5241U /* "ARM\x64" */
#define IMAGE_BIG_ENDIAN 1U
#define IMAGE_ANY_BASE   8U
#define OLD_TEXT_OFFSET  0x80000U /* before Linux 3.17 the fields were 0 */

#define ZIMAGE_MAGIC_AT 0x24
#define ZIMAGE_MAGIC    0x016f2818U

static bool is_zimage(const char *file, size_t len)
{
    uint32_t magic;

    if (len < ZIMAGE_MAGIC_AT + sizeof(magic))
        return false;
    memcpy(&magic, file + ZIMAGE_MAGIC_AT, sizeof(magic));
    return magic == ZIMAGE_MAGIC;
}

int arm_image_parse(const void *file, size_t len, struct arm_image *out)
{
    struct image_header h;

    if (len < sizeof(h))
        return -EINVAL;
    memcpy(&h, file, sizeof(h));
    if (h.magic != IMAGE_MAGIC)
        return is_zimage(file, len) ? -EOPNOTSUPP : -EINVAL;
    if (h.flags & IMAGE_BIG_ENDIAN)
        return -EOPNOTSUPP;
    *out = (struct arm_image){
        .text_offset = h.image_size ? h.text_offset : OLD_TEXT_OFFSET,
        .size = max_t(uint64_t, h.image_size, len),
        .any_base = h.image_size && (h.flags & IMAGE_ANY_BASE),
        .efi = (h.code0 & 0xffff) == 0x5a4d, /* "MZ" */
    };
    if (out->text_offset >= MB(2) || out->text_offset % PAGE_SIZE || out->size > GB(1))
        return -EINVAL;
    return 0;
}
