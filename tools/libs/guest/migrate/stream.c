/* SPDX-License-Identifier: MIT */
#include "stream.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

int stream_fail(xc_interface *xch, int errnoval, const char *fmt, ...)
{
    char text[256];
    va_list al;

    va_start(al, fmt);
    vsnprintf(text, sizeof(text), fmt, al);
    va_end(al);
    errno = errnoval;
    return xc_report_error(xch, XC_INTERNAL_ERROR, "%s", text);
}

int domain_info(xc_interface *xch, uint32_t domid, xc_dominfo_t *info)
{
    if (xc_domain_getinfo(xch, domid, 1, info) == 1 && info->domid == domid)
        return 0;
    return stream_fail(xch, ESRCH, "there is no domain %u", domid);
}

int stream_writev(int fd, struct iovec *iov, unsigned int nr)
{
    while (nr) {
        ssize_t done = writev(fd, iov, nr < IOV_MAX ? (int)nr : IOV_MAX);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return -1;
        while (nr && (size_t)done >= iov->iov_len) {
            done -= (ssize_t)iov->iov_len;
            iov++;
            nr--;
        }
        if (nr) {
            iov->iov_base = (char *)iov->iov_base + done;
            iov->iov_len -= (size_t)done;
        }
    }
    return 0;
}

int stream_write(int fd, const void *data, size_t len)
{
    struct iovec iov = {.iov_base = (void *)(uintptr_t)data, .iov_len = len};

    return stream_writev(fd, &iov, 1);
}

int stream_read(int fd, void *data, size_t len)
{
    char *to = data;

    while (len) {
        ssize_t got = read(fd, to, len);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            if (!got)
                errno = EPIPE;
            return -1;
        }
        to += got;
        len -= (size_t)got;
    }
    return 0;
}

static size_t padding(size_t len)
{
    return -len & (RECORD_ALIGN - 1);
}

int record_write(int fd, uint32_t type, const void *head, size_t head_len, const void *body,
                 size_t body_len)
{
    static const char zeros[RECORD_ALIGN];
    struct record_header h = {.type = type, .length = (uint32_t)(head_len + body_len)};
    struct iovec iov[] = {
        {&h, sizeof(h)},
        {(void *)(uintptr_t)head, head_len},
        {(void *)(uintptr_t)body, body_len},
        {(void *)(uintptr_t)zeros, padding(head_len + body_len)},
    };

    if (head_len + body_len > RECORD_MAX) {
        errno = E2BIG;
        return -1;
    }
    return stream_writev(fd, iov, 4);
}

static const char *const names[] = {
    [RECORD_END] = "end",
    [RECORD_PAGE_DATA] = "page data",
    [RECORD_PV_INFO] = "x86 PV info",
    [RECORD_PV_P2M_FRAMES] = "x86 PV P2M frames",
    [RECORD_PV_VCPU_BASIC] = "x86 PV vCPU basic",
    [RECORD_PV_VCPU_EXTENDED] = "x86 PV vCPU extended",
    [RECORD_PV_VCPU_XSAVE] = "x86 PV vCPU XSAVE",
    [RECORD_SHARED_INFO] = "shared info",
    [RECORD_TSC_INFO] = "x86 TSC info",
    [RECORD_HVM_CONTEXT] = "HVM context",
    [RECORD_HVM_PARAMS] = "HVM parameters",
    [RECORD_TOOLSTACK] = "toolstack",
    [RECORD_PV_VCPU_MSRS] = "x86 PV vCPU MSRs",
    [RECORD_VERIFY] = "verify",
    [RECORD_CHECKPOINT] = "checkpoint",
    [RECORD_DIRTY_PFNS] = "checkpoint dirty frames",
    [RECORD_STATIC_DATA_END] = "static data end",
    [RECORD_CPUID_POLICY] = "x86 CPUID policy",
    [RECORD_MSR_POLICY] = "x86 MSR policy",
};

const char *record_name(uint32_t type)
{
    const char *name = type < sizeof(names) / sizeof(names[0]) ? names[type] : NULL;

    return name ? name : "unknown";
}

int record_read(xc_interface *xch, int fd, struct record *out)
{
    struct record_header h;
    size_t room;

    *out = (struct record){0};
    if (stream_read(fd, &h, sizeof(h)))
        return stream_fail(xch, errno, "cannot read the head of a record");
    if (h.length > RECORD_MAX)
        return stream_fail(xch, EINVAL, "record %#x (%s) is too long: %u bytes", h.type,
                           record_name(h.type), h.length);
    room = h.length + padding(h.length);
    if (room) {
        out->data = malloc(room);
        if (!out->data)
            return stream_fail(xch, ENOMEM, "no memory for a record of %u bytes", h.length);
    }
    if (stream_read(fd, out->data, room)) {
        stream_fail(xch, errno, "cannot read the %u bytes of record %#x (%s)", h.length, h.type,
                    record_name(h.type));
        record_free(out);
        return -1;
    }
    out->type = h.type;
    out->length = h.length;
    return 0;
}
