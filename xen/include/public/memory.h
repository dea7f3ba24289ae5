/* SPDX-License-Identifier: MIT */
/*
 * Memory of domains. HYPERVISOR_memory_op(cmd, arg). A call on many extents returns how many it
 * did; it is then up to the caller to go on.
 */
#ifndef __XEN_PUBLIC_MEMORY_H__
#define __XEN_PUBLIC_MEMORY_H__

#include "xen.h"
#include "physdev.h"

/* Guests on themselves, the control domain on others; argument in brackets. */
#define XENMEM_increase_reservation     0  /* xen_memory_reservation: any pages */
#define XENMEM_decrease_reservation     1  /* xen_memory_reservation: give back */
#define XENMEM_maximum_ram_page         2  /* none: highest machine frame, + 1 */
#define XENMEM_current_reservation      3  /* xen_memory_domain: pages held */
#define XENMEM_maximum_reservation      4  /* xen_memory_domain: pages allowed */
#define XENMEM_machphys_mfn_list        5  /* xen_machphys_mfn_list */
#define XENMEM_populate_physmap         6  /* xen_memory_reservation: at given gfns */
#define XENMEM_add_to_physmap           7  /* xen_add_to_physmap */
#define XENMEM_memory_map               9  /* xen_memory_map: the caller's E820 */
#define XENMEM_machine_memory_map       10 /* xen_memory_map: the host's E820; dom0 */
#define XENMEM_exchange                 11 /* xen_memory_exchange */
#define XENMEM_machphys_mapping         12 /* xen_machphys_mapping */
#define XENMEM_set_memory_map           13 /* xen_foreign_memory_map */
#define XENMEM_maximum_gpfn             14 /* xen_memory_domain: highest gfn in use */
#define XENMEM_remove_from_physmap      15 /* xen_remove_from_physmap */
#define XENMEM_set_pod_target           16 /* xen_pod_target */
#define XENMEM_get_pod_target           17 /* xen_pod_target */
#define XENMEM_add_to_physmap_batch     23 /* xen_add_to_physmap_batch */
#define XENMEM_machphys_compat_mfn_list 25 /* as 5, for the M2P of 32-bit guests */
#define XENMEM_get_vnumainfo            26 /* xen_vnuma_topology_info */
#define XENMEM_acquire_resource         28 /* xen_mem_acquire_resource */

#if __XEN_INTERFACE_VERSION__ >= 0x00030209
/* xen_memory_reservation.mem_flags: address width in bits 7:0, node + 1 in bits 15:8, flags */
#define XENMEMF_address_bits(x)     (x)
#define XENMEMF_get_address_bits(x) ((x)&0xffu)
#define XENMEMF_node(x)             (((x) + 1) << 8)
#define XENMEMF_get_node(x)         ((((x) >> 8) - 1) & 0xffu)
#define XENMEMF_populate_on_demand  (1 << 16)
#define XENMEMF_exact_node_request  (1 << 17) /* no other node will do */
#define XENMEMF_exact_node(n)       (XENMEMF_exact_node_request | XENMEMF_node(n))
#define XENMEMF_vnode               (1 << 18) /* the node is a virtual one */
#endif

typedef struct xen_memory_reservation {
    XEN_GUEST_HANDLE(xen_pfn_t) extent_start; /* first frame of each extent */
    xen_ulong_t nr_extents;
    unsigned int extent_order; /* pages per extent: 1 << order */
#if __XEN_INTERFACE_VERSION__ < 0x00030209
    unsigned int address_bits;
#else
    unsigned int mem_flags;
#endif
    domid_t domid;
} xen_memory_reservation_t;
DEFINE_XEN_GUEST_HANDLE(xen_memory_reservation_t);

/* Trades pages for an equal amount with another order or address width. */
typedef struct xen_memory_exchange {
    struct xen_memory_reservation in, out;
    xen_ulong_t nr_exchanged; /* start with 0; counts extents of `in` */
} xen_memory_exchange_t;
DEFINE_XEN_GUEST_HANDLE(xen_memory_exchange_t);

struct xen_memory_domain {
    domid_t domid;
};

/* Machine frames of 2 MiB pieces of the M2P. */
typedef struct xen_machphys_mfn_list {
    unsigned int max_extents;                 /* in: room */
    XEN_GUEST_HANDLE(xen_pfn_t) extent_start; /* out */
    unsigned int nr_extents;                  /* out */
} xen_machphys_mfn_list_t;
DEFINE_XEN_GUEST_HANDLE(xen_machphys_mfn_list_t);

/* Where the M2P is in the guest's address space. */
typedef struct xen_machphys_mapping {
    xen_ulong_t v_start, v_end, max_mfn;
} xen_machphys_mapping_t;
DEFINE_XEN_GUEST_HANDLE(xen_machphys_mapping_t);

/* What to put into the physmap, and the meaning of the index. */
#define XENMAPSPACE_shared_info  0
#define XENMAPSPACE_grant_table  1 /* page of the table */
#define XENMAPSPACE_gmfn         2 /* gfn of the domain, which moves */
#define XENMAPSPACE_gmfn_range   3 /* first of `size` gfns */
#define XENMAPSPACE_gmfn_foreign 4 /* gfn of another domain; batch only */
#define XENMAPSPACE_dev_mmio     5 /* device page, mapped 1:1; Arm */

/* Index flag of XENMAPSPACE_grant_table: a status page. */
#define XENMAPIDX_grant_table_status 0x80000000

typedef struct xen_add_to_physmap {
    domid_t domid;
    uint16_t size; /* pages, XENMAPSPACE_gmfn_range only */
    unsigned int space;
    xen_ulong_t idx;
    xen_pfn_t gpfn; /* where */
} xen_add_to_physmap_t;
DEFINE_XEN_GUEST_HANDLE(xen_add_to_physmap_t);

/* The hypervisor advances the handles and counts size down as it goes. */
typedef struct xen_add_to_physmap_batch {
    domid_t domid;
    uint16_t space;
    uint16_t size; /* elements */
#if __XEN_INTERFACE_VERSION__ >= 0x00040700
    union xen_add_to_physmap_batch_extra {
        domid_t foreign_domid; /* XENMAPSPACE_gmfn_foreign */
        uint16_t res0;         /* all others: 0 */
    } u;
#else
    domid_t foreign_domid;
#endif
    XEN_GUEST_HANDLE(xen_ulong_t) idxs; /* in */
    XEN_GUEST_HANDLE(xen_pfn_t) gpfns;  /* in */
    XEN_GUEST_HANDLE(int) errs;         /* out: 0 or -errno each */
} xen_add_to_physmap_batch_t;
DEFINE_XEN_GUEST_HANDLE(xen_add_to_physmap_batch_t);

#if __XEN_INTERFACE_VERSION__ < 0x00040400
#define xen_add_to_physmap_range    xen_add_to_physmap_batch
#define XENMEM_add_to_physmap_range XENMEM_add_to_physmap_batch
typedef xen_add_to_physmap_batch_t xen_add_to_physmap_range_t;
DEFINE_XEN_GUEST_HANDLE(xen_add_to_physmap_range_t);
#endif

typedef struct xen_remove_from_physmap {
    domid_t domid;
    xen_pfn_t gpfn;
} xen_remove_from_physmap_t;
DEFINE_XEN_GUEST_HANDLE(xen_remove_from_physmap_t);

/* Entries are BIOS E820 records: 64-bit start, 64-bit length, 32-bit type, packed. */
typedef struct xen_memory_map {
    unsigned int nr_entries; /* in: room (or entries given); out: used */
    XEN_GUEST_HANDLE(void) buffer;
} xen_memory_map_t;
DEFINE_XEN_GUEST_HANDLE(xen_memory_map_t);

typedef struct xen_foreign_memory_map {
    domid_t domid;
    struct xen_memory_map map;
} xen_foreign_memory_map_t;
DEFINE_XEN_GUEST_HANDLE(xen_foreign_memory_map_t);

/* Populate-on-demand; counts of pages. */
typedef struct xen_pod_target {
    uint64_t target_pages; /* in (set) */
    uint64_t tot_pages;    /* out */
    uint64_t pod_cache_pages;
    uint64_t pod_entries;
    domid_t domid; /* in */
} xen_pod_target_t;

#if defined(__XEN_TOOLS__) || defined(__XEN__)

#ifndef uint64_aligned_t
#define uint64_aligned_t uint64_t
#endif

#define XENMEM_get_sharing_freed_pages    18 /* none */
#define XENMEM_get_sharing_shared_pages   19 /* none */
#define XENMEM_paging_op                  20 /* xen_mem_paging_op */
#define XENMEM_access_op                  21 /* xen_mem_access_op */
#define XENMEM_sharing_op                 22 /* xen_mem_sharing_op */
#define XENMEM_claim_pages                24 /* xen_memory_reservation: order 0, no list */
#define XENMEM_reserved_device_memory_map 27 /* xen_reserved_device_memory_map */

#define XENMEM_paging_op_nominate 0
#define XENMEM_paging_op_evict    1
#define XENMEM_paging_op_prep     2 /* page in again, from buffer if there is one */

typedef struct xen_mem_paging_op {
    uint8_t op;
    domid_t domain;
    XEN_GUEST_HANDLE_64(const_uint8) buffer;
    uint64_aligned_t gfn;
} xen_mem_paging_op_t;
DEFINE_XEN_GUEST_HANDLE(xen_mem_paging_op_t);

#define XENMEM_access_op_set_access       0
#define XENMEM_access_op_get_access       1
#define XENMEM_access_op_set_access_multi 4

/* Rights which a monitored page keeps. */
typedef enum {
    XENMEM_access_n,
    XENMEM_access_r,
    XENMEM_access_w,
    XENMEM_access_rw,
    XENMEM_access_x,
    XENMEM_access_rx,
    XENMEM_access_wx,
    XENMEM_access_rwx,
    XENMEM_access_rx2rw,  /* rx; a write makes it rw */
    XENMEM_access_n2rwx,  /* none; the first access makes it rwx */
    XENMEM_access_default /* the domain's default */
} xenmem_access_t;

typedef struct xen_mem_access_op {
    uint8_t op;
    uint8_t access; /* xenmem_access_t; out for get */
    domid_t domid;
    uint32_t nr;          /* pages from pfn, or elements of the lists */
    uint64_aligned_t pfn; /* ~0: the default of the domain */
    XEN_GUEST_HANDLE(const_uint64) pfn_list;
    XEN_GUEST_HANDLE(const_uint8) access_list;
} xen_mem_access_op_t;
DEFINE_XEN_GUEST_HANDLE(xen_mem_access_op_t);

#define XENMEM_sharing_op_nominate_gfn  0
#define XENMEM_sharing_op_nominate_gref 1
#define XENMEM_sharing_op_share         2
#define XENMEM_sharing_op_debug_gfn     3
#define XENMEM_sharing_op_debug_mfn     4
#define XENMEM_sharing_op_debug_gref    5
#define XENMEM_sharing_op_add_physmap   6
#define XENMEM_sharing_op_audit         7
#define XENMEM_sharing_op_range_share   8
#define XENMEM_sharing_op_fork          9
#define XENMEM_sharing_op_fork_reset    10

/* Extra error codes: stale handle of the source, of the client. */
#define XENMEM_SHARING_OP_S_HANDLE_INVALID (-10)
#define XENMEM_SHARING_OP_C_HANDLE_INVALID (-9)

/* A gfn member may carry a grant reference instead. */
#define XENMEM_SHARING_OP_FIELD_IS_GREF_FLAG    (xen_mk_ullong(1) << 62)
#define XENMEM_SHARING_OP_FIELD_IS_GREF(field)  (XENMEM_SHARING_OP_FIELD_IS_GREF_FLAG & (field))
#define XENMEM_SHARING_OP_FIELD_GET_GREF(field) (~XENMEM_SHARING_OP_FIELD_IS_GREF_FLAG & (field))
#define XENMEM_SHARING_OP_FIELD_MAKE_GREF(field, val)                                              \
    (field) = ((val) | XENMEM_SHARING_OP_FIELD_IS_GREF_FLAG)

/* xen_mem_sharing_op.u.fork.flags */
#define XENMEM_FORK_WITH_IOMMU_ALLOWED (1u << 0)
#define XENMEM_FORK_BLOCK_INTERRUPTS   (1u << 1)
#define XENMEM_FORK_RESET_STATE        (1u << 2)
#define XENMEM_FORK_RESET_MEMORY       (1u << 3)

typedef struct xen_mem_sharing_op {
    uint8_t op;
    domid_t domain;
    union {
        struct mem_sharing_op_nominate {
            union {
                uint64_aligned_t gfn;
                uint32_t grant_ref;
            } u;
            uint64_aligned_t handle; /* out */
        } nominate;
        struct mem_sharing_op_share {
            uint64_aligned_t source_gfn, source_handle;
            uint64_aligned_t client_gfn, client_handle;
            domid_t client_domain;
        } share; /* and add_physmap */
        struct mem_sharing_op_range {
            uint64_aligned_t first_gfn, last_gfn;
            uint64_aligned_t opaque; /* 0 at first; the hypervisor's progress */
            domid_t client_domain;
            uint16_t _pad[3];
        } range;
        struct mem_sharing_op_debug {
            union {
                uint64_aligned_t gfn, mfn;
                uint32_t gref;
            } u;
        } debug;
        struct mem_sharing_op_fork {
            domid_t parent_domain;
            uint16_t flags;
            uint32_t pad;
        } fork; /* and fork_reset */
    } u;
} xen_mem_sharing_op_t;
DEFINE_XEN_GUEST_HANDLE(xen_mem_sharing_op_t);

/* Memory which firmware reserves for devices (RMRR). */
typedef struct xen_reserved_device_memory {
    xen_pfn_t start_pfn;
    xen_ulong_t nr_pages;
} xen_reserved_device_memory_t;
DEFINE_XEN_GUEST_HANDLE(xen_reserved_device_memory_t);

#define XENMEM_RDM_ALL 1 /* of all devices, not only dev.pci */

typedef struct xen_reserved_device_memory_map {
    uint32_t flags;
    unsigned int nr_entries; /* in: room; out: number there are, with -ENOBUFS if more */
    XEN_GUEST_HANDLE(xen_reserved_device_memory_t) buffer;
    union {
        physdev_pci_device_t pci;
    } dev;
} xen_reserved_device_memory_map_t;
DEFINE_XEN_GUEST_HANDLE(xen_reserved_device_memory_map_t);

#endif /* __XEN__ || __XEN_TOOLS__ */

/* xen_mem_acquire_resource.type, and the id and frame of each */
#define XENMEM_resource_ioreq_server                0 /* id: ioreq server */
#define XENMEM_resource_ioreq_server_frame_bufioreq 0
#define XENMEM_resource_ioreq_server_frame_ioreq(n) ((n) + 1)
#define XENMEM_resource_grant_table                 1 /* id: which pages */
#define XENMEM_resource_grant_table_id_shared       0
#define XENMEM_resource_grant_table_id_status       1
#define XENMEM_resource_vmtrace_buf                 2 /* id: vCPU */

typedef struct xen_mem_acquire_resource {
    domid_t domid;      /* in: owner of the resource */
    uint16_t type;      /* in */
    uint32_t id;        /* in */
    uint32_t nr_frames; /* in; out: with a null list and 0 frames, the size */
    uint32_t pad;
    uint64_t frame;                         /* in: first one */
    XEN_GUEST_HANDLE(xen_pfn_t) frame_list; /* PV: out, mfns; else in, gfns to map at */
} xen_mem_acquire_resource_t;
DEFINE_XEN_GUEST_HANDLE(xen_mem_acquire_resource_t);

/* A piece of a virtual NUMA node: bytes [start, end). */
typedef struct xen_vmemrange {
    uint64_t start, end;
    unsigned int flags;
    unsigned int nid;
} xen_vmemrange_t;
DEFINE_XEN_GUEST_HANDLE(xen_vmemrange_t);

/* -ENOBUFS if an array is too small; the counts are then the right ones. */
typedef struct xen_vnuma_topology_info {
    domid_t domid; /* in */
    uint16_t pad;
    unsigned int nr_vnodes, nr_vcpus, nr_vmemranges; /* in: room; out: numbers */
    union {
        uint64_t pad;
        XEN_GUEST_HANDLE(uint) h;
    } vdistance; /* out: nr_vnodes squared */
    union {
        uint64_t pad;
        XEN_GUEST_HANDLE(uint) h;
    } vcpu_to_vnode;
    union {
        uint64_t pad;
        XEN_GUEST_HANDLE(xen_vmemrange_t) h;
    } vmemrange;
} xen_vnuma_topology_info_t;
DEFINE_XEN_GUEST_HANDLE(xen_vnuma_topology_info_t);

#endif /* __XEN_PUBLIC_MEMORY_H__ */
