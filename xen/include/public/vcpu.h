/* SPDX-License-Identifier: MIT */
/* Calls on vCPUs of the calling domain: HYPERVISOR_vcpu_op(cmd, vcpu, arg). */
#ifndef __XEN_PUBLIC_VCPU_H__
#define __XEN_PUBLIC_VCPU_H__

#include "xen.h"

#define VCPUOP_initialise                     0 /* vcpu_guest_context; HVM: vcpu_hvm_context */
#define VCPUOP_up                             1 /* none */
#define VCPUOP_down                           2 /* none */
#define VCPUOP_is_up                          3 /* none; returns 1 or 0 */
#define VCPUOP_get_runstate_info              4 /* vcpu_runstate_info */
#define VCPUOP_register_runstate_memory_area  5
#define VCPUOP_set_periodic_timer             6
#define VCPUOP_stop_periodic_timer            7 /* none */
#define VCPUOP_set_singleshot_timer           8
#define VCPUOP_stop_singleshot_timer          9 /* none */
#define VCPUOP_register_vcpu_info             10
#define VCPUOP_send_nmi                       11 /* none */
#define VCPUOP_get_physid                     12 /* vcpu_get_physid; pinned vCPUs of dom0 */
#define VCPUOP_register_vcpu_time_memory_area 13

#define RUNSTATE_running  0 /* on a physical CPU */
#define RUNSTATE_runnable 1 /* waiting for one */
#define RUNSTATE_blocked  2 /* waiting for an event */
#define RUNSTATE_offline  3 /* neither: down or paused */

/* In state_entry_time of a memory area that is being written; see the vm_assist of this name. */
#define XEN_RUNSTATE_UPDATE (xen_mk_ullong(1) << 63)

typedef struct vcpu_runstate_info {
    int state;                 /* RUNSTATE_* */
    uint64_t state_entry_time; /* ns of system time */
    uint64_t time[4];          /* ns in each state so far */
} vcpu_runstate_info_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_runstate_info_t);

/* A copy of the run state, kept fresh at this virtual address. */
typedef struct vcpu_register_runstate_memory_area {
    union {
        uint64_t p;
        struct vcpu_runstate_info *v;
        XEN_GUEST_HANDLE(vcpu_runstate_info_t) h;
    } addr;
} vcpu_register_runstate_memory_area_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_register_runstate_memory_area_t);

/* The same for the vCPU's clock. */
DEFINE_XEN_GUEST_HANDLE(vcpu_time_info_t);
typedef struct vcpu_register_time_memory_area {
    union {
        uint64_t p;
        struct vcpu_time_info *v;
        XEN_GUEST_HANDLE(vcpu_time_info_t) h;
    } addr;
} vcpu_register_time_memory_area_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_register_time_memory_area_t);

/* Moves vcpu_info out of the shared page; only once, and not across a page. */
typedef struct vcpu_register_vcpu_info {
    uint64_t mfn;    /* gfn of the page */
    uint32_t offset; /* bytes */
    uint32_t rsvd;
} vcpu_register_vcpu_info_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_register_vcpu_info_t);

typedef struct vcpu_set_periodic_timer {
    uint64_t period_ns;
} vcpu_set_periodic_timer_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_set_periodic_timer_t);

/* vcpu_set_singleshot_timer.flags: -ETIME if the time is already past */
#define _VCPU_SSHOTTMR_future (0)
#define VCPU_SSHOTTMR_future  (1U << _VCPU_SSHOTTMR_future)

typedef struct vcpu_set_singleshot_timer {
    uint64_t timeout_abs_ns; /* system time */
    uint32_t flags;
} vcpu_set_singleshot_timer_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_set_singleshot_timer_t);

/* APIC id in the low half, ACPI id in the high half. */
typedef struct vcpu_get_physid {
    uint64_t phys_id;
} vcpu_get_physid_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_get_physid_t);

#define xen_vcpu_physid_to_x86_acpiid(physid) ((uint32_t)((physid) >> 32))
#define xen_vcpu_physid_to_x86_apicid(physid) ((uint32_t)(physid))

#endif /* __XEN_PUBLIC_VCPU_H__ */
