/* SPDX-License-Identifier: MIT */
/*
 * The fake hypervisor's guests: domains 0 and 3, where 3 is a PV guest of two vCPUs, or with
 * FAKE_HVM one with a record of its state.
 */
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

#define XC_WANT_COMPAT_MAP_FOREIGN_API
#include <xenctrl.h>
#include <xenguest.h>
#include <xen/hvm/save.h>

#include "fake.h"

int xc_domain_getinfo(xc_interface *xch, uint32_t first_domid, unsigned int max_doms,
                      xc_dominfo_t *info)
{
    (void)xch;
    if (fails())
        return -1;
    if (first_domid > 3 || !max_doms)
        return 0;
    memset(info, 0, sizeof(*info));
    info->domid = first_domid ? 3 : 0;
    info->hvm = info->domid && getenv("FAKE_HVM");
    info->paused = getenv("FAKE_PAUSED") != NULL;
    info->max_vcpu_id = info->domid ? 1 : 0;
    info->nr_online_vcpus = info->max_vcpu_id + 1;
    info->nr_pages = getenv("FAKE_PAGES") ? strtoul(getenv("FAKE_PAGES"), NULL, 0) : 100000;
    return 1;
}

int xc_domain_pause(xc_interface *xch, uint32_t domid)
{
    (void)xch;
    SAY("pause %u\n", domid);
}

int xc_domain_unpause(xc_interface *xch, uint32_t domid)
{
    (void)xch;
    SAY("unpause %u\n", domid);
}

/* vCPUs: 1 is not online. Registers are numbers that differ; the stack is where rsp says. */

int xc_domain_get_guest_width(xc_interface *xch, uint32_t domid, unsigned int *guest_width)
{
    (void)xch, (void)domid;
    *guest_width = getenv("FAKE_WIDTH") ? (unsigned int)atoi(getenv("FAKE_WIDTH")) : 8;
    return fails() ? -1 : 0;
}

int xc_vcpu_getinfo(xc_interface *xch, uint32_t domid, uint32_t vcpu, xc_vcpuinfo_t *info)
{
    (void)xch, (void)domid;
    memset(info, 0, sizeof(*info));
    info->vcpu = vcpu;
    info->online = vcpu == 0 || getenv("FAKE_ONLINE");
    return fails() ? -1 : 0;
}

#define RIP         0xffffffff81000123
#define RSP         0xffffffff82003e80
#define CODE_FRAME  0x81000
#define STACK_FRAME 0x82003

static void fill_registers(struct cpu_user_regs *r)
{
    memset(r, 0, sizeof(*r));
    for (unsigned int i = 0; i < sizeof(*r) / 8; i++)
        ((uint64_t *)r)[i] = 0x1111111100000000 + i;
    r->rip = RIP;
    r->rsp = RSP;
    r->rbp = RSP + 0x40;
    r->rflags = getenv("FAKE_FLAGS") ? strtoull(getenv("FAKE_FLAGS"), NULL, 0) : 0x246;
    r->cs = 0xe033;
    r->ss = 0xe02b;
    r->ds = 0x11;
    r->es = 0x22;
    r->fs = 0x33;
    r->gs = 0x44;
}

int xc_vcpu_getcontext(xc_interface *xch, uint32_t domid, uint32_t vcpu,
                       vcpu_guest_context_any_t *ctxt)
{
    (void)xch, (void)domid, (void)vcpu;
    memset(ctxt, 0, sizeof(*ctxt));
    fill_registers(&ctxt->c.user_regs);
    for (unsigned int i = 0; i < 8; i++) {
        ctxt->c.ctrlreg[i] = 0x2000 + i;
        ctxt->c.debugreg[i] = 0x3000 + i;
    }
    ctxt->c.fs_base = 0xf5;
    ctxt->c.gs_base_kernel = 0x95;
    ctxt->c.gs_base_user = 0x96;
    return fails() ? -1 : 0;
}

int xc_domain_hvm_getcontext_partial(xc_interface *xch, uint32_t domid, uint16_t typecode,
                                     uint16_t instance, void *ctxt_buf, uint32_t size)
{
    struct hvm_hw_cpu *c = ctxt_buf;

    (void)xch, (void)domid;
    if (fails())
        return -1;
    if (typecode != HVM_SAVE_CODE(CPU) || instance > 1 || size < sizeof(*c))
        abort();
    memset(c, 0, sizeof(*c));
    for (unsigned int i = 0; i < 16; i++)
        (&c->rax)[i] = 0x2222222200000000 + i;
    c->rip = RIP;
    c->rsp = RSP;
    c->rbp = RSP + 0x40;
    c->rflags = 0x10246;
    c->cr0 = 0x80050033;
    c->cr2 = 0x3002;
    c->cr3 = 0x3003;
    c->cr4 = 0x3004;
    c->dr0 = 0x4000;
    c->dr7 = 0x4007;
    c->cs_sel = 0x10;
    c->ss_sel = 0x18;
    c->ds_sel = 0x11;
    c->es_sel = 0x22;
    c->fs_sel = 0x33;
    c->gs_sel = 0x44;
    c->fs_base = 0xf5;
    c->gs_base = 0x95;
    c->shadow_gs = 0x96;
    c->msr_efer = 0xd01;
    c->cs_arbytes = getenv("FAKE_WIDTH") ? 0xc9b : 0xa9b;
    return 0;
}

/* Of virtual addresses the frame's number is in bits 12 to 31; those below 4 GiB are not mapped. */
unsigned long xc_translate_foreign_address(xc_interface *xch, uint32_t domid, int vcpu,
                                           unsigned long long virt)
{
    (void)xch, (void)domid, (void)vcpu;
    return virt >> 32 ? (virt & 0xffffffff) >> 12 : 0;
}

int xc_version(xc_interface *xch, int cmd, void *arg)
{
    (void)xch;
    if (cmd == XENVER_capabilities)
        strcpy(arg, "xen-3.0-x86_64 hvm-3.0-x86_64 ");
    return fails() ? -1 : 0;
}

/*
 * Frames: code of bytes 0, 1 ..., a stack with text, addresses of code and frame pointers, and in
 * others a few page table entries.
 */
static void fill_guest_frame(uint64_t *page, unsigned long mfn)
{
    for (unsigned int i = 0; i < 512; i++) {
        if (mfn == CODE_FRAME)
            page[i] = 0x0706050403020100 + i * 0x0808080808080808;
        else if (mfn == STACK_FRAME)
            page[i] = i % 8 == 1   ? RIP + 0x10 * i
                      : i % 8 == 0 ? 0xffffffff82003000 + 8 * (i + 8)
                      : i % 8 == 2 ? 0x6f20657265687320
                                   : i;
        else
            page[i] = i % 100 == 5 ? (mfn + i / 100) << 12 | 0x67 : 0;
    }
}

void *xc_map_foreign_range(xc_interface *xch, uint32_t dom, int size, int prot, unsigned long mfn)
{
    uint64_t *page;

    (void)xch, (void)prot;
    if (fails() || mfn == 0xbad)
        return NULL;
    page = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (dom == DOMID_XEN) {
        trace_fill(page, mfn);
        return page;
    }
    fill_guest_frame(page, mfn);
    return page;
}

void *xc_map_foreign_pages(xc_interface *xch, uint32_t dom, int prot, const xen_pfn_t *arr, int num)
{
    for (int i = 0; i < num; i++)
        fprintf(stderr, "map %x %lx %x\n", dom, (unsigned long)arr[i], (unsigned int)prot);
    return xc_map_foreign_range(xch, dom, num * XC_PAGE_SIZE, prot, arr[0]);
}

int xc_map_domain_meminfo(xc_interface *xch, uint32_t domid, struct xc_domain_meminfo *minfo)
{
    static const xen_pfn_t types[] = {
        XEN_DOMCTL_PFINFO_NOTAB,
        XEN_DOMCTL_PFINFO_L1TAB,
        XEN_DOMCTL_PFINFO_L2TAB,
        XEN_DOMCTL_PFINFO_L3TAB,
        XEN_DOMCTL_PFINFO_L4TAB | XEN_DOMCTL_PFINFO_LPINTAB,
        XEN_DOMCTL_PFINFO_L1TAB | XEN_DOMCTL_PFINFO_LPINTAB,
        XEN_DOMCTL_PFINFO_BROKEN,
        XEN_DOMCTL_PFINFO_XALLOC,
        XEN_DOMCTL_PFINFO_XTAB,
        5u << 28,
    };

    (void)xch, (void)domid;
    if (fails())
        return -1;
    minfo->pt_levels = 4;
    minfo->guest_width = 8;
    minfo->p2m_size = sizeof(types) / sizeof(types[0]);
    minfo->pfn_type = calloc(minfo->p2m_size, sizeof(xen_pfn_t));
    minfo->p2m_table = calloc(minfo->p2m_size, sizeof(xen_pfn_t));
    for (unsigned int i = 0; i < minfo->p2m_size; i++) {
        minfo->pfn_type[i] = types[i];
        minfo->p2m_table[i] = types[i] == XEN_DOMCTL_PFINFO_XTAB ? ~0ul : 0x1000 + 2 * i;
    }
    return 0;
}

int xc_unmap_domain_meminfo(xc_interface *xch, struct xc_domain_meminfo *minfo)
{
    (void)xch;
    free(minfo->pfn_type);
    free(minfo->p2m_table);
    return 0;
}

int xc_maximum_ram_page(xc_interface *xch, unsigned long *max_mfn)
{
    (void)xch;
    *max_mfn = 6;
    return fails() ? -1 : 0;
}

xen_pfn_t *xc_map_m2p(xc_interface *xch, unsigned long max_mfn, int prot, unsigned long *mfn0)
{
    /* Programs unmap whole chunks of 2 MiB of it. */
    xen_pfn_t *table =
        mmap(NULL, 4u << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)xch, (void)prot, (void)mfn0;
    for (unsigned int i = 0; i <= max_mfn + 1; i++)
        table[i] = i == 2 ? ~0ul : i == 4 ? 0x5555555555555555 : i == 6 ? 0x70 : i;
    return fails() ? NULL : table;
}

/* The record of an HVM guest: one of each kind, of bytes that differ; of PIC and CPU two. */

static const struct record {
    uint16_t type, instance;
    uint32_t len;
} records[] = {
    {HVM_SAVE_CODE(HEADER), 0, HVM_SAVE_LENGTH(HEADER)},
    {HVM_SAVE_CODE(CPU), 0, HVM_SAVE_LENGTH(CPU)},
    {HVM_SAVE_CODE(CPU), 1, HVM_SAVE_LENGTH(CPU)},
    {HVM_SAVE_CODE(PIC), 0, HVM_SAVE_LENGTH(PIC)},
    {HVM_SAVE_CODE(PIC), 1, HVM_SAVE_LENGTH(PIC)},
    {HVM_SAVE_CODE(IOAPIC), 0, HVM_SAVE_LENGTH(IOAPIC)},
    {HVM_SAVE_CODE(LAPIC), 0, HVM_SAVE_LENGTH(LAPIC)},
    {HVM_SAVE_CODE(LAPIC_REGS), 0, HVM_SAVE_LENGTH(LAPIC_REGS)},
    {HVM_SAVE_CODE(PCI_IRQ), 0, HVM_SAVE_LENGTH(PCI_IRQ)},
    {HVM_SAVE_CODE(ISA_IRQ), 0, HVM_SAVE_LENGTH(ISA_IRQ)},
    {HVM_SAVE_CODE(PCI_LINK), 0, HVM_SAVE_LENGTH(PCI_LINK)},
    {HVM_SAVE_CODE(PIT), 0, HVM_SAVE_LENGTH(PIT)},
    {HVM_SAVE_CODE(RTC), 0, HVM_SAVE_LENGTH(RTC)},
    {HVM_SAVE_CODE(HPET), 0, HVM_SAVE_LENGTH(HPET)},
    {HVM_SAVE_CODE(PMTIMER), 0, HVM_SAVE_LENGTH(PMTIMER)},
    {HVM_SAVE_CODE(MTRR), 0, HVM_SAVE_LENGTH(MTRR)},
    {HVM_SAVE_CODE(VIRIDIAN_DOMAIN), 0, HVM_SAVE_LENGTH(VIRIDIAN_DOMAIN)},
    {16, 0, 100}, /* the extended state of a vCPU */
    {HVM_SAVE_CODE(VIRIDIAN_VCPU), 0, HVM_SAVE_LENGTH(VIRIDIAN_VCPU)},
    {HVM_SAVE_CODE(VMCE_VCPU), 0, HVM_SAVE_LENGTH(VMCE_VCPU)},
    {HVM_SAVE_CODE(TSC_ADJUST), 0, HVM_SAVE_LENGTH(TSC_ADJUST)},
    {77, 5, 3},
    {HVM_SAVE_CODE(END), 0, 0},
};
#define NR_RECORDS (sizeof(records) / sizeof(records[0]))

static uint32_t write_record(uint8_t *to, const struct record *r)
{
    struct hvm_save_descriptor desc = {r->type, r->instance, r->len};

    memcpy(to, &desc, sizeof(desc));
    for (uint32_t i = 0; i < r->len; i++)
        to[sizeof(desc) + i] = (uint8_t)(i * 7 + r->type * 3 + r->instance + (i >> 8));
    return (uint32_t)sizeof(desc) + r->len;
}

int xc_domain_hvm_getcontext(xc_interface *xch, uint32_t domid, uint8_t *ctxt_buf, uint32_t size)
{
    static uint8_t all[8192];
    uint32_t used = 0;

    (void)xch, (void)domid;
    if (fails())
        return -1;
    for (unsigned int i = 0; i < NR_RECORDS; i++)
        used += write_record(all + used, &records[i]);
    if (getenv("FAKE_CUT"))
        used -= (uint32_t)atoi(getenv("FAKE_CUT"));
    if (!ctxt_buf)
        return (int)used;
    if (size < used) {
        errno = ENOSPC;
        return -1;
    }
    memcpy(ctxt_buf, all, used);
    return (int)used;
}

/* Prints which bytes are new, by the record they are in. */
int xc_domain_hvm_setcontext(xc_interface *xch, uint32_t domid, uint8_t *hvm_ctxt, uint32_t size)
{
    uint8_t old[8192];
    uint32_t at = 0;

    (void)xch, (void)size;
    for (unsigned int i = 0; i < NR_RECORDS; i++) {
        uint32_t len = write_record(old, &records[i]);

        for (uint32_t k = 0; k < len; k++)
            if (old[k] != hvm_ctxt[at + k])
                printf("%u/%u byte %zu: %02x\n", records[i].type, records[i].instance,
                       k - sizeof(struct hvm_save_descriptor), hvm_ctxt[at + k]);
        at += len;
    }
    SAY("hvm_setcontext %u\n", domid);
}

/* Pages taken out of use: FAKE_PAGE is the status of all of them. */

static int page_status(uint32_t *status)
{
    *status = getenv("FAKE_PAGE") ? (uint32_t)strtoul(getenv("FAKE_PAGE"), NULL, 0) : 0;
    return fails() ? -1 : 0;
}

int xc_mark_page_online(xc_interface *xch, unsigned long start, unsigned long end, uint32_t *status)
{
    (void)xch;
    printf("call mark_page_online %lx %lx\n", start, end);
    return page_status(status);
}

int xc_mark_page_offline(xc_interface *xch, unsigned long start, unsigned long end,
                         uint32_t *status)
{
    (void)xch;
    printf("call mark_page_offline %lx %lx\n", start, end);
    return page_status(status);
}

int xc_query_page_offline_status(xc_interface *xch, unsigned long start, unsigned long end,
                                 uint32_t *status)
{
    (void)xch;
    printf("call query_page %lx %lx\n", start, end);
    return page_status(status);
}
