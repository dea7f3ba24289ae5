/* SPDX-License-Identifier: MIT */
/* Another kernel in place of the hypervisor: HYPERVISOR_kexec_op(cmd, arg). Addresses are
 * machine's. */
#ifndef _XEN_PUBLIC_KEXEC_H
#define _XEN_PUBLIC_KEXEC_H

#include "xen.h"

#define KEXEC_CMD_kexec           0 /* xen_kexec_exec: run it */
#define KEXEC_CMD_kexec_load_v1   1 /* xen_kexec_load_v1 */
#define KEXEC_CMD_kexec_unload_v1 2 /* xen_kexec_load_v1: only its type counts */
#define KEXEC_CMD_kexec_get_range 3 /* xen_kexec_range */

#define KEXEC_TYPE_DEFAULT 0 /* by reboot */
#define KEXEC_TYPE_CRASH   1 /* by a crash */

typedef struct xen_kexec_exec {
    int type; /* KEXEC_TYPE_* */
} xen_kexec_exec_t;

/* xen_kexec_range.range */
#define KEXEC_RANGE_MA_CRASH      0 /* reserved for the crash kernel */
#define KEXEC_RANGE_MA_XEN        1 /* the hypervisor itself */
#define KEXEC_RANGE_MA_CPU        2 /* crash note of CPU nr */
#define KEXEC_RANGE_MA_XENHEAP    3
#define KEXEC_RANGE_MA_BOOT_PARAM 4
#define KEXEC_RANGE_MA_EFI_MEMMAP 5
#define KEXEC_RANGE_MA_VMCOREINFO 6

typedef struct xen_kexec_range {
    int range, nr;             /* in */
    unsigned long size, start; /* out: bytes, address */
} xen_kexec_range_t;

/* The first form: a list of pages with code of the caller. */
#if defined(__x86_64__) || defined(__i386__)
#define KEXEC_XEN_NO_PAGES 17
#endif

typedef struct xen_kexec_image {
#if defined(__x86_64__) || defined(__i386__)
    unsigned long page_list[KEXEC_XEN_NO_PAGES];
#endif
    unsigned long indirection_page, start_address;
} xen_kexec_image_t;

typedef struct xen_kexec_load_v1 {
    int type; /* KEXEC_TYPE_* */
    xen_kexec_image_t image;
} xen_kexec_load_v1_t;

#if __XEN_INTERFACE_VERSION__ < 0x00040400

#define KEXEC_CMD_kexec_load   KEXEC_CMD_kexec_load_v1
#define KEXEC_CMD_kexec_unload KEXEC_CMD_kexec_unload_v1
#define xen_kexec_load_t       xen_kexec_load_v1_t
#define xen_kexec_load         xen_kexec_load_v1

#else

#define KEXEC_CMD_kexec_load   4 /* xen_kexec_load */
#define KEXEC_CMD_kexec_unload 5 /* xen_kexec_unload */
#define KEXEC_CMD_kexec_status 6 /* xen_kexec_status: returns 1 if an image is loaded */

/* Copied to dest_maddr, the rest of dest_size is zeroed. Sizes are bytes. */
typedef struct xen_kexec_segment {
    union {
        uint64_t _pad;
        XEN_GUEST_HANDLE(const_void) h;
    } buf;
    uint64_t buf_size;
    uint64_t dest_maddr, dest_size; /* multiples of the page size */
} xen_kexec_segment_t;
DEFINE_XEN_GUEST_HANDLE(xen_kexec_segment_t);

typedef struct xen_kexec_load {
    uint8_t type; /* KEXEC_TYPE_* */
    uint8_t _pad;
    uint16_t arch; /* ELF machine number: the mode to enter in */
    uint32_t nr_segments;
    union {
        uint64_t _pad;
        XEN_GUEST_HANDLE(xen_kexec_segment_t) h;
    } segments;
    uint64_t entry_maddr;
} xen_kexec_load_t;
DEFINE_XEN_GUEST_HANDLE(xen_kexec_load_t);

typedef struct xen_kexec_unload {
    uint8_t type;
} xen_kexec_unload_t;
DEFINE_XEN_GUEST_HANDLE(xen_kexec_unload_t);

typedef struct xen_kexec_status {
    uint8_t type;
} xen_kexec_status_t;
DEFINE_XEN_GUEST_HANDLE(xen_kexec_status_t);

#endif

#endif /* _XEN_PUBLIC_KEXEC_H */
