/* SPDX-License-Identifier: MIT */
/* Where the tables are, and which of them we read. */
#include <xen/kernel.h>
#include <xen/lib/bytes.h>
#include <xen/lib/string.h>
#include <xen/param.h>
#include <asm/acpi.h>
#include <asm/cpu.h>
#include <asm/page.h>

#define HEADER_SIZE    36
#define MAX_TABLE_SIZE MB(16)
#define EBDA_SEGMENT   0x40e /* BIOS data area: its segment */

struct acpi_info acpi_info;

static struct {
    char sig[4];
    const void *table;
    size_t len;
} tables[ACPI_MAX_TABLES];
static unsigned int nr_tables;

static uint8_t loader_rsdp[36] __initdata;
static size_t loader_rsdp_len __initdata;

static bool opt_acpi __initdata = true;
PARAM_BOOL("acpi", opt_acpi);

void __init acpi_set_rsdp(const void *rsdp, size_t len)
{
    len = min(len, sizeof(loader_rsdp));
    if (len < loader_rsdp_len)
        return; /* the new form is better than the old */
    memcpy(loader_rsdp, rsdp, len);
    loader_rsdp_len = len;
}

static uint64_t __init scan(paddr_t from, paddr_t to, unsigned int *entry_size)
{
    for (paddr_t at = from; at + 36 <= to; at += 16) {
        uint64_t root = acpi_parse_rsdp(maddr_to_virt(at), 36, entry_size);

        if (root) {
            acpi_info.rsdp = at;
            return root;
        }
    }
    return 0;
}

/* ACPI 6.4, 5.2.5.1: first KiB of the EBDA, then the BIOS's ROM. */
static uint64_t __init find_root(unsigned int *entry_size)
{
    paddr_t ebda = (paddr_t)get_le16(maddr_to_virt(EBDA_SEGMENT)) << 4;
    uint64_t root = 0;

    if (loader_rsdp_len)
        root = acpi_parse_rsdp(loader_rsdp, loader_rsdp_len, entry_size);
    if (!root && ebda >= 0x400 && ebda < 0xa0000)
        root = scan(ebda, ebda + 1024, entry_size);
    return root ? root : scan(0xe0000, 0x100000, entry_size);
}

/* Map the table at @addr whole. NULL: not one. */
static const uint8_t *__init map_table(uint64_t addr, size_t *len)
{
    uint8_t *t;
    uint32_t size;

    if (!addr || addr >> host_phys_bits)
        return NULL;
    t = ioremap(addr, HEADER_SIZE);
    if (!t)
        return NULL;
    size = get_le32(t + 4);
    iounmap(t);
    if (size < HEADER_SIZE || size > MAX_TABLE_SIZE)
        return NULL;
    *len = size;
    return ioremap(addr, size);
}

static void __init add_table(uint64_t addr)
{
    size_t len;
    const uint8_t *t = map_table(addr, &len);

    if (!t || nr_tables == ACPI_MAX_TABLES)
        return;
    if (!acpi_checksum_ok(t, len)) {
        printk(XENLOG_WARNING "ACPI: %.4s at %lx: bad checksum, not used\n", (const char *)t, addr);
        iounmap((void *)t);
        return;
    }
    printk("ACPI: %.4s %08lX, %04zX (r%u %.6s %.8s)\n", (const char *)t, addr, len, t[8],
           (const char *)t + 10, (const char *)t + 16);
    memcpy(tables[nr_tables].sig, t, 4);
    tables[nr_tables].table = t;
    tables[nr_tables++].len = len;
}

static void __init add_tables(uint64_t root, unsigned int entry_size)
{
    size_t len;
    const uint8_t *t = map_table(root, &len);

    if (!t || !acpi_checksum_ok(t, len)) {
        printk(XENLOG_WARNING "ACPI: the root table at %lx is bad\n", root);
        return;
    }
    for (size_t at = HEADER_SIZE; len - at >= entry_size; at += entry_size)
        add_table(entry_size == 8 ? get_le64(t + at) : get_le32(t + at));
    iounmap((void *)t);
    acpi_info.found = true;
}

const void *acpi_find_table(const char sig[4], unsigned int nth, size_t *len)
{
    for (unsigned int i = 0; i < nr_tables; i++) {
        if (memcmp(tables[i].sig, sig, 4) || nth--)
            continue;
        if (len)
            *len = tables[i].len;
        return tables[i].table;
    }
    return NULL;
}

static void __init parse(const char *sig,
                         int (*fn)(const void *table, size_t len, struct acpi_info *info))
{
    size_t len;
    const void *t = acpi_find_table(sig, 0, &len);

    if (t && fn(t, len, &acpi_info))
        printk(XENLOG_WARNING "ACPI: %s is malformed\n", sig);
}

static void __init default_distances(void)
{
    for (unsigned int i = 0; i < ACPI_MAX_NODES; i++) {
        for (unsigned int j = 0; j < ACPI_MAX_NODES; j++)
            acpi_info.node_distance[i][j] = i == j ? 10 : 20;
    }
}

static const char *__init iso_polarity(uint16_t flags)
{
    static const char *const names[] = {"dfl", "high", "res", "low"};

    return names[flags & 3];
}

static const char *__init iso_trigger(uint16_t flags)
{
    static const char *const names[] = {"dfl", "edge", "res", "level"};

    return names[flags >> 2 & 3];
}

static void __init print_found(void)
{
    const struct acpi_info *a = &acpi_info;

    if (a->pm_timer_port)
        printk("ACPI: PM-Timer IO Port: %#x (%u bits)\n", a->pm_timer_port,
               a->pm_timer_32bit ? 32 : 24);
    if (a->lapic_addr)
        printk("ACPI: Local APIC address %#lx\n", a->lapic_addr);
    for (unsigned int i = 0; i < a->nr_ioapics; i++)
        printk("ACPI: IOAPIC (id[0x%02x] address[%#x] gsi_base[%u])\n", a->ioapic[i].id,
               a->ioapic[i].addr, a->ioapic[i].gsi_base);
    for (unsigned int i = 0; i < a->nr_isos; i++)
        printk("ACPI: INT_SRC_OVR (bus 0 bus_irq %u global_irq %u %s %s)\n", a->iso[i].source,
               a->iso[i].gsi, iso_polarity(a->iso[i].flags), iso_trigger(a->iso[i].flags));
    if (a->hpet_addr)
        printk("ACPI: HPET id: %#x base: %#lx\n", a->hpet_id, a->hpet_addr);
    if (a->nr_nodes > 1)
        printk("ACPI: %u NUMA nodes\n", a->nr_nodes);
}

void __init acpi_boot_init(void)
{
    unsigned int entry_size = 4;
    uint64_t root;

    acpi_info.nr_nodes = 1;
    default_distances();
    root = opt_acpi ? find_root(&entry_size) : 0;
    if (!root) {
        printk(XENLOG_WARNING "ACPI: no tables\n");
        return;
    }
    add_tables(root, entry_size);
    parse("FACP", acpi_parse_fadt);
    parse("APIC", acpi_parse_madt);
    parse("HPET", acpi_parse_hpet);
    parse("MCFG", acpi_parse_mcfg);
    parse("SRAT", acpi_parse_srat);
    parse("SLIT", acpi_parse_slit);
    print_found();
}
