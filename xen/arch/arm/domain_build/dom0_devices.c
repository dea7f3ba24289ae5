/* SPDX-License-Identifier: MIT */
/* dom0 gets all devices of the host that the hypervisor does not keep, at their own addresses. */
#include <asm/domain.h>
#include <asm/irq.h>
#include <asm/p2m.h>
#include <libfdt.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include "build.h"

#define MAX_ENTRIES 256U /* of one node's reg, ranges or interrupts */

/* Registers of devices that are not dom0's. */
static struct dt_ranges kept __initdata;

/* A device that is kept for another guest (xen,passthrough) dom0 may hand on, but does not get. */
enum giving { GIVE, PERMIT };

static void __init map_range(struct domain *d, int node, enum giving how, const struct dt_range *r)
{
    uint64_t first = PFN_DOWN(r->start), nr = PFN_UP(r->start + r->size) - first;
    char path[128];
    int rc;

    /* Memory is dom0's only where it was given some, or where nobody gives it out. */
    if (dt_ranges_overlap(&dt_boot.memory, r->start, r->size) &&
        !dt_ranges_overlap(&dt_boot.reserved, r->start, r->size))
        return;
    if (how == GIVE && dt_ranges_overlap(&kept, r->start, r->size))
        return;
    rc = iomem_permit_access(d, first, first + nr - 1);
    /* Cacheable here: the guest's own mapping decides. */
    if (!rc && how == GIVE)
        rc = p2m_map_mmio(d, mk_gfn(first), nr, mk_mfn(first), p2m_mmio_c);
    if (rc)
        printk(XENLOG_WARNING "dom0: %s at %lx (%lx bytes) cannot be mapped (%d)\n",
               dt_path(host_fdt, node, path, sizeof(path)), r->start, r->size, rc);
}

typedef int range_fn(const void *fdt, int node, unsigned int idx, struct dt_range *out);

static void __init map_all(struct domain *d, int node, enum giving how, range_fn *get)
{
    struct dt_range r;

    for (unsigned int i = 0; i < MAX_ENTRIES; i++) {
        int rc = get(host_fdt, node, i, &r);

        if (rc == -ENOENT)
            return;
        if (!rc)
            map_range(d, node, how, &r);
    }
}

static void __init give_irq(struct domain *d, int node, enum giving how, const struct dt_irq *irq)
{
    char path[128];
    int rc;

    if (irq->irq < GIC_FIRST_SPI || irq->irq >= nr_irqs || irq_is_xens(irq->irq))
        return;
    if (how == GIVE && !vgic_reserve(d, irq->irq))
        return; /* shared by several nodes */
    rc = irq_set_type(irq->irq, irq->type);
    if (!rc)
        rc = irq_permit_access(d, irq->irq);
    if (!rc && how == GIVE)
        rc = irq_route_to_guest(d, irq->irq, irq->irq, "dom0");
    if (rc)
        printk(XENLOG_WARNING "dom0: interrupt %u of %s cannot be routed (%d)\n", irq->irq,
               dt_path(host_fdt, node, path, sizeof(path)), rc);
}

typedef int irq_fn(const void *fdt, int node, unsigned int idx, struct dt_irq *out);

static void __init give_irqs(struct domain *d, int node, enum giving how, irq_fn *get)
{
    struct dt_irq irq;

    for (unsigned int i = 0; i < MAX_ENTRIES; i++) {
        int rc = get(host_fdt, node, i, &irq);

        if (rc == -ENOENT || rc == -EINVAL)
            return;
        if (!rc)
            give_irq(d, node, how, &irq);
    }
}

static void __init map_node(struct domain *d, int node, enum giving how)
{
    static const char *const pci[] __initconst = {"pci", "pciex", NULL};
    const char *type = dt_string(host_fdt, node, "device_type");
    bool bridge = false;

    for (unsigned int i = 0; type && pci[i]; i++)
        bridge |= !strcmp(type, pci[i]);
    map_all(d, node, how, dt_reg);
    give_irqs(d, node, how, dt_irq);
    if (bridge) {
        map_all(d, node, how, dt_pci_window);
        give_irqs(d, node, how, dt_irq_map);
    }
}

static void __init keep_node(int node)
{
    struct dt_range r;

    for (unsigned int i = 0; i < MAX_ENTRIES && !dt_reg(host_fdt, node, i, &r); i++) {
        uint64_t first = r.start & PAGE_MASK;

        (void)dt_ranges_add(&kept, first, ROUNDUP(r.start + r.size, PAGE_SIZE) - first);
    }
}

/* @skip: only those; else all others. What is below a skipped node is skipped too. */
static void __init walk(struct domain *d, bool skipped)
{
    int depth = 0, skip_depth = -1;

    for (int n = 0; n >= 0 && depth >= 0; n = fdt_next_node(host_fdt, n, &depth)) {
        if (skip_depth >= 0 && depth > skip_depth)
            continue;
        skip_depth = -1;
        if (dom0_fdt_skip(n)) {
            skip_depth = depth;
            if (skipped)
                keep_node(n);
            else if (dt_has(host_fdt, n, "xen,passthrough"))
                map_node(d, n, PERMIT);
        } else if (!skipped && dt_available(host_fdt, n)) {
            map_node(d, n, GIVE);
        }
    }
}

void __init dom0_map_devices(struct domain *d)
{
    walk(d, true);
    for (unsigned int i = 0; i < dt_boot.memory.nr; i++)
        (void)dt_ranges_sub(&kept, dt_boot.memory.r[i].start, dt_boot.memory.r[i].size);
    walk(d, false);
}

uint32_t __init domain_build_device_ppis(void)
{
    uint32_t used = 0;
    struct dt_irq irq;

    for (int n = 0; n >= 0; n = fdt_next_node(host_fdt, n, NULL)) {
        for (unsigned int i = 0; i < MAX_ENTRIES; i++) {
            int rc = dt_irq(host_fdt, n, i, &irq);

            if (rc == -ENOENT || rc == -EINVAL)
                break;
            if (!rc && irq.irq < GIC_FIRST_SPI)
                used |= 1U << irq.irq;
        }
    }
    return used;
}
