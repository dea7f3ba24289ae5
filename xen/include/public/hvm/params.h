/* SPDX-License-Identifier: MIT */
/* Parameters of an HVM domain: HVMOP_set_param and HVMOP_get_param. */
#ifndef __XEN_PUBLIC_HVM_PARAMS_H__
#define __XEN_PUBLIC_HVM_PARAMS_H__

#include "hvm_op.h"

/*
 * How events reach the guest. Type in bits 63:56, then by type:
 *   GSI       the number; type and number 0 mean none
 *   PCI_INTX  domain in 47:32, bus in 31:16, devfn in 15:8, pin (0 = INTA) in 1:0
 *   VECTOR    x86: the vector in 7:0
 *   PPI       Arm: the interrupt in 7:0, flags in 15:8
 */
#define HVM_PARAM_CALLBACK_IRQ           0
#define HVM_PARAM_CALLBACK_IRQ_TYPE_MASK xen_mk_ullong(0xFF00000000000000)
#define HVM_PARAM_CALLBACK_TYPE_GSI      0
#define HVM_PARAM_CALLBACK_TYPE_PCI_INTX 1
#if defined(__aarch64__) || defined(__arm__)
#define HVM_PARAM_CALLBACK_TYPE_PPI                2
#define HVM_PARAM_CALLBACK_TYPE_PPI_FLAG_MASK      0xFF00
#define HVM_PARAM_CALLBACK_TYPE_PPI_FLAG_LOW_LEVEL 2
#elif defined(__x86_64__) || defined(__i386__)
#define HVM_PARAM_CALLBACK_TYPE_VECTOR 2
#endif

/* Rings and pages: guest frame and event channel of each. */
#define HVM_PARAM_STORE_PFN             1
#define HVM_PARAM_STORE_EVTCHN          2
#define HVM_PARAM_IOREQ_PFN             5
#define HVM_PARAM_BUFIOREQ_PFN          6
#define HVM_PARAM_CONSOLE_PFN           17
#define HVM_PARAM_CONSOLE_EVTCHN        18
#define HVM_PARAM_PAGING_RING_PFN       27
#define HVM_PARAM_MONITOR_RING_PFN      28
#define HVM_PARAM_SHARING_RING_PFN      29
#define HVM_PARAM_IOREQ_SERVER_PFN      32 /* first of a range */
#define HVM_PARAM_NR_IOREQ_SERVER_PAGES 33

#define HVM_PARAM_IDENT_PT       12 /* address of an identity page table, for real mode on VMX */
#define HVM_PARAM_VM86_TSS       15 /* address of a TSS, likewise */
#define HVM_PARAM_VM86_TSS_SIZED 37 /* the same, with its size in bits 63:32 */

/* Timers. */
#define HVM_PARAM_TIMER_MODE             10
#define HVMPTM_delay_for_missed_ticks    0 /* guest time stands still, ticks are late */
#define HVMPTM_no_delay_for_missed_ticks 1 /* guest time runs, missed ticks come at once */
#define HVMPTM_no_missed_ticks_pending   2 /* guest time runs, missed ticks are lost */
#define HVMPTM_one_missed_tick_pending   3 /* guest time runs, all missed ticks become one */
#define HVM_PARAM_HPET_ENABLED           11
#define HVM_PARAM_VPT_ALIGN              16 /* 1: periodic timers fire together */

/* ACPI. */
#define HVM_PARAM_ACPI_S_STATE          14 /* 0 or 3 */
#define HVM_PARAM_ACPI_IOPORTS_LOCATION 19 /* 0 or 1: ACPI_*_V0 or _V1 of ioreq.h */
#define HVM_PARAM_VM_GENERATION_ID_ADDR 34

#if defined(__x86_64__) || defined(__i386__)
/* Hyper-V interface: 0, or bits; no_freq is the only one that takes away. */
#define HVM_PARAM_VIRIDIAN            9
#define _HVMPV_base_freq              0
#define _HVMPV_no_freq                1
#define _HVMPV_time_ref_count         2
#define _HVMPV_reference_tsc          3
#define _HVMPV_hcall_remote_tlb_flush 4
#define _HVMPV_apic_assist            5
#define _HVMPV_crash_ctl              6
#define _HVMPV_synic                  7
#define _HVMPV_stimer                 8
#define _HVMPV_hcall_ipi              9
#define _HVMPV_ex_processor_masks     10
#define _HVMPV_no_vp_limit            11
#define _HVMPV_cpu_hotplug            12
#define HVMPV_base_freq               (1 << _HVMPV_base_freq)
#define HVMPV_no_freq                 (1 << _HVMPV_no_freq)
#define HVMPV_time_ref_count          (1 << _HVMPV_time_ref_count)
#define HVMPV_reference_tsc           (1 << _HVMPV_reference_tsc)
#define HVMPV_hcall_remote_tlb_flush  (1 << _HVMPV_hcall_remote_tlb_flush)
#define HVMPV_apic_assist             (1 << _HVMPV_apic_assist)
#define HVMPV_crash_ctl               (1 << _HVMPV_crash_ctl)
#define HVMPV_synic                   (1 << _HVMPV_synic)
#define HVMPV_stimer                  (1 << _HVMPV_stimer)
#define HVMPV_hcall_ipi               (1 << _HVMPV_hcall_ipi)
#define HVMPV_ex_processor_masks      (1 << _HVMPV_ex_processor_masks)
#define HVMPV_no_vp_limit             (1 << _HVMPV_no_vp_limit)
#define HVMPV_cpu_hotplug             (1 << _HVMPV_cpu_hotplug)
#define HVMPV_feature_mask            ((HVMPV_cpu_hotplug << 1) - 1)
#endif

/* Processor. */
#define HVM_PARAM_TRIPLE_FAULT_REASON 31 /* SHUTDOWN_* */
#define HVM_PARAM_ALTP2M              35
#define XEN_ALTP2M_disabled           0
#define XEN_ALTP2M_mixed              1  /* for the guest and for tools */
#define XEN_ALTP2M_external           2  /* only for tools */
#define XEN_ALTP2M_limited            3  /* for tools; the guest has VMFUNC and #VE */
#define HVM_PARAM_X87_FIP_WIDTH       36 /* bytes: 8, 4, or 0 for automatic */
#define HVM_PARAM_MCA_CAP             38
#define XEN_HVM_MCA_CAP_LMCE          (xen_mk_ullong(1) << 0)
#define XEN_HVM_MCA_CAP_MASK          XEN_HVM_MCA_CAP_LMCE

#if defined(__XEN_TOOLS__) || defined(__XEN__)
/* No longer in use. */
#define HVM_PARAM_PAE_ENABLED              4
#define HVM_PARAM_DM_DOMAIN                13
#define HVM_PARAM_MEMORY_EVENT_CR0         20
#define HVM_PARAM_MEMORY_EVENT_CR3         21
#define HVM_PARAM_MEMORY_EVENT_CR4         22
#define HVM_PARAM_MEMORY_EVENT_INT3        23
#define HVM_PARAM_NESTEDHVM                24
#define HVM_PARAM_MEMORY_EVENT_SINGLE_STEP 25
#define HVM_PARAM_BUFIOREQ_EVTCHN          26
#define HVM_PARAM_MEMORY_EVENT_MSR         30
#endif

#define HVM_NR_PARAMS 39

#endif /* __XEN_PUBLIC_HVM_PARAMS_H__ */
