/* SPDX-License-Identifier: MIT */
/* GICv3 (IHI 0069H), one security state or the non-secure side of two. */
#include <asm/cpu.h>
#include <asm/gic_sysregs.h>
#include <asm/its.h>
#include <asm/page.h>
#include <asm/platform.h>
#include <asm/vgic.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/percpu.h>
#include <xen/time.h>
#include <asm/current.h>
#include "private.h"

#define GICD_CTLR_RWP   (1U << 31)
#define GICD_CTLR_ARE   (1U << 4)
#define GICD_CTLR_GRP1A (1U << 1)

#define GICR_CTLR         0x0000
#define GICR_TYPER        0x0008
#define GICR_WAKER        0x0014
#define GICR_SGI          0x10000 /* the second page of 64K */
#define GICR_CTLR_RWP     (1U << 3)
#define GICR_WAKER_SLEEP  (1U << 1)
#define GICR_WAKER_ASLEEP (1U << 2)
#define GICR_TYPER_VLPIS  (1U << 1)
#define GICR_TYPER_LAST   (1U << 4)

static char *dist __ro_after_init;
static char *rdist_region[GIC_MAX_RDISTS] __ro_after_init;
static unsigned int nr_aprs __ro_after_init;
static DEFINE_PER_CPU(char *, rdist); /* its SGI page */

static void wait_clear(const char *reg, uint32_t bit)
{
    for (unsigned int i = 0; mmio_read32(reg) & bit; i++) {
        if (i > 10000000)
            panic("GIC does not come to rest\n");
        cpu_relax();
    }
}

/* The registers of @irq: the distributor's or this CPU's. */
static char *regs_of(unsigned int irq)
{
    return irq < GIC_FIRST_SPI ? this_cpu(rdist) : dist;
}

static void write_bit(unsigned int irq, unsigned int reg)
{
    mmio_write32(regs_of(irq) + reg + irq / 32 * 4, 1U << (irq % 32));
}

static void v3_enable(unsigned int irq)
{
    write_bit(irq, GICD_ISENABLER);
}

static void v3_disable(unsigned int irq)
{
    write_bit(irq, GICD_ICENABLER);
    if (irq < GIC_FIRST_SPI)
        wait_clear(this_cpu(rdist) - GICR_SGI + GICR_CTLR, GICR_CTLR_RWP);
    else
        wait_clear(dist + GICD_CTLR, GICD_CTLR_RWP);
}

static void v3_set_active(unsigned int irq, bool active)
{
    write_bit(irq, active ? GICD_ISACTIVER : GICD_ICACTIVER);
    if (active)
        dsb(sy);
}

static void v3_set_edge(unsigned int irq, bool edge)
{
    gic_write_cfg(regs_of(irq), irq, edge);
}

static void v3_route(unsigned int irq, unsigned int cpu)
{
    mmio_write64(dist + GICD_IROUTER + irq * 8, cpu_mpidr[cpu]);
}

static uint32_t v3_ack(void)
{
    uint64_t v;

    if (unlikely(platform_quirk(PLATFORM_QUIRK_CAVIUM_23154)))
        __asm__ volatile("nop; nop; nop; nop; mrs %0, S3_0_C12_C12_0; nop; nop; nop; nop"
                         : "=r"(v)::"memory");
    else
        v = read_sysreg(ICC_IAR1_EL1);
    dsb(sy);
    return (uint32_t)v & 0xffffff;
}

static void v3_drop(uint32_t ack)
{
    write_sysreg(ack, ICC_EOIR1_EL1);
    isb();
}

static void v3_deactivate(uint32_t irq)
{
    write_sysreg(irq, ICC_DIR_EL1);
    isb();
}

/* ICC_SGI1R_EL1 for all CPUs of @mask that share Aff3-1 and a range of 16 with @first. */
static uint64_t sgi_group(const cpumask_t *mask, unsigned int first, cpumask_t *done)
{
    uint64_t id = cpu_mpidr[first];
    uint64_t value = (id >> 32 & 0xff) << 48 | (id >> 16 & 0xff) << 32 | (id >> 8 & 0xff) << 16 |
                     (id >> 4 & 0xf) << 44;
    unsigned int cpu;

    for_each_cpu (cpu, mask) {
        if ((cpu_mpidr[cpu] & ~UINT64_C(0xf)) != (id & ~UINT64_C(0xf)))
            continue;
        value |= 1U << (cpu_mpidr[cpu] & 0xf);
        cpumask_set(cpu, done);
    }
    return value;
}

static void v3_send_sgi(const cpumask_t *mask, unsigned int sgi)
{
    cpumask_t done;
    unsigned int cpu;

    cpumask_zero(&done);
    for_each_cpu (cpu, mask) {
        if (!cpumask_test(cpu, &done))
            write_sysreg(sgi_group(mask, cpu, &done) | (uint64_t)sgi << 24, ICC_SGI1R_EL1);
    }
    isb();
}

static void v3_lr_write(unsigned int lr, const struct gic_lr *v)
{
    uint64_t raw =
        v->virq | (uint64_t)v->priority << 48 | UINT64_C(1) << 60 | (uint64_t)v->state << 62;

    if (v->hw)
        raw |= (uint64_t)v->pirq << 32 | UINT64_C(1) << 61;
    else if (v->eoi)
        raw |= UINT64_C(1) << 41;
    ich_lr_write(lr, raw);
}

static void v3_lr_read(unsigned int lr, struct gic_lr *v)
{
    uint64_t raw = ich_lr_read(lr);

    *v = (struct gic_lr){
        .virq = (uint16_t)raw,
        .priority = (uint8_t)(raw >> 48),
        .state = (uint8_t)(raw >> 62),
        .hw = raw >> 61 & 1,
    };
    if (v->hw)
        v->pirq = raw >> 32 & 0x3ff;
    else
        v->eoi = raw >> 41 & 1;
}

static unsigned int v3_lr_state(unsigned int lr)
{
    return (unsigned int)(ich_lr_read(lr) >> 62);
}

/* Not ELRSR: it leaves out an LR whose end is still to be told by a maintenance interrupt. */
static uint32_t v3_lr_empty(void)
{
    return (uint32_t)(read_sysreg(ICH_ELRSR_EL2) | read_sysreg(ICH_EISR_EL2));
}

static void v3_lr_clear(unsigned int lr)
{
    ich_lr_write(lr, 0);
}

static void v3_hcr_write(uint32_t hcr)
{
    write_sysreg(hcr, ICH_HCR_EL2);
}

static void v3_save(struct vgic_cpu_state *s)
{
    s->vmcr = (uint32_t)read_sysreg(ICH_VMCR_EL2);
    s->ap1r[0] = (uint32_t)read_sysreg(ICH_AP1R0_EL2);
    s->ap0r[0] = (uint32_t)read_sysreg(ICH_AP0R0_EL2);
    if (nr_aprs > 1)
        ich_apr_save_more(s->ap0r, s->ap1r, nr_aprs);
    write_sysreg(0, ICH_HCR_EL2);
}

static void v3_load(const struct vgic_cpu_state *s, uint32_t hcr)
{
    write_sysreg(s->sre_el1, ICC_SRE_EL1);
    isb(); /* VMCR's fields depend on it */
    write_sysreg(s->vmcr, ICH_VMCR_EL2);
    write_sysreg(s->ap1r[0], ICH_AP1R0_EL2);
    write_sysreg(s->ap0r[0], ICH_AP0R0_EL2);
    if (nr_aprs > 1)
        ich_apr_load_more(s->ap0r, s->ap1r, nr_aprs);
    write_sysreg(hcr, ICH_HCR_EL2);
}

static void v3_reset(struct vgic_cpu_state *s)
{
    *s = (struct vgic_cpu_state){.sre_el1 = 7};
}

static bool v3_lets_through(uint8_t priority)
{
    uint32_t vmcr = (uint32_t)read_sysreg(ICH_VMCR_EL2);

    return (vmcr & ICH_VMCR_VENG1) && priority < vmcr >> 24;
}

/* The redistributor of this CPU: the one that says its affinity. */
static char *find_rdist(void)
{
    uint64_t id = read_sysreg(mpidr_el1) & MPIDR_AFFINITY;
    uint32_t aff = (uint32_t)((id >> 32 & 0xff) << 24 | (id & 0xffffff));

    for (unsigned int i = 0; i < gic_info.nr_rdists; i++) {
        uint64_t step = gic_info.rdist_stride;

        for (uint64_t off = 0; off + 0x20000 <= gic_info.rdist[i].size; off += step) {
            char *at = rdist_region[i] + off;
            uint64_t typer = mmio_read64(at + GICR_TYPER);

            if (typer >> 32 == aff)
                return at;
            if (typer & GICR_TYPER_LAST)
                break;
            step = gic_info.rdist_stride ?: typer & GICR_TYPER_VLPIS ? 0x40000 : 0x20000;
        }
    }
    return NULL;
}

static void wake_rdist(char *at)
{
    mmio_write32(at + GICR_WAKER, mmio_read32(at + GICR_WAKER) & ~GICR_WAKER_SLEEP);
    wait_clear(at + GICR_WAKER, GICR_WAKER_ASLEEP);
}

static void hyp_cpu_init(void)
{
    write_sysreg(0, ICH_HCR_EL2);
    for (unsigned int i = 0; i < gic_info.nr_lrs; i++)
        ich_lr_write(i, 0);
    write_sysreg(0, ICH_AP0R0_EL2);
    write_sysreg(0, ICH_AP1R0_EL2);
    isb();
}

static void read_vtr(void)
{
    uint64_t vtr = read_sysreg(ICH_VTR_EL2);
    unsigned int prebits = (vtr >> 26 & 7) + 1;

    gic_info.nr_lrs = (vtr & 0x1f) + 1;
    nr_aprs = prebits >= 7 ? 4 : prebits == 6 ? 2 : 1;
}

static void v3_cpu_init(void)
{
    char *at = find_rdist();

    if (!at)
        panic("CPU %u has no redistributor\n", smp_processor_id());
    wake_rdist(at);
    this_cpu(rdist) = at + GICR_SGI;
    gic_quiet(at + GICR_SGI, 0, GIC_FIRST_SPI, true);
    mmio_write32(at + GICR_SGI + GICD_IPRIORITYR, GIC_PRIO_IPI * 0x01010101U);
    wait_clear(at + GICR_CTLR, GICR_CTLR_RWP);

    write_sysreg(0xf, ICC_SRE_EL2); /* system registers, here and for EL1; no bypass */
    isb();
    if (!(read_sysreg(ICC_SRE_EL2) & 1))
        panic("The GIC has no system registers\n");
    write_sysreg(0, ICC_BPR1_EL1);
    write_sysreg(0xff, ICC_PMR_EL1);
    write_sysreg(2, ICC_CTLR_EL1); /* EOI drops the priority, DIR deactivates */
    write_sysreg(1, ICC_IGRPEN1_EL1);
    isb();
    hyp_cpu_init();
    its_cpu_init(at);
}

static const struct gic_ops v3_ops = {
    .cpu_init = v3_cpu_init,
    .ack = v3_ack,
    .drop = v3_drop,
    .deactivate = v3_deactivate,
    .enable = v3_enable,
    .disable = v3_disable,
    .set_active = v3_set_active,
    .set_edge = v3_set_edge,
    .route = v3_route,
    .send_sgi = v3_send_sgi,
    .hyp =
        {
            .lr_write = v3_lr_write,
            .lr_read = v3_lr_read,
            .lr_state = v3_lr_state,
            .lr_empty = v3_lr_empty,
            .lr_clear = v3_lr_clear,
            .hcr_write = v3_hcr_write,
            .save = v3_save,
            .load = v3_load,
            .reset = v3_reset,
            .lets_through = v3_lets_through,
        },
};

static void __init dist_init(void)
{
    uint32_t lines = mmio_read32(dist + GICD_TYPER) & 0x1f;

    gic_info.nr_irqs = min(32 * (lines + 1), (unsigned int)GIC_MAX_IRQS);
    mmio_write32(dist + GICD_CTLR, 0);
    wait_clear(dist + GICD_CTLR, GICD_CTLR_RWP);
    if (gic_info.nr_irqs > GIC_FIRST_SPI)
        gic_quiet(dist, GIC_FIRST_SPI, gic_info.nr_irqs - GIC_FIRST_SPI, true);
    wait_clear(dist + GICD_CTLR, GICD_CTLR_RWP);
    mmio_write32(dist + GICD_CTLR, GICD_CTLR_ARE | GICD_CTLR_GRP1A);
    wait_clear(dist + GICD_CTLR, GICD_CTLR_RWP);
    for (unsigned int i = GIC_FIRST_SPI; i < gic_info.nr_irqs; i++)
        mmio_write64(dist + GICD_IROUTER + i * 8, cpu_mpidr[0]);
}

static void __init map_rdists(int node)
{
    uint32_t nr = 1;
    uint64_t stride = 0;
    struct dt_range r;

    dt_u32(host_fdt, node, "#redistributor-regions", 0, &nr);
    if (dt_u64(host_fdt, node, "redistributor-stride", &stride))
        gic_info.rdist_stride = stride;
    if (nr < 1 || nr > GIC_MAX_RDISTS)
        panic("GICv3 with %u regions of redistributors\n", nr);
    for (unsigned int i = 0; i < nr; i++) {
        if (dt_reg(host_fdt, node, 1 + i, &r))
            panic("GICv3: no register range %u\n", 1 + i);
        gic_info.rdist[i] = (struct gic_region){r.start, r.size};
        rdist_region[i] = ioremap(r.start, r.size);
        if (!rdist_region[i])
            panic("GICv3: no mapping\n");
    }
    gic_info.nr_rdists = nr;
}

/* GICC, GICH, GICV of a GICv3 that still has them. */
static void __init find_v2_interface(int node)
{
    struct dt_range r;
    unsigned int first = 1 + gic_info.nr_rdists;

    if (!dt_reg(host_fdt, node, first, &r))
        gic_info.cpu = (struct gic_region){r.start, r.size};
    if (!dt_reg(host_fdt, node, first + 2, &r))
        gic_info.vcpu = (struct gic_region){r.start, r.size};
}

const struct gic_ops *__init gicv3_boot_init(int node)
{
    struct dt_range r;

    if (dt_reg(host_fdt, node, 0, &r) || r.size < 0x10000)
        panic("GICv3: no distributor\n");
    gic_info.version = 3;
    gic_info.dist = (struct gic_region){r.start, r.size};
    dist = ioremap(r.start, r.size);
    if (!dist)
        panic("GICv3: no mapping\n");
    map_rdists(node);
    find_v2_interface(node);
    dist_init();
    its_boot_init(node);
    write_sysreg(0xf, ICC_SRE_EL2);
    isb();
    read_vtr();
    return &v3_ops;
}
