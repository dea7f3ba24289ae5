/* SPDX-License-Identifier: MIT */
/* An HVM or PVH guest: parameters, and what the hypervisor made of it as one piece. */
#include "restore.h"

#include <xen/hvm/params.h>

static int hvm_record(struct restore *r, const struct record *rec)
{
    const struct record_hvm_params *head = rec->data;

    switch (rec->type) {
    case RECORD_HVM_CONTEXT:
        if (!rec->length)
            return stream_fail(r->xch, EINVAL, "the guest's context is empty");
        return blob_take(r, &r->context, rec, 0);
    case RECORD_HVM_PARAMS:
        if (rec->length < sizeof(*head) || head->zero ||
            head->count > (rec->length - sizeof(*head)) / sizeof(struct record_hvm_param))
            return stream_fail(r->xch, EINVAL, "the guest's parameters have %u bytes", rec->length);
        return blob_take(r, &r->params, rec, 0);
    default:
        errno = ENOTSUP;
        return -1;
    }
}

static int set_param(struct restore *r, uint64_t index, uint64_t value)
{
    switch (index) {
    case HVM_PARAM_STORE_PFN:
        r->store_frame = value;
        break;
    case HVM_PARAM_CONSOLE_PFN:
        r->console_frame = value;
        break;
    case HVM_PARAM_IOREQ_PFN:
    case HVM_PARAM_BUFIOREQ_PFN:
        /* What the old device model left there means nothing to the new one. */
        if (restore_frame(r, value, "the device model's ring") == NO_FRAME)
            return -1;
        if (xc_clear_domain_page(r->xch, r->domid, value))
            return stream_fail(r->xch, errno, "cannot clear the device model's ring");
        break;
    default:
        break;
    }
    if (xc_hvm_param_set(r->xch, r->domid, (uint32_t)index, value))
        return stream_fail(r->xch, errno, "cannot set parameter %lu to %#lx", (unsigned long)index,
                           (unsigned long)value);
    return 0;
}

static int set_params(struct restore *r)
{
    const struct record_hvm_params *head = r->params.data;
    const struct record_hvm_param *p = (const struct record_hvm_param *)(head + 1);
    int rc = 0;

    for (uint32_t i = 0; i < head->count && !rc; i++) {
        if (p[i].index >= HVM_NR_PARAMS)
            return stream_fail(r->xch, EINVAL, "there is no parameter %lu",
                               (unsigned long)p[i].index);
        rc = set_param(r, p[i].index, p[i].value);
    }
    if (!rc)
        rc = xc_hvm_param_set(r->xch, r->domid, HVM_PARAM_STORE_EVTCHN, r->store_port);
    return rc ? rc : xc_hvm_param_set(r->xch, r->domid, HVM_PARAM_CONSOLE_EVTCHN, r->console_port);
}

static int hvm_finish(struct restore *r)
{
    int rc;

    if (!r->static_done || !r->context.data || !r->params.data)
        return stream_fail(r->xch, EINVAL, "the stream has ended, but the guest is not complete");
    rc = set_params(r);
    if (rc)
        return rc;
    if (restore_frame(r, r->store_frame, "xenstore's ring") == NO_FRAME)
        return -1;
    if (xc_domain_hvm_setcontext(r->xch, r->domid, r->context.data, r->context.len))
        return stream_fail(r->xch, errno, "cannot set the guest's context");
    return xc_dom_gnttab_seed(r->xch, r->domid, true, r->console_frame, r->store_frame,
                              r->console_domid, r->store_domid);
}

static void hvm_free(struct restore *r)
{
    free(r->context.data);
    free(r->params.data);
}

const struct restore_kind restore_hvm = {
    .record = hvm_record,
    .finish = hvm_finish,
    .free = hvm_free,
};
