/* SPDX-License-Identifier: MIT */
/* VCPUOP_initialise of an HVM domain: the first state of a vCPU. */
#ifndef __XEN_PUBLIC_HVM_HVM_VCPU_H__
#define __XEN_PUBLIC_HVM_HVM_VCPU_H__

#include "../xen.h"

/*
 * Real mode, protected mode and compatibility mode. Attributes have the layout of the VMCB:
 * type in 3:0, S 4, DPL 6:5, P 7, AVL 8, L 9, D/B 10, G 11. Limits are in bytes.
 */
typedef struct vcpu_hvm_x86_32 {
    uint32_t eax, ecx, edx, ebx, esp, ebp, esi, edi;
    uint32_t eip, eflags;
    uint32_t cr0, cr3, cr4;
    uint32_t pad1;
    uint64_t efer;
    uint32_t cs_base, ds_base, ss_base, es_base, tr_base;
    uint32_t cs_limit, ds_limit, ss_limit, es_limit, tr_limit;
    uint16_t cs_ar, ds_ar, ss_ar, es_ar, tr_ar;
    uint16_t pad2[3];
} xen_vcpu_hvm_x86_32_t;

/* 64-bit mode with flat segments. */
typedef struct vcpu_hvm_x86_64 {
    uint64_t rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi;
    uint64_t rip, rflags;
    uint64_t cr0, cr3, cr4, efer;
} xen_vcpu_hvm_x86_64_t;

#define VCPU_HVM_MODE_32B 0
#define VCPU_HVM_MODE_64B 1

typedef struct vcpu_hvm_context {
    uint32_t mode, pad;
    union {
        xen_vcpu_hvm_x86_64_t x86_64;
        xen_vcpu_hvm_x86_32_t x86_32;
    } cpu_regs;
} vcpu_hvm_context_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_hvm_context_t);

#endif /* __XEN_PUBLIC_HVM_HVM_VCPU_H__ */
