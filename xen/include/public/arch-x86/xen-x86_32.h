/* SPDX-License-Identifier: MIT */
/* What differs in 32-bit mode: selectors, address-space layout, register frame, handles. */
#ifndef __XEN_PUBLIC_ARCH_X86_XEN_X86_32_H__
#define __XEN_PUBLIC_ARCH_X86_XEN_X86_32_H__

/* Flat segments in the hypervisor's GDT: ring 1 for the kernel, ring 3 for its users. */
#define FLAT_RING1_CS 0xe019
#define FLAT_RING1_SS 0xe021
#define FLAT_RING1_DS 0xe021
#define FLAT_RING3_CS 0xe02b
#define FLAT_RING3_SS 0xe033
#define FLAT_RING3_DS 0xe033

#define FLAT_KERNEL_CS FLAT_RING1_CS
#define FLAT_KERNEL_SS FLAT_RING1_SS
#define FLAT_KERNEL_DS FLAT_RING1_DS
#define FLAT_USER_CS   FLAT_RING3_CS
#define FLAT_USER_SS   FLAT_RING3_SS
#define FLAT_USER_DS   FLAT_RING3_DS

/* The hypervisor's hole at the top of 4 GiB. Only PAE guests can run. */
#define __HYPERVISOR_VIRT_START_PAE    0xF5800000
#define __MACH2PHYS_VIRT_START_PAE     0xF5800000
#define __MACH2PHYS_VIRT_END_PAE       0xF6800000
#define __HYPERVISOR_VIRT_START_NONPAE 0xFC000000
#define __MACH2PHYS_VIRT_START_NONPAE  0xFC000000
#define __MACH2PHYS_VIRT_END_NONPAE    0xFC400000

#define HYPERVISOR_VIRT_START_PAE    xen_mk_ulong(__HYPERVISOR_VIRT_START_PAE)
#define MACH2PHYS_VIRT_START_PAE     xen_mk_ulong(__MACH2PHYS_VIRT_START_PAE)
#define MACH2PHYS_VIRT_END_PAE       xen_mk_ulong(__MACH2PHYS_VIRT_END_PAE)
#define HYPERVISOR_VIRT_START_NONPAE xen_mk_ulong(__HYPERVISOR_VIRT_START_NONPAE)
#define MACH2PHYS_VIRT_START_NONPAE  xen_mk_ulong(__MACH2PHYS_VIRT_START_NONPAE)
#define MACH2PHYS_VIRT_END_NONPAE    xen_mk_ulong(__MACH2PHYS_VIRT_END_NONPAE)

#define __HYPERVISOR_VIRT_START __HYPERVISOR_VIRT_START_PAE
#define __MACH2PHYS_VIRT_START  __MACH2PHYS_VIRT_START_PAE
#define __MACH2PHYS_VIRT_END    __MACH2PHYS_VIRT_END_PAE

#ifndef HYPERVISOR_VIRT_START
#define HYPERVISOR_VIRT_START xen_mk_ulong(__HYPERVISOR_VIRT_START)
#endif
#define MACH2PHYS_VIRT_END   xen_mk_ulong(__MACH2PHYS_VIRT_END)
#define MACH2PHYS_VIRT_START xen_mk_ulong(__MACH2PHYS_VIRT_START)
#define MACH2PHYS_NR_ENTRIES ((MACH2PHYS_VIRT_END - MACH2PHYS_VIRT_START) / 4)
#ifndef machine_to_phys_mapping
#define machine_to_phys_mapping ((unsigned long *)MACH2PHYS_VIRT_START)
#endif

#if defined(__XEN_TOOLS__) || defined(__XEN__)
/* In the control interfaces 64-bit members are aligned, and pointers take 64 bits. */
#define uint64_aligned_t uint64_t __attribute__((aligned(8)))
#define int64_aligned_t  int64_t __attribute__((aligned(8)))

#undef ___DEFINE_XEN_GUEST_HANDLE
#define ___DEFINE_XEN_GUEST_HANDLE(name, type)                                                     \
    typedef struct {                                                                               \
        union {                                                                                    \
            type *p;                                                                               \
            uint64_aligned_t q;                                                                    \
        };                                                                                         \
    } __guest_handle_64_##name;                                                                    \
    typedef struct {                                                                               \
        type *p;                                                                                   \
    } __guest_handle_##name
#define __XEN_GUEST_HANDLE_64(name) __guest_handle_64_##name
#define XEN_GUEST_HANDLE_64(name)   __XEN_GUEST_HANDLE_64(name)

#undef set_xen_guest_handle_raw
#define set_xen_guest_handle_raw(hnd, val)                                                         \
    do {                                                                                           \
        if (sizeof(hnd) == sizeof(uint64_t))                                                       \
            *(uint64_t *)&(hnd) = 0;                                                               \
        (hnd).p = (val);                                                                           \
    } while (0)
#endif

#ifndef __ASSEMBLY__

/* XEN_REG_ABCD: a b c d; XEN_REG_PTR: the others. Guests see the 32-bit names only. */
#if defined(__XEN_TOOLS__) || defined(__XEN__)
#define XEN_REG_ABCD(n)                                                                            \
    union {                                                                                        \
        uint32_t e##n##x;                                                                          \
        uint16_t n##x;                                                                             \
        struct {                                                                                   \
            uint8_t n##l, n##h;                                                                    \
        };                                                                                         \
    }
#define XEN_REG_PTR(n)                                                                             \
    union {                                                                                        \
        uint32_t e##n, _e##n;                                                                      \
        uint16_t n;                                                                                \
    }
#else
#define XEN_REG_ABCD(n) uint32_t e##n##x
#define XEN_REG_PTR(n)  uint32_t e##n
#endif

typedef struct cpu_user_regs {
    XEN_REG_ABCD(b);
    XEN_REG_ABCD(c);
    XEN_REG_ABCD(d);
    XEN_REG_PTR(si);
    XEN_REG_PTR(di);
    XEN_REG_PTR(bp);
    XEN_REG_ABCD(a);
    uint16_t error_code, entry_vector; /* the hypervisor's own */
    XEN_REG_PTR(ip);
    uint16_t cs;
    uint8_t saved_upcall_mask; /* evtchn_upcall_mask at the entry */
    uint8_t _pad0;
    XEN_REG_PTR(flags); /* IF shows the inverted upcall mask */
    XEN_REG_PTR(sp);
    uint16_t ss, _pad1, es, _pad2, ds, _pad3, fs, _pad4, gs, _pad5;
} cpu_user_regs_t;
DEFINE_XEN_GUEST_HANDLE(cpu_user_regs_t);

#undef XEN_REG_ABCD
#undef XEN_REG_PTR

/* A PAE root table may lie above 4 GiB: its frame number is rotated into CR3. */
#define xen_cr3_to_pfn(cr3) (((unsigned)(cr3) << 20) | ((unsigned)(cr3) >> 12))
#define xen_pfn_to_cr3(pfn) (((unsigned)(pfn) >> 20) | ((unsigned)(pfn) << 12))

typedef struct arch_vcpu_info {
    unsigned long cr2; /* of the last page fault given to a PV guest */
    unsigned long pad[5];
} arch_vcpu_info_t;

typedef struct xen_callback {
    unsigned long cs, eip;
} xen_callback_t;

#endif /* !__ASSEMBLY__ */

#endif /* __XEN_PUBLIC_ARCH_X86_XEN_X86_32_H__ */
