/* SPDX-License-Identifier: MIT */
#include "dom.h"
#include "xenforeignmemory.h"

/* One entry, unless the user of the page is the guest itself. */
static void seed(grant_entry_v1_t *table, unsigned int ref, uint32_t user, uint32_t owner,
                 xen_pfn_t frame)
{
    if (user == owner || frame == INVALID_MFN)
        return;
    table[ref].frame = (uint32_t)frame;
    table[ref].domid = (domid_t)user;
    xen_wmb();
    table[ref].flags = GTF_permit_access;
}

int xc_dom_gnttab_seed(xc_interface *xch, uint32_t guest_domid, bool is_hvm, xen_pfn_t console_gfn,
                       xen_pfn_t xenstore_gfn, uint32_t console_domid, uint32_t xenstore_domid)
{
    xenforeignmemory_handle *fmem = xc_interface_fmem_handle(xch);
    xenforeignmemory_resource_handle *res;
    void *table = NULL;

    (void)is_hvm; /* the table is reached as a resource, whatever the guest */
    res = xenforeignmemory_map_resource(fmem, (domid_t)guest_domid, XENMEM_resource_grant_table,
                                        XENMEM_resource_grant_table_id_shared, 0, 1, &table,
                                        PROT_READ | PROT_WRITE, 0);
    if (!res)
        return xc_report_error(xch, XC_INTERNAL_ERROR, "cannot map domain %u's grant table",
                               guest_domid);
    seed(table, GNTTAB_RESERVED_CONSOLE, console_domid, guest_domid, console_gfn);
    seed(table, GNTTAB_RESERVED_XENSTORE, xenstore_domid, guest_domid, xenstore_gfn);
    xenforeignmemory_unmap_resource(fmem, res);
    return 0;
}

int xc_dom_gnttab_init(struct xc_dom_image *dom)
{
    return xc_dom_gnttab_seed(dom->xch, dom->guest_domid, xc_dom_translated(dom),
                              xc_dom_p2m(dom, dom->console_pfn), xc_dom_p2m(dom, dom->xenstore_pfn),
                              dom->console_domid, dom->xenstore_domid);
}
