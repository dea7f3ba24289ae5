/* SPDX-License-Identifier: MIT */
/* The x86 part of xen.h: guest handles, PV descriptor and register state, domain settings. */
#include "../xen.h"

#ifndef __XEN_PUBLIC_ARCH_X86_XEN_H__
#define __XEN_PUBLIC_ARCH_X86_XEN_H__

/*
 * A guest handle is a pointer into the caller's memory, wrapped so that nobody follows it by
 * accident. Interfaces before 3.2.1 had bare pointers.
 */
#if __XEN_INTERFACE_VERSION__ < 0x00030201
#define ___DEFINE_XEN_GUEST_HANDLE(name, type) typedef type *__guest_handle_##name
#else
#define ___DEFINE_XEN_GUEST_HANDLE(name, type)                                                     \
    typedef struct {                                                                               \
        type *p;                                                                                   \
    } __guest_handle_##name
#endif

#define __DEFINE_XEN_GUEST_HANDLE(name, type)                                                      \
    ___DEFINE_XEN_GUEST_HANDLE(const_##name, const type);                                          \
    ___DEFINE_XEN_GUEST_HANDLE(name, type)
#define DEFINE_XEN_GUEST_HANDLE(name) __DEFINE_XEN_GUEST_HANDLE(name, name)

#define __XEN_GUEST_HANDLE(name)     __guest_handle_##name
#define XEN_GUEST_HANDLE(name)       __XEN_GUEST_HANDLE(name)
#define XEN_GUEST_HANDLE_PARAM(name) XEN_GUEST_HANDLE(name) /* as a hypercall argument */

#define set_xen_guest_handle_raw(hnd, val)                                                         \
    do {                                                                                           \
        (hnd).p = (val);                                                                           \
    } while (0)
#define set_xen_guest_handle(hnd, val) set_xen_guest_handle_raw(hnd, val)

#ifdef __x86_64__
#include "xen-x86_64.h"
#else
#include "xen-x86_32.h"
#endif

#define XEN_HAVE_PV_GUEST_ENTRY 1  /* struct start_info exists */
#define XEN_HAVE_PV_UPCALL_MASK 1  /* vcpu_info.evtchn_upcall_mask exists */
#define XEN_LEGACY_MAX_VCPUS    32 /* vcpu_info slots in the shared page */

/* A PV guest's GDT ends below this page; the entries above are the hypervisor's. */
#define FIRST_RESERVED_GDT_PAGE  14
#define FIRST_RESERVED_GDT_BYTE  (4096 * FIRST_RESERVED_GDT_PAGE)
#define FIRST_RESERVED_GDT_ENTRY (FIRST_RESERVED_GDT_BYTE / 8)

/* The port to which an HVM guest may write debug text, byte by byte. */
#define XEN_HVM_DEBUGCONS_IOPORT 0xe9

/*
 * UD2 and the letters "xen": makes the hypervisor execute the instruction after it on the PV
 * guest's behalf.
 */
#ifndef __ASSEMBLY__
#define XEN_EMULATE_PREFIX ".byte 0x0f,0x0b,0x78,0x65,0x6e ; "
#define XEN_CPUID          XEN_EMULATE_PREFIX "cpuid"
#else
#define XEN_EMULATE_PREFIX .byte 0x0f, 0x0b, 0x78, 0x65, 0x6e;
#define XEN_CPUID          XEN_EMULATE_PREFIX cpuid
#endif

#ifndef __ASSEMBLY__

typedef unsigned long xen_ulong_t;
typedef unsigned long xen_pfn_t;
#define PRI_xen_ulong "lx"
#define PRI_xen_pfn   "lx"
#define PRIu_xen_pfn  "lu"

typedef uint64_t tsc_timestamp_t;

/* An entry of the virtual IDT (set_trap_table); a table ends at an entry with address 0. */
typedef struct trap_info {
    uint8_t vector;
    uint8_t flags; /* bits 1:0: highest ring that may INT to it; bit 2: masks event delivery */
    uint16_t cs;
    unsigned long address;
} trap_info_t;
DEFINE_XEN_GUEST_HANDLE(trap_info_t);

#define TI_GET_DPL(_ti)       (3 & (_ti)->flags)
#define TI_GET_IF(_ti)        (4 & (_ti)->flags)
#define TI_SET_DPL(_ti, _dpl) ((_ti)->flags |= (_dpl))
#define TI_SET_IF(_ti, _if)   ((_ti)->flags |= (!!(_if) << 2))

/* vcpu_guest_context.flags, first as bit number, then as mask */
#define _VGCF_i387_valid               0
#define VGCF_i387_valid                (1 << _VGCF_i387_valid)
#define VGCF_I387_VALID                (1 << 0)
#define _VGCF_in_kernel                2
#define VGCF_in_kernel                 (1 << _VGCF_in_kernel)
#define VGCF_IN_KERNEL                 (1 << 2)
#define _VGCF_failsafe_disables_events 3
#define VGCF_failsafe_disables_events  (1 << _VGCF_failsafe_disables_events)
#define _VGCF_syscall_disables_events  4
#define VGCF_syscall_disables_events   (1 << _VGCF_syscall_disables_events)
#define _VGCF_online                   5
#define VGCF_online                    (1 << _VGCF_online)

/* Whole state of a PV vCPU: VCPUOP_initialise, XEN_DOMCTL_{get,set}vcpucontext, save images. */
typedef struct vcpu_guest_context {
    struct {
        char x[512];
    } fpu_ctxt;          /* FXSAVE format */
    unsigned long flags; /* VGCF_* */
    struct cpu_user_regs user_regs;
    struct trap_info trap_ctxt[256];
    unsigned long ldt_base, ldt_ents;       /* linear address, entries */
    unsigned long gdt_frames[16], gdt_ents; /* machine frames, entries */
    unsigned long kernel_ss, kernel_sp;     /* stack for entries to the kernel */
    unsigned long ctrlreg[8];               /* CR3 in the form of xen_pfn_to_cr3() */
    unsigned long debugreg[8];
#ifndef __i386__
    unsigned long event_callback_eip;
    unsigned long failsafe_callback_eip;
#ifndef __XEN__
    unsigned long syscall_callback_eip;
#else
    union {
        unsigned long syscall_callback_eip;
        struct { /* selectors of a 32-bit vCPU */
            unsigned int event_callback_cs;
            unsigned int failsafe_callback_cs;
        };
    };
#endif
#else
    unsigned long event_callback_cs, event_callback_eip;
    unsigned long failsafe_callback_cs, failsafe_callback_eip;
#endif
    unsigned long vm_assist; /* bits VMASST_TYPE_*; of the domain */
#ifdef __x86_64__
    uint64_t fs_base, gs_base_kernel, gs_base_user;
#endif
} vcpu_guest_context_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_guest_context_t);

/* Written by a PV guest so that tools can find its P2M. */
typedef struct arch_shared_info {
    unsigned long max_pfn;                /* last pfn of the P2M, plus one */
    xen_pfn_t pfn_to_mfn_frame_list_list; /* frame of a list of lists of P2M frames */
    unsigned long nmi_reason;             /* bits XEN_NMIREASON_* number; the hypervisor's */
    unsigned long p2m_cr3;                /* linear P2M: root table, 0 if there is none */
    unsigned long p2m_vaddr;              /* and its virtual address */
    unsigned long p2m_generation;         /* odd while the guest changes it */
#ifdef __i386__
    uint32_t wc_sec_hi;
#endif
} arch_shared_info_t;

#if defined(__XEN_TOOLS__) || defined(__XEN__)

/* xen_arch_domainconfig.emulation_flags: devices inside the hypervisor */
#define _XEN_X86_EMU_LAPIC    0
#define _XEN_X86_EMU_HPET     1
#define _XEN_X86_EMU_PM       2
#define _XEN_X86_EMU_RTC      3
#define _XEN_X86_EMU_IOAPIC   4
#define _XEN_X86_EMU_PIC      5
#define _XEN_X86_EMU_VGA      6
#define _XEN_X86_EMU_IOMMU    7
#define _XEN_X86_EMU_PIT      8
#define _XEN_X86_EMU_USE_PIRQ 9
#define _XEN_X86_EMU_VPCI     10
#define XEN_X86_EMU_LAPIC     (1U << _XEN_X86_EMU_LAPIC)
#define XEN_X86_EMU_HPET      (1U << _XEN_X86_EMU_HPET)
#define XEN_X86_EMU_PM        (1U << _XEN_X86_EMU_PM)
#define XEN_X86_EMU_RTC       (1U << _XEN_X86_EMU_RTC)
#define XEN_X86_EMU_IOAPIC    (1U << _XEN_X86_EMU_IOAPIC)
#define XEN_X86_EMU_PIC       (1U << _XEN_X86_EMU_PIC)
#define XEN_X86_EMU_VGA       (1U << _XEN_X86_EMU_VGA)
#define XEN_X86_EMU_IOMMU     (1U << _XEN_X86_EMU_IOMMU)
#define XEN_X86_EMU_PIT       (1U << _XEN_X86_EMU_PIT)
#define XEN_X86_EMU_USE_PIRQ  (1U << _XEN_X86_EMU_USE_PIRQ)
#define XEN_X86_EMU_VPCI      (1U << _XEN_X86_EMU_VPCI)
#define XEN_X86_EMU_ALL       ((XEN_X86_EMU_VPCI << 1) - 1)

/* xen_arch_domainconfig.misc_flags */
#define XEN_X86_MSR_RELAXED    (1u << 0) /* unknown MSRs read as zero instead of faulting */
#define XEN_X86_MISC_FLAGS_MAX XEN_X86_MSR_RELAXED

struct xen_arch_domainconfig {
    uint32_t emulation_flags;
    uint32_t misc_flags;
};

#endif /* __XEN__ || __XEN_TOOLS__ */

#define XEN_CPUID_NO_SUBLEAF 0xffffffffu /* the leaf ignores ECX */

/* A CPU policy in the form of CPUID results ... */
typedef struct xen_cpuid_leaf {
    uint32_t leaf, subleaf;
    uint32_t a, b, c, d;
} xen_cpuid_leaf_t;
DEFINE_XEN_GUEST_HANDLE(xen_cpuid_leaf_t);

/* ... and of MSR values; flags must be 0. */
typedef struct xen_msr_entry {
    uint32_t idx, flags;
    uint64_t val;
} xen_msr_entry_t;
DEFINE_XEN_GUEST_HANDLE(xen_msr_entry_t);

#endif /* !__ASSEMBLY__ */

#endif /* __XEN_PUBLIC_ARCH_X86_XEN_H__ */
