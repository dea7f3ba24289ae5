/* SPDX-License-Identifier: MIT */
/*
 * SMBIOS structures that describe the machine to its owner. Source: DMTF DSP0134 2.4; keys of the
 * store: hvm/hvm_xs_strings.h.
 */
#ifndef HVMLOADER_SMBIOS_H
#define HVMLOADER_SMBIOS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

struct smbios_machine {
    char version[32]; /* of the hypervisor */
    char date[32];    /* when it was compiled, as version_date() has it */
    uint8_t uuid[16];
    unsigned int nr_vcpus;
    unsigned int mhz;
    uint32_t cpu_signature, cpu_features; /* CPUID leaf 1, eax and edx */
    char cpu_vendor[13];
    uint64_t memory_mb;
    /* Structures of the toolstack's: each behind its length in 32 bits. */
    const uint8_t *given;
    size_t given_len;
};

#define SMBIOS_SIZE_MAX 0x4000

/*
 * Write the structures of @m, with what @s says, into @buf of @size bytes.
 * Returns: their length, with *@nr of them and the length of the longest in *@longest; 0 where
 *          there was no room.
 */
size_t smbios_build(const struct smbios_machine *m, struct store *s, uint8_t *buf, size_t size,
                    unsigned int *nr, unsigned int *longest);

#define SMBIOS_ENTRY_SIZE 31
/* The 31 bytes by which the above is found. */
void smbios_entry(uint8_t entry[SMBIOS_ENTRY_SIZE], uint32_t addr, size_t len, unsigned int nr,
                  unsigned int longest);

/* "mm/dd/yyyy" from the output of date(1); "01/01/2026" where it cannot be read. */
void smbios_date(char out[11], const char *date);

#endif
