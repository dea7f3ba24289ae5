/* SPDX-License-Identifier: MIT */
#include "pci.h"
#include "console.h"
#include "e820.h"
#include "io.h"
#include "layout.h"
#include "memory.h"
#include "pci_links.h"
#include <xen/lib/compiler.h>

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA    0xcfc
#define CONFIG_ENABLE  0x80000000u

#define REG_ID      0x00
#define REG_COMMAND 0x04
#define REG_CLASS   0x08
#define REG_HEADER  0x0c /* bits 16 to 23: the type */
#define REG_BAR     0x10
#define REG_ROM     0x30
#define REG_LINE    0x3c
#define REG_PIN     0x3d

#define COMMAND_IO     0x1u
#define COMMAND_MEM    0x2u
#define COMMAND_MASTER 0x4u

#define BAR_IS_IO 0x1u
#define BAR_64    0x4u
#define ROM_MASK  0xfffff800u

#define ID_PIIX3_ISA 0x70008086u
#define ID_PIIX3_IDE 0x70108086u
#define ID_PIIX4_PM  0x71138086u

/* PIIX registers. */
#define ISA_PIRQ   0x60 /* four bytes, of links A to D */
#define IDE_TIMING 0x40 /* two bytes for each channel */
#define IDE_DECODE 0x8000u
#define PM_BASE    0x40
#define PM_ENABLE  0x80
#define PM_IO_BASE 0xb000u /* where the hypervisor and the device model have it */
#define ELCR       0x4d0   /* which interrupts are level-triggered, two bytes */
#define SCI        9

#define IO_START 0xc000u
#define IO_END   0x10000u

#define HIGH_ALIGN 0x40000000u

#define NR_FUNCTIONS 256
#define BARS_MAX     (NR_FUNCTIONS * 7)

struct pci_layout pci_layout;
uint32_t pci_slots_with_pins;

static struct pci_bar bars[BARS_MAX];
static unsigned int nr_bars;

static void select(unsigned int devfn, unsigned int reg)
{
    outl(CONFIG_ADDRESS, CONFIG_ENABLE | devfn << 8 | (reg & ~3u));
}

static uint32_t config_read(unsigned int devfn, unsigned int reg)
{
    select(devfn, reg);
    return inl(CONFIG_DATA);
}

static void config_write(unsigned int devfn, unsigned int reg, uint32_t v)
{
    select(devfn, reg);
    outl(CONFIG_DATA, v);
}

static uint8_t config_read8(unsigned int devfn, unsigned int reg)
{
    select(devfn, reg);
    return inb((uint16_t)(CONFIG_DATA + (reg & 3)));
}

static void config_write8(unsigned int devfn, unsigned int reg, uint8_t v)
{
    select(devfn, reg);
    outb((uint16_t)(CONFIG_DATA + (reg & 3)), v);
}

static void config_write16(unsigned int devfn, unsigned int reg, uint16_t v)
{
    select(devfn, reg);
    outw((uint16_t)(CONFIG_DATA + (reg & 2)), v);
}

/* Each function that answers; functions other than 0 only where function 0 has more of them. */
static void for_each_function(void (*fn)(unsigned int devfn, uint32_t id))
{
    for (unsigned int devfn = 0; devfn < NR_FUNCTIONS; devfn++) {
        uint32_t id = config_read(devfn, REG_ID);

        if (id != 0xffffffff && id != 0)
            fn(devfn, id);
        if (!(devfn & 7) && (id == 0xffffffff || !(config_read(devfn, REG_HEADER) & 0x800000)))
            devfn += 7;
    }
}

/* Ranges. */

static void note_bar(unsigned int devfn, unsigned int reg, enum bar_kind kind, uint64_t size)
{
    if (size)
        bars[nr_bars++] = (struct pci_bar){
            .devfn = (uint8_t)devfn, .reg = (uint8_t)reg, .kind = kind, .size = size};
}

/* What sticks of @ones. */
static uint32_t probe(unsigned int devfn, unsigned int reg, uint32_t ones)
{
    uint32_t was = config_read(devfn, reg), v;

    config_write(devfn, reg, ones);
    v = config_read(devfn, reg);
    config_write(devfn, reg, was);
    return v;
}

/* The lowest bit that can be set. */
static uint64_t size_of(uint64_t mask)
{
    return mask & -mask;
}

/* Returns the number of registers that belong together. */
static unsigned int find_bar(unsigned int devfn, unsigned int reg)
{
    uint32_t v = probe(devfn, reg, 0xffffffff);
    uint64_t mask;

    if (v & BAR_IS_IO) {
        note_bar(devfn, reg, BAR_IO, size_of(v & 0xfffcu));
        return 1;
    }
    if (!(v & BAR_64)) {
        note_bar(devfn, reg, BAR_MEM, size_of(v & ~0xfu));
        return 1;
    }
    mask = (uint64_t)probe(devfn, reg + 4, 0xffffffff) << 32 | (v & ~0xfu);
    note_bar(devfn, reg, BAR_MEM64, size_of(mask));
    return 2;
}

static void find_bars(unsigned int devfn, uint32_t id)
{
    unsigned int type = config_read(devfn, REG_HEADER) >> 16 & 0x7f;
    unsigned int nr = type == 0 ? 6 : type == 1 ? 2 : 0;

    (void)id;
    for (unsigned int i = 0; i < nr;)
        i += find_bar(devfn, REG_BAR + i * 4);
    if (type == 0)
        note_bar(devfn, REG_ROM, BAR_MEM, size_of(probe(devfn, REG_ROM, ROM_MASK) & ROM_MASK));
}

static void switch_on(const struct pci_bar *b)
{
    uint32_t command = config_read(b->devfn, REG_COMMAND) & 0xffff;

    command |= b->kind == BAR_IO ? COMMAND_IO : 0;
    /* A ROM alone does not make the device decode: its register has a bit for that. */
    if (b->kind != BAR_IO && b->reg != REG_ROM)
        command |= COMMAND_MEM;
    config_write16(b->devfn, REG_COMMAND, (uint16_t)command);
}

static void set_bar(const struct pci_bar *b)
{
    say("pci %02x:%x bar %02x size %#llx: %#llx%s", b->devfn >> 3, b->devfn & 7, b->reg, b->size,
        b->addr, b->addr ? "" : ", no room");
    if (!b->addr)
        return;
    config_write(b->devfn, b->reg, (uint32_t)b->addr);
    if (b->kind == BAR_MEM64)
        config_write(b->devfn, b->reg + 4u, (uint32_t)(b->addr >> 32));
    switch_on(b);
}

/* The window below 4 GiB, which may want RAM to go elsewhere. */
static struct pci_range low_window(bool may_relocate)
{
    struct pci_range w = {pci_window_start(bars, nr_bars, AREA_ADDR), AREA_ADDR};

    if (w.start < memory.low_end) {
        if (may_relocate)
            memory_relocate(w.start);
        else
            w.start = memory.low_end;
    }
    return w;
}

static uint64_t align_high(uint64_t addr)
{
    return (addr + HIGH_ALIGN - 1) & ~(uint64_t)(HIGH_ALIGN - 1);
}

/* From the end of RAM, or of what else the hypervisor tells of, up to what the CPU can address. */
static struct pci_range high_window(const struct e820_entry *given, unsigned int nr_given)
{
    struct pci_range w = {memory.high_end, 1ull << (cpuid(0x80000008).a & 0xff)};

    for (unsigned int i = 0; i < nr_given; i++)
        if (given[i].addr + given[i].size > w.start)
            w.start = given[i].addr + given[i].size;
    w.start = align_high(w.start);
    return w;
}

static void place(bool may_relocate, const struct e820_entry *given, unsigned int nr_given)
{
    struct pci_windows w = {.io = {IO_START, IO_END}, .given = given, .nr_given = nr_given};

    w.mem = low_window(may_relocate); /* first: it may make high RAM grow */
    w.high = high_window(given, nr_given);
    pci_place(bars, nr_bars, &w);
    pci_layout.mem = w.mem;
    pci_layout.high = (struct pci_range){w.high.start, w.high.start};
    for (unsigned int i = 0; i < nr_bars; i++) {
        set_bar(&bars[i]);
        if (bars[i].addr + bars[i].size > pci_layout.high.end)
            pci_layout.high.end = align_high(bars[i].addr + bars[i].size);
    }
}

/* Interrupts. */

static void set_line(unsigned int devfn, uint32_t id)
{
    unsigned int pin = config_read8(devfn, REG_PIN);

    (void)id;
    if (pin < 1 || pin > 4)
        return;
    pci_slots_with_pins |= 1u << (devfn >> 3);
    config_write8(devfn, REG_LINE, pci_link_irq[pci_link_of(devfn >> 3, pin - 1)]);
}

static void set_links(unsigned int devfn, uint32_t id)
{
    unsigned int level = pci_level_irqs() | 1u << SCI;

    if (id != ID_PIIX3_ISA)
        return;
    for (unsigned int i = 0; i < PCI_LINKS; i++)
        config_write8(devfn, ISA_PIRQ + i, pci_link_irq[i]);
    outb(ELCR, (uint8_t)level);
    outb(ELCR + 1, (uint8_t)(level >> 8));
}

/* Drivers leave a channel alone whose ports are not decoded. */
static void set_ide(unsigned int devfn, uint32_t id)
{
    if (id == ID_PIIX3_IDE)
        config_write(devfn, IDE_TIMING, IDE_DECODE << 16 | IDE_DECODE);
}

static void set_master(unsigned int devfn, uint32_t id)
{
    (void)id;
    config_write16(devfn, REG_COMMAND,
                   (uint16_t)(config_read(devfn, REG_COMMAND) | COMMAND_MASTER));
}

static void set_power_management(unsigned int devfn, uint32_t id)
{
    if (id != ID_PIIX4_PM)
        return;
    config_write(devfn, PM_BASE, PM_IO_BASE | 1);
    config_write8(devfn, PM_ENABLE, 1);
}

void pci_setup(bool may_relocate, const struct e820_entry *given, unsigned int nr_given)
{
    for_each_function(set_links);
    for_each_function(set_ide);
    for_each_function(set_power_management);
    for_each_function(set_master);
    for_each_function(set_line);
    for_each_function(find_bars);
    place(may_relocate, given, nr_given);
}
