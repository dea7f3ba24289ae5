/* SPDX-License-Identifier: MIT */
/* CPUs by number and by APIC id; bringing them up. */
#ifndef ASM_SMPBOOT_H
#define ASM_SMPBOOT_H

#include <xen/types.h>
#include <asm/config.h>

#define BAD_APICID (~0U)
extern uint32_t cpu_to_apicid[NR_CPUS]; /* BAD_APICID where there is none */
extern uint32_t cpu_to_acpi_id[NR_CPUS];

/* CPU with @apicid; NR_CPUS where there is none. */
unsigned int apicid_to_cpu(uint32_t apicid);

/* Boot: number the CPUs of acpi_info, the boot CPU first; then start the others. */
void smp_enumerate(void);
void smp_boot_others(void);

#endif
