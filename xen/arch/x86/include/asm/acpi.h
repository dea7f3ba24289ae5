/* SPDX-License-Identifier: MIT */
/* What the static ACPI tables say. ACPI 6.4, 5.2. No AML is read here. */
#ifndef ASM_ACPI_H
#define ASM_ACPI_H

#include <xen/types.h>
#include <asm/config.h>

#define ACPI_MAX_IOAPICS 16
#define ACPI_MAX_ISOS    24
#define ACPI_MAX_MCFG    16
#define ACPI_MAX_MEM_AFF 64
#define ACPI_MAX_NODES   64
#define ACPI_MAX_TABLES  64

struct acpi_ioapic {
    uint8_t id;
    uint32_t addr;     /* physical */
    uint32_t gsi_base; /* of its first pin */
};
/* ISA interrupt @source is on @gsi. Flags: bits 1:0 polarity (1 high, 3 low), 3:2 trigger
 * (1 edge, 3 level), 0 as the bus has it. */
struct acpi_iso {
    uint8_t source;
    uint16_t flags;
    uint32_t gsi;
};
struct acpi_cpu {
    uint32_t apicid, acpi_id;
    bool enabled; /* else it could be plugged in */
    uint8_t node; /* of SRAT; 0 without */
};
struct acpi_lapic_nmi {
    uint32_t acpi_id; /* 0xff or ~0: all CPUs */
    uint16_t flags;
    uint8_t lint;
};
struct acpi_mcfg_entry {
    uint64_t base;
    uint16_t segment;
    uint8_t start_bus, end_bus;
};
struct acpi_mem_affinity {
    uint64_t base, len;
    uint32_t node;
    bool hotplug;
};
/* Generic address structure: ACPI 6.4, 5.2.3.2. */
struct acpi_gas {
    uint8_t space; /* 0 memory, 1 I/O port, 2 PCI config */
    uint8_t bit_width, bit_offset, access;
    uint64_t addr;
} __packed;

struct acpi_info {
    bool found;          /* an RSDP with tables behind it */
    uint64_t rsdp;       /* physical */
    uint64_t lapic_addr; /* 0: no MADT */
    bool pcat_compat;    /* there are 8259s */
    unsigned int nr_cpus, nr_ioapics, nr_isos, nr_lapic_nmis, nr_mcfg, nr_mem_aff;
    struct acpi_cpu cpu[NR_CPUS];
    struct acpi_ioapic ioapic[ACPI_MAX_IOAPICS];
    struct acpi_iso iso[ACPI_MAX_ISOS];
    struct acpi_lapic_nmi lapic_nmi[8];
    struct acpi_mcfg_entry mcfg[ACPI_MAX_MCFG];
    struct acpi_mem_affinity mem_aff[ACPI_MAX_MEM_AFF];
    /* HPET: 0 where there is none. */
    uint64_t hpet_addr;
    uint32_t hpet_id;
    uint8_t hpet_number;
    /* FADT */
    uint16_t sci_int;
    uint16_t pm_timer_port; /* 0: none */
    bool pm_timer_32bit;
    uint16_t pm1a_cnt, pm1b_cnt, pm1a_evt, pm1b_evt;
    uint8_t century_index; /* CMOS register, 0: none */
    uint16_t boot_arch_flags;
    uint32_t fadt_flags;
    struct acpi_gas reset_reg; /* valid with FADT_RESET_REG in fadt_flags */
    uint8_t reset_value;
    uint32_t smi_cmd;
    uint8_t acpi_enable, acpi_disable;
    uint32_t facs;                                         /* physical */
    unsigned int nr_nodes;                                 /* 1 without SRAT */
    uint8_t node_distance[ACPI_MAX_NODES][ACPI_MAX_NODES]; /* 10 here, 20 there without SLIT */
};
#define FADT_RESET_REG (1U << 10)

extern struct acpi_info acpi_info;

/* Where the loader said the RSDP is (a copy of it), before acpi_boot_init(). */
void acpi_set_rsdp(const void *rsdp, size_t len);
/* Find the tables, read them; prints what it found. Direct map and ioremap() are up. */
void acpi_boot_init(void);
/* Make nodes of what SRAT says, unless "numa=off"; the heap is up. */
void numa_boot_init(void);
/*
 * A table by its signature; @nth from 0. NULL: none. Mapped for good; checked: length and
 * checksum. *@len, bytes, may be NULL.
 */
const void *acpi_find_table(const char sig[4], unsigned int nth, size_t *len);

/* Parsers of one table of @len bytes, its checksum not looked at: each adds to *@info.
 * 0, or -EINVAL where it is malformed (what was good until then is kept). */
int acpi_parse_madt(const void *table, size_t len, struct acpi_info *info);
int acpi_parse_hpet(const void *table, size_t len, struct acpi_info *info);
int acpi_parse_fadt(const void *table, size_t len, struct acpi_info *info);
int acpi_parse_mcfg(const void *table, size_t len, struct acpi_info *info);
int acpi_parse_srat(const void *table, size_t len, struct acpi_info *info);
int acpi_parse_slit(const void *table, size_t len, struct acpi_info *info);
/* Physical address of the RSDT or XSDT; *@entry_size 4 or 8. 0: not an RSDP. */
uint64_t acpi_parse_rsdp(const void *rsdp, size_t len, unsigned int *entry_size);
bool acpi_checksum_ok(const void *p, size_t len);

#endif
