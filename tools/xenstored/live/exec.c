/* SPDX-License-Identifier: MIT */
/* The old program's side. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live.h"
#include "stream.h"

#define CHECK_MS  10000 /* that the new program gets for reading the state */
#define BLANKS    " \t"
#define HDR_BYTES ((unsigned int)sizeof(struct xsd_sockmsg))

static void say(char why[LIVE_WHY_ROOM], const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void say(char why[LIVE_WHY_ROOM], const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(why, LIVE_WHY_ROOM, fmt, ap);
    va_end(ap);
}

/* A client that reads nothing would be closed in its next turn; it is not taken along. */
static void drop_overflown(struct daemon *d)
{
    struct link *l, *next;

    for (l = TAILQ_FIRST(&d->socks); l; l = next) {
        next = TAILQ_NEXT(l, link);
        if (l->conn->overflow && l->conn != d->live->conn)
            l->ops->broken(l, ENOBUFS);
    }
}

/* hdr and body of a link are not behind each other without a gap: @in gets them that way. */
static void fill_conn(struct live_conn *c, struct link *l, unsigned int id, unsigned char *in)
{
    unsigned int head = l->got < HDR_BYTES ? l->got : HDR_BYTES;

    memcpy(in, &l->hdr, head);
    memcpy(in + head, l->body, l->got - head);
    *c = (struct live_conn){.id = id,
                            .socket = l->fd >= 0,
                            .fd = l->fd,
                            .domid = l->domid,
                            .port = (uint32_t)l->port,
                            .in = in,
                            .in_len = l->got,
                            .conn = l->conn};
    c->own = (struct live_own_conn){.remote_port = l->remote_port,
                                    .map_kind = (uint32_t)l->map_kind,
                                    .dead = l->dead,
                                    .req_cons = l->ring.req_cons,
                                    .rsp_prod = l->ring.rsp_prod,
                                    .gfn = l->gfn};
}

static unsigned int count(const struct daemon *d, size_t *in_bytes)
{
    const struct link *l;
    unsigned int nr = 0;

    *in_bytes = 0;
    TAILQ_FOREACH(l, &d->socks, link)
    nr++, *in_bytes += l->got;
    TAILQ_FOREACH(l, &d->rings, link)
    nr++, *in_bytes += l->got;
    return nr;
}

/* @conns and @in have room for what count() said. */
static void fill_conns(struct daemon *d, struct live_image *img, unsigned char *in)
{
    struct link_list *const lists[] = {&d->socks, &d->rings};
    struct link *l;

    for (int i = 0; i < 2; i++) {
        TAILQ_FOREACH(l, lists[i], link)
        {
            unsigned int id = img->nr_conns + 1;

            if (l->gone)
                continue;
            fill_conn(&img->conns[img->nr_conns++], l, id, in);
            in += l->got;
        }
    }
}

/* The answer that the caller gets from the new program. */
struct ok_answer {
    struct xsd_sockmsg hdr;
    char text[3];
};

static void add_answer(struct live_image *img, const struct live_session *se,
                       struct ok_answer *answer)
{
    *answer = (struct ok_answer){.hdr = se->req, .text = "OK"};
    answer->hdr.len = sizeof(answer->text);
    for (unsigned int i = 0; i < img->nr_conns; i++) {
        if (img->conns[i].conn != se->conn)
            continue;
        img->conns[i].out = answer;
        img->conns[i].out_len = HDR_BYTES + sizeof(answer->text);
    }
}

static void fill_globals(const struct daemon *d, const struct live_session *se,
                         struct live_image *img)
{
    img->global = (struct live_global){.rw_fd = d->listen_fd, .evtchn_fd = domio_fd(d)};
    img->own.virq_port = domio_virq_port(d);
    img->own.pid_fd = d->pid_fd;
    if (se->cmdline)
        return; /* its options decide */
    img->own.log_on = d->trace != NULL;
    img->log_file = d->log_name;
    img->own.nr_quotas = LIVE_NR_QUOTAS;
    img->quotas = d->s->quotas;
}

/* The whole state. 0 or -ENOMEM; the caller frees b->data. */
static int write_state(struct daemon *d, const struct live_session *se, struct live_buf *b)
{
    struct live_image img = {0};
    struct ok_answer answer;
    size_t in_bytes;
    unsigned int nr = count(d, &in_bytes);
    unsigned char *in = malloc(in_bytes + 1);
    int rc = -ENOMEM;

    img.conns = calloc(nr, sizeof(*img.conns));
    if (in && img.conns) {
        fill_conns(d, &img, in);
        add_answer(&img, se, &answer);
        fill_globals(d, se, &img);
        rc = live_write(b, d->s, &img);
    }
    free(img.conns);
    free(in);
    return rc;
}

static int write_all(int fd, const unsigned char *data, size_t len)
{
    while (len) {
        ssize_t n = write(fd, data, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

/* A file in memory with the state, closed on exec; or -1. */
static int state_file(struct daemon *d, const struct live_session *se, char why[LIVE_WHY_ROOM])
{
    struct live_buf b = {0};
    int fd = memfd_create("xenstored-state", MFD_CLOEXEC);

    if (fd < 0 || write_state(d, se, &b) != 0 || write_all(fd, b.data, b.len) != 0) {
        say(why, "cannot write the state: %s", strerror(b.failed ? ENOMEM : errno));
        if (fd >= 0)
            close(fd);
        fd = -1;
    }
    free(b.data);
    return fd;
}

/*
 * The new program's arguments: the given command line at blanks, or what this one was called
 * with, and then where the state is. Room for one more. Free with free_args(); NULL: no memory.
 */
static char **make_args(const struct daemon *d, const struct live_session *se, int state_fd)
{
    size_t room = (se->cmdline ? strlen(se->cmdline) : 0) + (size_t)d->argc + 4, nr = 0;
    char **args = calloc(room, sizeof(*args));
    char *text = se->cmdline ? strdup(se->cmdline) : NULL, *save = NULL;
    bool ok = args && (text || !se->cmdline);

    if (ok)
        ok = (args[nr++] = strdup(se->program)) != NULL;
    for (char *w = text ? strtok_r(text, BLANKS, &save) : NULL; ok && w;
         w = strtok_r(NULL, BLANKS, &save))
        ok = (args[nr++] = strdup(w)) != NULL;
    for (int i = 1; ok && !text && i < d->argc; i++)
        if (strncmp(d->argv[i], OPTION_LIVE_UPDATE, strlen(OPTION_LIVE_UPDATE)) != 0)
            ok = (args[nr++] = strdup(d->argv[i])) != NULL;
    if (ok)
        ok = asprintf(&args[nr++], OPTION_LIVE_UPDATE "%d", state_fd) > 0;
    free(text);
    if (ok)
        return args;
    for (size_t i = 0; args && i < nr; i++)
        free(args[i]);
    free(args);
    return NULL;
}

static void free_args(char **args)
{
    for (size_t i = 0; args[i]; i++)
        free(args[i]);
    free(args);
}

static void run_check(char **args, int state_fd, int err_fd)
{
    size_t nr = 0;

    while (args[nr])
        nr++;
    args[nr] = (char[]){OPTION_LIVE_CHECK};
    (void)fcntl(state_fd, F_SETFD, 0);
    dup2(err_fd, STDOUT_FILENO);
    dup2(err_fd, STDERR_FILENO);
    execv(args[0], args);
    dprintf(STDERR_FILENO, "cannot run %s: %s", args[0], strerror(errno));
    _exit(127);
}

/* What the child says, up to its end. False: it did not end in time. */
static bool hear(int fd, char *text, size_t room)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    size_t used = 0;
    char rest[64];
    bool ended = false;

    while (!ended) {
        ssize_t n;

        if (poll(&p, 1, CHECK_MS) <= 0)
            break;
        n = used + 1 < room ? read(fd, text + used, room - 1 - used) : read(fd, rest, sizeof(rest));
        if (n > 0 && used + 1 < room)
            used += (size_t)n;
        ended = n <= 0;
    }
    text[used] = '\0';
    text[strcspn(text, "\n")] = '\0';
    return ended;
}

/* Whether the new program can read the state: it does so as a child, and touches nothing. */
static bool program_accepts(char **args, int state_fd, char why[LIVE_WHY_ROOM])
{
    char text[LIVE_WHY_ROOM - 128];
    int p[2], status = -1;
    bool ended;
    pid_t pid;

    if (pipe2(p, O_CLOEXEC) != 0) {
        say(why, "cannot make a pipe: %s", strerror(errno));
        return false;
    }
    pid = fork();
    if (pid == 0)
        run_check(args, state_fd, p[1]);
    close(p[1]);
    ended = pid > 0 && hear(p[0], text, sizeof(text));
    close(p[0]);
    if (pid < 0) {
        say(why, "cannot fork: %s", strerror(errno));
        return false;
    }
    if (!ended)
        kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (ended && WIFEXITED(status) && WEXITSTATUS(status) == LIVE_CHECK_GOOD)
        return true;
    say(why, "the new program does not take the state over: %s",
        !ended  ? "it does not end"
        : *text ? text
                : "no reason given");
    return false;
}

static void keep(int fd, bool over_exec)
{
    if (fd >= 0)
        (void)fcntl(fd, F_SETFD, over_exec ? 0 : FD_CLOEXEC);
}

static void keep_all(const struct daemon *d, int state_fd, bool over_exec)
{
    const struct link *l;

    keep(state_fd, over_exec);
    keep(d->listen_fd, over_exec);
    keep(d->pid_fd, over_exec);
    keep(domio_fd(d), over_exec);
    TAILQ_FOREACH(l, &d->socks, link)
    keep(l->fd, over_exec);
}

void live_exec(struct daemon *d, const struct live_session *se, char why[LIVE_WHY_ROOM])
{
    int fd;
    char **args;

    drop_overflown(d);
    fd = state_file(d, se, why);
    if (fd < 0)
        return;
    args = make_args(d, se, fd);
    if (!args) {
        say(why, "out of memory");
    } else if (program_accepts(args, fd, why)) {
        keep_all(d, fd, true);
        execv(args[0], args);
        say(why, "cannot run %s: %s", args[0], strerror(errno));
        keep_all(d, fd, false);
    }
    if (args)
        free_args(args);
    close(fd);
}
