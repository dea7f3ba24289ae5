/* SPDX-License-Identifier: MIT */
/* In place of the port's: a host process that stands for an Arm CPU. */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include <asm/sysregs.h> /* fields */
#include <xen/types.h>

static inline void cpu_relax(void)
{
}
static inline unsigned long local_irq_save_flags(void)
{
    return 0;
}
static inline void local_irq_restore(unsigned long f)
{
}
static inline bool local_irq_is_enabled(void)
{
    return true;
}
static inline void isb(void)
{
}
#define smp_mb()  __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_rmb() smp_mb()
#define smp_wmb() smp_mb()

#define MPIDR_AFFINITY 0xff00ffffffUL

extern uint64_t hcr_el2; /* of the vCPU that runs */
#undef write_sysreg
#define write_sysreg(v, name) ((name) = (v))

#endif
