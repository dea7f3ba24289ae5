/* SPDX-License-Identifier: MIT */
/* Small macros, assertions and printk: what nearly every file needs. */
#ifndef XEN_KERNEL_H
#define XEN_KERNEL_H

#include <stdarg.h>
#include <xen/types.h>
#include <public/errno.h>

/* The ABI's error numbers under their common names: -EINVAL is -XEN_EINVAL. */
#include <xen/errno.h>

/* The same as lib/compiler.h's, which may have been there first. */
#undef ARRAY_SIZE
#undef container_of
#define ARRAY_SIZE(a)                 (sizeof(a) / sizeof((a)[0]))
#define container_of(p, type, member) ((type *)((char *)(p)-offsetof(type, member)))
#define min(a, b)                                                                                  \
    ({                                                                                             \
        __typeof__(a) a_ = (a);                                                                    \
        __typeof__(b) b_ = (b);                                                                    \
        a_ < b_ ? a_ : b_;                                                                         \
    })
#define max(a, b)                                                                                  \
    ({                                                                                             \
        __typeof__(a) a_ = (a);                                                                    \
        __typeof__(b) b_ = (b);                                                                    \
        a_ > b_ ? a_ : b_;                                                                         \
    })
#define min_t(t, a, b)     min((t)(a), (t)(b))
#define max_t(t, a, b)     max((t)(a), (t)(b))
#define ROUNDUP(x, a)      (((x) + (a)-1) & ~((__typeof__(x))(a)-1))
#define ROUNDDOWN(x, a)    ((x) & ~((__typeof__(x))(a)-1))
#define IS_ALIGNED(x, a)   (((x) & ((__typeof__(x))(a)-1)) == 0)
#define DIV_ROUND_UP(x, d) (((x) + (d)-1) / (d))

#define KB(x) ((uint64_t)(x) << 10)
#define MB(x) ((uint64_t)(x) << 20)
#define GB(x) ((uint64_t)(x) << 30)

/* Pointers that carry an error: the last page of the address space is never an object. */
#define IS_ERR_VALUE(x) ((unsigned long)(x) >= (unsigned long)-4095)
static inline void *ERR_PTR(long error)
{
    return (void *)error;
}
static inline long PTR_ERR(const void *p)
{
    return (long)p;
}
static inline bool IS_ERR(const void *p)
{
    return IS_ERR_VALUE(p);
}

/* Log levels, as prefixes of the format. A message to be rate-limited and held to
 * guest_loglvl starts with XENLOG_G_*. */
#define XENLOG_ERR       "<0>"
#define XENLOG_WARNING   "<1>"
#define XENLOG_INFO      "<2>"
#define XENLOG_DEBUG     "<3>"
#define XENLOG_GUEST     "<G>"
#define XENLOG_G_ERR     XENLOG_GUEST XENLOG_ERR
#define XENLOG_G_WARNING XENLOG_GUEST XENLOG_WARNING
#define XENLOG_G_INFO    XENLOG_GUEST XENLOG_INFO
#define XENLOG_G_DEBUG   XENLOG_GUEST XENLOG_DEBUG

/* Any context. Format: xen/lib/printf.h, with %pv (vcpu), %pd (domain), %ps (symbol). */
void printk(const char *fmt, ...) __printf(1, 2);
void vprintk(const char *fmt, va_list ap);
/* Print the message, registers and backtrace, stop all CPUs; reboot unless "noreboot". */
void panic(const char *fmt, ...) __printf(1, 2) noreturn;
/* The same where the state has been dumped already. */
void panic_no_dump(const char *fmt, ...) __printf(1, 2) noreturn;
void bug_at(const char *file, int line, const char *what) noreturn;
void warn_at(const char *file, int line);

#define BUG() bug_at(__FILE__, __LINE__, "BUG")
#define BUG_ON(c)                                                                                  \
    do {                                                                                           \
        if (unlikely(c))                                                                           \
            bug_at(__FILE__, __LINE__, #c);                                                        \
    } while (0)
#define WARN_ON(c)                                                                                 \
    do {                                                                                           \
        if (unlikely(c))                                                                           \
            warn_at(__FILE__, __LINE__);                                                           \
    } while (0)

/* Documents what the code relies on; never guards against input. */
#ifdef CONFIG_DEBUG
#define ASSERT(c)                                                                                  \
    do {                                                                                           \
        if (unlikely(!(c)))                                                                        \
            bug_at(__FILE__, __LINE__, "Assertion '" #c "' failed");                               \
    } while (0)
#else
#define ASSERT(c) ((void)sizeof(c))
#endif
#define ASSERT_UNREACHABLE() ASSERT(!"reached")

#endif
