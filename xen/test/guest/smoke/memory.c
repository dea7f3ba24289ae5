/* SPDX-License-Identifier: MIT */
/* Grants within the domain, and memory_op. */
#include <smoke/smoke.h>

#include <public/grant_table.h>
#include <public/memory.h>

static grant_entry_v1_t *table;
static uint8_t *window, *granted, *other;
static domid_t own;

static bool set_up(void)
{
    xen_pfn_t frames[1] = {0};
    gnttab_setup_table_t s = {.dom = DOMID_SELF, .nr_frames = 1};
    gnttab_query_size_t q = {.dom = DOMID_SELF};
    gnttab_set_version_t v = {.version = 1};

    WANT("query_size", grant_op(GNTTABOP_query_size, &q, 1), 0);
    WANT("its status", q.status, GNTST_okay);
    WANT_TRUE("the limit", q.max_nr_frames >= 1);
    WANT("set_version", grant_op(GNTTABOP_set_version, &v, 1), 0);
    set_xen_guest_handle(s.frame_list, frames);
    WANT("setup_table", grant_op(GNTTABOP_setup_table, &s, 1), 0);
    WANT("its status", s.status, GNTST_okay);
    table = page_alloc();
    window = page_alloc();
    granted = page_alloc();
    other = page_alloc();
    return map_va(table, (frames[0] << PAGE_SHIFT) | PTE_RW) == 0;
}

static void grant(grant_ref_t ref, domid_t dom, void *page, uint16_t flags)
{
    table[ref].frame = (uint32_t)virt_to_mfn(page);
    table[ref].domid = dom;
    __asm__ volatile("mfence" ::: "memory");
    *(volatile uint16_t *)&table[ref].flags = flags;
}

static int16_t copy(grant_ref_t ref, void *to, uint16_t off, uint16_t len)
{
    gnttab_copy_t c = {.source = {.u.ref = ref, .domid = own, .offset = off},
                       .dest = {.u.gmfn = virt_to_mfn(to), .domid = DOMID_SELF},
                       .len = len,
                       .flags = GNTCOPY_source_gref};

    WANT("grant copy", grant_op(GNTTABOP_copy, &c, 1), 0);
    return c.status;
}

/* Which domid is ours: the one with which a grant of ours can be copied. */
static bool find_own_domid(void)
{
    unsigned int id;

    granted[100] = 0x5a;
    for (id = 1; id < 2000; id++) {
        grant(20, (domid_t)id, granted, GTF_permit_access);
        own = DOMID_SELF;
        if (copy(20, other, 0, 4096) == GNTST_okay) {
            own = (domid_t)id;
            return other[100] == 0x5a;
        }
    }
    return false;
}

static void copies(void)
{
    WANT("copy by our domid", copy(20, other, 16, 200), GNTST_okay);
    WANT("copy across the page", copy(20, other, 4000, 200), GNTST_bad_copy_arg);
    WANT_TRUE("copy of an unused grant", copy(21, other, 0, 16) < 0);
    WANT("copy of a wild grant", copy(1000000, other, 0, 16), GNTST_bad_gntref);
    grant(22, 0, granted, GTF_permit_access);
    WANT_TRUE("copy of a grant to dom0", copy(22, other, 0, 16) < 0);
    grant(23, own, (void *)walk(other, 1, &(unsigned int){0}), GTF_permit_access);
    WANT("copy out of a page table", copy(23, other, 0, 16), GNTST_okay);
}

static int16_t map_at(void *va, grant_ref_t ref, uint32_t flags, grant_handle_t *handle)
{
    gnttab_map_grant_ref_t m = {
        .host_addr = (unsigned long)va, .flags = flags, .ref = ref, .dom = own};

    WANT("grant map", grant_op(GNTTABOP_map_grant_ref, &m, 1), 0);
    *handle = m.handle;
    return m.status;
}

static int16_t map(grant_ref_t ref, uint32_t flags, grant_handle_t *handle)
{
    return map_at(window, ref, flags, handle);
}

static int16_t unmap_at(void *va, grant_handle_t handle)
{
    gnttab_unmap_grant_ref_t u = {.host_addr = (unsigned long)va, .handle = handle};

    WANT("grant unmap", grant_op(GNTTABOP_unmap_grant_ref, &u, 1), 0);
    return u.status;
}

static int16_t unmap(grant_handle_t handle)
{
    return unmap_at(window, handle);
}

static int16_t replace(void *va, void *by, grant_handle_t handle)
{
    gnttab_unmap_and_replace_t r = {
        .host_addr = (unsigned long)va, .new_addr = (unsigned long)by, .handle = handle};

    WANT("grant unmap_and_replace", grant_op(GNTTABOP_unmap_and_replace, &r, 1), 0);
    return r.status;
}

/*
 * A page mapped both ways: who gives up the right to write must not keep the entry that writes, or
 * the page could become a page table under it.
 */
static void rights(void)
{
    uint8_t *second = page_alloc(), *spare = page_alloc();
    uint64_t entry = pte_of(second, PTE_RW);
    grant_handle_t ro, rw;

    WANT("unmap the second window", map_va(second, 0), 0);
    WANT("read-only map", map_at(window, 20, GNTMAP_host_map | GNTMAP_readonly, &ro), GNTST_okay);
    WANT("writable map", map_at(second, 20, GNTMAP_host_map, &rw), GNTST_okay);
    WANT("writable handle, read-only entry", unmap_at(window, rw), GNTST_general_error);
    WANT("replace likewise", replace(window, spare, rw), GNTST_general_error);
    WANT("read-only handle, writable entry", unmap_at(second, ro), GNTST_general_error);
    WANT("the writable entry still writes", second[102] = 0x33, 0x33);
    WANT("the page is still in use", table[20].flags & GTF_writing, GTF_writing);
    WANT("unmap", unmap_at(second, rw), GNTST_okay);
    WANT("unmap", unmap_at(window, ro), GNTST_okay);
    WANT("the second window again", map_va(second, entry), 0);
    WANT("the spare page is mapped", map_va(spare, pte_of(spare, PTE_RW)), 0);
}

static void maps(void)
{
    unsigned int idx;
    grant_handle_t h, h2;
    int16_t st;

    WANT("unmap the window", map_va(window, 0), 0);
    st = map(20, GNTMAP_host_map, &h);
    if (st != GNTST_okay) {
        skipped("a map of an own grant", st);
        map_va(window, pte_of(window, PTE_RW));
        return;
    }
    WANT("the granted page", window[100], 0x5a);
    window[101] = 0x77;
    WANT("is shared", granted[101], 0x77);
    WANT_TRUE("the entry shows it", table[20].flags & GTF_writing);
    WANT("an update of the mapping", copy(20, other, 0, 16), GNTST_okay);
    WANT("unmap of a wild handle", unmap(99999), GNTST_bad_handle);
    WANT("unmap", unmap(h), GNTST_okay);
    WANT("unmap again", unmap(h), GNTST_bad_handle);
    WANT("the entry is free", table[20].flags & (GTF_writing | GTF_reading), 0);
    grant(24, own, granted, GTF_permit_access | GTF_readonly);
    WANT("writable map of a read-only grant", map(24, GNTMAP_host_map, &h2), GNTST_general_error);
    WANT("read-only map", map(24, GNTMAP_host_map | GNTMAP_readonly, &h2), GNTST_okay);
    WANT("unmap", unmap(h2), GNTST_okay);
    rights();
    grant(25, own, walk(window, 1, &idx), GTF_permit_access);
    WANT_TRUE("writable map of a granted page table", map(25, GNTMAP_host_map, &h2) < 0);
    WANT("the window again", map_va(window, pte_of(window, PTE_RW)), 0);
}

void test_grants(void)
{
    if (!set_up())
        return;
    if (!find_own_domid()) {
        failed("no domid can copy our grant", 0, 1);
        return;
    }
    copies();
    maps();
}

static void reservation(void)
{
    uint8_t *page = page_alloc();
    xen_pfn_t mfn = virt_to_mfn(page), fresh = virt_to_pfn(page), wild = 0x100;
    struct xen_memory_domain dom = {.domid = DOMID_SELF};
    xen_memory_reservation_t r = {.nr_extents = 1, .domid = DOMID_SELF};
    long before = memory_op(XENMEM_current_reservation, &dom);

    WANT_TRUE("current_reservation", before >= (long)start_info->nr_pages);
    WANT("unmap the page", map_va(page, 0), 0);
    set_xen_guest_handle(r.extent_start, &mfn);
    WANT("decrease", memory_op(XENMEM_decrease_reservation, &r), 1);
    WANT("one page less", memory_op(XENMEM_current_reservation, &dom), before - 1);
    REFUSED("a map of the freed frame", map_va(page, (mfn << PAGE_SHIFT) | PTE_RW));
    WANT("decrease again", memory_op(XENMEM_decrease_reservation, &r), 0);
    set_xen_guest_handle(r.extent_start, &wild);
    WANT("decrease of a foreign frame", memory_op(XENMEM_decrease_reservation, &r), 0);
    set_xen_guest_handle(r.extent_start, &fresh);
    WANT("populate", memory_op(XENMEM_populate_physmap, &r), 1);
    WANT("all pages again", memory_op(XENMEM_current_reservation, &dom), before);
    WANT("map it", map_va(page, (fresh << PAGE_SHIFT) | PTE_RW), 0);
    WANT_TRUE("it is clean", page[0] == 0 && page[4095] == 0);
    WANT("its M2P entry", machine_to_phys_mapping[fresh], virt_to_pfn(page));
    ((unsigned long *)start_info->mfn_list)[virt_to_pfn(page)] = fresh;
    r.domid = 0;
    WANT_TRUE("dom0's reservation", memory_op(XENMEM_populate_physmap, &r) <= 0);
    r.domid = DOMID_SELF;
    r.extent_order = 40;
    WANT_TRUE("order 40", memory_op(XENMEM_increase_reservation, &r) <= 0);
    set_xen_guest_handle(r.extent_start, (void *)0x1000);
    r.extent_order = 0;
    WANT_TRUE("list at 0x1000", memory_op(XENMEM_decrease_reservation, &r) <= 0);
}

void test_memory(void)
{
    xen_machphys_mapping_t map;

    reservation();
    WANT("machphys_mapping", memory_op(XENMEM_machphys_mapping, &map), 0);
    WANT("M2P", map.v_start, MACH2PHYS_VIRT_START);
    WANT_TRUE("maximum_ram_page", memory_op(XENMEM_maximum_ram_page, NULL) > 0);
    REFUSED("machine_memory_map", memory_op(XENMEM_machine_memory_map, &map));
    REFUSED("add_to_physmap of a PV guest at a wild frame", memory_op(XENMEM_add_to_physmap, &map));
}
