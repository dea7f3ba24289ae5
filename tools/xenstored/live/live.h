/* SPDX-License-Identifier: MIT */
/*
 * Live update: the daemon goes on as another program, in the same process, without its clients
 * noticing. The old program writes its state (stream.h) into a file in memory, lets the new one
 * check it as a child of its own, and then becomes the new one, which finds descriptors of sockets
 * and event channels open. Until that last step nothing is given up.
 */
#ifndef XENSTORED_LIVE_LIVE_H
#define XENSTORED_LIVE_LIVE_H

#include "io/io.h"
#include "io/options.h"

#define LIVE_WHY_ROOM 512

struct live_session {
    struct conn *conn; /* who asked; the session ends with it */
    char *program;
    char *cmdline; /* or NULL: the options stay as they are */
    bool started;  /* the answer to @req is due */
    bool force;    /* when the time is over, end the transactions that are open */
    uint64_t deadline_ms;
    struct xsd_sockmsg req;
};

/*
 * session.c
 * The words behind "live-update": -f PROGRAM, -c CMDLINE, -a, or -s [-t SECONDS] [-F]. Answers,
 * at once or later, and returns 0; or a negative errno.
 */
int live_command(struct daemon *d, struct conn *conn, const struct xsd_sockmsg *req,
                 const char *const *words, unsigned int nr);
/* An update waits for the end of the transactions: none may start. */
bool live_waits(const struct daemon *d);
/* Between two rounds of the loop: does the update if it is due, and then does not return. */
void live_poll(struct daemon *d);
/* @conn is about to go. */
void live_conn_gone(struct daemon *d, const struct conn *conn);

/* exec.c: becomes the new program. Returns only on failure, all as it was; @why says what. */
void live_exec(struct daemon *d, const struct live_session *se, char why[LIVE_WHY_ROOM]);

/*
 * resume.c: both in the new program, with the state at o->live_fd.
 * live_check() reads it and does no more; returns the exit code, a complaint is on stderr.
 * live_resume() takes all over, or exits.
 */
int live_check(const struct options *o);
void live_resume(struct daemon *d, const struct options *o);

#endif
