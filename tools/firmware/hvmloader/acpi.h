/* SPDX-License-Identifier: MIT */
/*
 * ACPI's tables of the guest. Their layouts: firmware/acpi/tables.h. What devices there are and how
 * they are wired stands in dsdt.asl.
 */
#ifndef HVMLOADER_ACPI_H
#define HVMLOADER_ACPI_H

#include <stddef.h>
#include <stdint.h>

struct store;

/* At AREA_ADDR: what dsdt.asl reads by its field INFO. */
struct acpi_info {
    uint8_t com1, com2, lpt1, hpet; /* is it there? */
    uint32_t genid;                 /* address of the generation id; 0: none */
    uint32_t mem_start, mem_len;    /* PCI ranges below 4 GiB */
    uint64_t high_start, high_len;  /* above; len 0: there are none */
};

/* Memory for the above, which must be the first that is taken. */
void acpi_reserve_info(void);

/*
 * Make all tables; what they are to have is read from @s.
 * Returns: the address of the RSDP, which the BIOS copies.
 */
uint32_t acpi_build(struct store *s);

/* The APIC id of a vCPU, as the hypervisor gives it at first. */
static inline uint8_t apic_id_of(unsigned int vcpu)
{
    return (uint8_t)(vcpu * 2);
}

#define IOAPIC_ID 1 /* no CPU has an odd one */

#endif
