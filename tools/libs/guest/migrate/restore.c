/* SPDX-License-Identifier: MIT */
/*
 * Restoring a domain. Of a checkpointed stream the records after the first checkpoint are kept
 * until the next one: what breaks off between two leaves the state of the first.
 */
#include "restore.h"

#include <arpa/inet.h>
#include <endian.h>

int blob_take(struct restore *r, struct blob *b, const struct record *rec, uint32_t skip)
{
    uint32_t len = rec->length - skip;
    void *copy = malloc(len ? len : 1);

    if (!copy)
        return stream_fail(r->xch, ENOMEM, "no memory for %u bytes of state", len);
    memcpy(copy, (char *)rec->data + skip, len);
    free(b->data);
    *b = (struct blob){copy, len};
    return 0;
}

static int bad_record(struct restore *r, const struct record *rec)
{
    return stream_fail(r->xch, EINVAL, "record %#x (%s) of %u bytes makes no sense here", rec->type,
                       record_name(rec->type), rec->length);
}

static int read_headers(struct restore *r)
{
    struct stream_header h;
    struct stream_domain d;

    if (stream_read(r->fd, &h, sizeof(h)))
        return stream_fail(r->xch, errno, "cannot read the stream's header");
    r->version = ntohl(h.version);
    if (h.marker != STREAM_MARKER || ntohl(h.id) != STREAM_ID)
        return stream_fail(r->xch, EINVAL, "this is no stream of a saved domain");
    if (r->version < 2 || r->version > STREAM_VERSION)
        return stream_fail(r->xch, EINVAL, "the stream has version %u", r->version);
    if (ntohs(h.options) & STREAM_BIG_ENDIAN)
        return stream_fail(r->xch, EINVAL, "the stream is of a big-endian machine");
    if (stream_read(r->fd, &d, sizeof(d)))
        return stream_fail(r->xch, errno, "cannot read the domain's header");
    if (d.type != STREAM_PV && d.type != STREAM_HVM)
        return stream_fail(r->xch, EINVAL, "the stream is of a guest of type %u", d.type);
    if (d.page_shift != XC_PAGE_SHIFT)
        return stream_fail(r->xch, EINVAL, "the guest's pages have %u bits", d.page_shift);
    if ((d.type == STREAM_HVM) != r->info.hvm)
        return stream_fail(r->xch, EINVAL, "the stream is of another type of guest than domain %u",
                           r->domid);
    xc_report(r->xch, XC_LOG_MAIN, XTL_INFO, -1, "Found x86 %s domain from Xen %u.%u",
              r->info.hvm ? "HVM" : "PV", d.xen_major, d.xen_minor);
    r->kind = r->info.hvm ? &restore_hvm : &restore_pv;
    return 0;
}

/* Static data: the CPU policy. */

static int set_policy(struct restore *r)
{
    uint32_t leaf, subleaf, msr;

    if (!r->cpuid.data && !r->msr.data)
        return 0;
    if (!xc_set_domain_cpu_policy(
            r->xch, r->domid, r->cpuid.len / (uint32_t)sizeof(xen_cpuid_leaf_t), r->cpuid.data,
            r->msr.len / (uint32_t)sizeof(xen_msr_entry_t), r->msr.data, &leaf, &subleaf, &msr))
        return 0;
    return stream_fail(
        r->xch, errno,
        "this machine cannot give the guest its CPU (leaf %#x, subleaf %#x, MSR %#x)", leaf,
        subleaf, msr);
}

static int static_end(struct restore *r)
{
    unsigned int missing =
        (r->cpuid.data ? 0 : XGR_SDD_MISSING_CPUID) | (r->msr.data ? 0 : XGR_SDD_MISSING_MSR);

    if (r->static_done)
        return stream_fail(r->xch, EINVAL, "static data ends twice");
    r->static_done = true;
    if (set_policy(r))
        return -1;
    if (r->cb && r->cb->static_data_done && r->cb->static_data_done(missing, r->cb->data))
        return stream_fail(r->xch, EINVAL, "the guest's static data is not accepted");
    return 0;
}

static int take_policy(struct restore *r, const struct record *rec, struct blob *to, uint32_t size)
{
    if (r->static_done || !rec->length || rec->length % size)
        return bad_record(r, rec);
    return blob_take(r, to, rec, 0);
}

static int set_tsc(struct restore *r, const struct record *rec)
{
    const struct record_tsc *tsc = rec->data;

    if (rec->length != sizeof(*tsc) || tsc->zero)
        return bad_record(r, rec);
    if (xc_domain_set_tsc_info(r->xch, r->domid, tsc->mode, tsc->ns, tsc->khz, tsc->incarnation))
        return stream_fail(r->xch, errno, "cannot set the guest's TSC");
    return 0;
}

/* Is it a record that may come before the static data's end? */
static bool is_static(uint32_t type)
{
    return type == RECORD_CPUID_POLICY || type == RECORD_MSR_POLICY || type == RECORD_PV_INFO ||
           type == RECORD_STATIC_DATA_END || (type & RECORD_OPTIONAL);
}

static int of_kind(struct restore *r, const struct record *rec)
{
    int rc = r->kind->record(r, rec);

    if (!rc || errno != ENOTSUP)
        return rc;
    if (!(rec->type & RECORD_OPTIONAL))
        return bad_record(r, rec);
    xc_report(r->xch, XC_LOG_MAIN, XTL_INFO, -1, "record %#x is not known and left out", rec->type);
    return 0;
}

static int take_record(struct restore *r, const struct record *rec)
{
    /* Streams of version 2 have no such data. */
    if (!r->static_done && !is_static(rec->type)) {
        if (r->version > 2)
            return stream_fail(r->xch, EINVAL, "record %#x (%s) comes too early", rec->type,
                               record_name(rec->type));
        if (static_end(r))
            return -1;
    }
    switch (rec->type) {
    case RECORD_PAGE_DATA:
        return restore_pages(r, rec);
    case RECORD_TSC_INFO:
        return set_tsc(r, rec);
    case RECORD_CPUID_POLICY:
        return take_policy(r, rec, &r->cpuid, sizeof(xen_cpuid_leaf_t));
    case RECORD_MSR_POLICY:
        return take_policy(r, rec, &r->msr, sizeof(xen_msr_entry_t));
    case RECORD_STATIC_DATA_END:
        return rec->length ? bad_record(r, rec) : static_end(r);
    case RECORD_VERIFY:
        if (rec->length)
            return bad_record(r, rec);
        r->verify = true;
        return 0;
    default:
        return of_kind(r, rec);
    }
}

/* Checkpoints. */

static int keep(struct restore *r, struct record *rec)
{
    if (r->nr_kept == r->room_kept) {
        unsigned int room = r->room_kept ? r->room_kept * 2 : 64;
        struct record *more = realloc(r->kept, room * sizeof(*more));

        if (!more)
            return stream_fail(r->xch, ENOMEM, "no memory for a checkpoint");
        r->kept = more;
        r->room_kept = room;
    }
    r->kept[r->nr_kept++] = *rec;
    *rec = (struct record){0};
    return 0;
}

static void drop_kept(struct restore *r)
{
    while (r->nr_kept)
        record_free(&r->kept[--r->nr_kept]);
}

/* 1: stop reading here. */
static int checkpoint(struct restore *r, const struct record *rec)
{
    int rc = 0, answer;

    if (rec->length || r->stream_type != XC_STREAM_REMUS || !r->cb || !r->cb->checkpoint)
        return bad_record(r, rec);
    for (unsigned int i = 0; i < r->nr_kept && !rc; i++)
        rc = take_record(r, &r->kept[i]);
    drop_kept(r);
    if (rc)
        return rc;
    answer = r->cb->checkpoint(r->cb->data);
    if (answer == XGR_CHECKPOINT_ERROR)
        return stream_fail(r->xch, EIO, "the checkpoint is not accepted");
    r->keeping = true;
    return answer == XGR_CHECKPOINT_FAILOVER;
}

/* 0: go on; 1: all is read. */
static int next_record(struct restore *r)
{
    struct record rec;
    int rc = record_read(r->xch, r->fd, &rec);

    if (rc) {
        /* The other side is gone: what the last checkpoint was is the guest. */
        if (!r->keeping)
            return rc;
        xc_report(r->xch, XC_LOG_MAIN, XTL_INFO, -1, "Failing over to the last checkpoint");
        return 1;
    }
    if (rec.type == RECORD_END)
        rc = rec.length ? bad_record(r, &rec) : 1;
    else if (rec.type == RECORD_CHECKPOINT)
        rc = checkpoint(r, &rec);
    else
        rc = r->keeping ? keep(r, &rec) : take_record(r, &rec);
    record_free(&rec);
    return rc;
}

static int restore_all(struct restore *r)
{
    int rc = read_headers(r);

    if (rc)
        return rc;
    xc_report(r->xch, XC_LOG_MAIN, XTL_INFO, -1, "Restoring domain");
    while (!rc)
        rc = next_record(r);
    if (rc < 0)
        return rc;
    if (r->verify)
        xc_report(r->xch, XC_LOG_MAIN, r->nr_different ? XTL_ERROR : XTL_INFO, -1,
                  "%lu pages differ from what was sent", (unsigned long)r->nr_different);
    rc = restore_drop(r);
    return rc ? rc : r->kind->finish(r);
}

static void restore_free(struct restore *r)
{
    drop_kept(r);
    free(r->kept);
    if (r->kind)
        r->kind->free(r);
    free(r->cpuid.data);
    free(r->msr.data);
    restore_frames_free(r);
}

int xc_domain_restore(xc_interface *xch, int io_fd, uint32_t dom, unsigned int store_evtchn,
                      unsigned long *store_mfn, uint32_t store_domid, unsigned int console_evtchn,
                      unsigned long *console_mfn, uint32_t console_domid,
                      xc_stream_type_t stream_type, struct restore_callbacks *callbacks,
                      int send_back_fd)
{
    struct restore r = {
        .xch = xch,
        .fd = io_fd,
        .domid = dom,
        .cb = callbacks,
        .stream_type = stream_type,
        .store_port = store_evtchn,
        .store_domid = store_domid,
        .console_port = console_evtchn,
        .console_domid = console_domid,
        .store_frame = NO_FRAME,
        .console_frame = NO_FRAME,
    };
    int rc, saved;

    (void)send_back_fd; /* only COLO's two sides talk */
    if (stream_type == XC_STREAM_COLO)
        return stream_fail(xch, EOPNOTSUPP, "COLO is not supported");
    rc = domain_info(xch, dom, &r.info);
    if (!rc)
        rc = restore_all(&r);
    saved = errno;
    restore_free(&r);
    errno = saved;
    if (rc)
        return xc_report_error(xch, XC_INTERNAL_ERROR, "domain %u is not restored", dom);
    *store_mfn = r.store_frame;
    *console_mfn = r.console_frame;
    if (callbacks && callbacks->restore_results)
        callbacks->restore_results(r.store_frame, r.console_frame, callbacks->data);
    xc_report(xch, XC_LOG_MAIN, XTL_INFO, -1, "Restore successful");
    return 0;
}
