/* SPDX-License-Identifier: MIT */
/*
 * test-resource: the grant table of a domain without a program is mapped, and by an entry that is
 * written there one of the domain's pages.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <xenctrl.h>
#include <xenforeignmemory.h>
#include <xengnttab.h>

#include "scratch.h"

#define ENTRIES (SCRATCH_GRANT_FRAMES * (unsigned int)(XC_PAGE_SIZE / sizeof(grant_entry_v1_t)))
#define PATTERN 0x5a

/* Write to the page by grant @ref; whether the entry shows it is seen in the table. */
static void use_grant(xengnttab_handle *gnttab, uint32_t domid, volatile grant_entry_v1_t *table,
                      uint32_t ref)
{
    char *page = xengnttab_map_grant_refs(gnttab, 1, &domid, &ref, PROT_READ | PROT_WRITE);

    if (!page) {
        fail("the granted page cannot be mapped");
        return;
    }
    memset(page, PATTERN, XC_PAGE_SIZE);
    if ((table[ref].flags & (GTF_reading | GTF_writing)) != (GTF_reading | GTF_writing))
        fail("the entry's flags are %#x while it is mapped", table[ref].flags);
    if (xengnttab_unmap(gnttab, page, 1))
        fail("the granted page cannot be unmapped");
}

static void test_entries(struct scratch *s, volatile grant_entry_v1_t *table)
{
    xengnttab_handle *gnttab = xengnttab_open(NULL, 0);
    xen_pfn_t frame;

    if (!gnttab) {
        fail("grants of others");
        return;
    }
    if (scratch_populate(s, &frame)) {
        fail("a page of memory");
    } else {
        /* The last one: the table is as large as it was to be. */
        table[ENTRIES - 1].frame = (uint32_t)frame;
        table[ENTRIES - 1].domid = 0;
        xen_wmb();
        table[ENTRIES - 1].flags = GTF_permit_access;
        use_grant(gnttab, s->domid, table, ENTRIES - 1);
        table[ENTRIES - 1].flags = 0;
    }
    xengnttab_close(gnttab);
}

static void test_table(struct scratch *s, xenforeignmemory_handle *fmem)
{
    xenforeignmemory_resource_handle *resource;
    void *table = NULL;
    size_t size;

    puts("  Test grant table");
    if (xenforeignmemory_resource_size(fmem, (domid_t)s->domid, XENMEM_resource_grant_table,
                                       XENMEM_resource_grant_table_id_shared, &size)) {
        fail("its size");
        return;
    }
    if (size != (size_t)SCRATCH_GRANT_FRAMES * XC_PAGE_SIZE)
        fail("its size is %zu", size);
    resource = xenforeignmemory_map_resource(
        fmem, (domid_t)s->domid, XENMEM_resource_grant_table, XENMEM_resource_grant_table_id_shared,
        0, SCRATCH_GRANT_FRAMES, &table, PROT_READ | PROT_WRITE, 0);
    if (!resource) {
        fail("it cannot be mapped");
        return;
    }
    test_entries(s, table);
    if (xenforeignmemory_unmap_resource(fmem, resource))
        fail("it cannot be unmapped");
    table = NULL;
    resource = xenforeignmemory_map_resource(fmem, (domid_t)s->domid, XENMEM_resource_grant_table,
                                             XENMEM_resource_grant_table_id_shared,
                                             SCRATCH_GRANT_FRAMES, 1, &table, PROT_READ, 0);
    if (resource) {
        errno = 0;
        fail("a frame behind its end is mapped");
        (void)xenforeignmemory_unmap_resource(fmem, resource);
    }
}

int main(void)
{
    static const char *const names[] = {"PV", "HVM or Arm"};
    xenforeignmemory_handle *fmem;
    xc_interface *xch;
    struct scratch s;

    puts("XENMEM_acquire_resource tests");
    xch = xc_interface_open(NULL, NULL, 0);
    fmem = xenforeignmemory_open(NULL, 0);
    if (!xch || !fmem) {
        perror("test-resource: the hypervisor");
        return 1;
    }
    for (unsigned int translated = 0; translated < 2; translated++) {
        if (!scratch_is_possible(xch, translated))
            continue;
        printf("Test %s\n", names[translated]);
        if (!scratch_create(&s, xch, translated))
            continue;
        test_table(&s, fmem);
        scratch_destroy(&s);
    }
    xenforeignmemory_close(fmem);
    xc_interface_close(xch);
    return failures != 0;
}
