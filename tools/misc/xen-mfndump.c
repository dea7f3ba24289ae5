/* SPDX-License-Identifier: MIT */
/* xen-mfndump: frames of the host and of PV guests, and the tables that name them. */
#include <inttypes.h>
#include <sys/mman.h>

#define XC_WANT_COMPAT_MAP_FOREIGN_API
#include <xenctrl.h>
#include <xenguest.h>

#include "misc.h"

#define M2P_CHUNK     (2ul << 20) /* the table is mapped in pieces of this size */
#define NR_PTES       (XC_PAGE_SIZE / sizeof(uint64_t))
#define PTE_PRESENT   1u
#define PTE_FRAME(e)  (((e)&0x000ffffffffff000) >> XC_PAGE_SHIFT) /* AMD APM vol 2, 5.3.3 */
#define TYPE_PINNED   (XEN_DOMCTL_PFINFO_LPINTAB)
#define TYPE_LEVEL(t) (((t)&XEN_DOMCTL_PFINFO_LTABTYPE_MASK) >> XEN_DOMCTL_PFINFO_LTAB_SHIFT)

static int usage(int status)
{
    fputs("usage: xen-mfndump COMMAND [ARGUMENT...]\n"
          "  help                    this help\n"
          "  dump-m2p                for each frame of the host, the number its guest gives it\n"
          "  dump-p2m DOMID          for each number of a PV guest, the frame of the host\n"
          "  dump-ptes DOMID MFN     the entries of a page table\n"
          "  lookup-pte DOMID MFN    where a guest's page tables name a frame\n"
          "  memcmp-mfns DOMID MFN DOMID MFN\n"
          "                          whether two frames hold the same\n"
          "Frames are given in hexadecimal.\n",
          status ? stderr : stdout);
    return status;
}

static bool parse_frame(const char *text, unsigned long *mfn)
{
    char *end;

    errno = 0;
    *mfn = strtoul(text, &end, 16);
    return end != text && !*end && !errno;
}

static bool is_domain(xc_interface *xch, uint32_t domid)
{
    xc_dominfo_t info;

    if (xc_domain_getinfo(xch, domid, 1, &info) == 1 && info.domid == domid)
        return true;
    fprintf(stderr, "Failed to obtain info for domain %u\n", domid);
    return false;
}

/* 0, or 1 after a message. */
static int get_tables(xc_interface *xch, uint32_t domid, struct xc_domain_meminfo *minfo)
{
    memset(minfo, 0, sizeof(*minfo));
    if (!is_domain(xch, domid))
        return 1;
    if (!xc_map_domain_meminfo(xch, domid, minfo))
        return 0;
    fprintf(stderr, "Could not map domain %u memory information\n", domid);
    return 1;
}

static void print_size(const struct xc_domain_meminfo *minfo)
{
    printf(" Guest Width: %u, PT Levels: %u P2M size: = %lu\n", minfo->guest_width,
           minfo->pt_levels, minfo->p2m_size);
}

/* NULL after a message. */
static xen_pfn_t *get_m2p(xc_interface *xch, unsigned long *max_mfn)
{
    xen_pfn_t *m2p;

    if (xc_maximum_ram_page(xch, max_mfn)) {
        failed("xen-mfndump", "Failed to get the maximum mfn");
        return NULL;
    }
    m2p = xc_map_m2p(xch, *max_mfn, PROT_READ, NULL);
    if (!m2p)
        failed("xen-mfndump", "Failed to map live M2P table");
    return m2p;
}

static void put_m2p(xen_pfn_t *m2p, unsigned long max_mfn)
{
    munmap(m2p, (max_mfn * sizeof(*m2p) + M2P_CHUNK - 1) & ~(M2P_CHUNK - 1));
}

static int dump_m2p(xc_interface *xch, char **args)
{
    unsigned long max_mfn;
    xen_pfn_t *m2p = get_m2p(xch, &max_mfn);

    (void)args;
    if (!m2p)
        return 1;
    printf(" --- Dumping M2P ---\n Max MFN: %lu\n", max_mfn);
    for (unsigned long mfn = 0; mfn < max_mfn; mfn++)
        printf("  mfn=0x%lx ==> pfn=0x%lx\n", mfn, m2p[mfn]);
    printf(" --- End of M2P ---\n");
    put_m2p(m2p, max_mfn);
    return 0;
}

static void print_type(xen_pfn_t type)
{
    switch (type) {
    case XEN_DOMCTL_PFINFO_BROKEN:
        printf(" broken");
        return;
    case XEN_DOMCTL_PFINFO_XALLOC:
        printf(" xalloc");
        return;
    case XEN_DOMCTL_PFINFO_XTAB:
        printf(" invalid");
        return;
    case XEN_DOMCTL_PFINFO_NOTAB:
        return;
    }
    if (TYPE_LEVEL(type) >= 1 && TYPE_LEVEL(type) <= 4)
        printf("%s L%lu", type & TYPE_PINNED ? " pinned" : "", (unsigned long)TYPE_LEVEL(type));
    else
        printf(" <invalid type>");
}

static bool parse_domid(const char *text, unsigned long *domid)
{
    return parse_number(text, DOMID_FIRST_RESERVED - 1, domid);
}

static int dump_p2m(xc_interface *xch, char **args)
{
    struct xc_domain_meminfo minfo;
    unsigned long domid;

    if (!parse_domid(args[0], &domid))
        return usage(1);
    if (get_tables(xch, (uint32_t)domid, &minfo))
        return 1;
    printf(" --- Dumping P2M for domain %lu ---\n", domid);
    print_size(&minfo);
    for (unsigned long pfn = 0; pfn < minfo.p2m_size; pfn++) {
        xen_pfn_t type = minfo.pfn_type[pfn] & XEN_DOMCTL_PFINFO_LTAB_MASK;

        printf("  pfn=0x%lx ==> mfn=0x%lx (type 0x%lx)", pfn, minfo.p2m_table[pfn],
               type >> XEN_DOMCTL_PFINFO_LTAB_SHIFT);
        print_type(type);
        putchar('\n');
    }
    printf(" --- End of P2M for domain %lu ---\n", domid);
    xc_unmap_domain_meminfo(xch, &minfo);
    return 0;
}

/* The number that a guest gives to @mfn; false after a message. */
static bool find_pfn(xc_interface *xch, unsigned long mfn, unsigned long *pfn)
{
    unsigned long max_mfn;
    xen_pfn_t *m2p = get_m2p(xch, &max_mfn);

    if (!m2p)
        return false;
    if (mfn > max_mfn)
        fprintf(stderr, "mfn 0x%lx out of range\n", mfn);
    else
        *pfn = m2p[mfn];
    put_m2p(m2p, max_mfn);
    return mfn <= max_mfn;
}

static bool is_table(xen_pfn_t type)
{
    type &= XEN_DOMCTL_PFINFO_LTAB_MASK;
    return type != XEN_DOMCTL_PFINFO_XTAB && TYPE_LEVEL(type) >= 1 && TYPE_LEVEL(type) <= 4;
}

static int print_ptes(xc_interface *xch, uint32_t domid, const struct xc_domain_meminfo *minfo,
                      unsigned long pfn)
{
    xen_pfn_t type, mfn;
    uint64_t *table;

    if (pfn >= minfo->p2m_size) {
        fprintf(stderr, "pfn 0x%lx out of range for domain %u\n", pfn, domid);
        return 1;
    }
    type = minfo->pfn_type[pfn];
    mfn = minfo->p2m_table[pfn];
    if (!is_table(type)) {
        fprintf(stderr, "pfn 0x%lx for domain %u is not a PT\n", pfn, domid);
        return 1;
    }
    table = xc_map_foreign_range(xch, domid, XC_PAGE_SIZE, PROT_READ, mfn);
    if (!table) {
        fprintf(stderr, "Failed to map 0x%lx\n", mfn);
        return 1;
    }
    printf(" --- Dumping %zu PTEs for domain %u ---\n", NR_PTES, domid);
    print_size(minfo);
    printf(" pfn: 0x%lx, mfn: 0x%lx, L%lu table%s [mapped]\n", pfn, mfn,
           (unsigned long)TYPE_LEVEL(type), type & TYPE_PINNED ? " [pinned]" : "");
    for (size_t i = 0; i < NR_PTES; i++)
        printf("  pte[%zu]: 0x%" PRIx64 "\n", i, table[i]);
    printf(" --- End of PTEs for domain %u, pfn=0x%lx (mfn=0x%lx) ---\n", domid, pfn, mfn);
    munmap(table, XC_PAGE_SIZE);
    return 0;
}

static int dump_ptes(xc_interface *xch, char **args)
{
    struct xc_domain_meminfo minfo;
    unsigned long domid, mfn, pfn = 0;
    int status;

    if (!parse_domid(args[0], &domid) || !parse_frame(args[1], &mfn))
        return usage(1);
    if (get_tables(xch, (uint32_t)domid, &minfo))
        return 1;
    status = find_pfn(xch, mfn, &pfn) ? print_ptes(xch, (uint32_t)domid, &minfo, pfn) : 1;
    xc_unmap_domain_meminfo(xch, &minfo);
    return status;
}

static void look_into(xc_interface *xch, uint32_t domid, unsigned long table_mfn, unsigned long mfn)
{
    uint64_t *table = xc_map_foreign_range(xch, domid, XC_PAGE_SIZE, PROT_READ, table_mfn);

    if (!table) {
        fprintf(stderr, "Failed to map 0x%lx\n", table_mfn);
        return;
    }
    for (size_t i = 0; i < NR_PTES; i++)
        if ((table[i] & PTE_PRESENT) && PTE_FRAME(table[i]) == mfn)
            printf("  0x%lx <-- [0x%lx][%zu]: 0x%" PRIx64 "\n", mfn, table_mfn, i, table[i]);
    munmap(table, XC_PAGE_SIZE);
}

static int lookup_pte(xc_interface *xch, char **args)
{
    struct xc_domain_meminfo minfo;
    unsigned long domid, mfn;

    if (!parse_domid(args[0], &domid) || !parse_frame(args[1], &mfn))
        return usage(1);
    if (get_tables(xch, (uint32_t)domid, &minfo))
        return 1;
    printf(" --- Looking for PTEs mapping mfn 0x%lx for domain %lu ---\n", mfn, domid);
    print_size(&minfo);
    for (unsigned long pfn = 0; pfn < minfo.p2m_size; pfn++)
        if (is_table(minfo.pfn_type[pfn]))
            look_into(xch, (uint32_t)domid, minfo.p2m_table[pfn], mfn);
    xc_unmap_domain_meminfo(xch, &minfo);
    return 0;
}

static int compare(xc_interface *xch, char **args)
{
    unsigned long domid[2], mfn[2];
    void *page[2] = {NULL, NULL};
    int status = 1;

    for (int i = 0; i < 2; i++)
        if (!parse_domid(args[2 * i], &domid[i]) || !parse_frame(args[2 * i + 1], &mfn[i]))
            return usage(1);
    for (int i = 0; i < 2; i++) {
        if (!is_domain(xch, (uint32_t)domid[i]))
            goto out;
        page[i] = xc_map_foreign_range(xch, (uint32_t)domid[i], XC_PAGE_SIZE, PROT_READ, mfn[i]);
        if (!page[i]) {
            fprintf(stderr, "Failed to map 0x%lx[dom %lu]\n", mfn[i], domid[i]);
            goto out;
        }
    }
    printf(" --- Comparing the content of 2 MFNs ---\n"
           " 1: 0x%lx[dom %lu], 2: 0x%lx[dom %lu]\n"
           "  memcpy(1, 2) = %d\n",
           mfn[0], domid[0], mfn[1], domid[1], memcmp(page[0], page[1], XC_PAGE_SIZE));
    status = 0;
out:
    for (int i = 0; i < 2; i++)
        if (page[i])
            munmap(page[i], XC_PAGE_SIZE);
    return status;
}

static const struct {
    const char *name;
    int nr_args;
    int (*run)(xc_interface *xch, char **args);
} commands[] = {
    {"dump-m2p", 0, dump_m2p},     {"dump-p2m", 1, dump_p2m},   {"dump-ptes", 2, dump_ptes},
    {"lookup-pte", 2, lookup_pte}, {"memcmp-mfns", 4, compare},
};

int main(int argc, char **argv)
{
    if (argc < 2)
        return usage(1);
    if (!strcmp(argv[1], "help"))
        return usage(0);
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        xc_interface *xch;
        int status;

        if (strcmp(argv[1], commands[i].name))
            continue;
        if (argc != 2 + commands[i].nr_args)
            return usage(1);
        xch = xc_interface_open(NULL, NULL, 0);
        if (!xch)
            return failed("xen-mfndump", "the hypervisor");
        status = commands[i].run(xch, argv + 2);
        xc_interface_close(xch);
        return status;
    }
    fprintf(stderr, "Unknown option '%s'\n", argv[1]);
    return usage(1);
}
