/* SPDX-License-Identifier: MIT */
#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

static const char usage_text[] =
    "Usage:\n"
    "\n"
    "  xenstored <options>\n"
    "\n"
    "where options may include:\n"
    "\n"
    "  -D, --no-domain-init    to state that xenstored should not initialise dom0,\n"
    "  -F, --pid-file <file>   giving a file for the daemon's pid to be written,\n"
    "  -H, --help              to output this message,\n"
    "  -N, --no-fork           to request that the daemon does not fork,\n"
    "  -P, --output-pid        to request that the pid of the daemon is output,\n"
    "  -T, --trace-file <file> giving the file for logging, and\n"
    "  -E, --entry-nb <nb>     limit the number of entries per domain,\n"
    "  -S, --entry-size <size> limit the size of entry per domain, and\n"
    "  -W, --watch-nb <nb>     limit the number of watches per domain,\n"
    "  -t, --transaction <nb>  limit the number of transaction allowed per domain,\n"
    "  -A, --perm-nb <nb>      limit the number of permissions per node,\n"
    "  -M, --path-max <chars>  limit the allowed Xenstore node path length,\n"
    "  -Q, --quota <what>=<nb> set the quota <what> to the value <nb>; <what> is\n"
    "                          transaction-nodes (nodes accessed per transaction),\n"
    "                          memory (bytes per domain for nodes, transactions,\n"
    "                          watches and queued messages) or\n"
    "                          outstanding (requests not yet completed)\n"
    "  -q, --quota-soft <what>=<nb> warn in the system log above this limit;\n"
    "                          <what> is memory\n"
    "  -w, --timeout <what>=<seconds> set the timeout for <what>:\n"
    "                          watch-event (how long an event is kept pending)\n"
    "  -R, --no-recovery       no effect: the store is never rebuilt from a file\n"
    "  -I, --internal-db [on|off] \"off\" is refused: the store is kept in memory\n"
    "  -K, --keep-orphans      don't delete nodes owned by a domain when the\n"
    "                          domain is deleted (this is a security risk!)\n"
    "  -p, --priv-domid <domid> give this domain the rights of dom0\n"
    "  -V, --verbose           to request verbose execution.\n"
    "      --live-update=<fd>   go on with the state at this descriptor: not for users, see\n"
    "                          xenstore-control live-update\n"
    "      --live-check         with it: only see whether the state can be read\n"
    "      --internal-no-domains run without a hypervisor, for tests: sockets only\n";

enum { OPT_NO_DOMAINS = 256, OPT_LIVE_UPDATE, OPT_LIVE_CHECK };

static const struct option longopts[] = {
    {"no-domain-init", no_argument, NULL, 'D'},
    {"entry-nb", required_argument, NULL, 'E'},
    {"pid-file", required_argument, NULL, 'F'},
    {"event", required_argument, NULL, 'e'},
    {"master-domid", required_argument, NULL, 'm'},
    {"help", no_argument, NULL, 'H'},
    {"no-fork", no_argument, NULL, 'N'},
    {"priv-domid", required_argument, NULL, 'p'},
    {"output-pid", no_argument, NULL, 'P'},
    {"entry-size", required_argument, NULL, 'S'},
    {"trace-file", required_argument, NULL, 'T'},
    {"transaction", required_argument, NULL, 't'},
    {"perm-nb", required_argument, NULL, 'A'},
    {"path-max", required_argument, NULL, 'M'},
    {"quota", required_argument, NULL, 'Q'},
    {"quota-soft", required_argument, NULL, 'q'},
    {"timeout", required_argument, NULL, 'w'},
    {"no-recovery", no_argument, NULL, 'R'},
    {"internal-db", optional_argument, NULL, 'I'},
    {"keep-orphans", no_argument, NULL, 'K'},
    {"verbose", no_argument, NULL, 'V'},
    {"watch-nb", required_argument, NULL, 'W'},
    {"live-update", required_argument, NULL, OPT_LIVE_UPDATE},
    {"live-check", no_argument, NULL, OPT_LIVE_CHECK},
    {"internal-no-domains", no_argument, NULL, OPT_NO_DOMAINS},
    {0},
};

static unsigned int number(const char *what, const char *text)
{
    char *end;
    unsigned long val = strtoul(text, &end, 10);

    if (*end || end == text || val > UINT32_MAX - 1)
        errx(1, "invalid value \"%s\" for %s", text, what);
    return (unsigned int)val;
}

/* "name=number" against one or more names; each with its place. */
static void named_number(const char *opt, const char *arg, const char *const *names,
                         unsigned int *const *places)
{
    const char *eq = strchr(arg, '=');

    for (unsigned int i = 0; eq && names[i]; i++) {
        if (strlen(names[i]) == (size_t)(eq - arg) &&
            strncmp(arg, names[i], strlen(names[i])) == 0) {
            *places[i] = number(opt, eq + 1);
            return;
        }
    }
    errx(1, "unknown %s \"%s\"", opt, arg);
}

static void parse_quota(struct quotas *q, const char *arg)
{
    static const char *const names[] = {"transaction-nodes", "memory", "outstanding", NULL};

    named_number("quota", arg, names,
                 (unsigned int *const[]){&q->txn_nodes, &q->memory, &q->outstanding});
}

static void parse_soft(struct quotas *q, const char *arg)
{
    static const char *const names[] = {"memory", NULL};

    named_number("quota-soft", arg, names, (unsigned int *const[]){&q->memory_soft});
}

static void parse_timeout(struct quotas *q, const char *arg)
{
    static const char *const names[] = {"watch-event", NULL};

    named_number("timeout", arg, names, (unsigned int *const[]){&q->event_timeout_s});
}

static void parse_one(int opt, struct options *o)
{
    struct quotas *q = &o->quotas;

    switch (opt) {
    case 'E':
        q->nodes = number("entry-nb", optarg);
        break;
    case 'S':
        q->node_size = number("entry-size", optarg);
        break;
    case 'W':
        q->watches = number("watch-nb", optarg);
        break;
    case 't':
        q->transactions = number("transaction", optarg);
        break;
    case 'A':
        q->perms = number("perm-nb", optarg);
        break;
    case 'M':
        q->path_max = number("path-max", optarg);
        break;
    case 'Q':
        parse_quota(q, optarg);
        break;
    case 'q':
        parse_soft(q, optarg);
        break;
    case 'w':
        parse_timeout(q, optarg);
        break;
    case 'D':
        o->no_dom0 = true;
        break;
    case 'F':
        o->pid_file = optarg;
        break;
    case 'N':
        o->no_fork = true;
        break;
    case 'P':
        o->output_pid = true;
        break;
    case 'T':
        o->trace_file = optarg;
        break;
    case 'K':
        o->keep_orphans = true;
        break;
    case 'V':
        o->verbose = true;
        break;
    case 'p':
        o->priv_domid = number("priv-domid", optarg);
        break;
    case OPT_NO_DOMAINS:
        o->no_domains = true;
        break;
    case OPT_LIVE_UPDATE:
        o->live_fd = (int)number("live-update", optarg);
        break;
    case OPT_LIVE_CHECK:
        o->live_check = true;
        break;
    case 'R':
        break;
    case 'I':
        if (optarg && strcmp(optarg, "on") != 0)
            errx(1, "the store can only be kept in memory");
        break;
    case 'e':
    case 'm':
        errx(1, "option -%c is for a store in a domain of its own, which is not supported", opt);
    case 'H':
        fputs(usage_text, stdout);
        exit(0);
    default:
        fputs(usage_text, stderr);
        exit(1);
    }
}

void options_parse(int argc, char **argv, struct options *o)
{
    int opt;

    *o = (struct options){.quotas = default_quotas, .priv_domid = NO_DOMID, .live_fd = -1};
    while ((opt = getopt_long(argc, argv, "DE:F:HI::KNPS:t:A:M:Q:q:T:RVW:w:p:e:m:", longopts,
                              NULL)) != -1)
        parse_one(opt, o);
    if (o->live_check && o->live_fd < 0)
        errx(1, "nothing to check");
    if (optind != argc)
        errx(1, "no arguments desired");
    if (o->quotas.path_max == 0 || o->quotas.path_max > XENSTORE_ABS_PATH_MAX)
        o->quotas.path_max = XENSTORE_ABS_PATH_MAX;
}
