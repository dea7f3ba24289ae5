/* SPDX-License-Identifier: MIT */
#include <sys/mman.h>

#include "private.h"

xc_evtchn_port_or_error_t xc_evtchn_alloc_unbound(xc_interface *xch, uint32_t dom,
                                                  uint32_t remote_dom)
{
    struct evtchn_alloc_unbound arg = {.dom = (domid_t)dom, .remote_dom = (domid_t)remote_dom};

    return do_cmd(xch, event_channel_op, EVTCHNOP_alloc_unbound, &arg) ? -1 : (int)arg.port;
}

int xc_evtchn_reset(xc_interface *xch, uint32_t dom)
{
    struct evtchn_reset arg = {.dom = (domid_t)dom};

    return do_cmd(xch, event_channel_op, EVTCHNOP_reset, &arg);
}

int xc_evtchn_status(xc_interface *xch, xc_evtchn_status_t *status)
{
    return do_cmd(xch, event_channel_op, EVTCHNOP_status, status);
}

int xc_gnttab_query_size(xc_interface *xch, struct gnttab_query_size *query)
{
    int rc = xc_gnttab_op(xch, GNTTABOP_query_size, query, sizeof(*query), 1);

    if (!rc && query->status != GNTST_okay)
        rc = xc_report_error(xch, XC_INTERNAL_ERROR, "grant table of domain %u: status %d",
                             query->dom, query->status);
    return rc;
}

int xc_gnttab_get_version(xc_interface *xch, uint32_t domid)
{
    struct gnttab_get_version query = {.dom = (domid_t)domid};
    int rc = xc_gnttab_op(xch, GNTTABOP_get_version, &query, sizeof(query), 1);

    return rc < 0 ? rc : (int)query.version;
}

/* All frames of @domid's grant table, mapped; *@frames becomes their number. */
static void *table_map(xc_interface *xch, uint32_t domid, int version, unsigned int *frames)
{
    struct gnttab_query_size query = {.dom = (domid_t)domid};
    struct gnttab_setup_table setup = {.dom = (domid_t)domid};
    struct bounce b = {&setup.frame_list.p, NULL, 0, BOUNCE_OUT, NULL};
    xen_pfn_t *list;
    void *p = NULL;
    int rc;

    if (xc_gnttab_get_version(xch, domid) != version || xc_gnttab_query_size(xch, &query))
        return NULL;
    setup.nr_frames = query.nr_frames;
    list = calloc(query.nr_frames, sizeof(*list));
    if (!list)
        return NULL;
    b.user = list;
    b.len = query.nr_frames * sizeof(*list);
    if (bounce_in(xch, &b, 1))
        goto out;
    rc = xc_gnttab_op(xch, GNTTABOP_setup_table, &setup, sizeof(setup), 1);
    bounce_out(xch, &b, 1, rc);
    if (rc || setup.status != GNTST_okay) {
        xc_report_error(xch, XC_INTERNAL_ERROR, "no frames of domain %u's grant table", domid);
        goto out;
    }
    p = xenforeignmemory_map(xch->fmem, domid, PROT_READ | PROT_WRITE, query.nr_frames, list, NULL);
    *frames = query.nr_frames;
out:
    free(list);
    return p;
}

grant_entry_v1_t *xc_gnttab_map_table_v1(xc_interface *xch, uint32_t domid, int *gnt_num)
{
    unsigned int frames = 0;
    void *p = table_map(xch, domid, 1, &frames);

    *gnt_num = (int)(frames * (XC_PAGE_SIZE / sizeof(grant_entry_v1_t)));
    return p;
}

grant_entry_v2_t *xc_gnttab_map_table_v2(xc_interface *xch, uint32_t domid, int *gnt_num)
{
    unsigned int frames = 0;
    void *p = table_map(xch, domid, 2, &frames);

    *gnt_num = (int)(frames * (XC_PAGE_SIZE / sizeof(grant_entry_v2_t)));
    return p;
}
