/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <xen/trace.h>

#include "misc.h"
#include "xentrace.h"

/* In front of each window: whose records follow, and how many bytes of them. */
struct cpu_change {
    uint32_t header, cpu, window_bytes;
};
#define CPU_CHANGE_HEADER (2u << TRACE_EXTRA_SHIFT | TRC_TRACE_CPU_CHANGE)

/* Windows that wait in memory, oldest first. */
struct window {
    STAILQ_ENTRY(window) link;
    size_t len;
    uint8_t data[];
};
static STAILQ_HEAD(, window) windows = STAILQ_HEAD_INITIALIZER(windows);

static int fd = -1;
static uint64_t reserve, memory, waiting; /* bytes */

int trace_out_open(const struct trace_options *o)
{
    reserve = o->reserve;
    memory = o->memory;
    if (!strcmp(o->file, "-"))
        fd = STDOUT_FILENO;
    else
        fd = open(o->file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd < 0) {
        failed("xentrace", o->file);
        return -1;
    }
    if (isatty(fd)) {
        fputs("xentrace: cannot write to a terminal, give a file\n", stderr);
        return -1;
    }
    return 0;
}

static int write_all(const void *data, size_t len)
{
    const uint8_t *p = data;

    while (len) {
        ssize_t n = write(fd, p, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            failed("xentrace", "write");
            return -1;
        }
        p += n;
        len -= (size_t)n;
    }
    return 0;
}

static bool has_room(uint64_t bytes)
{
    struct statvfs st;
    uint64_t left;

    if (!reserve)
        return true;
    if (fstatvfs(fd, &st)) {
        failed("xentrace", "the disk's free space");
        return false;
    }
    left = (uint64_t)st.f_bavail * st.f_frsize;
    if (left >= bytes && left - bytes >= reserve)
        return true;
    fprintf(stderr, "Disk space limit reached (free space: %lluMB, limit: %lluMB).\n",
            (unsigned long long)left >> 20, (unsigned long long)reserve >> 20);
    return false;
}

/* One that is larger than all the memory there may be is dropped. */
static int keep_window(const struct cpu_change *change, const struct piece pieces[2])
{
    size_t len = sizeof(*change) + change->window_bytes;
    struct window *w, *old;

    if (len > memory)
        return 0;
    while (waiting + len > memory) {
        old = STAILQ_FIRST(&windows);
        STAILQ_REMOVE_HEAD(&windows, link);
        waiting -= old->len;
        free(old);
    }
    w = malloc(sizeof(*w) + len);
    if (!w) {
        failed("xentrace", "memory");
        return -1;
    }
    w->len = len;
    memcpy(w->data, change, sizeof(*change));
    memcpy(w->data + sizeof(*change), pieces[0].data, pieces[0].len);
    if (pieces[1].len)
        memcpy(w->data + sizeof(*change) + pieces[0].len, pieces[1].data, pieces[1].len);
    STAILQ_INSERT_TAIL(&windows, w, link);
    waiting += len;
    return 0;
}

int trace_out_window(uint32_t cpu, const struct piece pieces[2])
{
    struct cpu_change change = {CPU_CHANGE_HEADER, cpu, (uint32_t)(pieces[0].len + pieces[1].len)};

    if (memory)
        return keep_window(&change, pieces);
    if (!has_room(sizeof(change) + change.window_bytes) || write_all(&change, sizeof(change)) ||
        write_all(pieces[0].data, pieces[0].len) || write_all(pieces[1].data, pieces[1].len))
        return -1;
    return 0;
}

int trace_out_close(void)
{
    struct window *w;
    int rc = 0;

    if (memory)
        fputs("Dumping memory buffer.\n", stderr);
    while ((w = STAILQ_FIRST(&windows))) {
        if (!rc)
            rc = has_room(w->len) ? write_all(w->data, w->len) : -1;
        STAILQ_REMOVE_HEAD(&windows, link);
        free(w);
    }
    if (close(fd) && !rc) {
        failed("xentrace", "write");
        rc = -1;
    }
    return rc;
}
