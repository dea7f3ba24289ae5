/* SPDX-License-Identifier: MIT */
/* Arm's state of domains and vCPUs. */
#ifndef ASM_DOMAIN_H
#define ASM_DOMAIN_H

#include <asm/mmio.h>
#include <asm/p2m.h>
#include <asm/regs.h>
#include <asm/vgic.h>
#include <asm/vtimer.h>
#include <xen/cpumask.h>

struct vpl011;

/* EL1 and EL0 registers that stay in the CPU while the guest is in the hypervisor. */
struct el1_state {
    uint64_t sctlr, tcr, ttbr0, ttbr1, mair, amair, contextidr, cpacr;
    uint64_t vbar, esr, far, afsr0, afsr1, par, elr, spsr;
    uint64_t sp_el0, sp_el1, tpidr_el0, tpidrro_el0, tpidr_el1;
    uint64_t csselr, mdscr, actlr;
};

struct fp_state {
    uint64_t v[64]; /* v0 to v31 */
    uint64_t fpcr, fpsr;
} __aligned(16);

struct arch_vcpu {
    struct cpu_user_regs user_regs; /* while not running */
    struct el1_state el1;           /* while not running */
    struct fp_state fp;             /* while not running */
    uint64_t hcr_el2; /* loaded at a context switch; who changes it for current writes both */
    uint64_t vmpidr;
    struct vgic_vcpu vgic;
    struct vtimer_vcpu vtimer;
};

struct arch_domain {
    struct p2m p2m;
    struct vgic_domain vgic;
    struct vtimer_domain vtimer;
    struct mmio_domain mmio;
    struct vpl011 *vpl011; /* NULL: none */
    unsigned int relinquish_stage;
    bool direct_mapped;      /* dom0: guest frames are machine frames */
    unsigned int evtchn_irq; /* PPI of event channels */
    uint64_t hvm_params[64]; /* hvm.c */
};

#endif
