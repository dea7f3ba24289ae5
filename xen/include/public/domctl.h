/* SPDX-License-Identifier: MIT */
/*
 * The tools' control of one domain: HYPERVISOR_domctl(struct xen_domctl *). Not stable: the caller
 * must give the very interface version.
 */
#ifndef __XEN_PUBLIC_DOMCTL_H__
#define __XEN_PUBLIC_DOMCTL_H__

#if !defined(__XEN_TOOLS__) && !defined(__XEN__)
#error "domctl.h is for the hypervisor and its tools: define __XEN_TOOLS__"
#endif

#include "xen.h"
#include "event_channel.h"
#include "grant_table.h"
#include "memory.h"
#include "hvm/save.h"

#define XEN_DOMCTL_INTERFACE_VERSION 0x00000015

/* Life cycle and identity. */
#define XEN_DOMCTL_createdomain    1
#define XEN_DOMCTL_destroydomain   2
#define XEN_DOMCTL_pausedomain     3
#define XEN_DOMCTL_unpausedomain   4
#define XEN_DOMCTL_getdomaininfo   5
#define XEN_DOMCTL_setdomainhandle 17
#define XEN_DOMCTL_hypercall_init  22
#ifdef __XEN__
#define XEN_DOMCTL_soft_reset_cont 23 /* continuation of a preempted soft_reset */
#endif
#define XEN_DOMCTL_settimeoffset    24
#define XEN_DOMCTL_resumedomain     27
#define XEN_DOMCTL_set_address_size 35
#define XEN_DOMCTL_get_address_size 36
#define XEN_DOMCTL_set_target       46
#define XEN_DOMCTL_soft_reset       79

/* vCPUs, their state and scheduling. */
#define XEN_DOMCTL_setvcpuaffinity       9
#define XEN_DOMCTL_setvcpucontext        12
#define XEN_DOMCTL_getvcpucontext        13
#define XEN_DOMCTL_getvcpuinfo           14
#define XEN_DOMCTL_max_vcpus             15
#define XEN_DOMCTL_scheduler_op          16
#define XEN_DOMCTL_getvcpuaffinity       25
#define XEN_DOMCTL_sendtrigger           28
#define XEN_DOMCTL_gethvmcontext         33
#define XEN_DOMCTL_sethvmcontext         34
#define XEN_DOMCTL_set_ext_vcpucontext   42
#define XEN_DOMCTL_get_ext_vcpucontext   43
#define XEN_DOMCTL_gethvmcontext_partial 55
#define XEN_DOMCTL_gettscinfo            59
#define XEN_DOMCTL_settscinfo            60
#define XEN_DOMCTL_setvcpuextstate       62
#define XEN_DOMCTL_getvcpuextstate       63
#define XEN_DOMCTL_setnodeaffinity       68
#define XEN_DOMCTL_getnodeaffinity       69
#define XEN_DOMCTL_get_vcpu_msrs         72
#define XEN_DOMCTL_set_vcpu_msrs         73
#define XEN_DOMCTL_psr_cmt_op            75
#define XEN_DOMCTL_psr_alloc             78
#define XEN_DOMCTL_get_cpu_policy        82
#define XEN_DOMCTL_set_cpu_policy        83

/* Memory. */
#define XEN_DOMCTL_shadow_op               10
#define XEN_DOMCTL_max_mem                 11
#define XEN_DOMCTL_real_mode_area          26
#define XEN_DOMCTL_mem_sharing_op          57
#define XEN_DOMCTL_getpageframeinfo3       61
#define XEN_DOMCTL_audit_p2m               65
#define XEN_DOMCTL_set_broken_page_p2m     67
#define XEN_DOMCTL_cacheflush              71
#define XEN_DOMCTL_setvnumainfo            74
#define XEN_DOMCTL_get_paging_mempool_size 85
#define XEN_DOMCTL_set_paging_mempool_size 86

/* Devices. */
#define XEN_DOMCTL_irq_permission     19
#define XEN_DOMCTL_iomem_permission   20
#define XEN_DOMCTL_ioport_permission  21
#define XEN_DOMCTL_assign_device      37
#define XEN_DOMCTL_bind_pt_irq        38
#define XEN_DOMCTL_memory_mapping     39
#define XEN_DOMCTL_ioport_mapping     40
#define XEN_DOMCTL_test_assign_device 45
#define XEN_DOMCTL_deassign_device    47
#define XEN_DOMCTL_unbind_pt_irq      48
#define XEN_DOMCTL_get_device_group   50
#define XEN_DOMCTL_set_virq_handler   66
#define XEN_DOMCTL_vuart_op           81

/* Debugging and introspection. */
#define XEN_DOMCTL_setdebugging        18
#define XEN_DOMCTL_subscribe           29
#define XEN_DOMCTL_set_opt_feature     44
#define XEN_DOMCTL_debug_op            54
#define XEN_DOMCTL_vm_event_op         56
#define XEN_DOMCTL_set_access_required 64
#define XEN_DOMCTL_monitor_op          77
#define XEN_DOMCTL_vmtrace_op          84
#define XEN_DOMCTL_gdbsx_guestmemio    1000
#define XEN_DOMCTL_gdbsx_pausevcpu     1001
#define XEN_DOMCTL_gdbsx_unpausevcpu   1002
#define XEN_DOMCTL_gdbsx_domstatus     1003

/*
 * createdomain. xen_domctl.domain: wanted id, or 0 for any; out: the id.
 */
#define _XEN_DOMCTL_CDF_hvm          0
#define _XEN_DOMCTL_CDF_hap          1 /* two-dimensional paging, not shadow tables */
#define _XEN_DOMCTL_CDF_s3_integrity 2 /* tboot checks its memory across S3 */
#define _XEN_DOMCTL_CDF_oos_off      3 /* shadow tables are never out of sync */
#define _XEN_DOMCTL_CDF_xs_domain    4 /* it will run xenstore */
#define _XEN_DOMCTL_CDF_iommu        5 /* devices may be passed through */
#define _XEN_DOMCTL_CDF_nested_virt  6
#define XEN_DOMCTL_CDF_hvm           (1U << _XEN_DOMCTL_CDF_hvm)
#define XEN_DOMCTL_CDF_hap           (1U << _XEN_DOMCTL_CDF_hap)
#define XEN_DOMCTL_CDF_s3_integrity  (1U << _XEN_DOMCTL_CDF_s3_integrity)
#define XEN_DOMCTL_CDF_oos_off       (1U << _XEN_DOMCTL_CDF_oos_off)
#define XEN_DOMCTL_CDF_xs_domain     (1U << _XEN_DOMCTL_CDF_xs_domain)
#define XEN_DOMCTL_CDF_iommu         (1U << _XEN_DOMCTL_CDF_iommu)
#define XEN_DOMCTL_CDF_nested_virt   (1U << _XEN_DOMCTL_CDF_nested_virt)
#define XEN_DOMCTL_CDF_vpmu          (1U << 7)
#define XEN_DOMCTL_CDF_MAX           XEN_DOMCTL_CDF_vpmu

/* iommu_opts: the IOMMU gets page tables of its own */
#define _XEN_DOMCTL_IOMMU_no_sharept 0
#define XEN_DOMCTL_IOMMU_no_sharept  (1U << _XEN_DOMCTL_IOMMU_no_sharept)
#define XEN_DOMCTL_IOMMU_MAX         XEN_DOMCTL_IOMMU_no_sharept

/* grant_opts: highest version of grant tables */
#define XEN_DOMCTL_GRANT_version_mask 0xf
#define XEN_DOMCTL_GRANT_version(v)   (XEN_DOMCTL_GRANT_version_mask & (v))

struct xen_domctl_createdomain {
    uint32_t ssidref; /* XSM label */
    xen_domain_handle_t handle;
    uint32_t flags; /* XEN_DOMCTL_CDF_* */
    uint32_t iommu_opts;
    uint32_t max_vcpus, max_evtchn_port;
    int32_t max_grant_frames, max_maptrack_frames; /* pages; -1: the host's default */
    uint32_t grant_opts;
    uint32_t vmtrace_size; /* bytes per vCPU, a power of two; or 0 */
    uint32_t cpupool_id;
    struct xen_arch_domainconfig arch;
};

/*
 * getdomaininfo. Gives the next existing domain, at or after the one asked for.
 */
#define _XEN_DOMINF_dying        0
#define _XEN_DOMINF_hvm_guest    1
#define _XEN_DOMINF_shutdown     2
#define _XEN_DOMINF_paused       3
#define _XEN_DOMINF_blocked      4
#define _XEN_DOMINF_running      5
#define _XEN_DOMINF_debugged     6
#define _XEN_DOMINF_xs_domain    7
#define _XEN_DOMINF_hap          8
#define XEN_DOMINF_dying         (1U << _XEN_DOMINF_dying)
#define XEN_DOMINF_hvm_guest     (1U << _XEN_DOMINF_hvm_guest)
#define XEN_DOMINF_shutdown      (1U << _XEN_DOMINF_shutdown)
#define XEN_DOMINF_paused        (1U << _XEN_DOMINF_paused)
#define XEN_DOMINF_blocked       (1U << _XEN_DOMINF_blocked)
#define XEN_DOMINF_running       (1U << _XEN_DOMINF_running)
#define XEN_DOMINF_debugged      (1U << _XEN_DOMINF_debugged)
#define XEN_DOMINF_xs_domain     (1U << _XEN_DOMINF_xs_domain)
#define XEN_DOMINF_hap           (1U << _XEN_DOMINF_hap)
#define XEN_DOMINF_shutdownshift 16 /* where the SHUTDOWN_* code lies */
#define XEN_DOMINF_shutdownmask  255

#define XEN_INVALID_MAX_VCPU_ID (~0U) /* no vCPUs yet */

typedef struct xen_domctl_getdomaininfo {
    domid_t domain;
    uint16_t pad1;
    uint32_t flags; /* XEN_DOMINF_* */
    uint64_aligned_t tot_pages, max_pages, outstanding_pages, shr_pages, paged_pages;
    uint64_aligned_t shared_info_frame; /* gfn */
    uint64_aligned_t cpu_time;          /* ns */
    uint32_t nr_online_vcpus, max_vcpu_id;
    uint32_t ssidref;
    xen_domain_handle_t handle;
    uint32_t cpupool;
    uint8_t gpaddr_bits; /* width of guest-physical addresses */
    uint8_t pad2[7];
    struct xen_arch_domainconfig arch_config;
} xen_domctl_getdomaininfo_t;
DEFINE_XEN_GUEST_HANDLE(xen_domctl_getdomaininfo_t);

struct xen_domctl_setdomainhandle {
    xen_domain_handle_t handle;
};

/* Fills the page with the stubs of the hypercall page. */
struct xen_domctl_hypercall_init {
    uint64_aligned_t gmfn;
};

struct xen_domctl_settimeoffset {
    int64_aligned_t time_offset_seconds;
};

/* Word size of a PV guest, 32 or 64. */
struct xen_domctl_address_size {
    uint32_t size;
};

/* The domain whose device model this one is. */
struct xen_domctl_set_target {
    domid_t target;
};

/*
 * getpageframeinfo3. array: in gfns, out the type in the high bits of each 32-bit value.
 */
#define XEN_DOMCTL_PFINFO_LTAB_SHIFT    28
#define XEN_DOMCTL_PFINFO_NOTAB         (0x0U << 28)
#define XEN_DOMCTL_PFINFO_L1TAB         (0x1U << 28)
#define XEN_DOMCTL_PFINFO_L2TAB         (0x2U << 28)
#define XEN_DOMCTL_PFINFO_L3TAB         (0x3U << 28)
#define XEN_DOMCTL_PFINFO_L4TAB         (0x4U << 28)
#define XEN_DOMCTL_PFINFO_LTABTYPE_MASK (0x7U << 28)
#define XEN_DOMCTL_PFINFO_LPINTAB       (0x1U << 31) /* pinned */
#define XEN_DOMCTL_PFINFO_BROKEN        (0xdU << 28)
#define XEN_DOMCTL_PFINFO_XALLOC        (0xeU << 28) /* save images: page without content */
#define XEN_DOMCTL_PFINFO_XTAB          (0xfU << 28) /* no such page */
#define XEN_DOMCTL_PFINFO_LTAB_MASK     (0xfU << 28)

struct xen_domctl_getpageframeinfo3 {
    uint64_aligned_t num;
    XEN_GUEST_HANDLE_64(xen_pfn_t) array;
};

/*
 * shadow_op
 */
#define XEN_DOMCTL_SHADOW_OP_OFF             0
#define XEN_DOMCTL_SHADOW_OP_ENABLE_TEST     1  /* = ENABLE with REFCOUNT */
#define XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY 2  /* = ENABLE with LOG_DIRTY */
#define XEN_DOMCTL_SHADOW_OP_CLEAN           11 /* read the dirty bitmap and clear it */
#define XEN_DOMCTL_SHADOW_OP_PEEK            12 /* read it */
#define XEN_DOMCTL_SHADOW_OP_GET_ALLOCATION  30 /* mb */
#define XEN_DOMCTL_SHADOW_OP_SET_ALLOCATION  31
#define XEN_DOMCTL_SHADOW_OP_ENABLE          32

/* mode, for ENABLE */
#define XEN_DOMCTL_SHADOW_ENABLE_REFCOUNT  (1 << 1)
#define XEN_DOMCTL_SHADOW_ENABLE_LOG_DIRTY (1 << 2)
#define XEN_DOMCTL_SHADOW_ENABLE_TRANSLATE (1 << 3)
#define XEN_DOMCTL_SHADOW_ENABLE_EXTERNAL  (1 << 4)
/* mode, for CLEAN and PEEK: the domain is stopped, this is the last round */
#define XEN_DOMCTL_SHADOW_LOGDIRTY_FINAL   (1 << 0)

struct xen_domctl_shadow_op_stats {
    uint32_t fault_count, dirty_count;
};

struct xen_domctl_shadow_op {
    uint32_t op, mode;
    uint32_t mb; /* MiB of shadow memory */
    XEN_GUEST_HANDLE_64(uint8) dirty_bitmap;
    uint64_aligned_t pages;                  /* in: room in bits; out: bits written */
    struct xen_domctl_shadow_op_stats stats; /* out */
};

struct xen_domctl_max_mem {
    uint64_aligned_t max_memkb;
};

/* Memory for the P2M and shadows, in bytes. */
struct xen_domctl_paging_mempool {
    uint64_aligned_t size;
};

struct xen_domctl_set_broken_page_p2m {
    uint64_aligned_t pfn;
};

/* Cleans and invalidates the caches for a range of gfns; Arm. */
struct xen_domctl_cacheflush {
    xen_pfn_t start_pfn, nr_pfns;
};

/* Counts of inconsistent entries. */
struct xen_domctl_audit_p2m {
    uint64_t orphans, m2p_bad, p2m_bad;
};

/* setvnumainfo; distances are nr_vnodes squared. */
struct xen_domctl_vnuma {
    uint32_t nr_vnodes, nr_vmemranges, nr_vcpus, pad;
    XEN_GUEST_HANDLE_64(uint) vdistance;
    XEN_GUEST_HANDLE_64(uint) vcpu_to_vnode;
    XEN_GUEST_HANDLE_64(uint) vnode_to_pnode;
    XEN_GUEST_HANDLE_64(xen_vmemrange_t) vmemrange;
};

/*
 * vCPUs
 */
struct xen_domctl_max_vcpus {
    uint32_t max;
};

struct xen_domctl_vcpucontext {
    uint32_t vcpu;
    XEN_GUEST_HANDLE_64(vcpu_guest_context_t) ctxt;
};

struct xen_domctl_getvcpuinfo {
    uint32_t vcpu;                    /* in */
    uint8_t online, blocked, running; /* out: booleans */
    uint64_aligned_t cpu_time;        /* ns */
    uint32_t cpu;                     /* where it is or last was */
};

struct xen_domctl_nodeaffinity {
    struct xenctl_bitmap nodemap;
};

#define _XEN_VCPUAFFINITY_HARD  0
#define _XEN_VCPUAFFINITY_SOFT  1
#define _XEN_VCPUAFFINITY_FORCE 2 /* undoes a pin_override */
#define XEN_VCPUAFFINITY_HARD   (1U << _XEN_VCPUAFFINITY_HARD)
#define XEN_VCPUAFFINITY_SOFT   (1U << _XEN_VCPUAFFINITY_SOFT)
#define XEN_VCPUAFFINITY_FORCE  (1U << _XEN_VCPUAFFINITY_FORCE)

struct xen_domctl_vcpuaffinity {
    uint32_t vcpu, flags;                          /* in */
    struct xenctl_bitmap cpumap_hard, cpumap_soft; /* in for set; out: what is in force */
};

struct xen_domctl_sendtrigger {
    uint32_t trigger; /* XEN_DOMCTL_SENDTRIGGER_* */
    uint32_t vcpu;
};
#define XEN_DOMCTL_SENDTRIGGER_NMI   0
#define XEN_DOMCTL_SENDTRIGGER_RESET 1
#define XEN_DOMCTL_SENDTRIGGER_INIT  2
#define XEN_DOMCTL_SENDTRIGGER_POWER 3 /* buttons */
#define XEN_DOMCTL_SENDTRIGGER_SLEEP 4

/* A stream of records of hvm/save.h; a null buffer asks for the size. */
struct xen_domctl_hvmcontext {
    uint32_t size; /* bytes */
    XEN_GUEST_HANDLE_64(uint8) buffer;
};

/* One of these records. */
struct xen_domctl_hvmcontext_partial {
    uint32_t type, instance;
    uint64_aligned_t bufsz; /* in: room; out: bytes */
    XEN_GUEST_HANDLE_64(uint8) buffer;
};

struct xen_domctl_ext_vcpucontext {
    uint32_t vcpu;
    uint32_t size; /* bytes of this structure that count */
#if defined(__x86_64__) || defined(__i386__)
    uint64_aligned_t syscall32_callback_eip, sysenter_callback_eip;
    uint16_t syscall32_callback_cs, sysenter_callback_cs;
    uint8_t syscall32_disables_events, sysenter_disables_events;
#ifndef __GNUC__
    struct hvm_vmce_vcpu vmce;
#else
    union {
        struct hvm_vmce_vcpu vmce;
        uint64_aligned_t mcg_cap;
    };
#endif
#endif
};

struct xen_domctl_tsc_info {
    uint32_t tsc_mode; /* 0 default, 1 always emulated, 2 never */
    uint32_t gtsc_khz;
    uint32_t incarnation; /* restores so far */
    uint32_t pad;
    uint64_aligned_t elapsed_nsec;
};

#define XEN_CPUID_INPUT_UNUSED 0xFFFFFFFF

#if defined(__x86_64__) || defined(__i386__)

typedef struct xen_domctl_cpu_policy {
    uint32_t nr_leaves, nr_msrs; /* in: room or entries; out: entries */
    XEN_GUEST_HANDLE_64(xen_cpuid_leaf_t) leaves;
    XEN_GUEST_HANDLE_64(xen_msr_entry_t) msrs;
    uint32_t err_leaf, err_subleaf, err_msr; /* out, set: what was refused; else ~0 */
} xen_domctl_cpu_policy_t;
DEFINE_XEN_GUEST_HANDLE(xen_domctl_cpu_policy_t);

/* XSAVE state: xcr0, xcr0_accum, then the area. */
struct xen_domctl_vcpuextstate {
    uint32_t vcpu;
    uint64_aligned_t xfeature_mask;
    uint64_aligned_t size; /* bytes */
    XEN_GUEST_HANDLE_64(uint64) buffer;
};

typedef struct xen_domctl_vcpu_msr {
    uint32_t index, reserved;
    uint64_aligned_t value;
} xen_domctl_vcpu_msr_t;
DEFINE_XEN_GUEST_HANDLE(xen_domctl_vcpu_msr_t);

struct xen_domctl_vcpu_msrs {
    uint32_t vcpu, msr_count;
    XEN_GUEST_HANDLE_64(xen_domctl_vcpu_msr_t) msrs;
};

#endif /* x86 */

/*
 * Scheduling parameters
 */
#define XEN_SCHEDULER_CREDIT   5
#define XEN_SCHEDULER_CREDIT2  6
#define XEN_SCHEDULER_ARINC653 7
#define XEN_SCHEDULER_RTDS     8
#define XEN_SCHEDULER_NULL     9

struct xen_domctl_sched_credit {
    uint16_t weight;
    uint16_t cap; /* percent of a CPU; 0: none */
};

struct xen_domctl_sched_credit2 {
    uint16_t weight;
    uint16_t cap; /* percent of a CPU; 0: none */
};

#define _XEN_DOMCTL_SCHEDRT_extra 0 /* may use idle time beyond its budget */
#define XEN_DOMCTL_SCHEDRT_extra  (1U << _XEN_DOMCTL_SCHEDRT_extra)

struct xen_domctl_sched_rtds {
    uint32_t period, budget; /* us */
    uint32_t flags;
};

typedef struct xen_domctl_schedparam_vcpu {
    union {
        struct xen_domctl_sched_credit credit;
        struct xen_domctl_sched_credit2 credit2;
        struct xen_domctl_sched_rtds rtds;
    } u;
    uint32_t vcpuid;
} xen_domctl_schedparam_vcpu_t;
DEFINE_XEN_GUEST_HANDLE(xen_domctl_schedparam_vcpu_t);

#define XEN_DOMCTL_SCHEDOP_putinfo     0
#define XEN_DOMCTL_SCHEDOP_getinfo     1
#define XEN_DOMCTL_SCHEDOP_putvcpuinfo 2 /* u.v */
#define XEN_DOMCTL_SCHEDOP_getvcpuinfo 3

struct xen_domctl_scheduler_op {
    uint32_t sched_id; /* XEN_SCHEDULER_* */
    uint32_t cmd;
    union {
        struct xen_domctl_sched_credit credit;
        struct xen_domctl_sched_credit2 credit2;
        struct xen_domctl_sched_rtds rtds;
        struct {
            XEN_GUEST_HANDLE_64(xen_domctl_schedparam_vcpu_t) vcpus;
            uint32_t nr_vcpus; /* in; out: how many were done */
            uint32_t padding;
        } v;
    } u;
};

/* Cache monitoring (Intel RDT). */
#define XEN_DOMCTL_PSR_CMT_OP_DETACH     0
#define XEN_DOMCTL_PSR_CMT_OP_ATTACH     1
#define XEN_DOMCTL_PSR_CMT_OP_QUERY_RMID 2

struct xen_domctl_psr_cmt_op {
    uint32_t cmd;
    uint32_t data; /* out: RMID */
};

/* Cache and bandwidth allocation (Intel RDT). */
#define XEN_DOMCTL_PSR_SET_L3_CBM    0
#define XEN_DOMCTL_PSR_GET_L3_CBM    1
#define XEN_DOMCTL_PSR_SET_L3_CODE   2
#define XEN_DOMCTL_PSR_SET_L3_DATA   3
#define XEN_DOMCTL_PSR_GET_L3_CODE   4
#define XEN_DOMCTL_PSR_GET_L3_DATA   5
#define XEN_DOMCTL_PSR_SET_L2_CBM    6
#define XEN_DOMCTL_PSR_GET_L2_CBM    7
#define XEN_DOMCTL_PSR_SET_MBA_THRTL 8
#define XEN_DOMCTL_PSR_GET_MBA_THRTL 9

struct xen_domctl_psr_alloc {
    uint32_t cmd;
    uint32_t target; /* socket */
    uint64_t data;   /* bit mask or throttle value; out for GET */
};

/*
 * Devices
 */
struct xen_domctl_irq_permission {
    uint32_t pirq;
    uint8_t allow_access;
    uint8_t pad[3];
};

struct xen_domctl_iomem_permission {
    uint64_aligned_t first_mfn, nr_mfns;
    uint8_t allow_access;
};

struct xen_domctl_ioport_permission {
    uint32_t first_port, nr_ports;
    uint8_t allow_access;
};

#define DPCI_REMOVE_MAPPING 0 /* add_mapping */
#define DPCI_ADD_MAPPING    1

struct xen_domctl_memory_mapping {
    uint64_aligned_t first_gfn, first_mfn;
    uint64_aligned_t nr_mfns;
    uint32_t add_mapping, padding;
};

struct xen_domctl_ioport_mapping {
    uint32_t first_gport, first_mport; /* guest's and machine's */
    uint32_t nr_ports, add_mapping;
};

#define XEN_DOMCTL_DEV_PCI         0
#define XEN_DOMCTL_DEV_DT          1
#define XEN_DOMCTL_DEV_RDM_RELAXED 1 /* flags: only warn of reserved memory in the way */

/* assign_device, test_assign_device, deassign_device */
struct xen_domctl_assign_device {
    uint32_t dev; /* XEN_DOMCTL_DEV_* */
    uint32_t flags;
    union {
        struct {
            uint32_t machine_sbdf; /* segment << 16 | bus << 8 | devfn */
        } pci;
        struct {
            uint32_t size; /* bytes of path */
            XEN_GUEST_HANDLE_64(char) path;
#ifdef __XEN__
            struct dt_device_node *dev; /* found by path */
#endif
        } dt;
    } u;
};

/* The devices which the IOMMU cannot tell apart from this one. */
struct xen_domctl_get_device_group {
    uint32_t machine_sbdf;                  /* in */
    uint32_t max_sdevs;                     /* in: room */
    uint32_t num_sdevs;                     /* out */
    XEN_GUEST_HANDLE_64(uint32) sdev_array; /* out: sbdf each */
};

enum pt_irq_type {
    PT_IRQ_TYPE_PCI,
    PT_IRQ_TYPE_ISA,
    PT_IRQ_TYPE_MSI,
    PT_IRQ_TYPE_MSI_TRANSLATE,
    PT_IRQ_TYPE_SPI, /* Arm */
};

/* xen_domctl_bind_pt_irq.u.msi.gflags */
#define XEN_DOMCTL_VMSI_X86_DEST_ID_MASK 0x0000ff
#define XEN_DOMCTL_VMSI_X86_RH_MASK      0x000100
#define XEN_DOMCTL_VMSI_X86_DM_MASK      0x000200
#define XEN_DOMCTL_VMSI_X86_DELIV_MASK   0x007000
#define XEN_DOMCTL_VMSI_X86_TRIG_MASK    0x008000
#define XEN_DOMCTL_VMSI_X86_UNMASKED     0x010000

struct xen_domctl_bind_pt_irq {
    uint32_t machine_irq; /* pirq, or SPI */
    uint32_t irq_type;    /* enum pt_irq_type */
    union {
        struct {
            uint8_t isa_irq;
        } isa;
        struct {
            uint8_t bus, device, intx;
        } pci;
        struct {
            uint8_t gvec;
            uint32_t gflags;
            uint64_aligned_t gtable; /* guest address of the MSI-X table */
        } msi;
        struct {
            uint16_t spi;
        } spi;
    } u;
};

#define XEN_DOMCTL_MEM_CACHEATTR_UC     0
#define XEN_DOMCTL_MEM_CACHEATTR_WC     1
#define XEN_DOMCTL_MEM_CACHEATTR_WT     4
#define XEN_DOMCTL_MEM_CACHEATTR_WP     5
#define XEN_DOMCTL_MEM_CACHEATTR_WB     6
#define XEN_DOMCTL_MEM_CACHEATTR_UCM    7
#define XEN_DOMCTL_DELETE_MEM_CACHEATTR (~(uint32_t)0)

/* Which domain gets a system-wide VIRQ. */
struct xen_domctl_set_virq_handler {
    uint32_t virq;
};

#define XEN_DOMCTL_VUART_OP_INIT     0
#define XEN_DOMCTL_VUART_TYPE_VPL011 0

struct xen_domctl_vuart_op {
    uint32_t cmd, type;
    uint64_aligned_t gfn;  /* of the console ring */
    domid_t console_domid; /* the backend */
    uint8_t pad[2];
    evtchn_port_t evtchn; /* out */
};

/*
 * Debugging and introspection
 */
struct xen_domctl_setdebugging {
    uint8_t enable;
};

struct xen_domctl_subscribe {
    uint32_t port; /* notified when the domain suspends */
};

#define XEN_DOMCTL_DEBUG_OP_SINGLE_STEP_OFF 0
#define XEN_DOMCTL_DEBUG_OP_SINGLE_STEP_ON  1

struct xen_domctl_debug_op {
    uint32_t op, vcpu;
};

/* Guest-virtual memory for a debugger. */
struct xen_domctl_gdbsx_memio {
    uint64_aligned_t pgd3val;  /* 0, or root of the page tables */
    uint64_aligned_t gva, uva; /* in the guest and in the caller */
    uint32_t len;              /* bytes */
    uint8_t gwr;               /* 1: write to the guest */
    uint32_t remain;           /* out: bytes not done */
};

struct xen_domctl_gdbsx_pauseunp_vcpu {
    uint32_t vcpu;
};

/* out */
struct xen_domctl_gdbsx_domstatus {
    uint8_t paused;
    uint32_t vcpu_id; /* which vCPU has an event, ~0: none */
    uint32_t vcpu_ev; /* and which event */
};

#define XEN_VM_EVENT_ENABLE      0 /* op */
#define XEN_VM_EVENT_DISABLE     1
#define XEN_VM_EVENT_RESUME      2
#define XEN_VM_EVENT_GET_VERSION 3

#define XEN_DOMCTL_VM_EVENT_OP_PAGING  1 /* mode */
#define XEN_DOMCTL_VM_EVENT_OP_MONITOR 2
#define XEN_DOMCTL_VM_EVENT_OP_SHARING 3

struct xen_domctl_vm_event_op {
    uint32_t op, mode;
    union {
        struct {
            uint32_t port; /* out */
        } enable;
        uint32_t version; /* out */
    } u;
};

#define XEN_DOMCTL_MEM_SHARING_CONTROL 0

struct xen_domctl_mem_sharing_op {
    uint8_t op;
    union {
        uint8_t enable;
    } u;
};

/* Whether the guest stops when nobody listens to its access events. */
struct xen_domctl_set_access_required {
    uint8_t access_required;
};

#define XEN_DOMCTL_MONITOR_OP_ENABLE            0 /* op */
#define XEN_DOMCTL_MONITOR_OP_DISABLE           1
#define XEN_DOMCTL_MONITOR_OP_GET_CAPABILITIES  2 /* out: event is a mask of events */
#define XEN_DOMCTL_MONITOR_OP_EMULATE_EACH_REP  3
#define XEN_DOMCTL_MONITOR_OP_CONTROL_REGISTERS 4

#define XEN_DOMCTL_MONITOR_EVENT_WRITE_CTRLREG       0 /* event */
#define XEN_DOMCTL_MONITOR_EVENT_MOV_TO_MSR          1
#define XEN_DOMCTL_MONITOR_EVENT_SINGLESTEP          2
#define XEN_DOMCTL_MONITOR_EVENT_SOFTWARE_BREAKPOINT 3
#define XEN_DOMCTL_MONITOR_EVENT_GUEST_REQUEST       4
#define XEN_DOMCTL_MONITOR_EVENT_DEBUG_EXCEPTION     5
#define XEN_DOMCTL_MONITOR_EVENT_CPUID               6
#define XEN_DOMCTL_MONITOR_EVENT_PRIVILEGED_CALL     7
#define XEN_DOMCTL_MONITOR_EVENT_INTERRUPT           8
#define XEN_DOMCTL_MONITOR_EVENT_DESC_ACCESS         9
#define XEN_DOMCTL_MONITOR_EVENT_EMUL_UNIMPLEMENTED  10
#define XEN_DOMCTL_MONITOR_EVENT_INGUEST_PAGEFAULT   11
#define XEN_DOMCTL_MONITOR_EVENT_VMEXIT              12

/* sync: the vCPU waits for the answer. onchangeonly: only if the value changes. */
struct xen_domctl_monitor_op {
    uint32_t op, event;
    union {
        struct {
            uint8_t index; /* VM_EVENT_X86_* register */
            uint8_t sync, onchangeonly, pad1;
            uint32_t pad2;
            uint64_aligned_t bitmask; /* bits whose changes do not count */
        } mov_to_cr;
        struct {
            uint32_t msr;
            uint8_t onchangeonly;
        } mov_to_msr;
        struct {
            uint8_t sync, allow_userspace;
        } guest_request;
        struct {
            uint8_t sync;
        } debug_exception, vmexit;
    } u;
};

/* Processor trace of one vCPU. */
#define XEN_DOMCTL_vmtrace_enable           1
#define XEN_DOMCTL_vmtrace_disable          2
#define XEN_DOMCTL_vmtrace_reset_and_enable 3
#define XEN_DOMCTL_vmtrace_output_position  4 /* value: bytes */
#define XEN_DOMCTL_vmtrace_get_option       5 /* key: an MSR; value */
#define XEN_DOMCTL_vmtrace_set_option       6

typedef struct xen_domctl_vmtrace_op {
    uint32_t cmd, vcpu;
    uint64_aligned_t key, value;
} xen_domctl_vmtrace_op_t;
DEFINE_XEN_GUEST_HANDLE(xen_domctl_vmtrace_op_t);

typedef struct xen_domctl {
    uint32_t cmd;               /* XEN_DOMCTL_<name>, without a prefix in the comments above */
    uint32_t interface_version; /* XEN_DOMCTL_INTERFACE_VERSION */
    domid_t domain;
    uint16_t _pad[3];
    union {
        struct xen_domctl_createdomain createdomain;
        struct xen_domctl_getdomaininfo getdomaininfo;
        struct xen_domctl_setdomainhandle setdomainhandle;
        struct xen_domctl_hypercall_init hypercall_init;
        struct xen_domctl_settimeoffset settimeoffset;
        struct xen_domctl_address_size address_size;
        struct xen_domctl_set_target set_target;

        struct xen_domctl_max_vcpus max_vcpus;
        struct xen_domctl_vcpucontext vcpucontext;
        struct xen_domctl_ext_vcpucontext ext_vcpucontext;
        struct xen_domctl_getvcpuinfo getvcpuinfo;
        struct xen_domctl_vcpuaffinity vcpuaffinity;
        struct xen_domctl_nodeaffinity nodeaffinity;
        struct xen_domctl_scheduler_op scheduler_op;
        struct xen_domctl_sendtrigger sendtrigger;
        struct xen_domctl_hvmcontext hvmcontext;
        struct xen_domctl_hvmcontext_partial hvmcontext_partial;
        struct xen_domctl_tsc_info tsc_info;
        struct xen_domctl_psr_cmt_op psr_cmt_op;
        struct xen_domctl_psr_alloc psr_alloc;
#if defined(__x86_64__) || defined(__i386__)
        struct xen_domctl_cpu_policy cpu_policy;
        struct xen_domctl_vcpuextstate vcpuextstate;
        struct xen_domctl_vcpu_msrs vcpu_msrs;
#endif

        struct xen_domctl_shadow_op shadow_op;
        struct xen_domctl_max_mem max_mem;
        struct xen_domctl_getpageframeinfo3 getpageframeinfo3;
        struct xen_domctl_mem_sharing_op mem_sharing_op;
        struct xen_domctl_audit_p2m audit_p2m;
        struct xen_domctl_set_broken_page_p2m set_broken_page_p2m;
        struct xen_domctl_cacheflush cacheflush;
        struct xen_domctl_vnuma vnuma;
        struct xen_domctl_paging_mempool paging_mempool;

        struct xen_domctl_irq_permission irq_permission;
        struct xen_domctl_iomem_permission iomem_permission;
        struct xen_domctl_ioport_permission ioport_permission;
        struct xen_domctl_assign_device assign_device;
        struct xen_domctl_get_device_group get_device_group;
        struct xen_domctl_bind_pt_irq bind_pt_irq;
        struct xen_domctl_memory_mapping memory_mapping;
        struct xen_domctl_ioport_mapping ioport_mapping;
        struct xen_domctl_set_virq_handler set_virq_handler;
        struct xen_domctl_vuart_op vuart_op;

        struct xen_domctl_setdebugging setdebugging;
        struct xen_domctl_subscribe subscribe;
        struct xen_domctl_debug_op debug_op;
        struct xen_domctl_vm_event_op vm_event_op;
        struct xen_domctl_set_access_required access_required;
        struct xen_domctl_monitor_op monitor_op;
        struct xen_domctl_vmtrace_op vmtrace_op;
        struct xen_domctl_gdbsx_memio gdbsx_guest_memio;
        struct xen_domctl_gdbsx_pauseunp_vcpu gdbsx_pauseunp_vcpu;
        struct xen_domctl_gdbsx_domstatus gdbsx_domstatus;

        uint8_t pad[128];
    } u;
} xen_domctl_t;
DEFINE_XEN_GUEST_HANDLE(xen_domctl_t);

#endif /* __XEN_PUBLIC_DOMCTL_H__ */
