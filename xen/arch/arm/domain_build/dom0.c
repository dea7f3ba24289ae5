/* SPDX-License-Identifier: MIT */
/* dom0 on Arm: memory one to one, a Linux Image, and the devices. */
#include <asm/domain.h>
#include <asm/gic.h>
#include <asm/p2m.h>
#include <asm/setup.h>
#include <libfdt.h>
#include <public/domctl.h>
#include <xen/dom0.h>
#include <xen/grant.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/sched.h>
#include "build.h"

#define DEFAULT_MEMORY (MB(512) >> PAGE_SHIFT)
#define SMALLEST_ORDER 9       /* 2 MiB: superpages */
#define FIRST_BANK     MB(128) /* at least, below 4 GiB, for kernel and DMA */
#define EXTENDED_MIN   MB(64)
#define EXTENDED_MAX   8U /* regions */

static struct build build __initdata;

bool __init domain_build_has_dom0(void)
{
    return build_find_module(dt_find(host_fdt, "/chosen"), DT_MODULE_KERNEL) != NULL;
}

static struct domain *__init create_dom0(unsigned int nr_vcpus)
{
    struct xen_domctl_createdomain config = {
        .flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap,
        .max_vcpus = nr_vcpus,
        .max_evtchn_port = ~0U,
        .max_grant_frames = -1,
        .max_maptrack_frames = -1,
        .grant_opts = XEN_DOMCTL_GRANT_version(2),
        .arch =
            {
                .gic_version = XEN_DOMCTL_CONFIG_GIC_NATIVE,
                .nr_spis = min(gic_info.nr_irqs - GIC_FIRST_SPI, (unsigned int)VGIC_MAX_SPIS),
            },
    };
    struct domain *d = domain_create(0, &config, DOMAIN_PRIVILEGED);

    if (IS_ERR(d))
        panic("dom0 cannot be created (%ld)\n", PTR_ERR(d));
    return d;
}

/* One naturally aligned block of at most 1 << @order frames; what it has got. */
static unsigned int __init alloc_block(struct build *b, unsigned int order, unsigned int flags,
                                       bool *done)
{
    *done = false;
    for (;; order--) {
        struct page_info *pg = domheap_alloc_pages(b->d, order, flags);
        paddr_t at;

        if (pg) {
            at = page_to_maddr(pg);
            if (dt_ranges_add(&b->ram, at, PAGE_SIZE << order) ||
                p2m_map(b->d, mk_gfn(PFN_DOWN(at)), 1UL << order, page_to_mfn(pg), p2m_ram_rw))
                panic("dom0: its memory is in too many pieces\n");
            *done = true;
            return order;
        }
        if (order == SMALLEST_ORDER)
            return order;
    }
}

static unsigned int __init order_below(uint64_t pages)
{
    unsigned int order = 63 - (unsigned int)__builtin_clzl(pages);

    return min(order, (unsigned int)MAX_ORDER);
}

/* Low memory first, in the largest blocks, then whatever there is. */
static void __init allocate_memory(struct build *b, uint64_t nr)
{
    unsigned int low = MEMF_bits(32);

    while (nr) {
        bool done;
        unsigned int order = alloc_block(b, order_below(nr), low | MEMF_no_scrub, &done);

        if (done)
            nr -= UINT64_C(1) << order;
        else if (low)
            low = 0;
        else
            panic("dom0: %lu MiB of its memory cannot be had\n", nr >> (20 - PAGE_SHIFT));
    }
    for (unsigned int i = 0; i < b->ram.nr; i++)
        printk("dom0: memory %lx-%lx\n", b->ram.r[i].start, b->ram.r[i].start + b->ram.r[i].size);
}

/*
 * Of the guest-physical space of dom0 the hypervisor's own image is never used: its grant table
 * goes there. Other memory of the machine that dom0 has not got is free for mappings too.
 */
static void __init choose_spare_space(struct build *b)
{
    paddr_t image = virt_to_maddr(_start) & PAGE_MASK;
    struct dt_ranges spare = dt_boot.memory;
    uint64_t size = (uint64_t)grant_max_frames(b->d) << PAGE_SHIFT;

    b->gnttab = (struct dt_range){image, min(size, (uint64_t)(_end - _start) & PAGE_MASK)};
    (void)dt_ranges_sub(&spare, b->gnttab.start, ROUNDUP(b->gnttab.size, MB(2)));
    for (unsigned int i = 0; i < b->ram.nr; i++)
        (void)dt_ranges_sub(&spare, b->ram.r[i].start, b->ram.r[i].size);
    for (unsigned int i = 0; i < dt_boot.reserved.nr; i++)
        (void)dt_ranges_sub(&spare, dt_boot.reserved.r[i].start, dt_boot.reserved.r[i].size);
    for (unsigned int i = 0; i < spare.nr && b->extended.nr < EXTENDED_MAX; i++) {
        paddr_t start = ROUNDUP(spare.r[i].start, MB(2));
        paddr_t end = ROUNDDOWN(spare.r[i].start + spare.r[i].size, MB(2));

        if (end > start && end - start >= EXTENDED_MIN)
            (void)dt_ranges_add(&b->extended, start, end - start);
    }
}

static uint32_t __init host_gic_phandle(void)
{
    uint32_t phandle = fdt_get_phandle(host_fdt, gic_info.node);

    return phandle ? phandle : 0xfde8;
}

void __init port_construct_dom0(void)
{
    struct build *b = &build;
    int chosen = dt_find(host_fdt, "/chosen");
    unsigned long nr_pages, max_pages;
    struct fdt_writer w;
    long len;

    printk("*** LOADING DOMAIN 0 ***\n");
    b->kernel = build_find_module(chosen, DT_MODULE_KERNEL);
    b->ramdisk = build_find_module(chosen, DT_MODULE_RAMDISK);
    b->cmdline = dt_boot.dom0_cmdline;
    if (!b->kernel)
        panic("No dom0 kernel\n");
    b->nr_vcpus = dom0_vcpu_count(vgic_max_vcpus(vgic_native_version()));
    b->d = create_dom0(b->nr_vcpus);
    b->gic_phandle = host_gic_phandle();
    nr_pages = dom0_memory_pages(DEFAULT_MEMORY, &max_pages);
    nr_pages = ROUNDUP(nr_pages, 1UL << SMALLEST_ORDER);
    b->d->max_pages = max(nr_pages, max_pages);
    if (build_open_kernel(b) || build_vcpus(b))
        panic("dom0 cannot be built\n");
    allocate_memory(b, nr_pages);
    choose_spare_space(b);
    dom0_map_devices(b->d);
    if (build_plan(b, dom0_fdt_max(b)))
        panic("dom0 cannot be built\n");
    len = dom0_fdt_build(&w, b);
    if (len < 0)
        panic("dom0: its device tree cannot be made (%ld)\n", len);
    if (build_load(b, w.buf, (size_t)len))
        panic("dom0: its images cannot be loaded\n");
    fdtw_free(&w);
    build_close(b);
    build_start_vcpu0(b);
}
