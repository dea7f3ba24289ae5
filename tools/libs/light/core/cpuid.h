/* SPDX-License-Identifier: MIT */
/* CPUID policy lists: words of 32 characters '0', '1', 'x' (default), 'k' (host), 's' (host,
 * kept over migration) per leaf and register, most significant bit first. */
#ifndef LIBXL_CORE_CPUID_H
#define LIBXL_CORE_CPUID_H

#include "core/types.h"

struct xc_xend_cpuid;

void cpuid_print(struct json_writer *w, const void *p);
int cpuid_parse(libxl_ctx *ctx, void *p, struct json_object *o);
/* For libxenctrl: ends with an entry that has leaf XEN_CPUID_INPUT_UNUSED, or NULL. */
struct xc_xend_cpuid *cpuid_leaves(const libxl_cpuid_policy_list *l);

#endif
