/* SPDX-License-Identifier: MIT */
/* x86 state of domains and vCPUs. */
#ifndef ASM_DOMAIN_H
#define ASM_DOMAIN_H

#include <public/xen.h>
#include <asm/page.h>
#include <xen/cpumask.h>
#include <xen/frame.h>
#include <xen/spinlock.h>

struct rangeset;
struct cpu_policy;
struct page_info;
struct domain;

/* A callback or trap the guest has registered. */
struct trap_bounce {
    uint32_t error_code;
    uint8_t flags; /* TBF_* */
    uint16_t cs;
    unsigned long eip;
};
#define TBF_EXCEPTION  1U /* deliver at the way out */
#define TBF_ERROR_CODE 2U
#define TBF_INTERRUPT  8U /* mask upcalls */

struct pv_vcpu {
    /* Of the guest kernel's choice. */
    unsigned long event_callback_eip, failsafe_callback_eip, syscall_callback_eip;
    unsigned long sysenter_callback_eip, syscall32_callback_eip;
    uint16_t sysenter_callback_cs, syscall32_callback_cs;
    uint8_t vgc_flags; /* VGCF_* that persist */
    bool syscall32_disables_events, sysenter_disables_events;
    unsigned long kernel_sp, kernel_ss;
    unsigned long gs_base_kernel, gs_base_user, fs_base; /* while not running */
    uint16_t ds, es, fs, gs;                             /* selectors while not running */
    unsigned long ctrlreg[8]; /* the guest's view: cr0, cr2 here; cr3 unused; cr4 */
    unsigned long debugreg[8];
    unsigned long dr7_emul;
    struct trap_info *trap_ctxt; /* [256] */
    mfn_t gdt_frames[16];
    unsigned int gdt_ents;
    unsigned long ldt_base;
    unsigned int ldt_ents;
    unsigned int shadow_ldt_mapcnt;
    spinlock_t shadow_ldt_lock;
    unsigned int iopl;
    uint8_t *iobmp; /* guest pointer */
    unsigned int iobmp_limit;
    struct trap_bounce bounce;
    uint64_t tsc_aux;
    uint8_t debug_event; /* vector of the trap that a debugger has not heard of yet; 0: none */
    bool runstate_area_due, time_area_due; /* to be written when its kernel runs */
};

struct arch_vcpu {
    struct cpu_user_regs user_regs; /* while not running */
    unsigned long flags;            /* TF_* */
#define TF_KERNEL_MODE 1UL
    mfn_t guest_table;                 /* root of kernel mode; INVALID_MFN: none */
    mfn_t guest_table_user;            /* of user mode */
    unsigned long cr3;                 /* what the CPU is given */
    pte_t *shadow_root[2];             /* of user and kernel mode, while shadow tables are in use */
    struct page_info *old_guest_table; /* a root whose release was preempted */
    bool old_guest_table_partial;
    void *fpu_ctxt; /* XSAVE or FXSAVE area, 64-byte aligned */
    uint64_t xcr0;
    uint64_t xcr0_accum;
    uint8_t async_exception_mask_nmi;
    struct pv_vcpu pv;
    struct vcpu_time_info time_info; /* last written */
    uint64_t time_area;              /* guest address of a copy of it, 0: none (time/) */
};

struct arch_domain {
    pte_t *perdomain_l3; /* PERDOMAIN_START's table */
    struct rangeset *ioport_caps;
    struct cpu_policy *cpu_policy; /* CPUID and MSRs as the guest sees them */
    bool pv32;
    bool s3_integrity;
    uint32_t tsc_mode;
    uint32_t tsc_khz;
    uint64_t tsc_offset; /* guest TSC - host TSC when tsc is native */
    bool vtsc;           /* RDTSC traps */
    int64_t vtsc_offset_ns;
    uint32_t tsc_incarnation;
    struct vcpu *relinquish_vcpu;
    unsigned int relinquish_stage;
    struct shadow *shadow;     /* NULL: never used. Set under RANK_DOMCTL, freed at the end */
    bool shadow_on;            /* vCPUs run on shadow tables; changed while all are stopped */
    uint64_t physmap_pfn_list; /* p2m frame list list of the shared info, for tools */
    uint32_t debug_vcpu;       /* whose address space a debugger sees [RANK_DOMCTL] */
    uint32_t pci_cf8;
    uint8_t cmos_idx;
    struct e820_map *e820; /* XENMEM_set_memory_map */
    uint32_t emulation_flags;
    void *pirq_arch;  /* irq/ */
    bool msr_relaxed; /* unknown MSRs read as 0 (XEN_X86_MSR_RELAXED) */
    /* CPUs that may hold translations of this domain's: set by the context switch before it loads
     * a vCPU's CR3, cleared once another CR3 is loaded there. */
    cpumask_t dirty_cpumask;
};

#endif
