/* SPDX-License-Identifier: MIT */
#ifndef XENSTORED_OPTIONS_H
#define XENSTORED_OPTIONS_H

#include <stdbool.h>

#include "store/store.h"

/* Of one program to the next one, in a live update. */
#define OPTION_LIVE_UPDATE "--live-update="
#define OPTION_LIVE_CHECK  "--live-check"
#define LIVE_CHECK_GOOD    42 /* exit code that no program has by chance */

struct options {
    bool no_dom0; /* do not introduce dom0 */
    bool no_fork;
    bool output_pid;
    bool verbose;
    bool keep_orphans;
    bool no_domains; /* test only: no hypervisor at all */
    bool live_check; /* only see whether the state at @live_fd can be read */
    int live_fd;     /* go on with the state that is there, or -1 */
    const char *pid_file;
    const char *trace_file;
    uint32_t priv_domid;
    struct quotas quotas;
};

/* Fills @o; exits with a message on an error, or after --help. */
void options_parse(int argc, char **argv, struct options *o);

#endif
