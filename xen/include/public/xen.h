/* SPDX-License-Identifier: MIT */
/*
 * Core of the guest interface: hypercall numbers, virtual interrupts, memory management calls of
 * paravirtualised guests, the shared information page and the start-of-day structures.
 *
 * The includer supplies the fixed-width types of <stdint.h>.
 */
#ifndef __XEN_PUBLIC_XEN_H__
#define __XEN_PUBLIC_XEN_H__

#include "xen-compat.h"

#if defined(__aarch64__) || defined(__arm__)
#include "arch-arm.h"
#elif defined(__x86_64__) || defined(__i386__)
#include "arch-x86/xen.h"
#else
#error "No public interface for this processor"
#endif

/* Integer constants with a suffix in C and without one in assembly. */
#ifdef __ASSEMBLY__
#define xen_mk_uint(x)   x
#define xen_mk_ulong(x)  x
#define xen_mk_ullong(x) x
#else
#define __xen_mk_uint(x)  x##U
#define __xen_mk_ulong(x) x##UL
#ifndef __xen_mk_ullong
#define __xen_mk_ullong(x) x##ULL
#endif
#define xen_mk_uint(x)   __xen_mk_uint(x)
#define xen_mk_ulong(x)  __xen_mk_ulong(x)
#define xen_mk_ullong(x) __xen_mk_ullong(x)
#endif

#ifndef __ASSEMBLY__

/* Dimension of a trailing array of variable length. */
#if defined(__STDC_VERSION__) && __STDC_VERSION__ >= 199901L
#define XEN_FLEX_ARRAY_DIM
#elif defined(__GNUC__)
#define XEN_FLEX_ARRAY_DIM 0
#else
#define XEN_FLEX_ARRAY_DIM 1
#endif

typedef uint16_t domid_t;

/* Name of a domain for the tools; the hypervisor only stores it. */
typedef uint8_t xen_domain_handle_t[16];

/* Handles of basic types. Each definition gives a const_ variant too. */
DEFINE_XEN_GUEST_HANDLE(void);
DEFINE_XEN_GUEST_HANDLE(char);
__DEFINE_XEN_GUEST_HANDLE(uchar, unsigned char);
DEFINE_XEN_GUEST_HANDLE(int);
__DEFINE_XEN_GUEST_HANDLE(uint, unsigned int);
#if __XEN_INTERFACE_VERSION__ < 0x00040300
DEFINE_XEN_GUEST_HANDLE(long);
__DEFINE_XEN_GUEST_HANDLE(ulong, unsigned long);
#endif
__DEFINE_XEN_GUEST_HANDLE(uint8, uint8_t);
__DEFINE_XEN_GUEST_HANDLE(uint16, uint16_t);
__DEFINE_XEN_GUEST_HANDLE(uint32, uint32_t);
__DEFINE_XEN_GUEST_HANDLE(uint64, uint64_t);
DEFINE_XEN_GUEST_HANDLE(uint64_t);
DEFINE_XEN_GUEST_HANDLE(xen_ulong_t);
DEFINE_XEN_GUEST_HANDLE(xen_pfn_t);

#endif /* !__ASSEMBLY__ */

/*
 * Hypercall numbers.
 */
/* Calls of x86 PV guests: descriptor tables, paging, processor state. */
#define __HYPERVISOR_set_trap_table                0
#define __HYPERVISOR_mmu_update                    1
#define __HYPERVISOR_set_gdt                       2
#define __HYPERVISOR_stack_switch                  3
#define __HYPERVISOR_set_callbacks                 4
#define __HYPERVISOR_fpu_taskswitch                5
#define __HYPERVISOR_set_debugreg                  8
#define __HYPERVISOR_get_debugreg                  9
#define __HYPERVISOR_update_descriptor             10
#define __HYPERVISOR_update_va_mapping             14
#define __HYPERVISOR_update_va_mapping_otherdomain 22
#define __HYPERVISOR_iret                          23
#define __HYPERVISOR_set_segment_base              25
#define __HYPERVISOR_mmuext_op                     26
#define __HYPERVISOR_nmi_op                        28
#define __HYPERVISOR_callback_op                   30

/* Calls of every guest. */
#define __HYPERVISOR_memory_op        12
#define __HYPERVISOR_multicall        13
#define __HYPERVISOR_set_timer_op     15
#define __HYPERVISOR_xen_version      17
#define __HYPERVISOR_console_io       18
#define __HYPERVISOR_grant_table_op   20
#define __HYPERVISOR_vm_assist        21
#define __HYPERVISOR_vcpu_op          24
#define __HYPERVISOR_xsm_op           27
#define __HYPERVISOR_sched_op         29
#define __HYPERVISOR_xenoprof_op      31
#define __HYPERVISOR_event_channel_op 32
#define __HYPERVISOR_physdev_op       33
#define __HYPERVISOR_hvm_op           34
#define __HYPERVISOR_tmem_op          38
#define __HYPERVISOR_argo_op          39
#define __HYPERVISOR_xenpmu_op        40

/* Calls of the control domain and of device models. */
#define __HYPERVISOR_platform_op 7
#define __HYPERVISOR_sysctl      35
#define __HYPERVISOR_domctl      36
#define __HYPERVISOR_kexec_op    37
#define __HYPERVISOR_dm_op       41
#define __HYPERVISOR_hypfs_op    42

/* Numbers whose meaning each architecture chooses. */
#define __HYPERVISOR_arch_0 48
#define __HYPERVISOR_arch_1 49
#define __HYPERVISOR_arch_2 50
#define __HYPERVISOR_arch_3 51
#define __HYPERVISOR_arch_4 52
#define __HYPERVISOR_arch_5 53
#define __HYPERVISOR_arch_6 54
#define __HYPERVISOR_arch_7 55

/* First forms of calls which later got a new number. */
#define __HYPERVISOR_sched_op_compat         6
#define __HYPERVISOR_event_channel_op_compat 16
#define __HYPERVISOR_physdev_op_compat       19

#if __XEN_INTERFACE_VERSION__ < 0x00030204
#define __HYPERVISOR_dom0_op __HYPERVISOR_platform_op
#endif
#if __XEN_INTERFACE_VERSION__ < 0x00030202
#undef __HYPERVISOR_physdev_op
#define __HYPERVISOR_physdev_op __HYPERVISOR_physdev_op_compat
#undef __HYPERVISOR_event_channel_op
#define __HYPERVISOR_event_channel_op __HYPERVISOR_event_channel_op_compat
#endif
#if __XEN_INTERFACE_VERSION__ < 0x00030101
#undef __HYPERVISOR_sched_op
#define __HYPERVISOR_sched_op __HYPERVISOR_sched_op_compat
#endif

/*
 * Reserved domain ids. Real domains lie below DOMID_FIRST_RESERVED.
 */
#define DOMID_FIRST_RESERVED xen_mk_uint(0x7FF0)
#define DOMID_SELF           xen_mk_uint(0x7FF0) /* the caller */
#define DOMID_IO             xen_mk_uint(0x7FF1) /* owner of device memory */
#define DOMID_XEN            xen_mk_uint(0x7FF2) /* owner of what the hypervisor shares out */
#define DOMID_COW            xen_mk_uint(0x7FF3) /* owner of pages shared copy-on-write */
#define DOMID_INVALID        xen_mk_uint(0x7FF4) /* nobody */
#define DOMID_IDLE           xen_mk_uint(0x7FFF) /* the idle vCPUs */
#define DOMID_MASK           xen_mk_uint(0x7FFF)

/*
 * Virtual interrupts: numbers for EVTCHNOP_bind_virq. (V) one per vCPU, (G) one per domain,
 * (D) one in the whole system.
 */
#define VIRQ_TIMER      0  /* V: one-shot or periodic timer fired */
#define VIRQ_DEBUG      1  /* V: 'q' console key: dump state */
#define VIRQ_CONSOLE    2  /* D: input on the emergency console */
#define VIRQ_DOM_EXC    3  /* D: a domain shut down or died */
#define VIRQ_TBUF       4  /* D: trace buffer wants reading */
#define VIRQ_DEBUGGER   6  /* D: a debugged domain paused */
#define VIRQ_XENOPROF   7  /* V: new profile samples */
#define VIRQ_CON_RING   8  /* D: the console ring has new text */
#define VIRQ_PCPU_STATE 9  /* D: a physical CPU went up or down */
#define VIRQ_MEM_EVENT  10 /* D: memory event of a domain */
#define VIRQ_ARGO       11 /* G: Argo message */
#define VIRQ_ENOMEM     12 /* D: free memory is low */
#define VIRQ_XENPMU     13 /* V: performance counter interrupt */
#define VIRQ_ARCH_0     16
#define VIRQ_ARCH_1     17
#define VIRQ_ARCH_2     18
#define VIRQ_ARCH_3     19
#define VIRQ_ARCH_4     20
#define VIRQ_ARCH_5     21
#define VIRQ_ARCH_6     22
#define VIRQ_ARCH_7     23
#define NR_VIRQS        24

/*
 * console_io: commands. write: length, buffer; read: length, buffer, gives the count.
 */
#define CONSOLEIO_write 0
#define CONSOLEIO_read  1

/*
 * vm_assist: commands and assistances.
 */
#define VMASST_CMD_enable  0
#define VMASST_CMD_disable 1

#define VMASST_TYPE_4gb_segments         0  /* x86-32: emulate segments that wrap */
#define VMASST_TYPE_4gb_segments_notify  1  /* x86-32: and report them by trap 15 */
#define VMASST_TYPE_writable_pagetables  2  /* x86: emulate writes to page tables */
#define VMASST_TYPE_pae_extended_cr3     3  /* x86-32: root table above 4 GiB */
#define VMASST_TYPE_architectural_iopl   4  /* x86: IOPL as seen in EFLAGS */
#define VMASST_TYPE_runstate_update_flag 5  /* XEN_RUNSTATE_UPDATE while a copy is written */
#define VMASST_TYPE_m2p_strict           32 /* x86-64: no M2P in user page tables */
#if __XEN_INTERFACE_VERSION__ < 0x00040600
#define MAX_VMASST_TYPE 3
#endif

/*
 * mmu_update: what to do with the entry, in the two low bits of mmu_update.ptr.
 */
#define MMU_NORMAL_PT_UPDATE       0 /* ptr: machine address of an entry; val: new entry */
#define MMU_MACHPHYS_UPDATE        1 /* ptr: machine address; val: new M2P value of that frame */
#define MMU_PT_UPDATE_PRESERVE_AD  2 /* as 0, but keeps the accessed and dirty bits */
#define MMU_PT_UPDATE_NO_TRANSLATE 3 /* as 0, but val is a machine frame even if translated */

/*
 * mmuext_op: commands, with the members they use.
 */
#define MMUEXT_PIN_L1_TABLE       0 /* mfn */
#define MMUEXT_PIN_L2_TABLE       1
#define MMUEXT_PIN_L3_TABLE       2
#define MMUEXT_PIN_L4_TABLE       3
#define MMUEXT_UNPIN_TABLE        4  /* mfn */
#define MMUEXT_NEW_BASEPTR        5  /* mfn: the kernel's root table, of this vCPU */
#define MMUEXT_TLB_FLUSH_LOCAL    6  /* none */
#define MMUEXT_INVLPG_LOCAL       7  /* linear_addr */
#define MMUEXT_TLB_FLUSH_MULTI    8  /* vcpumask */
#define MMUEXT_INVLPG_MULTI       9  /* linear_addr, vcpumask */
#define MMUEXT_TLB_FLUSH_ALL      10 /* none */
#define MMUEXT_INVLPG_ALL         11 /* linear_addr */
#define MMUEXT_FLUSH_CACHE        12 /* none: WBINVD here */
#define MMUEXT_SET_LDT            13 /* linear_addr (page aligned), nr_ents */
#define MMUEXT_NEW_USER_BASEPTR   15 /* mfn, or 0 for none: x86-64 user mode's root table */
#define MMUEXT_CLEAR_PAGE         16 /* mfn */
#define MMUEXT_COPY_PAGE          17 /* mfn from src_mfn */
#define MMUEXT_FLUSH_CACHE_GLOBAL 18 /* none: WBINVD everywhere */
#define MMUEXT_MARK_SUPER         19 /* mfn: first frame of a superpage; refused */
#define MMUEXT_UNMARK_SUPER       20

/*
 * update_va_mapping: the flags argument. UVMF_MULTI takes the address of a vCPU bitmap, or'ed in.
 */
#define UVMF_NONE           (xen_mk_ulong(0) << 0)
#define UVMF_TLB_FLUSH      (xen_mk_ulong(1) << 0)
#define UVMF_INVLPG         (xen_mk_ulong(2) << 0)
#define UVMF_FLUSHTYPE_MASK (xen_mk_ulong(3) << 0)
#define UVMF_MULTI          (xen_mk_ulong(0) << 2)
#define UVMF_LOCAL          (xen_mk_ulong(0) << 2)
#define UVMF_ALL            (xen_mk_ulong(1) << 2)

#ifndef __ASSEMBLY__

typedef struct mmu_update {
    uint64_t ptr; /* machine address with a MMU_* code in bits 1:0 */
    uint64_t val;
} mmu_update_t;
DEFINE_XEN_GUEST_HANDLE(mmu_update_t);

typedef struct mmuext_op {
    unsigned int cmd; /* MMUEXT_* */
    union {
        unsigned long linear_addr;
        xen_pfn_t mfn;
    } arg1;
    union {
        xen_pfn_t src_mfn;
        unsigned int nr_ents;
#if __XEN_INTERFACE_VERSION__ < 0x00030205
        const void *vcpumask;
#else
        XEN_GUEST_HANDLE(const_void) vcpumask;
#endif
    } arg2;
} mmuext_op_t;
DEFINE_XEN_GUEST_HANDLE(mmuext_op_t);

/* One call of a __HYPERVISOR_multicall batch. */
typedef struct multicall_entry {
    xen_ulong_t op;
    xen_ulong_t result; /* written after the call, also if it failed */
    xen_ulong_t args[6];
} multicall_entry_t;
DEFINE_XEN_GUEST_HANDLE(multicall_entry_t);

/*
 * Clock of one vCPU. ns = system_time + (((tsc - tsc_timestamp) << tsc_shift) *
 * tsc_to_system_mul >> 32); a negative shift goes right. Odd version: being written, read again.
 */
typedef struct vcpu_time_info {
    uint32_t version;
    uint32_t pad0;
    uint64_t tsc_timestamp; /* TSC ticks when system_time was taken */
    uint64_t system_time;   /* ns since the host booted */
    uint32_t tsc_to_system_mul;
    int8_t tsc_shift;
#if __XEN_INTERFACE_VERSION__ <= 0x040600
    int8_t pad1[3];
#else
    uint8_t flags; /* XEN_PVCLOCK_* */
    uint8_t pad1[2];
#endif
} vcpu_time_info_t;

#define XEN_PVCLOCK_TSC_STABLE_BIT (1 << 0) /* comparable across vCPUs */
#define XEN_PVCLOCK_GUEST_STOPPED  (1 << 1) /* the guest was paused; watchdogs should forgive */

struct vcpu_info {
    uint8_t evtchn_upcall_pending; /* set with the first pending selector bit */
#ifndef XEN_HAVE_PV_UPCALL_MASK
    uint8_t pad0;
#else
    uint8_t evtchn_upcall_mask; /* the PV interrupt flag, inverted */
#endif
    xen_ulong_t evtchn_pending_sel; /* one bit per word of shared_info.evtchn_pending */
    struct arch_vcpu_info arch;
    vcpu_time_info_t time;
};

/* The page shared by a domain with the hypervisor. */
struct shared_info {
    struct vcpu_info vcpu_info[XEN_LEGACY_MAX_VCPUS];

    /* 2-level event channels, a bit per port. */
    xen_ulong_t evtchn_pending[sizeof(xen_ulong_t) * 8];
    xen_ulong_t evtchn_mask[sizeof(xen_ulong_t) * 8];

    /* UTC at system_time 0; odd version: being written. */
    uint32_t wc_version, wc_sec, wc_nsec;
#ifndef __i386__
    uint32_t wc_sec_hi; /* bits 63:32 of the seconds */
#endif

    struct arch_shared_info arch;
};

#ifndef __i386__
#define xen_wc_sec_hi wc_sec_hi
#elif !defined(__XEN_TOOLS__) && !defined(__XEN__)
#define xen_wc_sec_hi arch.wc_sec_hi
#endif

#ifndef __XEN__
typedef struct shared_info shared_info_t;
typedef struct vcpu_info vcpu_info_t;
#endif

#if __XEN_INTERFACE_VERSION__ < 0x00040400
#define NR_EVENT_CHANNELS EVTCHN_2L_NR_CHANNELS
#endif

#ifdef XEN_HAVE_PV_GUEST_ENTRY

#define MAX_GUEST_CMDLINE 1024 /* bytes with the final NUL */

/* What a PV kernel finds at the address in its first stack register (x86: rsi or esi). */
typedef struct start_info {
    char magic[32];            /* "xen-<version>-<arch>" */
    unsigned long nr_pages;    /* pages of the domain */
    unsigned long shared_info; /* machine address of struct shared_info */
    uint32_t flags;            /* SIF_* */
    xen_pfn_t store_mfn;       /* xenstore ring: frame and port */
    uint32_t store_evtchn;
    union {
        struct {
            xen_pfn_t mfn; /* console ring: frame and port */
            uint32_t evtchn;
        } domU;
        struct {
            uint32_t info_off; /* dom0_vga_console_info, from the start of this structure */
            uint32_t info_size;
        } dom0;
    } console;
    unsigned long pt_base;      /* virtual address of the root page table */
    unsigned long nr_pt_frames; /* boot-time page-table frames */
    unsigned long mfn_list;     /* virtual address of the P2M array */
    unsigned long mod_start;    /* initial ramdisk: address, or frame if SIF_MOD_START_PFN */
    unsigned long mod_len;      /* bytes */
    int8_t cmd_line[MAX_GUEST_CMDLINE];
    unsigned long first_p2m_pfn; /* frames of the P2M array, if outside the initial mapping */
    unsigned long nr_p2m_frames;
} start_info_t;

#if __XEN_INTERFACE_VERSION__ < 0x00030203
#define console_evtchn console.domU.evtchn
#define console_mfn    console.domU.mfn
#endif

#endif /* XEN_HAVE_PV_GUEST_ENTRY */

/* start_info.flags */
#define SIF_PRIVILEGED      (1 << 0)
#define SIF_INITDOMAIN      (1 << 1)    /* this is dom0 */
#define SIF_MULTIBOOT_MOD   (1 << 2)    /* mod_start names an array of xen_multiboot_mod_list */
#define SIF_MOD_START_PFN   (1 << 3)    /* mod_start is a frame number */
#define SIF_VIRT_P2M_4TOOLS (1 << 4)    /* the tools understand a linear virtual P2M */
#define SIF_PM_MASK         (0xFF << 8) /* power management options of the host */

/* Ends with an entry of zeros; fields as in the multiboot specification, addresses are pfns. */
struct xen_multiboot_mod_list {
    uint32_t mod_start, mod_end;
    uint32_t cmdline;
    uint32_t pad;
};

/* dom0_vga_console_info.video_type */
#define XEN_VGATYPE_TEXT_MODE_3 0x03
#define XEN_VGATYPE_VESA_LFB    0x23
#define XEN_VGATYPE_EFI_LFB     0x70

/* The host's display as the boot loader left it. */
typedef struct dom0_vga_console_info {
    uint8_t video_type;
    union {
        struct {
            uint16_t font_height;        /* pixels */
            uint16_t cursor_x, cursor_y; /* characters */
            uint16_t rows, columns;
        } text_mode_3;
        struct {
            uint16_t width, height; /* pixels */
            uint16_t bytes_per_line, bits_per_pixel;
            uint32_t lfb_base; /* physical address */
            uint32_t lfb_size; /* units of 64 KiB */
            /* bit position and width of each channel */
            uint8_t red_pos, red_size, green_pos, green_size;
            uint8_t blue_pos, blue_size, rsvd_pos, rsvd_size;
#if __XEN_INTERFACE_VERSION__ >= 0x00030206
            uint32_t gbl_caps;
            uint16_t mode_attrs, pad;
#endif
#if __XEN_INTERFACE_VERSION__ >= 0x00040d00
            uint32_t ext_lfb_base; /* bits 63:32 of lfb_base */
#endif
        } vesa_lfb;
    } u;
} dom0_vga_console_info_t;

#define xen_vga_console_info_t dom0_vga_console_info_t
#define xen_vga_console_info   dom0_vga_console_info

/* Sixteen bytes in the order in which they are printed. */
typedef struct {
    uint8_t a[16];
} xen_uuid_t;

#define __xen_uuid_byte(v, shift) (((v) >> (shift)) & 0xFF)

/* Initialiser of the uuid a-b-c-d-e1e2e3e4e5e6. */
#define XEN_DEFINE_UUID_(a, b, c, d, e1, e2, e3, e4, e5, e6)                                       \
    {                                                                                              \
        {                                                                                          \
            __xen_uuid_byte(a, 24), __xen_uuid_byte(a, 16), __xen_uuid_byte(a, 8),                 \
                __xen_uuid_byte(a, 0), __xen_uuid_byte(b, 8), __xen_uuid_byte(b, 0),               \
                __xen_uuid_byte(c, 8), __xen_uuid_byte(c, 0), __xen_uuid_byte(d, 8),               \
                __xen_uuid_byte(d, 0), e1, e2, e3, e4, e5, e6                                      \
        }                                                                                          \
    }

/* An expression where the language has compound literals, else an initialiser. */
#if defined(__STDC_VERSION__) ? __STDC_VERSION__ >= 199901L : defined(__GNUC__)
#define XEN_DEFINE_UUID(a, b, c, d, e1, e2, e3, e4, e5, e6)                                        \
    ((xen_uuid_t)XEN_DEFINE_UUID_(a, b, c, d, e1, e2, e3, e4, e5, e6))
#else
#define XEN_DEFINE_UUID(a, b, c, d, e1, e2, e3, e4, e5, e6)                                        \
    XEN_DEFINE_UUID_(a, b, c, d, e1, e2, e3, e4, e5, e6)
#endif

#endif /* !__ASSEMBLY__ */

#if defined(__XEN_TOOLS__) || defined(__XEN__)

/*
 * Types of the control interfaces (domctl, sysctl ...): the same layout for 32-bit and 64-bit
 * callers. An architecture whose plain types already are so need not define them.
 */
#ifndef uint64_aligned_t
#define uint64_aligned_t uint64_t
#endif
#ifndef int64_aligned_t
#define int64_aligned_t int64_t
#endif
#ifndef XEN_GUEST_HANDLE_64
#define XEN_GUEST_HANDLE_64(name) XEN_GUEST_HANDLE(name)
#endif

#ifndef __ASSEMBLY__
/* Bit n is bit n % 8 of byte n / 8. */
typedef struct xenctl_bitmap {
    XEN_GUEST_HANDLE_64(uint8) bitmap;
    uint32_t nr_bits;
} xenctl_bitmap_t;
#endif

#endif /* __XEN__ || __XEN_TOOLS__ */

#endif /* __XEN_PUBLIC_XEN_H__ */
