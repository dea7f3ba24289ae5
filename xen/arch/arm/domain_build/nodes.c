/* SPDX-License-Identifier: MIT */
/* Device tree nodes that dom0 and guests have alike. */
#include <asm/its.h>
#include <asm/domain.h>
#include <asm/time.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include "build.h"

/* Level, active low, for the CPUs 0 to 7 of a GICv2. */
#define PPI_FLAGS (0xf00 | DT_IRQ_LOW)

/* Too large for the stack; boot is one thread. */
static struct fdt_cells cells __initdata;

static struct fdt_cells *__init fresh(void)
{
    cells.nr = 0;
    cells.overflow = false;
    return &cells;
}

static void __init add_range(struct fdt_cells *c, struct dt_cells n, const struct dt_range *r)
{
    fdtc_add(c, r->start, n.addr);
    fdtc_add(c, r->size, n.size);
}

static void __init add_region(struct fdt_cells *c, struct dt_cells n, const struct gic_region *r)
{
    add_range(c, n, &(struct dt_range){r->base, r->size});
}

void __init nodes_chosen(struct fdt_writer *w, const struct build *b)
{
    if (b->cmdline[0])
        fdtw_string(w, "bootargs", b->cmdline);
    if (b->initrd_len) {
        fdtw_u64(w, "linux,initrd-start", b->initrd);
        fdtw_u64(w, "linux,initrd-end", b->initrd + b->initrd_len);
    }
}

#define MPIDR_AFF_MASK 0xff00ffffffUL

void __init nodes_cpus(struct fdt_writer *w, const struct build *b, const char *compatible)
{
    fdtw_begin(w, "cpus");
    fdtw_u32(w, "#address-cells", 1);
    fdtw_u32(w, "#size-cells", 0);
    for (unsigned int i = 0; i < b->nr_vcpus; i++) {
        uint64_t id = b->d->vcpu[i]->arch.vmpidr & MPIDR_AFF_MASK;

        fdtw_begin_at(w, "cpu", id);
        fdtw_string(w, "compatible", compatible);
        fdtw_string(w, "device_type", "cpu");
        fdtw_u32(w, "reg", (uint32_t)id);
        fdtw_string(w, "enable-method", "psci");
        fdtw_end(w);
    }
    fdtw_end(w);
}

void __init nodes_psci(struct fdt_writer *w)
{
    static const char compatible[] __initconst = "arm,psci-1.0\0arm,psci-0.2\0arm,psci";

    fdtw_begin(w, "psci");
    fdtw_prop(w, "compatible", compatible, sizeof(compatible));
    fdtw_string(w, "method", "hvc");
    fdtw_u32(w, "cpu_off", PSCI_cpu_off);
    fdtw_u32(w, "cpu_on", PSCI_cpu_on);
    fdtw_end(w);
}

void __init nodes_timer(struct fdt_writer *w, const struct build *b)
{
    const struct vtimer_domain *t = &b->d->arch.vtimer;
    struct fdt_cells *c = fresh();

    fdtc_irq(c, t->phys_s_irq, PPI_FLAGS);
    fdtc_irq(c, t->phys_irq, PPI_FLAGS);
    fdtc_irq(c, t->virt_irq, PPI_FLAGS);
    fdtw_begin(w, "timer");
    fdtw_string(w, "compatible", "arm,armv8-timer");
    fdtw_cells(w, "interrupts", c);
    fdtw_u32(w, "interrupt-parent", b->gic_phandle);
    if (timer_info.dt_clock_frequency)
        fdtw_u32(w, "clock-frequency", timer_info.dt_clock_frequency);
    fdtw_end(w);
}

static void __init node_its(struct fdt_writer *w, struct dt_cells n)
{
    struct fdt_cells *c = fresh();

    fdtw_begin_at(w, "msi-controller", its_info.regs.base);
    fdtw_string(w, "compatible", "arm,gic-v3-its");
    fdtw_empty(w, "msi-controller");
    fdtw_u32(w, "#msi-cells", 1);
    if (its_info.phandle)
        fdtw_u32(w, "phandle", its_info.phandle);
    add_region(c, n, &its_info.regs);
    fdtw_cells(w, "reg", c);
    fdtw_end(w);
}

/* What only the hypervisor uses of the machine's (GICH, GICV) is left out. */
void __init nodes_gic(struct fdt_writer *w, const struct build *b, struct dt_cells n)
{
    const struct vgic_domain *g = &b->d->arch.vgic;
    struct fdt_cells *c = fresh();

    fdtw_begin(w, "interrupt-controller");
    fdtw_u32(w, "#address-cells", n.addr);
    fdtw_u32(w, "#size-cells", n.size);
    fdtw_u32(w, "#interrupt-cells", 3);
    fdtw_empty(w, "interrupt-controller");
    fdtw_u32(w, "phandle", b->gic_phandle);
    fdtw_string(w, "compatible", g->version == VGIC_V3 ? "arm,gic-v3" : "arm,gic-400");
    add_region(c, n, &g->dist);
    if (g->version == VGIC_V3) {
        for (unsigned int i = 0; i < g->nr_rdists; i++)
            add_region(c, n, &g->rdist[i]);
        fdtw_u32(w, "#redistributor-regions", g->nr_rdists);
        if (g->rdist_stride > 0x20000)
            fdtw_u64(w, "redistributor-stride", g->rdist_stride);
    } else {
        add_region(c, n, &g->cpu);
    }
    fdtw_cells(w, "reg", c);
    if (g->its) {
        fdtw_empty(w, "ranges");
        node_its(w, n);
    }
    fdtw_end(w);
}

void __init nodes_memory(struct fdt_writer *w, const struct build *b, struct dt_cells n)
{
    struct fdt_cells *c = fresh();

    for (unsigned int i = 0; i < b->ram.nr; i++)
        add_range(c, n, &b->ram.r[i]);
    fdtw_begin_at(w, "memory", b->ram.r[0].start);
    fdtw_string(w, "device_type", "memory");
    fdtw_cells(w, "reg", c);
    fdtw_end(w);
}

void __init nodes_hypervisor(struct fdt_writer *w, const struct build *b, struct dt_cells n)
{
    static const char compatible[] __initconst = "xen,xen-4.17\0xen,xen";
    struct fdt_cells *c = fresh();

    fdtw_begin(w, "hypervisor");
    fdtw_prop(w, "compatible", compatible, sizeof(compatible));
    add_range(c, n, &b->gnttab);
    for (unsigned int i = 0; i < b->extended.nr; i++)
        add_range(c, n, &b->extended.r[i]);
    fdtw_cells(w, "reg", c);
    c = fresh();
    fdtc_irq(c, b->d->arch.evtchn_irq, PPI_FLAGS);
    fdtw_cells(w, "interrupts", c);
    fdtw_u32(w, "interrupt-parent", b->gic_phandle);
    fdtw_end(w);
}
