/* SPDX-License-Identifier: MIT */
/* Which function serves which hypercall; ports add theirs at boot. */
#include <xen/evtchn.h>
#include <xen/grant.h>
#include <xen/hypercall.h>
#include <xen/kernel.h>
#include <xen/sched.h>
#include <asm/current.h>

#define ENTRY(nr, handler, args) [__HYPERVISOR_##nr] = {(hypercall_fn_t *)(void *)(handler), args}

struct hypercall_entry hypercall_table[NR_HYPERCALLS] = {
    ENTRY(platform_op, do_platform_op, 1),
    ENTRY(memory_op, do_memory_op, 2),
    ENTRY(multicall, do_multicall, 2),
    ENTRY(set_timer_op, do_set_timer_op, 1),
    ENTRY(xen_version, do_xen_version, 2),
    ENTRY(console_io, do_console_io, 3),
    ENTRY(grant_table_op, do_grant_table_op, 3),
    ENTRY(vm_assist, do_vm_assist, 2),
    ENTRY(vcpu_op, do_vcpu_op, 3),
    ENTRY(sched_op, do_sched_op, 2),
    ENTRY(event_channel_op, do_event_channel_op, 2),
    ENTRY(physdev_op, do_physdev_op, 2),
    ENTRY(sysctl, do_sysctl, 1),
    ENTRY(domctl, do_domctl, 1),
};

void hypercall_register(unsigned int nr, hypercall_fn_t *fn, unsigned int nr_args)
{
    ASSERT(nr < NR_HYPERCALLS && hypercall_table[nr].fn == NULL);
    hypercall_table[nr] = (struct hypercall_entry){.fn = fn, .nr_args = (uint8_t)nr_args};
}

long hypercall_continue(unsigned int op, unsigned int nr_args, ...)
{
    struct hypercall_ctx *hc = &current->hcall;
    va_list ap;

    ASSERT(nr_args <= ARRAY_SIZE(hc->args));
    va_start(ap, nr_args);
    for (unsigned int i = 0; i < nr_args; i++)
        hc->args[i] = va_arg(ap, unsigned long);
    va_end(ap);
    hc->op = op;
    hc->nr_args = (uint8_t)nr_args;
    hc->restart = true;
    return -ERESTART;
}
