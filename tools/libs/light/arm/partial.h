/* SPDX-License-Identifier: MIT */
/* A device tree of the administrator's of which an arm64 guest gets some nodes: xl.cfg,
 * device_tree. */
#ifndef LIBXL_ARM_PARTIAL_H
#define LIBXL_ARM_PARTIAL_H

#include <stddef.h>

/* Is this a whole tree, with what a guest gets? 0, or one of libfdt's errors. */
int arm_partial_check(const void *blob, size_t size);
/*
 * /passthrough with all below it, and /aliases if there is one, to where the tree @to is being
 * written. @blob has been checked. 0, or one of libfdt's errors.
 */
int arm_partial_copy(const void *blob, void *to);

#endif
