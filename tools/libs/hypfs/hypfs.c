/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define __XEN_TOOLS__ 1
#include <xen/hypfs.h>
#include <xen/xen.h>

#include "xencall.h"
#include "xenhypfs.h"
#include "xentoollog.h"

#define BUF_BYTES 4096u
#define MAX_TEXT  (16u << 20)

struct xenhypfs_handle {
    xencall_handle *xcall;
    struct xentoollog_logger *logger; /* may be NULL */
};

xenhypfs_handle *xenhypfs_open(struct xentoollog_logger *logger, unsigned int open_flags)
{
    xenhypfs_handle *fs;

    if (open_flags) {
        errno = EINVAL;
        return NULL;
    }
    fs = calloc(1, sizeof(*fs));
    if (!fs)
        return NULL;
    fs->logger = logger;
    fs->xcall = xencall_open(logger, 0);
    if (!fs->xcall) {
        free(fs);
        return NULL;
    }
    return fs;
}

int xenhypfs_close(xenhypfs_handle *fs)
{
    int r;

    if (!fs)
        return 0;
    r = xencall_close(fs->xcall);
    free(fs);
    return r;
}

/* A hypercall with @path and a buffer of @len bytes. Returns 0, or -1 with errno. */
static int hypfs_call(xenhypfs_handle *fs, unsigned int op, const char *path, void *buf, size_t len)
{
    size_t path_len = strlen(path) + 1;
    char *hpath;
    int r;

    if (path_len > XEN_HYPFS_MAX_PATHLEN) {
        errno = ENAMETOOLONG;
        return -1;
    }
    hpath = xencall_alloc_buffer(fs->xcall, path_len);
    if (!hpath)
        return -1;
    memcpy(hpath, path, path_len);
    r = xencall5(fs->xcall, __HYPERVISOR_hypfs_op, op, (uintptr_t)hpath, path_len, (uintptr_t)buf,
                 len);
    xencall_free_buffer(fs->xcall, hpath);
    return r;
}

/*
 * The entry of @path with its contents behind it, *@len bytes altogether, in a hypercall buffer.
 * The hypervisor says how much there is, even when it is too much.
 */
static struct xen_hypfs_direntry *entry_read(xenhypfs_handle *fs, const char *path, size_t *len)
{
    size_t room = BUF_BYTES;
    struct xen_hypfs_direntry *e;
    int r;

    for (unsigned int tries = 0; tries < 8; tries++) {
        e = xencall_alloc_buffer(fs->xcall, room);
        if (!e)
            return NULL;
        memset(e, 0, sizeof(*e));
        r = hypfs_call(fs, XEN_HYPFS_OP_read, path, e, room);
        if (!r) {
            *len = sizeof(*e) + e->content_len;
            if (*len <= room)
                return e;
            errno = EIO;
        }
        if (!r || errno != ENOBUFS) {
            xencall_free_buffer(fs->xcall, e);
            return NULL;
        }
        room = sizeof(*e) + (size_t)e->content_len;
        xencall_free_buffer(fs->xcall, e);
    }
    errno = EBUSY;
    return NULL;
}

static enum xenhypfs_type type_of(unsigned int type)
{
    switch (type) {
    case XEN_HYPFS_TYPE_DIR:
        return xenhypfs_type_dir;
    case XEN_HYPFS_TYPE_STRING:
        return xenhypfs_type_string;
    case XEN_HYPFS_TYPE_UINT:
        return xenhypfs_type_uint;
    case XEN_HYPFS_TYPE_INT:
        return xenhypfs_type_int;
    case XEN_HYPFS_TYPE_BOOL:
        return xenhypfs_type_bool;
    default:
        return xenhypfs_type_blob;
    }
}

static void dirent_fill(struct xenhypfs_dirent *d, const struct xen_hypfs_direntry *e, char *name)
{
    d->name = name;
    d->size = e->content_len;
    d->type = (unsigned short)type_of(e->type);
    d->encoding = e->encoding == XEN_HYPFS_ENC_GZIP ? xenhypfs_enc_gzip : xenhypfs_enc_plain;
    d->flags = e->max_write_len ? XENHYPFS_FLAG_WRITABLE : 0;
}

static struct xenhypfs_dirent *dirent_new(const struct xen_hypfs_direntry *e, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t len = strlen(name) + 1;
    struct xenhypfs_dirent *d = malloc(sizeof(*d) + len);

    if (d)
        dirent_fill(d, e, memcpy(d + 1, name, len));
    return d;
}

void *xenhypfs_read_raw(xenhypfs_handle *fs, const char *path, struct xenhypfs_dirent **dirent)
{
    size_t len;
    struct xen_hypfs_direntry *e = entry_read(fs, path, &len);
    void *contents = NULL;

    if (!e)
        return NULL;
    contents = malloc(e->content_len + 1ul);
    if (contents) {
        memcpy(contents, e + 1, e->content_len);
        ((char *)contents)[e->content_len] = '\0';
    }
    if (contents && dirent && !(*dirent = dirent_new(e, path))) {
        free(contents);
        contents = NULL;
    }
    xencall_free_buffer(fs->xcall, e);
    return contents;
}

static char *gunzip(void *in, size_t len)
{
    z_stream z = {.next_in = in, .avail_in = (uInt)len};
    size_t room = 64 * 1024;
    char *out = NULL, *more;
    int zr = Z_OK;

    if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK) {
        errno = EIO;
        return NULL;
    }
    for (; zr == Z_OK && room <= MAX_TEXT; room *= 2) {
        more = realloc(out, room + 1);
        if (!more)
            break;
        out = more;
        z.next_out = (Bytef *)out + z.total_out;
        z.avail_out = (uInt)(room - z.total_out);
        zr = inflate(&z, Z_NO_FLUSH);
    }
    if (zr == Z_STREAM_END) {
        out[z.total_out] = '\0';
    } else {
        free(out);
        out = NULL;
        errno = EIO;
    }
    inflateEnd(&z);
    return out;
}

/* Little-endian, of 1, 2, 4 or 8 bytes. */
static int number(const void *raw, size_t size, unsigned long long *value)
{
    const unsigned char *b = raw;

    if (size != 1 && size != 2 && size != 4 && size != 8) {
        errno = EDOM;
        return -1;
    }
    *value = 0;
    for (size_t i = 0; i < size; i++)
        *value |= (unsigned long long)b[i] << (8 * i);
    return 0;
}

static char *number_text(const void *raw, const struct xenhypfs_dirent *d)
{
    unsigned long long v;
    unsigned int shift;
    char *text;
    int n;

    if (number(raw, d->size, &v))
        return NULL;
    shift = 64 - 8 * (unsigned int)d->size;
    if (d->type == xenhypfs_type_bool)
        return strdup(v ? "1" : "0");
    if (d->type == xenhypfs_type_int)
        n = asprintf(&text, "%lld", (long long)(v << shift) >> shift);
    else
        n = asprintf(&text, "%llu", v);
    return n < 0 ? NULL : text;
}

static char *contents_text(void *raw, const struct xenhypfs_dirent *d)
{
    switch (d->type) {
    case xenhypfs_type_dir:
        errno = EISDIR;
        return NULL;
    case xenhypfs_type_blob:
        errno = EDOM;
        return NULL;
    case xenhypfs_type_string:
        return d->encoding == xenhypfs_enc_gzip ? gunzip(raw, d->size) : strdup(raw);
    default:
        return number_text(raw, d);
    }
}

char *xenhypfs_read(xenhypfs_handle *fs, const char *path)
{
    struct xenhypfs_dirent *d = NULL;
    void *raw = xenhypfs_read_raw(fs, path, &d);
    char *text = NULL;
    int saved;

    if (!raw)
        return NULL;
    text = contents_text(raw, d);
    saved = errno;
    free(raw);
    free(d);
    errno = saved;
    return text;
}

/* One entry of a directory's list, checked to lie within it. */
struct list_entry {
    struct xen_hypfs_direntry e;
    const char *name;
    size_t name_bytes;
    size_t next; /* position, 0 at the end */
};

static bool entry_at(const char *list, size_t len, size_t pos, struct list_entry *out)
{
    size_t name_at = pos + offsetof(struct xen_hypfs_dirlistentry, name);
    struct xen_hypfs_dirlistentry head;
    const char *end;

    if (name_at >= len)
        return false;
    memcpy(&head, list + pos, offsetof(struct xen_hypfs_dirlistentry, name));
    end = memchr(list + name_at, 0, len - name_at);
    if (!end)
        return false;
    out->e = head.e;
    out->name = list + name_at;
    out->name_bytes = (size_t)(end + 1 - out->name);
    out->next = head.off_next ? pos + head.off_next : 0;
    return true;
}

static size_t names_length(const char *list, size_t len, unsigned int *nr)
{
    struct list_entry le = {.next = 0};
    size_t sum = 0;

    *nr = 0;
    do {
        if (!entry_at(list, len, le.next, &le))
            break;
        sum += le.name_bytes;
        ++*nr;
    } while (le.next);
    return sum;
}

static struct xenhypfs_dirent *list_unpack(const char *list, size_t len, unsigned int *nr)
{
    size_t names = names_length(list, len, nr);
    struct xenhypfs_dirent *d = calloc(1, *nr * sizeof(*d) + names + 1);
    struct list_entry le = {.next = 0};
    char *name;

    if (!d)
        return NULL;
    name = (char *)(d + *nr);
    for (unsigned int i = 0; i < *nr && entry_at(list, len, le.next, &le); i++) {
        memcpy(name, le.name, le.name_bytes);
        dirent_fill(&d[i], &le.e, name);
        name += le.name_bytes;
    }
    return d;
}

struct xenhypfs_dirent *xenhypfs_readdir(xenhypfs_handle *fs, const char *path,
                                         unsigned int *num_entries)
{
    struct xenhypfs_dirent *d = NULL, *list = NULL;
    void *raw = xenhypfs_read_raw(fs, path, &d);
    int saved;

    if (!raw)
        return NULL;
    if (d->type == xenhypfs_type_dir)
        list = list_unpack(raw, d->size, num_entries);
    else
        errno = ENOTDIR;
    saved = errno;
    free(raw);
    free(d);
    errno = saved;
    return list;
}

static int parse_bool(const char *val, unsigned long long *value)
{
    static const char *const yes[] = {"1", "on", "yes", "true", "enable"};
    static const char *const no[] = {"0", "off", "no", "false", "disable"};

    for (unsigned int i = 0; i < 5; i++) {
        if (!strcmp(val, yes[i]) || !strcmp(val, no[i])) {
            *value = !strcmp(val, yes[i]);
            return 0;
        }
    }
    errno = EINVAL;
    return -1;
}

static int parse_number(const char *val, unsigned int type, unsigned long long *value)
{
    char *end;

    errno = 0;
    *value = type == xenhypfs_type_int ? (unsigned long long)strtoll(val, &end, 0)
                                       : strtoull(val, &end, 0);
    if (errno)
        return -1;
    if (end == val || *end) {
        errno = EINVAL;
        return -1;
    }
    return 0;
}

/* What is to be written, in @out of @size bytes, for numbers. */
static int number_bytes(const char *val, unsigned int type, unsigned char *out, size_t size)
{
    unsigned long long v;

    if (type == xenhypfs_type_bool ? parse_bool(val, &v) : parse_number(val, type, &v))
        return -1;
    for (size_t i = 0; i < size; i++)
        out[i] = (unsigned char)(i < 8 ? v >> (8 * i) : 0);
    return 0;
}

/* What keeps @val of @size bytes from being written, or 0. */
static int write_refusal(const struct xen_hypfs_direntry *e, size_t size)
{
    enum xenhypfs_type type = type_of(e->type);

    if (!e->max_write_len)
        return EACCES;
    if (type == xenhypfs_type_dir)
        return EISDIR;
    if (type == xenhypfs_type_blob || (type != xenhypfs_type_string && size > 8))
        return EDOM;
    return size > e->max_write_len ? EINVAL : 0;
}

static int write_value(xenhypfs_handle *fs, const char *path, enum xenhypfs_type type,
                       const char *val, size_t size)
{
    void *buf = xencall_alloc_buffer(fs->xcall, size);
    int r = 0;

    if (!buf)
        return -1;
    if (type == xenhypfs_type_string)
        memcpy(buf, val, size);
    else
        r = number_bytes(val, type, buf, size);
    if (!r)
        r = hypfs_call(fs, XEN_HYPFS_OP_write_contents, path, buf, size);
    xencall_free_buffer(fs->xcall, buf);
    return r;
}

int xenhypfs_write(xenhypfs_handle *fs, const char *path, const char *val)
{
    size_t len, size;
    struct xen_hypfs_direntry *e = entry_read(fs, path, &len);
    enum xenhypfs_type type;
    int refusal;

    if (!e)
        return -1;
    type = type_of(e->type);
    size = type == xenhypfs_type_string ? strlen(val) + 1 : e->content_len;
    refusal = write_refusal(e, size);
    xencall_free_buffer(fs->xcall, e);
    if (refusal) {
        errno = refusal;
        return -1;
    }
    return write_value(fs, path, type, val, size);
}
