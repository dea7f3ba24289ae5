/* SPDX-License-Identifier: MIT */
/* Offsets for assembly: compiled to text, from which generated/asm-offsets.h is made. */
#include <xen/domain.h>
#include <xen/percpu.h>
#include <asm/current.h>

#define DEFINE(name, value)        __asm__ volatile("\n.ascii \"==>" #name " %c0<==\"" ::"i"(value))
#define OFFSET(name, type, member) DEFINE(name, offsetof(type, member))

void asm_offsets(void);
void asm_offsets(void)
{
    OFFSET(REGS_x, struct cpu_user_regs, x);
    OFFSET(REGS_sp, struct cpu_user_regs, sp);
    OFFSET(REGS_pc, struct cpu_user_regs, pc);
    OFFSET(REGS_esr, struct cpu_user_regs, esr);
    DEFINE(REGS_size, sizeof(struct cpu_user_regs));
    DEFINE(CPUINFO_size, sizeof(struct cpu_info));
}
