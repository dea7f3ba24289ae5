/* SPDX-License-Identifier: MIT */
/* The new program's side. */
#include <err.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "live.h"
#include "stream.h"

#define HDR_BYTES sizeof(struct xsd_sockmsg)

struct state {
    void *data;
    size_t len;
    struct live_image img;
};

static struct store *make_store(struct daemon *d, const struct options *o)
{
    struct store *s = store_new(&domain_host_ops, d);

    if (!s)
        errx(1, "out of memory");
    s->quotas = o->quotas;
    s->keep_orphans = o->keep_orphans;
    s->priv_domid = o->priv_domid;
    return s;
}

/* Maps and reads the state, or exits. */
static void state_open(struct state *st, struct store *s, int fd)
{
    char why[128];
    struct stat sb;

    if (fstat(fd, &sb) != 0 || sb.st_size <= 0)
        errx(1, "no state at descriptor %d", fd);
    st->len = (size_t)sb.st_size;
    st->data = mmap(NULL, st->len, PROT_READ, MAP_PRIVATE, fd, 0);
    if (st->data == MAP_FAILED)
        err(1, "mapping the state");
    if (live_read(st->data, st->len, s, &st->img, why) != 0)
        errx(1, "state %s", why);
    for (unsigned int i = 0; i < st->img.nr_conns; i++)
        if (!st->img.conns[i].socket && !st->img.conns[i].has_own)
            errx(1, "state does not say how far the ring of domain %u was read",
                 st->img.conns[i].domid);
    if (st->img.global.rw_fd < 0)
        errx(1, "state names no socket");
}

static void state_close(struct state *st)
{
    live_image_free(&st->img);
    munmap(st->data, st->len);
}

int live_check(const struct options *o)
{
    struct store *s = make_store(NULL, o);
    struct state st;

    state_open(&st, s, o->live_fd);
    state_close(&st);
    store_free(s);
    return LIVE_CHECK_GOOD;
}

static int close_on_exec(int fd)
{
    if (fd >= 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
        errx(1, "state names descriptor %d, which is not open", fd);
    return fd;
}

static void take_settings(struct daemon *d, const struct options *o, const struct live_image *img)
{
    const char *log = o->trace_file;

    d->listen_fd = close_on_exec(img->global.rw_fd);
    d->pid_fd = close_on_exec(img->own.pid_fd);
    if (img->own.nr_quotas)
        log = img->own.log_on ? img->log_file : NULL;
    if (log && trace_open(d, log) != 0)
        syslog(LOG_WARNING, "cannot open the trace file %s", log);
}

static void take_conn(struct daemon *d, struct live_conn *c)
{
    size_t head = c->in_len < HDR_BYTES ? c->in_len : HDR_BYTES;
    struct link *l = c->socket ? sock_adopt(d, close_on_exec(c->fd)) : domio_adopt(d, c);

    if (!l) {
        if (c->socket)
            errx(1, "out of memory");
        return; /* the domain died meanwhile */
    }
    memcpy(&l->hdr, c->in, head);
    memcpy(l->body, (const char *)c->in + head, c->in_len - head);
    l->got = c->in_len;
    c->conn = l->conn;
}

void live_resume(struct daemon *d, const struct options *o)
{
    struct state st;
    int rc;

    d->s = make_store(d, o);
    state_open(&st, d->s, o->live_fd);
    take_settings(d, o, &st.img);
    if (st.img.global.evtchn_fd >= 0) {
        rc = domio_resume(d, close_on_exec(st.img.global.evtchn_fd), st.img.own.virq_port);
        if (rc)
            errx(1, "cannot reach the hypervisor: %s", strerror(-rc));
    }
    for (unsigned int i = 0; i < st.img.nr_conns; i++)
        take_conn(d, &st.img.conns[i]);
    if (live_attach(&st.img) != 0)
        errx(1, "out of memory");
    state_close(&st);
    close(o->live_fd);
    domio_check(d);
    syslog(LOG_NOTICE, "live update: this program has taken over");
}
