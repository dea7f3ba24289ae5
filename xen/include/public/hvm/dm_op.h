/* SPDX-License-Identifier: MIT */
/*
 * Calls of device models on their guest: HYPERVISOR_dm_op(domid, nr_bufs, bufs). The first buffer
 * is a struct xen_dm_op, others belong to some operations. The structures are extended by trailing
 * members only: missing ones read as zero.
 */
#ifndef __XEN_PUBLIC_HVM_DM_OP_H__
#define __XEN_PUBLIC_HVM_DM_OP_H__

#include "../xen.h"
#include "../event_channel.h"

#ifndef uint64_aligned_t
#define uint64_aligned_t uint64_t
#endif

#define XEN_DMOP_create_ioreq_server              1
#define XEN_DMOP_get_ioreq_server_info            2
#define XEN_DMOP_map_io_range_to_ioreq_server     3
#define XEN_DMOP_unmap_io_range_from_ioreq_server 4
#define XEN_DMOP_set_ioreq_server_state           5
#define XEN_DMOP_destroy_ioreq_server             6
#define XEN_DMOP_track_dirty_vram                 7
#define XEN_DMOP_set_pci_intx_level               8
#define XEN_DMOP_set_isa_irq_level                9
#define XEN_DMOP_set_pci_link_route               10
#define XEN_DMOP_modified_memory                  11
#define XEN_DMOP_set_mem_type                     12
#define XEN_DMOP_inject_event                     13
#define XEN_DMOP_inject_msi                       14
#define XEN_DMOP_map_mem_type_to_ioreq_server     15
#define XEN_DMOP_remote_shutdown                  16
#define XEN_DMOP_relocate_memory                  17
#define XEN_DMOP_pin_memory_cacheattr             18
#define XEN_DMOP_set_irq_level                    19
#define XEN_DMOP_nr_vcpus                         20

/*
 * Ioreq servers: who emulates which part of the guest
 */
typedef uint16_t ioservid_t;

typedef struct xen_dm_op_create_ioreq_server {
    uint8_t handle_bufioreq; /* HVM_IOREQSRV_BUFIOREQ_* */
    uint8_t pad[3];
    ioservid_t id; /* out */
} xen_dm_op_create_ioreq_server_t;

/* get_ioreq_server_info.flags: only the port is wanted, the pages come as a resource */
#define _XEN_DMOP_no_gfns 0
#define XEN_DMOP_no_gfns  (1u << _XEN_DMOP_no_gfns)

typedef struct xen_dm_op_get_ioreq_server_info {
    ioservid_t id;                            /* in */
    uint16_t flags;                           /* in */
    evtchn_port_t bufioreq_port;              /* out */
    uint64_aligned_t ioreq_gfn, bufioreq_gfn; /* out */
} xen_dm_op_get_ioreq_server_info_t;

#define XEN_DMOP_IO_RANGE_PORT   0
#define XEN_DMOP_IO_RANGE_MEMORY 1
#define XEN_DMOP_IO_RANGE_PCI    2 /* of XEN_DMOP_PCI_SBDF() values */

typedef struct xen_dm_op_ioreq_server_range {
    ioservid_t id;
    uint16_t pad;
    uint32_t type;               /* XEN_DMOP_IO_RANGE_* */
    uint64_aligned_t start, end; /* inclusive */
} xen_dm_op_ioreq_server_range_t;

#define XEN_DMOP_PCI_SBDF(s, b, d, f)                                                              \
    ((((s)&0xffff) << 16) | (((b)&0xff) << 8) | (((d)&0x1f) << 3) | ((f)&0x07))

typedef struct xen_dm_op_set_ioreq_server_state {
    ioservid_t id;
    uint8_t enabled, pad;
} xen_dm_op_set_ioreq_server_state_t;

typedef struct xen_dm_op_destroy_ioreq_server {
    ioservid_t id;
    uint16_t pad;
} xen_dm_op_destroy_ioreq_server_t;

/* Accesses to pages of the type go to the server; flags 0 ends that. */
#define XEN_DMOP_IOREQ_MEM_ACCESS_READ  (1u << 0)
#define XEN_DMOP_IOREQ_MEM_ACCESS_WRITE (1u << 1)

typedef struct xen_dm_op_map_mem_type_to_ioreq_server {
    ioservid_t id;
    uint16_t type;   /* HVMMEM_ioreq_server */
    uint32_t flags;  /* XEN_DMOP_IOREQ_MEM_ACCESS_* */
    uint64_t opaque; /* 0 at first; the hypervisor's progress */
} xen_dm_op_map_mem_type_to_ioreq_server_t;

/*
 * Memory of the guest
 */
/* Second buffer: out, a bit per page that was written since the last call. nr 0 ends tracking. */
typedef struct xen_dm_op_track_dirty_vram {
    uint32_t nr, pad; /* pages */
    uint64_aligned_t first_pfn;
} xen_dm_op_track_dirty_vram_t;

/* Second buffer: the extents which the device model wrote. */
typedef struct xen_dm_op_modified_memory {
    uint32_t nr_extents;
    uint32_t opaque; /* 0 at first; the hypervisor's progress */
} xen_dm_op_modified_memory_t;

struct xen_dm_op_modified_memory_extent {
    uint32_t nr, pad; /* pages */
    uint64_aligned_t first_pfn;
};

typedef struct xen_dm_op_set_mem_type {
    uint32_t nr;       /* pages */
    uint16_t mem_type; /* hvmmem_type_t */
    uint16_t pad;
    uint64_aligned_t first_pfn;
} xen_dm_op_set_mem_type_t;

typedef struct xen_dm_op_relocate_memory {
    uint32_t size, pad; /* pages */
    uint64_aligned_t src_gfn, dst_gfn;
} xen_dm_op_relocate_memory_t;

/* PAT memory types, and one more for "not pinned". */
#define XEN_DMOP_MEM_CACHEATTR_UC     0
#define XEN_DMOP_MEM_CACHEATTR_WC     1
#define XEN_DMOP_MEM_CACHEATTR_WT     4
#define XEN_DMOP_MEM_CACHEATTR_WP     5
#define XEN_DMOP_MEM_CACHEATTR_WB     6
#define XEN_DMOP_MEM_CACHEATTR_UCM    7
#define XEN_DMOP_DELETE_MEM_CACHEATTR (~(uint32_t)0)

typedef struct xen_dm_op_pin_memory_cacheattr {
    uint64_aligned_t start, end; /* gfns, inclusive */
    uint32_t type, pad;
} xen_dm_op_pin_memory_cacheattr_t;

/*
 * Interrupts and events
 */
typedef struct xen_dm_op_set_pci_intx_level {
    uint16_t domain;
    uint8_t bus, device, intx; /* intx: 0 = INTA */
    uint8_t level;             /* 1: asserted */
} xen_dm_op_set_pci_intx_level_t;

typedef struct xen_dm_op_set_isa_irq_level {
    uint8_t isa_irq, level;
} xen_dm_op_set_isa_irq_level_t;

/* Arm: an SPI. */
typedef struct xen_dm_op_set_irq_level {
    uint32_t irq;
    uint8_t level;
    uint8_t pad[3];
} xen_dm_op_set_irq_level_t;

/* PIRQA..D (0 to 3) to an ISA interrupt; 0: none. */
typedef struct xen_dm_op_set_pci_link_route {
    uint8_t link, isa_irq;
} xen_dm_op_set_pci_link_route_t;

typedef struct xen_dm_op_inject_msi {
    uint32_t data, pad;
    uint64_aligned_t addr;
} xen_dm_op_inject_msi_t;

/* VMX interruption types. */
#define XEN_DMOP_EVENT_ext_int    0
#define XEN_DMOP_EVENT_nmi        2
#define XEN_DMOP_EVENT_hw_exc     3
#define XEN_DMOP_EVENT_sw_int     4
#define XEN_DMOP_EVENT_pri_sw_exc 5
#define XEN_DMOP_EVENT_sw_exc     6

typedef struct xen_dm_op_inject_event {
    uint32_t vcpuid;
    uint8_t vector;
    uint8_t type;     /* XEN_DMOP_EVENT_* */
    uint8_t insn_len; /* bytes, software events */
    uint8_t pad0;
    uint32_t error_code; /* ~0: none */
    uint32_t pad1;
    uint64_aligned_t cr2;
} xen_dm_op_inject_event_t;

/*
 * The domain
 */
typedef struct xen_dm_op_remote_shutdown {
    uint32_t reason; /* SHUTDOWN_* */
} xen_dm_op_remote_shutdown_t;

typedef struct xen_dm_op_nr_vcpus {
    uint32_t vcpus; /* out */
} xen_dm_op_nr_vcpus_t;

struct xen_dm_op {
    uint32_t op, pad; /* XEN_DMOP_* */
    union {
        xen_dm_op_create_ioreq_server_t create_ioreq_server;
        xen_dm_op_get_ioreq_server_info_t get_ioreq_server_info;
        xen_dm_op_ioreq_server_range_t map_io_range_to_ioreq_server;
        xen_dm_op_ioreq_server_range_t unmap_io_range_from_ioreq_server;
        xen_dm_op_set_ioreq_server_state_t set_ioreq_server_state;
        xen_dm_op_destroy_ioreq_server_t destroy_ioreq_server;
        xen_dm_op_map_mem_type_to_ioreq_server_t map_mem_type_to_ioreq_server;
        xen_dm_op_track_dirty_vram_t track_dirty_vram;
        xen_dm_op_modified_memory_t modified_memory;
        xen_dm_op_set_mem_type_t set_mem_type;
        xen_dm_op_relocate_memory_t relocate_memory;
        xen_dm_op_pin_memory_cacheattr_t pin_memory_cacheattr;
        xen_dm_op_set_pci_intx_level_t set_pci_intx_level;
        xen_dm_op_set_isa_irq_level_t set_isa_irq_level;
        xen_dm_op_set_irq_level_t set_irq_level;
        xen_dm_op_set_pci_link_route_t set_pci_link_route;
        xen_dm_op_inject_msi_t inject_msi;
        xen_dm_op_inject_event_t inject_event;
        xen_dm_op_remote_shutdown_t remote_shutdown;
        xen_dm_op_nr_vcpus_t nr_vcpus;
    } u;
};

typedef struct xen_dm_op_buf {
    XEN_GUEST_HANDLE(void) h;
    xen_ulong_t size; /* bytes */
} xen_dm_op_buf_t;
DEFINE_XEN_GUEST_HANDLE(xen_dm_op_buf_t);

#endif /* __XEN_PUBLIC_HVM_DM_OP_H__ */
