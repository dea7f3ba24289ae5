/* SPDX-License-Identifier: MIT */
/* Debug registers of PV guests. AMD APM vol 2, 13.1. */
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <asm/current.h>
#include "private.h"

#define DR6_ZERO   0xffffffff00001000UL /* reserved, read as zero */
#define DR6_ONE    0x00000000ffff0ff0UL
#define DR7_ZERO   0xffffffff0000d800UL /* GD too: the guest does not get to trap our accesses */
#define DR7_ONE    0x0000000000000400UL
#define DR7_ENABLE 0x00000000000000ffUL
#define DR7_GD     (1UL << 13)

static void write_hw(unsigned int reg, unsigned long value)
{
    switch (reg) {
    case 0:
        __asm__ volatile("mov %0, %%db0" ::"r"(value));
        break;
    case 1:
        __asm__ volatile("mov %0, %%db1" ::"r"(value));
        break;
    case 2:
        __asm__ volatile("mov %0, %%db2" ::"r"(value));
        break;
    case 3:
        __asm__ volatile("mov %0, %%db3" ::"r"(value));
        break;
    default:
        __asm__ volatile("mov %0, %%db7" ::"r"(value));
        break;
    }
}

void pv_debugregs_load(const struct vcpu *v)
{
    for (unsigned int i = 0; i < 4; i++)
        write_hw(i, v->arch.pv.debugreg[i]);
    write_hw(7, v->arch.pv.debugreg[7]);
}

void pv_debugregs_off(void)
{
    write_hw(7, DR7_ONE);
}

/* Each of the four breakpoints: I/O breakpoints need CR4.DE, and are emulated: none are armed. */
static bool dr7_ok(unsigned long value)
{
    for (unsigned int i = 0; i < 4; i++) {
        if ((value >> (2 * i) & 3) && (value >> (16 + 4 * i) & 3) == 2)
            return false;
    }
    return true;
}

static long set_dr7(struct vcpu *v, unsigned long value)
{
    bool was_on = v->arch.pv.debugreg[7] & DR7_ENABLE;

    if (value >> 32 || (value & DR7_GD) || !dr7_ok(value))
        return (value & DR7_GD) || value >> 32 ? -EPERM : -EINVAL;
    value = (value & ~DR7_ZERO) | DR7_ONE;
    v->arch.pv.debugreg[7] = value;
    if (v != current)
        return 0;
    /* They are loaded lazily: all of them when the first breakpoint is armed. */
    if (!was_on && (value & DR7_ENABLE))
        pv_debugregs_load(v);
    else if (was_on)
        write_hw(7, value);
    return 0;
}

long pv_set_debugreg(struct vcpu *v, unsigned int reg, unsigned long value)
{
    switch (reg) {
    case 0:
    case 1:
    case 2:
    case 3:
        if (!guest_may_access(value))
            return -EPERM;
        v->arch.pv.debugreg[reg] = value;
        if (v == current && (v->arch.pv.debugreg[7] & DR7_ENABLE))
            write_hw(reg, value);
        return 0;
    case 6:
        if (value >> 32)
            return -EPERM;
        v->arch.pv.debugreg[6] = (value & ~DR6_ZERO) | DR6_ONE;
        return 0;
    case 7:
        return set_dr7(v, value);
    default:
        return reg < 8 ? -ENODEV : -EINVAL;
    }
}

unsigned long pv_get_debugreg(const struct vcpu *v, unsigned int reg)
{
    return v->arch.pv.debugreg[reg & 7];
}

static long do_set_debugreg(int reg, unsigned long value)
{
    return pv_set_debugreg(current, (unsigned int)reg, value);
}

static long do_get_debugreg(int reg)
{
    if ((reg >= 0 && reg < 4) || reg == 6 || reg == 7)
        return (long)pv_get_debugreg(current, (unsigned int)reg);
    return reg == 4 || reg == 5 ? -ENODEV : -EINVAL;
}

static int register_calls(void)
{
    HYPERCALL(__HYPERVISOR_set_debugreg, do_set_debugreg, 2);
    HYPERCALL(__HYPERVISOR_get_debugreg, do_get_debugreg, 1);
    return 0;
}
PRESMP_INITCALL(register_calls);
