/* SPDX-License-Identifier: MIT */
/* The header of an arm64 kernel. Source: Linux, Documentation/arm64/booting.rst, 4. */
#ifndef GUEST_ARM_HEADER_H
#define GUEST_ARM_HEADER_H

#include <stddef.h>
#include <stdint.h>

struct arm_image {
    uint64_t text_offset; /* bytes from a boundary of 2 MiB to where the image goes */
    uint64_t mem_size;    /* bytes that it needs from there on, not less than the file */
};

/* 0; -1: @blob is no arm64 kernel, one for big-endian machines, or its sizes cannot be. */
int arm_image_parse(const void *blob, size_t size, struct arm_image *out);

#endif
