/* SPDX-License-Identifier: MIT */
/* The machine's ITS. Each command is waited for. Source: IHI 0069H, 5.3 (commands), 12.19. */
#include <asm/cpu.h>
#include <asm/dt.h>
#include <asm/its.h>
#include <asm/page.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/port/page_tables.h>
#include <xen/smp.h>
#include <xen/spinlock.h>
#include <libfdt.h>
#include "private.h"

#define GITS_CTLR     0x0000
#define GITS_TYPER    0x0008
#define GITS_CBASER   0x0080
#define GITS_CWRITER  0x0088
#define GITS_CREADR   0x0090
#define GITS_BASER    0x0100
#define GITS_NR_BASER 8

#define CTLR_ENABLED      (1U << 0)
#define CTLR_QUIESCENT    (1U << 31)
#define TYPER_PTA         (UINT64_C(1) << 19)
#define BASER_DEVICES     1U
#define BASER_COLLECTIONS 4U

#define GICR_CTLR        0x0000
#define GICR_TYPER       0x0008
#define GICR_PROPBASER   0x0070
#define GICR_PENDBASER   0x0078
#define GICR_ENABLE_LPIS (1U << 0)
#define PENDBASER_ZERO   (UINT64_C(1) << 62)

#define VALID        (UINT64_C(1) << 63)
#define INNER_WB     (UINT64_C(7) << 7)  /* of GICR_*BASER */
#define ITS_WB       (UINT64_C(7) << 59) /* of GITS_*BASER */
#define ITS_UNCACHED (UINT64_C(1) << 59)
#define SHAREABLE    (UINT64_C(1) << 10)
#define SHARE_MASK   (UINT64_C(3) << 10)

enum command {
    ITS_MOVI = 0x01,
    ITS_SYNC = 0x05,
    ITS_MAPD = 0x08,
    ITS_MAPC = 0x09,
    ITS_MAPTI = 0x0a,
    ITS_INVALL = 0x0d,
    ITS_DISCARD = 0x0f,
};

#define QUEUE_BYTES 0x10000U
#define WAIT_ROUNDS 10000000U
#define LPI_ON      1U /* in a byte of the table of properties, beside the priority */

struct its_info its_info __ro_after_init;

static char *regs __ro_after_init;
static bool by_address __ro_after_init; /* redistributors are named by address, not by number */
static bool incoherent __ro_after_init; /* it does not look into caches */
static unsigned int itt_entry __ro_after_init; /* bytes */
static char *properties __ro_after_init;
static char *pending[NR_CPUS] __ro_after_init;
static uint64_t target[NR_CPUS];

static DEFINE_SPINLOCK(queue_lock, RANK_APIC);
static uint64_t *queue __ro_after_init; /* [queue_lock] */
static uint32_t queue_end;              /* bytes; [queue_lock] */

static void *table_alloc(size_t bytes)
{
    unsigned int order = order_from_bytes(bytes);
    void *table = xenheap_alloc_pages(order, 0);

    if (table) {
        memset(table, 0, PAGE_SIZE << order);
        dcache_clean_invalidate(table, PAGE_SIZE << order);
    }
    return table;
}

static void wait_for_command(uint32_t end)
{
    for (unsigned int i = 0; (uint32_t)mmio_read64(regs + GITS_CREADR) != end; i++) {
        if (i == WAIT_ROUNDS) {
            printk(XENLOG_ERR "The ITS does not take commands\n");
            return;
        }
        cpu_relax();
    }
}

static void command(enum command what, uint64_t a, uint64_t b, uint64_t c)
{
    unsigned long flags;
    uint64_t *at;

    spin_lock_irqsave(&queue_lock, flags);
    at = queue + queue_end / sizeof(*at);
    at[0] = a | what;
    at[1] = b;
    at[2] = c;
    at[3] = 0;
    if (incoherent)
        dcache_clean(at, 32);
    dsb(sy);
    queue_end = (queue_end + 32) % QUEUE_BYTES;
    mmio_write64(regs + GITS_CWRITER, queue_end);
    wait_for_command(queue_end);
    spin_unlock_irqrestore(&queue_lock, flags);
}

static void sync(unsigned int cpu)
{
    command(ITS_SYNC, 0, 0, target[cpu]);
}

void *its_device_map(uint32_t device, unsigned int bits)
{
    void *table = table_alloc(max((size_t)itt_entry << bits, (size_t)256));

    if (table)
        command(ITS_MAPD, (uint64_t)device << 32, bits - 1, VALID | virt_to_maddr(table));
    return table;
}

void its_device_unmap(uint32_t device, unsigned int bits, void *table)
{
    command(ITS_MAPD, (uint64_t)device << 32, 0, 0);
    for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
        if (target[cpu] != ~UINT64_C(0))
            sync(cpu);
    xenheap_free_pages(table, order_from_bytes(max((size_t)itt_entry << bits, (size_t)256)));
}

void its_event_map(uint32_t device, uint32_t event, unsigned int lpi, unsigned int cpu)
{
    command(ITS_MAPTI, (uint64_t)device << 32, (uint64_t)lpi << 32 | event, cpu);
    sync(cpu);
}

void its_event_move(uint32_t device, uint32_t event, unsigned int cpu)
{
    command(ITS_MOVI, (uint64_t)device << 32, event, cpu);
    sync(cpu);
}

void its_event_unmap(uint32_t device, uint32_t event)
{
    command(ITS_DISCARD, (uint64_t)device << 32, event, 0);
}

/* Write a base register. What it then says of sharing tells whether it looks into caches. */
static void __init write_base(unsigned int reg, uint64_t value)
{
    mmio_write64(regs + reg, value | ITS_WB | SHAREABLE);
    if (mmio_read64(regs + reg) & SHARE_MASK)
        return;
    incoherent = true;
    mmio_write64(regs + reg, value | ITS_UNCACHED);
}

static unsigned int __init table_type(unsigned int reg)
{
    return (unsigned int)(mmio_read64(regs + reg) >> 56 & 7);
}

static unsigned int __init entry_bytes(unsigned int reg)
{
    return (unsigned int)(mmio_read64(regs + reg) >> 48 & 0x1f) + 1;
}

/* A flat table of @entries, in pages of the size that the register takes. */
static void __init make_table(unsigned int reg, uint64_t entries)
{
    unsigned int page_code;
    size_t page, bytes;
    void *table;

    mmio_write64(regs + reg, 2U << 8); /* 64K */
    page_code = mmio_read64(regs + reg) >> 8 & 3;
    page = (size_t)PAGE_SIZE << (2 * page_code);
    bytes = ROUNDUP(entries * entry_bytes(reg), page);
    table = bytes / page > 256 ? NULL : table_alloc(bytes);
    if (!table)
        panic("ITS: no memory\n");
    write_base(reg, VALID | virt_to_maddr(table) | page_code << 8 | (bytes / page - 1));
}

/* As many devices as a table of 1 MiB has. */
static unsigned int __init device_bits(unsigned int reg, unsigned int most)
{
    unsigned int bits = 0;

    while (bits < most && ((uint64_t)entry_bytes(reg) << (bits + 1)) <= MB(1))
        bits++;
    return bits;
}

static void __init make_tables(unsigned int most_bits)
{
    for (unsigned int i = 0; i < GITS_NR_BASER; i++) {
        unsigned int reg = GITS_BASER + i * 8;

        if (table_type(reg) == BASER_DEVICES) {
            its_info.id_bits = device_bits(reg, most_bits);
            make_table(reg, UINT64_C(1) << its_info.id_bits);
        } else if (table_type(reg) == BASER_COLLECTIONS) {
            make_table(reg, NR_CPUS);
        }
    }
}

static void __init make_lpi_tables(void)
{
    properties = table_alloc(ITS_NR_LPIS);
    queue = table_alloc(QUEUE_BYTES);
    if (!properties || !queue)
        panic("ITS: no memory\n");
    memset(properties, GIC_PRIO_IRQ | LPI_ON, ITS_NR_LPIS);
    dcache_clean(properties, ITS_NR_LPIS);
    for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
        pending[cpu] = table_alloc(0x10000); /* aligned to that */
        target[cpu] = ~UINT64_C(0);
        if (!pending[cpu])
            panic("ITS: no memory\n");
    }
}

static bool __init find(int gic_node, struct dt_range *r)
{
    static const char *const compatible[] __initconst = {"arm,gic-v3-its", NULL};
    int node;

    fdt_for_each_subnode(node, host_fdt, gic_node)
    {
        if (dt_compatible(host_fdt, node, compatible) && dt_available(host_fdt, node) &&
            !dt_reg(host_fdt, node, 0, r) && r->size >= 0x20000) {
            its_info.phandle = fdt_get_phandle(host_fdt, node);
            return true;
        }
    }
    return false;
}

void __init its_boot_init(int gic_node)
{
    struct dt_range r;
    uint64_t typer;

    if (!find(gic_node, &r))
        return;
    regs = ioremap(r.start, 0x10000);
    if (!regs)
        panic("ITS: no mapping\n");
    mmio_write32(regs + GITS_CTLR, 0);
    for (unsigned int i = 0; !(mmio_read32(regs + GITS_CTLR) & CTLR_QUIESCENT); i++)
        if (i == WAIT_ROUNDS)
            panic("The ITS does not come to rest\n");
    typer = mmio_read64(regs + GITS_TYPER);
    by_address = typer & TYPER_PTA;
    itt_entry = (unsigned int)(typer >> 4 & 0xf) + 1;
    make_lpi_tables();
    make_tables((unsigned int)(typer >> 13 & 0x1f) + 1);
    write_base(GITS_CBASER, VALID | virt_to_maddr(queue) | (QUEUE_BYTES / PAGE_SIZE - 1));
    mmio_write64(regs + GITS_CWRITER, 0);
    mmio_write32(regs + GITS_CTLR, CTLR_ENABLED);
    its_info.regs = (struct gic_region){r.start, r.size};
    its_info.present = true;
    printk("ITS at %#lx: devices of %u bits, %u LPIs\n", (unsigned long)r.start, its_info.id_bits,
           ITS_NR_LPIS);
}

void its_cpu_init(char *rdist)
{
    unsigned int cpu = smp_processor_id();
    uint64_t typer;

    if (!its_info.present)
        return;
    typer = mmio_read64(rdist + GICR_TYPER);
    /* What has been on may stay on for good, with tables of who was here before. */
    mmio_write32(rdist + GICR_CTLR, mmio_read32(rdist + GICR_CTLR) & ~GICR_ENABLE_LPIS);
    if (mmio_read32(rdist + GICR_CTLR) & GICR_ENABLE_LPIS)
        panic("CPU %u: LPIs are on, and cannot be taken over\n", cpu);
    mmio_write64(rdist + GICR_PROPBASER,
                 virt_to_maddr(properties) | INNER_WB | SHAREABLE | (ITS_LPI_BITS - 1));
    mmio_write64(rdist + GICR_PENDBASER,
                 virt_to_maddr(pending[cpu]) | INNER_WB | SHAREABLE | PENDBASER_ZERO);
    mmio_write32(rdist + GICR_CTLR, mmio_read32(rdist + GICR_CTLR) | GICR_ENABLE_LPIS);
    dsb(sy);
    target[cpu] = by_address ? xen_va_to_maddr((unsigned long)rdist) & ~UINT64_C(0xffff)
                             : (typer >> 8 & 0xffff) << 16;
    command(ITS_MAPC, 0, 0, VALID | target[cpu] | cpu);
    command(ITS_INVALL, 0, 0, cpu);
    sync(cpu);
}
