/* SPDX-License-Identifier: MIT */
/*
 * The tools' control of the whole host: HYPERVISOR_sysctl(struct xen_sysctl *). Not stable: the
 * caller must give the very interface version.
 */
#ifndef __XEN_PUBLIC_SYSCTL_H__
#define __XEN_PUBLIC_SYSCTL_H__

#if !defined(__XEN_TOOLS__) && !defined(__XEN__)
#error "sysctl.h is for the hypervisor and its tools: define __XEN_TOOLS__"
#endif

#include "xen.h"
#include "physdev.h"
#include "domctl.h"

#define XEN_SYSCTL_INTERFACE_VERSION 0x00000015

#define XEN_SYSCTL_readconsole            1
#define XEN_SYSCTL_tbuf_op                2
#define XEN_SYSCTL_physinfo               3
#define XEN_SYSCTL_sched_id               4
#define XEN_SYSCTL_perfc_op               5
#define XEN_SYSCTL_getdomaininfolist      6
#define XEN_SYSCTL_debug_keys             7
#define XEN_SYSCTL_getcpuinfo             8
#define XEN_SYSCTL_availheap              9
#define XEN_SYSCTL_get_pmstat             10
#define XEN_SYSCTL_cpu_hotplug            11
#define XEN_SYSCTL_pm_op                  12
#define XEN_SYSCTL_page_offline_op        14
#define XEN_SYSCTL_lockprof_op            15
#define XEN_SYSCTL_cputopoinfo            16
#define XEN_SYSCTL_numainfo               17
#define XEN_SYSCTL_cpupool_op             18
#define XEN_SYSCTL_scheduler_op           19
#define XEN_SYSCTL_coverage_op            20
#define XEN_SYSCTL_psr_cmt_op             21
#define XEN_SYSCTL_pcitopoinfo            22
#define XEN_SYSCTL_psr_alloc              23
#define XEN_SYSCTL_get_cpu_levelling_caps 25
#define XEN_SYSCTL_get_cpu_featureset     26
#define XEN_SYSCTL_livepatch_op           27
#define XEN_SYSCTL_get_cpu_policy         29

/*
 * Console
 */
struct xen_sysctl_readconsole {
    uint8_t clear;       /* in: forget the text afterwards */
    uint8_t incremental; /* in: start at index */
    uint8_t pad0, pad1;
    uint32_t index; /* in; out: where to go on */
    XEN_GUEST_HANDLE_64(char) buffer;
    uint32_t count; /* bytes; in: room, out: written */
};

struct xen_sysctl_debug_keys {
    XEN_GUEST_HANDLE_64(const_char) keys;
    uint32_t nr_keys;
};

/*
 * Trace buffers
 */
#define XEN_SYSCTL_TBUFOP_get_info     0
#define XEN_SYSCTL_TBUFOP_set_cpu_mask 1
#define XEN_SYSCTL_TBUFOP_set_evt_mask 2
#define XEN_SYSCTL_TBUFOP_set_size     3
#define XEN_SYSCTL_TBUFOP_enable       4
#define XEN_SYSCTL_TBUFOP_disable      5

struct xen_sysctl_tbuf_op {
    uint32_t cmd;
    struct xenctl_bitmap cpu_mask;
    uint32_t evt_mask;
    uint64_aligned_t buffer_mfn; /* out: of struct t_info */
    uint32_t size;               /* pages per CPU to set; out: bytes of t_info */
};

/*
 * The host
 */
#define _XEN_SYSCTL_PHYSCAP_hvm                0
#define _XEN_SYSCTL_PHYSCAP_pv                 1
#define _XEN_SYSCTL_PHYSCAP_directio           2
#define _XEN_SYSCTL_PHYSCAP_hap                3
#define _XEN_SYSCTL_PHYSCAP_shadow             4
#define _XEN_SYSCTL_PHYSCAP_iommu_hap_pt_share 5
#define XEN_SYSCTL_PHYSCAP_hvm                 (1u << _XEN_SYSCTL_PHYSCAP_hvm)
#define XEN_SYSCTL_PHYSCAP_pv                  (1u << _XEN_SYSCTL_PHYSCAP_pv)
#define XEN_SYSCTL_PHYSCAP_directio            (1u << _XEN_SYSCTL_PHYSCAP_directio)
#define XEN_SYSCTL_PHYSCAP_hap                 (1u << _XEN_SYSCTL_PHYSCAP_hap)
#define XEN_SYSCTL_PHYSCAP_shadow              (1u << _XEN_SYSCTL_PHYSCAP_shadow)
#define XEN_SYSCTL_PHYSCAP_iommu_hap_pt_share  (1u << _XEN_SYSCTL_PHYSCAP_iommu_hap_pt_share)
#define XEN_SYSCTL_PHYSCAP_vmtrace             (1u << 6)
#define XEN_SYSCTL_PHYSCAP_vpmu                (1u << 7)
#define XEN_SYSCTL_PHYSCAP_gnttab_v1           (1u << 8)
#define XEN_SYSCTL_PHYSCAP_gnttab_v2           (1u << 9)
#define XEN_SYSCTL_PHYSCAP_MAX                 XEN_SYSCTL_PHYSCAP_gnttab_v2

struct xen_sysctl_physinfo {
    uint32_t threads_per_core, cores_per_socket;
    uint32_t nr_cpus, max_cpu_id;
    uint32_t nr_nodes, max_node_id;
    uint32_t cpu_khz;
    uint32_t capabilities; /* XEN_SYSCTL_PHYSCAP_* */
    uint32_t arch_capabilities;
    uint32_t pad;
    uint64_aligned_t total_pages, free_pages;
    uint64_aligned_t scrub_pages;       /* free but not yet clean */
    uint64_aligned_t outstanding_pages; /* claimed */
    uint64_aligned_t max_mfn;
    uint32_t hw_cap[8]; /* raw feature words */
};

struct xen_sysctl_availheap {
    uint32_t min_bitwidth, max_bitwidth; /* in: address width; 0: no bound */
    int32_t node;                        /* in: -1: all */
    uint64_aligned_t avail_bytes;        /* out */
};

typedef struct xen_sysctl_cpuinfo {
    uint64_aligned_t idletime; /* ns */
} xen_sysctl_cpuinfo_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_cpuinfo_t);

struct xen_sysctl_getcpuinfo {
    uint32_t max_cpus;                              /* in: room */
    XEN_GUEST_HANDLE_64(xen_sysctl_cpuinfo_t) info; /* out */
    uint32_t nr_cpus;                               /* out */
};

/* In the topology calls a null handle asks for the number of elements. */
#define XEN_INVALID_CORE_ID   (~0U)
#define XEN_INVALID_SOCKET_ID (~0U)
#define XEN_INVALID_NODE_ID   (~0U)
#define XEN_INVALID_DEV       (XEN_INVALID_NODE_ID - 1)
#define XEN_INVALID_MEM_SZ    (~0U)
#define XEN_INVALID_NODE_DIST (~0U)

typedef struct xen_sysctl_cputopo {
    uint32_t core, socket, node;
} xen_sysctl_cputopo_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_cputopo_t);

struct xen_sysctl_cputopoinfo {
    uint32_t num_cpus; /* in: room; out */
    XEN_GUEST_HANDLE_64(xen_sysctl_cputopo_t) cputopo;
};

typedef struct xen_sysctl_meminfo {
    uint64_t memsize, memfree; /* bytes */
} xen_sysctl_meminfo_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_meminfo_t);

struct xen_sysctl_numainfo {
    uint32_t num_nodes; /* in: room; out */
    XEN_GUEST_HANDLE_64(xen_sysctl_meminfo_t) meminfo;
    XEN_GUEST_HANDLE_64(uint32) distance; /* num_nodes squared */
};

struct xen_sysctl_pcitopoinfo {
    uint32_t num_devs;                              /* in; out: how many were done */
    XEN_GUEST_HANDLE_64(physdev_pci_device_t) devs; /* in */
    XEN_GUEST_HANDLE_64(uint32) nodes;              /* out */
};

struct xen_sysctl_getdomaininfolist {
    domid_t first_domain; /* in */
    uint32_t max_domains; /* in: room */
    XEN_GUEST_HANDLE_64(xen_domctl_getdomaininfo_t) buffer;
    uint32_t num_domains; /* out */
};

/*
 * CPU features
 */
#define XEN_SYSCTL_CPU_LEVELCAP_faulting    (1ul << 0)
#define XEN_SYSCTL_CPU_LEVELCAP_ecx         (1ul << 1)
#define XEN_SYSCTL_CPU_LEVELCAP_edx         (1ul << 2)
#define XEN_SYSCTL_CPU_LEVELCAP_extd_ecx    (1ul << 3)
#define XEN_SYSCTL_CPU_LEVELCAP_extd_edx    (1ul << 4)
#define XEN_SYSCTL_CPU_LEVELCAP_xsave_eax   (1ul << 5)
#define XEN_SYSCTL_CPU_LEVELCAP_thermal_ecx (1ul << 6)
#define XEN_SYSCTL_CPU_LEVELCAP_l7s0_eax    (1ul << 7)
#define XEN_SYSCTL_CPU_LEVELCAP_l7s0_ebx    (1ul << 8)

/* Which CPUID leaves of PV guests can be changed. */
struct xen_sysctl_cpu_levelling_caps {
    uint32_t caps; /* out */
};

#define XEN_SYSCTL_cpu_featureset_raw     0
#define XEN_SYSCTL_cpu_featureset_host    1
#define XEN_SYSCTL_cpu_featureset_pv      2
#define XEN_SYSCTL_cpu_featureset_hvm     3
#define XEN_SYSCTL_cpu_featureset_pv_max  4
#define XEN_SYSCTL_cpu_featureset_hvm_max 5

struct xen_sysctl_cpu_featureset {
    uint32_t index;                       /* in: which set */
    uint32_t nr_features;                 /* words; in: room, out: written */
    XEN_GUEST_HANDLE_64(uint32) features; /* out */
};

#if defined(__x86_64__) || defined(__i386__)
#define XEN_SYSCTL_cpu_policy_raw         0
#define XEN_SYSCTL_cpu_policy_host        1
#define XEN_SYSCTL_cpu_policy_pv_max      2
#define XEN_SYSCTL_cpu_policy_hvm_max     3
#define XEN_SYSCTL_cpu_policy_pv_default  4
#define XEN_SYSCTL_cpu_policy_hvm_default 5

typedef struct xen_sysctl_cpu_policy {
    uint32_t index;              /* in: which policy */
    uint32_t nr_leaves, nr_msrs; /* in: room; out: numbers */
    uint32_t _rsvd;
    XEN_GUEST_HANDLE_64(xen_cpuid_leaf_t) leaves;
    XEN_GUEST_HANDLE_64(xen_msr_entry_t) msrs;
} xen_sysctl_cpu_policy_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_cpu_policy_t);
#endif

/*
 * Counters of the hypervisor
 */
#define XEN_SYSCTL_PERFCOP_reset 1
#define XEN_SYSCTL_PERFCOP_query 2

typedef struct xen_sysctl_perfc_desc {
    char name[80];
    uint32_t nr_vals;
} xen_sysctl_perfc_desc_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_perfc_desc_t);

typedef uint32_t xen_sysctl_perfc_val_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_perfc_val_t);

struct xen_sysctl_perfc_op {
    uint32_t cmd;
    uint32_t nr_counters, nr_vals; /* out */
    XEN_GUEST_HANDLE_64(xen_sysctl_perfc_desc_t) desc;
    XEN_GUEST_HANDLE_64(xen_sysctl_perfc_val_t) val;
};

#define XEN_SYSCTL_LOCKPROF_reset 1
#define XEN_SYSCTL_LOCKPROF_query 2

#define LOCKPROF_TYPE_GLOBAL 0
#define LOCKPROF_TYPE_PERDOM 1 /* idx is the domain */
#define LOCKPROF_TYPE_N      2

typedef struct xen_sysctl_lockprof_data {
    char name[40];
    int32_t type, idx;
    uint64_aligned_t lock_cnt, block_cnt;
    uint64_aligned_t lock_time, block_time; /* ns */
} xen_sysctl_lockprof_data_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_lockprof_data_t);

struct xen_sysctl_lockprof_op {
    uint32_t cmd;
    uint32_t max_elem, nr_elem; /* in: room; out: number */
    uint64_aligned_t time;      /* out: ns since the reset */
    XEN_GUEST_HANDLE_64(xen_sysctl_lockprof_data_t) data;
};

#define XEN_GCOV_FORMAT_MAGIC        0x58434f56
#define XEN_SYSCTL_COVERAGE_get_size 0
#define XEN_SYSCTL_COVERAGE_read     1
#define XEN_SYSCTL_COVERAGE_reset    2

struct xen_sysctl_coverage_op {
    uint32_t cmd;
    uint32_t size; /* bytes */
    XEN_GUEST_HANDLE_64(char) buffer;
};

/*
 * CPUs and their power
 */
#define XEN_SYSCTL_CPU_HOTPLUG_ONLINE      0
#define XEN_SYSCTL_CPU_HOTPLUG_OFFLINE     1
#define XEN_SYSCTL_CPU_HOTPLUG_SMT_ENABLE  2 /* all sibling threads; cpu is ignored */
#define XEN_SYSCTL_CPU_HOTPLUG_SMT_DISABLE 3

struct xen_sysctl_cpu_hotplug {
    uint32_t cpu, op;
};

#define PMSTAT_CATEGORY_MASK 0xf0
#define PMSTAT_PX            0x10
#define PMSTAT_CX            0x20
#define PMSTAT_get_max_px    (PMSTAT_PX | 0x1)
#define PMSTAT_get_pxstat    (PMSTAT_PX | 0x2)
#define PMSTAT_reset_pxstat  (PMSTAT_PX | 0x3)
#define PMSTAT_get_max_cx    (PMSTAT_CX | 0x1)
#define PMSTAT_get_cxstat    (PMSTAT_CX | 0x2)
#define PMSTAT_reset_cxstat  (PMSTAT_CX | 0x3)

typedef struct pm_px_val {
    uint64_aligned_t freq;      /* MHz */
    uint64_aligned_t residency; /* ns */
    uint64_aligned_t count;
} pm_px_val_t;
DEFINE_XEN_GUEST_HANDLE(pm_px_val_t);

struct pm_px_stat {
    uint8_t total, usable;                /* numbers of P-states */
    uint8_t last, cur;                    /* indices */
    XEN_GUEST_HANDLE_64(uint64) trans_pt; /* counts of transitions, total squared */
    XEN_GUEST_HANDLE_64(pm_px_val_t) pt;
};

struct pm_cx_stat {
    uint32_t nr, last;                       /* in: room of triggers and residencies; out */
    uint64_aligned_t idle_time;              /* ns */
    XEN_GUEST_HANDLE_64(uint64) triggers;    /* entries to each state */
    XEN_GUEST_HANDLE_64(uint64) residencies; /* ns in each */
    uint32_t nr_pc, nr_cc;                   /* in: room; out: highest + 1 */
    XEN_GUEST_HANDLE_64(uint64) pc, cc;      /* of packages and cores, from state 1 */
};

struct xen_sysctl_get_pmstat {
    uint32_t type; /* PMSTAT_* */
    uint32_t cpuid;
    union {
        struct pm_cx_stat getcx;
        struct pm_px_stat getpx;
    } u;
};

#define CPUFREQ_NAME_LEN 16

struct xen_userspace {
    uint32_t scaling_setspeed;
};

struct xen_ondemand {
    uint32_t sampling_rate_max, sampling_rate_min, sampling_rate; /* us */
    uint32_t up_threshold;                                        /* percent */
};

struct xen_get_cpufreq_para {
    uint32_t cpu_num, freq_num; /* room of the arrays; -EAGAIN with the numbers if wrong */
    uint32_t gov_num;           /* governors, CPUFREQ_NAME_LEN bytes each */
    XEN_GUEST_HANDLE_64(uint32) affected_cpus;
    XEN_GUEST_HANDLE_64(uint32) scaling_available_frequencies;
    XEN_GUEST_HANDLE_64(char) scaling_available_governors;
    char scaling_driver[CPUFREQ_NAME_LEN];
    uint32_t cpuinfo_cur_freq, cpuinfo_max_freq, cpuinfo_min_freq; /* kHz */
    uint32_t scaling_cur_freq;
    char scaling_governor[CPUFREQ_NAME_LEN];
    uint32_t scaling_max_freq, scaling_min_freq;
    union {
        struct xen_ondemand ondemand;
        struct xen_userspace userspace;
    } u; /* of the governor in force */
    int32_t turbo_enabled;
};

struct xen_set_cpufreq_gov {
    char scaling_governor[CPUFREQ_NAME_LEN];
};

#define SCALING_MAX_FREQ 1 /* ctrl_type */
#define SCALING_MIN_FREQ 2
#define SCALING_SETSPEED 3
#define SAMPLING_RATE    4
#define UP_THRESHOLD     5

struct xen_set_cpufreq_para {
    uint32_t ctrl_type, ctrl_value;
};

#define PM_PARA_CATEGORY_MASK                     0xf0
#define CPUFREQ_PARA                              0x10
#define GET_CPUFREQ_PARA                          (CPUFREQ_PARA | 0x01)
#define SET_CPUFREQ_GOV                           (CPUFREQ_PARA | 0x02)
#define SET_CPUFREQ_PARA                          (CPUFREQ_PARA | 0x03)
#define GET_CPUFREQ_AVGFREQ                       (CPUFREQ_PARA | 0x04)
#define XEN_SYSCTL_pm_op_set_sched_opt_smt        0x21
#define XEN_SYSCTL_pm_op_get_max_cstate           0x22
#define XEN_SYSCTL_pm_op_set_max_cstate           0x23
#define XEN_SYSCTL_pm_op_set_vcpu_migration_delay 0x24
#define XEN_SYSCTL_pm_op_get_vcpu_migration_delay 0x25
#define XEN_SYSCTL_pm_op_enable_turbo             0x26
#define XEN_SYSCTL_pm_op_disable_turbo            0x27

#define XEN_SYSCTL_CX_UNLIMITED 0xffffffff

struct xen_sysctl_pm_op {
    uint32_t cmd;
    uint32_t cpuid; /* for max_cstate: 1 means the sub-state */
    union {
        struct xen_get_cpufreq_para get_para;
        struct xen_set_cpufreq_gov set_gov;
        struct xen_set_cpufreq_para set_para;
        uint64_aligned_t get_avgfreq; /* kHz */
        uint32_t set_sched_opt_smt, get_max_cstate, set_max_cstate;
    } u;
};

/*
 * Bad memory. One status word per frame from start to end.
 */
#define sysctl_page_offline       1
#define sysctl_page_online        2
#define sysctl_query_page_offline 3

struct xen_sysctl_page_offline_op {
    uint32_t cmd, start, end;
    XEN_GUEST_HANDLE(uint32) status;
};

#define PG_OFFLINE_STATUS_MASK (0xFFUL) /* results of offline and online */
#define PG_OFFLINE_INVALID     (0x1UL << 0)
#define PG_OFFLINE_OFFLINED    (0x1UL << 1)
#define PG_OFFLINE_PENDING     (0x1UL << 2)
#define PG_OFFLINE_FAILED      (0x1UL << 3)
#define PG_OFFLINE_AGAIN       (0x1UL << 4)
#define PG_ONLINE_FAILED       PG_OFFLINE_FAILED
#define PG_ONLINE_ONLINED      PG_OFFLINE_OFFLINED

#define PG_OFFLINE_STATUS_OFFLINED        (0x1UL << 1) /* results of query */
#define PG_OFFLINE_STATUS_ONLINE          (0x1UL << 2)
#define PG_OFFLINE_STATUS_OFFLINE_PENDING (0x1UL << 3)
#define PG_OFFLINE_STATUS_BROKEN          (0x1UL << 4)

#define PG_OFFLINE_MISC_MASK    (0xFFUL << 4) /* whose page it is */
#define PG_OFFLINE_XENPAGE      (0x1UL << 8)
#define PG_OFFLINE_DOM0PAGE     (0x1UL << 9)
#define PG_OFFLINE_ANONYMOUS    (0x1UL << 10)
#define PG_OFFLINE_NOT_CONV_RAM (0x1UL << 11)
#define PG_OFFLINE_OWNED        (0x1UL << 12)
#define PG_OFFLINE_BROKEN       (0x1UL << 13)
#define PG_ONLINE_BROKEN        PG_OFFLINE_BROKEN
#define PG_OFFLINE_OWNER_SHIFT  16

/*
 * Scheduling
 */
struct xen_sysctl_sched_id {
    uint32_t sched_id; /* out: XEN_SCHEDULER_* of the default pool */
};

#define XEN_SYSCTL_CPUPOOL_OP_CREATE     1 /* cpupool_id, sched_id; out: cpupool_id */
#define XEN_SYSCTL_CPUPOOL_OP_DESTROY    2 /* cpupool_id */
#define XEN_SYSCTL_CPUPOOL_OP_INFO       3 /* the next pool from cpupool_id */
#define XEN_SYSCTL_CPUPOOL_OP_ADDCPU     4 /* cpupool_id, cpu */
#define XEN_SYSCTL_CPUPOOL_OP_RMCPU      5 /* cpupool_id, cpu */
#define XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN 6 /* cpupool_id, domid */
#define XEN_SYSCTL_CPUPOOL_OP_FREEINFO   7 /* out: cpumap of free CPUs */
#define XEN_SYSCTL_CPUPOOL_PAR_ANY       0xFFFFFFFF

struct xen_sysctl_cpupool_op {
    uint32_t op, cpupool_id, sched_id;
    uint32_t domid, cpu;
    uint32_t n_dom; /* out: domains in the pool */
    struct xenctl_bitmap cpumap;
};

#define ARINC653_MAX_DOMAINS_PER_SCHEDULE 64

typedef struct xen_sysctl_arinc653_schedule {
    uint64_aligned_t major_frame; /* ns */
    uint8_t num_sched_entries;
    struct {
        xen_domain_handle_t dom_handle;
        uint32_t vcpu_id;
        uint64_aligned_t runtime; /* ns */
    } sched_entries[ARINC653_MAX_DOMAINS_PER_SCHEDULE];
} xen_sysctl_arinc653_schedule_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_arinc653_schedule_t);

#define XEN_SYSCTL_SCHED_RATELIMIT_MAX   500000 /* us */
#define XEN_SYSCTL_SCHED_RATELIMIT_MIN   100
#define XEN_SYSCTL_CSCHED_TSLICE_MAX     1000 /* ms */
#define XEN_SYSCTL_CSCHED_TSLICE_MIN     1
#define XEN_SYSCTL_CSCHED_MGR_DLY_MAX_US (100 * 1000)

struct xen_sysctl_credit_schedule {
    uint32_t tslice_ms, ratelimit_us, vcpu_migr_delay_us;
};

struct xen_sysctl_credit2_schedule {
    uint32_t ratelimit_us;
};

#define XEN_SYSCTL_SCHEDOP_putinfo 0
#define XEN_SYSCTL_SCHEDOP_getinfo 1

struct xen_sysctl_scheduler_op {
    uint32_t cpupool_id, sched_id, cmd;
    union {
        struct xen_sysctl_credit_schedule sched_credit;
        struct xen_sysctl_credit2_schedule sched_credit2;
        struct xen_sysctl_sched_arinc653 {
            XEN_GUEST_HANDLE_64(xen_sysctl_arinc653_schedule_t) schedule;
        } sched_arinc653;
    } u;
};

/*
 * Cache monitoring and allocation (Intel RDT)
 */
#define XEN_SYSCTL_PSR_CMT_get_total_rmid          0
#define XEN_SYSCTL_PSR_CMT_get_l3_upscaling_factor 1
#define XEN_SYSCTL_PSR_CMT_get_l3_cache_size       2
#define XEN_SYSCTL_PSR_CMT_enabled                 3
#define XEN_SYSCTL_PSR_CMT_get_l3_event_mask       4

struct xen_sysctl_psr_cmt_op {
    uint32_t cmd;
    uint32_t flags; /* 0 */
    union {
        uint64_t data; /* out */
        struct {
            uint32_t cpu, rsvd;
        } l3_cache; /* in, get_l3_cache_size */
    } u;
};

#define XEN_SYSCTL_PSR_get_l3_info  0
#define XEN_SYSCTL_PSR_get_l2_info  1
#define XEN_SYSCTL_PSR_get_mba_info 2

#define XEN_SYSCTL_PSR_CAT_L3_CDP (1u << 0)
#define XEN_SYSCTL_PSR_MBA_LINEAR (1u << 0)

struct xen_sysctl_psr_alloc {
    uint32_t cmd;
    uint32_t target; /* socket */
    union {
        struct {
            uint32_t cbm_len, cos_max;
            uint32_t flags; /* XEN_SYSCTL_PSR_CAT_* */
        } cat_info;
        struct {
            uint32_t thrtl_max, cos_max;
            uint32_t flags; /* XEN_SYSCTL_PSR_MBA_* */
        } mba_info;
    } u; /* out */
};

/*
 * Live patches
 */
#define LIVEPATCH_PAYLOAD_VERSION 2

#ifdef __XEN__
/* One function of a payload's .livepatch.funcs section. */
#define LIVEPATCH_OPAQUE_SIZE 31

typedef struct livepatch_expectation {
    uint8_t enabled : 1, len : 5, rsv : 2;
    uint8_t data[LIVEPATCH_OPAQUE_SIZE]; /* what the old function must start with */
} livepatch_expectation_t;

typedef enum livepatch_func_state {
    LIVEPATCH_FUNC_NOT_APPLIED,
    LIVEPATCH_FUNC_APPLIED
} livepatch_func_state_t;

typedef struct livepatch_func {
    const char *name; /* of the function to replace */
    void *new_addr, *old_addr;
    uint32_t new_size, old_size; /* bytes */
    uint8_t version;             /* LIVEPATCH_PAYLOAD_VERSION */
    uint8_t _pad[39];
    livepatch_expectation_t expect;
} livepatch_func_t;
#endif

#define XEN_LIVEPATCH_NAME_SIZE 128

struct xen_livepatch_name {
    XEN_GUEST_HANDLE_64(char) name;
    uint16_t size; /* bytes with the NUL */
    uint16_t pad[3];
};

#define XEN_SYSCTL_LIVEPATCH_UPLOAD 0
#define XEN_SYSCTL_LIVEPATCH_GET    1
#define XEN_SYSCTL_LIVEPATCH_LIST   2
#define XEN_SYSCTL_LIVEPATCH_ACTION 3

#define LIVEPATCH_STATE_CHECKED 1
#define LIVEPATCH_STATE_APPLIED 2

#define LIVEPATCH_ACTION_UNLOAD  1
#define LIVEPATCH_ACTION_REVERT  2
#define LIVEPATCH_ACTION_APPLY   3
#define LIVEPATCH_ACTION_REPLACE 4

#define LIVEPATCH_ACTION_APPLY_NODEPS (1 << 0) /* do not compare build ids */

struct xen_sysctl_livepatch_upload {
    struct xen_livepatch_name name;
    uint64_t size; /* bytes of the ELF file */
    XEN_GUEST_HANDLE_64(uint8) payload;
};

typedef struct xen_livepatch_status {
    uint32_t state; /* LIVEPATCH_STATE_* */
    int32_t rc;     /* 0, or -errno; -EAGAIN: going on */
} xen_livepatch_status_t;
DEFINE_XEN_GUEST_HANDLE(xen_livepatch_status_t);

struct xen_sysctl_livepatch_get {
    struct xen_livepatch_name name;
    struct xen_livepatch_status status; /* out */
};

struct xen_sysctl_livepatch_list {
    uint32_t version; /* out: changes with the list */
    uint32_t idx;     /* in: first one */
    uint32_t nr;      /* in: room; out: written */
    uint32_t pad;
    uint32_t name_total_size, metadata_total_size; /* bytes */
    XEN_GUEST_HANDLE_64(xen_livepatch_status_t) status;
    XEN_GUEST_HANDLE_64(char) name;
    XEN_GUEST_HANDLE_64(uint32) len;
    XEN_GUEST_HANDLE_64(char) metadata;
    XEN_GUEST_HANDLE_64(uint32) metadata_len;
};

struct xen_sysctl_livepatch_action {
    struct xen_livepatch_name name;
    uint32_t cmd;     /* LIVEPATCH_ACTION_* */
    uint32_t timeout; /* ns; 0: the default */
    uint32_t flags, pad;
};

struct xen_sysctl_livepatch_op {
    uint32_t cmd, pad; /* XEN_SYSCTL_LIVEPATCH_* */
    union {
        struct xen_sysctl_livepatch_action action;
        struct xen_sysctl_livepatch_get get;
        struct xen_sysctl_livepatch_list list;
        struct xen_sysctl_livepatch_upload upload;
    } u;
};

typedef struct xen_sysctl {
    uint32_t cmd;               /* XEN_SYSCTL_* */
    uint32_t interface_version; /* XEN_SYSCTL_INTERFACE_VERSION */
    union {
        struct xen_sysctl_readconsole readconsole;
        struct xen_sysctl_debug_keys debug_keys;
        struct xen_sysctl_tbuf_op tbuf_op;

        struct xen_sysctl_physinfo physinfo;
        struct xen_sysctl_availheap availheap;
        struct xen_sysctl_getcpuinfo getcpuinfo;
        struct xen_sysctl_cputopoinfo cputopoinfo;
        struct xen_sysctl_numainfo numainfo;
        struct xen_sysctl_pcitopoinfo pcitopoinfo;
        struct xen_sysctl_getdomaininfolist getdomaininfolist;

        struct xen_sysctl_cpu_levelling_caps cpu_levelling_caps;
        struct xen_sysctl_cpu_featureset cpu_featureset;
#if defined(__x86_64__) || defined(__i386__)
        struct xen_sysctl_cpu_policy cpu_policy;
#endif

        struct xen_sysctl_perfc_op perfc_op;
        struct xen_sysctl_lockprof_op lockprof_op;
        struct xen_sysctl_coverage_op coverage_op;

        struct xen_sysctl_cpu_hotplug cpu_hotplug;
        struct xen_sysctl_get_pmstat get_pmstat;
        struct xen_sysctl_pm_op pm_op;
        struct xen_sysctl_page_offline_op page_offline;

        struct xen_sysctl_sched_id sched_id;
        struct xen_sysctl_cpupool_op cpupool_op;
        struct xen_sysctl_scheduler_op scheduler_op;
        struct xen_sysctl_psr_cmt_op psr_cmt_op;
        struct xen_sysctl_psr_alloc psr_alloc;
        struct xen_sysctl_livepatch_op livepatch;

        uint8_t pad[128];
    } u;
} xen_sysctl_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_t);

#endif /* __XEN_PUBLIC_SYSCTL_H__ */
