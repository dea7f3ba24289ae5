/* SPDX-License-Identifier: MIT */
/* Saving an HVM or PVH guest, whose frames are what they are. */
#include "save.h"

#include <xen/hvm/params.h>

static int hvm_start(struct save *s)
{
    xen_pfn_t nr;

    if (xc_domain_nr_gpfns(s->xch, s->domid, &nr))
        return stream_fail(s->xch, errno, "cannot get the guest's last frame");
    if (nr > UINT32_MAX)
        return stream_fail(s->xch, E2BIG, "the guest's last frame is %#lx", (unsigned long)nr);
    s->nr_pfns = nr;
    return 0;
}

static int hvm_nothing(struct save *s)
{
    (void)s;
    return 0;
}

static void hvm_finish(struct save *s)
{
    (void)s;
}

static bool hvm_frame(struct save *s, uint64_t pfn, xen_pfn_t *out)
{
    (void)s;
    *out = pfn;
    return true;
}

static int write_context(struct save *s)
{
    int len = xc_domain_hvm_getcontext(s->xch, s->domid, NULL, 0), rc = -1;
    uint8_t *data;

    if (len <= 0)
        return stream_fail(s->xch, errno, "cannot get the size of the guest's context");
    data = calloc(1, (size_t)len);
    if (!data)
        return stream_fail(s->xch, ENOMEM, "no memory for the guest's context");
    len = xc_domain_hvm_getcontext(s->xch, s->domid, data, (uint32_t)len);
    if (len <= 0)
        stream_fail(s->xch, errno, "cannot get the guest's context");
    else if (record_write(s->fd, RECORD_HVM_CONTEXT, data, (size_t)len, NULL, 0))
        stream_fail(s->xch, errno, "cannot write the guest's context");
    else
        rc = 0;
    free(data);
    return rc;
}

/* Those that the guest or its building have set and that mean the same in another domain. */
static const uint32_t params[] = {
    HVM_PARAM_STORE_PFN,        HVM_PARAM_CONSOLE_PFN,           HVM_PARAM_IOREQ_PFN,
    HVM_PARAM_BUFIOREQ_PFN,     HVM_PARAM_PAGING_RING_PFN,       HVM_PARAM_MONITOR_RING_PFN,
    HVM_PARAM_SHARING_RING_PFN, HVM_PARAM_VM86_TSS_SIZED,        HVM_PARAM_IDENT_PT,
    HVM_PARAM_VIRIDIAN,         HVM_PARAM_CALLBACK_IRQ,          HVM_PARAM_ACPI_IOPORTS_LOCATION,
    HVM_PARAM_IOREQ_SERVER_PFN, HVM_PARAM_NR_IOREQ_SERVER_PAGES, HVM_PARAM_X87_FIP_WIDTH,
    HVM_PARAM_MCA_CAP,
};
#define NR_PARAMS (sizeof(params) / sizeof(params[0]))

static int write_params(struct save *s)
{
    struct record_hvm_param entry[NR_PARAMS];
    struct record_hvm_params head = {0};

    for (unsigned int i = 0; i < NR_PARAMS; i++) {
        uint64_t value;

        /* Not every hypervisor knows all of them. */
        if (xc_hvm_param_get(s->xch, s->domid, params[i], &value) || !value)
            continue;
        entry[head.count++] = (struct record_hvm_param){params[i], value};
    }
    if (record_write(s->fd, RECORD_HVM_PARAMS, &head, sizeof(head), entry,
                     head.count * sizeof(entry[0])))
        return stream_fail(s->xch, errno, "cannot write the guest's parameters");
    return 0;
}

static int hvm_write_end(struct save *s)
{
    int rc = save_tsc(s);

    if (!rc)
        rc = write_context(s);
    return rc ? rc : write_params(s);
}

const struct save_kind save_hvm = {
    .stream_type = STREAM_HVM,
    .start = hvm_start,
    .write_static = hvm_nothing,
    .write_start = hvm_nothing,
    .check = hvm_nothing,
    .frame = hvm_frame,
    .write_end = hvm_write_end,
    .finish = hvm_finish,
};
