/* SPDX-License-Identifier: MIT */
/* dom0's clients, over a Unix socket that only root may use. */
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "io.h"

#define BACKLOG 64

static int sock_read(struct link *l, void *buf, size_t len)
{
    ssize_t n = recv(l->fd, buf, len, MSG_DONTWAIT);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    return n == 0 ? -EPIPE : (int)n;
}

static int sock_write(struct link *l, const void *buf, size_t len)
{
    ssize_t n = send(l->fd, buf, len, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    return (int)n;
}

static void sock_flush(struct link *l)
{
    (void)l;
}

static void sock_broken(struct link *l, int err)
{
    (void)err;
    TAILQ_REMOVE(&l->d->socks, l, link);
    loop_remove(l);
    close(l->fd);
    link_free(l);
}

static const struct link_ops sock_ops = {sock_read, sock_write, sock_flush, sock_broken};

int sock_listen(struct daemon *d, const char *path)
{
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    int rc;

    if (strlen(path) >= sizeof(sa.sun_path))
        return -ENAMETOOLONG;
    strcpy(sa.sun_path, path);
    d->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (d->listen_fd < 0)
        return -errno;
    unlink(path);
    mode_t old = umask(0177);
    rc = bind(d->listen_fd, (struct sockaddr *)&sa, sizeof(sa));
    umask(old);
    if (rc != 0 || listen(d->listen_fd, BACKLOG) != 0)
        return -errno;
    return 0;
}

struct link *sock_adopt(struct daemon *d, int fd)
{
    struct link *l = link_new(d, &sock_ops, 0);

    if (!l)
        return NULL;
    l->fd = fd;
    if (loop_add(l) != 0) {
        link_free(l);
        return NULL;
    }
    TAILQ_INSERT_TAIL(&d->socks, l, link);
    return l;
}

void sock_accept(struct daemon *d)
{
    int fd = accept4(d->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd >= 0 && !sock_adopt(d, fd))
        close(fd);
}
