/* SPDX-License-Identifier: MIT */
/* Copies from and to the guest whose page tables are loaded. */
#include <xen/kernel.h>
#include <xen/port/guest_copy.h>
#include <asm/extable.h>
#include <asm/page.h>
#include <asm/smap.h>

#define LOWER_HALF_END 0x0000800000000000UL

/* All of [start, start + len) outside of the hypervisor and canonical. */
static always_inline bool range_ok(unsigned long start, size_t len)
{
    unsigned long end = start + len;

    if (likely(start >= XEN_AREA_END))
        return end >= start || end == 0;
    return end >= start && end <= LOWER_HALF_END;
}

/*
 * The bytes not copied. Hypercall arguments are mostly a few words, for which the loop is cheaper
 * than a string instruction. A fault at any of the marked instructions leaves the count as it is.
 */
static always_inline size_t raw_copy(void *to, const void *from, size_t len)
{
    size_t words = len / 8, tail = len % 8;
    unsigned long tmp;

    if (words <= 8)
        __asm__ volatile("test %[n], %[n]\n"
                         "jz 3f\n"
                         "1: mov (%[s]), %[t]\n"
                         "2: mov %[t], (%[d])\n"
                         "add $8, %[s]\n"
                         "add $8, %[d]\n"
                         "dec %[n]\n"
                         "jnz 1b\n"
                         "3:\n" ASM_EXTABLE("1b", "3b") ASM_EXTABLE("2b", "3b")
                         : [n] "+r"(words), [s] "+r"(from), [d] "+r"(to), [t] "=&r"(tmp)
                         :
                         : "memory", "cc");
    else
        __asm__ volatile("1: rep movsq\n"
                         "2:\n" ASM_EXTABLE("1b", "2b")
                         : "+c"(words), "+S"(from), "+D"(to)
                         :
                         : "memory");
    if (unlikely(words))
        return words * 8 + tail;
    if (tail)
        __asm__ volatile("1: rep movsb\n"
                         "2:\n" ASM_EXTABLE("1b", "2b")
                         : "+c"(tail), "+S"(from), "+D"(to)
                         :
                         : "memory");
    return tail;
}

size_t port_copy_from_guest(void *to, const void *from_guest, size_t len)
{
    size_t left;

    if (unlikely(!range_ok((unsigned long)from_guest, len)))
        return len;
    stac();
    left = raw_copy(to, from_guest, len);
    clac();
    return left;
}

size_t port_copy_to_guest(void *to_guest, const void *from, size_t len)
{
    size_t left;

    if (unlikely(!range_ok((unsigned long)to_guest, len)))
        return len;
    stac();
    left = raw_copy(to_guest, from, len);
    clac();
    return left;
}

size_t port_clear_guest(void *to_guest, size_t len)
{
    size_t left = len;

    if (!range_ok((unsigned long)to_guest, len))
        return len;
    stac();
    __asm__ volatile("1: rep stosb\n"
                     "2:\n" ASM_EXTABLE("1b", "2b")
                     : "+c"(left), "+D"(to_guest)
                     : "a"(0)
                     : "memory");
    clac();
    return left;
}

bool port_guest_range_ok(const void *guest, size_t nr, size_t size)
{
    size_t len;

    return !__builtin_mul_overflow(nr, size, &len) && range_ok((unsigned long)guest, len);
}
