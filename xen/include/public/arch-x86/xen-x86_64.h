/* SPDX-License-Identifier: MIT */
/* What differs in 64-bit mode: selectors, address-space layout, register frame. */
#ifndef __XEN_PUBLIC_ARCH_X86_XEN_X86_64_H__
#define __XEN_PUBLIC_ARCH_X86_XEN_X86_64_H__

/*
 * Flat segments in the hypervisor's GDT. Kernel and user of a PV guest both run in ring 3 and use
 * the same ones. A data segment of 64-bit mode is the null selector.
 */
#define FLAT_RING3_CS32 0xe023
#define FLAT_RING3_SS32 0xe02b
#define FLAT_RING3_DS32 0xe02b
#define FLAT_RING3_CS64 0xe033
#define FLAT_RING3_SS64 0xe02b
#define FLAT_RING3_DS64 0x0000

#define FLAT_KERNEL_CS32 FLAT_RING3_CS32
#define FLAT_KERNEL_SS32 FLAT_RING3_SS32
#define FLAT_KERNEL_DS32 FLAT_RING3_DS32
#define FLAT_KERNEL_CS64 FLAT_RING3_CS64
#define FLAT_KERNEL_SS64 FLAT_RING3_SS64
#define FLAT_KERNEL_DS64 FLAT_RING3_DS64
#define FLAT_KERNEL_CS   FLAT_KERNEL_CS64
#define FLAT_KERNEL_SS   FLAT_KERNEL_SS64
#define FLAT_KERNEL_DS   FLAT_KERNEL_DS64

#define FLAT_USER_CS32 FLAT_RING3_CS32
#define FLAT_USER_SS32 FLAT_RING3_SS32
#define FLAT_USER_DS32 FLAT_RING3_DS32
#define FLAT_USER_CS64 FLAT_RING3_CS64
#define FLAT_USER_SS64 FLAT_RING3_SS64
#define FLAT_USER_DS64 FLAT_RING3_DS64
#define FLAT_USER_CS   FLAT_USER_CS64
#define FLAT_USER_SS   FLAT_USER_SS64
#define FLAT_USER_DS   FLAT_USER_DS64

/* The hypervisor's part of a guest's address space, and in it the machine-to-physical table. */
#define __HYPERVISOR_VIRT_START 0xFFFF800000000000
#define __HYPERVISOR_VIRT_END   0xFFFF880000000000
#define __MACH2PHYS_VIRT_START  0xFFFF800000000000
#define __MACH2PHYS_VIRT_END    0xFFFF804000000000

#ifndef HYPERVISOR_VIRT_START
#define HYPERVISOR_VIRT_END   xen_mk_ulong(__HYPERVISOR_VIRT_END)
#define HYPERVISOR_VIRT_START xen_mk_ulong(__HYPERVISOR_VIRT_START)
#endif
#define MACH2PHYS_VIRT_END   xen_mk_ulong(__MACH2PHYS_VIRT_END)
#define MACH2PHYS_VIRT_START xen_mk_ulong(__MACH2PHYS_VIRT_START)
#define MACH2PHYS_NR_ENTRIES ((MACH2PHYS_VIRT_END - MACH2PHYS_VIRT_START) / 8)
#ifndef machine_to_phys_mapping
#define machine_to_phys_mapping ((unsigned long *)HYPERVISOR_VIRT_START)
#endif

/* First argument of set_segment_base. */
#define SEGBASE_FS          0
#define SEGBASE_GS_USER     1
#define SEGBASE_GS_KERNEL   2
#define SEGBASE_GS_USER_SEL 3 /* a selector to load, not a base */

/* iret_context.flags: return by SYSRET; rcx and r11 are not restored. */
#define _VGCF_in_syscall 8
#define VGCF_in_syscall  (1 << _VGCF_in_syscall)
#define VGCF_IN_SYSCALL  VGCF_in_syscall

#ifndef __ASSEMBLY__

/* On the guest kernel's stack at the iret hypercall. */
struct iret_context {
    uint64_t rax, r11, rcx, flags;
    uint64_t rip, cs, rflags, rsp, ss; /* top of the frame is at the highest address */
};

/*
 * Register names. The hypervisor and the tools have every width of every register; guests see the
 * 64-bit name, and with GNU extensions also the 32-bit name for the same 64 bits.
 *   XEN_REG_ABCD: a b c d      XEN_REG_PTR: si di bp sp      XEN_REG_WIDE: ip flags
 *   XEN_REG_NUM:  r8 to r15
 */
#if defined(__XEN_TOOLS__) || defined(__XEN__)
#define XEN_REG_ABCD(n)                                                                            \
    union {                                                                                        \
        uint64_t r##n##x;                                                                          \
        uint32_t e##n##x;                                                                          \
        uint16_t n##x;                                                                             \
        struct {                                                                                   \
            uint8_t n##l, n##h;                                                                    \
        };                                                                                         \
    }
#define XEN_REG_PTR(n)                                                                             \
    union {                                                                                        \
        uint64_t r##n;                                                                             \
        uint32_t e##n;                                                                             \
        uint16_t n;                                                                                \
        uint8_t n##l;                                                                              \
    }
#define XEN_REG_WIDE(n)                                                                            \
    union {                                                                                        \
        uint64_t r##n;                                                                             \
        uint32_t e##n;                                                                             \
        uint16_t n;                                                                                \
    }
#define XEN_REG_NUM(n)                                                                             \
    union {                                                                                        \
        uint64_t r##n;                                                                             \
        uint32_t r##n##d;                                                                          \
        uint16_t r##n##w;                                                                          \
        uint8_t r##n##b;                                                                           \
    }
#else
#if defined(__GNUC__) && !defined(__STRICT_ANSI__)
#define XEN_REG_WIDE(n)                                                                            \
    union {                                                                                        \
        uint64_t r##n, e##n;                                                                       \
        uint32_t _e##n;                                                                            \
    }
#else
#define XEN_REG_WIDE(n) uint64_t r##n
#endif
#define XEN_REG_PTR(n)  XEN_REG_WIDE(n)
#define XEN_REG_ABCD(n) XEN_REG_WIDE(n##x)
#define XEN_REG_NUM(n)  uint64_t r##n
#endif

typedef struct cpu_user_regs {
    XEN_REG_NUM(15);
    XEN_REG_NUM(14);
    XEN_REG_NUM(13);
    XEN_REG_NUM(12);
    XEN_REG_PTR(bp);
    XEN_REG_ABCD(b);
    XEN_REG_NUM(11);
    XEN_REG_NUM(10);
    XEN_REG_NUM(9);
    XEN_REG_NUM(8);
    XEN_REG_ABCD(a);
    XEN_REG_ABCD(c);
    XEN_REG_ABCD(d);
    XEN_REG_PTR(si);
    XEN_REG_PTR(di);
    uint32_t error_code, entry_vector; /* the hypervisor's own */
    XEN_REG_WIDE(ip);
    uint16_t cs, _pad0[1];
    uint8_t saved_upcall_mask; /* evtchn_upcall_mask at the entry */
    uint8_t _pad1[3];
    XEN_REG_WIDE(flags); /* IF shows the inverted upcall mask */
    XEN_REG_PTR(sp);
    uint16_t ss, _pad2[3];
    uint16_t es, _pad3[3];
    uint16_t ds, _pad4[3];
    uint16_t fs, _pad5[3]; /* null FS and GS: the base is in vcpu_guest_context */
    uint16_t gs, _pad6[3];
} cpu_user_regs_t;
DEFINE_XEN_GUEST_HANDLE(cpu_user_regs_t);

#undef XEN_REG_ABCD
#undef XEN_REG_PTR
#undef XEN_REG_WIDE
#undef XEN_REG_NUM

#define xen_cr3_to_pfn(cr3) ((unsigned long)(cr3) >> 12)
#define xen_pfn_to_cr3(pfn) ((unsigned long)(pfn) << 12)

typedef struct arch_vcpu_info {
    unsigned long cr2; /* of the last page fault given to a PV guest */
    unsigned long pad; /* keeps vcpu_info at 64 bytes */
} arch_vcpu_info_t;

typedef unsigned long xen_callback_t; /* entry address */

#endif /* !__ASSEMBLY__ */

#endif /* __XEN_PUBLIC_ARCH_X86_XEN_X86_64_H__ */
