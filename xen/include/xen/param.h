/* SPDX-License-Identifier: MIT */
/*
 * Options of the hypervisor's command line. Each is declared beside what it sets:
 *     static unsigned int opt_maxcpus = NR_CPUS;
 *     PARAM_UINT("maxcpus", opt_maxcpus);
 * An option that nobody declares is reported at boot.
 */
#ifndef XEN_PARAM_H
#define XEN_PARAM_H

#include <xen/types.h>

enum param_type {
    PARAM_T_STR,
    PARAM_T_BOOL,
    PARAM_T_UINT,
    PARAM_T_SIZE,
    PARAM_T_FN,
    PARAM_T_IGNORE
};
struct param {
    const char *name;
    enum param_type type;
    unsigned int len; /* of the variable, bytes */
    union {
        void *var;
        int (*fn)(const char *value); /* 0 or -EINVAL */
    };
};
#define PARAM_(nm, t, v)                                                                           \
    static const struct param param_##v __section(".init.param")                                   \
        __used __aligned(8) = {.name = nm, .type = t, .len = sizeof(v), .var = (void *)&(v)}
#define PARAM_STR(nm, v)  PARAM_(nm, PARAM_T_STR, v)  /* char v[N] */
#define PARAM_BOOL(nm, v) PARAM_(nm, PARAM_T_BOOL, v) /* bool: on/off/yes/no/1/0, no-NAME */
#define PARAM_UINT(nm, v) PARAM_(nm, PARAM_T_UINT, v) /* any unsigned integer */
#define PARAM_SIZE(nm, v)                                                                          \
    PARAM_(nm, PARAM_T_SIZE, v) /* uint64_t, suffixes B K M G T; K without                         \
                                 */
#define PARAM_FN(nm, f)                                                                            \
    static const struct param param_##f __section(".init.param")                                   \
        __used __aligned(8) = {.name = nm, .type = PARAM_T_FN, .fn = f}
/* Known to the stock hypervisor, without effect here: accepted, said so at boot. */
#define PARAM_IGNORED(id, nm)                                                                      \
    static const struct param param_ignored_##id __section(".init.param")                          \
        __used __aligned(8) = {.name = nm, .type = PARAM_T_IGNORE, .var = NULL}

void cmdline_parse(const char *cmdline);
extern char saved_cmdline[2048]; /* XENVER_commandline */

#endif
