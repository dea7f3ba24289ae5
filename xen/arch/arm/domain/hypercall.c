/* SPDX-License-Identifier: MIT */
/* Hypercalls of guests: HVC #XEN_HYPERCALL_TAG. Registers: public/arch-arm.h. */
#include <asm/current.h>
#include <asm/traps.h>
#include <xen/hypercall.h>
#include <xen/kernel.h>
#include <xen/port/domain.h>

#define NR_ARGS 5 /* x0 to x4 */

void port_hypercall_restart(struct vcpu *v, const struct hypercall_ctx *hc)
{
    struct cpu_user_regs *regs = guest_cpu_user_regs();

    regs->pc -= 4;
    regs->x[16] = hc->op;
    for (unsigned int i = 0; i < hc->nr_args && i < NR_ARGS; i++)
        regs->x[i] = hc->args[i];
}

void guest_hypercall(struct cpu_user_regs *regs)
{
    struct vcpu *v = current;
    uint64_t nr = regs->x[16];
    long ret = -ENOSYS;

    if (nr < NR_HYPERCALLS && hypercall_table[nr].fn)
        ret = hypercall_table[nr].fn(regs->x[0], regs->x[1], regs->x[2], regs->x[3], regs->x[4], 0);
    if (unlikely(v->hcall.restart)) {
        v->hcall.restart = false;
        port_hypercall_restart(v, &v->hcall);
        return;
    }
    regs->x[0] = (uint64_t)ret;
}
