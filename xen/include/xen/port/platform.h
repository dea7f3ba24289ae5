/* SPDX-License-Identifier: MIT */
/* platform_op's commands on a port's firmware and CPUs. */
#ifndef XEN_PORT_PLATFORM_H
#define XEN_PORT_PLATFORM_H

#include <xen/types.h>

struct xen_platform_op;

/* @op: the hypervisor's copy, its caller allowed to ask for it. *copyback: the answer is in it,
 * and goes back where the result is no error. -ENOSYS: not there. */
long port_platform_op(struct xen_platform_op *op, bool *copyback);

#endif
