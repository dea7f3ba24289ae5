/* SPDX-License-Identifier: MIT */
/* Transcendent memory, which is gone: names for code written for older interfaces. */
#ifndef __XEN_PUBLIC_TMEM_H__
#define __XEN_PUBLIC_TMEM_H__

#include "xen.h"

#if __XEN_INTERFACE_VERSION__ < 0x00041300

#define TMEM_SPEC_VERSION 1

#define TMEM_NEW_POOL     1
#define TMEM_DESTROY_POOL 2
#define TMEM_PUT_PAGE     4
#define TMEM_GET_PAGE     5
#define TMEM_FLUSH_PAGE   6
#define TMEM_FLUSH_OBJECT 7
#define TMEM_AUTH         101
#define TMEM_RESTORE_NEW  102
#if __XEN_INTERFACE_VERSION__ < 0x00040400
#define TMEM_NEW_PAGE 3
#define TMEM_READ     8
#define TMEM_WRITE    9
#define TMEM_XCHG     10
#endif

/* creat.flags */
#define TMEM_POOL_PERSIST        1
#define TMEM_POOL_SHARED         2
#define TMEM_POOL_PRECOMPRESSED  4
#define TMEM_POOL_PAGESIZE_SHIFT 4
#define TMEM_POOL_PAGESIZE_MASK  0xf
#define TMEM_POOL_VERSION_SHIFT  24
#define TMEM_POOL_VERSION_MASK   0xff
#define TMEM_POOL_RESERVED_BITS  0x00ffff00

#define TMEM_CLIENT_COMPRESS 1
#define TMEM_CLIENT_FROZEN   2

#define EFROZEN 1000
#define EEMPTY  1001

typedef struct xen_tmem_oid {
    uint64_t oid[3];
} xen_tmem_oid_t;
DEFINE_XEN_GUEST_HANDLE(xen_tmem_oid_t);

#ifndef __ASSEMBLY__

#if __XEN_INTERFACE_VERSION__ < 0x00040400
typedef xen_pfn_t tmem_cli_mfn_t;
#endif
typedef XEN_GUEST_HANDLE(char) tmem_cli_va_t;

typedef struct tmem_op {
    uint32_t cmd; /* TMEM_* */
    int32_t pool_id;
    union {
        struct {
            uint64_t uuid[2];
            uint32_t flags, arg1;
        } creat;
        struct {
#if __XEN_INTERFACE_VERSION__ >= 0x00040600
            xen_tmem_oid_t oid;
#else
            uint64_t oid[3];
#endif
            uint32_t index, tmem_offset, pfn_offset, len;
            xen_pfn_t cmfn;
        } gen;
    } u;
} tmem_op_t;
DEFINE_XEN_GUEST_HANDLE(tmem_op_t);

#endif /* !__ASSEMBLY__ */

#endif /* __XEN_INTERFACE_VERSION__ < 0x00041300 */

#endif /* __XEN_PUBLIC_TMEM_H__ */
