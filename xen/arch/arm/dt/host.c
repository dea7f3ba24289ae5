/* SPDX-License-Identifier: MIT */
/* The tree that this machine was started with. */
#include <asm/dt.h>
#include <asm/efi.h>
#include <libfdt.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>

const void *host_fdt;
struct dt_boot dt_boot;
/* In the file, not in .bss: the stub writes it before the image is entered. */
struct efi_handover efi_handover __attribute__((section(".data")));
static struct dt_ranges free_ranges __initdata;

/* Where EFI has loaded us, memory is what its map says. */
static int __init scan(const void *fdt)
{
    int rc = dt_scan(fdt, &dt_boot);

    if (!efi_handover.present || (rc && rc != -ENOENT))
        return rc;
    if (efi_handover.truncated)
        return -E2BIG;
    dt_boot.memory = efi_handover.memory;
    if (efi_handover.cmdline[0])
        dt_boot.xen_cmdline = efi_handover.cmdline;
    return dt_boot.memory.nr ? 0 : -ENOENT;
}

void __init dt_boot_init(const void *fdt, size_t limit)
{
    int rc = dt_check(fdt, limit);

    if (!rc)
        rc = scan(fdt);
    if (rc)
        panic("Device tree: %s (%d)\n", rc == -ENOENT ? "no memory" : "not usable", rc);
    host_fdt = fdt;
}

void __init dt_relocate(void)
{
    size_t size = fdt_totalsize(host_fdt);
    void *copy = xenheap_alloc_pages(order_from_bytes(size), 0);

    if (!copy)
        panic("No memory for the device tree\n");
    memcpy(copy, host_fdt, size);
    host_fdt = copy;
    if (scan(copy))
        BUG();
    boot_info.cmdline = dt_boot.xen_cmdline;
}

static void __init take_out(paddr_t start, uint64_t size)
{
    paddr_t from = ROUNDDOWN(start, PAGE_SIZE);

    if (dt_ranges_sub(&free_ranges, from, ROUNDUP(start + size, PAGE_SIZE) - from) == -E2BIG)
        panic("Memory is in too many pieces\n");
}

static void __init take_out_all(const struct dt_ranges *rs)
{
    for (unsigned int i = 0; i < rs->nr; i++)
        take_out(rs->r[i].start, rs->r[i].size);
}

void __init dt_for_each_free_range(const struct dt_ranges *taken,
                                   void (*fn)(paddr_t start, paddr_t end, void *ctx), void *ctx)
{
    free_ranges = dt_boot.memory;
    take_out_all(&dt_boot.reserved);
    if (taken)
        take_out_all(taken);
    for (unsigned int i = 0; i < dt_boot.nr_modules; i++)
        take_out(dt_boot.module[i].at.start, dt_boot.module[i].at.size);
    for (unsigned int i = 0; i < free_ranges.nr; i++)
        fn(free_ranges.r[i].start, free_ranges.r[i].start + free_ranges.r[i].size, ctx);
}
