/* SPDX-License-Identifier: MIT */
/*
 * Who may do what: every request that concerns another domain or the machine is decided here.
 *
 * A place that serves such a request calls xsm_check() once it knows whom it concerns, before it
 * has changed anything, and turns a refusal into the error of its ABI. What concerns the caller
 * only (its own vCPUs, ports, timers, tables) asks nobody.
 */
#ifndef XEN_XSM_H
#define XEN_XSM_H

#include <xen/compiler.h>
#include <xen/domain.h>
#include <xen/errno.h>
#include <asm/current.h>

/* The kinds of request. Beside each: what its command number is, and whom it concerns. */
enum xsm_request {
    XSM_DOMCTL,          /* XEN_DOMCTL_*; the domain, NULL: one to be created or looked for */
    XSM_SYSCTL,          /* XEN_SYSCTL_*; NULL, or the domain that is listed */
    XSM_PLATFORM_OP,     /* XENPF_*; NULL */
    XSM_CONSOLE_IO,      /* CONSOLEIO_*; NULL */
    XSM_VERSION,         /* XENVER_* that say how the hypervisor was built and started; NULL */
    XSM_REMOTE_SHUTDOWN, /* SCHEDOP_remote_shutdown; the domain, NULL: there is none */
    XSM_PIN_OVERRIDE,    /* SCHEDOP_pin_override; NULL */
    XSM_PHYSDEV,         /* PHYSDEVOP_* on the machine's devices; NULL, or the user of an MSI */
    XSM_PIRQ,            /* PHYSDEVOP_map_pirq, unmap_pirq; whose numbers they are */
    XSM_VM_ASSIST,       /* VMASST_TYPE_*; the caller */
    XSM_MEMORY,          /* XENMEM_* on a domain's size or physical map; the domain */
    XSM_MEMORY_HOST,     /* XENMEM_* on the machine's: claims, its map, extents above a guest's
                          * limit; the domain that gains, or NULL */
    XSM_MEMORY_GUEST,    /* XENMEM_* on what a domain is made of: its frames, its memory map */
    XSM_MMU,             /* __HYPERVISOR_* of page tables; whose pages or tables */
    XSM_PARAM_READ,      /* HVM_PARAM_* that a guest is to read; the domain */
    XSM_PARAM,           /* HVM_PARAM_*: to set one, or to read one of the toolstack's */
    XSM_EVTCHN,          /* EVTCHNOP_* on a domain's ports; the domain */
    XSM_EVTCHN_CONNECT,  /* EVTCHNOP_alloc_unbound, bind_interdomain; the peers */
    XSM_EVTCHN_SEND,     /* EVTCHNOP_send; the peer */
    XSM_EVTCHN_VIRQ,     /* VIRQ_* of the machine, to be bound; NULL */
    XSM_GRANT_TABLE,     /* GNTTABOP_* on a domain's table; the domain */
    XSM_GRANT_MAP,       /* GNTTABOP_map_grant_ref; who grants */
    XSM_GRANT_UNMAP,     /* GNTTABOP_unmap_*; who has granted */
    XSM_GRANT_COPY,      /* GNTTABOP_copy by a grant; who grants */
    XSM_GRANT_FRAME,     /* GNTTABOP_copy by a frame's number; whose, NULL: there is none */
    XSM_GRANT_TRANSFER,  /* GNTTABOP_transfer; who gets the page */
    NR_XSM_REQUESTS
};

/* In place of a command number that has not been read yet: may the caller make such calls at all?
 * The command itself is asked about later. */
#define XSM_CMD_UNREAD (~0U)

/* To whom the default policy grants a kind of request. */
#define XSM_BY_ANYBODY  (1U << 0)
#define XSM_BY_SELF     (1U << 1) /* whom it concerns */
#define XSM_BY_MODEL    (1U << 2) /* the device model of whom it concerns */
#define XSM_BY_CONTROL  (1U << 3) /* a control domain */
#define XSM_BY_HARDWARE (1U << 4) /* the domain that drives the machine's devices */

static inline unsigned int xsm_granted_to(enum xsm_request what)
{
    static const uint8_t granted_to[NR_XSM_REQUESTS] = {
        [XSM_DOMCTL] = XSM_BY_CONTROL,
        [XSM_SYSCTL] = XSM_BY_CONTROL,
        [XSM_PLATFORM_OP] = XSM_BY_CONTROL,
        [XSM_CONSOLE_IO] = XSM_BY_CONTROL,
        [XSM_VERSION] = XSM_BY_CONTROL,
        [XSM_REMOTE_SHUTDOWN] = XSM_BY_CONTROL,
        [XSM_PIN_OVERRIDE] = XSM_BY_HARDWARE,
        [XSM_PHYSDEV] = XSM_BY_HARDWARE,
        [XSM_PIRQ] = XSM_BY_SELF | XSM_BY_CONTROL,
        [XSM_VM_ASSIST] = XSM_BY_ANYBODY,
        [XSM_MEMORY] = XSM_BY_SELF | XSM_BY_CONTROL,
        [XSM_MEMORY_HOST] = XSM_BY_CONTROL,
        [XSM_MEMORY_GUEST] = XSM_BY_MODEL | XSM_BY_CONTROL,
        [XSM_MMU] = XSM_BY_SELF | XSM_BY_MODEL | XSM_BY_CONTROL,
        [XSM_PARAM_READ] = XSM_BY_SELF | XSM_BY_CONTROL,
        [XSM_PARAM] = XSM_BY_CONTROL,
        [XSM_EVTCHN] = XSM_BY_SELF | XSM_BY_CONTROL,
        [XSM_EVTCHN_CONNECT] = XSM_BY_ANYBODY,
        [XSM_EVTCHN_SEND] = XSM_BY_ANYBODY,
        [XSM_EVTCHN_VIRQ] = XSM_BY_ANYBODY,
        [XSM_GRANT_TABLE] = XSM_BY_SELF | XSM_BY_CONTROL,
        [XSM_GRANT_MAP] = XSM_BY_ANYBODY,
        [XSM_GRANT_UNMAP] = XSM_BY_ANYBODY,
        [XSM_GRANT_COPY] = XSM_BY_ANYBODY,
        [XSM_GRANT_FRAME] = XSM_BY_CONTROL,
        [XSM_GRANT_TRANSFER] = XSM_BY_ANYBODY,
    };

    return granted_to[what];
}

/* The default policy, called dummy: 0 or -EPERM. Folds to the one test that @what asks for. */
static inline int xsm_default(enum xsm_request what, const struct domain *subject,
                              const struct domain *target)
{
    unsigned int by = xsm_granted_to(what);

    if ((by & XSM_BY_ANYBODY) || ((by & XSM_BY_SELF) && subject == target) ||
        ((by & XSM_BY_CONTROL) && is_control_domain(subject)) ||
        ((by & XSM_BY_MODEL) && target && READ_ONCE(subject->target) == target) ||
        ((by & XSM_BY_HARDWARE) && is_hardware_domain(subject)))
        return 0;
    return -EPERM;
}

struct xsm_policy {
    const char *name; /* as the option xsm= has it */
    /*
     * May @subject do @what with @target? @target is NULL where the machine is concerned, or
     * nobody (see enum xsm_request). A policy which only adds to the default ends in xsm_default().
     * Locks: under rcu_read_lock(); maybe a port's or the domctl lock: takes none itself.
     * Returns: 0 or -EPERM.
     */
    int (*decide)(enum xsm_request what, uint32_t cmd, const struct domain *subject,
                  const struct domain *target);
};
/* The one that rules; NULL: the default. Set at boot, before there are domains. */
extern const struct xsm_policy *xsm_policy;
extern const struct xsm_policy xsm_silo;

/* Where the caller acts for somebody else, or two domains are to be connected. 0 or -EPERM. */
static inline int __must_check xsm_check_between(enum xsm_request what, uint32_t cmd,
                                                 const struct domain *subject,
                                                 const struct domain *target)
{
    const struct xsm_policy *policy = xsm_policy;

    return unlikely(policy) ? policy->decide(what, cmd, subject, target)
                            : xsm_default(what, subject, target);
}

/* May the caller? 0 or -EPERM. Looks who that is only where it matters. */
static inline int __must_check xsm_check(enum xsm_request what, uint32_t cmd,
                                         const struct domain *target)
{
    const struct xsm_policy *policy = xsm_policy;

    return unlikely(policy) ? policy->decide(what, cmd, current->domain, target)
                            : xsm_default(what, current->domain, target);
}

/*
 * Domain @id, or DOMID_SELF, with which the caller may do @what: rcu_lock_domain_by_any_id() and
 * xsm_check(). rcu_unlock_domain() when done.
 * Returns: 0, -ESRCH, -EPERM.
 */
int __must_check rcu_lock_domain_for(enum xsm_request what, uint32_t cmd, domid_t id,
                                     struct domain **d);

#endif
