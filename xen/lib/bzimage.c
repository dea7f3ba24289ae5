/* SPDX-License-Identifier: MIT */
#include <xen/lib/bytes.h>
#include <xen/lib/bzimage.h>
#include <xen/lib/errno.h>
#include <xen/lib/string.h>

/* Offsets in the image. Source: Linux Documentation/x86/boot.rst. */
enum {
    SETUP_SECTS = 0x1f1,
    BOOT_FLAG = 0x1fe,
    HEADER_MAGIC = 0x202,
    VERSION = 0x206,
    LOADFLAGS = 0x211,
    PAYLOAD_OFFSET = 0x248,
    PAYLOAD_LENGTH = 0x24c,
    HEADER_END = 0x250,
};

#define BOOT_FLAG_VALUE 0xaa55
#define LOADED_HIGH     1
#define VERSION_PAYLOAD 0x0208
#define SECTOR          512
#define DEFAULT_SECTS   4 /* what 0 in setup_sects means */

int bzimage_parse(const void *image, size_t len, struct bzimage *out)
{
    const uint8_t *p = image;
    size_t start, offset, length;

    if (len < HEADER_END || get_le16(p + BOOT_FLAG) != BOOT_FLAG_VALUE ||
        memcmp(p + HEADER_MAGIC, "HdrS", 4) != 0)
        return -ENOENT;
    if (get_le16(p + VERSION) < VERSION_PAYLOAD || !(p[LOADFLAGS] & LOADED_HIGH))
        return -EINVAL;
    start = SECTOR * (1 + (size_t)(p[SETUP_SECTS] ? p[SETUP_SECTS] : DEFAULT_SECTS));
    offset = get_le32(p + PAYLOAD_OFFSET);
    length = get_le32(p + PAYLOAD_LENGTH);
    if (start > len || offset > len - start || length > len - start - offset || !length)
        return -EINVAL;
    out->version = get_le16(p + VERSION);
    out->payload = p + start + offset;
    out->payload_len = length;
    return 0;
}
