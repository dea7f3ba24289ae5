/* SPDX-License-Identifier: MIT */
/* Layouts of 32-bit x86 guests under names of their own, for tools of any word size. */
#ifndef __FOREIGN_X86_32_H__
#define __FOREIGN_X86_32_H__

#define FOREIGN(name) name##_x86_32
#define FOREIGN_WORD  uint32_t
#define FOREIGN_BITS  32
#include "layout.h"
#undef FOREIGN
#undef FOREIGN_WORD
#undef FOREIGN_BITS

typedef struct start_info_x86_32 start_info_x86_32_t;
typedef struct trap_info_x86_32 trap_info_x86_32_t;
typedef struct cpu_user_regs_x86_32 cpu_user_regs_x86_32_t;
typedef struct vcpu_guest_context_x86_32 vcpu_guest_context_x86_32_t;
typedef struct arch_vcpu_info_x86_32 arch_vcpu_info_x86_32_t;
typedef struct vcpu_time_info_x86_32 vcpu_time_info_x86_32_t;
typedef struct vcpu_info_x86_32 vcpu_info_x86_32_t;
typedef struct arch_shared_info_x86_32 arch_shared_info_x86_32_t;
typedef struct shared_info_x86_32 shared_info_x86_32_t;

#define FLAT_RING1_CS_X86_32  0xe019
#define FLAT_RING1_DS_X86_32  0xe021
#define FLAT_RING1_SS_X86_32  0xe021
#define FLAT_RING3_CS_X86_32  0xe02b
#define FLAT_RING3_DS_X86_32  0xe033
#define FLAT_RING3_SS_X86_32  0xe033
#define FLAT_KERNEL_CS_X86_32 FLAT_RING1_CS_X86_32
#define FLAT_KERNEL_DS_X86_32 FLAT_RING1_DS_X86_32
#define FLAT_KERNEL_SS_X86_32 FLAT_RING1_SS_X86_32

#define xen_pfn_to_cr3_x86_32(pfn) (((unsigned)(pfn) << 12) | ((unsigned)(pfn) >> 20))
#define xen_cr3_to_pfn_x86_32(cr3) (((unsigned)(cr3) >> 12) | ((unsigned)(cr3) << 20))

#define XEN_LEGACY_MAX_VCPUS_X86_32          32
#define MAX_GUEST_CMDLINE_X86_32             1024
#define VGCF_i387_valid_X86_32               (1 << 0)
#define VGCF_in_kernel_X86_32                (1 << 2)
#define VGCF_failsafe_disables_events_X86_32 (1 << 3)
#define VGCF_syscall_disables_events_X86_32  (1 << 4)
#define VGCF_online_X86_32                   (1 << 5)

#endif
