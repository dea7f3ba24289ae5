/* SPDX-License-Identifier: MIT */
/* Between the domctl and the change of mode. All under RANK_DOMCTL. */
#ifndef X86_MM_SHADOW_MODE_H
#define X86_MM_SHADOW_MODE_H

#include "private.h"

/* The shadow state of @d, made if there is none. NULL: no memory. */
struct shadow *shadow_get(struct domain *d);
/* Log writes of @d from now on. 0, -EINVAL, -ENOMEM, -ERESTART (call again). */
int shadow_enable(struct domain *d);

#endif
