/* SPDX-License-Identifier: MIT */
/*
 * The stream of a saved domain, version 3: a header, a header about the domain, then records until
 * an END. The first header is big endian, all that follows little endian. A record's length does
 * not count its own header nor the zeros that fill it up to 8 bytes.
 *
 * Source: the public description of the format; docs/streams.md has ours.
 */
#ifndef GUEST_MIGRATE_STREAM_H
#define GUEST_MIGRATE_STREAM_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>

#define XC_WANT_COMPAT_MAP_FOREIGN_API
#include "xenctrl.h"

#include "xenguest.h"

#include "../../ctrl/report.h"

#define STREAM_MARKER     0xffffffffffffffffull
#define STREAM_ID         0x58454e46u /* "XENF" */
#define STREAM_VERSION    3
#define STREAM_BIG_ENDIAN 1 /* an option */

struct stream_header {
    uint64_t marker;
    uint32_t id, version;
    uint16_t options, zero16;
    uint32_t zero32;
};

enum { STREAM_PV = 1, STREAM_HVM = 2 };

struct stream_domain {
    uint32_t type;
    uint16_t page_shift, zero16;
    uint32_t xen_major, xen_minor;
};

enum stream_record_type {
    RECORD_END = 0x00,
    RECORD_PAGE_DATA = 0x01,
    RECORD_PV_INFO = 0x02,
    RECORD_PV_P2M_FRAMES = 0x03,
    RECORD_PV_VCPU_BASIC = 0x04,
    RECORD_PV_VCPU_EXTENDED = 0x05,
    RECORD_PV_VCPU_XSAVE = 0x06,
    RECORD_SHARED_INFO = 0x07,
    RECORD_TSC_INFO = 0x08,
    RECORD_HVM_CONTEXT = 0x09,
    RECORD_HVM_PARAMS = 0x0a,
    RECORD_TOOLSTACK = 0x0b,
    RECORD_PV_VCPU_MSRS = 0x0c,
    RECORD_VERIFY = 0x0d,
    RECORD_CHECKPOINT = 0x0e,
    RECORD_DIRTY_PFNS = 0x0f,
    RECORD_STATIC_DATA_END = 0x10,
    RECORD_CPUID_POLICY = 0x11,
    RECORD_MSR_POLICY = 0x12,
};
#define RECORD_OPTIONAL 0x80000000u /* who does not know it may skip it */

struct record_header {
    uint32_t type, length;
};
#define RECORD_ALIGN 8u
/* A longer record is an error. Far above what any guest needs. */
#define RECORD_MAX   (128u << 20)

/* PAGE_DATA: this, @count words of frame number and type, then the frames that have contents. */
struct record_pages {
    uint32_t count, zero;
};
#define PAGES_PFN_MASK   ((1ull << 52) - 1)
#define PAGES_TYPE_SHIFT 60
#define PAGES_ZERO_MASK  (0xffull << 52)

/* Types of frames, as XEN_DOMCTL_PFINFO_* but in four bits. */
enum frame_type {
    FRAME_PLAIN = 0,
    FRAME_L1 = 1,
    FRAME_L4 = 4,
    FRAME_PINNED = 8, /* added to FRAME_L1 to FRAME_L4 */
    FRAME_BROKEN = 0xd,
    FRAME_NO_CONTENT = 0xe,
    FRAME_NONE = 0xf,
};

struct record_pv_info {
    uint8_t width, levels;
    uint16_t zero16;
    uint32_t zero32;
};

/* P2M_FRAMES: this, then the frame (64 bits) of each page of the list for these frames. */
struct record_p2m_frames {
    uint32_t first, last;
};
#define P2M_PER_PAGE (XC_PAGE_SIZE / 8)

struct record_vcpu {
    uint32_t vcpu, zero;
};

struct record_tsc {
    uint32_t mode, khz;
    uint64_t ns;
    uint32_t incarnation, zero;
};

struct record_hvm_params {
    uint32_t count, zero;
};
struct record_hvm_param {
    uint64_t index, value;
};

/* Has it contents in the stream? Memory at all? Is it a page table, and of which level? */
static inline bool frame_has_content(unsigned int type)
{
    return type < FRAME_BROKEN;
}
static inline bool frame_type_has_memory(unsigned int type)
{
    return type != FRAME_NONE && type != FRAME_BROKEN;
}
static inline bool frame_type_valid(unsigned int type)
{
    return type >= FRAME_BROKEN || (type & ~(unsigned int)FRAME_PINNED) <= FRAME_L4;
}
static inline unsigned int frame_table_level(unsigned int type)
{
    return frame_has_content(type) ? type & ~(unsigned int)FRAME_PINNED : 0;
}

#define PTE_PRESENT    1ull
#define PTE_LARGE      0x80ull
#define PTE_ADDR_MASK  0x000ffffffffff000ull
/* Of the top table these slots are the hypervisor's. Source: arch-x86/xen-x86_64.h. */
#define XEN_SLOT_FIRST 256u
#define XEN_SLOT_LAST  271u

/* 0, or -1 with errno. An early end of the stream is EPIPE for the reader. */
int stream_write(int fd, const void *data, size_t len);
int stream_writev(int fd, struct iovec *iov, unsigned int nr); /* changes @iov */
int stream_read(int fd, void *data, size_t len);

/* One record of up to two parts, of which the second may be empty; with its padding. */
int record_write(int fd, uint32_t type, const void *head, size_t head_len, const void *body,
                 size_t body_len);

struct record {
    uint32_t type, length;
    void *data; /* malloc()ed; NULL if empty */
};
/* Reports what is wrong. */
int record_read(xc_interface *xch, int fd, struct record *out);
const char *record_name(uint32_t type);

static inline void record_free(struct record *r)
{
    free(r->data);
    r->data = NULL;
}

/* xc_report_error() with an errno of its own. -1. */
int stream_fail(xc_interface *xch, int errnoval, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* xc_dominfo_t of exactly this domain. */
int domain_info(xc_interface *xch, uint32_t domid, xc_dominfo_t *info);

#endif
