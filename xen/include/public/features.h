/* SPDX-License-Identifier: MIT */
/*
 * Feature bits, reported by XENVER_get_features. A PV kernel may require or reject some of them in
 * its ELF notes, by these names without the prefix.
 */
#ifndef __XEN_PUBLIC_FEATURES_H__
#define __XEN_PUBLIC_FEATURES_H__

/* What the guest need not do through the hypervisor. */
#define XENFEAT_writable_page_tables       0 /* plain writes to page tables */
#define XENFEAT_writable_descriptor_tables 1 /* plain writes to GDT and LDT */
#define XENFEAT_auto_translated_physmap    2 /* page tables hold gfns */
#define XENFEAT_supervisor_mode_kernel     3 /* the kernel runs in ring 0 */
#define XENFEAT_pae_pgdir_above_4gb        4 /* 32-bit root tables anywhere */

/* What the hypervisor offers. */
#define XENFEAT_mmu_pt_update_preserve_ad 5  /* MMU_PT_UPDATE_PRESERVE_AD */
#define XENFEAT_highmem_assist            6  /* MMUEXT_CLEAR_PAGE, MMUEXT_COPY_PAGE */
#define XENFEAT_gnttab_map_avail_bits     7  /* GNTMAP_guest_avail0 and up */
#define XENFEAT_hvm_callback_vector       8  /* events by an interrupt vector */
#define XENFEAT_hvm_safe_pvclock          9  /* vcpu_time_info is good in HVM guests */
#define XENFEAT_hvm_pirqs                 10 /* physical interrupts as events */
#define XENFEAT_dom0                      11 /* the guest is, or may be, dom0 */
#define XENFEAT_memory_op_vnode_supported 13
#define XENFEAT_ARM_SMCCC_supported       14
#define XENFEAT_linux_rsdp_unrestricted   15 /* PVH: the RSDP may lie anywhere */
#define XENFEAT_not_direct_mapped         16 /* gfn and mfn differ */
#define XENFEAT_direct_mapped             17 /* gfn and mfn are the same */

#define XENFEAT_NR_SUBMAPS 1

#endif /* __XEN_PUBLIC_FEATURES_H__ */
