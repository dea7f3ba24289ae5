/* SPDX-License-Identifier: MIT */
/* The first byte chooses the table; the rest is in a buffer of exactly its size. */
#include <stdlib.h>
#include <string.h>

#include <xen/kernel.h>
#include <asm/acpi.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int parse_rsdp(const void *table, size_t len, struct acpi_info *info)
{
    unsigned int entry_size = 0;

    (void)info;
    if (acpi_parse_rsdp(table, len, &entry_size) && entry_size != 4 && entry_size != 8)
        __builtin_trap();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int (*const parsers[])(const void *, size_t, struct acpi_info *) = {
        acpi_parse_madt, acpi_parse_hpet, acpi_parse_fadt, acpi_parse_mcfg,
        acpi_parse_srat, acpi_parse_slit, parse_rsdp,
    };
    static struct acpi_info info;
    uint8_t *table;

    if (size < 1)
        return 0;
    memset(&info, 0, sizeof(info));
    table = malloc(size - 1);
    memcpy(table, data + 1, size - 1);
    parsers[data[0] % ARRAY_SIZE(parsers)](table, size - 1, &info);
    free(table);
    if (info.nr_cpus > NR_CPUS || info.nr_ioapics > ACPI_MAX_IOAPICS ||
        info.nr_isos > ACPI_MAX_ISOS || info.nr_mcfg > ACPI_MAX_MCFG ||
        info.nr_mem_aff > ACPI_MAX_MEM_AFF)
        __builtin_trap();
    return 0;
}
