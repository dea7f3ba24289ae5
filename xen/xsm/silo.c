/* SPDX-License-Identifier: MIT */
/* SILO: guests share nothing with one another. */
#include <xen/xsm.h>

/* Domains that are there for others: they may share with anybody. */
static bool serves_all(const struct domain *d)
{
    return is_control_domain(d) || d->is_xenstore;
}

static bool may_share(const struct domain *a, const struct domain *b)
{
    return a == b || serves_all(a) || serves_all(b) || READ_ONCE(a->target) == b ||
           READ_ONCE(b->target) == a;
}

static int decide(enum xsm_request what, uint32_t cmd, const struct domain *subject,
                  const struct domain *target)
{
    (void)cmd;
    switch (what) {
    case XSM_EVTCHN_CONNECT:
    case XSM_EVTCHN_SEND:
    case XSM_GRANT_MAP:
    case XSM_GRANT_COPY:
    case XSM_GRANT_TRANSFER:
        if (!may_share(subject, target))
            return -EPERM;
        break;
    default:
        break;
    }
    return xsm_default(what, subject, target);
}

const struct xsm_policy xsm_silo = {.name = "silo", .decide = decide};
