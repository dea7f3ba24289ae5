/* SPDX-License-Identifier: MIT */
/*
 * Grant tables: a domain lets another one map, copy or receive its pages.
 * HYPERVISOR_grant_table_op(cmd, array, count): the array is of the structure named after the
 * command; each element gets its own status.
 */
#ifndef __XEN_PUBLIC_GRANT_TABLE_H__
#define __XEN_PUBLIC_GRANT_TABLE_H__

#include "xen.h"

typedef uint32_t grant_ref_t;    /* index into the granting domain's table */
typedef uint32_t grant_handle_t; /* names one mapping of the mapping domain */

/*
 * Table entries. The granting domain fills an entry and writes flags last; to end a grant it
 * clears flags, when neither GTF_reading nor GTF_writing shows a mapping.
 */
#if __XEN_INTERFACE_VERSION__ < 0x0003020a
#define grant_entry_v1_t grant_entry_t
#define grant_entry_v1   grant_entry
#endif

typedef struct grant_entry_v1 {
    uint16_t flags; /* GTF_* */
    domid_t domid;  /* who may use it */
    uint32_t frame; /* gfn granted, or gfn to be replaced by a transfer */
} grant_entry_v1_t;

#if __XEN_INTERFACE_VERSION__ >= 0x0003020a
typedef struct grant_entry_header {
    uint16_t flags;
    domid_t domid;
} grant_entry_header_t;

typedef union grant_entry_v2 {
    grant_entry_header_t hdr; /* the same in all forms */
    struct {
        grant_entry_header_t hdr;
        uint32_t pad0;
        uint64_t frame;
    } full_page; /* permit_access, or accept_transfer */
    struct {
        grant_entry_header_t hdr;
        uint16_t page_off, length; /* bytes */
        uint64_t frame;
    } sub_page; /* permit_access with GTF_sub_page; only for copies */
    struct {
        grant_entry_header_t hdr;
        domid_t trans_domid; /* whose grant this one forwards */
        uint16_t pad0;
        grant_ref_t gref;
    } transitive;
    uint32_t __spacer[4];
} grant_entry_v2_t;

/* Version 2 keeps GTF_reading and GTF_writing in pages of their own. */
typedef uint16_t grant_status_t;
#endif

/* Entries which the domain builder fills. */
#define GNTTAB_NR_RESERVED_ENTRIES 8
#define GNTTAB_RESERVED_CONSOLE    0
#define GNTTAB_RESERVED_XENSTORE   1

/* Type of an entry. */
#define GTF_invalid         (0U << 0)
#define GTF_permit_access   (1U << 0)
#define GTF_accept_transfer (2U << 0)
#define GTF_transitive      (3U << 0)
#define GTF_type_mask       (3U << 0)

/* Flags with permit_access. Reading and writing are set by the hypervisor. */
#define _GTF_readonly (2)
#define _GTF_reading  (3)
#define _GTF_writing  (4)
#define _GTF_PWT      (5)
#define _GTF_PCD      (6)
#define _GTF_PAT      (7)
#define _GTF_sub_page (8)
#define GTF_readonly  (1U << _GTF_readonly)
#define GTF_reading   (1U << _GTF_reading)
#define GTF_writing   (1U << _GTF_writing)
#define GTF_PWT       (1U << _GTF_PWT)
#define GTF_PCD       (1U << _GTF_PCD)
#define GTF_PAT       (1U << _GTF_PAT)
#define GTF_sub_page  (1U << _GTF_sub_page)

/* Flags with accept_transfer, set by the hypervisor: from committed on the entry is its own. */
#define _GTF_transfer_committed (2)
#define _GTF_transfer_completed (3)
#define GTF_transfer_committed  (1U << _GTF_transfer_committed)
#define GTF_transfer_completed  (1U << _GTF_transfer_completed)

#define GNTTABOP_map_grant_ref     0
#define GNTTABOP_unmap_grant_ref   1
#define GNTTABOP_setup_table       2
#define GNTTABOP_dump_table        3
#define GNTTABOP_transfer          4
#define GNTTABOP_copy              5
#define GNTTABOP_query_size        6
#define GNTTABOP_unmap_and_replace 7
#if __XEN_INTERFACE_VERSION__ >= 0x0003020a
#define GNTTABOP_set_version       8
#define GNTTABOP_get_status_frames 9
#define GNTTABOP_get_version       10
#define GNTTABOP_swap_grant_ref    11
#define GNTTABOP_cache_flush       12
#endif

/* gnttab_map_grant_ref.flags */
#define _GNTMAP_device_map      (0) /* for DMA */
#define _GNTMAP_host_map        (1) /* for the CPU */
#define _GNTMAP_readonly        (2)
#define _GNTMAP_application_map (3)  /* PV: user mode may access it */
#define _GNTMAP_contains_pte    (4)  /* PV: host_addr is the machine address of a PTE */
#define _GNTMAP_guest_avail0    (16) /* PV: these bits go to the available bits of the PTE */
#define GNTMAP_device_map       (1 << _GNTMAP_device_map)
#define GNTMAP_host_map         (1 << _GNTMAP_host_map)
#define GNTMAP_readonly         (1 << _GNTMAP_readonly)
#define GNTMAP_application_map  (1 << _GNTMAP_application_map)
#define GNTMAP_contains_pte     (1 << _GNTMAP_contains_pte)
#define GNTMAP_guest_avail_mask ((uint32_t)~0 << _GNTMAP_guest_avail0)

/* gnttab_copy.flags: which side names a grant rather than a frame of the caller */
#define _GNTCOPY_source_gref (0)
#define _GNTCOPY_dest_gref   (1)
#define GNTCOPY_source_gref  (1 << _GNTCOPY_source_gref)
#define GNTCOPY_dest_gref    (1 << _GNTCOPY_dest_gref)

/* status of each element */
#define GNTST_okay              (0)
#define GNTST_general_error     (-1)
#define GNTST_bad_domain        (-2)
#define GNTST_bad_gntref        (-3)
#define GNTST_bad_handle        (-4)
#define GNTST_bad_virt_addr     (-5)
#define GNTST_bad_dev_addr      (-6)
#define GNTST_no_device_space   (-7)
#define GNTST_permission_denied (-8)
#define GNTST_bad_page          (-9)
#define GNTST_bad_copy_arg      (-10)
#define GNTST_address_too_big   (-11) /* the transferred frame */
#define GNTST_eagain            (-12) /* the page is paged out: try again */
#define GNTST_no_space          (-13) /* handles exhausted */

/* Initialiser of an array of texts, index is -status. */
#define GNTTABOP_error_msgs                                                                        \
    {                                                                                              \
        "okay", "undefined error", "unrecognised domain id", "invalid grant reference",            \
            "invalid mapping handle", "invalid virtual address", "invalid device address",         \
            "no spare translation slot in the I/O MMU", "permission denied", "bad page",           \
            "copy arguments cross page boundary", "page address size too large",                   \
            "operation not done; try again", "out of space",                                       \
    }

typedef struct gnttab_map_grant_ref {
    uint64_t host_addr;    /* in: where to map; virtual (PV) or guest-physical */
    uint32_t flags;        /* in: GNTMAP_* */
    grant_ref_t ref;       /* in */
    domid_t dom;           /* in: granting domain */
    int16_t status;        /* out: GNTST_* */
    grant_handle_t handle; /* out */
    uint64_t dev_bus_addr; /* out: for DMA */
} gnttab_map_grant_ref_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_map_grant_ref_t);

/* Removes the host mapping if host_addr is not 0, the device mapping if dev_bus_addr is not. */
typedef struct gnttab_unmap_grant_ref {
    uint64_t host_addr, dev_bus_addr; /* in */
    grant_handle_t handle;            /* in */
    int16_t status;                   /* out */
} gnttab_unmap_grant_ref_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_unmap_grant_ref_t);

/* Unmaps, and moves the mapping found at new_addr to host_addr. PV only. */
typedef struct gnttab_unmap_and_replace {
    uint64_t host_addr, new_addr; /* in */
    grant_handle_t handle;        /* in */
    int16_t status;               /* out */
} gnttab_unmap_and_replace_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_unmap_and_replace_t);

/* Grows the table to nr_frames and lists its frames. */
typedef struct gnttab_setup_table {
    domid_t dom;        /* in */
    uint32_t nr_frames; /* in */
    int16_t status;     /* out */
#if __XEN_INTERFACE_VERSION__ >= 0x00040300
    XEN_GUEST_HANDLE(xen_pfn_t) frame_list; /* out: nr_frames of them */
#else
    XEN_GUEST_HANDLE(ulong) frame_list;
#endif
} gnttab_setup_table_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_setup_table_t);

/* Prints the table on the hypervisor's console. */
typedef struct gnttab_dump_table {
    domid_t dom;    /* in */
    int16_t status; /* out */
} gnttab_dump_table_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_dump_table_t);

/* Gives a page away into an accept_transfer grant. */
typedef struct gnttab_transfer {
    xen_pfn_t mfn;   /* in */
    domid_t domid;   /* in */
    grant_ref_t ref; /* in */
    int16_t status;  /* out */
} gnttab_transfer_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_transfer_t);

/* Copies bytes between two pages; must not cross a page. */
typedef struct gnttab_copy {
    struct gnttab_copy_ptr {
        union {
            xen_pfn_t gmfn;
            grant_ref_t ref;
        } u;
        domid_t domid;
        uint16_t offset; /* bytes */
    } source, dest;      /* in */
    uint16_t len;        /* in: bytes */
    uint16_t flags;      /* in: GNTCOPY_* */
    int16_t status;      /* out */
} gnttab_copy_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_copy_t);

typedef struct gnttab_query_size {
    domid_t dom;                       /* in */
    uint32_t nr_frames, max_nr_frames; /* out */
    int16_t status;                    /* out */
} gnttab_query_size_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_query_size_t);

#if __XEN_INTERFACE_VERSION__ >= 0x0003020a

/* 1 or 2; possible while no grant is in use. */
typedef struct gnttab_set_version {
    uint32_t version; /* in: wanted; out: in force */
} gnttab_set_version_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_set_version_t);

typedef struct gnttab_get_version {
    domid_t dom; /* in */
    uint16_t pad;
    uint32_t version; /* out */
} gnttab_get_version_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_get_version_t);

/* Lists the status pages of a version 2 table. */
typedef struct gnttab_get_status_frames {
    uint32_t nr_frames;                    /* in */
    domid_t dom;                           /* in */
    int16_t status;                        /* out */
    XEN_GUEST_HANDLE(uint64_t) frame_list; /* out */
} gnttab_get_status_frames_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_get_status_frames_t);

/* Exchanges two unused entries of the caller. */
typedef struct gnttab_swap_grant_ref {
    grant_ref_t ref_a, ref_b; /* in */
    int16_t status;           /* out */
} gnttab_swap_grant_ref_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_swap_grant_ref_t);

/* gnttab_cache_flush.op */
#define GNTTAB_CACHE_CLEAN       (1u << 0)
#define GNTTAB_CACHE_INVAL       (1u << 1)
#define GNTTAB_CACHE_SOURCE_GREF (1u << 31) /* a.ref counts, not a.dev_bus_addr */

/* Cache maintenance on a foreign page, on Arm. */
typedef struct gnttab_cache_flush {
    union {
        grant_ref_t ref;
        uint64_t dev_bus_addr;
    } a;
    uint16_t offset, length; /* bytes, within a page */
    uint32_t op;
} gnttab_cache_flush_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_cache_flush_t);

#endif /* __XEN_INTERFACE_VERSION__ >= 0x0003020a */

#endif /* __XEN_PUBLIC_GRANT_TABLE_H__ */
