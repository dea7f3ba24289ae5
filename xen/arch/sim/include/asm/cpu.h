/* SPDX-License-Identifier: MIT */
/* What C has no word for: interrupt flag, barriers, and the pause of a spinning loop. */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include <asm/current.h>
#include <xen/types.h>

/* A CPU spins: let others go on. Ends the process where nobody can. */
void cpu_relax(void);

static always_inline void local_irq_disable(void)
{
    sim_this->irqs_on = false;
}
static always_inline void local_irq_enable(void)
{
    sim_this->irqs_on = true;
}
static always_inline unsigned long local_save_flags(void)
{
    return sim_this->irqs_on;
}
static always_inline bool local_irq_is_enabled(void)
{
    return sim_this->irqs_on;
}
static always_inline unsigned long local_irq_save_flags(void)
{
    unsigned long f = local_save_flags();

    local_irq_disable();
    return f;
}
#define local_irq_save(f) ((f) = local_irq_save_flags())
static always_inline void local_irq_restore(unsigned long f)
{
    sim_this->irqs_on = f != 0;
}

#ifdef SIM_TSAN
/* The thread sanitizer does not know fences: an access in their place that it does know. */
extern unsigned int sim_fence;
#define smp_mb()  ((void)__atomic_fetch_add(&sim_fence, 1, __ATOMIC_ACQ_REL))
#define smp_rmb() smp_mb()
#define smp_wmb() smp_mb()
#else
#define smp_mb()  __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_rmb() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_wmb() __atomic_thread_fence(__ATOMIC_RELEASE)
#endif
#define mb()  smp_mb()
#define rmb() smp_rmb()
#define wmb() smp_wmb()

#endif
