/* SPDX-License-Identifier: MIT */
/* Boot: what the loader and the processor tell. */
#ifndef ASM_SETUP_H
#define ASM_SETUP_H

#include <xen/types.h>
#include <asm/e820.h>

struct boot_info;

/*
 * Read the loader's information at physical @info (multiboot 1 or 2, by @magic) into *@bi and
 * the raw memory map; texts are copied. False: unknown @magic.
 */
bool boot_info_parse(uint32_t magic, uint32_t info, struct boot_info *bi, struct e820_map *map);

/* Boot CPU: fill host_features, host_phys_bits; take options that switch features off. */
void cpu_features_init(void);
/* Each CPU: CR0, CR4, EFER, PAT as we want them. */
void cpu_setup_this(void);
void cpu_print_info(void);
/* CR4 of ours while no guest runs. */
extern unsigned long xen_cr4;

extern struct boot_cpu {
    char vendor[13];
    char model_name[49];
    uint8_t family, stepping;
    uint16_t model;
    uint32_t signature; /* CPUID 1.eax */
    uint32_t max_leaf, max_ext_leaf;
    uint8_t phys_bits, virt_bits;
    bool is_intel, is_amd; /* AMD: Hygon too */
} boot_cpu;

/* Topology from CPUID, for this CPU. */
void cpu_topology_detect(unsigned int cpu);
extern bool opt_smap, opt_smep;

/* Real-mode page for the APs, below 1 MiB. */
extern paddr_t trampoline_phys;

void early_console_init(void);

#endif
