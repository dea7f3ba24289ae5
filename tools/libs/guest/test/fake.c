/* SPDX-License-Identifier: MIT */
#include "test/fake.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define M2P_FIRST  1024u /* frames of the file from here on: one chunk of the table */
#define M2P_FRAMES 512u
#define NO_ENTRY   (~0ull)

struct fake fake = {.fd = -1};

void fake_open(void)
{
    size_t len = (size_t)(M2P_FIRST + M2P_FRAMES) << XC_PAGE_SHIFT;

    fake.fd = memfd_create("machine", MFD_CLOEXEC);
    if (fake.fd < 0 || ftruncate(fake.fd, (off_t)len))
        abort();
    fake.base = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fake.fd, 0);
    if (fake.base == MAP_FAILED)
        abort();
    fake_reset();
}

void fake_close(void)
{
    fake_reset();
    munmap(fake.base, (size_t)(M2P_FIRST + M2P_FRAMES) << XC_PAGE_SHIFT);
    close(fake.fd);
}

void fake_reset(void)
{
    for (unsigned int i = 0; i < 2; i++) {
        free(fake.dom[i]);
        fake.dom[i] = NULL;
    }
    memset(fake.used, 0, sizeof(fake.used));
    memset(fake_m2p(), 0xff, MACHINE_FRAMES * sizeof(uint64_t));
    fake.no_log = false;
}

void *fake_frame(uint64_t mfn)
{
    return fake.base + (mfn << XC_PAGE_SHIFT);
}

uint64_t *fake_m2p(void)
{
    return fake_frame(M2P_FIRST);
}

static bool owns(const struct fake_domain *d, uint64_t mfn)
{
    return mfn < MACHINE_FRAMES && (d->owned[mfn / 64] >> (mfn % 64) & 1);
}

uint64_t fake_alloc(struct fake_domain *d)
{
    /* From both ends, so that the two guests' frames differ. */
    for (uint64_t i = 0; i < MACHINE_FRAMES; i++) {
        uint64_t mfn = d == fake.dom[0] ? i : MACHINE_FRAMES - 1 - i;

        if (fake.used[mfn / 64] >> (mfn % 64) & 1)
            continue;
        fake.used[mfn / 64] |= 1ull << (mfn % 64);
        d->owned[mfn / 64] |= 1ull << (mfn % 64);
        d->type[mfn] = FRAME_PLAIN;
        memset(fake_frame(mfn), 0, XC_PAGE_SIZE);
        return mfn;
    }
    return NO_ENTRY;
}

struct fake_domain *fake_domain_new(unsigned int slot, uint32_t id)
{
    struct fake_domain *d = calloc(1, sizeof(*d));

    if (!d)
        abort();
    free(fake.dom[slot]);
    fake.dom[slot] = d;
    d->id = id;
    d->shared_mfn = fake_alloc(d);
    return d;
}

static struct fake_domain *by_id(uint32_t id)
{
    for (unsigned int i = 0; i < 2; i++)
        if (fake.dom[i] && fake.dom[i]->id == id)
            return fake.dom[i];
    errno = ESRCH;
    return NULL;
}

/* The guest. */

uint64_t fake_mfn_of(const struct fake_domain *d, uint64_t pfn)
{
    for (uint64_t mfn = 0; mfn < MACHINE_FRAMES; mfn++)
        if (owns(d, mfn) && mfn != d->shared_mfn && fake_m2p()[mfn] == pfn)
            return mfn;
    return NO_ENTRY;
}

void *fake_guest_frame(const struct fake_domain *d, uint64_t pfn)
{
    return fake_frame(fake_mfn_of(d, pfn));
}

static uint64_t pte(const struct fake_domain *d, uint64_t pfn)
{
    return fake_mfn_of(d, pfn) << XC_PAGE_SHIFT | 0x67;
}

static void guest_tables(struct fake_domain *d)
{
    static const uint8_t level[] = {[PFN_L1] = 1, [PFN_L2] = 2, [PFN_L3] = 3, [PFN_L4] = 4};
    uint64_t *l4 = fake_guest_frame(d, PFN_L4), *l3 = fake_guest_frame(d, PFN_L3);
    uint64_t *l2 = fake_guest_frame(d, PFN_L2), *l1 = fake_guest_frame(d, PFN_L1);

    l4[LIST_VADDR >> 39 & 511] = pte(d, PFN_L3);
    l4[XEN_SLOT_FIRST] = 0xdead063; /* the hypervisor's, of no meaning elsewhere */
    l3[LIST_VADDR >> 30 & 511] = pte(d, PFN_L2);
    l2[LIST_VADDR >> 21 & 511] = pte(d, PFN_L1);
    l1[LIST_VADDR >> 12 & 511] = pte(d, PFN_LIST);
    l1[1] = pte(d, PFN_DATA);
    l1[2] = 0x1234500; /* not present: of no meaning */
    for (unsigned int i = PFN_L4; i <= PFN_L1; i++)
        d->type[fake_mfn_of(d, i)] = level[i] | (i == PFN_L4 ? FRAME_PINNED : 0);
}

static void guest_list(struct fake_domain *d, bool linear)
{
    uint64_t *list = fake_guest_frame(d, PFN_LIST);
    shared_info_x86_64_t *si = fake_frame(d->shared_mfn);

    for (unsigned int i = 0; i < 512; i++)
        list[i] = i < NR_PFNS ? fake_mfn_of(d, i) : NO_ENTRY;
    *(uint64_t *)fake_guest_frame(d, PFN_LISTS) = fake_mfn_of(d, PFN_LIST_LIST);
    *(uint64_t *)fake_guest_frame(d, PFN_LIST_LIST) = fake_mfn_of(d, PFN_LIST);
    si->arch.max_pfn = NR_PFNS;
    si->arch.pfn_to_mfn_frame_list_list = linear ? NO_ENTRY : fake_mfn_of(d, PFN_LISTS);
    si->arch.p2m_cr3 = linear ? fake_mfn_of(d, PFN_L4) << XC_PAGE_SHIFT : 0;
    si->arch.p2m_vaddr = LIST_VADDR;
    si->evtchn_pending[0] = 6;
    si->vcpu_info[0].evtchn_pending_sel = 1;
}

static void guest_vcpu(struct fake_domain *d)
{
    start_info_x86_64_t *si = fake_guest_frame(d, PFN_START_INFO);

    si->store_mfn = PFN_STORE;
    si->console.domU.mfn = PFN_CONSOLE;
    d->vcpu.user_regs.rdx = fake_mfn_of(d, PFN_START_INFO);
    d->vcpu.user_regs.rip = 0xffffffff81001234;
    d->vcpu.gdt_ents = 512;
    d->vcpu.gdt_frames[0] = fake_mfn_of(d, PFN_GDT);
    d->vcpu.ctrlreg[3] = fake_mfn_of(d, PFN_L4) << XC_PAGE_SHIFT;
    d->vcpu.ctrlreg[1] = d->vcpu.ctrlreg[3];
    d->vcpu_set = true;
}

/* The data, the start page and the rings among them. */
static void guest_memory(struct fake_domain *d)
{
    for (unsigned int i = 0; i < PFN_DATA + NR_DATA; i++)
        fake_m2p()[fake_alloc(d)] = i;
    for (unsigned int i = 0; i < NR_DATA; i++)
        memset(fake_guest_frame(d, PFN_DATA + i), 'a' + (int)i, XC_PAGE_SIZE);
    d->tsc_ns = 1234567;
    d->cpuid_leaves = 2;
}

struct fake_domain *fake_hvm_new(unsigned int slot, uint32_t id)
{
    struct fake_domain *d = fake_domain_new(slot, id);

    d->hvm = true;
    guest_memory(d);
    d->param[HVM_PARAM_STORE_PFN] = PFN_STORE;
    d->param[HVM_PARAM_CONSOLE_PFN] = PFN_CONSOLE;
    d->param[HVM_PARAM_IOREQ_PFN] = PFN_LIST;
    d->param[HVM_PARAM_CALLBACK_IRQ] = 0x1234;
    memset(d->context, 'x', sizeof(d->context));
    return d;
}

struct fake_domain *fake_guest_new(unsigned int slot, uint32_t id, bool linear_list)
{
    struct fake_domain *d = fake_domain_new(slot, id);

    guest_memory(d);
    guest_tables(d);
    guest_list(d, linear_list);
    guest_vcpu(d);
    return d;
}

/* libxenctrl. Messages go nowhere but are counted. */

static int dummy;
#define XCH ((xc_interface *)(void *)&dummy)

int xc_report_error(xc_interface *xch, xc_error_code code, const char *fmt, ...)
{
    char text[512];
    va_list al;

    (void)xch, (void)code;
    va_start(al, fmt);
    vsnprintf(text, sizeof(text), fmt, al); /* under the sanitizers, the arguments too */
    va_end(al);
    fake.messages++;
    if (getenv("VERBOSE"))
        fprintf(stderr, "%s: %s\n", text, strerror(errno));
    return -1;
}

void xc_report(xc_interface *xch, enum xc_log_channel channel, xentoollog_level level, int errnoval,
               const char *fmt, ...)
{
    (void)xch, (void)channel, (void)level, (void)errnoval, (void)fmt;
}

const char *xc_set_progress_prefix(xc_interface *xch, const char *doing)
{
    (void)xch, (void)doing;
    return NULL;
}

void xc_report_progress_step(xc_interface *xch, unsigned long done, unsigned long total)
{
    (void)xch, (void)done, (void)total;
}

void xc_report_progress_single(xc_interface *xch, const char *doing)
{
    (void)xch, (void)doing;
}

int xc_version(xc_interface *xch, int cmd, void *arg)
{
    (void)xch, (void)cmd, (void)arg;
    return 4 << 16 | 17;
}

int xc_domain_getinfo(xc_interface *xch, uint32_t first_domid, unsigned int max_doms,
                      xc_dominfo_t *info)
{
    struct fake_domain *d = by_id(first_domid);

    (void)xch, (void)max_doms;
    if (!d)
        return -1;
    *info = (xc_dominfo_t){.domid = d->id,
                           .hvm = d->hvm,
                           .shutdown = d->suspended,
                           .shutdown_reason = SHUTDOWN_suspend,
                           .shared_info_frame = d->shared_mfn};
    return 1;
}

int xc_domain_get_guest_width(xc_interface *xch, uint32_t domid, unsigned int *guest_width)
{
    (void)xch, (void)domid;
    *guest_width = 8;
    return 0;
}

int xc_maximum_ram_page(xc_interface *xch, unsigned long *max_mfn)
{
    (void)xch;
    *max_mfn = MACHINE_FRAMES - 1;
    return 0;
}

int xc_machphys_mfn_list(xc_interface *xch, unsigned long max_extents, xen_pfn_t *extent_start)
{
    (void)xch;
    if (max_extents != 1)
        abort();
    extent_start[0] = M2P_FIRST;
    return 0;
}

/* The machine's frame that @frame of the domain's is. */
static uint64_t machine_frame(const struct fake_domain *d, uint64_t frame)
{
    return d->hvm ? fake_mfn_of(d, frame) : frame;
}

/* The frame to be mapped; NO_ENTRY: it may not be. */
static uint64_t mappable(uint32_t dom, xen_pfn_t frame)
{
    struct fake_domain *d;

    if (dom == DOMID_XEN)
        return frame >= M2P_FIRST && frame < M2P_FIRST + M2P_FRAMES ? frame : NO_ENTRY;
    d = by_id(dom);
    frame = d ? machine_frame(d, frame) : NO_ENTRY;
    return frame != NO_ENTRY && owns(d, frame) ? frame : NO_ENTRY;
}

void *xc_map_foreign_bulk(xc_interface *xch, uint32_t dom, int prot, const xen_pfn_t *arr, int *err,
                          unsigned int num)
{
    char *p =
        mmap(NULL, (size_t)num << XC_PAGE_SHIFT, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)xch;
    if (p == MAP_FAILED)
        abort();
    for (unsigned int i = 0; i < num; i++) {
        uint64_t frame = mappable(dom, arr[i]);
        bool ok = frame != NO_ENTRY;

        if (err)
            err[i] = ok ? 0 : -EINVAL;
        if (!ok && !err) {
            munmap(p, (size_t)num << XC_PAGE_SHIFT);
            errno = EINVAL;
            return NULL;
        }
        if (ok && mmap(p + ((size_t)i << XC_PAGE_SHIFT), XC_PAGE_SIZE, prot, MAP_SHARED | MAP_FIXED,
                       fake.fd, (off_t)(frame << XC_PAGE_SHIFT)) == MAP_FAILED)
            abort();
    }
    return p;
}

void *xc_map_foreign_pages(xc_interface *xch, uint32_t dom, int prot, const xen_pfn_t *arr, int num)
{
    return xc_map_foreign_bulk(xch, dom, prot, arr, NULL, (unsigned int)num);
}

void *xc_map_foreign_range(xc_interface *xch, uint32_t dom, int size, int prot, unsigned long mfn)
{
    xen_pfn_t frame = mfn;

    (void)size;
    return xc_map_foreign_bulk(xch, dom, prot, &frame, NULL, 1);
}

void *xc__hypercall_buffer_alloc(xc_interface *xch, xc_hypercall_buffer_t *b, size_t size)
{
    (void)xch;
    if (b->param_shadow)
        abort();
    b->hbuf = malloc(size);
    return b->hbuf;
}

void xc__hypercall_buffer_free(xc_interface *xch, xc_hypercall_buffer_t *b)
{
    (void)xch;
    free(b->hbuf);
    b->hbuf = NULL;
}

static int page_types(struct fake_domain *d, const struct xen_domctl_getpageframeinfo3 *op)
{
    for (uint64_t i = 0; i < op->num; i++) {
        uint64_t mfn = machine_frame(d, op->array.p[i]);

        op->array.p[i] = (mfn != NO_ENTRY && owns(d, mfn) ? d->type[mfn] : (uint64_t)FRAME_NONE)
                         << XEN_DOMCTL_PFINFO_LTAB_SHIFT;
    }
    return 0;
}

int xc_domctl(xc_interface *xch, struct xen_domctl *domctl)
{
    struct fake_domain *d = by_id(domctl->domain);

    (void)xch;
    if (!d)
        return -1;
    switch (domctl->cmd) {
    case XEN_DOMCTL_getpageframeinfo3:
        return page_types(d, &domctl->u.getpageframeinfo3);
    case XEN_DOMCTL_get_ext_vcpucontext:
        d->ext.size = sizeof(d->ext);
        domctl->u.ext_vcpucontext = d->ext;
        return 0;
    case XEN_DOMCTL_set_ext_vcpucontext:
        d->ext = domctl->u.ext_vcpucontext;
        return 0;
    case XEN_DOMCTL_getvcpuextstate:
    case XEN_DOMCTL_get_vcpu_msrs:
    case XEN_DOMCTL_setvcpuextstate:
    case XEN_DOMCTL_set_vcpu_msrs:
        return 0;
    default:
        errno = ENOSYS;
        return -1;
    }
}

int xc_shadow_control(xc_interface *xch, uint32_t domid, unsigned int sop, unsigned int *mb,
                      unsigned int mode)
{
    struct fake_domain *d = by_id(domid);

    (void)xch, (void)mb, (void)mode;
    if (fake.no_log && sop == XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY) {
        errno = EOPNOTSUPP;
        return -1;
    }
    d->logging = sop == XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY;
    return 0;
}

long long xc_logdirty_control(xc_interface *xch, uint32_t domid, unsigned int sop,
                              xc_hypercall_buffer_t *dirty_bitmap, unsigned long pages,
                              unsigned int mode, xc_shadow_op_stats_t *stats)
{
    struct fake_domain *d = by_id(domid);

    (void)xch, (void)sop, (void)mode;
    if (!d->logging) {
        errno = EINVAL;
        return -1;
    }
    *(uint64_t *)dirty_bitmap->hbuf = d->dirty;
    stats->dirty_count = (uint32_t)__builtin_popcountll(d->dirty);
    d->dirty = 0;
    return (long long)pages;
}

int xc_vcpu_getinfo(xc_interface *xch, uint32_t domid, uint32_t vcpu, xc_vcpuinfo_t *info)
{
    (void)xch, (void)domid, (void)vcpu;
    *info = (xc_vcpuinfo_t){.online = 1};
    return 0;
}

int xc_vcpu_getcontext(xc_interface *xch, uint32_t domid, uint32_t vcpu,
                       vcpu_guest_context_any_t *ctxt)
{
    (void)xch, (void)vcpu;
    ctxt->x64 = by_id(domid)->vcpu;
    return 0;
}

int xc_vcpu_setcontext(xc_interface *xch, uint32_t domid, uint32_t vcpu,
                       vcpu_guest_context_any_t *ctxt)
{
    struct fake_domain *d = by_id(domid);

    (void)xch, (void)vcpu;
    d->vcpu = ctxt->x64;
    d->vcpu_set = true;
    return 0;
}

int xc_mmuext_op(xc_interface *xch, struct mmuext_op *op, unsigned int nr_ops, uint32_t domid)
{
    struct fake_domain *d = by_id(domid);

    (void)xch;
    for (unsigned int i = 0; i < nr_ops; i++) {
        if (!owns(d, op[i].arg1.mfn) || d->nr_pins == MAX_PINS) {
            errno = EINVAL;
            return -1;
        }
        d->pin[d->nr_pins++] = op[i].arg1.mfn;
    }
    return 0;
}

int xc_domain_populate_physmap_exact(xc_interface *xch, uint32_t domid, unsigned long nr_extents,
                                     unsigned int extent_order, unsigned int mem_flags,
                                     xen_pfn_t *extent_start)
{
    struct fake_domain *d = by_id(domid);

    (void)xch, (void)extent_order, (void)mem_flags;
    for (unsigned long i = 0; i < nr_extents; i++) {
        uint64_t mfn = fake_alloc(d);

        if (mfn == NO_ENTRY) {
            errno = ENOMEM;
            return -1;
        }
        fake_m2p()[mfn] = extent_start[i];
        if (!d->hvm)
            extent_start[i] = mfn;
    }
    return 0;
}

int xc_domain_decrease_reservation_exact(xc_interface *xch, uint32_t domid,
                                         unsigned long nr_extents, unsigned int extent_order,
                                         xen_pfn_t *extent_start)
{
    struct fake_domain *d = by_id(domid);

    (void)xch, (void)extent_order;
    for (unsigned long i = 0; i < nr_extents; i++) {
        uint64_t mfn = machine_frame(d, extent_start[i]);

        if (mfn == NO_ENTRY || !owns(d, mfn))
            abort();
        d->owned[mfn / 64] &= ~(1ull << (mfn % 64));
        fake.used[mfn / 64] &= ~(1ull << (mfn % 64));
        fake_m2p()[mfn] = NO_ENTRY;
    }
    return 0;
}

int xc_domain_get_tsc_info(xc_interface *xch, uint32_t domid, uint32_t *tsc_mode,
                           uint64_t *elapsed_nsec, uint32_t *gtsc_khz, uint32_t *incarnation)
{
    (void)xch;
    *tsc_mode = 0;
    *elapsed_nsec = by_id(domid)->tsc_ns;
    *gtsc_khz = 1000000;
    *incarnation = 1;
    return 0;
}

int xc_domain_set_tsc_info(xc_interface *xch, uint32_t domid, uint32_t tsc_mode,
                           uint64_t elapsed_nsec, uint32_t gtsc_khz, uint32_t incarnation)
{
    (void)xch, (void)tsc_mode, (void)gtsc_khz, (void)incarnation;
    by_id(domid)->tsc_ns = elapsed_nsec;
    return 0;
}

struct xc_cpu_policy {
    uint32_t leaves;
};

xc_cpu_policy_t *xc_cpu_policy_init(void)
{
    return calloc(1, sizeof(xc_cpu_policy_t));
}

void xc_cpu_policy_destroy(xc_cpu_policy_t *policy)
{
    free(policy);
}

int xc_cpu_policy_get_size(xc_interface *xch, uint32_t *nr_leaves, uint32_t *nr_msrs)
{
    (void)xch;
    *nr_leaves = 4;
    *nr_msrs = 1;
    return 0;
}

int xc_cpu_policy_get_domain(xc_interface *xch, uint32_t domid, xc_cpu_policy_t *policy)
{
    (void)xch;
    policy->leaves = by_id(domid)->cpuid_leaves;
    return 0;
}

int xc_cpu_policy_serialise(xc_interface *xch, const xc_cpu_policy_t *policy,
                            xen_cpuid_leaf_t *leaves, uint32_t *nr_leaves, xen_msr_entry_t *msrs,
                            uint32_t *nr_msrs)
{
    (void)xch;
    *nr_leaves = policy->leaves;
    for (uint32_t i = 0; i < policy->leaves; i++)
        leaves[i] = (xen_cpuid_leaf_t){.leaf = i, .subleaf = XEN_CPUID_NO_SUBLEAF};
    *nr_msrs = 1;
    msrs[0] = (xen_msr_entry_t){.idx = 0xce};
    return 0;
}

int xc_set_domain_cpu_policy(xc_interface *xch, uint32_t domid, uint32_t nr_leaves,
                             xen_cpuid_leaf_t *leaves, uint32_t nr_msrs, xen_msr_entry_t *msrs,
                             uint32_t *err_leaf_p, uint32_t *err_subleaf_p, uint32_t *err_msr_p)
{
    uint64_t sum = 0;

    (void)xch;
    *err_leaf_p = *err_subleaf_p = *err_msr_p = ~0u;
    for (uint32_t i = 0; i < nr_leaves; i++)
        sum += leaves[i].a; /* reads it all, for the sanitizers */
    for (uint32_t i = 0; i < nr_msrs; i++)
        sum += msrs[i].val;
    by_id(domid)->cpuid_leaves = nr_leaves + (sum == 1);
    return 0;
}

int xc_dom_gnttab_seed(xc_interface *xch, uint32_t guest_domid, bool is_hvm, xen_pfn_t console_gfn,
                       xen_pfn_t xenstore_gfn, uint32_t console_domid, uint32_t xenstore_domid)
{
    struct fake_domain *d = by_id(guest_domid);

    (void)xch, (void)is_hvm, (void)console_domid, (void)xenstore_domid;
    d->seeded_console = console_gfn;
    d->seeded_store = xenstore_gfn;
    return 0;
}

int xc_domain_nr_gpfns(xc_interface *xch, uint32_t domid, xen_pfn_t *gpfns)
{
    (void)xch, (void)domid;
    *gpfns = NR_PFNS;
    return 0;
}

int xc_domain_hvm_getcontext(xc_interface *xch, uint32_t domid, uint8_t *ctxt_buf, uint32_t size)
{
    struct fake_domain *d = by_id(domid);

    (void)xch;
    if (ctxt_buf)
        memcpy(ctxt_buf, d->context, size < CONTEXT_BYTES ? size : CONTEXT_BYTES);
    return CONTEXT_BYTES;
}

int xc_domain_hvm_setcontext(xc_interface *xch, uint32_t domid, uint8_t *hvm_ctxt, uint32_t size)
{
    struct fake_domain *d = by_id(domid);

    (void)xch;
    if (size != CONTEXT_BYTES) {
        errno = EINVAL;
        return -1;
    }
    memcpy(d->context, hvm_ctxt, size);
    d->context_set = true;
    return 0;
}

int xc_hvm_param_get(xc_interface *xch, uint32_t domid, uint32_t param, uint64_t *value)
{
    (void)xch;
    *value = by_id(domid)->param[param];
    return 0;
}

int xc_hvm_param_set(xc_interface *xch, uint32_t domid, uint32_t param, uint64_t value)
{
    (void)xch;
    by_id(domid)->param[param] = value;
    return 0;
}

int xc_clear_domain_pages(xc_interface *xch, uint32_t domid, unsigned long dst_pfn, int num)
{
    (void)xch;
    for (int i = 0; i < num; i++) {
        uint64_t frame = mappable(domid, dst_pfn + (unsigned long)i);

        if (frame == NO_ENTRY) {
            errno = EINVAL;
            return -1;
        }
        memset(fake_frame(frame), 0, XC_PAGE_SIZE);
    }
    return 0;
}

/* A restore from memory. */

static int on_checkpoint(void *data)
{
    (void)data;
    return XGR_CHECKPOINT_SUCCESS;
}

int fake_restore(uint32_t id, const void *data, size_t len, xc_stream_type_t type,
                 unsigned long *store, unsigned long *console)
{
    struct restore_callbacks cb = {.checkpoint = on_checkpoint};
    int fd = memfd_create("stream", MFD_CLOEXEC), rc;

    if (fd < 0 || write(fd, data, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET))
        abort();
    rc = xc_domain_restore(XCH, fd, id, 11, store, 0, 12, console, 0, type, &cb, -1);
    close(fd);
    return rc;
}
