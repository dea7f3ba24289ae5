/* SPDX-License-Identifier: MIT */
/* Guests that the host's device tree describes: nodes of /chosen with "xen,domain". */
#include <asm/domain.h>
#include <asm/p2m.h>
#include <asm/setup.h>
#include <asm/vpl011.h>
#include <libfdt.h>
#include <public/domctl.h>
#include <public/hvm/params.h>
#include <xen/evtchn.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/sched.h>
#include "build.h"

#define GUEST_DTB_MAX     KB(64)
#define GUEST_GIC_PHANDLE 0xfde8U
#define STORE_PFN_LATER   (~UINT64_C(0)) /* a tool in dom0 will choose the page */

struct wishes {
    uint64_t mem_pages;
    uint32_t nr_vcpus, nr_spis;
    uint64_t p2m_pages;
    bool vpl011, enhanced, xenstore;
};

static struct build build __initdata;

/* 0, -EINVAL. Source: Xen's documentation of the device tree bindings, booting.txt. */
static int __init read_wishes(int node, struct wishes *w)
{
    const char *enhanced = dt_string(host_fdt, node, "xen,enhanced");
    uint64_t kb;
    uint32_t mb;

    *w = (struct wishes){.vpl011 = dt_has(host_fdt, node, "vpl011")};
    if (!dt_u64(host_fdt, node, "memory", &kb) || kb < 1024 || kb >> 42 ||
        !dt_u32(host_fdt, node, "cpus", 0, &w->nr_vcpus) || !w->nr_vcpus)
        return -EINVAL;
    w->mem_pages = ROUNDUP(kb, 2048) >> (PAGE_SHIFT - 10);
    if (!dt_u32(host_fdt, node, "nr_spis", 0, &w->nr_spis))
        w->nr_spis = w->vpl011 ? GUEST_VPL011_SPI - 32 + 1 : 0;
    w->enhanced =
        dt_has(host_fdt, node, "xen,enhanced") && !(enhanced && !strcmp(enhanced, "disabled"));
    w->xenstore = w->enhanced && !(enhanced && !strcmp(enhanced, "no-xenstore"));
    if (dt_u32(host_fdt, node, "xen,domain-p2m-mem-mb", 0, &mb))
        w->p2m_pages = MB((uint64_t)mb) >> PAGE_SHIFT;
    else /* tables for all of it page by page, and for what is mapped besides */
        w->p2m_pages = w->mem_pages / 512 + 512 + 256UL * w->nr_vcpus;
    return dt_has(host_fdt, node, "direct-map") || build_find_module(node, DT_MODULE_DTB)
               ? -EOPNOTSUPP
               : 0;
}

static domid_t __init next_domid(void)
{
    domid_t id = 1;

    while (domain_by_id_rcu(id))
        id++;
    return id;
}

static struct domain *__init create(const struct wishes *w)
{
    struct xen_domctl_createdomain config = {
        .flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap,
        .max_vcpus = w->nr_vcpus,
        .max_evtchn_port = ~0U,
        .max_grant_frames = -1,
        .max_maptrack_frames = -1,
        .grant_opts = XEN_DOMCTL_GRANT_version(2),
        .arch = {.gic_version = XEN_DOMCTL_CONFIG_GIC_NATIVE, .nr_spis = w->nr_spis},
    };

    return domain_create(next_domid(), &config, 0);
}

/* @nr frames at @gfn, in the largest blocks that there are. */
static int __init fill_bank(struct domain *d, uint64_t gfn, uint64_t nr)
{
    while (nr) {
        unsigned int order = min_t(unsigned int, 63 - (unsigned int)__builtin_clzl(nr), MAX_ORDER);
        struct page_info *pg;
        int rc;

        order = min_t(unsigned int, order, (unsigned int)__builtin_ctzl(gfn));
        while (!(pg = domheap_alloc_pages(d, order, MEMF_no_scrub))) {
            if (!order--)
                return -ENOMEM;
        }
        memset(page_to_virt(pg), 0, PAGE_SIZE << order); /* blocks of any size, dirty or not */
        rc = p2m_map(d, mk_gfn(gfn), 1UL << order, page_to_mfn(pg), p2m_ram_rw);
        if (rc)
            return rc;
        gfn += 1UL << order;
        nr -= 1UL << order;
    }
    return 0;
}

static int __init allocate(struct build *b, const struct wishes *w)
{
    static const uint64_t bases[] __initconst = GUEST_RAM_BANK_BASES;
    static const uint64_t sizes[] __initconst = GUEST_RAM_BANK_SIZES;
    uint64_t left = w->mem_pages;
    int rc;

    /* Magic pages and those of the builder's making come on top. */
    b->d->max_pages = w->mem_pages + 64;
    do {
        rc = p2m_set_pool(b->d, w->p2m_pages);
    } while (rc == -ERESTART);
    for (unsigned int i = 0; !rc && left && i < GUEST_RAM_BANKS; i++) {
        uint64_t nr = min(left, sizes[i] >> PAGE_SHIFT);

        rc = fill_bank(b->d, bases[i] >> PAGE_SHIFT, nr);
        if (!rc)
            rc = dt_ranges_add(&b->ram, bases[i], nr << PAGE_SHIFT);
        left -= nr;
    }
    return rc ? rc : left ? -ENOMEM : 0;
}

static void __init uart_node(struct fdt_writer *w, const struct build *b)
{
    static struct fdt_cells c __initdata;

    c.nr = 0;
    fdtc_add(&c, GUEST_PL011_BASE, 2);
    fdtc_add(&c, GUEST_PL011_SIZE, 2);
    fdtw_begin_at(w, "sbsa-uart", GUEST_PL011_BASE);
    fdtw_string(w, "compatible", "arm,sbsa-uart");
    fdtw_cells(w, "reg", &c);
    c.nr = 0;
    fdtc_irq(&c, GUEST_VPL011_SPI, DT_IRQ_HIGH);
    fdtw_cells(w, "interrupts", &c);
    fdtw_u32(w, "interrupt-parent", b->gic_phandle);
    fdtw_u32(w, "current-speed", 115200);
    fdtw_end(w);
}

static long __init guest_fdt(struct fdt_writer *w, const struct build *b, bool enhanced)
{
    static const char compatible[] __initconst = "xen,xenvm-4.17\0xen,xenvm";
    const struct dt_cells n = {2, 2};

    if (fdtw_open(w, GUEST_DTB_MAX))
        return -ENOMEM;
    fdtw_string(w, "model", "XENVM-4.17");
    fdtw_prop(w, "compatible", compatible, sizeof(compatible));
    fdtw_u32(w, "interrupt-parent", b->gic_phandle);
    fdtw_u32(w, "#address-cells", n.addr);
    fdtw_u32(w, "#size-cells", n.size);
    fdtw_begin(w, "chosen");
    nodes_chosen(w, b);
    fdtw_end(w);
    nodes_cpus(w, b, "arm,armv8");
    nodes_psci(w);
    nodes_memory(w, b, n);
    nodes_gic(w, b, n);
    nodes_timer(w, b);
    if (b->vpl011)
        uart_node(w, b);
    if (enhanced)
        nodes_hypervisor(w, b, n);
    return fdtw_close(w);
}

static int __init connect_xenstore(struct domain *d)
{
    int port = evtchn_alloc_unbound_for(d, 0);

    if (port < 0)
        return port;
    d->arch.hvm_params[HVM_PARAM_STORE_EVTCHN] = (uint64_t)port;
    d->arch.hvm_params[HVM_PARAM_STORE_PFN] = STORE_PFN_LATER;
    return 0;
}

static int __init load_all(struct build *b, const struct wishes *w)
{
    struct fdt_writer fdt;
    long len;
    int rc = build_plan(b, GUEST_DTB_MAX);

    if (rc)
        return rc;
    len = guest_fdt(&fdt, b, w->enhanced);
    rc = len < 0 ? -ENOMEM : build_load(b, fdt.buf, (size_t)len);
    fdtw_free(&fdt);
    return rc;
}

static int __init populate(struct build *b, const struct wishes *w)
{
    int rc = build_vcpus(b);

    if (!rc)
        rc = allocate(b, w);
    if (!rc && w->vpl011)
        rc = vpl011_init(b->d, GUEST_PL011_BASE, GUEST_VPL011_SPI, INVALID_GFN, 0, NULL);
    if (!rc && w->xenstore && dom0)
        rc = connect_xenstore(b->d);
    if (!rc)
        rc = build_open_kernel(b);
    if (!rc)
        rc = load_all(b, w);
    build_close(b);
    if (!rc)
        build_start_vcpu0(b);
    return rc;
}

static int __init build_guest(int node)
{
    struct build *b = &build;
    struct wishes w;
    int rc = read_wishes(node, &w);

    if (rc)
        return rc;
    memset(b, 0, sizeof(*b));
    b->kernel = build_find_module(node, DT_MODULE_KERNEL);
    b->ramdisk = build_find_module(node, DT_MODULE_RAMDISK);
    if (!b->kernel)
        return -ENOENT;
    b->cmdline = b->kernel->cmdline;
    b->nr_vcpus = w.nr_vcpus;
    b->vpl011 = w.vpl011;
    b->gic_phandle = GUEST_GIC_PHANDLE;
    b->gnttab = (struct dt_range){GUEST_GNTTAB_BASE, GUEST_GNTTAB_SIZE};
    b->d = create(&w);
    if (IS_ERR(b->d))
        return (int)PTR_ERR(b->d);
    rc = populate(b, &w);
    if (!rc)
        rc = domain_unpause_by_controller(b->d);
    while (rc && domain_kill(b->d) == -ERESTART)
        ;
    return rc;
}

static struct dt_ranges taken __initdata, freed __initdata;

/* Frames of modules, less what is reserved, and only where there is memory at all. */
static void __init free_modules(void)
{
    for (unsigned int i = 0; i < dt_boot.nr_modules; i++) {
        const struct dt_range *at = &dt_boot.module[i].at;
        paddr_t start = at->start & PAGE_MASK;

        (void)dt_ranges_add(&freed, start, ROUNDUP(at->start + at->size, PAGE_SIZE) - start);
    }
    /* What is no memory: all between the banks. */
    taken = freed;
    for (unsigned int i = 0; i < dt_boot.memory.nr; i++)
        (void)dt_ranges_sub(&taken, dt_boot.memory.r[i].start, dt_boot.memory.r[i].size);
    for (unsigned int i = 0; i < taken.nr; i++)
        (void)dt_ranges_sub(&freed, taken.r[i].start, taken.r[i].size);
    for (unsigned int i = 0; i < dt_boot.reserved.nr; i++)
        (void)dt_ranges_sub(&freed, dt_boot.reserved.r[i].start, dt_boot.reserved.r[i].size);
    for (unsigned int i = 0; i < freed.nr; i++)
        heap_add_range(freed.r[i].start, freed.r[i].start + freed.r[i].size);
}

void __init domain_build_dom0less(void)
{
    static const char *const compatible[] __initconst = {"xen,domain", NULL};
    int chosen = dt_find(host_fdt, "/chosen"), node;

    fdt_for_each_subnode(node, host_fdt, chosen)
    {
        char path[128];
        int rc;

        if (!dt_compatible(host_fdt, node, compatible) || !dt_available(host_fdt, node))
            continue;
        rc = build_guest(node);
        if (rc)
            printk(XENLOG_ERR "The guest of %s cannot be made (%d)\n",
                   dt_path(host_fdt, node, path, sizeof(path)), rc);
    }
    free_modules();
}
