/* SPDX-License-Identifier: MIT */
/* Kernel, ramdisk and device tree: where they go, and putting them there. */
#include <asm/domain.h>
#include <asm/p2m.h>
#include <asm/page.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/decompress.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/port/domain.h>
#include "build.h"

#define KERNEL_ALIGN MB(2)
#define MODULES_AT   MB(128) /* above the kernel's start, where the bank is large enough */
#define UNPACKED_MAX MB(256)

static bool __init in_ram(const struct dt_range *r)
{
    for (unsigned int i = 0; i < dt_boot.memory.nr; i++) {
        const struct dt_range *m = &dt_boot.memory.r[i];

        if (r->start >= m->start && r->start - m->start < m->size &&
            r->size <= m->size - (r->start - m->start))
            return true;
    }
    return false;
}

const struct dt_module *__init build_find_module(int parent, enum dt_module_kind kind)
{
    for (unsigned int i = 0; i < dt_boot.nr_modules; i++) {
        if (dt_boot.module[i].parent == parent && dt_boot.module[i].kind == kind)
            return &dt_boot.module[i];
    }
    return NULL;
}

const void *__init build_module(const struct dt_module *m)
{
    return in_ram(&m->at) ? maddr_to_virt(m->at.start) : ioremap_cache(m->at.start, m->at.size);
}

static int __init unpack(struct build *b)
{
    unsigned int scratch_order = order_from_bytes(decompress_scratch());
    void *scratch;
    uint64_t size = 0;
    size_t len = 0;
    int rc = decompress_size_hint(b->image, b->image_len, &size);

    if (rc == -ENOENT) /* not compressed */
        return 0;
    if (rc || !size || size > UNPACKED_MAX)
        return -EINVAL;
    scratch = xenheap_alloc_pages(scratch_order, 0);
    b->unpacked_order = order_from_bytes(size);
    b->unpacked = heap_alloc_pages(b->unpacked_order, MEMF_no_scrub);
    rc = !scratch || !b->unpacked ? -ENOMEM
                                  : decompress(b->image, b->image_len, page_to_virt(b->unpacked),
                                               PAGE_SIZE << b->unpacked_order, &len, scratch);
    if (scratch)
        xenheap_free_pages(scratch, scratch_order);
    b->image = b->unpacked ? page_to_virt(b->unpacked) : NULL;
    b->image_len = len;
    return rc;
}

int __init build_open_kernel(struct build *b)
{
    int rc;

    b->image = build_module(b->kernel);
    b->image_len = b->kernel->at.size;
    if (!b->image)
        return -ENOMEM;
    rc = arm_image_parse(b->image, b->image_len, &b->head);
    if (rc == -EINVAL) {
        rc = unpack(b);
        if (!rc)
            rc = arm_image_parse(b->image, b->image_len, &b->head);
    }
    if (rc)
        printk(XENLOG_ERR "%pd: its kernel is not a 64-bit, little-endian Image (%d)\n", b->d, rc);
    return rc;
}

void __init build_close(struct build *b)
{
    if (b->unpacked)
        heap_free_pages(b->unpacked, b->unpacked_order);
    b->unpacked = NULL;
}

/*
 * Kernel at the start of the bank, or as near as alignment allows; device tree, then ramdisk
 * behind it, at a distance from it in case its own idea of its size is too small.
 */
static bool __init plan_in(struct build *b, const struct dt_range *bank, size_t dtb_max)
{
    paddr_t base = ROUNDUP(bank->start, KERNEL_ALIGN), end = bank->start + bank->size;
    paddr_t kernel_end = base + b->head.text_offset + ROUNDUP(b->head.size, PAGE_SIZE);
    uint64_t extra = ROUNDUP(dtb_max, KERNEL_ALIGN) + ROUNDUP(b->initrd_len, KERNEL_ALIGN);
    paddr_t at = max(ROUNDUP(kernel_end, KERNEL_ALIGN), base + MODULES_AT);

    if (at > end || end - at < extra)
        at = ROUNDUP(kernel_end, KERNEL_ALIGN);
    if (at > end || end - at < extra)
        return false;
    b->entry = base + b->head.text_offset;
    b->dtb = at;
    b->initrd = at + ROUNDUP(dtb_max, KERNEL_ALIGN);
    return true;
}

int __init build_plan(struct build *b, size_t dtb_max)
{
    b->initrd_len = b->ramdisk ? b->ramdisk->at.size : 0;
    for (unsigned int i = 0; i < b->ram.nr; i++) {
        if (plan_in(b, &b->ram.r[i], dtb_max))
            return 0;
        if (!b->head.any_base)
            break;
    }
    printk(XENLOG_ERR "%pd: no room for its kernel of %lu bytes and its ramdisk of %lu\n", b->d,
           b->head.size, b->initrd_len);
    return -ENOMEM;
}

int __init build_load(struct build *b, const void *dtb, size_t dtb_len)
{
    const void *initrd = b->ramdisk ? build_module(b->ramdisk) : NULL;
    int rc;

    if (b->ramdisk && !initrd)
        return -ENOMEM;
    printk("%pd: kernel at %lx-%lx, device tree at %lx-%lx\n", b->d, b->entry,
           b->entry + b->head.size, b->dtb, b->dtb + dtb_len);
    rc = guest_phys_load(b->d, b->entry, b->image, b->image_len);
    if (!rc)
        rc = guest_phys_load(b->d, b->dtb, dtb, dtb_len);
    if (!rc && initrd) {
        printk("%pd: ramdisk at %lx-%lx\n", b->d, b->initrd, b->initrd + b->initrd_len);
        rc = guest_phys_load(b->d, b->initrd, initrd, b->initrd_len);
    }
    return rc;
}

int __init build_vcpus(struct build *b)
{
    for (unsigned int i = 0; i < b->nr_vcpus; i++) {
        if (!vcpu_create(b->d, i)) {
            printk(XENLOG_ERR "%pd: no memory for vCPU %u\n", b->d, i);
            return -ENOMEM;
        }
    }
    return 0;
}

void __init build_start_vcpu0(struct build *b)
{
    struct vcpu *v = b->d->vcpu[0];

    v->arch.user_regs.pc = b->entry;
    v->arch.user_regs.x[0] = b->dtb;
    v->is_initialised = true;
    v->pause_flags &= ~VPF_DOWN;
}
