/* SPDX-License-Identifier: MIT */
/* A vchan that is a Unix socket, FAKE_VCHAN. */
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <libxenvchan.h>

#include "fake.h"

static int listener = -1, stream = -1;
static struct libxenvchan vchan;

static int open_socket(struct sockaddr_un *a)
{
    *a = (struct sockaddr_un){.sun_family = AF_UNIX};
    strcpy(a->sun_path, getenv("FAKE_VCHAN"));
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

struct libxenvchan *libxenvchan_server_init(struct xentoollog_logger *logger, int domain,
                                            const char *xs_path, size_t read_min, size_t write_min)
{
    struct sockaddr_un a;

    (void)logger, (void)domain, (void)xs_path, (void)read_min, (void)write_min;
    if (fails())
        return NULL;
    listener = open_socket(&a);
    unlink(a.sun_path);
    if (bind(listener, (struct sockaddr *)&a, sizeof(a)) || listen(listener, 1))
        abort();
    memset(&vchan, 0, sizeof(vchan));
    vchan.is_server = 1;
    return &vchan;
}

struct libxenvchan *libxenvchan_client_init(struct xentoollog_logger *logger, int domain,
                                            const char *xs_path)
{
    struct sockaddr_un a;

    (void)logger, (void)domain, (void)xs_path;
    stream = open_socket(&a);
    if (connect(stream, (struct sockaddr *)&a, sizeof(a))) {
        close(stream);
        stream = -1;
        return NULL;
    }
    memset(&vchan, 0, sizeof(vchan));
    return &vchan;
}

void libxenvchan_close(struct libxenvchan *ctrl)
{
    (void)ctrl;
    if (stream >= 0)
        close(stream);
    if (listener >= 0)
        close(listener);
    stream = listener = -1;
}

int libxenvchan_fd_for_select(struct libxenvchan *ctrl)
{
    (void)ctrl;
    return stream >= 0 ? stream : listener;
}

int libxenvchan_wait(struct libxenvchan *ctrl)
{
    (void)ctrl;
    if (stream < 0 && listener >= 0)
        stream = accept(listener, NULL, NULL);
    return stream < 0 ? -1 : 0;
}

int libxenvchan_is_open(struct libxenvchan *ctrl)
{
    char c;

    if (stream < 0)
        return ctrl->is_server ? 2 : 0;
    return recv(stream, &c, 1, MSG_PEEK | MSG_DONTWAIT) != 0;
}

int libxenvchan_read(struct libxenvchan *ctrl, void *data, size_t size)
{
    ssize_t n = recv(stream, data, size, MSG_DONTWAIT);

    (void)ctrl;
    return n > 0 ? (int)n : n < 0 && errno == EAGAIN ? 0 : -1;
}

int libxenvchan_write(struct libxenvchan *ctrl, const void *data, size_t size)
{
    ssize_t n = send(stream, data, size > 1000 ? 1000 : size, MSG_DONTWAIT | MSG_NOSIGNAL);

    (void)ctrl;
    return n > 0 ? (int)n : n < 0 && errno == EAGAIN ? 0 : -1;
}
