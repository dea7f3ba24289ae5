/* SPDX-License-Identifier: MIT */
/* One gdb at one guest. */
#ifndef GDBSX_SESSION_H
#define GDBSX_SESSION_H

#include "packet.h"
#include "target.h"

struct session {
    struct connection conn;
    struct target *target;
    uint32_t vcpu;      /* whose registers gdb asks for */
    uint32_t step_vcpu; /* which one steps; NO_VCPU: that one */
    uint32_t stop_vcpu;
    enum stop stop;       /* why it stands */
    uint32_t next_listed; /* by qsThreadInfo */
    int quit_fd;
    bool over;
};

/* Until gdb or the guest goes, or @quit_fd can be read. The caller has attached @t, and lets go of
 * it. */
void session_run(struct target *t, int fd, int quit_fd, bool debug);

/* The packet in @s. False: nothing can be sent any more. */
bool command_run(struct session *s);
/* Say why the guest stands. */
bool command_report_stop(struct session *s);

#endif
