/* SPDX-License-Identifier: MIT */
#include "mptable.h"
#include "acpi.h"
#include "bytes.h"
#include "layout.h"
#include <xen/lib/string.h>

#define LAPIC_VERSION  0x14
#define IOAPIC_VERSION 0x11
#define ISA_BUS        0
#define ENABLED        1
#define BOOTS          2 /* the CPU that runs first */
#define LEVEL_LOW      0xf
#define INT            0
#define NMI            1
#define EXTINT         3
#define ALL_LAPICS     0xff

/* 4.1 */
struct floating {
    char signature[4];
    uint32_t config;
    uint8_t length, version, checksum, features[5];
} __attribute__((packed));

/* 4.2 */
struct config {
    char signature[4];
    uint16_t length;
    uint8_t version, checksum;
    char oem[8], product[12];
    uint32_t oem_table;
    uint16_t oem_size, nr;
    uint32_t lapic;
    uint16_t extended_length;
    uint8_t extended_checksum, reserved;
} __attribute__((packed));

/* 4.3 */
struct processor {
    uint8_t type, apic_id, apic_version, flags;
    uint32_t signature, features, reserved[2];
} __attribute__((packed));

struct bus {
    uint8_t type, id;
    char name[6];
} __attribute__((packed));

struct ioapic {
    uint8_t type, id, version, flags;
    uint32_t addr;
} __attribute__((packed));

struct interrupt {
    uint8_t type, kind;
    uint16_t flags;
    uint8_t bus, irq, apic, input;
} __attribute__((packed));

enum { PROCESSOR, BUS, IOAPIC, IO_INTERRUPT, LOCAL_INTERRUPT };

static void put(struct config *c, const void *entry, size_t len)
{
    memcpy((uint8_t *)c + c->length, entry, len);
    c->length = (uint16_t)(c->length + len);
    c->nr++;
}

static void put_processors(struct config *c, const struct mp_machine *m)
{
    for (unsigned int i = 0; i < m->nr_vcpus; i++) {
        struct processor p = {.type = PROCESSOR,
                              .apic_id = apic_id_of(i),
                              .apic_version = LAPIC_VERSION,
                              .signature = m->signature,
                              .features = m->features};

        if (m->online[i / 8] >> (i % 8) & 1)
            p.flags = (uint8_t)(ENABLED | (i ? 0 : BOOTS));
        put(c, &p, sizeof(p));
    }
}

static void put_interrupt(struct config *c, uint8_t type, uint8_t kind, uint16_t flags, uint8_t irq,
                          uint8_t apic, uint8_t input)
{
    struct interrupt i = {type, kind, flags, ISA_BUS, irq, apic, input};

    put(c, &i, sizeof(i));
}

/* The timer is at input 2, to which the first 8259 is wired otherwise. */
static void put_interrupts(struct config *c, const struct mp_machine *m)
{
    for (uint8_t irq = 0; irq < 16; irq++) {
        if (irq == 2)
            continue;
        put_interrupt(c, IO_INTERRUPT, INT, m->level >> irq & 1 ? LEVEL_LOW : 0, irq, IOAPIC_ID,
                      irq ? irq : 2);
    }
    put_interrupt(c, LOCAL_INTERRUPT, EXTINT, 0, 0, ALL_LAPICS, 0);
    put_interrupt(c, LOCAL_INTERRUPT, NMI, 0, 0, ALL_LAPICS, 1);
}

size_t mptable_build(uint8_t *buf, uint32_t addr, const struct mp_machine *m)
{
    struct floating *f = (struct floating *)buf;
    struct config *c = (struct config *)(f + 1);
    struct bus isa = {BUS, ISA_BUS, {'I', 'S', 'A', ' ', ' ', ' '}};
    struct ioapic ioapic = {IOAPIC, IOAPIC_ID, IOAPIC_VERSION, ENABLED, IOAPIC_ADDR};

    memset(buf, 0, sizeof(*f) + sizeof(*c));
    memcpy(f->signature, "_MP_", 4);
    f->config = addr + sizeof(*f);
    f->length = 1;
    f->version = 4;
    f->checksum = (uint8_t)-byte_sum(f, sizeof(*f));

    memcpy(c->signature, "PCMP", 4);
    c->length = sizeof(*c);
    c->version = 4;
    memcpy(c->oem, "Xen     ", 8);
    memcpy(c->product, "HVM         ", 12);
    c->lapic = LAPIC_ADDR;
    put_processors(c, m);
    put(c, &isa, sizeof(isa));
    put(c, &ioapic, sizeof(ioapic));
    put_interrupts(c, m);
    c->checksum = (uint8_t)-byte_sum(c, c->length);
    return sizeof(*f) + c->length;
}
