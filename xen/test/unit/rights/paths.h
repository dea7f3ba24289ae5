/* SPDX-License-Identifier: MIT */
/* Paths of a port on which somebody else is concerned: a row each. */
#ifndef TEST_UNIT_RIGHTS_PATHS_H
#define TEST_UNIT_RIGHTS_PATHS_H

#include <xen/domain.h>
#include <xen/xsm.h>

struct path {
    const char *name;
    long (*go)(const struct path *p); /* the call: by dom0, on domain 1 or the machine */
    unsigned int call;                /* its command, for go() */
    struct {
        enum xsm_request what;
        uint32_t cmd;
        struct domain *const *target; /* NULL: none */
    } ask;
};
/* Of the port; the last one has no name. All are refused with -EPERM. */
extern const struct path paths[];

/* 1 is the one that others want something of. */
extern struct domain *const one;

#endif
