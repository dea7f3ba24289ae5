/* SPDX-License-Identifier: MIT */
/*
 * Guests' timers. The virtual one is the hardware's while the vCPU is loaded: its interrupt is
 * passed on and stays active until the guest is done with it; while the vCPU waits, a timer of
 * ours stands in. The physical one is trapped and emulated.
 */
#ifndef ASM_VTIMER_H
#define ASM_VTIMER_H

#include <xen/timer.h>
#include <xen/types.h>

struct domain;
struct vcpu;

struct vtimer {
    struct timer timer;
    struct vcpu *v;
    uint64_t cval;
    uint32_t ctl;
    uint32_t irq; /* PPI of the guest's */
};

struct vtimer_vcpu {
    struct vtimer virt, phys;
    uint64_t cntkctl;
};

struct vtimer_domain {
    uint64_t offset;                             /* CNTVOFF, ticks */
    unsigned int virt_irq, phys_irq, phys_s_irq; /* PPIs, reserved in the vGIC */
};

/* After vgic_domain_init(). @host_irqs  dom0: the numbers are those of the host's timer node. */
int vtimer_domain_init(struct domain *d, bool host_irqs);
int vtimer_vcpu_init(struct vcpu *v); /* its struct timers; after the scheduler has its CPU */
void vtimer_vcpu_free(struct vcpu *v);
void vtimer_vcpu_reset(struct vcpu *v);
/* Context switch, interrupts off. restore also sets CNTVOFF and CNTKCTL. Between vgic_save() and
 * vgic_restore() on the respective sides: save before vgic_save(), restore after vgic_restore(). */
void vtimer_save(struct vcpu *v);
void vtimer_restore(struct vcpu *v);
/* XEN_DOMCTL_settimeoffset and the like. */
void vtimer_dump(struct vcpu *v);

/* Trapped CNTP_*: true where done. @enc as in asm/sysreg_trap.h. */
bool vtimer_sysreg(struct vcpu *v, uint32_t enc, bool write, uint64_t *value);

#endif
