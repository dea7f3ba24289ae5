/* SPDX-License-Identifier: MIT */
/* xenconsoled: carries the consoles of domains to ptys and log files. One thread. */
#ifndef XENCONSOLED_DAEMON_H
#define XENCONSOLED_DAEMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include <xenctrl.h>
#include <xenevtchn.h>
#include <xenforeignmemory.h>
#include <xengnttab.h>
#include <xenstore.h>
#include <xen/io/console.h>

struct options {
    bool log_hv, log_guest, stamp_hv, stamp_guest;
    bool keep_overflow; /* stop reading from the ring rather than drop old output */
    bool replace_escape;
    const char *log_dir;
};

/* A log file which starts each line with the time if it is told to. */
struct log {
    int fd; /* -1: none */
    bool stamp, line_start, replace_escape;
};

int log_open(struct log *l, const char *dir, const char *name, bool stamp, bool replace_escape);
void log_close(struct log *l);
void log_write(struct log *l, const char *data, size_t len);

/* Output that waits for a reader of the pty. */
struct outbuf {
    char *data;
    size_t off, len, cap, max; /* bytes off..len wait */
};

bool outbuf_has_room(const struct outbuf *b);
/* Appends; beyond @max the oldest output is dropped. */
void outbuf_add(struct outbuf *b, const char *data, size_t len);
void outbuf_took(struct outbuf *b, size_t len);
void outbuf_dispose(struct outbuf *b);

/* What a kind of console is called where. */
struct console_kind {
    const char *node; /* below the domain's directory */
    const char *log_suffix;
    bool grant; /* the page is also behind the reserved grant */
};

struct console {
    LIST_ENTRY(console) link;
    struct daemon *d;
    const struct console_kind *kind;
    uint32_t domid;
    bool seen;  /* in the last enumeration of domains */
    char *path; /* of its nodes */
    struct xencons_interface *page;
    bool page_granted;
    int64_t ring_ref;      /* -1: none mapped */
    int remote_port, port; /* -1: none */
    int master, slave;     /* -1: no pty */
    uint32_t waits_for;    /* what the loop tells of the pty: EPOLLIN, EPOLLOUT */
    struct outbuf out;
    struct log log;
    uint64_t period;     /* in which the events were */
    unsigned int events; /* in that period */
    bool masked;         /* had too many; unmasked when the period ends */
    bool broken;         /* its indices are impossible; not served until remapped */
};

#define DOMAIN_BUCKETS 256u

LIST_HEAD(console_list, console);

struct daemon {
    struct options opt;
    int epoll_fd;
    xc_interface *xch;
    xenevtchn_handle *xce;
    xengnttab_handle *xgt; /* NULL: none */
    xenforeignmemory_handle *fmem;
    struct xs_handle *xs;
    struct console_list by_domain[DOMAIN_BUCKETS]; /* by domid modulo their number */
    struct console **by_port;                      /* NULL: no console's */
    unsigned int nr_ports;
    unsigned int nr_masked;
    struct log hv_log;
    int hv_port;
    uint32_t hv_index;
    uint64_t period, period_start_ms;
    uint32_t next_domid; /* above all that were seen */
    uint64_t sweep_ms;   /* when to go through all domains; 0: no need */
    volatile bool stop, reopen;
};

#define FOR_EACH_CONSOLE(d, bucket, c)                                                             \
    for (bucket = 0; bucket < DOMAIN_BUCKETS; bucket++)                                            \
    LIST_FOREACH(c, &(d)->by_domain[bucket], link)

/* domains.c */
/* The one at @path or above it; NULL: none. */
struct console *console_at(struct daemon *d, const char *path);
void consoles_enumerate(struct daemon *d);
/* Some domain is new: look above those that are known, and through all only if it is not there, or
 * half a minute later (two may have come, and one of them lower). */
void consoles_introduced(struct daemon *d, uint64_t now_ms);
void consoles_free(struct daemon *d);
/* Begins a new period if it is time to, in which the consoles may have their events again. */
void consoles_period(struct daemon *d, uint64_t now_ms);

/* consoles.c */
void console_store_event(struct console *c);                /* its nodes changed */
void console_ring_event(struct console *c);                 /* its event channel fired */
void console_pty_event(struct console *c, uint32_t events); /* EPOLLIN: typed, EPOLLOUT: room */
void console_unmask(struct console *c);
void console_open_log(struct console *c);
/* Logs and shows what is left in the ring, and lets go of all but the console itself. */
void console_close(struct console *c);

/* hvlog.c */
int hvlog_start(struct daemon *d);
void hvlog_event(struct daemon *d);

/* loop.c */
int loop_init(struct daemon *d);
int loop_run(struct daemon *d);
/* The pty of @c is told of from now on, at first for nothing; until it is closed. False: no memory.
 */
bool loop_add(struct console *c);
/* What of EPOLLIN and EPOLLOUT is to be told of the pty of @c, which has been added. */
void loop_wait_for(struct console *c, uint32_t events);

#endif
