/* SPDX-License-Identifier: MIT */
/* What maps frames, in terms of the port's page tables. */
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/port/mappings.h>
#include <xen/port/page_tables.h>

int xen_map_pages(unsigned long va, mfn_t mfn, unsigned long nr, uint64_t flags)
{
    for (unsigned long i = 0; i < nr; i++) {
        int rc = xen_map_range(va + i * PAGE_SIZE, mfn_add(mfn, i), 1, flags);

        if (rc) {
            xen_unmap_range(va, i);
            return rc;
        }
    }
    return 0;
}

void __init xen_map_or_panic(unsigned long va, uint64_t first, uint64_t end, uint64_t flags)
{
    int rc = first < end ? xen_map_range(va, mk_mfn(first), end - first, flags) : 0;

    if (rc)
        panic("mapping frames %lx to %lx at %lx: error %d\n", (unsigned long)first,
              (unsigned long)end, va, rc);
}

void *vmap_device(paddr_t addr, size_t len, uint64_t flags)
{
    unsigned long offset = addr & (PAGE_SIZE - 1), va;
    uint64_t nr = PFN_UP(offset + len);

    if (len == 0 || addr + len < addr || nr >= 1U << 20)
        return NULL;
    va = vmap_reserve((unsigned int)nr);
    if (!va)
        return NULL;
    if (xen_map_pages(va, maddr_to_mfn(addr), nr, flags)) {
        vmap_release(va, (unsigned int)nr);
        return NULL;
    }
    return (void *)(va + offset);
}

int port_vmap_map(unsigned long va, const mfn_t *mfns, unsigned int nr)
{
    for (unsigned int i = 0; i < nr; i++) {
        int rc = xen_map_range(va + i * PAGE_SIZE, mfns[i], 1, page_flags_memory);

        if (rc) {
            xen_unmap_range(va, i);
            return rc;
        }
    }
    return 0;
}

void port_vmap_unmap(unsigned long va, unsigned int nr)
{
    xen_unmap_range(va, nr);
}

mfn_t port_vmap_mfn(unsigned long va)
{
    paddr_t ma = xen_va_to_maddr(va);

    return ma == ~UINT64_C(0) ? INVALID_MFN : maddr_to_mfn(ma);
}
