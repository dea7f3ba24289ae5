/* SPDX-License-Identifier: MIT */
/* xenconsoled: carries the consoles of domains to ptys and log files. One thread. */
#ifndef XENCONSOLED_DAEMON_H
#define XENCONSOLED_DAEMON_H

#include <poll.h>
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
    bool required;
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
    struct pollfd *poll;
    struct outbuf out;
    struct log log;
    unsigned int events; /* in this period */
    bool masked;         /* had too many; unmasked when the period ends */
    bool broken;         /* its indices are impossible; not served until remapped */
};

struct daemon {
    struct options opt;
    xc_interface *xch;
    xenevtchn_handle *xce;
    xengnttab_handle *xgt; /* NULL: none */
    xenforeignmemory_handle *fmem;
    struct xs_handle *xs;
    LIST_HEAD(, console) consoles;
    struct log hv_log;
    int hv_port;
    uint32_t hv_index;
    uint64_t period_start_ms;
    uint32_t next_domid; /* above all that were seen */
    uint64_t sweep_ms;   /* when to go through all domains; 0: no need */
    volatile bool stop, reopen;
};

/* consoles.c */
void consoles_enumerate(struct daemon *d);
/* Some domain is new: look above those that are known, and through all only if it is not there, or
 * half a minute later (two may have come, and one of them lower). */
void consoles_introduced(struct daemon *d, uint64_t now_ms);
void console_store_event(struct console *c); /* its nodes changed */
void console_ring_event(struct console *c);  /* its event channel fired */
void console_pump_out(struct console *c);    /* pty takes output again */
void console_pump_in(struct console *c);     /* somebody typed */
bool console_wants_input(const struct console *c);
void console_open_log(struct console *c);
void consoles_free(struct daemon *d);
void console_period(struct daemon *d, uint64_t now_ms);

/* hvlog.c */
int hvlog_start(struct daemon *d);
void hvlog_event(struct daemon *d);

/* loop.c */
int loop_run(struct daemon *d);

#endif
