/* SPDX-License-Identifier: MIT */
/* dom0's kernel: bzImage or ELF, its notes, its segments. */
#include <public/elfnote.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/bzimage.h>
#include <xen/lib/decompress.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include "dom0.h"

#define UNPACKED_MAX (UINT64_C(1) << 30)

static void __init unpack(struct dom0_kernel *k, const struct bzimage *bz, size_t *len)
{
    void *scratch = xenheap_alloc_pages(order_from_bytes(decompress_scratch()), 0);
    uint64_t size = 0;
    int rc = decompress_size_hint(bz->payload, bz->payload_len, &size);

    if (rc || size == 0 || size > UNPACKED_MAX)
        panic("dom0: cannot tell the size of its kernel (%d)\n", rc);
    k->order = order_from_bytes(size);
    k->unpacked = heap_alloc_pages(k->order, MEMF_no_scrub);
    if (!k->unpacked || !scratch)
        panic("dom0: no memory to unpack its kernel (%lu bytes)\n", (unsigned long)size);
    rc = decompress(bz->payload, bz->payload_len, page_to_virt(k->unpacked), PAGE_SIZE << k->order,
                    len, scratch);
    if (rc)
        panic("dom0: its kernel cannot be unpacked (%d)\n", rc);
    xenheap_free_pages(scratch, order_from_bytes(decompress_scratch()));
}

void __init dom0_kernel_open(struct dom0_kernel *k)
{
    const void *image = maddr_to_virt(boot_info.module[0].start);
    size_t len = boot_info.module[0].size;
    struct bzimage bz;
    int rc = bzimage_parse(image, len, &bz);

    *k = (struct dom0_kernel){.order = 0};
    if (rc == 0) {
        unpack(k, &bz, &len);
        image = page_to_virt(k->unpacked);
    } else if (rc != -ENOENT) {
        panic("dom0: its bzImage is bad (%d)\n", rc);
    }
    rc = elf_open(&k->elf, image, len);
    if (rc || !k->elf.is_64 || k->elf.machine != EM_X86_64)
        panic("dom0: its kernel is not an ELF image for x86-64 (%d)\n", rc);
    rc = elf_xen_parse(&k->elf, &k->xen);
    if (rc || !elf_xen_has(&k->xen, XEN_ELFNOTE_ENTRY))
        panic("dom0: its kernel has no notes for Xen (%d)\n", rc);
    if (k->xen.features_unknown)
        panic("dom0: its kernel asks for features that there are not\n");
    rc = elf_load_range(&k->elf, true, &k->paddr_first, &k->paddr_end);
    if (rc || k->paddr_first < k->xen.paddr_offset)
        panic("dom0: its kernel's segments are bad (%d)\n", rc);
    printk("dom0 kernel: %s %s, %lx-%lx, entry %lx\n", k->xen.guest_os, k->xen.guest_version,
           (unsigned long)k->paddr_first, (unsigned long)k->paddr_end, (unsigned long)k->xen.entry);
}

void __init dom0_kernel_close(struct dom0_kernel *k)
{
    if (k->unpacked)
        heap_free_pages(k->unpacked, k->order);
}

void __init dom0_kernel_load(const struct dom0_kernel *k, void *dest, uint64_t len)
{
    int rc = elf_load(&k->elf, true, dest, k->xen.paddr_offset, len);

    if (rc)
        panic("dom0: its kernel cannot be loaded (%d)\n", rc);
}
