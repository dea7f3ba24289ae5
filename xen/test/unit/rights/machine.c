/* SPDX-License-Identifier: MIT */
/* The model behind machine.h. */
#include "machine.h"

#include <xen/guest_access.h>
#include <xen/kernel.h>

#include "paths.h"

/* libc's, which these headers do not declare */
void *memcpy(void *to, const void *from, size_t len);
void abort(void) noreturn;

static struct domain domains[3] = {
    {.domain_id = 0, .is_privileged = true}, {.domain_id = 1}, {.domain_id = 2}};
static struct domain xen_pages = {.domain_id = DOMID_XEN};
static struct vcpu vcpus[3];
struct domain *const one = &domains[1];
struct domain *dom0 = &domains[0], *dom_xen = &xen_pages, *dom_io;
struct vcpu *current;
unsigned int this_pcpu;
const struct xsm_policy *xsm_policy;

void bug_at(const char *file, int line, const char *what)
{
    abort();
}
size_t port_copy_from_guest(void *to, const void *from, size_t len)
{
    memcpy(to, from, len);
    return 0;
}
struct domain *rcu_lock_domain_by_id(domid_t id)
{
    return id < ARRAY_SIZE(domains) ? &domains[id] : NULL;
}
struct domain *rcu_lock_domain_by_any_id(domid_t id)
{
    return id == DOMID_SELF ? current->domain : rcu_lock_domain_by_id(id);
}
int rcu_lock_domain_for(enum xsm_request what, uint32_t cmd, domid_t id, struct domain **d)
{
    *d = rcu_lock_domain_by_any_id(id);
    return *d ? xsm_check(what, cmd, *d) : -ESRCH;
}

static const struct path *refused;
static unsigned int nr_refused;

static int refuse(enum xsm_request what, uint32_t cmd, const struct domain *subject,
                  const struct domain *target)
{
    if (what != refused->ask.what || cmd != refused->ask.cmd || subject != current->domain ||
        target != (refused->ask.target ? *refused->ask.target : NULL))
        return 0;
    nr_refused++;
    return -EPERM;
}
static const struct xsm_policy policy = {.name = "refuse", .decide = refuse};

static long go_as(unsigned int domid, const struct path *p, const struct xsm_policy *by)
{
    vcpus[domid].domain = &domains[domid];
    current = &vcpus[domid];
    xsm_policy = by;
    nr_refused = 0;
    refused = p;
    return p->go(p);
}

const char *machine_check(unsigned int i, const char **name)
{
    const struct path *p = &paths[i];

    *name = p->name;
    if (!p->name)
        return NULL;
    if (go_as(0, p, &policy) != -EPERM)
        return "the policy refuses, the call does not";
    if (nr_refused != 1)
        return "it was refused, and goes on";
    if (go_as(2, p, NULL) != -EPERM)
        return "a stranger may";
    return NULL;
}
