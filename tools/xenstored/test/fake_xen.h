/* SPDX-License-Identifier: MIT */
/* The hypervisor that xenstored's io side sees in a fuzzer: three guests, whose pages are poisoned
 * while they are not mapped. */
#ifndef STORE_TEST_FAKE_XEN_H
#define STORE_TEST_FAKE_XEN_H

#include <stdbool.h>
#include <stdint.h>
#include <xen/io/xs_wire.h>

#define FAKE_GUESTS 3u /* domains 1 to 3 */

enum fake_state { FAKE_RUNS, FAKE_SHUT_DOWN, FAKE_DYING, FAKE_GONE };

struct fake_guest {
    enum fake_state state;
    bool no_grant, no_foreign; /* which mappings fail */
    unsigned int maps;
    struct xenstore_domain_interface *page;
};

extern struct fake_guest fake_guests[FAKE_GUESTS];

/* All guests run, with empty pages, and no port is open. */
void fake_reset(void);
/* Between these two the page may be written as its guest does. */
struct xenstore_domain_interface *fake_page(struct fake_guest *g);
void fake_page_done(struct fake_guest *g);
/* An event at @port, if it is open. */
void fake_raise(unsigned int port);
/* At whatever port the guest has, if any. */
void fake_raise_guest(const struct fake_guest *g);
/* VIRQ_DOM_EXC. */
void fake_raise_virq(void);
/* Nothing is mapped and no port is open. */
bool fake_is_idle(void);

#endif
