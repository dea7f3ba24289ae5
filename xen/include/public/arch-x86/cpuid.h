/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor's CPUID leaves. They start at 0x40000000, or at a following multiple of 0x100 if
 * another interface (Viridian) comes first: search for the signature.
 */
#ifndef __XEN_PUBLIC_ARCH_X86_CPUID_H__
#define __XEN_PUBLIC_ARCH_X86_CPUID_H__

#define XEN_CPUID_FIRST_LEAF     0x40000000
#define XEN_CPUID_LEAF(i)        ((i) + XEN_CPUID_FIRST_LEAF)
#define XEN_CPUID_MAX_NUM_LEAVES 5

/* Leaf +0: EAX is the last leaf, the others spell "XenVMMXenVMM". */
#define XEN_CPUID_SIGNATURE_EBX 0x566e6558
#define XEN_CPUID_SIGNATURE_ECX 0x65584d4d
#define XEN_CPUID_SIGNATURE_EDX 0x4d4d566e

/*
 * Leaf +1: EAX is the version, major << 16 | minor.
 * Leaf +2: EAX is the number of hypercall pages, EBX the MSR that takes their address, and ECX has
 * the features below.
 */
#define _XEN_CPUID_FEAT1_MMU_PT_UPDATE_PRESERVE_AD 0
#define XEN_CPUID_FEAT1_MMU_PT_UPDATE_PRESERVE_AD  (1u << 0)

/*
 * Leaf +3: the virtual TSC, by sub-leaf. 0: EAX bit 0 emulated, 1 safe, 2 RDTSCP; EBX mode; ECX
 * kHz; EDX incarnation. 1: offset (EAX, EBX), multiplier ECX, shift EDX. 2: EAX host kHz.
 */

/* Leaf +4: EAX has these flags; EBX is the vCPU id and ECX the domain id where flagged. */
#define XEN_HVM_CPUID_APIC_ACCESS_VIRT (1u << 0) /* hardware handles accesses to the APIC page */
#define XEN_HVM_CPUID_X2APIC_VIRT      (1u << 1) /* and the x2APIC MSRs */
#define XEN_HVM_CPUID_IOMMU_MAPPINGS   (1u << 2) /* grant and foreign maps are good for DMA */
#define XEN_HVM_CPUID_VCPU_ID_PRESENT  (1u << 3)
#define XEN_HVM_CPUID_DOMID_PRESENT    (1u << 4)
#define XEN_HVM_CPUID_EXT_DEST_ID      (1u << 5) /* 15-bit destinations in MSI and IO-APIC */
#define XEN_HVM_CPUID_UPCALL_VECTOR    (1u << 6) /* HVMOP_set_evtchn_upcall_vector works per vCPU */

/* Leaf +5, PV: EAX[7:0] is the width of machine addresses, in bits. */
#define XEN_CPUID_MACHINE_ADDRESS_WIDTH_MASK (0xffu << 0)

#endif /* __XEN_PUBLIC_ARCH_X86_CPUID_H__ */
