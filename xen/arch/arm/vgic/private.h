/* SPDX-License-Identifier: MIT */
/* What the files of the virtual GIC share. */
#ifndef VGIC_PRIVATE_H
#define VGIC_PRIVATE_H

#include <asm/gic.h>
#include <asm/gic_hyp.h>
#include <asm/mmio.h>
#include <asm/vgic.h>
#include <xen/domain.h>

/* Interrupt @intid as @v sees it (private: its own), NULL where there is none. */
struct vgic_irq *vgic_irq(struct domain *d, struct vcpu *v, unsigned int intid);
/*
 * Lock the vCPU that guards @irq (@v where it is private), and move an SPI to the one that it is
 * routed to, where it can be moved. Returns the vCPU; NULL, nothing locked: there is none yet.
 */
struct vcpu *vgic_irq_lock(struct domain *d, struct vcpu *v, struct vgic_irq *irq,
                           unsigned long *flags);
/* Put @irq into @v's queue or take it out, as its state wants; true: @v is to be kicked after the
 * lock is dropped. Locks: @v's. */
bool vgic_update(struct vcpu *v, struct vgic_irq *irq);
void vgic_irq_unlock(struct vcpu *v, unsigned long flags, bool kick);
/* Bring what the LRs of @v say up to date, wherever it runs, and take out of them what is no
 * longer enabled or pending. Interrupts on, no lock. */
void vgic_recall(struct vcpu *v);
/* What is pending of @irq is dropped; in an LR: at the next vgic_recall(). Locks: @v's. */
void vgic_give_up_pending(struct vcpu *v, struct vgic_irq *irq);
/* An SPI's new target. */
void vgic_set_target(struct domain *d, struct vgic_irq *irq, unsigned int vcpu_id);
/* All vCPUs are to look at their queues again: the distributor was switched on. */
void vgic_kick_all(struct domain *d);

/* Offsets of the distributor, and of the SGI page of a redistributor, that concern interrupts:
 * bitmaps, priorities, configuration. */
struct vgic_access {
    struct vcpu *v;          /* whose private interrupts are meant */
    unsigned int first, end; /* interrupts within are there, others read as 0 */
    uint32_t offset;
    unsigned int size;
    bool write;
    uint64_t value;
};
/* False: no such register, or not of that size. */
bool vgic_irq_registers(struct vgic_access *a);

/* SGI @intid for @target, sent by @source. */
void vgic_send_sgi(struct vcpu *target, unsigned int intid, unsigned int source);

/* As at reset, for vCPU @vcpu_id. */
void vgic_irq_init(struct vgic_irq *irq, unsigned int intid, unsigned int vcpu_id);

/* vgic/its.c: an ITS where the host's is, if it has one. 0, -ENOMEM, mmio_register()'s errors. */
int vits_init(struct domain *d);
void vits_free(struct domain *d);

/* Registers of 64 bits, by halves too: the part at @offset, and the register with a part written.
 */
static inline uint64_t vgic_part_read(uint64_t reg, uint64_t offset, unsigned int size)
{
    return size == 8 ? reg : (uint32_t)(reg >> (offset & 4 ? 32 : 0));
}
static inline uint64_t vgic_part_write(uint64_t reg, uint64_t offset, unsigned int size,
                                       uint64_t value)
{
    if (size == 8)
        return value;
    if (offset & 4)
        return (reg & 0xffffffff) | value << 32;
    return (reg & ~UINT64_C(0xffffffff)) | (uint32_t)value;
}

int vgic_v2_init(struct domain *d, bool host_layout);
int vgic_v3_init(struct domain *d, bool host_layout);
void vgic_v3_vcpu_init(struct vcpu *v);

/* vgic/soft_cpu.c: the CPU interface in software. Locks: @v's. */
void vgic_soft_update(struct vcpu *v); /* raise or lower its interrupt line; @v is current */
bool vgic_soft_deliverable(struct vcpu *v);
void vgic_soft_reset(struct vcpu *v);
extern const struct mmio_ops vgic_soft_ops;

#define GICD_CTLR       0x0000
#define GICD_TYPER      0x0004
#define GICD_IIDR       0x0008
#define GICD_STATUSR    0x0010
#define GICD_SETSPI_NSR 0x0040
#define GICD_IGROUPR    0x0080
#define GICD_ISENABLER  0x0100
#define GICD_ICENABLER  0x0180
#define GICD_ISPENDR    0x0200
#define GICD_ICPENDR    0x0280
#define GICD_ISACTIVER  0x0300
#define GICD_ICACTIVER  0x0380
#define GICD_IPRIORITYR 0x0400
#define GICD_ITARGETSR  0x0800
#define GICD_ICFGR      0x0c00
#define GICD_IGRPMODR   0x0d00
#define GICD_NSACR      0x0e00
#define GICD_SGIR       0x0f00
#define GICD_CPENDSGIR  0x0f10
#define GICD_SPENDSGIR  0x0f20
#define GICD_V2_PIDR2   0x0fe8
#define GICD_IROUTER    0x6000
#define GICD_V3_PIDR2   0xffe8

#define VGIC_IIDR 0x0000043bU /* implementer Arm; the product is nobody's */

#endif
