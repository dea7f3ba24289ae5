/* SPDX-License-Identifier: MIT */
/*
 * Machine checks, for dom0: HYPERVISOR_mca(struct xen_mc *). Reports are sequences of records in a
 * struct mc_info; each starts with a mcinfo_common.
 */
#ifndef __XEN_PUBLIC_ARCH_X86_MCA_H__
#define __XEN_PUBLIC_ARCH_X86_MCA_H__

#define __HYPERVISOR_mca          __HYPERVISOR_arch_0
#define XEN_MCA_INTERFACE_VERSION 0x01ecc003

/* xen_mc_fetch.flags, in: which queue, or that a report was dealt with */
#define XEN_MC_NONURGENT 0x0001
#define XEN_MC_URGENT    0x0002
#define XEN_MC_ACK       0x0004

/* and out */
#define XEN_MC_OK           0x0
#define XEN_MC_FETCHFAILED  0x1
#define XEN_MC_NODATA       0x2
#define XEN_MC_NOMATCH      0x4
#define XEN_MC_CANNOTHANDLE 0x8 /* notifydomain */
#define XEN_MC_NOTDELIVERED 0x10

#define XEN_MC_VCPUID_INVALID 0xffff

#ifndef __ASSEMBLY__

#define VIRQ_MCA VIRQ_ARCH_0

/*
 * Records
 */
#define MC_TYPE_GLOBAL   0
#define MC_TYPE_BANK     1
#define MC_TYPE_EXTENDED 2
#define MC_TYPE_RECOVERY 3

typedef struct mcinfo_common {
    uint16_t type; /* MC_TYPE_* */
    uint16_t size; /* bytes of the record */
} xen_mcinfo_common_t;

/* mcinfo_global.mc_flags */
#define MC_FLAG_CORRECTABLE   (1 << 0)
#define MC_FLAG_UNCORRECTABLE (1 << 1)
#define MC_FLAG_RECOVERABLE   (1 << 2)
#define MC_FLAG_POLLED        (1 << 3)
#define MC_FLAG_RESET         (1 << 4)
#define MC_FLAG_CMCI          (1 << 5)
#define MC_FLAG_MCE           (1 << 6)

struct mcinfo_global {
    xen_mcinfo_common_t common;
    uint16_t mc_domid, mc_vcpuid; /* what ran */
    uint32_t mc_socketid;
    uint16_t mc_coreid, mc_core_threadid;
    uint32_t mc_apicid;
    uint32_t mc_flags;
    uint64_t mc_gstatus; /* MCG_STATUS */
};

struct mcinfo_bank {
    xen_mcinfo_common_t common;
    uint16_t mc_bank;
    uint16_t mc_domid; /* owner of the address */
    uint64_t mc_status, mc_addr, mc_misc, mc_ctrl2;
    uint64_t mc_tsc;
};

typedef struct mcinfo_msr {
    uint64_t reg, value;
} xen_mcinfo_msr_t;

struct mcinfo_extended {
    xen_mcinfo_common_t common;
    uint32_t mc_msrs; /* how many */
    xen_mcinfo_msr_t mc_msr[32];
};

/* mcinfo_recovery.action_flags */
#define REC_ACTION_RECOVERED  (1 << 0)
#define REC_ACTION_NONE       (1 << 1)
#define REC_ACTION_NEED_RESET (1 << 2)

/* mcinfo_recovery.action_types */
#define MC_ACTION_PAGE_OFFLINE (1 << 0)
#define MC_ACTION_CPU_OFFLINE  (1 << 1)
#define MC_ACTION_CACHE_SHRINK (1 << 2)

typedef struct page_offline_action {
    uint64_t mfn;
    uint64_t status; /* PG_OFFLINE_* */
} xen_page_offline_action_t;

typedef struct cpu_offline_action {
    uint32_t mc_socketid;
    uint16_t mc_coreid, mc_core_threadid;
} xen_cpu_offline_action_t;

#define MAX_UNION_SIZE 16

struct mcinfo_recovery {
    xen_mcinfo_common_t common;
    uint16_t mc_bank;
    uint8_t action_flags, action_types;
    union {
        uint8_t pad[MAX_UNION_SIZE];
        xen_cpu_offline_action_t cpu_offline;
        xen_page_offline_action_t page_retire;
    } action_info;
};

#define MCINFO_HYPERCALLSIZE    1024
#define MCINFO_MAXSIZE          768 /* bytes */
#define MCINFO_FLAGS_UNCOMPLETE 0x1

typedef struct mc_info {
    uint32_t mi_nentries; /* records */
    uint32_t flags;       /* MCINFO_FLAGS_* */
    uint64_t mi_data[(MCINFO_MAXSIZE - 1) / 8];
} mc_info_t;
DEFINE_XEN_GUEST_HANDLE(mc_info_t);

/* Walking the records. */
#define x86_mcinfo_nentries(mi) (mi)->mi_nentries
#define x86_mcinfo_first(mi)    ((struct mcinfo_common *)&(mi)->mi_data[0])
#define x86_mcinfo_next(mic)    ((struct mcinfo_common *)((mic)->size + (uint8_t *)(mic)))

/* The first record of a type, or NULL. */
#define x86_mcinfo_lookup(ret, mi, wanted)                                                         \
    do {                                                                                           \
        struct mcinfo_common *__rec = NULL;                                                        \
        uint32_t __left = 0;                                                                       \
                                                                                                   \
        if ((mi) != NULL) {                                                                        \
            __left = x86_mcinfo_nentries(mi);                                                      \
            __rec = x86_mcinfo_first(mi);                                                          \
        }                                                                                          \
        while (__left > 0 && __rec->type != (wanted)) {                                            \
            __rec = x86_mcinfo_next(__rec);                                                        \
            __left--;                                                                              \
        }                                                                                          \
        (ret) = __left > 0 ? __rec : NULL;                                                         \
    } while (0)

/*
 * CPUs of the host
 */
#define __MC_MSR_ARRAYSIZE 8
#if __XEN_INTERFACE_VERSION__ <= 0x00040d00
#define __MC_NMSRS 1
#endif

#define MC_NCAPS        7 /* mc_cpu_caps, by CPUID word */
#define MC_CAPS_STD_EDX 0
#define MC_CAPS_AMD_EDX 1
#define MC_CAPS_TM      2
#define MC_CAPS_LINUX   3
#define MC_CAPS_STD_ECX 4
#define MC_CAPS_VIA     5
#define MC_CAPS_AMD_ECX 6

typedef struct mcinfo_logical_cpu {
    uint32_t mc_cpunr, mc_chipid;
    uint16_t mc_coreid, mc_threadid;
    uint32_t mc_apicid, mc_clusterid;
    uint32_t mc_ncores, mc_ncores_active, mc_nthreads;
    int32_t mc_cpuid_level;
    uint32_t mc_family, mc_vendor, mc_model, mc_step;
    char mc_vendorid[16], mc_brandid[64];
    uint32_t mc_cpu_caps[MC_NCAPS];
    uint32_t mc_cache_size;      /* KiB */
    uint32_t mc_cache_alignment; /* bytes */
    int32_t mc_nmsrvals;
    xen_mcinfo_msr_t mc_msrvalues[__MC_MSR_ARRAYSIZE];
} xen_mc_logical_cpu_t;
DEFINE_XEN_GUEST_HANDLE(xen_mc_logical_cpu_t);

/*
 * Calls
 */
#define XEN_MC_fetch        1
#define XEN_MC_notifydomain 2
#define XEN_MC_physcpuinfo  3
#define XEN_MC_msrinject    4
#define XEN_MC_mceinject    5

typedef struct xen_mc_fetch {
    uint32_t flags, _pad0;
    uint64_t fetch_id; /* out; in for ACK */
    XEN_GUEST_HANDLE(mc_info_t) data;
} xen_mc_fetch_t;
DEFINE_XEN_GUEST_HANDLE(xen_mc_fetch_t);

typedef struct xen_mc_notifydomain {
    uint16_t mc_domid, mc_vcpuid; /* in */
    uint32_t flags;               /* out */
} xen_mc_notifydomain_t;
DEFINE_XEN_GUEST_HANDLE(xen_mc_notifydomain_t);

typedef struct xen_mc_physcpuinfo {
    uint32_t ncpus, _pad0; /* in: room; out */
    XEN_GUEST_HANDLE(xen_mc_logical_cpu_t) info;
} xen_mc_physcpuinfo_t;

#define MC_MSRINJ_MAXMSRS     8
#define MC_MSRINJ_F_INTERPOSE 0x1 /* answer reads, do not write the MSR */
#define MC_MSRINJ_F_GPADDR    0x2 /* MCi_ADDR is guest-physical, of mcinj_domid */

typedef struct xen_mc_msrinject {
    uint32_t mcinj_cpunr, mcinj_flags;
    uint32_t mcinj_count; /* entries of mcinj_msr */
    domid_t mcinj_domid;
    uint16_t _pad0;
    xen_mcinfo_msr_t mcinj_msr[MC_MSRINJ_MAXMSRS];
} xen_mc_msrinject_t;

typedef struct xen_mc_mceinject {
    unsigned int mceinj_cpunr;
} xen_mc_mceinject_t;

#if defined(__XEN_TOOLS__) || defined(__XEN__)
#define XEN_MC_inject_v2            6
#define XEN_MC_INJECT_TYPE_MASK     0x7
#define XEN_MC_INJECT_TYPE_MCE      0x0
#define XEN_MC_INJECT_TYPE_CMCI     0x1
#define XEN_MC_INJECT_TYPE_LMCE     0x2
#define XEN_MC_INJECT_CPU_BROADCAST 0x8 /* all CPUs, not those of the map */

typedef struct xen_mc_inject_v2 {
    uint32_t flags;
    xenctl_bitmap_t cpumap;
} xen_mc_inject_v2_t;
#endif

typedef struct xen_mc {
    uint32_t cmd;               /* XEN_MC_* */
    uint32_t interface_version; /* XEN_MCA_INTERFACE_VERSION */
    union {
        xen_mc_fetch_t mc_fetch;
        xen_mc_notifydomain_t mc_notifydomain;
        xen_mc_physcpuinfo_t mc_physcpuinfo;
        xen_mc_msrinject_t mc_msrinject;
        xen_mc_mceinject_t mc_mceinject;
#if defined(__XEN_TOOLS__) || defined(__XEN__)
        xen_mc_inject_v2_t mc_inject_v2;
#endif
    } u;
} xen_mc_t;
DEFINE_XEN_GUEST_HANDLE(xen_mc_t);

#endif /* !__ASSEMBLY__ */

#endif /* __XEN_PUBLIC_ARCH_X86_MCA_H__ */
