/* SPDX-License-Identifier: MIT */
/* Packed kernels and modules: bzImage, gzip, xz, lzma, zstd, lz4. */
#include <xen/lib/decompress.h>
#include <zlib.h>

#include "dom.h"

#ifdef XC_X86
#include <lzma.h>
#include <zstd.h>
#endif

#define SPARE_ROOM (8u << 20)

/* Source: "The .xz File Format" 1.0.4, 2.1.1.2. */
#define XZ_FLAGS        7
#define XZ_CHECK_SHA256 10

/* The header of a bzImage. Source: Linux, Documentation/x86/boot.rst. */
#define BZ_SETUP_SECTS          0x1f1
#define BZ_MAGIC                0x202
#define BZ_VERSION              0x206
#define BZ_PAYLOAD_OFFSET       0x248
#define BZ_PAYLOAD_LENGTH       0x24c
#define BZ_VERSION_WITH_PAYLOAD 0x208

static uint32_t le32(const void *p)
{
    const uint8_t *b = p;

    return b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24;
}

/*
 * Input, and the output, which grows by doubling up to @max. The buffer is malloc()ed, and whoever
 * unpacks hands it to the image's pool or frees it; or it is @pooled already.
 */
struct unpack {
    struct xc_dom_image *dom;
    const uint8_t *in;
    size_t in_len;
    uint8_t *out;
    size_t done;
    size_t room;
    size_t max;
    bool pooled;
};

static int grow(struct unpack *u)
{
    size_t room = u->room ? u->room * 2 : u->in_len * 4;
    uint8_t *out;

    if (room > u->max)
        room = u->max;
    if (room <= u->room) {
        errno = EFBIG;
        return -1;
    }
    out = realloc(u->out, room);
    if (!out)
        return -1;
    u->out = out;
    u->room = room;
    return 0;
}

static int bad(void)
{
    errno = EINVAL;
    return -1;
}

static int unpack_gzip(struct unpack *u)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)u->in, .avail_in = (uInt)u->in_len};
    int zr = Z_OK, rc = -1;

    if (u->in_len > UINT32_MAX || inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
        return bad();
    while (zr == Z_OK) {
        if (u->done == u->room && grow(u))
            goto out;
        z.next_out = u->out + u->done;
        z.avail_out = (uInt)(u->room - u->done);
        zr = inflate(&z, Z_NO_FLUSH);
        u->done = u->room - z.avail_out;
    }
    rc = zr == Z_STREAM_END ? 0 : bad();
out:
    inflateEnd(&z);
    return rc;
}

/*
 * The hypervisor's own decoders take fewer instructions than the libraries', but want all of the
 * output at once. Pages are had in one call, not by a fault for each; only as many as the input
 * may need: what it says about its size is not to be trusted.
 */
static int own_room(struct unpack *u, size_t room)
{
    if (room > u->max) {
        errno = EFBIG;
        return -1;
    }
    u->out = xc_dom_malloc_page_aligned(u->dom, room);
    if (!u->out)
        return -1;
    u->room = room;
    if (room / 64 < u->in_len)
        madvise(u->out, room, MADV_POPULATE_WRITE); /* old kernels do not know it */
    return 0;
}

static int unpack_own(struct unpack *u)
{
    void *scratch = malloc(decompress_scratch());
    uint64_t room;
    int rc = -1;

    if (!scratch)
        return -1;
    u->pooled = true;
    if (decompress_size_hint(u->in, u->in_len, &room) || room < u->in_len || room > u->max)
        room = u->in_len * 4 < u->max ? u->in_len * 4 : u->max;
    while (!own_room(u, room)) {
        rc = decompress(u->in, u->in_len, u->out, u->room, &u->done, scratch);
        if (rc != -E2BIG || room == u->max)
            break;
        room = room * 2 < u->max ? room * 2 : u->max;
    }
    free(scratch);
    if (rc < -1)
        errno = rc == -E2BIG ? EFBIG : -rc;
    return rc ? -1 : 0;
}

#ifdef XC_X86
static int unpack_lzma(struct unpack *u)
{
    lzma_stream z = LZMA_STREAM_INIT;
    lzma_ret lr = LZMA_OK;
    int rc = -1;

    if (lzma_auto_decoder(&z, UINT64_MAX, 0) != LZMA_OK)
        return bad();
    z.next_in = u->in;
    z.avail_in = u->in_len;
    while (lr == LZMA_OK) {
        if (u->done == u->room && grow(u))
            goto out;
        z.next_out = u->out + u->done;
        z.avail_out = u->room - u->done;
        lr = lzma_code(&z, LZMA_RUN);
        u->done = u->room - z.avail_out;
        /* The decoder says OK with nothing left to read when the input is cut short. */
        if (lr == LZMA_OK && !z.avail_in && z.avail_out)
            break;
    }
    rc = lr == LZMA_STREAM_END ? 0 : bad();
out:
    lzma_end(&z);
    return rc;
}

static int unpack_zstd(struct unpack *u)
{
    ZSTD_DCtx *z = ZSTD_createDCtx();
    ZSTD_inBuffer in = {u->in, u->in_len, 0};
    size_t zr = 1;
    int rc = -1;

    if (!z)
        return -1;
    ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, 27);
    while (zr) {
        ZSTD_outBuffer out;
        size_t in_before = in.pos;

        if (u->done == u->room && grow(u))
            goto out;
        out = (ZSTD_outBuffer){u->out, u->room, u->done};
        zr = ZSTD_decompressStream(z, &out, &in);
        if (ZSTD_isError(zr) || (in.pos == in_before && out.pos == u->done && in.pos == in.size)) {
            bad();
            goto out;
        }
        u->done = out.pos;
    }
    rc = 0;
out:
    ZSTD_freeDCtx(z);
    return rc;
}

static int unpack_xz(struct unpack *u)
{
    /* What the decoder does not do or does not verify. */
    if ((u->in[XZ_FLAGS] & 15) != XZ_CHECK_SHA256 && (!unpack_own(u) || errno != EOPNOTSUPP))
        return u->done ? 0 : -1;
    u->out = NULL;
    u->room = 0;
    u->pooled = false;
    return unpack_lzma(u);
}
#else
/* On Arm the stock library needs zlib alone, and so does this one. */
#define unpack_lzma unpack_own
#define unpack_zstd unpack_own

static int unpack_xz(struct unpack *u)
{
    if ((u->in[XZ_FLAGS] & 15) != XZ_CHECK_SHA256)
        return unpack_own(u);
    errno = EOPNOTSUPP; /* the decoder does not verify it */
    return -1;
}
#endif

static const struct format {
    const char *name;
    const char *magic;
    size_t magic_len;
    int (*unpack)(struct unpack *u);
} formats[] = {
    {"gzip", "\x1f\x8b", 2, unpack_gzip},
    {"xz",
     "\xfd"
     "7zXZ",
     6, unpack_xz},
    {"lzma", "\x5d\x00\x00", 3, unpack_lzma},
    {"zstd", "\x28\xb5\x2f\xfd", 4, unpack_zstd},
    {"lz4", "\x02\x21\x4c\x18", 4, unpack_own},
};

static const struct format *format_of(const void *blob, size_t size)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        if (size > formats[i].magic_len && !memcmp(blob, formats[i].magic, formats[i].magic_len))
            return &formats[i];
    return NULL;
}

/* The kernel inside of a bzImage, or the whole file. */
static int find_payload(struct xc_dom_image *dom, const uint8_t *blob, size_t size,
                        struct unpack *u)
{
    uint64_t start, len;
    unsigned int sects;

    u->in = blob;
    u->in_len = size;
    if (size < BZ_PAYLOAD_LENGTH + 4 || memcmp(blob + BZ_MAGIC, "HdrS", 4))
        return 0;
    if ((blob[BZ_VERSION] | blob[BZ_VERSION + 1] << 8) < BZ_VERSION_WITH_PAYLOAD)
        return dom_fail(dom, XC_INVALID_KERNEL, EINVAL, "bzImage is too old");
    sects = blob[BZ_SETUP_SECTS] ? blob[BZ_SETUP_SECTS] : 4;
    start = (sects + 1) * 512 + (uint64_t)le32(blob + BZ_PAYLOAD_OFFSET);
    len = le32(blob + BZ_PAYLOAD_LENGTH);
    if (start > size || len > size - start || len < 8)
        return dom_fail(dom, XC_INVALID_KERNEL, EINVAL, "payload lies outside of the bzImage");
    u->in = blob + start;
    u->in_len = len;
    return 0;
}

/*
 * Behind the packed kernel its build leaves the unpacked size, for formats that do not tell it at
 * their end by themselves. A good guess of how much room to make, but only a guess.
 */
static void guess_room(struct unpack *u)
{
    uint32_t told = le32(u->in + u->in_len - 4);

    if (told > u->in_len && told < u->max && told / 64 < u->in_len)
        u->room = (size_t)told + SPARE_ROOM;
    if (u->room > u->max)
        u->room = u->max;
    u->out = u->room ? malloc(u->room) : NULL;
    if (!u->out)
        u->room = 0;
}

static int run(struct xc_dom_image *dom, const struct format *f, struct unpack *u)
{
    int rc, saved;

    u->dom = dom;
    if (f->unpack != unpack_own && f->unpack != unpack_xz)
        guess_room(u);
    rc = f->unpack(u);
    if (!rc && !u->pooled)
        rc = xc_dom_register_external(dom, u->out, u->done);
    if (rc) {
        saved = errno;
        if (!u->pooled)
            free(u->out);
        return dom_fail(dom, XC_INVALID_KERNEL, saved, "cannot unpack %s", f->name);
    }
    return 0;
}

int dom_kernel_unpack(struct xc_dom_image *dom, void **blob, size_t *size)
{
    struct unpack u = {.max = dom->max_kernel_size};
    const struct format *f;

    if (find_payload(dom, *blob, *size, &u))
        return -1;
    f = format_of(u.in, u.in_len);
    if (f && run(dom, f, &u))
        return -1;
    *blob = f ? u.out : (void *)(uintptr_t)u.in;
    *size = f ? u.done : u.in_len;
    return 0;
}

size_t xc_dom_check_gzip(xc_interface *xch, void *blob, size_t ziplen)
{
    size_t len;

    if (ziplen < 18 || memcmp(blob, "\x1f\x8b", 2))
        return 0;
    len = le32((const uint8_t *)blob + ziplen - 4);
    if (len > XC_DOM_DECOMPRESS_MAX) {
        errno = EFBIG;
        xc_report_error(xch, XC_INVALID_KERNEL, "gzip contents of %zu bytes are too large", len);
        return 0;
    }
    return len;
}

int xc_dom_do_gunzip(xc_interface *xch, void *src, size_t srclen, void *dst, size_t dstlen)
{
    struct unpack u = {.in = src, .in_len = srclen, .out = dst, .room = dstlen, .max = dstlen};

    if (!unpack_gzip(&u))
        return 0;
    return xc_report_error(xch, XC_INVALID_KERNEL, "cannot unpack gzip");
}

int xc_dom_try_gunzip(struct xc_dom_image *dom, void **blob, size_t *size)
{
    struct unpack u = {.in = *blob, .in_len = *size, .max = dom->max_kernel_size};

    if (!xc_dom_check_gzip(dom->xch, *blob, *size))
        return 0;
    if (run(dom, &formats[0], &u))
        return -1;
    *blob = u.out;
    *size = u.done;
    return 0;
}
