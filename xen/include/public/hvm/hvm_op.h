/* SPDX-License-Identifier: MIT */
/* Calls of and on HVM domains: HYPERVISOR_hvm_op(cmd, arg). */
#ifndef __XEN_PUBLIC_HVM_HVM_OP_H__
#define __XEN_PUBLIC_HVM_HVM_OP_H__

#include "../xen.h"
#include "../event_channel.h"
#include "../trace.h"

#define HVMOP_set_param              0 /* xen_hvm_param */
#define HVMOP_get_param              1 /* xen_hvm_param */
#define HVMOP_flush_tlbs             5 /* none: of all vCPUs of the caller */
#define HVMOP_pagetable_dying        9
#define HVMOP_get_time               10
#define HVMOP_xentrace               11
#define HVMOP_get_mem_type           15
#define HVMOP_guest_request_vm_event 24 /* none */
#define HVMOP_altp2m                 25 /* xen_hvm_altp2m_op */
#if defined(__XEN_TOOLS__) || defined(__XEN__)
#define HVMOP_set_mem_access 12 /* gone: XENMEM_access_op */
#define HVMOP_get_mem_access 13
#endif

typedef struct xen_hvm_param {
    domid_t domid;
    uint16_t pad;
    uint32_t index; /* HVM_PARAM_* */
    uint64_t value;
} xen_hvm_param_t;
DEFINE_XEN_GUEST_HANDLE(xen_hvm_param_t);

/* Kinds of guest memory. */
typedef enum {
    HVMMEM_ram_rw,
    HVMMEM_ram_ro,
    HVMMEM_mmio_dm, /* the device model's */
#if __XEN_INTERFACE_VERSION__ >= 0x00040700
    HVMMEM_unused,
#else
    HVMMEM_mmio_write_dm,
#endif
    HVMMEM_ioreq_server /* accesses go to an ioreq server */
} hvmmem_type_t;

typedef struct xen_hvm_get_mem_type {
    domid_t domid;
    uint16_t mem_type; /* out: hvmmem_type_t */
    uint16_t pad[2];
    uint64_t pfn; /* in */
} xen_hvm_get_mem_type_t;
DEFINE_XEN_GUEST_HANDLE(xen_hvm_get_mem_type_t);

/* Hint: the page table at gpa will not be used any more. */
typedef struct xen_hvm_pagetable_dying {
    domid_t domid;
    uint16_t pad[3];
    uint64_t gpa;
} xen_hvm_pagetable_dying_t;
DEFINE_XEN_GUEST_HANDLE(xen_hvm_pagetable_dying_t);

typedef struct xen_hvm_get_time {
    uint64_t now; /* out: ns of system time */
} xen_hvm_get_time_t;
DEFINE_XEN_GUEST_HANDLE(xen_hvm_get_time_t);

/* Puts a record of the guest into the trace. */
typedef struct xen_hvm_xentrace {
    uint16_t event, extra_bytes;
    uint8_t extra[sizeof(uint32_t) * TRACE_EXTRA_MAX];
} xen_hvm_xentrace_t;
DEFINE_XEN_GUEST_HANDLE(xen_hvm_xentrace_t);

#if __XEN_INTERFACE_VERSION__ < 0x00040900
/* Interrupt lines, before the device model had its own hypercall. */
#define HVMOP_set_pci_intx_level 2
#define HVMOP_set_isa_irq_level  3
#define HVMOP_set_pci_link_route 4

typedef struct xen_hvm_set_pci_intx_level {
    domid_t domid;
    uint8_t domain, bus, device, intx, level;
} xen_hvm_set_pci_intx_level_t;
DEFINE_XEN_GUEST_HANDLE(xen_hvm_set_pci_intx_level_t);

typedef struct xen_hvm_set_isa_irq_level {
    domid_t domid;
    uint8_t isa_irq, level;
} xen_hvm_set_isa_irq_level_t;
DEFINE_XEN_GUEST_HANDLE(xen_hvm_set_isa_irq_level_t);

typedef struct xen_hvm_set_pci_link_route {
    domid_t domid;
    uint8_t link, isa_irq;
} xen_hvm_set_pci_link_route_t;
DEFINE_XEN_GUEST_HANDLE(xen_hvm_set_pci_link_route_t);
#endif

#if defined(__XEN_TOOLS__) || defined(__XEN__)
/* xen_dm_op_create_ioreq_server.handle_bufioreq */
#define HVM_IOREQSRV_BUFIOREQ_OFF    0
#define HVM_IOREQSRV_BUFIOREQ_LEGACY 1 /* read_pointer is not updated atomically */
#define HVM_IOREQSRV_BUFIOREQ_ATOMIC 2
#endif

#if defined(__x86_64__) || defined(__i386__)
#define HVMOP_set_evtchn_upcall_vector 23

/* Events of one vCPU by a vector of its local APIC. */
typedef struct xen_hvm_evtchn_upcall_vector {
    uint32_t vcpu;
    uint8_t vector;
} xen_hvm_evtchn_upcall_vector_t;
DEFINE_XEN_GUEST_HANDLE(xen_hvm_evtchn_upcall_vector_t);
#endif

/*
 * altp2m: several views of guest memory with rights of their own.
 */
#define HVMOP_ALTP2M_INTERFACE_VERSION 0x00000001

#define HVMOP_altp2m_get_domain_state      1
#define HVMOP_altp2m_set_domain_state      2
#define HVMOP_altp2m_vcpu_enable_notify    3
#define HVMOP_altp2m_create_p2m            4
#define HVMOP_altp2m_destroy_p2m           5
#define HVMOP_altp2m_switch_p2m            6
#define HVMOP_altp2m_set_mem_access        7
#define HVMOP_altp2m_change_gfn            8
#define HVMOP_altp2m_set_mem_access_multi  9
#define HVMOP_altp2m_set_suppress_ve       10
#define HVMOP_altp2m_get_suppress_ve       11
#define HVMOP_altp2m_get_mem_access        12
#define HVMOP_altp2m_vcpu_disable_notify   13
#define HVMOP_altp2m_get_p2m_idx           14
#define HVMOP_altp2m_set_suppress_ve_multi 15
#define HVMOP_altp2m_set_visibility        16

typedef struct xen_hvm_altp2m_domain_state {
    uint8_t state; /* 1: on */
} xen_hvm_altp2m_domain_state_t;
DEFINE_XEN_GUEST_HANDLE(xen_hvm_altp2m_domain_state_t);

/* The page for #VE information of a vCPU. */
typedef struct xen_hvm_altp2m_vcpu_enable_notify {
    uint32_t vcpu_id, pad;
    uint64_t gfn;
} xen_hvm_altp2m_vcpu_enable_notify_t;
DEFINE_XEN_GUEST_HANDLE(xen_hvm_altp2m_vcpu_enable_notify_t);

typedef struct xen_hvm_altp2m_vcpu_disable_notify {
    uint32_t vcpu_id;
} xen_hvm_altp2m_vcpu_disable_notify_t;
DEFINE_XEN_GUEST_HANDLE(xen_hvm_altp2m_vcpu_disable_notify_t);

typedef struct xen_hvm_altp2m_view {
    uint16_t view;                  /* out for create */
    uint16_t hvmmem_default_access; /* xenmem_access_t */
} xen_hvm_altp2m_view_t;
DEFINE_XEN_GUEST_HANDLE(xen_hvm_altp2m_view_t);

#if __XEN_INTERFACE_VERSION__ < 0x00040a00
typedef struct xen_hvm_altp2m_set_mem_access {
    uint16_t view, access;
    uint32_t pad;
    uint64_t gfn;
} xen_hvm_altp2m_set_mem_access_t;
DEFINE_XEN_GUEST_HANDLE(xen_hvm_altp2m_set_mem_access_t);
#endif

typedef struct xen_hvm_altp2m_mem_access {
    uint16_t view, access; /* xenmem_access_t */
    uint32_t pad;
    uint64_t gfn;
} xen_hvm_altp2m_mem_access_t;
DEFINE_XEN_GUEST_HANDLE(xen_hvm_altp2m_mem_access_t);

struct xen_hvm_altp2m_set_mem_access_multi {
    uint16_t view, pad;
    uint32_t nr;
    uint64_t opaque; /* 0 at first; the hypervisor's progress */
    XEN_GUEST_HANDLE(const_uint64) pfn_list;
    XEN_GUEST_HANDLE(const_uint8) access_list;
};

/* Shows new_gfn's page at old_gfn; ~0 undoes it. */
typedef struct xen_hvm_altp2m_change_gfn {
    uint16_t view, pad1;
    uint32_t pad2;
    uint64_t old_gfn, new_gfn;
} xen_hvm_altp2m_change_gfn_t;
DEFINE_XEN_GUEST_HANDLE(xen_hvm_altp2m_change_gfn_t);

struct xen_hvm_altp2m_suppress_ve {
    uint16_t view;
    uint8_t suppress_ve, pad1; /* boolean; out for get */
    uint32_t pad2;
    uint64_t gfn;
};

struct xen_hvm_altp2m_suppress_ve_multi {
    uint16_t view;
    uint8_t suppress_ve, pad1;
    int32_t first_error;      /* out: 0 or -errno */
    uint64_t first_gfn;       /* in; out: where it stopped */
    uint64_t last_gfn;        /* inclusive */
    uint64_t first_error_gfn; /* out */
};

struct xen_hvm_altp2m_get_vcpu_p2m_idx {
    uint32_t vcpu_id;
    uint16_t altp2m_idx; /* out */
};

/* Whether VMFUNC may switch to the view. */
struct xen_hvm_altp2m_set_visibility {
    uint16_t altp2m_idx;
    uint8_t visible, pad;
};

typedef struct xen_hvm_altp2m_op {
    uint32_t version; /* HVMOP_ALTP2M_INTERFACE_VERSION */
    uint32_t cmd;     /* HVMOP_altp2m_* */
    domid_t domain;
    uint16_t pad1;
    uint32_t pad2;
    union {
        struct xen_hvm_altp2m_domain_state domain_state;
        struct xen_hvm_altp2m_vcpu_enable_notify enable_notify;
        struct xen_hvm_altp2m_vcpu_disable_notify disable_notify;
        struct xen_hvm_altp2m_view view;
#if __XEN_INTERFACE_VERSION__ < 0x00040a00
        struct xen_hvm_altp2m_set_mem_access set_mem_access;
#endif
        struct xen_hvm_altp2m_mem_access mem_access;
        struct xen_hvm_altp2m_set_mem_access_multi set_mem_access_multi;
        struct xen_hvm_altp2m_change_gfn change_gfn;
        struct xen_hvm_altp2m_suppress_ve suppress_ve;
        struct xen_hvm_altp2m_suppress_ve_multi suppress_ve_multi;
        struct xen_hvm_altp2m_get_vcpu_p2m_idx get_vcpu_p2m_idx;
        struct xen_hvm_altp2m_set_visibility set_visibility;
        uint8_t pad[64];
    } u;
} xen_hvm_altp2m_op_t;
DEFINE_XEN_GUEST_HANDLE(xen_hvm_altp2m_op_t);

#endif /* __XEN_PUBLIC_HVM_HVM_OP_H__ */
