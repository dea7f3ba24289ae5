/* SPDX-License-Identifier: MIT */
/* Basic types. Numbers of different spaces are different C types. */
#ifndef XEN_TYPES_H
#define XEN_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xen/compiler.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;
typedef int64_t ssize_t;

typedef uint64_t paddr_t; /* machine (physical) address, bytes */
typedef int64_t s_time_t; /* system time or a duration, ns; 0 is boot */

#define FRAME_TYPE(name)                                                                           \
    typedef struct {                                                                               \
        uint64_t nr;                                                                               \
    } name##_t;                                                                                    \
    static inline name##_t mk_##name(uint64_t nr)                                                  \
    {                                                                                              \
        return (name##_t){nr};                                                                     \
    }                                                                                              \
    static inline bool name##_eq(name##_t a, name##_t b)                                           \
    {                                                                                              \
        return a.nr == b.nr;                                                                       \
    }                                                                                              \
    static inline name##_t name##_add(name##_t a, uint64_t n)                                      \
    {                                                                                              \
        return (name##_t){a.nr + n};                                                               \
    }

FRAME_TYPE(mfn) /* machine frame: what the host's page tables hold */
FRAME_TYPE(gfn) /* guest frame: what a guest's hypercalls name; for PV guests it is the mfn */
FRAME_TYPE(dfn) /* device frame: what a device behind an IOMMU puts on the bus */

#define INVALID_MFN mk_mfn(~UINT64_C(0))
#define INVALID_GFN mk_gfn(~UINT64_C(0))

#define PAGE_SHIFT 12
#define PAGE_SIZE  (1UL << PAGE_SHIFT)
#define PAGE_MASK  (~(PAGE_SIZE - 1))

#define mfn_to_maddr(m) ((paddr_t)(m).nr << PAGE_SHIFT)
#define maddr_to_mfn(a) mk_mfn((paddr_t)(a) >> PAGE_SHIFT)
#define PFN_DOWN(x)     ((uint64_t)(x) >> PAGE_SHIFT)
#define PFN_UP(x)       (((uint64_t)(x) + PAGE_SIZE - 1) >> PAGE_SHIFT)

#endif
