/* SPDX-License-Identifier: MIT */
/* Domains that the hypervisor builds itself: dom0, and guests of the device tree. */
#ifndef ASM_DOMAIN_BUILD_H
#define ASM_DOMAIN_BUILD_H

#include <xen/types.h>

/* After port_construct_dom0(), or without it: the guests of /chosen's xen,domain nodes, unpaused.
 * Then the modules' memory goes to the heap. */
void domain_build_dom0less(void);
/* PPIs that devices of the host use, bit n for interrupt n: dom0's own must be others. */
uint32_t domain_build_device_ppis(void);
/* Is there a kernel for dom0 among the modules? */
bool domain_build_has_dom0(void);

/*
 * A 64-bit Linux Image.
 * Source: Linux, Documentation/arm64/booting.rst, section 4.
 */
struct arm_image {
    uint64_t text_offset; /* from a 2 MiB boundary */
    uint64_t size;        /* of memory it wants there, at least the file's */
    bool any_base;        /* not bound to the start of RAM */
    bool efi;             /* starts with the DOS magic: has an EFI stub */
};
/* 0, -EINVAL (no Image), -EOPNOTSUPP (big endian, 32-bit zImage, or compressed). */
int arm_image_parse(const void *file, size_t len, struct arm_image *out);

#endif
