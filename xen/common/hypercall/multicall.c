/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_multicall: a list of hypercalls in one. */
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/kernel.h>
#include <xen/softirq.h>
#include <asm/current.h>

static long call_one(const struct multicall_entry *e)
{
    hypercall_fn_t *fn = e->op < NR_HYPERCALLS ? hypercall_table[e->op].fn : NULL;

    if (fn == NULL)
        return -ENOSYS;
    return fn(e->args[0], e->args[1], e->args[2], e->args[3], e->args[4], e->args[5]);
}

/* A call that wants to go on later: its entry says from where. */
static int store_restart(struct multicall_entry *ge, const struct hypercall_ctx *hc)
{
    struct multicall_entry e;

    if (copy_from_guest_ptr(&e, ge))
        return -EFAULT;
    e.op = hc->op;
    for (unsigned int i = 0; i < hc->nr_args; i++)
        e.args[i] = hc->args[i];
    return copy_to_guest_ptr(ge, &e);
}

long do_multicall(void *call_list, unsigned int nr_calls)
{
    struct multicall_entry *list = call_list;
    struct hypercall_ctx *hc = &current->hcall;
    long rc = 0;

    if (hc->in_multicall)
        return -EINVAL;
    if (!port_guest_range_ok(list, nr_calls, sizeof(*list)))
        return -EFAULT;
    for (unsigned int i = 0; i < nr_calls; i++) {
        struct multicall_entry e;
        long result;

        if (i && hypercall_preempt_check())
            return hypercall_continue(__HYPERVISOR_multicall, 2, list + i,
                                      (unsigned long)(nr_calls - i));
        if (copy_from_guest_ptr(&e, list + i))
            return -EFAULT;
        hc->in_multicall = true;
        result = call_one(&e);
        hc->in_multicall = false;
        if (unlikely(hc->restart)) {
            hc->restart = false;
            rc = store_restart(list + i, hc);
            if (rc)
                return rc;
            return hypercall_continue(__HYPERVISOR_multicall, 2, list + i,
                                      (unsigned long)(nr_calls - i));
        }
        if (copy_to_guest_bytes(&list[i].result, &result, sizeof(result)))
            return -EFAULT;
    }
    return rc;
}
