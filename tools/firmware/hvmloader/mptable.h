/* SPDX-License-Identifier: MIT */
/* The table of CPUs and interrupts for systems without ACPI. Source: MultiProcessor
 * Specification 1.4. */
#ifndef HVMLOADER_MPTABLE_H
#define HVMLOADER_MPTABLE_H

#include <stddef.h>
#include <stdint.h>

struct mp_machine {
    unsigned int nr_vcpus; /* up to 128; all of them are told of, those not running as disabled */
    const uint8_t *online; /* a bit for each */
    uint32_t signature, features; /* CPUID leaf 1, eax and edx */
    uint16_t level;               /* a bit for each ISA interrupt that is level-triggered */
};

#define MPTABLE_SIZE_MAX (16 + 44 + 128 * 20 + 8 * 32)

/*
 * Write it to @buf, of MPTABLE_SIZE_MAX bytes, which is to be at @addr: the floating pointer, and
 * behind it what it points at. Returns its length.
 */
size_t mptable_build(uint8_t *buf, uint32_t addr, const struct mp_machine *m);

#endif
