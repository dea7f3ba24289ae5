/* SPDX-License-Identifier: MIT */
/*
 * A debugger in the control domain (gdbsx) of a PV guest's kernel.
 *
 * While XEN_DOMCTL_setdebugging says that there is one, breakpoints and single steps in the guest's
 * kernel mode are its own: the domain is paused as the control domain pauses it, VIRQ_DEBUGGER is
 * raised, and XEN_DOMCTL_gdbsx_domstatus says once which vCPU it was.
 */
#ifndef ASM_DEBUGGER_H
#define ASM_DEBUGGER_H

#include <xen/types.h>

struct cpu_user_regs;
struct domain;
struct xen_domctl;

/* Is the trap @vector of current (TRAP_BP, TRAP_DB) the debugger's? Then the guest has not seen it.
 */
bool debugger_takes_trap(struct cpu_user_regs *regs, unsigned int vector);
/*
 * XEN_DOMCTL_gdbsx_*. 0, -EINVAL (of the caller's own domain, no such vCPU, no pause to end),
 * -EOVERFLOW, -EFAULT (memory: remain bytes are left), -ERESTART.
 */
long debugger_domctl(struct xen_domctl *op, struct domain *d, bool *copyback);

#endif
