/* SPDX-License-Identifier: MIT */
/*
 * Saving a domain:
 *
 *   headers, static records
 *   -> rounds over memory while the guest runs: all pages, then those written meanwhile, ...
 *   -> the guest stops -> what is left -> state of vCPUs and devices -> END
 *
 * A save that is not live has no rounds. A checkpointed one has CHECKPOINT in place of END, lets
 * the guest run, and goes on with what it has written since.
 */
#include "save.h"

#include <arpa/inet.h>
#include <endian.h>
#include <stdio.h>

#define ROUNDS_MAX 5
#define DIRTY_FEW  50

static int write_headers(struct save *s)
{
    struct stream_header h = {
        .marker = STREAM_MARKER, .id = htonl(STREAM_ID), .version = htonl(STREAM_VERSION)};
    int version = xc_version(s->xch, XENVER_version, NULL);
    struct stream_domain d = {.type = s->kind->stream_type, .page_shift = XC_PAGE_SHIFT};

    if (version < 0)
        return stream_fail(s->xch, errno, "cannot get the hypervisor's version");
    d.xen_major = (uint32_t)version >> 16;
    d.xen_minor = (uint32_t)version & 0xffff;
    if (stream_write(s->fd, &h, sizeof(h)) || stream_write(s->fd, &d, sizeof(d)))
        return stream_fail(s->xch, errno, "cannot write the stream's headers");
    return 0;
}

static int write_mark(struct save *s, uint32_t type)
{
    if (record_write(s->fd, type, NULL, 0, NULL, 0))
        return stream_fail(s->xch, errno, "cannot write the record '%s'", record_name(type));
    return 0;
}

/* The log of dirty pages. */

static int log_start(struct save *s)
{
    DECLARE_HYPERCALL_BUFFER_SHADOW(unsigned long, dirty, &s->dirty_buf);
    size_t bytes = BIT_WORDS(s->nr_pfns) * sizeof(unsigned long);

    s->deferred = calloc(BIT_WORDS(s->nr_pfns), sizeof(unsigned long));
    dirty = xc_hypercall_buffer_alloc(s->xch, dirty, bytes);
    s->dirty = dirty;
    if (!s->deferred || !s->dirty)
        return stream_fail(s->xch, ENOMEM, "no memory for maps of dirty pages");
    memset(s->dirty, 0, bytes);
    if (xc_shadow_control(s->xch, s->domid, XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY, NULL, 0)) {
        /* Somebody may have left it on. */
        xc_shadow_control(s->xch, s->domid, XEN_DOMCTL_SHADOW_OP_OFF, NULL, 0);
        if (xc_shadow_control(s->xch, s->domid, XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY, NULL, 0))
            return stream_fail(s->xch, errno,
                               "the hypervisor does not log dirty pages of domain %u", s->domid);
    }
    s->logging = true;
    if (s->info.hvm && s->cb->switch_qemu_logdirty &&
        s->cb->switch_qemu_logdirty(s->domid, 1, s->cb->data))
        return stream_fail(s->xch, EIO, "the device model does not log dirty pages");
    return 0;
}

static void log_stop(struct save *s)
{
    DECLARE_HYPERCALL_BUFFER_SHADOW(unsigned long, dirty, &s->dirty_buf);

    (void)dirty;
    if (s->logging) {
        xc_shadow_control(s->xch, s->domid, XEN_DOMCTL_SHADOW_OP_OFF, NULL, 0);
        if (s->info.hvm && s->cb->switch_qemu_logdirty)
            s->cb->switch_qemu_logdirty(s->domid, 0, s->cb->data);
    }
    if (s->dirty)
        xc_hypercall_buffer_free(s->xch, dirty);
    free(s->deferred);
}

static int log_read(struct save *s, unsigned int mode)
{
    xc_shadow_op_stats_t stats;

    if (xc_logdirty_control(s->xch, s->domid, XEN_DOMCTL_SHADOW_OP_CLEAN, &s->dirty_buf, s->nr_pfns,
                            mode, &stats) != (long long)s->nr_pfns)
        return stream_fail(s->xch, errno, "cannot read the log of dirty pages");
    s->stats.dirty_count = stats.dirty_count;
    return 0;
}

/* Stopping, rounds. */

static int guest_stop(struct save *s)
{
    if (!s->cb->suspend(s->cb->data))
        return stream_fail(s->xch, EBUSY, "the guest did not suspend");
    if (domain_info(s->xch, s->domid, &s->info))
        return -1;
    if (!s->info.shutdown || s->info.shutdown_reason != SHUTDOWN_suspend)
        return stream_fail(s->xch, EBUSY, "the guest is not suspended");
    s->stopped = true;
    return s->kind->check(s);
}

static int default_policy(struct precopy_stats stats, void *data)
{
    (void)data;
    return (stats.dirty_count >= 0 && stats.dirty_count < DIRTY_FEW) ||
                   stats.iteration >= ROUNDS_MAX
               ? XGS_POLICY_STOP_AND_COPY
               : XGS_POLICY_CONTINUE_PRECOPY;
}

static int ask_policy(struct save *s)
{
    precopy_policy_t policy = s->cb->precopy_policy ? s->cb->precopy_policy : default_policy;

    return policy(s->stats, s->cb->data);
}

static int rounds(struct save *s)
{
    char what[64];
    int rc, policy;

    s->stats = (struct precopy_stats){.dirty_count = -1};
    policy = ask_policy(s);
    if (policy == XGS_POLICY_CONTINUE_PRECOPY) {
        rc = save_pages(s, NULL, "Frames, iteration 0");
        if (rc)
            return rc;
    } else {
        /* Nothing is sent yet, so all of it is dirty. */
        memset(s->deferred, 0xff, BIT_WORDS(s->nr_pfns) * sizeof(unsigned long));
    }
    while (policy == XGS_POLICY_CONTINUE_PRECOPY) {
        s->stats.iteration++;
        rc = log_read(s, 0);
        if (rc)
            return rc;
        policy = ask_policy(s);
        if (policy != XGS_POLICY_CONTINUE_PRECOPY)
            break;
        snprintf(what, sizeof(what), "Frames, iteration %u", s->stats.iteration);
        rc = save_pages(s, s->dirty, what);
        if (rc)
            return rc;
    }
    if (policy == XGS_POLICY_ABORT)
        return stream_fail(s->xch, ECANCELED, "the precopy policy has ended the save");
    return 0;
}

/* The pages left, once the guest is stopped: those of the last reading, of now, put off before. */
static int last_round(struct save *s)
{
    size_t words = BIT_WORDS(s->nr_pfns);
    int rc;

    for (size_t i = 0; i < words; i++)
        s->deferred[i] |= s->dirty[i];
    rc = log_read(s, XEN_DOMCTL_SHADOW_LOGDIRTY_FINAL);
    for (size_t i = 0; i < words && !rc; i++)
        s->dirty[i] |= s->deferred[i];
    if (!rc)
        rc = save_pages(s, s->dirty, "Frames, last round");
    memset(s->deferred, 0, words * sizeof(unsigned long));
    memset(s->dirty, 0, words * sizeof(unsigned long));
    s->nr_deferred = 0;
    return rc;
}

static int send_again(struct save *s)
{
    int rc = write_mark(s, RECORD_VERIFY);

    return rc ? rc : save_pages(s, NULL, "Frames, to compare");
}

static int save_memory(struct save *s)
{
    int rc;

    if (s->live) {
        rc = rounds(s);
        if (!rc)
            rc = guest_stop(s);
        if (!rc)
            rc = last_round(s);
        return rc || !s->debug || s->checkpointed ? rc : send_again(s);
    }
    rc = guest_stop(s);
    return rc ? rc : save_pages(s, NULL, "Frames");
}

/* One checkpoint after the other until a callback says to stop. */
static int checkpoints(struct save *s)
{
    int rc = 0, more = 1;

    while (!rc && more) {
        rc = write_mark(s, RECORD_CHECKPOINT);
        if (rc)
            break;
        s->stopped = false;
        if (s->cb->postcopy(s->cb->data) != 1)
            return stream_fail(s->xch, EIO, "the guest does not go on after a checkpoint");
        more = s->cb->checkpoint(s->cb->data);
        if (more < 0)
            return stream_fail(s->xch, EIO, "the checkpoint failed");
        if (!more)
            break;
        rc = guest_stop(s);
        if (!rc)
            rc = last_round(s);
        if (!rc)
            rc = s->kind->write_end(s);
    }
    return rc;
}

static int save_all(struct save *s)
{
    int rc = write_headers(s);

    if (!rc)
        rc = s->kind->write_static(s);
    if (!rc)
        rc = save_policy(s);
    if (!rc)
        rc = write_mark(s, RECORD_STATIC_DATA_END);
    if (!rc)
        rc = s->kind->write_start(s);
    if (!rc && s->live)
        rc = log_start(s);
    if (!rc)
        rc = save_memory(s);
    if (!rc)
        rc = s->kind->write_end(s);
    if (!rc && s->checkpointed)
        rc = checkpoints(s);
    xc_report_progress_single(s->xch, "End of stream");
    return rc ? rc : write_mark(s, RECORD_END);
}

int xc_domain_save(xc_interface *xch, int io_fd, uint32_t dom, uint32_t flags,
                   struct save_callbacks *callbacks, xc_stream_type_t stream_type, int recv_fd)
{
    struct save s = {
        .xch = xch,
        .fd = io_fd,
        .domid = dom,
        .cb = callbacks,
        .live = flags & XCFLAGS_LIVE,
        .debug = flags & XCFLAGS_DEBUG,
        .checkpointed = stream_type == XC_STREAM_REMUS,
    };
    int rc, saved;

    (void)recv_fd; /* only COLO's two sides talk */
    if (stream_type == XC_STREAM_COLO)
        return stream_fail(xch, EOPNOTSUPP, "COLO is not supported");
    if (!callbacks || !callbacks->suspend ||
        (s.checkpointed && (!callbacks->postcopy || !callbacks->checkpoint || !s.live)))
        return stream_fail(xch, EINVAL, "a callback is missing");
    if (domain_info(xch, dom, &s.info))
        return -1;
    xc_report(xch, XC_LOG_MAIN, XTL_INFO, -1, "Saving domain %u, type x86 %s", dom,
              s.info.hvm ? "HVM" : "PV");
    s.kind = s.info.hvm ? &save_hvm : &save_pv;
    rc = s.kind->start(&s);
    if (!rc)
        rc = save_all(&s);
    saved = errno;
    log_stop(&s);
    save_pages_free(&s);
    s.kind->finish(&s);
    errno = saved;
    if (rc)
        xc_report_error(xch, XC_INTERNAL_ERROR, "domain %u is not saved", dom);
    return rc;
}
