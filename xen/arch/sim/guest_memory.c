/* SPDX-License-Identifier: MIT */
/* Accesses to memory that guests change at any moment: races, which are theirs to have. */
#include <xen/lib/string.h>

#include "private.h"

#ifdef SIM_TSAN

void guest_bytes(void *to, const void *from, size_t len)
{
    volatile char *t = to;
    const volatile char *f = from;

    while (len--)
        *t++ = *f++;
}

void guest_clear(void *to, size_t len)
{
    volatile char *t = to;

    while (len--)
        *t++ = 0;
}

/* Called for each volatile access: it is marked, and may race. */
#define MARKED(name)                                                                               \
    void __tsan_##name(void *at);                                                                  \
    void __tsan_##name(void *at)                                                                   \
    {                                                                                              \
    }
#define MARKED_SIZE(n)                                                                             \
    MARKED(volatile_read##n)                                                                       \
    MARKED(volatile_write##n) MARKED(unaligned_volatile_read##n) MARKED(unaligned_volatile_write##n)
MARKED_SIZE(1)
MARKED_SIZE(2)
MARKED_SIZE(4)
MARKED_SIZE(8)
MARKED_SIZE(16)

unsigned int sim_fence;

/* GNTTABOP_copy: both pages are guests'. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
    return "race:copy_one\n";
}

#else

void guest_bytes(void *to, const void *from, size_t len)
{
    memcpy(to, from, len);
}

void guest_clear(void *to, size_t len)
{
    memset(to, 0, len);
}

#endif
