/* SPDX-License-Identifier: MIT */
/* GICv2 (IHI 0048B), the non-secure side. At most 8 CPUs. */
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/page.h>
#include <asm/vgic.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/percpu.h>
#include "private.h"

#define GICC_CTLR         0x0000
#define GICC_PMR          0x0004
#define GICC_BPR          0x0008
#define GICC_IAR          0x000c
#define GICC_EOIR         0x0010
#define GICC_IIDR         0x00fc
#define GICC_DIR          0x1000
#define GICC_CTLR_ENABLE  (1U << 0)
#define GICC_CTLR_EOIMODE (1U << 9)

#define GICH_HCR    0x000
#define GICH_VTR    0x004
#define GICH_VMCR   0x008
#define GICH_EISR0  0x020
#define GICH_EISR1  0x024
#define GICH_ELRSR0 0x030
#define GICH_ELRSR1 0x034
#define GICH_APR    0x0f0
#define GICH_LR     0x100

#define GICH_VMCR_GRP0 (1U << 0)

static char *dist __ro_after_init, *cpuif __ro_after_init, *hyp __ro_after_init;
static DEFINE_PER_CPU(uint8_t, gic_cpu_bit); /* what the distributor calls this CPU */

static void write_bit(unsigned int irq, unsigned int reg)
{
    mmio_write32(dist + reg + irq / 32 * 4, 1U << (irq % 32));
}

static void v2_enable(unsigned int irq)
{
    write_bit(irq, GICD_ISENABLER);
}

static void v2_disable(unsigned int irq)
{
    write_bit(irq, GICD_ICENABLER);
    dsb(sy);
}

static void v2_set_active(unsigned int irq, bool active)
{
    write_bit(irq, active ? GICD_ISACTIVER : GICD_ICACTIVER);
    if (active)
        dsb(sy);
}

static void v2_set_edge(unsigned int irq, bool edge)
{
    gic_write_cfg(dist, irq, edge);
}

static void v2_route(unsigned int irq, unsigned int cpu)
{
    mmio_write8(dist + GICD_ITARGETSR + irq, per_cpu(gic_cpu_bit, cpu));
}

static uint32_t v2_ack(void)
{
    return mmio_read32(cpuif + GICC_IAR) & 0x1fff;
}

static void v2_drop(uint32_t ack)
{
    mmio_write32(cpuif + GICC_EOIR, ack);
}

static void v2_deactivate(uint32_t irq)
{
    mmio_write32(cpuif + GICC_DIR, irq);
}

static void v2_send_sgi(const cpumask_t *mask, unsigned int sgi)
{
    uint32_t targets = 0;
    unsigned int cpu;

    for_each_cpu (cpu, mask)
        targets |= per_cpu(gic_cpu_bit, cpu);
    dsb(sy);
    mmio_write32(dist + GICD_SGIR, targets << 16 | sgi);
}

static void v2_lr_write(unsigned int lr, const struct gic_lr *v)
{
    uint32_t raw = v->virq | (uint32_t)(v->priority >> 3) << 23 | (uint32_t)v->state << 28;

    if (v->hw)
        raw |= (uint32_t)v->pirq << 10 | 1U << 31;
    else
        raw |= (uint32_t)v->source << 10 | (uint32_t)v->eoi << 19;
    mmio_write32(hyp + GICH_LR + lr * 4, raw);
}

static void v2_lr_read(unsigned int lr, struct gic_lr *v)
{
    uint32_t raw = mmio_read32(hyp + GICH_LR + lr * 4);

    *v = (struct gic_lr){
        .virq = raw & 0x3ff,
        .priority = (uint8_t)((raw >> 23 & 0x1f) << 3),
        .state = raw >> 28 & 3,
        .hw = raw >> 31,
    };
    if (v->hw) {
        v->pirq = raw >> 10 & 0x3ff;
    } else {
        v->source = raw >> 10 & 7;
        v->eoi = raw >> 19 & 1;
    }
}

static unsigned int v2_lr_state(unsigned int lr)
{
    return mmio_read32(hyp + GICH_LR + lr * 4) >> 28 & 3;
}

static uint32_t v2_lr_empty(void)
{
    return mmio_read32(hyp + GICH_ELRSR0) | mmio_read32(hyp + GICH_EISR0);
}

static void v2_lr_clear(unsigned int lr)
{
    mmio_write32(hyp + GICH_LR + lr * 4, 0);
}

static void v2_hcr_write(uint32_t hcr)
{
    mmio_write32(hyp + GICH_HCR, hcr);
}

static void v2_save(struct vgic_cpu_state *s)
{
    s->vmcr = mmio_read32(hyp + GICH_VMCR);
    s->ap0r[0] = mmio_read32(hyp + GICH_APR);
    mmio_write32(hyp + GICH_HCR, 0);
}

static void v2_load(const struct vgic_cpu_state *s, uint32_t hcr)
{
    mmio_write32(hyp + GICH_APR, s->ap0r[0]);
    mmio_write32(hyp + GICH_VMCR, s->vmcr);
    mmio_write32(hyp + GICH_HCR, hcr);
}

static void v2_reset(struct vgic_cpu_state *s)
{
    *s = (struct vgic_cpu_state){0};
}

static bool v2_lets_through(uint8_t priority)
{
    uint32_t vmcr = mmio_read32(hyp + GICH_VMCR);

    return (vmcr & GICH_VMCR_GRP0) && priority >> 3 < vmcr >> 27;
}

/* ITARGETSR of the private interrupts reads as this CPU's own bit, 0 where there is one CPU. */
static uint8_t own_bit(void)
{
    for (unsigned int i = 0; i < GIC_FIRST_SPI; i += 4) {
        uint32_t v = mmio_read32(dist + GICD_ITARGETSR + i);

        v |= v >> 16;
        v |= v >> 8;
        if (v & 0xff)
            return (uint8_t)v;
    }
    return 1;
}

static void v2_cpu_init(void)
{
    this_cpu(gic_cpu_bit) = own_bit();
    gic_quiet(dist, 0, GIC_FIRST_SPI, false);
    for (unsigned int i = 0; i < GIC_FIRST_PPI; i += 4)
        mmio_write32(dist + GICD_IPRIORITYR + i, GIC_PRIO_IPI * 0x01010101U);
    mmio_write32(cpuif + GICC_PMR, 0xff);
    mmio_write32(cpuif + GICC_BPR, 0);
    mmio_write32(cpuif + GICC_CTLR, GICC_CTLR_ENABLE | GICC_CTLR_EOIMODE);
    mmio_write32(hyp + GICH_HCR, 0);
    for (unsigned int i = 0; i < gic_info.nr_lrs; i++)
        v2_lr_clear(i);
}

static const struct gic_ops v2_ops = {
    .cpu_init = v2_cpu_init,
    .ack = v2_ack,
    .drop = v2_drop,
    .deactivate = v2_deactivate,
    .enable = v2_enable,
    .disable = v2_disable,
    .set_active = v2_set_active,
    .set_edge = v2_set_edge,
    .route = v2_route,
    .send_sgi = v2_send_sgi,
    .hyp =
        {
            .lr_write = v2_lr_write,
            .lr_read = v2_lr_read,
            .lr_state = v2_lr_state,
            .lr_empty = v2_lr_empty,
            .lr_clear = v2_lr_clear,
            .hcr_write = v2_hcr_write,
            .save = v2_save,
            .load = v2_load,
            .reset = v2_reset,
            .lets_through = v2_lets_through,
        },
};

static void __init dist_init(void)
{
    uint32_t typer = mmio_read32(dist + GICD_TYPER);

    gic_info.nr_irqs = min(32 * ((typer & 0x1f) + 1), (unsigned int)GIC_MAX_IRQS);
    mmio_write32(dist + GICD_CTLR, 0);
    gic_quiet(dist, GIC_FIRST_SPI, gic_info.nr_irqs - GIC_FIRST_SPI, false);
    for (unsigned int i = GIC_FIRST_SPI; i < gic_info.nr_irqs; i += 4)
        mmio_write32(dist + GICD_ITARGETSR + i, own_bit() * 0x01010101U);
    mmio_write32(dist + GICD_CTLR, 1);
}

static char *__init map_region(int node, unsigned int idx, struct gic_region *at)
{
    struct dt_range r;
    char *va;

    if (dt_reg(host_fdt, node, idx, &r) || r.size < 0x1000)
        panic("GICv2: no register range %u\n", idx);
    *at = (struct gic_region){r.start, r.size};
    va = ioremap(r.start, r.size);
    if (!va)
        panic("GICv2: no mapping\n");
    return va;
}

/*
 * Where registers can be mapped by pages of 64K, the first page of 4K repeats 16 times, and the
 * second follows only then: the last repetition and it are side by side.
 */
static bool __init spread_over_64k(void)
{
    return gic_info.cpu.size >= 0x20000 &&
           mmio_read32(cpuif + GICC_IIDR) == mmio_read32(cpuif + 0xf000 + GICC_IIDR);
}

const struct gic_ops *__init gicv2_boot_init(int node)
{
    gic_info.version = 2;
    gic_info.loses_levels = true;
    dist = map_region(node, 0, &gic_info.dist);
    cpuif = map_region(node, 1, &gic_info.cpu);
    hyp = map_region(node, 2, &gic_info.hyp);
    if (dt_reg(host_fdt, node, 3, &(struct dt_range){0}))
        panic("GICv2 without a virtual CPU interface\n");
    map_region(node, 3, &gic_info.vcpu);
    if (spread_over_64k()) {
        cpuif += 0xf000;
        gic_info.vcpu_offset = 0xf000;
    } else if (gic_info.cpu.size < 0x2000) {
        panic("GICv2: CPU interface of %#lx bytes\n", (unsigned long)gic_info.cpu.size);
    }
    dist_init();
    gic_info.nr_lrs = (mmio_read32(hyp + GICH_VTR) & 0x3f) + 1;
    if (gic_info.nr_lrs > GIC_MAX_LRS)
        gic_info.nr_lrs = GIC_MAX_LRS;
    return &v2_ops;
}
