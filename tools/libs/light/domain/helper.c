/* SPDX-License-Identifier: MIT */
#include "domain/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HELPER_PATH XEN_HELPER_DIR "/libxl-save-helper"

/* The two strings of a message; a helper that sends others is none of ours. */
static bool strings_of(const struct helper_message *m, const char **first, const char **second)
{
    size_t len;

    if (m->text_len < 2 || m->text_len > sizeof(m->text) || m->text[m->text_len - 1])
        return false;
    len = strlen(m->text) + 1;
    if (len >= m->text_len)
        return false;
    *first = m->text;
    *second = m->text + len;
    return true;
}

static void on_message(libxl_ctx *ctx, struct helper *h, const struct helper_message *m)
{
    const char *context, *text;

    switch (m->kind) {
    case HELPER_LOG:
        if (strings_of(m, &context, &text) && m->value > XTL_NONE && m->value < XTL_NUM_LEVELS)
            xtl_log(ctx->lg, (xentoollog_level)m->value, (int)m->a, context, "%s", text);
        break;
    case HELPER_PROGRESS:
        if (strings_of(m, &context, &text))
            xtl_progress(ctx->lg, context, text, m->a, m->b);
        break;
    case HELPER_RESULTS:
        h->store_frame = m->a;
        h->console_frame = m->b;
        break;
    case HELPER_DONE:
        h->done = true;
        h->errnoval = !m->value ? 0 : m->a ? (int)m->a : EIO;
        break;
    default:
        h->asked(ctx, h, m);
        break;
    }
}

/* One message, if there is one. */
static bool receive(libxl_ctx *ctx, struct helper *h)
{
    struct helper_message m;
    ssize_t r;

    do
        r = recv(h->control, &m, sizeof(m), MSG_DONTWAIT);
    while (r < 0 && errno == EINTR);
    if (r < (ssize_t)HELPER_HEAD_LEN || (size_t)r != HELPER_HEAD_LEN + m.text_len) {
        /* EAGAIN: all messages are read, more may come. Anything else is the end of the helper. */
        if (r >= 0 || errno != EAGAIN)
            ev_fd_stop(ctx, &h->ready);
        return false;
    }
    on_message(ctx, h, &m);
    return true;
}

static void control_ready(libxl_ctx *ctx, struct ev_fd *ev, short revents)
{
    struct helper *h = CONTAINER_OF(ev, struct helper, ready);

    (void)revents;
    receive(ctx, h);
}

static void child_over(libxl_ctx *ctx, struct ev_child *ev, int status)
{
    struct helper *h = CONTAINER_OF(ev, struct helper, child);

    while (h->ready.active && receive(ctx, h))
        ;
    ev_fd_stop(ctx, &h->ready);
    close(h->control);
    (void)fcntl(h->stream, F_SETFL, h->stream_flags);
    if (!h->done) {
        LOG_ERROR(h->sc, "libxl-save-helper ended early, status %#x", (unsigned int)status);
        h->errnoval = EIO;
    }
    h->ended(ctx, h, h->errnoval);
}

int helper_start(struct helper *h, const char *const *args, int stream_fd)
{
    const char *path = getenv("LIBXL_SAVE_HELPER");
    char *argv[HELPER_ARGS_MAX + 2] = {scope_strdup(h->sc, path ? path : HELPER_PATH)};
    int pair[2], fds[2], rc;

    for (unsigned int i = 0; i < HELPER_ARGS_MAX && args[i]; i++)
        argv[i + 1] = scope_strdup(h->sc, args[i]);
    h->done = false;
    h->errnoval = 0;
    h->stream = stream_fd;
    h->stream_flags = fcntl(stream_fd, F_GETFL);
    if (h->stream_flags < 0 || fcntl(stream_fd, F_SETFL, h->stream_flags & ~O_NONBLOCK)) {
        LOG_ERRNO(h->sc, "descriptor %d is no stream", stream_fd);
        return ERROR_INVAL;
    }
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) {
        LOG_ERRNO(h->sc, "cannot make a socket for the helper");
        rc = ERROR_FAIL;
        goto flags;
    }
    h->control = pair[0];
    fds[HELPER_CONTROL_FD - CHILD_FD_FIRST] = pair[1];
    fds[HELPER_STREAM_FD - CHILD_FD_FIRST] = stream_fd;
    rc = ev_fd_start(h->sc->ctx, &h->ready, h->control, POLLIN, control_ready);
    if (!rc)
        rc = ev_child_spawn_fds(h->sc, &h->child, argv, environ, fds, 2, child_over);
    close(pair[1]);
    if (!rc)
        return 0;
    ev_fd_stop(h->sc->ctx, &h->ready);
    close(h->control);
flags:
    (void)fcntl(stream_fd, F_SETFL, h->stream_flags);
    return rc;
}

void helper_answer(struct helper *h, int value)
{
    struct helper_message m = {.kind = HELPER_ANSWER, .value = value};

    /* If it is gone, its end is on the way to us. */
    (void)send(h->control, &m, HELPER_HEAD_LEN, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void helper_kill(struct helper *h)
{
    if (h->child.active)
        kill(h->child.pid, SIGKILL);
}
