/* SPDX-License-Identifier: MIT */
#ifndef XENSTORED_OPTIONS_H
#define XENSTORED_OPTIONS_H

#include <stdbool.h>

#include "store/store.h"

struct options {
    bool no_dom0; /* do not introduce dom0 */
    bool no_fork;
    bool output_pid;
    bool verbose;
    bool keep_orphans;
    bool no_domains; /* test only: no hypervisor at all */
    const char *pid_file;
    const char *trace_file;
    uint32_t priv_domid;
    struct quotas quotas;
};

/* Fills @o; exits with a message on an error, or after --help. */
void options_parse(int argc, char **argv, struct options *o);

#endif
