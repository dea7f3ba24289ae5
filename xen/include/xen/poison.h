/* SPDX-License-Identifier: MIT */
/* Free memory as the address sanitizer sees it: an access is a report. Nothing in other builds. */
#ifndef XEN_POISON_H
#define XEN_POISON_H

#include <xen/types.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_POISON 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define HAS_POISON 1
#endif

#ifdef HAS_POISON
void __asan_poison_memory_region(const volatile void *at, size_t len);
void __asan_unpoison_memory_region(const volatile void *at, size_t len);

static inline void poison(const void *at, size_t len)
{
    __asan_poison_memory_region(at, len);
}
static inline void unpoison(const void *at, size_t len)
{
    __asan_unpoison_memory_region(at, len);
}
#else
static inline void poison(const void *at, size_t len)
{
}
static inline void unpoison(const void *at, size_t len)
{
}
#endif

#endif
