/* SPDX-License-Identifier: MIT */
/* Opening, closing, and moving messages over a connection. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "private.h"

#define READER_STACK_BYTES (128u * 1024)

static int open_socket(const char *path)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX};
    int fd;

    if (strlen(path) >= sizeof(addr.sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(addr.sun_path, path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0) {
        int saved = errno;

        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

static const char *xenbus_device(void)
{
    const char *path = getenv("XENSTORED_PATH");

    if (path)
        return path;
    return access("/dev/xen/xenbus", F_OK) == 0 ? "/dev/xen/xenbus" : "/proc/xen/xenbus";
}

static int open_path(const char *path, bool *is_sock)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return -1;
    *is_sock = S_ISSOCK(st.st_mode);
    return *is_sock ? open_socket(path) : open(path, O_RDWR | O_CLOEXEC);
}

static struct xs_handle *handle_new(const char *path)
{
    struct xs_handle *h = calloc(1, sizeof(*h));

    if (!h)
        return NULL;
    h->fd = open_path(path, &h->is_sock);
    if (h->fd < 0)
        goto free_handle;
    h->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (h->stop_fd < 0)
        goto close_fd;
    h->event_pipe[0] = h->event_pipe[1] = -1;
    xs_queue_init(&h->events);
    pthread_mutex_init(&h->request_lock, NULL);
    pthread_mutex_init(&h->read_lock, NULL);
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->reply_cond, NULL);
    pthread_cond_init(&h->watch_cond, NULL);
    if (xs_active_register(h) != 0)
        goto close_stop;
    return h;
close_stop:
    close(h->stop_fd);
close_fd:
    close(h->fd);
free_handle:
    free(h);
    return NULL;
}

struct xs_handle *xs_open(unsigned long flags)
{
    struct xs_handle *h = handle_new(xs_daemon_socket());

    if (!h)
        h = handle_new(xenbus_device());
    if (h)
        h->unwatch_filter = flags & XS_UNWATCH_FILTER;
    return h;
}

static void handle_free(struct xs_handle *h)
{
    struct xs_msg *m;

    while ((m = xs_queue_get(&h->events)))
        free(m);
    free(h->reply);
    for (int i = 0; i < 2; i++) {
        if (h->event_pipe[i] >= 0)
            close(h->event_pipe[i]);
    }
    close(h->stop_fd);
    close(h->fd);
    free(h);
}

void xs_close(struct xs_handle *xsh)
{
    int saved = errno;

    if (!xsh)
        return;
    xs_active_deregister(xsh);
    xs_reader_stop(xsh);
    pthread_mutex_destroy(&xsh->request_lock);
    pthread_mutex_destroy(&xsh->read_lock);
    pthread_mutex_destroy(&xsh->lock);
    pthread_cond_destroy(&xsh->reply_cond);
    pthread_cond_destroy(&xsh->watch_cond);
    handle_free(xsh);
    errno = saved;
}

void xs_daemon_destroy_postfork(struct xs_handle *xsh)
{
    /* The locks may have been held by threads which this process does not have. */
    xs_active_deregister(xsh);
    handle_free(xsh);
}

struct xs_handle *xs_daemon_open(void)
{
    return xs_open(0);
}

struct xs_handle *xs_domain_open(void)
{
    return xs_open(0);
}

struct xs_handle *xs_daemon_open_readonly(void)
{
    return xs_open(XS_OPEN_READONLY);
}

void xs_daemon_close(struct xs_handle *xsh)
{
    xs_close(xsh);
}

/* 0 when @fd is readable, -EAGAIN if it is not and !@block, -EINTR when told to stop. */
static int wait_readable(struct xs_handle *h, bool block)
{
    struct pollfd p[2] = {
        {.fd = h->fd, .events = POLLIN},
        {.fd = h->stop_fd, .events = POLLIN},
    };
    int r;

    do {
        r = poll(p, 2, block ? -1 : 0);
    } while (r < 0 && errno == EINTR);
    if (r < 0)
        return -errno;
    if (p[1].revents)
        return -EINTR;
    return r == 0 ? -EAGAIN : 0;
}

static int read_exactly(struct xs_handle *h, void *buf, size_t len, bool block)
{
    char *p = buf;

    while (len) {
        int rc = wait_readable(h, block);
        ssize_t r;

        if (rc)
            return rc;
        r = read(h->fd, p, len);
        if (r < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (r <= 0)
            return r < 0 ? -errno : -EBADF;
        p += r;
        len -= (size_t)r;
        block = true; /* the rest of a message that has begun */
    }
    return 0;
}

static void file_message(struct xs_handle *h, struct xs_msg *m)
{
    pthread_mutex_lock(&h->lock);
    if (m->hdr.type == XS_WATCH_EVENT) {
        xs_event_add_locked(h, m);
    } else {
        free(h->reply);
        h->reply = m;
        pthread_cond_signal(&h->reply_cond);
    }
    pthread_mutex_unlock(&h->lock);
}

int xs_conn_read_one(struct xs_handle *h, bool block)
{
    struct xsd_sockmsg hdr;
    struct xs_msg *m;
    int rc = read_exactly(h, &hdr, sizeof(hdr), block);

    if (rc)
        return rc;
    if (hdr.len > XENSTORE_PAYLOAD_MAX)
        return -EINVAL;
    m = malloc(sizeof(*m) + hdr.len + 1);
    if (!m)
        return -ENOMEM;
    m->hdr = hdr;
    m->next = NULL;
    rc = read_exactly(h, m->body, hdr.len, true);
    if (rc) {
        free(m);
        return rc;
    }
    m->body[hdr.len] = '\0';
    file_message(h, m);
    return 0;
}

static void *reader_main(void *arg)
{
    struct xs_handle *h = arg;
    int rc;

    do {
        rc = xs_conn_read_one(h, true);
    } while (rc == 0);
    pthread_mutex_lock(&h->lock);
    h->reader_errno = -rc;
    pthread_cond_broadcast(&h->reply_cond);
    pthread_cond_broadcast(&h->watch_cond);
    if (h->event_pipe[1] >= 0 && !h->events.head)
        (void)!write(h->event_pipe[1], "", 1); /* let a poller find out */
    pthread_mutex_unlock(&h->lock);
    return NULL;
}

/* Signals stay with the application's own threads. */
static int reader_create(struct xs_handle *h)
{
    sigset_t all, old;
    pthread_attr_t attr;
    int r = pthread_attr_init(&attr);

    if (r)
        return r;
    (void)pthread_attr_setstacksize(&attr, READER_STACK_BYTES);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    r = pthread_create(&h->reader, &attr, reader_main, h);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attr);
    return r;
}

bool xs_reader_start(struct xs_handle *h)
{
    int r = 0;

    /* request_lock: nobody is reading an answer by himself now or later */
    pthread_mutex_lock(&h->request_lock);
    pthread_mutex_lock(&h->read_lock);
    pthread_mutex_lock(&h->lock);
    if (!h->reader_running) {
        r = reader_create(h);
        h->reader_running = r == 0;
    }
    pthread_mutex_unlock(&h->lock);
    pthread_mutex_unlock(&h->read_lock);
    pthread_mutex_unlock(&h->request_lock);
    errno = r;
    return r == 0;
}

void xs_reader_stop(struct xs_handle *h)
{
    uint64_t one = 1;

    if (!h->reader_running)
        return;
    if (write(h->stop_fd, &one, sizeof(one)) != sizeof(one))
        return;
    pthread_join(h->reader, NULL);
    h->reader_running = false;
}

static int write_iov(struct xs_handle *h, struct iovec *iov, unsigned int nr)
{
    while (nr) {
        struct msghdr mh = {.msg_iov = iov, .msg_iovlen = nr};
        ssize_t r = h->is_sock ? sendmsg(h->fd, &mh, MSG_NOSIGNAL)
                               : write(h->fd, iov->iov_base, iov->iov_len);

        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return -errno;
        while (nr && (size_t)r >= iov->iov_len) {
            r -= (ssize_t)iov->iov_len;
            iov++;
            nr--;
        }
        if (nr) {
            iov->iov_base = (char *)iov->iov_base + r;
            iov->iov_len -= (size_t)r;
        }
    }
    return 0;
}

static int wait_reply_threaded(struct xs_handle *h, struct xs_msg **out)
{
    int rc = 0;

    pthread_mutex_lock(&h->lock);
    while (!h->reply && !h->reader_errno)
        pthread_cond_wait(&h->reply_cond, &h->lock);
    if (!h->reply)
        rc = -h->reader_errno;
    *out = h->reply;
    h->reply = NULL;
    pthread_mutex_unlock(&h->lock);
    return rc;
}

/* The caller holds request_lock, so @reader_running cannot change. */
static int wait_reply(struct xs_handle *h, struct xs_msg **out)
{
    int rc = 0;

    if (h->reader_running)
        return wait_reply_threaded(h, out);
    pthread_mutex_lock(&h->read_lock);
    while (!h->reply && rc == 0)
        rc = xs_conn_read_one(h, true);
    *out = h->reply;
    h->reply = NULL;
    pthread_mutex_unlock(&h->read_lock);
    return *out ? 0 : rc;
}

static int error_number(const char *name)
{
    for (size_t i = 0; i < sizeof(xsd_errors) / sizeof(xsd_errors[0]); i++) {
        if (strcmp(name, xsd_errors[i].errstring) == 0)
            return xsd_errors[i].errnum;
    }
    return EINVAL;
}

static int exchange(struct xs_handle *h, struct iovec *iov, unsigned int nr, struct xs_msg **out)
{
    int rc;

    pthread_mutex_lock(&h->request_lock);
    rc = write_iov(h, iov, nr);
    if (rc == 0)
        rc = wait_reply(h, out);
    pthread_mutex_unlock(&h->request_lock);
    return rc;
}

char *xs_talk(struct xs_handle *h, xs_transaction_t t, enum xsd_sockmsg_type type,
              const struct iovec *iov, unsigned int nr, unsigned int *len)
{
    struct xsd_sockmsg hdr = {.type = type, .tx_id = t};
    struct iovec v[nr + 1];
    struct xs_msg *m = NULL;
    size_t total = 0;
    int rc;

    for (unsigned int i = 0; i < nr; i++) {
        v[i + 1] = iov[i];
        total += iov[i].iov_len;
    }
    if (total > XENSTORE_PAYLOAD_MAX) {
        errno = E2BIG;
        return NULL;
    }
    hdr.len = (uint32_t)total;
    v[0] = (struct iovec){&hdr, sizeof(hdr)};
    rc = exchange(h, v, nr + 1, &m);
    if (rc == 0 && m->hdr.type == XS_ERROR)
        rc = -error_number(m->body);
    else if (rc == 0 && m->hdr.type != type)
        rc = -EBADF;
    if (rc) {
        free(m);
        errno = -rc;
        return NULL;
    }
    if (len)
        *len = m->hdr.len;
    errno = 0; /* there are callers that look at errno after a success, such as test-xenstore */
    total = m->hdr.len + 1;
    return memmove(m, m->body, total); /* the caller frees the body itself */
}

char *xs_talk_str(struct xs_handle *h, xs_transaction_t t, enum xsd_sockmsg_type type,
                  const char *s, unsigned int *len)
{
    struct iovec v = {(void *)(uintptr_t)s, strlen(s) + 1};

    return xs_talk(h, t, type, &v, 1, len);
}

bool xs_talk_ok(struct xs_handle *h, xs_transaction_t t, enum xsd_sockmsg_type type,
                const struct iovec *iov, unsigned int nr)
{
    char *answer = xs_talk(h, t, type, iov, nr, NULL);

    free(answer);
    return answer != NULL;
}
