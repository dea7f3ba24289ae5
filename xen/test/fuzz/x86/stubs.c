/* SPDX-License-Identifier: MIT */
/* What the sources want besides. */
#include <xen/kernel.h>
#include <asm/acpi.h>

void *loader_info;

void printk(const char *fmt, ...)
{
    (void)fmt;
}

void bug_at(const char *file, int line, const char *what)
{
    (void)file;
    (void)line;
    (void)what;
    __builtin_trap();
}

/* Reads all of it. */
void acpi_set_rsdp(const void *rsdp, size_t len)
{
    if (len >= 20 && acpi_checksum_ok(rsdp, len))
        __asm__ volatile("" ::: "memory");
}
