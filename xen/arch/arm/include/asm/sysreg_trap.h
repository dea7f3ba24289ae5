/* SPDX-License-Identifier: MIT */
/* System registers that trap from guests: MSR/MRS of AArch64, CP15 and CP14 of AArch32. */
#ifndef ASM_SYSREG_TRAP_H
#define ASM_SYSREG_TRAP_H

#include <xen/types.h>

struct cpu_user_regs;
struct vcpu;

/* The fields of an MSR or MRS as ISS of ESR_EL2 has them (Arm ARM D17.2.37, EC 0x18). */
#define SYSREG(op0, op1, crn, crm, op2)                                                            \
    ((uint32_t)(op0) << 20 | (uint32_t)(op2) << 17 | (uint32_t)(op1) << 14 |                       \
     (uint32_t)(crn) << 10 | (uint32_t)(crm) << 1)
#define SYSREG_MASK 0x003ffc1eU

/* EC 0x18: done and stepped over, or false: undefined for the guest. */
bool sysreg_trap(struct cpu_user_regs *regs, uint32_t iss);
/* ECs 0x03, 0x04, 0x05, 0x06, 0x08, 0x0c: from AArch32 EL0 or EL1. Also steps over those whose
 * condition fails. */
bool cp_trap(struct cpu_user_regs *regs, unsigned int ec, uint32_t iss);

/* Boot CPU, before the first domain: what guests may see of the ID registers. */
void sysreg_boot_init(void);

#endif
