/* SPDX-License-Identifier: MIT */
/*
 * vcpu_time_info: the guest's way from its TSC to system time. Stamp and scale are those of the
 * CPU since boot, so that a guest computes what the hypervisor does; they change only where a
 * vCPU comes to a CPU with another TSC, or from another machine, or has its TSC emulated.
 */
#include <xen/domain.h>
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <xen/time.h>
#include <asm/current.h>
#include <asm/pv.h>
#include "private.h"

static void fill_native(struct vcpu_time_info *t)
{
    t->tsc_timestamp = this_cpu(tsc_at_zero);
    t->system_time = 0;
    t->tsc_to_system_mul = host_scale.mul;
    t->tsc_shift = host_scale.shift;
    t->flags = tsc_is_stable() ? XEN_PVCLOCK_TSC_STABLE_BIT : 0;
}

static void fill_emulated(const struct vcpu *v, struct vcpu_time_info *t)
{
    struct tsc_scale s = tsc_scale_of(v->domain->arch.tsc_khz);

    t->system_time = (uint64_t)NOW();
    t->tsc_timestamp = pv_guest_tsc(v);
    t->tsc_to_system_mul = s.mul;
    t->tsc_shift = s.shift;
    t->flags = 0;
}

static void write_shared(struct vcpu_time_info *to, const struct vcpu_time_info *from)
{
    uint32_t version = READ_ONCE(to->version) | 1;

    WRITE_ONCE(to->version, version);
    smp_wmb();
    to->tsc_timestamp = from->tsc_timestamp;
    to->system_time = from->system_time;
    to->tsc_to_system_mul = from->tsc_to_system_mul;
    to->tsc_shift = from->tsc_shift;
    to->flags = from->flags;
    smp_wmb();
    WRITE_ONCE(to->version, version + 1);
}

/* Into guest memory of current's; a page that is not there is the guest's own loss. */
static bool write_area(struct vcpu *v)
{
    struct vcpu_time_info *to = (struct vcpu_time_info *)v->arch.time_area;
    struct vcpu_time_info t = v->arch.time_info;
    uint32_t odd = t.version | 1, even = odd + 1;

    t.version = odd;
    if (copy_to_guest_bytes(&to->version, &odd, sizeof(odd)))
        return false;
    smp_wmb();
    if (copy_to_guest_bytes(to, &t, sizeof(t)))
        return false;
    smp_wmb();
    v->arch.time_info.version = even;
    return !copy_to_guest_bytes(&to->version, &even, sizeof(even));
}

bool time_update_vcpu(struct vcpu *v)
{
    const struct vcpu_time_info *now = &v->vcpu_info->time;

    if (likely(!v->domain->arch.vtsc)) {
        /* Dom0's and other guests' ordinary case: nothing has changed. */
        if (likely(now->tsc_timestamp == this_cpu(tsc_at_zero) &&
                   now->tsc_to_system_mul == host_scale.mul && now->system_time == 0 &&
                   v->arch.time_info.tsc_timestamp == now->tsc_timestamp))
            return true;
        fill_native(&v->arch.time_info);
    } else {
        fill_emulated(v, &v->arch.time_info);
    }
    write_shared(&v->vcpu_info->time, &v->arch.time_info);
    if (!v->arch.time_area)
        return true;
    if (!pv_kernel_mode(v))
        return false;
    (void)write_area(v);
    return true;
}

void time_update_area(struct vcpu *v)
{
    if (v->arch.time_area)
        (void)write_area(v);
}

int time_register_area(struct vcpu *v, uint64_t va)
{
    if (!va) {
        v->arch.time_area = 0;
        return 0;
    }
    if (!port_guest_range_ok((const void *)va, 1, sizeof(struct vcpu_time_info)))
        return -EFAULT;
    if (v != current) {
        /* Written when it runs next: nothing is known of its memory here. */
        v->arch.time_info.tsc_timestamp = 0;
        v->arch.time_area = va;
        return 0;
    }
    if (!v->domain->arch.vtsc)
        fill_native(&v->arch.time_info);
    else
        fill_emulated(v, &v->arch.time_info);
    v->arch.time_area = va;
    if (write_area(v))
        return 0;
    v->arch.time_area = 0;
    return -EFAULT;
}

void time_forget_area(struct vcpu *v)
{
    v->arch.time_area = 0;
}
