/* SPDX-License-Identifier: MIT */
#ifndef DT_PRIVATE_H
#define DT_PRIVATE_H

#include <asm/dt.h>

/* The node and all above it: stack[0] is the root, stack[result] the node. -EINVAL: too deep. */
int dt_ancestors(const void *fdt, int node, int stack[DT_MAX_DEPTH]);

/* dt_find() of the first @len bytes. Exact names win over those without a unit address. */
int dt_find_len(const void *fdt, const char *path, size_t len);

#endif
