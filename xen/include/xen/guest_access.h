/* SPDX-License-Identifier: MIT */
/*
 * Guest memory by guest virtual address (PV) or guest physical address behind a buffer (others).
 * Each function returns 0, or -EFAULT with possibly part of the data copied. Read once into a
 * copy of ours, check it, use it. current's address space.
 */
#ifndef XEN_GUEST_ACCESS_H
#define XEN_GUEST_ACCESS_H

#include <xen/kernel.h>
#include <xen/port/guest_copy.h>

static inline int __must_check copy_from_guest_bytes(void *to, const void *from_guest, size_t len)
{
    return port_copy_from_guest(to, from_guest, len) ? -EFAULT : 0;
}
static inline int __must_check copy_to_guest_bytes(void *to_guest, const void *from, size_t len)
{
    return port_copy_to_guest(to_guest, from, len) ? -EFAULT : 0;
}
static inline int __must_check clear_guest_bytes(void *to_guest, size_t len)
{
    return port_clear_guest(to_guest, len) ? -EFAULT : 0;
}

/* Typed forms on plain guest pointers: GUEST_PTR is `const T *` or `T *` in guest space. */
#define copy_from_guest_ptr(dst, gptr)                                                             \
    ({                                                                                             \
        const __typeof__(*(dst)) *s_ = (gptr);                                                     \
        copy_from_guest_bytes(dst, s_, sizeof(*(dst)));                                            \
    })
#define copy_to_guest_ptr(gptr, src)                                                               \
    ({                                                                                             \
        __typeof__(*(src)) *d_ = (gptr);                                                           \
        copy_to_guest_bytes(d_, src, sizeof(*(src)));                                              \
    })
/* On handles of public structures: struct { T *p; }. @off and @nr in elements. */
#define copy_from_guest(dst, hnd, off, nr)                                                         \
    copy_from_guest_bytes(dst, (hnd).p + (off), sizeof(*(hnd).p) * (size_t)(nr))
#define copy_to_guest(hnd, off, src, nr)                                                           \
    copy_to_guest_bytes((void *)((hnd).p + (off)), src, sizeof(*(hnd).p) * (size_t)(nr))
#define clear_guest(hnd, nr)      clear_guest_bytes((hnd).p, sizeof(*(hnd).p) * (size_t)(nr))
#define guest_handle_is_null(hnd) ((hnd).p == NULL)

#endif
