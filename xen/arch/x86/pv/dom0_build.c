/* SPDX-License-Identifier: MIT */
/*
 * Build dom0: memory, kernel, initial page tables, P2M, start_info, first vCPU. The initial mapping
 * is one contiguous piece of machine memory, so nothing is copied twice and pfn 0.. needs no list.
 * Source: public/xen.h, "start of day".
 */
#include <public/domctl.h>
#include <public/elfnote.h>
#include <xen/dom0.h>
#include <xen/evtchn.h>
#include <xen/hypercall.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/cmdline.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/port/domain.h>
#include <xen/port/p2m.h>
#include <xen/sched.h>
#include <xen/serial.h>
#include <xen/time.h>
#include <asm/desc.h>
#include <asm/fpu.h>
#include <asm/page_type.h>
#include <asm/pv.h>
#include <asm/pv_mmu.h>
#include "dom0.h"

#define INITIAL_ALIGN   MB(4)
#define INITIAL_SPARE   KB(512)
#define MAX_CHUNK_ORDER 18

struct build {
    struct domain *d;
    struct dom0_kernel kernel;
    struct dom0_layout at;
    unsigned long nr_pages; /* to have */
    mfn_t first;            /* of the initial chunk, pfn 0 */
    unsigned long chunk;    /* its pages */
    uint64_t *p2m;          /* our view of the list */
    unsigned long pfn;      /* next to be given */
    unsigned long initrd_pfn, p2m_pfn, p2m_frames;
    mfn_t p2m_mfn, p2m_tables_mfn;
    unsigned long p2m_tables;
};

static void *__init at_va(const struct build *b, unsigned long va)
{
    return (char *)mfn_to_virt(b->first) + (va - b->at.start);
}

/* Modules at page boundaries can be given to dom0 as they are. */
static bool __init initrd_in_place(const struct boot_module *m)
{
    return m->size && !(m->start & ~PAGE_MASK);
}

static void __init plan_layout(struct build *b)
{
    struct dom0_layout *at = &b->at;
    const struct elf_xen_info *x = &b->kernel.xen;
    const struct boot_module *rd = &boot_info.module[1];
    unsigned long list = ROUNDUP(b->nr_pages * 8, PAGE_SIZE), next;

    at->start = x->virt_base;
    at->kernel_end = ROUNDUP(x->virt_base + b->kernel.paddr_end - x->paddr_offset, PAGE_SIZE);
    next = at->kernel_end;
    at->initrd_len = boot_info.nr_modules > 1 ? rd->size : 0;
    if (at->initrd_len && !(x->mod_start_pfn && initrd_in_place(rd))) {
        at->initrd = next;
        next += ROUNDUP(at->initrd_len, PAGE_SIZE);
    }
    at->p2m_apart = elf_xen_has(x, XEN_ELFNOTE_INIT_P2M);
    at->p2m = at->p2m_apart ? x->init_p2m : next;
    if (!at->p2m_apart)
        next += list;
    at->start_info = next;
    at->page_tables = next + PAGE_SIZE;
    at->nr_tables = 0;
    do {
        at->nr_tables++;
        at->stack_end = at->page_tables + (at->nr_tables + 1) * PAGE_SIZE;
        at->end = ROUNDUP(at->stack_end + INITIAL_SPARE, INITIAL_ALIGN);
    } while (at->nr_tables < 1 + pt_tables_for(at->start, at->end));
    if (at->end <= at->start || !guest_may_access(at->start) || !guest_may_access(at->end - 1))
        panic("dom0: its kernel's addresses are not a guest's\n");
}

static mfn_t __init alloc_domain_pages(struct domain *d, unsigned int order)
{
    struct page_info *pg = domheap_alloc_pages(d, order, MEMF_no_scrub);

    return pg ? page_to_mfn(pg) : INVALID_MFN;
}

static void __init alloc_initial(struct build *b)
{
    unsigned long need = (b->at.end - b->at.start) >> PAGE_SHIFT;
    unsigned int order = order_from_bytes(b->at.end - b->at.start);

    b->chunk = 1UL << order;
    if (need > b->nr_pages || b->chunk > b->nr_pages)
        panic("dom0: %lu pages are too few for its kernel (%lu)\n", b->nr_pages, b->chunk);
    b->first = alloc_domain_pages(b->d, order);
    if (mfn_eq(b->first, INVALID_MFN))
        panic("dom0: no %lu contiguous pages\n", b->chunk);
}

/* Take the module's own pages into the domain. */
static void __init take_initrd(struct build *b)
{
    struct boot_module *rd = &boot_info.module[1];
    unsigned long nr = PFN_UP(rd->size), tail = rd->size & ~PAGE_MASK;
    mfn_t mfn = maddr_to_mfn(rd->start);

    if (!b->at.initrd_len || b->at.initrd)
        return;
    b->initrd_pfn = b->chunk;
    if (tail)
        memset((char *)maddr_to_virt(rd->start) + rd->size, 0, PAGE_SIZE - tail);
    for (unsigned long i = 0; i < nr; i++)
        if (page_assign(mfn_to_page(mfn_add(mfn, i)), 0, b->d, 0))
            panic("dom0: its ramdisk does not fit into its memory\n");
}

static unsigned long __init initrd_pages(const struct build *b)
{
    return b->at.initrd_len && !b->at.initrd ? PFN_UP(b->at.initrd_len) : 0;
}

/* The list, and the tables that map it, where they are not in the initial mapping. */
static unsigned long __init alloc_p2m(struct build *b)
{
    unsigned long list = PFN_UP(b->nr_pages * 8);
    unsigned int order;

    if (!b->at.p2m_apart) {
        b->p2m = at_va(b, b->at.p2m);
        return 0;
    }
    b->p2m_tables = pt_tables_for(b->at.p2m, b->at.p2m + list * PAGE_SIZE);
    order = order_from_bytes((list + b->p2m_tables) * PAGE_SIZE);
    b->p2m_mfn = alloc_domain_pages(b->d, order);
    if (mfn_eq(b->p2m_mfn, INVALID_MFN))
        panic("dom0: no memory for its P2M\n");
    b->p2m_tables_mfn = mfn_add(b->p2m_mfn, list);
    b->p2m_frames = list + b->p2m_tables;
    b->p2m = mfn_to_virt(b->p2m_mfn);
    return 1UL << order;
}

static void __init give_pfns(struct build *b, mfn_t mfn, unsigned long nr)
{
    uint64_t *p2m = b->p2m + b->pfn, m = mfn.nr;
    unsigned long *m2p = &m2p_table[m];
    unsigned long pfn = b->pfn;

    for (unsigned long i = 0; i < nr; i++) {
        p2m[i] = m + i;
        m2p[i] = pfn + i;
    }
    b->pfn += nr;
}

static void __init alloc_rest(struct build *b)
{
    unsigned int order = MAX_CHUNK_ORDER;

    while (b->pfn < b->nr_pages) {
        mfn_t mfn;

        while ((1UL << order) > b->nr_pages - b->pfn)
            order--;
        mfn = alloc_domain_pages(b->d, order);
        if (!mfn_eq(mfn, INVALID_MFN))
            give_pfns(b, mfn, 1UL << order);
        else if (order-- == 0)
            break;
    }
    b->nr_pages = b->pfn;
}

static void __init build_memory(struct build *b)
{
    unsigned long p2m_block;

    alloc_initial(b);
    take_initrd(b);
    p2m_block = alloc_p2m(b);
    if (b->chunk + initrd_pages(b) + p2m_block > b->nr_pages)
        panic("dom0: %lu pages are too few\n", b->nr_pages);
    give_pfns(b, b->first, b->chunk);
    if (initrd_pages(b))
        give_pfns(b, maddr_to_mfn(boot_info.module[1].start), initrd_pages(b));
    b->p2m_pfn = b->pfn;
    if (p2m_block)
        give_pfns(b, b->p2m_mfn, p2m_block);
    alloc_rest(b);
}

static void __init build_page_tables(struct build *b)
{
    const struct dom0_layout *at = &b->at;
    unsigned long tables = (at->page_tables - at->start) >> PAGE_SHIFT;
    unsigned long all = (at->end - at->start) >> PAGE_SHIFT;
    struct pt_builder pt = {.l4 = at_va(b, at->page_tables),
                            .next = mfn_add(b->first, tables + 1),
                            .left = at->nr_tables - 1};
    struct pt_builder list = {.l4 = pt.l4, .next = b->p2m_tables_mfn, .left = b->p2m_tables};

    clear_page(pt.l4);
    pt_map(&pt, at->start, b->first, tables, true);
    pt_map(&pt, at->page_tables, mfn_add(b->first, tables), at->nr_tables, false);
    pt_map(&pt, at->page_tables + at->nr_tables * PAGE_SIZE,
           mfn_add(b->first, tables + at->nr_tables), all - tables - at->nr_tables, true);
    /* What the count is too high by is an ordinary, read-only page. */
    if (at->p2m_apart)
        pt_map(&list, at->p2m, b->p2m_mfn, b->p2m_frames - b->p2m_tables, true);
}

static void __init load_images(struct build *b)
{
    const struct boot_module *rd = &boot_info.module[1];

    dom0_kernel_load(&b->kernel, mfn_to_virt(b->first), b->at.kernel_end - b->at.start);
    if (elf_xen_has(&b->kernel.xen, XEN_ELFNOTE_HYPERCALL_PAGE))
        pv_fill_hypercall_page(at_va(b, b->kernel.xen.hypercall_page & PAGE_MASK));
    if (b->at.initrd)
        memcpy(at_va(b, b->at.initrd), maddr_to_virt(rd->start), rd->size);
}

/* The loader's file name comes first, except with GRUB 2. Then what follows "--" on our line. */
static void __init command_line(char *out, size_t size)
{
    const char *own = boot_info.module[0].cmdline, *more = cmdline_rest(boot_info.cmdline);
    bool named = !(boot_info.loader && strstarts(boot_info.loader, "GRUB 2"));

    own += strspn(own, " ");
    if (named) {
        own += strcspn(own, " ");
        own += strspn(own, " ");
    }
    strlcpy(out, own, size);
    if (more) {
        strlcat(out, " ", size);
        strlcat(out, more, size);
    }
}

static void __init describe_display(struct start_info *si)
{
    struct dom0_vga_console_info *vga = (struct dom0_vga_console_info *)(si + 1);

    if (!vga_describe(vga))
        return;
    si->console.dom0.info_off = sizeof(*si);
    si->console.dom0.info_size = sizeof(*vga);
}

static void __init fill_start_info(struct build *b)
{
    const struct dom0_layout *at = &b->at;
    struct start_info *si = at_va(b, at->start_info);

    clear_page(si);
    strlcpy(si->magic, "xen-3.0-x86_64", sizeof(si->magic));
    si->nr_pages = b->nr_pages;
    si->shared_info = virt_to_maddr(b->d->shared_info);
    si->flags = SIF_PRIVILEGED | SIF_INITDOMAIN;
    si->pt_base = at->page_tables;
    si->nr_pt_frames = at->nr_tables;
    si->mfn_list = at->p2m;
    if (at->p2m_apart) {
        si->first_p2m_pfn = b->p2m_pfn;
        si->nr_p2m_frames = b->p2m_frames;
    }
    si->mod_len = at->initrd_len;
    si->mod_start = at->initrd ? at->initrd : at->initrd_len ? b->initrd_pfn : 0;
    if (at->initrd_len && !at->initrd)
        si->flags |= SIF_MOD_START_PFN;
    command_line((char *)si->cmd_line, sizeof(si->cmd_line));
    describe_display(si);
}

static void __init take_root_type(struct page_info *pg)
{
    int rc = page_get_type(pg, PGT_L4);

    if (rc)
        panic("dom0: its page tables are refused (%d)\n", rc);
}

/* Two uses of the root: the vCPU's, and the pin that the kernel will take off. */
static void __init use_page_tables(struct build *b, struct vcpu *v)
{
    struct page_info *root = virt_to_page(at_va(b, b->at.page_tables));

    if (!page_get(root, b->d) || !page_get(root, b->d))
        panic("dom0: no reference to its root table\n");
    take_root_type(root);
    take_root_type(root);
    __atomic_fetch_or(&root->type_info, PGT_PINNED, __ATOMIC_RELEASE);
    v->arch.guest_table = page_to_mfn(root);
    v->arch.guest_table_user = INVALID_MFN;
    make_cr3(v);
}

static void __init start_vcpu(struct build *b, struct vcpu *v)
{
    struct cpu_user_regs *r = &v->arch.user_regs;

    memset(r, 0, sizeof(*r));
    r->cs = GUEST_CS64;
    r->ss = GUEST_DS32;
    r->rip = b->kernel.xen.entry;
    r->rsp = b->at.stack_end;
    r->rsi = b->at.start_info;
    r->rflags = EFLAGS_IF | EFLAGS_MBS;
    v->arch.flags = TF_KERNEL_MODE;
    v->arch.pv.kernel_ss = GUEST_DS32;
    v->arch.pv.kernel_sp = b->at.stack_end;
    v->arch.pv.debugreg[6] = DR6_DEFAULT;
    v->arch.pv.debugreg[7] = 0x400;
    for (unsigned int i = 0; i < XEN_LEGACY_MAX_VCPUS; i++)
        b->d->shared_info->vcpu_info[i].evtchn_upcall_mask = 1;
    v->is_initialised = true;
    __atomic_fetch_and(&v->pause_flags, ~VPF_DOWN, __ATOMIC_SEQ_CST);
}

static struct domain *__init create_domain(unsigned int nr_vcpus)
{
    struct xen_domctl_createdomain config = {
        .max_vcpus = nr_vcpus,
        .max_evtchn_port = ~0U,
        .max_grant_frames = -1,
        .max_maptrack_frames = -1,
        .grant_opts = XEN_DOMCTL_GRANT_version(2),
        .arch = {.emulation_flags = XEN_X86_EMU_PIT},
    };
    struct domain *d = domain_create(0, &config, DOMAIN_PRIVILEGED);

    if (IS_ERR(d))
        panic("dom0: cannot be created (%ld)\n", PTR_ERR(d));
    for (unsigned int i = 0; i < nr_vcpus; i++)
        if (!vcpu_create(d, i))
            panic("dom0: no vCPU %u\n", i);
    return d;
}

void __init port_construct_dom0(void)
{
    static struct build b __initdata;
    unsigned long max_pages;

    if (!boot_info.nr_modules)
        panic("dom0: no kernel: the loader gave no modules\n");
    dom0_kernel_open(&b.kernel);
    b.d = create_domain(dom0_vcpu_count(MAX_VIRT_CPUS));
    b.nr_pages = dom0_memory_pages(0, &max_pages);
    b.d->max_pages = max_pages;
    plan_layout(&b);
    build_memory(&b);
    load_images(&b);
    build_page_tables(&b);
    fill_start_info(&b);
    dom0_kernel_close(&b.kernel);
    use_page_tables(&b, b.d->vcpu[0]);
    start_vcpu(&b, b.d->vcpu[0]);
    dom0_grant_hardware(b.d);
    time_update_wallclock(b.d);
    /* The ramdisk's memory is the domain's now. */
    if (initrd_pages(&b))
        boot_info.module[1].size = 0;
    /* It is paused: the caller lets it run. */
    printk("dom0: %lu pages, %u vCPUs, %lx-%lx, start info %lx, page tables %lx (%lu)\n",
           b.nr_pages, b.d->max_vcpus, b.at.start, b.at.end, b.at.start_info, b.at.page_tables,
           b.at.nr_tables);
}
