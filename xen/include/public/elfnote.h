/* SPDX-License-Identifier: MIT */
/* ELF notes with the owner "Xen": in kernels (numbers 0 to MAX), crash notes and core files. */
#ifndef __XEN_PUBLIC_ELFNOTE_H__
#define __XEN_PUBLIC_ELFNOTE_H__

#define XEN_ELFNOTE_INFO               0  /* text: NAME=value,... ; the older form of them all */
#define XEN_ELFNOTE_ENTRY              1  /* virtual address */
#define XEN_ELFNOTE_HYPERCALL_PAGE     2  /* virtual address of a page to be filled */
#define XEN_ELFNOTE_VIRT_BASE          3  /* virtual address of pfn 0 */
#define XEN_ELFNOTE_PADDR_OFFSET       4  /* what ELF physical addresses are relative to */
#define XEN_ELFNOTE_XEN_VERSION        5  /* text: "xen-3.0" */
#define XEN_ELFNOTE_GUEST_OS           6  /* text */
#define XEN_ELFNOTE_GUEST_VERSION      7  /* text */
#define XEN_ELFNOTE_LOADER             8  /* text: "generic" */
#define XEN_ELFNOTE_PAE_MODE           9  /* text: "yes", "no", "bimodal"; 32-bit kernels */
#define XEN_ELFNOTE_FEATURES           10 /* text: "a|!b"; '!' marks a required one */
#define XEN_ELFNOTE_BSD_SYMTAB         11 /* text: "yes" loads the symbol table */
#define XEN_ELFNOTE_HV_START_LOW       12 /* lowest address the hypervisor may take */
#define XEN_ELFNOTE_L1_MFN_VALID       13 /* pairs (mask, value) of a valid PTE */
#define XEN_ELFNOTE_SUSPEND_CANCEL     14 /* number: 1 if the kernel can resume in place */
#define XEN_ELFNOTE_INIT_P2M           15 /* virtual address for the initial P2M */
#define XEN_ELFNOTE_MOD_START_PFN      16 /* number: 1 if the ramdisk may stay unmapped */
#define XEN_ELFNOTE_SUPPORTED_FEATURES 17 /* bits XENFEAT_*, 32 per number */
#define XEN_ELFNOTE_PHYS32_ENTRY       18 /* physical address: 32-bit PVH entry */
#define XEN_ELFNOTE_MAX                XEN_ELFNOTE_PHYS32_ENTRY

/* In the note area of a crashed hypervisor. */
#define XEN_ELFNOTE_CRASH_INFO 0x1000001
#define XEN_ELFNOTE_CRASH_REGS 0x1000002

/* In the core file of a domain. */
#define XEN_ELFNOTE_DUMPCORE_NONE           0x2000000
#define XEN_ELFNOTE_DUMPCORE_HEADER         0x2000001
#define XEN_ELFNOTE_DUMPCORE_XEN_VERSION    0x2000002
#define XEN_ELFNOTE_DUMPCORE_FORMAT_VERSION 0x2000003

#endif /* __XEN_PUBLIC_ELFNOTE_H__ */
