/* SPDX-License-Identifier: MIT */
/* The wiring of PCI interrupts for systems without ACPI. Source: PCI IRQ Routing Table
 * Specification 1.0, Microsoft. */
#ifndef HVMLOADER_PIR_H
#define HVMLOADER_PIR_H

#include <stddef.h>
#include <stdint.h>

#define PIR_SIZE_MAX (32 + 32 * 16)

/* Of the slots with a bit in @slots. Returns the length of what was written. */
size_t pir_build(uint8_t buf[PIR_SIZE_MAX], uint32_t slots);

#endif
