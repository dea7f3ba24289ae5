/* SPDX-License-Identifier: MIT */
/*
 * A domain's interrupt controller: a GICv2 or GICv3 of one security state, whose distributor (and
 * redistributors) we emulate, and whose CPU interface is the hardware's virtual one, fed by list
 * registers (LRs). Where the hardware has no virtual GICv2 interface, that is emulated too.
 *
 * States of an interrupt: pending and enabled ones are in their vCPU's queue, by priority;
 * vgic_enter(), on the way to the guest, moves them to LRs. What the guest did with LRs is read
 * back when it matters only: at a context switch, a maintenance interrupt, and before a register
 * is read that shows it.
 *
 * Locks: each vCPU's queue has one; it guards also the interrupts whose vcpu_id says that vCPU.
 */
#ifndef ASM_VGIC_H
#define ASM_VGIC_H

#include <asm/gic.h>
#include <asm/gic_hyp.h>
#include <xen/lib/list.h>
#include <xen/spinlock.h>
#include <xen/types.h>

struct domain;
struct vcpu;
struct irq_desc;
struct cpu_user_regs;

#define VGIC_V2           2
#define VGIC_V3           3
#define VGIC_NR_SGIS      16
#define VGIC_NR_LOCAL     32
#define VGIC_MAX_SPIS     (992 - 32)
#define VGIC_V2_MAX_VCPUS 8
#define VGIC_V3_MAX_VCPUS 128
#define VGIC_NO_LR        0xff
#define VGIC_CTLR_ON      1U /* in vgic_domain.ctlr: the distributor forwards interrupts */

struct vgic_irq {
    struct list_head link; /* in the queue of its vCPU, where queued */
    struct irq_desc *desc; /* of the machine's, or NULL [c while routed] */
    uint16_t intid;        /* [c] */
    uint16_t vcpu_id;      /* whose lock guards it: the target */
    uint16_t want_id;      /* the target that the guest has set: moved there once no LR has it */
    uint8_t priority;
    uint8_t lr;      /* VGIC_NO_LR: none */
    uint8_t sources; /* GICv2 SGI: CPUs which have sent it, not yet delivered */
    uint8_t targets; /* GICv2 SPI: as written */
    bool queued;
    bool enabled;
    bool pending;      /* latched: an edge, a software write, or the machine's interrupt */
    bool line;         /* a level of our own making is high */
    bool active;       /* as of the last reading of the LRs */
    bool level;        /* configuration */
    bool hw;           /* the machine's is active until the guest deactivates this one */
    bool lr_pending;   /* the same of an LR's pending state */
    bool drop_pending; /* vgic_recall() is to take it out of its LR */
    bool drop_active;
    uint8_t host_ppi;  /* the machine's timer PPI behind it; 0: none */
    uint16_t desc_cpu; /* where desc was last routed to */
    bool any;          /* GICv3 SPI: GICD_IROUTER.Interrupt_Routing_Mode */
};

/* Registers of the virtual CPU interface of a vCPU that is not loaded. */
struct vgic_cpu_state {
    struct gic_lr lr[GIC_MAX_LRS];
    uint32_t vmcr;
    uint32_t ap0r[4], ap1r[4]; /* GICv2: ap0r[0] */
    uint32_t sre_el1;          /* GICv3 */
};

/* CPU interface in software (GICC by MMIO). Each interrupt taken preempts one of less priority, so
 * there are no more than levels of priority. */
struct vgic_soft_cpu {
    uint32_t ctlr;
    uint8_t bpr, pmr;
    uint8_t nr_running;
    uint8_t running[32]; /* group priorities, the innermost last */
};

struct vgic_vcpu {
    spinlock_t lock; /* RANK_VGIC */
    struct list_head queue;
    bool work;   /* the queue has changed: vgic_enter() is to look */
    bool loaded; /* its interface is in the registers of CPU loaded_cpu */
    uint16_t loaded_cpu;
    uint16_t lr_used, lr_eoi; /* bit per LR: holds an interrupt; tells us its end */
    uint8_t timer_intid;      /* whose active state goes with the vCPU, 0: none */
    struct vgic_irq *lr_irq[GIC_MAX_LRS];
    uint32_t hcr; /* as last written */
    struct vgic_cpu_state state;
    struct vgic_soft_cpu *soft; /* NULL: the hardware has the interface */
    struct vgic_irq local[VGIC_NR_LOCAL];
    uint64_t rdist_base; /* GICv3: guest address of its redistributor */
    bool rdist_last;     /* the last of its region */
    uint32_t waker;
    bool lpis_on; /* GICR_CTLR.EnableLPIs, of domains with an ITS; as are these: */
    uint64_t propbase, pendbase;
};

struct vgic_domain {
    uint8_t version; /* VGIC_V2, VGIC_V3; 0: not initialised */
    bool soft;       /* CPU interface in software */
    uint16_t nr_spis;
    uint32_t ctlr;
    struct vgic_irq *spis;
    struct vgic_irq *lpis; /* ITS_NR_LPIS of them, where there is an ITS */
    struct vits *its;
    struct gic_region dist;
    struct gic_region cpu; /* GICv2 */
    struct gic_region rdist[GIC_MAX_RDISTS];
    unsigned int nr_rdists;
    uint64_t rdist_stride;
    unsigned long reserved[1024 / 64]; /* virqs given out: vgic_reserve() */
};

/* May a domain have a GIC of @version, and how many vCPUs then? 0: it cannot. */
unsigned int vgic_max_vcpus(unsigned int version);
/* The version that XEN_DOMCTL_CONFIG_GIC_NATIVE stands for. */
unsigned int vgic_native_version(void);
/*
 * Part of port_domain_create(), after mmio_domain_init().
 * @nr_spis      rounded up to a multiple of 32; at most VGIC_MAX_SPIS.
 * @host_layout  dom0: registers are where the host's are; else where public/arch-arm.h says.
 * Returns 0, -EINVAL, -ENODEV (version), -ENOMEM.
 */
int vgic_domain_init(struct domain *d, unsigned int version, unsigned int nr_spis,
                     bool host_layout);
/* GICv2 with the hardware's interface: map GICV at the guest's GICC. After the p2m is there. */
int vgic_map_cpu_interface(struct domain *d);
void vgic_domain_free(struct domain *d);
int vgic_vcpu_init(struct vcpu *v);
void vgic_vcpu_free(struct vcpu *v);
/* A vCPU is started anew (PSCI CPU_ON, reset): its CPU interface and private interrupts. */
void vgic_vcpu_reset(struct vcpu *v);

/* Take @virq for a use: false where it has one. _ppi: a free one; < 0: none. */
bool vgic_reserve(struct domain *d, unsigned int virq);
int vgic_reserve_ppi(struct domain *d);
void vgic_unreserve(struct domain *d, unsigned int virq);

/* Tie virtual SPI @virq to the machine's interrupt @desc. 0, -EINVAL, -EEXIST. */
int vgic_connect(struct domain *d, unsigned int virq, struct irq_desc *desc, bool edge);
/* Untie: true where the machine's interrupt is still active for the guest. */
bool vgic_disconnect(struct domain *d, unsigned int virq);
struct irq_desc *vgic_hw_desc(struct domain *d, unsigned int virq); /* NULL: none */

/* An edge on a private interrupt of @v, or on an SPI or LPI of @d. Any context. */
void vgic_inject_local(struct vcpu *v, unsigned int intid);
void vgic_inject_spi(struct domain *d, unsigned int intid);
/* The level of a line of an emulated device. Any context. */
void vgic_set_line(struct domain *d, unsigned int intid, bool high);
void vgic_set_line_local(struct vcpu *v, unsigned int intid, bool high);
/* The machine's interrupt behind a virtual SPI has come; it stays active until the guest
 * deactivates its own. Interrupts off. */
void vgic_inject_hw_spi(struct domain *d, unsigned int intid);

/*
 * Private interrupts with the machine's timer behind them. Where they are connected, the machine's
 * is active from vgic_timer_fired() on until the guest is done; while the vCPU is not loaded, only
 * the flag says so. Else the caller silences the machine's. _fired: on the CPU where @v is loaded,
 * interrupts off. _due: from any context; ignored where
 * @v is loaded, for then the hardware tells. One such interrupt for each vCPU.
 */
void vgic_timer_connect(struct vcpu *v, unsigned int intid, unsigned int host_irq);
void vgic_timer_fired(struct vcpu *v, unsigned int intid);
void vgic_timer_due(struct vcpu *v, unsigned int intid);

/* Would an interrupt wake @v from WFI? @v is current, or does not run. */
bool vgic_has_pending(struct vcpu *v);

/* Context switch, interrupts off. */
void vgic_save(struct vcpu *v);
void vgic_restore(struct vcpu *v);
/* The last step before a guest is entered, interrupts off, current loaded. */
void vgic_enter_slow(struct vcpu *v);
static always_inline void vgic_enter_at(struct vgic_vcpu *g, struct vcpu *v)
{
    if (unlikely(READ_ONCE(g->work)))
        vgic_enter_slow(v);
}
#define vgic_enter(v) vgic_enter_at(&(v)->arch.vgic, v)

/* The maintenance interrupt. */
void vgic_maintenance(void);

void vgic_dump_vcpu(struct vcpu *v);

/*
 * Trapped system registers of the CPU interface (GICv3): true where the access was done.
 * @enc  op0, op1, CRn, CRm, op2 as SYSREG() of asm/sysreg_trap.h packs them.
 */
bool vgic_sysreg(struct vcpu *v, uint32_t enc, bool write, uint64_t *value);

#endif
