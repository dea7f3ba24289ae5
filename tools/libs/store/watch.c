/* SPDX-License-Identifier: MIT */
/* Watches: registration, the queue of events, and its descriptor. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "private.h"

void xs_queue_init(struct xs_msg_queue *q)
{
    q->head = NULL;
    q->tail = &q->head;
}

void xs_queue_put(struct xs_msg_queue *q, struct xs_msg *m)
{
    m->next = NULL;
    *q->tail = m;
    q->tail = &m->next;
}

struct xs_msg *xs_queue_get(struct xs_msg_queue *q)
{
    struct xs_msg *m = q->head;

    if (m) {
        q->head = m->next;
        if (!q->head)
            q->tail = &q->head;
    }
    return m;
}

static void pipe_mark(struct xs_handle *h)
{
    if (h->event_pipe[1] >= 0)
        (void)!write(h->event_pipe[1], "", 1);
}

static void pipe_clear(struct xs_handle *h)
{
    char c[16];

    if (h->event_pipe[0] >= 0) {
        while (read(h->event_pipe[0], c, sizeof(c)) == (ssize_t)sizeof(c))
            ;
    }
}

void xs_event_add_locked(struct xs_handle *h, struct xs_msg *m)
{
    bool first = !h->events.head;

    xs_queue_put(&h->events, m);
    if (first)
        pipe_mark(h);
    pthread_cond_signal(&h->watch_cond);
}

struct xs_msg *xs_event_take_locked(struct xs_handle *h)
{
    struct xs_msg *m = xs_queue_get(&h->events);

    if (m && !h->events.head && !h->reader_errno)
        pipe_clear(h);
    return m;
}

int xs_fileno(struct xs_handle *h)
{
    int fd;

    pthread_mutex_lock(&h->lock);
    if (h->event_pipe[0] < 0 && pipe2(h->event_pipe, O_CLOEXEC | O_NONBLOCK) == 0) {
        if (h->events.head || h->reader_errno)
            pipe_mark(h);
    }
    fd = h->event_pipe[0];
    pthread_mutex_unlock(&h->lock);
    return fd;
}

bool xs_watch(struct xs_handle *h, const char *path, const char *token)
{
    struct iovec v[2] = {
        {(void *)(uintptr_t)path, strlen(path) + 1},
        {(void *)(uintptr_t)token, strlen(token) + 1},
    };

    if (!xs_reader_start(h))
        return false;
    return xs_talk_ok(h, XBT_NULL, XS_WATCH, v, 2);
}

/* Number of strings in @body, or -1 if the last one does not end. */
static int count_strings(const char *body, unsigned int len)
{
    int n = 0;

    if (len == 0 || body[len - 1] != '\0')
        return -1;
    for (unsigned int i = 0; i < len; i++)
        n += body[i] == '\0';
    return n;
}

/* Turns the message into an array of pointers with the strings behind it. Consumes @m. */
static char **event_to_vec(struct xs_msg *m, unsigned int *num)
{
    int n = count_strings(m->body, m->hdr.len);
    char **vec = NULL;

    if (n < 2) {
        errno = EINVAL;
        goto out;
    }
    vec = malloc((size_t)n * sizeof(*vec) + m->hdr.len);
    if (!vec)
        goto out;
    char *s = memcpy(vec + n, m->body, m->hdr.len);
    for (int i = 0; i < n; i++) {
        vec[i] = s;
        s += strlen(s) + 1;
    }
    *num = (unsigned int)n;
out:
    free(m);
    return vec;
}

/* Without a reader thread whoever asks for an event looks whether one has come in. */
static int pump(struct xs_handle *h)
{
    int rc = 0;

    pthread_mutex_lock(&h->read_lock);
    if (!h->reader_running && !h->events.head)
        rc = xs_conn_read_one(h, false);
    pthread_mutex_unlock(&h->read_lock);
    return rc;
}

static char **next_event(struct xs_handle *h, unsigned int *num, bool block)
{
    struct xs_msg *m;
    int rc = 0;

    /* who waits must not keep other threads from their answers */
    if (block && !xs_reader_start(h))
        return NULL;
    if (!block)
        rc = pump(h);
    pthread_mutex_lock(&h->lock);
    while (block && !h->events.head && !h->reader_errno)
        pthread_cond_wait(&h->watch_cond, &h->lock);
    m = xs_event_take_locked(h);
    if (!m && rc == 0)
        rc = h->reader_errno ? -h->reader_errno : -EAGAIN;
    pthread_mutex_unlock(&h->lock);
    if (!m) {
        errno = -rc;
        return NULL;
    }
    return event_to_vec(m, num);
}

char **xs_read_watch(struct xs_handle *h, unsigned int *num)
{
    return next_event(h, num, true);
}

char **xs_check_watch(struct xs_handle *h)
{
    unsigned int num;

    return next_event(h, &num, false);
}

static bool event_is_of(const struct xs_msg *m, const char *path, const char *token)
{
    if (count_strings(m->body, m->hdr.len) < 2)
        return false;
    return strcmp(m->body + strlen(m->body) + 1, token) == 0 &&
           (path[0] == '@' ? strcmp(m->body, path) == 0 : xs_path_is_subpath(path, m->body));
}

/* Drops the queued events of a watch that is no more. */
static void forget_events(struct xs_handle *h, const char *path, const char *token)
{
    struct xs_msg_queue old;
    struct xs_msg *m;

    pthread_mutex_lock(&h->lock);
    old = h->events;
    if (!old.head)
        old.tail = &old.head;
    xs_queue_init(&h->events);
    while ((m = xs_queue_get(&old))) {
        if (event_is_of(m, path, token))
            free(m);
        else
            xs_queue_put(&h->events, m);
    }
    if (!h->events.head && !h->reader_errno)
        pipe_clear(h);
    pthread_mutex_unlock(&h->lock);
}

bool xs_unwatch(struct xs_handle *h, const char *path, const char *token)
{
    struct iovec v[2] = {
        {(void *)(uintptr_t)path, strlen(path) + 1},
        {(void *)(uintptr_t)token, strlen(token) + 1},
    };
    bool ok = xs_talk_ok(h, XBT_NULL, XS_UNWATCH, v, 2);

    if (ok && h->unwatch_filter)
        forget_events(h, path, token);
    return ok;
}
