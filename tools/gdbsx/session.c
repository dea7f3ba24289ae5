/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "session.h"

/* Not every stop is told: who pauses a domain tells nobody. */
#define LOOK_MS       500
#define LOOK_ALONE_MS 50 /* without an event channel */

/* Wait until gdb has something to say, or the guest may have stopped. True: gdb. */
static bool wait_for_gdb(struct session *s)
{
    struct pollfd fds[3] = {{.fd = s->conn.fd, .events = POLLIN},
                            {.fd = s->quit_fd, .events = POLLIN},
                            {.fd = -1, .events = POLLIN}};
    int timeout = -1;

    if (packet_is_buffered(&s->conn))
        return true;
    if (s->target->running)
        timeout = s->target->evtchn ? LOOK_MS : LOOK_ALONE_MS;
    if (s->target->running && s->target->evtchn)
        fds[2].fd = xenevtchn_fd(s->target->evtchn);
    if (poll(fds, 3, timeout) <= 0)
        return false;
    if (fds[1].revents)
        s->over = true;
    return fds[0].revents && !s->over;
}

static bool interrupt(struct session *s)
{
    if (target_pause(s->target) || target_poll(s->target, &s->stop_vcpu) == STOP_GONE)
        s->stop = STOP_GONE;
    else
        s->stop = STOP_PAUSED;
    return command_report_stop(s);
}

/* A guest that runs can be interrupted and nothing else, one that is stopped can not. */
static bool obey(struct session *s)
{
    enum received what = packet_receive(&s->conn);

    if (what == RECEIVED_PACKET && !s->target->running)
        return command_run(s);
    if (what == RECEIVED_INTERRUPT && s->target->running)
        return interrupt(s);
    return what != RECEIVED_END;
}

static bool go_on(struct session *s)
{
    if (wait_for_gdb(s))
        return obey(s);
    if (s->over || !s->target->running)
        return true;
    s->stop = target_poll(s->target, &s->stop_vcpu);
    return s->stop == STOP_NONE || command_report_stop(s);
}

void session_run(struct target *t, int fd, int quit_fd, bool debug)
{
    struct session *s = calloc(1, sizeof(*s));

    if (!s) {
        fprintf(stderr, "gdbsx: no memory\n");
        return;
    }
    s->conn.fd = fd;
    s->conn.debug = debug;
    s->quit_fd = quit_fd;
    s->target = t;
    s->step_vcpu = NO_VCPU;
    s->stop = STOP_PAUSED;
    while (!s->over && go_on(s))
        ;
    free(s);
}
