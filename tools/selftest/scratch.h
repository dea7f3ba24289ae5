/* SPDX-License-Identifier: MIT */
/* Domains without a program, for tests. */
#ifndef SELFTEST_SCRATCH_H
#define SELFTEST_SCRATCH_H

#include <stdbool.h>
#include <stdint.h>

#include <xenctrl.h>

#define SCRATCH_GRANT_FRAMES 40

struct scratch {
    xc_interface *xch;
    uint32_t domid;
    bool translated; /* it has frame numbers of its own: @gfn, which it may populate */
    xen_pfn_t gfn;
};

/* Messages begin with the program's name. Counts what goes wrong. */
extern unsigned int failures;
void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* One of the kinds that the host has: false when there is no such one, with nothing said. */
bool scratch_is_possible(xc_interface *xch, bool translated);
/* Make it, with room for memory. False: it has been said why. */
bool scratch_create(struct scratch *s, xc_interface *xch, bool translated);
void scratch_destroy(struct scratch *s);
/* A page for it; *frame is its number as the domain's grants have it. 0, -1 with errno. */
int scratch_populate(struct scratch *s, xen_pfn_t *frame);

#endif
