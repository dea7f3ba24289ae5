/* SPDX-License-Identifier: MIT */
/* Layouts of 64-bit x86 guests under names of their own, for tools of any word size. */
#ifndef __FOREIGN_X86_64_H__
#define __FOREIGN_X86_64_H__

#define FOREIGN(name) name##_x86_64
#define FOREIGN_WORD  uint64_t
#define FOREIGN_BITS  64
#include "layout.h"
#undef FOREIGN
#undef FOREIGN_WORD
#undef FOREIGN_BITS

typedef struct start_info_x86_64 start_info_x86_64_t;
typedef struct trap_info_x86_64 trap_info_x86_64_t;
typedef struct cpu_user_regs_x86_64 cpu_user_regs_x86_64_t;
typedef struct vcpu_guest_context_x86_64 vcpu_guest_context_x86_64_t;
typedef struct arch_vcpu_info_x86_64 arch_vcpu_info_x86_64_t;
typedef struct vcpu_time_info_x86_64 vcpu_time_info_x86_64_t;
typedef struct vcpu_info_x86_64 vcpu_info_x86_64_t;
typedef struct arch_shared_info_x86_64 arch_shared_info_x86_64_t;
typedef struct shared_info_x86_64 shared_info_x86_64_t;

#define FLAT_RING3_CS64_X86_64  0xe033
#define FLAT_RING3_SS64_X86_64  0xe02b
#define FLAT_RING3_DS64_X86_64  0
#define FLAT_KERNEL_CS64_X86_64 FLAT_RING3_CS64_X86_64
#define FLAT_KERNEL_SS64_X86_64 FLAT_RING3_SS64_X86_64
#define FLAT_KERNEL_DS64_X86_64 FLAT_RING3_DS64_X86_64
#define FLAT_KERNEL_CS_X86_64   FLAT_KERNEL_CS64_X86_64
#define FLAT_KERNEL_SS_X86_64   FLAT_KERNEL_SS64_X86_64
#define FLAT_KERNEL_DS_X86_64   FLAT_KERNEL_DS64_X86_64

#define xen_pfn_to_cr3_x86_64(pfn) ((uint64_t)(pfn) << 12)
#define xen_cr3_to_pfn_x86_64(cr3) ((uint64_t)(cr3) >> 12)

#define XEN_LEGACY_MAX_VCPUS_X86_64          32
#define MAX_GUEST_CMDLINE_X86_64             1024
#define VGCF_i387_valid_X86_64               (1 << 0)
#define VGCF_in_kernel_X86_64                (1 << 2)
#define VGCF_failsafe_disables_events_X86_64 (1 << 3)
#define VGCF_syscall_disables_events_X86_64  (1 << 4)
#define VGCF_online_X86_64                   (1 << 5)

#endif
