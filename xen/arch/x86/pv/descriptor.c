/* SPDX-License-Identifier: MIT */
/* Descriptor tables of guests. AMD APM vol 2, 4.7 and 4.8. */
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/log_dirty.h>
#include <xen/port/p2m.h>
#include <asm/current.h>
#include <asm/desc.h>
#include <asm/page_type.h>
#include <asm/perdomain.h>
#include "private.h"

#define DESC_TYPE_SHIFT 40
#define DESC_CONFORMING (UINT64_C(1) << 42)
#define DESC_CODE       (UINT64_C(1) << 43)
#define DESC_S          (UINT64_C(1) << 44) /* code or data */
#define DESC_DPL3       (UINT64_C(3) << 45)
#define DESC_PRESENT    (UINT64_C(1) << 47)

#define GDT_MAP_FLAGS    (PAGE_HYPERVISOR_RW & ~PTE_GLOBAL)
#define GDT_PAGE_ENTRIES 512

bool pv_descriptor_ok(uint64_t *desc)
{
    if (!(*desc & DESC_PRESENT))
        return true;
    if (!(*desc & DESC_S))
        return false;
    if ((*desc & DESC_CODE) && (*desc & DESC_CONFORMING))
        return false;
    *desc |= DESC_DPL3;
    return true;
}

void pv_destroy_gdt(struct vcpu *v)
{
    pte_t *pte = perdomain_gdt_ptes(v);

    v->arch.pv.gdt_ents = 0;
    for (unsigned int i = 0; i < FIRST_RESERVED_GDT_PAGE; i++) {
        mfn_t mfn = v->arch.pv.gdt_frames[i];

        pte[i].e = 0;
        if (mfn.nr)
            page_put_with_type(mfn_to_page(mfn));
        v->arch.pv.gdt_frames[i] = mk_mfn(0);
    }
}

static struct page_info *get_descriptor_page(struct domain *d, unsigned long frame)
{
    struct page_info *pg = page_get_from_mfn(mk_mfn(frame), d);

    if (!pg)
        return NULL;
    if (page_get_type(pg, PGT_SEG_DESC) == 0)
        return pg;
    page_put(pg);
    return NULL;
}

int pv_set_gdt(struct vcpu *v, const unsigned long *frames, unsigned int entries)
{
    unsigned int nr = DIV_ROUND_UP(entries, GDT_PAGE_ENTRIES), i;
    struct page_info *pg[FIRST_RESERVED_GDT_PAGE];
    pte_t *pte = perdomain_gdt_ptes(v);

    if (entries > FIRST_RESERVED_GDT_ENTRY)
        return -EINVAL;
    for (i = 0; i < nr; i++) {
        pg[i] = get_descriptor_page(v->domain, frames[i]);
        if (!pg[i])
            goto put_pages;
    }
    pv_destroy_gdt(v);
    v->arch.pv.gdt_ents = entries;
    for (i = 0; i < nr; i++) {
        v->arch.pv.gdt_frames[i] = page_to_mfn(pg[i]);
        pte[i] = pte_make(page_to_mfn(pg[i]), GDT_MAP_FLAGS);
    }
    return 0;
put_pages:
    while (i--)
        page_put_with_type(pg[i]);
    return -EINVAL;
}

void pv_load_ldt(const struct vcpu *v)
{
    ldt_load(LDT_VIRT(v->vcpu_id), v->arch.pv.ldt_ents);
}

static long do_set_gdt(const unsigned long *frame_list, unsigned int entries)
{
    unsigned long frames[FIRST_RESERVED_GDT_PAGE];
    unsigned int nr = DIV_ROUND_UP(entries, GDT_PAGE_ENTRIES);
    int rc;

    if (entries > FIRST_RESERVED_GDT_ENTRY)
        return -EINVAL;
    if (copy_from_guest_bytes(frames, frame_list, nr * sizeof(frames[0])))
        return -EFAULT;
    rc = pv_set_gdt(current, frames, entries);
    if (rc == 0)
        flush_area_local(GDT_VIRT(current->vcpu_id), FLUSH_TLB);
    return rc;
}

/* A page that is in use as a descriptor table stays one while it is written. */
static int write_descriptor(struct page_info *pg, unsigned int offset, uint64_t desc)
{
    bool is_table = (pg->type_info & PGT_TYPE_MASK) == PGT_SEG_DESC;
    uint64_t *entry = (uint64_t *)((char *)page_to_virt(pg) + offset);

    if (page_get_type(pg, is_table ? PGT_SEG_DESC : PGT_WRITABLE))
        return -EINVAL;
    __atomic_store_n(entry, desc, __ATOMIC_RELEASE);
    log_dirty_mark_mfn(current->domain, page_to_mfn(pg));
    page_put_type(pg);
    return 0;
}

static long do_update_descriptor(uint64_t maddr, uint64_t desc)
{
    struct page_info *pg;
    int rc;

    if ((maddr & 7) || !pv_descriptor_ok(&desc))
        return -EINVAL;
    pg = port_get_page_from_gfn(current->domain, mk_gfn(PFN_DOWN(maddr)));
    if (!pg)
        return -EINVAL;
    rc = page_owner(pg) == current->domain
             ? write_descriptor(pg, (unsigned int)(maddr & (PAGE_SIZE - 1)), desc)
             : -EINVAL;
    page_put(pg);
    return rc;
}

static int register_calls(void)
{
    HYPERCALL(__HYPERVISOR_set_gdt, do_set_gdt, 2);
    HYPERCALL(__HYPERVISOR_update_descriptor, do_update_descriptor, 2);
    return 0;
}
PRESMP_INITCALL(register_calls);
