/* SPDX-License-Identifier: MIT */
#include "acpi.h"

#include <xen/hvm/hvm_xs_strings.h>
#include <xen/hvm/params.h>

#include "../acpi/tables.h"
#include "area.h"
#include "bytes.h"
#include "console.h"
#include "hypercall.h"
#include "io.h"
#include "layout.h"
#include "memory.h"
#include "numa.h"
#include "pci.h"
#include "pci_links.h"
#include "store.h"
#include <xen/lib/printf.h>
#include <xen/lib/string.h>

/* Compiled from the .asl files; their headers have the length. */
extern const struct acpi_header aml_dsdt, aml_ssdt_s3, aml_ssdt_s4, aml_ssdt_slate;

/* Where QEMU and the hypervisor have the registers. Source: QEMU, hw/acpi/piix4.c; hvm/params.h. */
#define PM_EVT  0xb000
#define PM_CNT  0xb004
#define PM_TMR  0xb008
#define GPE0    0xafe0
#define SCI_IRQ 9

#define TABLES_MAX 64

struct tables {
    unsigned int nr;
    uint32_t addr[TABLES_MAX];
};

static struct acpi_info *info(void)
{
    return (struct acpi_info *)AREA_ADDR;
}

void acpi_reserve_info(void)
{
    area_alloc(0x1000, 0x1000);
}

static void *alloc(size_t len)
{
    return area_alloc(len, 16);
}

static void add(struct tables *t, void *table)
{
    if (t->nr == TABLES_MAX)
        fail("more than %d ACPI tables", TABLES_MAX);
    t->addr[t->nr++] = (uint32_t)table;
}

static void *finish(struct acpi_header *h, const char *signature, uint8_t revision, size_t len)
{
    memcpy(h->signature, signature, sizeof(h->signature));
    h->length = (uint32_t)len;
    h->revision = revision;
    memcpy(h->oem_id, "Xen", 3);
    memcpy(h->oem_table_id, "HVM", 3);
    memcpy(h->creator_id, "HVML", 4);
    h->checksum = 0;
    h->checksum = (uint8_t)-byte_sum(h, len);
    return h;
}

static void *copy(const struct acpi_header *h)
{
    return memcpy(alloc(h->length), h, h->length);
}

/* What the DSDT reads. */

static bool has_uart(uint16_t base)
{
    uint8_t scratch = 7;

    outb((uint16_t)(base + scratch), 0x5a);
    return inb((uint16_t)(base + scratch)) == 0x5a;
}

static bool has_parallel(uint16_t base)
{
    outb(base, 0xaa);
    return inb(base) == 0xaa;
}

static bool has_hpet(void)
{
    return read32(HPET_ADDR) >> 16 == 0x8086;
}

/* As in the store: two decimal numbers of 64 bits with a colon between. */
static bool read_generation(struct store *s, uint64_t half[2])
{
    char value[48];
    const char *p;

    return store_read(s, "platform/generation-id", value, sizeof(value)) &&
           !text_to_u64(value, &p, 10, &half[0]) && *p == ':' &&
           !text_to_u64(p + 1, &p, 10, &half[1]) && !*p;
}

static uint32_t put_generation(struct store *s)
{
    uint64_t *id, half[2];
    char addr[16];

    if (!read_generation(s, half))
        return 0;
    id = alloc(sizeof(half));
    memcpy(id, half, sizeof(half));
    snprintf(addr, sizeof(addr), "%#x", (uint32_t)id);
    store_write(s, HVM_XS_GENERATION_ID_ADDRESS, addr);
    hvm_param_set(HVM_PARAM_VM_GENERATION_ID_ADDR, (uint32_t)id);
    return (uint32_t)id;
}

static void fill_info(struct store *s)
{
    *info() = (struct acpi_info){
        .com1 = has_uart(0x3f8),
        .com2 = has_uart(0x2f8),
        .lpt1 = has_parallel(0x378),
        .hpet = has_hpet(),
        .genid = put_generation(s),
        .mem_start = (uint32_t)pci_layout.mem.start,
        .mem_len = (uint32_t)(pci_layout.mem.end - pci_layout.mem.start),
        .high_start = pci_layout.high.start,
        .high_len = pci_layout.high.end - pci_layout.high.start,
    };
}

/* Tables. */

static uint32_t put_facs(void)
{
    struct acpi_facs *f = area_alloc(sizeof(*f), 64);

    memcpy(f->signature, "FACS", 4);
    f->length = sizeof(*f);
    f->version = 1;
    return (uint32_t)f;
}

static struct acpi_address io(uint8_t bits, uint16_t port)
{
    return (struct acpi_address){.space = ACPI_SPACE_IO, .bits = bits, .address = port};
}

static void *put_fadt(void)
{
    struct acpi_fadt *f = alloc(ACPI_FADT_REV4_SIZE);

    f->x_facs = f->facs = put_facs();
    f->x_dsdt = f->dsdt = (uint32_t)copy(&aml_dsdt);
    f->sci = SCI_IRQ;
    f->pm1a_evt = PM_EVT;
    f->pm1a_cnt = PM_CNT;
    f->pm_tmr = PM_TMR;
    f->gpe0 = GPE0;
    f->pm1_evt_len = 4;
    f->pm1_cnt_len = 2;
    f->pm_tmr_len = 4;
    f->gpe0_len = 4;
    f->c2_latency = f->c3_latency = 0xfff; /* not there */
    f->iapc_boot_arch = ACPI_BOOT_8042;
    f->flags = ACPI_FADT_WBINVD | ACPI_FADT_C1 | ACPI_FADT_RTC_NOT_FIXED | ACPI_FADT_TMR_32 |
               ACPI_FADT_PLATFORM_CLOCK;
    f->reset = io(8, 0xcf9);
    f->reset_value = 6;
    f->x_pm1a_evt = io(32, PM_EVT);
    f->x_pm1a_cnt = io(16, PM_CNT);
    f->x_pm_tmr = io(32, PM_TMR);
    f->x_gpe0 = io(32, GPE0);
    return finish(&f->h, "FACP", 4, ACPI_FADT_REV4_SIZE);
}

/* The timer is at input 2; the ISA interrupts of PCI links are level-triggered. */
static uint8_t *put_overrides(uint8_t *at)
{
    struct acpi_madt_override o = {
        .type = ACPI_MADT_OVERRIDE, .length = sizeof(o), .irq = 0, .gsi = 2};

    memcpy(at, &o, sizeof(o));
    at += sizeof(o);
    for (uint8_t irq = 1; irq < 16; irq++) {
        if (!(pci_level_irqs() >> irq & 1))
            continue;
        o.irq = irq;
        o.gsi = irq;
        o.flags = ACPI_INTI_LEVEL_LOW;
        memcpy(at, &o, sizeof(o));
        at += sizeof(o);
    }
    return at;
}

static void *put_madt(void)
{
    size_t max = sizeof(struct acpi_madt) + 16 * sizeof(struct acpi_madt_override) +
                 sizeof(struct acpi_madt_ioapic) + memory.nr_vcpus * sizeof(struct acpi_madt_lapic);
    struct acpi_madt *m = alloc(max);
    uint8_t *at = put_overrides((uint8_t *)(m + 1));
    struct acpi_madt_ioapic ioapic = {
        .type = ACPI_MADT_IOAPIC, .length = sizeof(ioapic), .id = IOAPIC_ID, .addr = IOAPIC_ADDR};

    m->lapic_addr = LAPIC_ADDR;
    m->flags = ACPI_MADT_PCAT;
    memcpy(at, &ioapic, sizeof(ioapic));
    at += sizeof(ioapic);
    for (unsigned int i = 0; i < memory.nr_vcpus; i++) {
        struct acpi_madt_lapic cpu = {.type = ACPI_MADT_LAPIC,
                                      .length = sizeof(cpu),
                                      .uid = (uint8_t)i,
                                      .apic_id = apic_id_of(i)};

        cpu.flags = memory.online[i / 8] >> (i % 8) & 1 ? ACPI_LAPIC_ENABLED : 0;
        memcpy(at, &cpu, sizeof(cpu));
        at += sizeof(cpu);
    }
    return finish(&m->h, "APIC", 2, (size_t)(at - (uint8_t *)m));
}

static void *put_hpet(void)
{
    struct acpi_hpet *h = alloc(sizeof(*h));

    h->block_id = read32(HPET_ADDR);
    h->base.address = HPET_ADDR;
    return finish(&h->h, "HPET", 1, sizeof(*h));
}

static void *put_waet(void)
{
    struct acpi_waet *w = alloc(sizeof(*w));

    w->flags = ACPI_WAET_RTC_NO_ACK | ACPI_WAET_TMR_GOOD;
    return finish(&w->h, "WAET", 1, sizeof(*w));
}

static void *put_srat(const struct numa *n)
{
    size_t len = sizeof(struct acpi_srat) + memory.nr_vcpus * sizeof(struct acpi_srat_lapic) +
                 n->nr_ranges * sizeof(struct acpi_srat_memory);
    struct acpi_srat *s = alloc(len);
    struct acpi_srat_lapic *cpu = (struct acpi_srat_lapic *)(s + 1);
    struct acpi_srat_memory *mem = (struct acpi_srat_memory *)(cpu + memory.nr_vcpus);

    s->one = 1;
    for (unsigned int i = 0; i < memory.nr_vcpus; i++)
        cpu[i] = (struct acpi_srat_lapic){.length = sizeof(*cpu),
                                          .node = (uint8_t)n->node_of_vcpu[i],
                                          .apic_id = apic_id_of(i),
                                          .flags = ACPI_SRAT_ENABLED};
    for (unsigned int i = 0; i < n->nr_ranges; i++)
        mem[i] = (struct acpi_srat_memory){.type = ACPI_SRAT_MEMORY,
                                           .length = sizeof(*mem),
                                           .node = n->range[i].node,
                                           .start = n->range[i].start,
                                           .bytes = n->range[i].end - n->range[i].start,
                                           .flags = ACPI_SRAT_ENABLED};
    return finish(&s->h, "SRAT", 3, len);
}

static void *put_slit(const struct numa *n)
{
    size_t nr = (size_t)n->nr_nodes * n->nr_nodes, len = sizeof(struct acpi_slit) + nr;
    struct acpi_slit *s = alloc(len);

    s->nr = n->nr_nodes;
    for (size_t i = 0; i < nr; i++) /* 255: not to be reached */
        s->distance[i] = n->distance[i] < 255 ? (uint8_t)n->distance[i] : 255;
    return finish(&s->h, "SLIT", 1, len);
}

static void add_numa(struct tables *t)
{
    const struct numa *n = numa_get();

    if (!n)
        return;
    add(t, put_srat(n));
    add(t, put_slit(n));
}

static void add_sleep(struct tables *t, struct store *s)
{
    if (store_read_number(s, "platform/acpi_s3", 1))
        add(t, copy(&aml_ssdt_s3));
    if (store_read_number(s, "platform/acpi_s4", 1))
        add(t, copy(&aml_ssdt_s4));
    if (store_read_number(s, "platform/acpi_laptop_slate", 0))
        add(t, copy(&aml_ssdt_slate));
}

/* The toolstack's own, one behind the other; each says its length. */
static void add_given(struct tables *t, struct store *s)
{
    uint64_t at = store_read_number(s, HVM_XS_ACPI_PT_ADDRESS, 0);
    uint64_t len = store_read_number(s, HVM_XS_ACPI_PT_LENGTH, 0);

    if (!at || at >= memory.low_end || len > memory.low_end - at)
        return;
    while (len >= sizeof(struct acpi_header)) {
        const struct acpi_header *h = (const struct acpi_header *)(uint32_t)at;

        if (h->length < sizeof(*h) || h->length > len) {
            say("a given ACPI table of %u bytes does not fit in the rest of %llu", h->length, len);
            return;
        }
        at += h->length;
        len -= h->length;
        add(t, copy(h));
    }
}

static uint32_t put_lists(const struct tables *t)
{
    size_t xsdt_len = sizeof(struct acpi_header) + t->nr * sizeof(uint64_t);
    size_t rsdt_len = sizeof(struct acpi_header) + t->nr * sizeof(uint32_t);
    struct acpi_header *xsdt = alloc(xsdt_len), *rsdt = alloc(rsdt_len);
    struct acpi_rsdp *r = alloc(sizeof(*r));

    for (unsigned int i = 0; i < t->nr; i++) {
        uint64_t wide = t->addr[i];

        memcpy((uint8_t *)(xsdt + 1) + i * sizeof(wide), &wide, sizeof(wide));
    }
    memcpy(rsdt + 1, t->addr, t->nr * sizeof(uint32_t));
    finish(xsdt, "XSDT", 1, xsdt_len);
    finish(rsdt, "RSDT", 1, rsdt_len);
    memcpy(r->signature, "RSD PTR ", 8);
    memcpy(r->oem_id, "Xen", 3);
    r->revision = 2;
    r->rsdt = (uint32_t)rsdt;
    r->length = sizeof(*r);
    r->xsdt = (uint32_t)xsdt;
    r->checksum = (uint8_t)-byte_sum(r, offsetof(struct acpi_rsdp, length));
    r->extended_checksum = (uint8_t)-byte_sum(r, sizeof(*r));
    return (uint32_t)r;
}

uint32_t acpi_build(struct store *s)
{
    static struct tables t;

    hvm_param_set(HVM_PARAM_ACPI_IOPORTS_LOCATION, 1);
    fill_info(s);
    add(&t, put_fadt());
    if (memory.apics)
        add(&t, put_madt());
    if (info()->hpet)
        add(&t, put_hpet());
    add(&t, put_waet());
    add_sleep(&t, s);
    add_numa(&t);
    add_given(&t, s);
    return put_lists(&t);
}
