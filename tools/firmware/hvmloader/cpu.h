/* SPDX-License-Identifier: MIT */
/* What each vCPU is to have before a kernel runs on it. */
#ifndef HVMLOADER_CPU_H
#define HVMLOADER_CPU_H

#include <stdint.h>

/*
 * Memory types: all is write-back but for the VGA window and PCI's. Call it on each vCPU, after
 * pci_setup(). Source: Intel SDM vol 3A, "Memory Type Range Registers".
 */
void cpu_set_mtrrs(void);

/* The first vCPU: interrupts of the 8259s come through its APIC; the I/O APIC has its id. */
void cpu_set_apics(void);

/* Run each other vCPU once, for its cpu_set_mtrrs(), and put it back to wait for a kernel. */
void cpu_start_others(void);

/* In MHz; 0: unknown. Of the mapped struct shared_info. */
struct shared_info;
unsigned int cpu_mhz(const struct shared_info *shared);

#endif
