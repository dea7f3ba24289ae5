/* SPDX-License-Identifier: MIT */
/* The small-object allocator that the core supplies to helpers which own objects. */
#ifndef XEN_LIB_ALLOC_H
#define XEN_LIB_ALLOC_H

#include <stddef.h>

/* @len bytes aligned for any object, contents undefined; NULL when there is no memory. */
void *xmalloc_bytes(size_t len);
/* Give back; NULL is allowed. */
void xfree(void *p);

#endif
