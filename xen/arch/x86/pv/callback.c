/* SPDX-License-Identifier: MIT */
/* What a guest registers with the hypervisor: entry points, trap table, kernel stack, NMI. */
#include <public/callback.h>
#include <public/nmi.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/softirq.h>
#include <asm/current.h>
#include <asm/desc.h>
#include "private.h"

static void set_vgc_flag(struct vcpu *v, uint8_t flag, bool on)
{
    v->arch.pv.vgc_flags = on ? v->arch.pv.vgc_flags | flag : v->arch.pv.vgc_flags & ~flag;
}

static void set_nmi_handler(unsigned long address)
{
    struct trap_info *ti = &current->arch.pv.trap_ctxt[TRAP_NMI];

    ti->vector = TRAP_NMI;
    ti->flags = 0;
    ti->cs = GUEST_CS64;
    ti->address = address;
}

static long register_callback(const struct callback_register *reg)
{
    struct vcpu *v = current;
    struct pv_vcpu *pv = &v->arch.pv;
    bool mask = reg->flags & CALLBACKF_mask_events;

    if (!is_canonical(reg->address))
        return -EINVAL;
    switch (reg->type) {
    case CALLBACKTYPE_event:
        pv->event_callback_eip = reg->address;
        return 0;
    case CALLBACKTYPE_failsafe:
        pv->failsafe_callback_eip = reg->address;
        set_vgc_flag(v, VGCF_failsafe_disables_events, mask);
        return 0;
    case CALLBACKTYPE_syscall:
        pv->syscall_callback_eip = reg->address;
        set_vgc_flag(v, VGCF_syscall_disables_events, mask);
        return 0;
    case CALLBACKTYPE_syscall32:
        pv->syscall32_callback_eip = reg->address;
        pv->syscall32_disables_events = mask;
        return 0;
    case CALLBACKTYPE_sysenter:
        pv->sysenter_callback_eip = reg->address;
        pv->sysenter_disables_events = mask;
        return 0;
    case CALLBACKTYPE_nmi:
        set_nmi_handler(reg->address);
        return 0;
    default:
        return -ENOSYS;
    }
}

static long unregister_callback(unsigned int type)
{
    switch (type) {
    case CALLBACKTYPE_event:
    case CALLBACKTYPE_failsafe:
    case CALLBACKTYPE_syscall:
    case CALLBACKTYPE_sysenter:
        return -EINVAL;
    case CALLBACKTYPE_nmi:
        set_nmi_handler(0);
        return 0;
    default:
        return -ENOSYS;
    }
}

static long do_callback_op(int cmd, const void *arg)
{
    struct callback_register reg;
    struct callback_unregister unreg;

    switch (cmd) {
    case CALLBACKOP_register:
        if (copy_from_guest_bytes(&reg, arg, sizeof(reg)))
            return -EFAULT;
        return register_callback(&reg);
    case CALLBACKOP_unregister:
        if (copy_from_guest_bytes(&unreg, arg, sizeof(unreg)))
            return -EFAULT;
        return unregister_callback(unreg.type);
    default:
        return -ENOSYS;
    }
}

static long do_set_callbacks(unsigned long event, unsigned long failsafe, unsigned long syscall)
{
    struct pv_vcpu *pv = &current->arch.pv;

    if (!is_canonical(event) || !is_canonical(failsafe) || !is_canonical(syscall))
        return -EINVAL;
    pv->event_callback_eip = event;
    pv->failsafe_callback_eip = failsafe;
    pv->syscall_callback_eip = syscall;
    return 0;
}

static long do_set_trap_table(const struct trap_info *traps)
{
    struct pv_vcpu *pv = &current->arch.pv;
    struct trap_info ti;

    if (!traps) {
        memset(pv->trap_ctxt, 0, 256 * sizeof(ti));
        return 0;
    }
    for (unsigned int n = 0;; n++) {
        if (copy_from_guest_ptr(&ti, traps + n))
            return -EFAULT;
        if (!ti.address)
            return 0;
        if (!is_canonical(ti.address))
            return -EINVAL;
        ti.cs = pv_fix_code_selector(ti.cs);
        pv->trap_ctxt[ti.vector] = ti;
        if ((n & 255) == 255 && hypercall_preempt_check())
            return hypercall_continue(__HYPERVISOR_set_trap_table, 1, traps + n + 1);
    }
}

static long do_stack_switch(unsigned long ss, unsigned long sp)
{
    struct pv_vcpu *pv = &current->arch.pv;

    pv->kernel_ss = pv_fix_selector((uint16_t)ss);
    pv->kernel_sp = sp;
    return 0;
}

static long register_nmi(const void *arg)
{
    struct vcpu *v = current;
    struct xennmi_callback cb;

    if (v->vcpu_id)
        return -EINVAL;
    if (copy_from_guest_bytes(&cb, arg, sizeof(cb)))
        return -EFAULT;
    if (!is_canonical(cb.handler_address))
        return -EINVAL;
    set_nmi_handler(cb.handler_address);
    return 0;
}

static long do_nmi_op(unsigned int cmd, const void *arg)
{
    switch (cmd) {
    case XENNMI_register_callback:
        return register_nmi(arg);
    case XENNMI_unregister_callback:
        set_nmi_handler(0);
        return 0;
    default:
        return -ENOSYS;
    }
}

void pv_set_ts(struct vcpu *v, bool ts)
{
    if (ts) {
        v->arch.pv.ctrlreg[0] |= CR0_TS;
        write_cr0(read_cr0() | CR0_TS);
    } else {
        v->arch.pv.ctrlreg[0] &= ~CR0_TS;
        if (v->fpu_dirtied)
            clts();
    }
}

static long do_fpu_taskswitch(int set)
{
    pv_set_ts(current, set);
    return 0;
}

static int register_calls(void)
{
    HYPERCALL(__HYPERVISOR_callback_op, do_callback_op, 2);
    HYPERCALL(__HYPERVISOR_set_callbacks, do_set_callbacks, 3);
    HYPERCALL(__HYPERVISOR_set_trap_table, do_set_trap_table, 1);
    HYPERCALL(__HYPERVISOR_stack_switch, do_stack_switch, 2);
    HYPERCALL(__HYPERVISOR_nmi_op, do_nmi_op, 2);
    HYPERCALL(__HYPERVISOR_fpu_taskswitch, do_fpu_taskswitch, 1);
    return 0;
}
PRESMP_INITCALL(register_calls);
