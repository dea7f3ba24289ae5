/* SPDX-License-Identifier: MIT */
/*
 * Sources: Devicetree Specification 0.4; Linux, Documentation/devicetree/bindings: arm/xen.txt,
 * arm/psci.yaml, arm/cpus.yaml, timer/arm,arch_timer.yaml, interrupt-controller/arm,gic*.yaml,
 * serial/arm_sbsa_uart.txt, virtio/mmio.yaml.
 */
#include "arm/fdt.h"

#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "arm/partial.h"

#ifndef __XEN_TOOLS__
#define __XEN_TOOLS__ 1
#endif
#include <xen/device_tree_defs.h>
#include <xen/xen.h>

#define MAX_CELLS   12
#define SPI         0u
#define PPI         1u
#define FIRST_PPI   16u
#define FIRST_SPI   32u
#define CPUS_0_TO_7 0xf00u /* those of a GICv2 */
#define NODE_NAME   40
#define UART_BAUD   115200u
#define BLOCK       (2ull << 20)
#define FREE_MIN    (64ull << 20)

/* A property of numbers; addresses and sizes take two cells. */
struct cells {
    fdt32_t v[MAX_CELLS];
    unsigned int nr;
};

static void add32(struct cells *c, uint32_t v)
{
    c->v[c->nr++] = cpu_to_fdt32(v);
}

static void add64(struct cells *c, uint64_t v)
{
    add32(c, (uint32_t)(v >> 32));
    add32(c, (uint32_t)v);
}

static void add_range(struct cells *c, uint64_t base, uint64_t size)
{
    add64(c, base);
    add64(c, size);
}

static void add_ppi(struct cells *c, uint32_t irq)
{
    add32(c, PPI);
    add32(c, irq - FIRST_PPI);
    add32(c, CPUS_0_TO_7 | DT_IRQ_TYPE_LEVEL_LOW);
}

static void add_spi(struct cells *c, uint32_t irq, uint32_t trigger)
{
    add32(c, SPI);
    add32(c, irq - FIRST_SPI);
    add32(c, CPUS_0_TO_7 | trigger);
}

static int put(void *fdt, const char *name, const struct cells *c)
{
    return fdt_property(fdt, name, c->v, (int)(c->nr * sizeof(c->v[0])));
}

static int begin_at(void *fdt, const char *name, uint64_t at)
{
    char full[NODE_NAME];

    snprintf(full, sizeof(full), "%s@%llx", name, (unsigned long long)at);
    return fdt_begin_node(fdt, full);
}

/* @list has a NUL behind each string; the last is the literal's own. */
#define PUT_STRINGS(fdt, name, list) fdt_property((fdt), (name), (list), (int)sizeof(list))

static int put_root(void *fdt)
{
    int e;

    (void)((e = PUT_STRINGS(fdt, "compatible", "xen,xenvm-4.17\0xen,xenvm")) ||
           (e = fdt_property_string(fdt, "model", "XENVM-4.17")) ||
           (e = fdt_property_u32(fdt, "interrupt-parent", GUEST_PHANDLE_GIC)) ||
           (e = fdt_property_u32(fdt, "#address-cells", 2)) ||
           (e = fdt_property_u32(fdt, "#size-cells", 2)));
    return e;
}

static int put_chosen(void *fdt, const struct arm_fdt *t)
{
    int e = fdt_begin_node(fdt, "chosen");

    if (!e && t->cmdline)
        e = fdt_property_string(fdt, "bootargs", t->cmdline);
    if (!e && t->has_initrd)
        e = fdt_property_u64(fdt, "linux,initrd-start", t->initrd_start);
    if (!e && t->has_initrd)
        e = fdt_property_u64(fdt, "linux,initrd-end", t->initrd_end);
    return e ? e : fdt_end_node(fdt);
}

/* The hypervisor numbers a guest's vCPUs in clusters of 16, as many as a GICv3 can address. */
static uint32_t affinity(unsigned int vcpu)
{
    return (vcpu & 0xf) | (vcpu >> 4) << 8;
}

static int put_cpu(void *fdt, unsigned int vcpu)
{
    int e;

    (void)((e = begin_at(fdt, "cpu", affinity(vcpu))) ||
           (e = fdt_property_string(fdt, "device_type", "cpu")) ||
           (e = fdt_property_string(fdt, "compatible", "arm,armv8")) ||
           (e = fdt_property_string(fdt, "enable-method", "psci")) ||
           (e = fdt_property_u32(fdt, "reg", affinity(vcpu))) || (e = fdt_end_node(fdt)));
    return e;
}

static int put_cpus(void *fdt, unsigned int nr)
{
    int e;

    (void)((e = fdt_begin_node(fdt, "cpus")) || (e = fdt_property_u32(fdt, "#address-cells", 1)) ||
           (e = fdt_property_u32(fdt, "#size-cells", 0)));
    for (unsigned int i = 0; i < nr && !e; i++)
        e = put_cpu(fdt, i);
    return e ? e : fdt_end_node(fdt);
}

static int put_psci(void *fdt)
{
    int e;

    (void)((e = fdt_begin_node(fdt, "psci")) ||
           (e = PUT_STRINGS(fdt, "compatible", "arm,psci-1.0\0arm,psci-0.2\0arm,psci")) ||
           (e = fdt_property_string(fdt, "method", "hvc")) ||
           (e = fdt_property_u32(fdt, "cpu_off", PSCI_cpu_off)) ||
           (e = fdt_property_u32(fdt, "cpu_on", PSCI_cpu_on)) || (e = fdt_end_node(fdt)));
    return e;
}

static int put_memory(void *fdt, const struct arm_fdt *t)
{
    int e = 0;

    for (unsigned int i = 0; i < ARM_FDT_BANKS && !e; i++) {
        struct cells reg = {.nr = 0};

        if (!t->bank[i].size)
            continue;
        add_range(&reg, t->bank[i].base, t->bank[i].size);
        (void)((e = begin_at(fdt, "memory", t->bank[i].base)) ||
               (e = fdt_property_string(fdt, "device_type", "memory")) ||
               (e = put(fdt, "reg", &reg)) || (e = fdt_end_node(fdt)));
    }
    return e;
}

static int put_gic(void *fdt, bool v3)
{
    struct cells reg = {.nr = 0};
    int e;

    if (v3) {
        add_range(&reg, GUEST_GICV3_GICD_BASE, GUEST_GICV3_GICD_SIZE);
        add_range(&reg, GUEST_GICV3_GICR0_BASE, GUEST_GICV3_GICR0_SIZE);
    } else {
        add_range(&reg, GUEST_GICD_BASE, GUEST_GICD_SIZE);
        add_range(&reg, GUEST_GICC_BASE, GUEST_GICC_SIZE);
    }
    (void)((e = begin_at(fdt, "interrupt-controller",
                         v3 ? GUEST_GICV3_GICD_BASE : GUEST_GICD_BASE)) ||
           (e = fdt_property_string(fdt, "compatible", v3 ? "arm,gic-v3" : "arm,cortex-a15-gic")) ||
           (e = fdt_property_u32(fdt, "#interrupt-cells", 3)) ||
           (e = fdt_property_u32(fdt, "#address-cells", 0)) ||
           (e = fdt_property(fdt, "interrupt-controller", NULL, 0)) ||
           (e = put(fdt, "reg", &reg)) ||
           (e = fdt_property_u32(fdt, "phandle", GUEST_PHANDLE_GIC)) || (e = fdt_end_node(fdt)));
    return e;
}

static int put_timer(void *fdt, uint32_t clock_hz)
{
    struct cells irqs = {.nr = 0};
    int e;

    add_ppi(&irqs, GUEST_TIMER_PHYS_S_PPI);
    add_ppi(&irqs, GUEST_TIMER_PHYS_NS_PPI);
    add_ppi(&irqs, GUEST_TIMER_VIRT_PPI);
    (void)((e = fdt_begin_node(fdt, "timer")) ||
           (e = fdt_property_string(fdt, "compatible", "arm,armv8-timer")) ||
           (e = put(fdt, "interrupts", &irqs)));
    if (!e && clock_hz)
        e = fdt_property_u32(fdt, "clock-frequency", clock_hz);
    return e ? e : fdt_end_node(fdt);
}

/* Where nothing of the guest's is, so that it can map pages of others: what memory leaves of its
 * banks. */
static void add_free(struct cells *c, const struct arm_fdt *t)
{
    static const uint64_t base[] = GUEST_RAM_BANK_BASES, size[] = GUEST_RAM_BANK_SIZES;
    const uint64_t limit = t->address_bits < 64 ? 1ull << t->address_bits : UINT64_MAX;

    for (unsigned int i = 0; i < GUEST_RAM_BANKS; i++) {
        uint64_t end = base[i] + size[i] < limit ? base[i] + size[i] : limit;
        uint64_t start = base[i];

        for (unsigned int j = 0; j < ARM_FDT_BANKS; j++)
            if (t->bank[j].base == base[i])
                start += (t->bank[j].size + BLOCK - 1) & ~(BLOCK - 1);
        if (start < end && end - start >= FREE_MIN)
            add_range(c, start, end - start);
    }
}

static int put_hypervisor(void *fdt, const struct arm_fdt *t)
{
    struct cells reg = {.nr = 0}, irq = {.nr = 0};
    int e;

    add_range(&reg, GUEST_GNTTAB_BASE, GUEST_GNTTAB_SIZE);
    add_free(&reg, t);
    add_ppi(&irq, GUEST_EVTCHN_PPI);
    (void)((e = fdt_begin_node(fdt, "hypervisor")) ||
           (e = PUT_STRINGS(fdt, "compatible", "xen,xen-4.17\0xen,xen")) ||
           (e = put(fdt, "reg", &reg)) || (e = put(fdt, "interrupts", &irq)) ||
           (e = fdt_end_node(fdt)));
    return e;
}

static int put_uart(void *fdt)
{
    struct cells reg = {.nr = 0}, irq = {.nr = 0};
    int e;

    add_range(&reg, GUEST_PL011_BASE, GUEST_PL011_SIZE);
    add_spi(&irq, GUEST_VPL011_SPI, DT_IRQ_TYPE_LEVEL_HIGH);
    (void)((e = fdt_begin_node(fdt, "sbsa-pl011")) ||
           (e = fdt_property_string(fdt, "compatible", "arm,sbsa-uart")) ||
           (e = put(fdt, "reg", &reg)) || (e = put(fdt, "interrupts", &irq)) ||
           (e = fdt_property_u32(fdt, "current-speed", UART_BAUD)) || (e = fdt_end_node(fdt)));
    return e;
}

_Static_assert(GUEST_VIRTIO_MMIO_SPI_LAST - GUEST_VIRTIO_MMIO_SPI_FIRST + 1 == ARM_FDT_VIRTIO &&
                   ARM_FDT_VIRTIO * ARM_FDT_VIRTIO_SIZE <= GUEST_VIRTIO_MMIO_SIZE,
               "ARM_FDT_VIRTIO");

static int put_virtio(void *fdt, unsigned int nr)
{
    int e = 0;

    for (unsigned int i = 0; i < nr && !e; i++) {
        uint64_t base = GUEST_VIRTIO_MMIO_BASE + i * ARM_FDT_VIRTIO_SIZE;
        struct cells reg = {.nr = 0}, irq = {.nr = 0};

        add_range(&reg, base, ARM_FDT_VIRTIO_SIZE);
        add_spi(&irq, GUEST_VIRTIO_MMIO_SPI_FIRST + i, DT_IRQ_TYPE_EDGE_RISING);
        (void)((e = begin_at(fdt, "virtio", base)) ||
               (e = fdt_property_string(fdt, "compatible", "virtio,mmio")) ||
               (e = put(fdt, "reg", &reg)) || (e = put(fdt, "interrupts", &irq)) ||
               (e = fdt_property(fdt, "dma-coherent", NULL, 0)) || (e = fdt_end_node(fdt)));
    }
    return e;
}

int arm_fdt_make(const struct arm_fdt *t, void *buf, size_t room)
{
    int e;

    (void)((e = fdt_create(buf, (int)room)) || (e = fdt_finish_reservemap(buf)) ||
           (e = fdt_begin_node(buf, "")) || (e = put_root(buf)) || (e = put_chosen(buf, t)) ||
           (e = put_cpus(buf, t->nr_vcpus)) || (e = put_psci(buf)) || (e = put_memory(buf, t)) ||
           (e = put_gic(buf, t->gic_v3)) || (e = put_timer(buf, t->clock_hz)) ||
           (e = put_hypervisor(buf, t)) || (t->has_uart && (e = put_uart(buf))) ||
           (e = put_virtio(buf, t->nr_virtio)) ||
           (t->partial && (e = arm_partial_copy(t->partial, buf))) || (e = fdt_end_node(buf)) ||
           (e = fdt_finish(buf)));
    return e;
}
