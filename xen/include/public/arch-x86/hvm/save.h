/* SPDX-License-Identifier: MIT */
/* The records of hvm/save.h on x86. Include that one. */
#ifndef __XEN_PUBLIC_HVM_SAVE_X86_H__
#define __XEN_PUBLIC_HVM_SAVE_X86_H__

#include "../../xen.h"

#define HVM_FILE_MAGIC   0x54381286
#define HVM_FILE_VERSION 0x00000001

struct hvm_save_header {
    uint32_t magic, version;
    uint64_t changeset; /* first bytes of the hypervisor's, or all ones */
    uint32_t cpuid;     /* CPUID leaf 1, EAX, of the host */
    uint32_t gtsc_khz;
};
DECLARE_HVM_SAVE_TYPE(HEADER, 1, struct hvm_save_header);

#define _XEN_X86_FPU_INITIALISED 0
#define XEN_X86_FPU_INITIALISED  (1U << _XEN_X86_FPU_INITIALISED)

/* Segment registers are in the order cs ds es fs gs ss tr ldtr, tables are idtr gdtr. */
#define XEN_HVM_CPU_SEGMENTS(type, what)                                                           \
    type cs_##what, ds_##what, es_##what, fs_##what, gs_##what, ss_##what, tr_##what, ldtr_##what

/* What the two layouts of the CPU record share at the beginning. */
#define XEN_HVM_CPU_FIRST                                                                          \
    uint8_t fpu_regs[512]; /* FXSAVE format */                                                     \
    uint64_t rax, rbx, rcx, rdx, rbp, rsi, rdi, rsp;                                               \
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;                                                 \
    uint64_t rip, rflags;                                                                          \
    uint64_t cr0, cr2, cr3, cr4;                                                                   \
    uint64_t dr0, dr1, dr2, dr3, dr6, dr7;                                                         \
    XEN_HVM_CPU_SEGMENTS(uint32_t, sel);                                                           \
    XEN_HVM_CPU_SEGMENTS(uint32_t, limit);                                                         \
    uint32_t idtr_limit, gdtr_limit;                                                               \
    XEN_HVM_CPU_SEGMENTS(uint64_t, base);                                                          \
    uint64_t idtr_base, gdtr_base;                                                                 \
    XEN_HVM_CPU_SEGMENTS(uint32_t, arbytes); /* VMX format */                                      \
    uint64_t sysenter_cs, sysenter_esp, sysenter_eip;                                              \
    uint64_t shadow_gs;                                                                            \
    uint64_t msr_flags; /* 0 */                                                                    \
    uint64_t msr_lstar, msr_star, msr_cstar, msr_syscall_mask, msr_efer

/* And at the end: an event to deliver, in VMX's entry-interruption format. */
#define XEN_HVM_CPU_EVENT                                                                          \
    union {                                                                                        \
        uint32_t pending_event;                                                                    \
        struct {                                                                                   \
            uint8_t pending_vector : 8;                                                            \
            uint8_t pending_type : 3;                                                              \
            uint8_t pending_error_valid : 1;                                                       \
            uint32_t pending_reserved : 19;                                                        \
            uint8_t pending_valid : 1;                                                             \
        };                                                                                         \
    };                                                                                             \
    uint32_t error_code

struct hvm_hw_cpu {
    XEN_HVM_CPU_FIRST;
    uint64_t msr_tsc_aux;
    uint64_t tsc; /* of the guest */
    XEN_HVM_CPU_EVENT;
    uint32_t flags; /* XEN_X86_FPU_INITIALISED: fpu_regs count */
    uint32_t pad0;
};

struct hvm_hw_cpu_compat {
    XEN_HVM_CPU_FIRST;
    uint64_t tsc;
    XEN_HVM_CPU_EVENT;
};

#undef XEN_HVM_CPU_FIRST
#undef XEN_HVM_CPU_EVENT
#undef XEN_HVM_CPU_SEGMENTS

/* Old records have no msr_tsc_aux, and neither have flags. */
static inline int _hvm_hw_fix_cpu(void *record, uint32_t size)
{
    union {
        struct hvm_hw_cpu_compat old;
        struct hvm_hw_cpu now;
    } *cpu = (__typeof__(cpu))record;

    if (size == sizeof(cpu->old)) {
        uint64_t tsc = cpu->old.tsc;
        uint32_t event = cpu->old.pending_event, error_code = cpu->old.error_code;

        cpu->now.msr_tsc_aux = 0;
        cpu->now.tsc = tsc;
        cpu->now.pending_event = event;
        cpu->now.error_code = error_code;
    }
    cpu->now.flags = XEN_X86_FPU_INITIALISED;
    return 0;
}
DECLARE_HVM_SAVE_TYPE_COMPAT(CPU, 2, struct hvm_hw_cpu, struct hvm_hw_cpu_compat, _hvm_hw_fix_cpu);

/* One 8259A; instance 0 is the master. */
struct hvm_hw_vpic {
    uint8_t irr, imr, isr;
    uint8_t irq_base;         /* vector of line 0 */
    uint8_t init_state : 4;   /* bits 1:0: ICWs seen; bit 2: ICW4 wanted; bit 3: single */
    uint8_t priority_add : 4; /* highest priority line */
    uint8_t readsel_isr : 1;
    uint8_t poll : 1;
    uint8_t auto_eoi : 1;
    uint8_t rotate_on_auto_eoi : 1;
    uint8_t special_fully_nested_mode : 1;
    uint8_t special_mask_mode : 1;
    uint8_t is_master : 1;
    uint8_t elcr; /* level-triggered lines */
    uint8_t int_output;
};
DECLARE_HVM_SAVE_TYPE(PIC, 3, struct hvm_hw_vpic);

/* A redirection entry of the IO-APIC, as in hardware. */
union vioapic_redir_entry {
    uint64_t bits;
    struct {
        uint8_t vector;
        uint8_t delivery_mode : 3;
        uint8_t dest_mode : 1;
        uint8_t delivery_status : 1;
        uint8_t polarity : 1;
        uint8_t remote_irr : 1;
        uint8_t trig_mode : 1;
        uint8_t mask : 1;
        uint8_t reserve : 7;
        uint8_t reserved[4];
        uint8_t dest_id;
    } fields;
};

/* The record has 48 pins. The hypervisor may make structures with another number. */
#define XEN_HVM_VIOAPIC(name, cnt)                                                                 \
    struct name {                                                                                  \
        uint64_t base_address;                                                                     \
        uint32_t ioregsel, id;                                                                     \
        union vioapic_redir_entry redirtbl[cnt];                                                   \
    }
XEN_HVM_VIOAPIC(hvm_hw_vioapic, 48);
#ifndef __XEN__
#undef XEN_HVM_VIOAPIC
#define VIOAPIC_NUM_PINS 48
#endif
DECLARE_HVM_SAVE_TYPE(IOAPIC, 4, struct hvm_hw_vioapic);

struct hvm_hw_lapic {
    uint64_t apic_base_msr;
    uint32_t disabled; /* bit 0: by software, bit 1: by the MSR */
    uint32_t timer_divisor;
    uint64_t tdt_msr;
};
DECLARE_HVM_SAVE_TYPE(LAPIC, 5, struct hvm_hw_lapic);

/* The register page, up to 0x400. */
struct hvm_hw_lapic_regs {
    uint8_t data[1024];
};
DECLARE_HVM_SAVE_TYPE(LAPIC_REGS, 6, struct hvm_hw_lapic_regs);

/* Asserted lines: a bit per INTx of 32 devices. */
struct hvm_hw_pci_irqs {
    union {
        uint64_t pad[2];
        unsigned long i[16 / sizeof(unsigned long)];
    };
};
DECLARE_HVM_SAVE_TYPE(PCI_IRQ, 7, struct hvm_hw_pci_irqs);

/* Asserted lines: a bit per ISA interrupt. */
struct hvm_hw_isa_irqs {
    union {
        uint64_t pad[1];
        unsigned long i[1];
    };
};
DECLARE_HVM_SAVE_TYPE(ISA_IRQ, 8, struct hvm_hw_isa_irqs);

/* PIRQA to PIRQD: the ISA interrupt of each, or 0. */
struct hvm_hw_pci_link {
    uint8_t route[4];
    uint8_t pad0[4];
};
DECLARE_HVM_SAVE_TYPE(PCI_LINK, 9, struct hvm_hw_pci_link);

struct hvm_hw_pit {
    struct hvm_hw_pit_channel {
        uint32_t count; /* up to 0x10000 */
        uint16_t latched_count;
        uint8_t count_latched, status_latched, status;
        uint8_t read_state, write_state, write_latch;
        uint8_t rw_mode, mode, bcd, gate;
    } channels[3];
    uint32_t speaker_data_on, pad0;
};
DECLARE_HVM_SAVE_TYPE(PIT, 10, struct hvm_hw_pit);

#define RTC_CMOS_SIZE 14

struct hvm_hw_rtc {
    uint8_t cmos_data[RTC_CMOS_SIZE];
    uint8_t cmos_index;
    uint8_t pad0;
    int64_t rtc_offset; /* s */
};
DECLARE_HVM_SAVE_TYPE(RTC, 11, struct hvm_hw_rtc);

#define HPET_TIMER_NUM 3

/* The register page of the HPET, then the periods. */
struct hvm_hw_hpet {
    uint64_t capability, res0;
    uint64_t config, res1;
    uint64_t isr, res2[25];
    uint64_t mc64, res3;
    struct {
        uint64_t config, cmp, fsb, res4;
    } timers[HPET_TIMER_NUM];
    uint64_t res5[4 * (24 - HPET_TIMER_NUM)];
    uint64_t period[HPET_TIMER_NUM];
};
DECLARE_HVM_SAVE_TYPE(HPET, 12, struct hvm_hw_hpet);

struct hvm_hw_pmtimer {
    uint32_t tmr_val;
    uint16_t pm1a_sts, pm1a_en;
};
DECLARE_HVM_SAVE_TYPE(PMTIMER, 13, struct hvm_hw_pmtimer);

#define MTRR_VCNT     8
#define NUM_FIXED_MSR 11

struct hvm_hw_mtrr {
    uint64_t msr_pat_cr;
    uint64_t msr_mtrr_var[2 * MTRR_VCNT]; /* base, mask */
    uint64_t msr_mtrr_fixed[NUM_FIXED_MSR];
    uint64_t msr_mtrr_cap, msr_mtrr_def_type;
};
DECLARE_HVM_SAVE_TYPE(MTRR, 14, struct hvm_hw_mtrr);

struct hvm_viridian_domain_context {
    uint64_t hypercall_gpa, guest_os_id, time_ref_count, reference_tsc;
};
DECLARE_HVM_SAVE_TYPE(VIRIDIAN_DOMAIN, 15, struct hvm_viridian_domain_context);

/* The record is as long as its XSAVE area, thus no DECLARE. */
#define CPU_XSAVE_CODE 16

struct hvm_hw_cpu_xsave {
    uint64_t xfeature_mask; /* 0 or the mask of the host */
    uint64_t xcr0, xcr0_accum;
    struct {
        struct {
            char x[512];
        } fpu_sse;
        struct hvm_hw_cpu_xsave_hdr {
            uint64_t xstate_bv, xcomp_bv;
            uint64_t reserved[6];
        } xsave_hdr;
    } save_area; /* standard format; goes on behind the structure */
};

struct hvm_viridian_vcpu_context {
    uint64_t vp_assist_msr;
    uint8_t apic_assist_pending;
    uint8_t _pad[7];
    uint64_t simp_msr;
    uint64_t sint_msr[16];
    uint64_t stimer_config_msr[4], stimer_count_msr[4];
};
DECLARE_HVM_SAVE_TYPE(VIRIDIAN_VCPU, 17, struct hvm_viridian_vcpu_context);

struct hvm_vmce_vcpu {
    uint64_t caps; /* MCG_CAP */
    uint64_t mci_ctl2_bank0, mci_ctl2_bank1, mcg_ext_ctl;
};
DECLARE_HVM_SAVE_TYPE(VMCE_VCPU, 18, struct hvm_vmce_vcpu);

struct hvm_tsc_adjust {
    uint64_t tsc_adjust;
};
DECLARE_HVM_SAVE_TYPE(TSC_ADJUST, 19, struct hvm_tsc_adjust);

/* The record has `count` entries, thus no DECLARE. */
#define CPU_MSR_CODE 20

struct hvm_msr {
    uint32_t count;
    struct hvm_one_msr {
        uint32_t index, _rsvd;
        uint64_t val;
    } msr[XEN_FLEX_ARRAY_DIM];
};

#define HVM_SAVE_CODE_MAX 20

#endif /* __XEN_PUBLIC_HVM_SAVE_X86_H__ */
