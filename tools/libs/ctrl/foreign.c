/* SPDX-License-Identifier: MIT */
#include <sys/mman.h>

#include "private.h"
#ifdef XC_X86
#include <xen/hvm/save.h>
#endif

void *xc_map_foreign_range(xc_interface *xch, uint32_t dom, int size, int prot, unsigned long mfn)
{
    size_t nr = ((size_t)size + XC_PAGE_SIZE - 1) >> XC_PAGE_SHIFT;
    xen_pfn_t few[16] = {0}, *arr = few;
    void *p;

    if (size <= 0) {
        errno = EINVAL;
        return NULL;
    }
    if (nr > 16 && !(arr = malloc(nr * sizeof(*arr))))
        return NULL;
    for (size_t i = 0; i < nr; i++)
        arr[i] = mfn + i;
    p = xenforeignmemory_map(xch->fmem, dom, prot, nr, arr, NULL);
    if (arr != few)
        free(arr);
    return p;
}

void *xc_map_foreign_pages(xc_interface *xch, uint32_t dom, int prot, const xen_pfn_t *arr, int num)
{
    if (num < 0) {
        errno = EINVAL;
        return NULL;
    }
    return xenforeignmemory_map(xch->fmem, dom, prot, (size_t)num, arr, NULL);
}

void *xc_map_foreign_bulk(xc_interface *xch, uint32_t dom, int prot, const xen_pfn_t *arr, int *err,
                          unsigned int num)
{
    return xenforeignmemory_map(xch->fmem, dom, prot, num, arr, err);
}

int xc_copy_to_domain_page(xc_interface *xch, uint32_t domid, unsigned long dst_pfn,
                           const char *src_page)
{
    void *p = xc_map_foreign_range(xch, domid, XC_PAGE_SIZE, PROT_READ | PROT_WRITE, dst_pfn);

    if (!p)
        return -1;
    memcpy(p, src_page, XC_PAGE_SIZE);
    munmap(p, XC_PAGE_SIZE);
    return 0;
}

int xc_clear_domain_pages(xc_interface *xch, uint32_t domid, unsigned long dst_pfn, int num)
{
    size_t len = (size_t)num << XC_PAGE_SHIFT;
    void *p;

    if (num <= 0 || num > INT32_MAX >> XC_PAGE_SHIFT)
        return fail(EINVAL);
    p = xc_map_foreign_range(xch, domid, (int)len, PROT_READ | PROT_WRITE, dst_pfn);
    if (!p)
        return -1;
    memset(p, 0, len);
    munmap(p, len);
    return 0;
}

#ifdef XC_X86
#define PTE_PRESENT 1u
#define PTE_LARGE   (1u << 7)
#define PTE_ADDR    0x000ffffffffff000ULL
#define CR0_PG      (1u << 31)
#define CR4_PAE     (1u << 5)
#define EFER_LMA    (1u << 10)

/* How a vCPU translates. */
struct paging {
    uint64_t root;       /* address of the top table */
    unsigned int levels; /* 0: not at all */
};

static int paging_of_hvm(xc_interface *xch, uint32_t dom, int vcpu, struct paging *pg)
{
    struct hvm_hw_cpu cpu;

    if (xc_domain_hvm_getcontext_partial(xch, dom, HVM_SAVE_CODE(CPU), (uint16_t)vcpu, &cpu,
                                         sizeof(cpu)))
        return -1;
    pg->root = cpu.cr3 & PTE_ADDR;
    if (!(cpu.cr0 & CR0_PG))
        pg->levels = 0;
    else if (cpu.msr_efer & EFER_LMA)
        pg->levels = 4;
    else
        pg->levels = cpu.cr4 & CR4_PAE ? 3 : 2;
    if (pg->levels == 3)
        pg->root = cpu.cr3 & 0xffffffe0;
    return 0;
}

static int paging_of_pv(xc_interface *xch, uint32_t dom, int vcpu, struct paging *pg)
{
    vcpu_guest_context_any_t *ctxt = malloc(sizeof(*ctxt));
    unsigned int width;
    int rc = -1;

    if (!ctxt)
        return -1;
    if (xc_domain_get_guest_width(xch, dom, &width) ||
        xc_vcpu_getcontext(xch, dom, (uint32_t)vcpu, ctxt))
        goto out;
    if (width == 8) {
        *pg = (struct paging){ctxt->x64.ctrlreg[3] & PTE_ADDR, 4};
    } else {
        uint32_t cr3 = (uint32_t)ctxt->x32.ctrlreg[3];

        /* 32-bit guests have frames above 4 GiB rotated into the low bits. */
        *pg = (struct paging){(uint64_t)((cr3 >> 12) | (cr3 << 20)) << 12, 3};
    }
    rc = 0;
out:
    free(ctxt);
    return rc;
}

static int read_pte(xc_interface *xch, uint32_t dom, uint64_t addr, unsigned int size,
                    uint64_t *pte)
{
    char *p = xc_map_foreign_range(xch, dom, XC_PAGE_SIZE, PROT_READ, addr >> XC_PAGE_SHIFT);

    if (!p)
        return -1;
    *pte = 0;
    memcpy(pte, p + (addr & ~XC_PAGE_MASK & ~(uint64_t)(size - 1)), size);
    munmap(p, XC_PAGE_SIZE);
    return 0;
}

unsigned long xc_translate_foreign_address(xc_interface *xch, uint32_t dom, int vcpu,
                                           unsigned long long virt)
{
    xc_dominfo_t info;
    struct paging pg = {0};
    unsigned int bits, size;
    uint64_t pte;

    if (xc_domain_getinfo(xch, dom, 1, &info) != 1 || info.domid != dom)
        return 0;
    if (info.hvm ? paging_of_hvm(xch, dom, vcpu, &pg) : paging_of_pv(xch, dom, vcpu, &pg))
        return 0;
    if (!pg.levels)
        return (unsigned long)(virt >> XC_PAGE_SHIFT);
    size = pg.levels == 2 ? 4 : 8;
    bits = pg.levels == 2 ? 10 : 9;
    for (pte = pg.root; pg.levels; pg.levels--) {
        unsigned int shift = 12 + (pg.levels - 1) * bits;
        uint64_t idx = (virt >> shift) & ((1u << bits) - 1);
        /* Only the four-entry top table of PAE is not page aligned. */
        uint64_t table = pg.levels == 3 && size == 8 && (pte == pg.root) ? pte : pte & PTE_ADDR;

        if (read_pte(xch, dom, table + idx * size, size, &pte) || !(pte & PTE_PRESENT))
            return 0;
        if (pg.levels > 1 && pg.levels < 4 && (pte & PTE_LARGE))
            return (unsigned long)(((pte & PTE_ADDR & ~((1ULL << shift) - 1)) |
                                    (virt & ((1ULL << shift) - 1))) >>
                                   XC_PAGE_SHIFT);
    }
    return (unsigned long)((pte & PTE_ADDR) >> XC_PAGE_SHIFT);
}
#else
unsigned long xc_translate_foreign_address(xc_interface *xch, uint32_t dom, int vcpu,
                                           unsigned long long virt)
{
    (void)xch, (void)dom, (void)vcpu, (void)virt;
    errno = ENOSYS;
    return 0;
}
#endif
