/* SPDX-License-Identifier: MIT */
#ifndef XEN_LIB_BZIMAGE_H
#define XEN_LIB_BZIMAGE_H

#include <stddef.h>
#include <stdint.h>

#include <xen/lib/compiler.h>

struct bzimage {
    uint16_t version;    /* of the boot protocol: 0x0208 and above */
    const void *payload; /* the compressed kernel, within the image */
    size_t payload_len;
};

/*
 * Recognise a Linux bzImage with an unpackable payload.
 *
 * Returns: 0; -ENOENT when the image is something else (no "HdrS"); -EINVAL when it claims to be
 *          one but is older than protocol 2.08, not a "loaded high" kernel, or has a payload
 *          outside of the image.
 * Source:  Linux Documentation/x86/boot.rst, "The Real-Mode Kernel Header".
 */
int __must_check bzimage_parse(const void *image, size_t len, struct bzimage *out);

#endif
