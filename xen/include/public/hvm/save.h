/* SPDX-License-Identifier: MIT */
/*
 * Saved state of an HVM domain: a stream of records, each a descriptor and a structure. The first
 * is HEADER, the last END; unknown trailing members of a record are zero when read.
 */
#ifndef __XEN_PUBLIC_HVM_SAVE_H__
#define __XEN_PUBLIC_HVM_SAVE_H__

#if defined(__STRICT_ANSI__) || !defined(__GNUC__)
#error "hvm/save.h needs anonymous members: compile with GNU extensions"
#endif

struct hvm_save_descriptor {
    uint16_t typecode; /* HVM_SAVE_CODE() */
    uint16_t instance; /* vCPU or device number */
    uint32_t length;   /* bytes, without the descriptor */
};

/*
 * DECLARE_HVM_SAVE_TYPE(tag, code, type): record `code` holds a `type`.
 * The _COMPAT form names an older layout too, and (in the hypervisor) a function that turns it
 * into the new one in place: int fix(void *record, uint32_t size_found).
 *
 * The facts are kept in the sizes of a structure which never has an object.
 */
#define __HVM_SAVE_FACTS(tag, code, type, nr_compat)                                               \
    struct __HVM_SAVE_TYPE_##tag {                                                                 \
        type t;                                                                                    \
        char c[code];                                                                              \
        char cpt[1 + (nr_compat)];                                                                 \
    }
#define __HVM_SAVE_FACT(tag, member) (((struct __HVM_SAVE_TYPE_##tag *)0)->member)

#define HVM_SAVE_TYPE(tag)   __typeof__(__HVM_SAVE_FACT(tag, t))
#define HVM_SAVE_LENGTH(tag) (sizeof(HVM_SAVE_TYPE(tag)))
#define HVM_SAVE_CODE(tag)   (sizeof(__HVM_SAVE_FACT(tag, c)))

#ifndef __XEN__

#define DECLARE_HVM_SAVE_TYPE(tag, code, type) __HVM_SAVE_FACTS(tag, code, type, 0)
#define DECLARE_HVM_SAVE_TYPE_COMPAT(tag, code, type, old_type, fix)                               \
    __HVM_SAVE_FACTS(tag, code, type, 1)

#else /* __XEN__ */

#define __HVM_SAVE_OLD(tag, old_type)                                                              \
    struct __HVM_SAVE_TYPE_COMPAT_##tag {                                                          \
        old_type t;                                                                                \
    }
#define DECLARE_HVM_SAVE_TYPE(tag, code, type)                                                     \
    static inline int __HVM_SAVE_FIX_COMPAT_##tag(void *record, uint32_t size)                     \
    {                                                                                              \
        (void)record;                                                                              \
        (void)size;                                                                                \
        return -1; /* has no older layout */                                                       \
    }                                                                                              \
    __HVM_SAVE_OLD(tag, type);                                                                     \
    __HVM_SAVE_FACTS(tag, code, type, 0)
#define DECLARE_HVM_SAVE_TYPE_COMPAT(tag, code, type, old_type, fix)                               \
    static inline int __HVM_SAVE_FIX_COMPAT_##tag(void *record, uint32_t size)                     \
    {                                                                                              \
        return fix(record, size);                                                                  \
    }                                                                                              \
    __HVM_SAVE_OLD(tag, old_type);                                                                 \
    __HVM_SAVE_FACTS(tag, code, type, 1)

#define HVM_SAVE_TYPE_COMPAT(tag)              __typeof__(((struct __HVM_SAVE_TYPE_COMPAT_##tag *)0)->t)
#define HVM_SAVE_LENGTH_COMPAT(tag)            (sizeof(HVM_SAVE_TYPE_COMPAT(tag)))
#define HVM_SAVE_HAS_COMPAT(tag)               (sizeof(__HVM_SAVE_FACT(tag, cpt)) - 1)
#define HVM_SAVE_FIX_COMPAT(tag, record, size) __HVM_SAVE_FIX_COMPAT_##tag(record, size)

#endif /* __XEN__ */

struct hvm_save_end {
};
DECLARE_HVM_SAVE_TYPE(END, 0, struct hvm_save_end);

#if defined(__aarch64__) || defined(__arm__)
#include "../arch-arm/hvm/save.h"
#elif defined(__x86_64__) || defined(__i386__)
#include "../arch-x86/hvm/save.h"
#else
#error "No saved state for this processor"
#endif

#endif /* __XEN_PUBLIC_HVM_SAVE_H__ */
