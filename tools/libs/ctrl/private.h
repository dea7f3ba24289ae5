/* SPDX-License-Identifier: MIT */
#ifndef CTRL_PRIVATE_H
#define CTRL_PRIVATE_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define XC_WANT_COMPAT_MAP_FOREIGN_API
#include "report.h"
#include "xencall.h"
#include "xendevicemodel.h"
#include "xenforeignmemory.h"

struct xc_interface_core {
    unsigned int flags;
    xentoollog_logger *logger;   /* never NULL */
    xentoollog_logger *dombuild; /* never NULL */
    xentoollog_logger *own;      /* made by us, to be destroyed by us; or NULL */
    xc_error last_error;
    const char *progress_doing;
    xencall_handle *xcall;
    xenforeignmemory_handle *fmem;
    xendevicemodel_handle *dmod;
    int max_cpus;  /* 0: not asked for yet */
    int max_nodes; /* 0: not asked for yet */
};

/*
 * A caller's memory that a hypercall needs: copied to and from a hypercall buffer, whose address is
 * put where @slot points, which is mostly the "p" of a guest handle.
 */
enum bounce_dir { BOUNCE_IN = 1, BOUNCE_OUT = 2, BOUNCE_BOTH = 3 };
struct bounce {
    void *slot; /* of a pointer to any type */
    void *user; /* may be NULL, then so is what the hypervisor gets */
    size_t len;
    enum bounce_dir dir;
    void *hyp;
};
#define BUF_IN(hnd, ptr, len)                                                                      \
    {                                                                                              \
        &(hnd).p, (void *)(uintptr_t)(ptr), (len), BOUNCE_IN, NULL                                 \
    }
#define BUF_OUT(hnd, ptr, len)                                                                     \
    {                                                                                              \
        &(hnd).p, (ptr), (len), BOUNCE_OUT, NULL                                                   \
    }
#define BUF_BOTH(hnd, ptr, len)                                                                    \
    {                                                                                              \
        &(hnd).p, (ptr), (len), BOUNCE_BOTH, NULL                                                  \
    }

/* Returns 0, or -1 with errno and nothing held. */
int bounce_in(xc_interface *xch, struct bounce *b, unsigned int nr);
/* @rc: the call's result; of a failed one only what went both ways comes back. Keeps errno. */
void bounce_out(xc_interface *xch, struct bounce *b, unsigned int nr, long rc);

/*
 * Hypercalls with one structure, which is copied back, and buffers. They return what the hypervisor
 * did, or -1 with errno.
 */
int domctl_bounced(xc_interface *xch, struct xen_domctl *op, struct bounce *b, unsigned int nr);
int sysctl_bounced(xc_interface *xch, struct xen_sysctl *op, struct bounce *b, unsigned int nr);
long memory_bounced(xc_interface *xch, unsigned int cmd, void *arg, size_t len, struct bounce *b,
                    unsigned int nr);
/* Any hypercall (cmd, structure): physdev_op, event_channel_op, sched_op, hvm_op, ... */
int cmd_bounced(xc_interface *xch, unsigned int hypercall, unsigned int cmd, void *arg, size_t len,
                struct bounce *b, unsigned int nr);
/* Any hypercall (structure) or (structure, @second). */
int op_bounced(xc_interface *xch, unsigned int hypercall, void *op, size_t len, struct bounce *b,
               unsigned int nr);

#define BOUNCES(...)                                                                               \
    (struct bounce[]){__VA_ARGS__},                                                                \
        (unsigned int)(sizeof((struct bounce[]){__VA_ARGS__}) / sizeof(struct bounce))
#define domctl_with(xch, op, ...) domctl_bounced(xch, op, BOUNCES(__VA_ARGS__))
#define sysctl_with(xch, op, ...) sysctl_bounced(xch, op, BOUNCES(__VA_ARGS__))
#define memory_with(xch, cmd, arg, ...)                                                            \
    memory_bounced(xch, cmd, arg, sizeof(*(arg)), BOUNCES(__VA_ARGS__))
#define do_domctl(xch, op)       domctl_bounced(xch, op, NULL, 0)
#define do_sysctl(xch, op)       sysctl_bounced(xch, op, NULL, 0)
#define do_memory(xch, cmd, arg) memory_bounced(xch, cmd, arg, sizeof(*(arg)), NULL, 0)
#define do_cmd(xch, hypercall, cmd, arg)                                                           \
    cmd_bounced(xch, __HYPERVISOR_##hypercall, cmd, arg, sizeof(*(arg)), NULL, 0)

#define DOMCTL(name, dom, ...)                                                                     \
    (struct xen_domctl)                                                                            \
    {                                                                                              \
        .cmd = XEN_DOMCTL_##name, .domain = (domid_t)(dom), ##__VA_ARGS__                          \
    }
#define SYSCTL(name, ...)                                                                          \
    (struct xen_sysctl)                                                                            \
    {                                                                                              \
        .cmd = XEN_SYSCTL_##name, ##__VA_ARGS__                                                    \
    }

/* A domctl that only takes values. */
static inline int domctl_value(xc_interface *xch, struct xen_domctl op)
{
    return do_domctl(xch, &op);
}
static inline int sysctl_value(xc_interface *xch, struct xen_sysctl op)
{
    return do_sysctl(xch, &op);
}

static inline int fail(int errnoval)
{
    errno = errnoval;
    return -1;
}

#endif
