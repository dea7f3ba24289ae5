/* SPDX-License-Identifier: MIT */
#include "domain/bootloader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

/* The terminal and the pipe of the program, as CHILD_FD_FIRST and the next. */
#define WITH_TERMINAL "exec \"$@\" <&3 >&3 2>&3 3>&-"
#define OUTPUT_PATH   "/proc/self/fd/4"

extern char **environ;

static char *work_dir(struct scope *sc, uint32_t domid)
{
    return scope_printf(sc, XEN_RUN_DIR "/bootloader.%u", domid);
}

void bootloader_clean(struct scope *sc, uint32_t domid)
{
    char *dir = work_dir(sc, domid);
    DIR *all = opendir(dir);
    struct dirent *e;

    if (!all)
        return;
    while ((e = readdir(all)))
        if (e->d_name[0] != '.')
            unlinkat(dirfd(all), e->d_name, 0);
    closedir(all);
    rmdir(dir);
}

/* What it says. */

static void set(char **to, const char *value)
{
    free(*to);
    *to = xstrdup(value);
}

static void take_string(const char *s, libxl_domain_build_info *b)
{
    if (!strncmp(s, "kernel ", 7))
        set(&b->kernel, s + 7);
    else if (!strncmp(s, "ramdisk ", 8))
        set(&b->ramdisk, s + 8);
    else if (!strncmp(s, "args ", 5))
        set(&b->cmdline, s + 5);
}

int bootloader_take(struct scope *sc, const char *text, size_t len, libxl_domain_build_info *b)
{
    char *copy = scope_alloc(sc, len + 1); /* zero at its end */

    memcpy(copy, text, len);
    for (size_t i = 0; i < len; i++)
        if (copy[i] == '\n')
            copy[i] = '\0';
    for (size_t i = 0; i < len; i += strlen(copy + i) + 1)
        take_string(copy + i, b);
    if (b->kernel && *b->kernel)
        return 0;
    LOG_ERROR(sc, "the bootloader has found no kernel");
    return ERROR_FAIL;
}

/* The terminals. */

static void relay_stop(libxl_ctx *ctx, struct relay *r)
{
    if (r->from.active)
        ev_fd_stop(ctx, &r->from);
}

static void relay_ready(libxl_ctx *ctx, struct ev_fd *ev, short revents)
{
    struct relay *r = CONTAINER_OF(ev, struct relay, from);
    char buf[4096];
    ssize_t n = read(r->from.fd, buf, sizeof(buf));

    (void)revents;
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    /* A terminal that the program has closed gives EIO. */
    if (n <= 0) {
        relay_stop(ctx, r);
        return;
    }
    if (r->log >= 0 && write(r->log, buf, (size_t)n) != n)
        r->log = -1;
    /* Nobody need look at the console: what finds no room there is lost, as on a screen. */
    if (write(r->to, buf, (size_t)n) < 0 && errno != EAGAIN)
        relay_stop(ctx, r);
}

static int relay_start(struct bootloader *b, struct relay *r, int from, int to, int log)
{
    r->to = to;
    r->log = log;
    return ev_fd_start(b->sc->ctx, &r->from, from, POLLIN, relay_ready);
}

static int terminal_open(struct scope *sc, int *master, int *slave)
{
    struct termios raw;

    if (openpty(master, slave, NULL, NULL, NULL)) {
        LOG_ERRNO(sc, "cannot make a terminal");
        *master = *slave = -1;
        return ERROR_FAIL;
    }
    fcntl(*master, F_SETFD, FD_CLOEXEC);
    fcntl(*slave, F_SETFD, FD_CLOEXEC);
    fcntl(*master, F_SETFL, fcntl(*master, F_GETFL) | O_NONBLOCK);
    if (!tcgetattr(*slave, &raw)) {
        cfmakeraw(&raw);
        tcsetattr(*slave, TCSANOW, &raw);
    }
    return 0;
}

static char *tty_node(struct bootloader *b)
{
    return scope_printf(b->sc, "%s/console/tty", store_dom(b->sc, b->domid));
}

static int terminals_open(struct bootloader *b)
{
    char name[64];
    int rc = terminal_open(b->sc, &b->program_end, &b->program_tty);

    if (!rc)
        rc = terminal_open(b->sc, &b->console_end, &b->console_tty);
    if (!rc && ttyname_r(b->console_tty, name, sizeof(name)))
        rc = ERROR_FAIL;
    return rc ? rc : store_write(b->sc, XBT_NULL, tty_node(b), name);
}

static int log_open(struct bootloader *b)
{
    char *path;

    if (libxl_create_logfile(b->sc->ctx, scope_printf(b->sc, "bootloader.%u", b->domid), &path))
        return -1;
    b->log = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    free(path);
    return b->log;
}

static void close_if(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* The end. */

static void detached(libxl_ctx *ctx, struct local_disk *l, int rc)
{
    struct bootloader *b = CONTAINER_OF(l, struct bootloader, disk);

    b->rc = b->rc ? b->rc : rc;
    if (b->rc)
        bootloader_clean(b->sc, b->domid);
    b->done(ctx, b, b->rc);
}

static void finish(libxl_ctx *ctx, struct bootloader *b, int rc)
{
    int output = b->output.fd;

    relay_stop(ctx, &b->to_console);
    relay_stop(ctx, &b->to_program);
    if (b->output.active) {
        ev_fd_stop(ctx, &b->output);
        close(output);
    }
    close_if(&b->program_end);
    close_if(&b->program_tty);
    close_if(&b->console_end);
    close_if(&b->console_tty);
    close_if(&b->log);
    store_rm(b->sc, XBT_NULL, tty_node(b));
    b->rc = rc;
    b->disk.done = detached;
    local_disk_detach(&b->disk);
}

/* False: there is no more, now or ever. */
static bool output_read(libxl_ctx *ctx, struct bootloader *b)
{
    ssize_t n = read(b->output.fd, b->text + b->len, BOOTLOADER_OUTPUT_MAX - b->len);
    int fd = b->output.fd;

    if (n > 0) {
        b->len += (size_t)n;
        return true;
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    ev_fd_stop(ctx, &b->output); /* its end, or it is too long */
    close(fd);
    return false;
}

static void output_ready(libxl_ctx *ctx, struct ev_fd *ev, short revents)
{
    (void)revents;
    output_read(ctx, CONTAINER_OF(ev, struct bootloader, output));
}

static void program_ended(libxl_ctx *ctx, struct ev_child *ev, int status)
{
    struct bootloader *b = CONTAINER_OF(ev, struct bootloader, child);

    while (b->output.active && output_read(ctx, b))
        ;
    /* What it has shown at last. */
    if (b->to_console.from.active)
        relay_ready(ctx, &b->to_console.from, POLLIN);
    if (status) {
        libxl_report_child_exitstatus(ctx, XTL_ERROR, "bootloader", ev->pid, status);
        LOG_ERROR(b->sc, "the bootloader failed; its log is " XEN_LOG_DIR "/bootloader.%u.log",
                  b->domid);
        finish(ctx, b, ERROR_FAIL);
        return;
    }
    finish(ctx, b, bootloader_take(b->sc, b->text, b->len, &b->config->b_info));
}

void bootloader_kill(struct bootloader *b)
{
    if (b->child.active)
        kill(b->child.pid, SIGKILL);
}

/* The beginning. */

static char **command(struct bootloader *b)
{
    const libxl_domain_build_info *info = &b->config->b_info;
    struct scope *sc = b->sc;
    unsigned int nr = 0, n = 0;
    char **argv;

    while (info->bootloader_args && info->bootloader_args[nr])
        nr++;
    argv = scope_alloc(sc, (nr + 11) * sizeof(*argv));
    argv[n++] = scope_strdup(sc, "/bin/sh");
    argv[n++] = scope_strdup(sc, "-c");
    argv[n++] = scope_strdup(sc, WITH_TERMINAL);
    argv[n++] = scope_strdup(sc, "sh");
    argv[n++] = scope_strdup(sc, info->bootloader);
    if (info->cmdline)
        argv[n++] = scope_printf(sc, "--args=%s", info->cmdline);
    argv[n++] = scope_strdup(sc, "--output=" OUTPUT_PATH);
    argv[n++] = scope_strdup(sc, "--output-format=simple0");
    argv[n++] = scope_printf(sc, "--output-directory=%s/", work_dir(sc, b->domid));
    for (unsigned int i = 0; i < nr; i++)
        argv[n++] = scope_strdup(sc, info->bootloader_args[i]);
    argv[n] = scope_strdup(sc, b->disk.path);
    return argv;
}

static int program_start(struct bootloader *b)
{
    int fds[2], out[2], rc;

    if (pipe2(out, O_CLOEXEC | O_NONBLOCK)) {
        LOG_ERRNO(b->sc, "cannot make a pipe");
        return ERROR_FAIL;
    }
    fcntl(out[1], F_SETFL, 0);
    fds[0] = b->program_tty;
    fds[1] = out[1];
    rc = ev_fd_start(b->sc->ctx, &b->output, out[0], POLLIN, output_ready);
    if (rc)
        close(out[0]);
    else
        rc = ev_child_spawn_fds(b->sc, &b->child, command(b), environ, fds, 2, program_ended);
    close(out[1]);
    return rc;
}

/* By its name alone it is one of ours: that is what "pygrub" means in a configuration. */
static int find_program(struct bootloader *b)
{
    libxl_domain_build_info *info = &b->config->b_info;
    char *path;

    if (!strchr(info->bootloader, '/')) {
        path = scope_printf(b->sc, XEN_HELPER_DIR "/%s", info->bootloader);
        if (!access(path, X_OK))
            set(&info->bootloader, path);
    } else if (access(info->bootloader, X_OK)) {
        LOG_ERRNO(b->sc, "cannot run the bootloader %s", info->bootloader);
        return ERROR_FAIL;
    }
    return 0;
}

static int prepare(struct bootloader *b)
{
    char *dir = work_dir(b->sc, b->domid);
    int rc = find_program(b);

    if (rc)
        return rc;
    bootloader_clean(b->sc, b->domid);
    if (mkdir(dir, 0700)) {
        LOG_ERRNO(b->sc, "cannot make %s", dir);
        return ERROR_FAIL;
    }
    if (log_open(b) < 0) {
        LOG_ERRNO(b->sc, "cannot write the bootloader's log");
        return ERROR_FAIL;
    }
    rc = terminals_open(b);
    if (!rc)
        rc = relay_start(b, &b->to_console, b->program_end, b->console_end, b->log);
    return rc ? rc : relay_start(b, &b->to_program, b->console_end, b->program_end, -1);
}

static void attached(libxl_ctx *ctx, struct local_disk *l, int rc)
{
    struct bootloader *b = CONTAINER_OF(l, struct bootloader, disk);

    if (!rc)
        rc = prepare(b);
    if (!rc)
        rc = program_start(b);
    if (rc)
        finish(ctx, b, rc);
}

void bootloader_start(struct bootloader *b)
{
    const libxl_domain_config *c = b->config;

    b->program_end = b->program_tty = b->console_end = b->console_tty = b->log = -1;
    b->text = scope_alloc(b->sc, BOOTLOADER_OUTPUT_MAX);
    b->len = 0;
    b->disk = (struct local_disk){
        .sc = b->sc, .disk = c->disks, .first = c->b_info.blkdev_start, .done = attached};
    if (c->num_disks && c->disks->format != LIBXL_DISK_FORMAT_EMPTY) {
        local_disk_attach(&b->disk);
    } else {
        LOG_ERROR(b->sc, "a bootloader needs a disk");
        finish(b->sc->ctx, b, ERROR_INVAL);
    }
}
