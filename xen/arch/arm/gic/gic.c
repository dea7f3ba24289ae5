/* SPDX-License-Identifier: MIT */
/* What both versions of the controller have in common: finding it, taking interrupts, IPIs. */
#include <asm/cpu.h>
#include <asm/irq.h>
#include <asm/time.h>
#include <asm/vgic.h>
#include <xen/domain.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/port/cpu.h>
#include <xen/smp.h>
#include "private.h"

struct gic_info gic_info __ro_after_init;
const struct gic_ops *gic_ops __ro_after_init;
const struct gic_hyp_ops *gic_hyp __ro_after_init;
unsigned int nr_irqs __ro_after_init;

static const char *const gicv2_compatible[] __initconst = {
    "arm,gic-400",       "arm,cortex-a15-gic", "arm,cortex-a7-gic",
    "arm,cortex-a9-gic", "qcom,msm-qgic2",     NULL,
};
static const char *const gicv3_compatible[] __initconst = {"arm,gic-v3", NULL};

void gic_write_cfg(void *regs, unsigned int irq, bool edge)
{
    void *reg = (char *)regs + GICD_ICFGR + irq / 16 * 4;
    uint32_t bit = 2U << (irq % 16 * 2), v = mmio_read32(reg);

    mmio_write32(reg, edge ? v | bit : v & ~bit);
}

void gic_quiet(void *regs, unsigned int first, unsigned int nr, bool group1)
{
    char *r = regs;

    for (unsigned int i = first; i < first + nr; i += 32) {
        unsigned int at = i / 32 * 4;

        mmio_write32(r + GICD_ICENABLER + at, ~0U);
        mmio_write32(r + GICD_ICACTIVER + at, ~0U);
        if (group1)
            mmio_write32(r + GICD_IGROUPR + at, ~0U);
    }
    for (unsigned int i = first; i < first + nr; i += 4)
        mmio_write32(r + GICD_IPRIORITYR + i, GIC_PRIO_IRQ * 0x01010101U);
}

static void show(void)
{
    printk("GICv%u: %u lines, %u list registers, distributor at %#lx, maintenance interrupt %u\n",
           gic_info.version, gic_info.nr_irqs, gic_info.nr_lrs, (unsigned long)gic_info.dist.base,
           gic_info.maintenance_irq);
}

void __init gic_boot_init(void)
{
    int node = dt_gic_node(host_fdt);
    struct dt_irq maintenance;

    if (node < 0)
        panic("No interrupt controller in the device tree\n");
    gic_info.node = node;
    if (dt_compatible(host_fdt, node, gicv3_compatible))
        gic_ops = gicv3_boot_init(node);
    else if (dt_compatible(host_fdt, node, gicv2_compatible))
        gic_ops = gicv2_boot_init(node);
    else
        panic("Unknown interrupt controller\n");
    gic_hyp = &gic_ops->hyp;
    if (dt_irq(host_fdt, node, 0, &maintenance) || maintenance.irq < GIC_FIRST_PPI ||
        maintenance.irq >= GIC_FIRST_SPI)
        panic("GIC without a maintenance interrupt\n");
    gic_info.maintenance_irq = maintenance.irq;
    nr_irqs = gic_info.nr_irqs;
    irq_boot_init();
    gic_cpu_init();
    time_irq_init();
    show();
}

void gic_cpu_init(void)
{
    gic_ops->cpu_init();
    for (unsigned int sgi = 0; sgi < NR_GIC_SGIS; sgi++)
        gic_ops->enable(sgi);
    gic_ops->enable(gic_info.maintenance_irq);
}

static void take_sgi(unsigned int sgi)
{
    switch (sgi) {
    case GIC_SGI_EVENT_CHECK: /* the way out looks at softirqs */
        break;
    case GIC_SGI_CALL_FUNCTION:
        smp_rmb();
        smp_call_function_interrupt();
        break;
    }
}

void gic_handle_irq(struct cpu_user_regs *regs)
{
    for (;;) {
        uint32_t ack = gic_ops->ack();
        unsigned int irq = ack & 0x3ff;

        if (ack >= GIC_FIRST_LPI) { /* GICv2 tells no such numbers */
            gic_ops->drop(ack);
            if (dom0)
                vgic_inject_spi(dom0, ack);
            continue;
        }
        if (irq >= GIC_MAX_IRQS)
            return;
        if (irq >= GIC_FIRST_PPI) {
            irq_dispatch(irq);
            continue;
        }
        gic_ops->drop(ack);
        gic_ops->deactivate(ack);
        take_sgi(irq);
    }
}

void gic_deactivate(unsigned int irq)
{
    gic_ops->deactivate(irq);
}

void gic_set_active(unsigned int irq, bool active)
{
    gic_ops->set_active(irq, active);
}

void gic_send_sgi(const cpumask_t *mask, enum gic_sgi sgi)
{
    dsb(ishst); /* what they are to see is in memory before */
    gic_ops->send_sgi(mask, sgi);
}

void port_send_event_check(const cpumask_t *mask)
{
    gic_send_sgi(mask, GIC_SGI_EVENT_CHECK);
}

void port_send_call_function(const cpumask_t *mask)
{
    gic_send_sgi(mask, GIC_SGI_CALL_FUNCTION);
}
