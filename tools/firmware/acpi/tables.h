/* SPDX-License-Identifier: MIT */
/*
 * Layouts of ACPI's tables, for those who make them: the firmware of HVM guests, and libxl for PVH
 * guests. Source: ACPI Specification 6.4, chapter 5.2, by the sections that are named.
 */
#ifndef ACPI_TABLES_H
#define ACPI_TABLES_H

#include <stddef.h>
#include <stdint.h>

#define ACPI_PACKED __attribute__((packed))

/* 5.2.5.3. The first checksum is of the bytes before length, the second one of all. */
struct acpi_rsdp {
    char signature[8];
    uint8_t checksum;
    char oem_id[6];
    uint8_t revision;
    uint32_t rsdt;
    uint32_t length;
    uint64_t xsdt;
    uint8_t extended_checksum;
    uint8_t reserved[3];
} ACPI_PACKED;

/* 5.2.6 */
struct acpi_header {
    char signature[4];
    uint32_t length; /* with the header */
    uint8_t revision;
    uint8_t checksum;
    char oem_id[6];
    char oem_table_id[8];
    uint32_t oem_revision;
    char creator_id[4];
    uint32_t creator_revision;
} ACPI_PACKED;

/* 5.2.3.2 */
#define ACPI_SPACE_IO 1
struct acpi_address {
    uint8_t space;
    uint8_t bits;
    uint8_t bit_offset;
    uint8_t access;
    uint64_t address;
} ACPI_PACKED;

/* 5.2.9; ends with x_gpe1 up to revision 4. */
struct acpi_fadt {
    struct acpi_header h;
    uint32_t facs;
    uint32_t dsdt;
    uint8_t model;
    uint8_t profile;
    uint16_t sci;
    uint32_t smi_cmd;
    uint8_t acpi_enable, acpi_disable, s4bios_req, pstate_cnt;
    uint32_t pm1a_evt, pm1b_evt, pm1a_cnt, pm1b_cnt, pm2_cnt, pm_tmr, gpe0, gpe1;
    uint8_t pm1_evt_len, pm1_cnt_len, pm2_cnt_len, pm_tmr_len, gpe0_len, gpe1_len, gpe1_base;
    uint8_t cst_cnt;
    uint16_t c2_latency, c3_latency, flush_size, flush_stride;
    uint8_t duty_offset, duty_width, day_alarm, month_alarm, century;
    uint16_t iapc_boot_arch;
    uint8_t reserved;
    uint32_t flags;
    struct acpi_address reset;
    uint8_t reset_value;
    uint16_t arm_boot_arch;
    uint8_t minor;
    uint64_t x_facs, x_dsdt;
    struct acpi_address x_pm1a_evt, x_pm1b_evt, x_pm1a_cnt, x_pm1b_cnt, x_pm2_cnt, x_pm_tmr;
    struct acpi_address x_gpe0, x_gpe1;
    struct acpi_address sleep_control, sleep_status;
    uint64_t hypervisor_vendor;
} ACPI_PACKED;
#define ACPI_FADT_REV4_SIZE offsetof(struct acpi_fadt, sleep_control)

#define ACPI_BOOT_8042    (1u << 1)
#define ACPI_BOOT_NO_VGA  (1u << 2)
#define ACPI_BOOT_NO_CMOS (1u << 5)

#define ACPI_FADT_WBINVD         (1u << 0)
#define ACPI_FADT_C1             (1u << 2)
#define ACPI_FADT_RTC_NOT_FIXED  (1u << 6)
#define ACPI_FADT_TMR_32         (1u << 8)
#define ACPI_FADT_PLATFORM_CLOCK (1u << 15)
#define ACPI_FADT_HW_REDUCED     (1u << 20)

/* 5.2.10 */
struct acpi_facs {
    char signature[4];
    uint32_t length;
    uint32_t hardware_signature;
    uint32_t waking_vector;
    uint32_t global_lock;
    uint32_t flags;
    uint64_t x_waking_vector;
    uint8_t version;
    uint8_t reserved[31];
} ACPI_PACKED;

/* 5.2.12 */
struct acpi_madt {
    struct acpi_header h;
    uint32_t lapic_addr;
    uint32_t flags;
} ACPI_PACKED;
#define ACPI_MADT_PCAT 1u /* there are 8259s too */

#define ACPI_MADT_LAPIC 0
struct acpi_madt_lapic {
    uint8_t type;
    uint8_t length;
    uint8_t uid;
    uint8_t apic_id;
    uint32_t flags;
} ACPI_PACKED;
#define ACPI_LAPIC_ENABLED 1u

#define ACPI_MADT_IOAPIC 1
struct acpi_madt_ioapic {
    uint8_t type;
    uint8_t length;
    uint8_t id;
    uint8_t reserved;
    uint32_t addr;
    uint32_t gsi_base;
} ACPI_PACKED;

#define ACPI_MADT_OVERRIDE 2
struct acpi_madt_override {
    uint8_t type;
    uint8_t length;
    uint8_t bus;
    uint8_t irq;
    uint32_t gsi;
    uint16_t flags;
} ACPI_PACKED;
#define ACPI_INTI_LEVEL_LOW 0xfu

/* 5.2.16: which CPUs and which memory a node has. */
struct acpi_srat {
    struct acpi_header h;
    uint32_t one;
    uint64_t reserved;
} ACPI_PACKED;

#define ACPI_SRAT_LAPIC 0
struct acpi_srat_lapic {
    uint8_t type;
    uint8_t length;
    uint8_t node; /* its low byte */
    uint8_t apic_id;
    uint32_t flags;
    uint8_t sapic_eid;
    uint8_t node_high[3];
    uint32_t clock_domain;
} ACPI_PACKED;

#define ACPI_SRAT_MEMORY 1
struct acpi_srat_memory {
    uint8_t type;
    uint8_t length;
    uint32_t node;
    uint16_t reserved;
    uint64_t start;
    uint64_t bytes;
    uint32_t reserved2;
    uint32_t flags;
    uint64_t reserved3;
} ACPI_PACKED;
#define ACPI_SRAT_ENABLED 1u

/* 5.2.17: how far the nodes are from one another. */
struct acpi_slit {
    struct acpi_header h;
    uint64_t nr;
    uint8_t distance[]; /* nr squared */
} ACPI_PACKED;

/* IA-PC HPET Specification 1.0a, 3.2.4 */
struct acpi_hpet {
    struct acpi_header h;
    uint32_t block_id; /* the low half of the capabilities */
    struct acpi_address base;
    uint8_t number;
    uint16_t min_tick;
    uint8_t flags;
} ACPI_PACKED;

/* Windows ACPI Emulated Devices Table, Microsoft, 2009 */
struct acpi_waet {
    struct acpi_header h;
    uint32_t flags;
} ACPI_PACKED;
#define ACPI_WAET_RTC_NO_ACK 1u
#define ACPI_WAET_TMR_GOOD   2u

_Static_assert(sizeof(struct acpi_rsdp) == 36, "RSDP");
_Static_assert(sizeof(struct acpi_header) == 36, "table header");
_Static_assert(sizeof(struct acpi_address) == 12, "generic address");
_Static_assert(offsetof(struct acpi_fadt, flags) == 112, "FADT flags");
_Static_assert(offsetof(struct acpi_fadt, x_dsdt) == 140, "FADT X_DSDT");
_Static_assert(ACPI_FADT_REV4_SIZE == 244, "FADT 4");
_Static_assert(sizeof(struct acpi_fadt) == 276, "FADT");
_Static_assert(sizeof(struct acpi_facs) == 64, "FACS");
_Static_assert(sizeof(struct acpi_madt_ioapic) == 12, "MADT, I/O APIC");
_Static_assert(sizeof(struct acpi_madt_override) == 10, "MADT, override");
_Static_assert(sizeof(struct acpi_srat) == 48, "SRAT");
_Static_assert(sizeof(struct acpi_srat_lapic) == 16, "SRAT, local APIC");
_Static_assert(sizeof(struct acpi_srat_memory) == 40, "SRAT, memory");
_Static_assert(sizeof(struct acpi_slit) == 44, "SLIT");
_Static_assert(sizeof(struct acpi_hpet) == 56, "HPET");
_Static_assert(sizeof(struct acpi_waet) == 40, "WAET");

#endif
