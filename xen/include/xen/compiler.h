/* SPDX-License-Identifier: MIT */
/* Attributes and sections. */
#ifndef XEN_COMPILER_H
#define XEN_COMPILER_H

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define __packed       __attribute__((__packed__))
#define __aligned(n)   __attribute__((__aligned__(n)))
#define __section(s)   __attribute__((__section__(s)))
#define __used         __attribute__((__used__))
#define __maybe_unused __attribute__((__unused__))
#define __must_check   __attribute__((__warn_unused_result__))
#define noinline       __attribute__((__noinline__))
#define always_inline  inline __attribute__((__always_inline__))
#define __printf(f, a) __attribute__((__format__(__printf__, f, a)))
#define __weak         __attribute__((__weak__))
#undef noreturn
#define noreturn __attribute__((__noreturn__))

/* Code and data that is thrown away once dom0 has been started. */
#define __init          __section(".init.text") __attribute__((__cold__))
#define __initdata      __section(".init.data")
#define __initconst     __section(".init.rodata")
/* Written at boot, read only from then on. */
#define __ro_after_init __section(".data.ro_after_init")

#define barrier()        __asm__ __volatile__("" ::: "memory")
#define READ_ONCE(x)     (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))

#endif
