/* SPDX-License-Identifier: MIT */
/* libxl_utils.h: files, pipes, children. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/internal.h"

#ifndef LIBXL_HAVE_NONCONST_LIBXL_BASENAME_RETURN_VALUE
#error built for another interface
#endif

char *libxl_basename(const char *name)
{
    size_t end = strlen(name);
    const char *start;
    char *out;

    if (!end)
        return xstrdup(".");
    while (end > 1 && name[end - 1] == '/')
        end--;
    start = name + end - (name[end - 1] != '/');
    while (start > name && start[-1] != '/')
        start--;
    out = xmalloc0((size_t)(name + end - start) + 2);
    if (name[end - 1] == '/')
        out[0] = '/';
    else
        memcpy(out, start, (size_t)(name + end - start));
    return out;
}

static struct scope plain(libxl_ctx *ctx)
{
    return (struct scope){.ctx = ctx, .domid = (uint32_t)INVALID_DOMID};
}

#define FILE_MAX (128 << 20) /* bytes of any file read whole */

static int read_open(struct scope *sc, int fd, const char *filename, void **data_r, int *len_r)
{
    struct stat st;
    char *data = NULL;
    int r = 0;

    if (fstat(fd, &st))
        return errno;
    if (!S_ISREG(st.st_mode)) {
        LOG_ERROR(sc, "%s is not a plain file", filename);
        return EINVAL;
    }
    if (st.st_size > FILE_MAX) {
        LOG_ERROR(sc, "file %s is far too large", filename);
        return EFBIG;
    }
    if (st.st_size && data_r) {
        data = xmalloc0((size_t)st.st_size);
        r = libxl_read_exactly(sc->ctx, fd, data, st.st_size, filename, "contents");
        if (r) {
            free(data);
            return r;
        }
    }
    if (data_r)
        *data_r = data;
    if (len_r)
        *len_r = (int)st.st_size;
    return 0;
}

int libxl_read_file_contents(libxl_ctx *ctx, const char *filename, void **data_r, int *datalen_r)
{
    struct scope s = plain(ctx), *sc = &s;
    int fd = open(filename, O_RDONLY | O_CLOEXEC), r;

    if (fd < 0) {
        r = errno;
        if (r != ENOENT)
            LOG_ERRNO(sc, "cannot open %s", filename);
        return r;
    }
    r = read_open(sc, fd, filename, data_r, datalen_r);
    close(fd);
    return r;
}

static int transfer_failed(libxl_ctx *ctx, ssize_t got, const char *verb, const char *filename,
                           const char *what)
{
    struct scope s = plain(ctx), *sc = &s;
    int e = got < 0 ? errno : EPROTO;

    if (got < 0)
        LOG_ERRNO(sc, "cannot %s %s%s%s", verb, what ? what : "data", filename ? " in " : "",
                  filename ? filename : "");
    else
        LOG_ERROR(sc, "file ends early: %s in %s", what ? what : "data", filename ? filename : "?");
    return e;
}

int libxl_read_exactly(libxl_ctx *ctx, int fd, void *data, ssize_t sz, const char *filename,
                       const char *what)
{
    for (ssize_t done = 0; done < sz;) {
        ssize_t r = read(fd, (char *)data + done, (size_t)(sz - done));

        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0)
            return transfer_failed(ctx, r, "read", filename, what);
        done += r;
    }
    return 0;
}

int libxl_write_exactly(libxl_ctx *ctx, int fd, const void *data, ssize_t sz, const char *filename,
                        const char *what)
{
    for (ssize_t done = 0; done < sz;) {
        ssize_t r = write(fd, (const char *)data + done, (size_t)(sz - done));

        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0)
            return transfer_failed(ctx, r, "write", filename, what);
        done += r;
    }
    return 0;
}

int libxl_pipe(libxl_ctx *ctx, int pipes[2])
{
    struct scope s = plain(ctx), *sc = &s;

    if (!pipe(pipes))
        return 0;
    LOG_ERRNO(sc, "cannot make a pipe");
    pipes[0] = pipes[1] = -1;
    return ERROR_FAIL;
}

void libxl_report_child_exitstatus(libxl_ctx *ctx, xentoollog_level level, const char *what,
                                   pid_t pid, int status)
{
    if (WIFEXITED(status) && !WEXITSTATUS(status))
        xtl_log(ctx->lg, level, -1, "libxl", "%s [%d] unexpectedly exited status zero", what,
                (int)pid);
    else if (WIFEXITED(status))
        xtl_log(ctx->lg, level, -1, "libxl", "%s [%d] exited with error status %d", what, (int)pid,
                WEXITSTATUS(status));
    else if (WIFSIGNALED(status))
        xtl_log(ctx->lg, level, -1, "libxl", "%s [%d] died due to fatal signal %s%s", what,
                (int)pid, strsignal(WTERMSIG(status)), WCOREDUMP(status) ? " (core dumped)" : "");
    else
        xtl_log(ctx->lg, level, -1, "libxl", "%s [%d] gave unexpected wait status 0x%x", what,
                (int)pid, status);
}

#define OLD_LOGS 10 /* kept as NAME.log.1 ... */

/* Make room for a new /var/log/xen/NAME.log and return its name. */
int libxl_create_logfile(libxl_ctx *ctx, const char *name, char **full_name)
{
    char *path, *from, *to;
    struct stat st;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    path = scope_printf(sc, XEN_LOG_DIR "/%s.log", name);
    if (!stat(path, &st) && st.st_size) {
        for (int i = OLD_LOGS - 1; i >= 0; i--) {
            from = i ? scope_printf(sc, "%s.%d", path, i) : path;
            to = scope_printf(sc, "%s.%d", path, i + 1);
            if (rename(from, to) && errno != ENOENT)
                LOG_ERRNO(sc, "cannot rename %s", from);
        }
    }
    *full_name = xstrdup(path);
    API_LEAVE;
    return 0;
}

int libxl_string_to_backend(libxl_ctx *ctx, char *s, libxl_disk_backend *backend)
{
    (void)ctx;
    if (!strcmp(s, "file"))
        return libxl_disk_backend_from_string("tap", backend);
    return libxl_disk_backend_from_string(s, backend);
}

unsigned long libxl_get_required_shadow_memory(unsigned long maxmem_kb, unsigned int smp_cpus)
{
    /* 1 MiB per vCPU, 8 bytes per page for the p2m and as much for shadows. */
    return 4 * (256 * smp_cpus + 2 * (maxmem_kb / 1024));
}

int libxl_ms_vm_genid_generate(libxl_ctx *ctx, libxl_ms_vm_genid *id)
{
    struct scope s = plain(ctx), *sc = &s;

    if (getrandom(id->bytes, sizeof(id->bytes), 0) == (ssize_t)sizeof(id->bytes))
        return 0;
    LOG_ERRNO(sc, "no random bytes for a generation id");
    return ERROR_FAIL;
}

/* Which domain numbers were used lately is not recorded: nothing to clear but an old file. */
int libxl_clear_domid_history(libxl_ctx *ctx)
{
    struct scope s = plain(ctx), *sc = &s;

    if (!unlink(XEN_RUN_DIR "/domid-history") || errno == ENOENT)
        return 0;
    LOG_ERRNO(sc, "cannot remove the domain number history");
    return ERROR_FAIL;
}
