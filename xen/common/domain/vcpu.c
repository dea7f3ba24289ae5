/* SPDX-License-Identifier: MIT */
/* vCPUs: creation, the pages they share with the guest, VCPUOP_*. */
#include <public/sched.h>
#include <xen/evtchn.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/port/domain.h>
#include <xen/port/p2m.h>
#include <xen/port/page_type.h>
#include <xen/sched.h>
#include <xen/time.h>
#include <asm/current.h>

#include "private.h"

struct domain *idle_domain;

/* vCPUs beyond the array of the shared info page look here until they register one. */
static struct vcpu_info dummy_vcpu_info;

static struct vcpu_info *default_info(struct vcpu *v)
{
    struct domain *d = v->domain;

    return d->shared_info && v->vcpu_id < XEN_LEGACY_MAX_VCPUS
               ? &d->shared_info->vcpu_info[v->vcpu_id]
               : &dummy_vcpu_info;
}

struct vcpu *vcpu_create(struct domain *d, unsigned int id)
{
    struct vcpu *v;

    if (id >= d->max_vcpus || d->vcpu[id])
        return NULL;
    v = xzalloc(struct vcpu);
    if (v == NULL)
        return NULL;
    v->domain = d;
    v->vcpu_id = id;
    v->vcpu_info_mfn = INVALID_MFN;
    v->vcpu_info = default_info(v);
    v->dirty_cpu = VCPU_CPU_CLEAN;
    spin_lock_init(&v->virq_lock, RANK_PORT);
    spin_lock_init(&v->runstate_lock, RANK_NONE);
    if (!is_idle_domain(d))
        v->pause_flags = VPF_DOWN;
    if (port_vcpu_create(v))
        goto free_vcpu;
    if (sched_vcpu_init(v))
        goto port_destroy;
    __atomic_store_n(&d->vcpu[id], v, __ATOMIC_RELEASE);
    return v;
port_destroy:
    port_vcpu_destroy(v);
free_vcpu:
    xfree(v);
    return NULL;
}

void vcpu_free(struct vcpu *v)
{
    vcpu_drop_areas(v);
    sched_vcpu_destroy(v);
    port_vcpu_destroy(v);
    v->domain->vcpu[v->vcpu_id] = NULL;
    xfree(v);
}

static int check_info_place(const struct vcpu *v, unsigned int offset)
{
    if (offset > PAGE_SIZE - sizeof(struct vcpu_info) || offset % sizeof(unsigned long))
        return -EINVAL;
    if (!mfn_eq(v->vcpu_info_mfn, INVALID_MFN))
        return -EINVAL; /* only once */
    /* Another vCPU would be caught between two places. */
    if (v != current && !(READ_ONCE(v->pause_flags) & VPF_DOWN))
        return -EINVAL;
    return 0;
}

/* Both are the guest's memory, which may be anything else of its own too. @from NULL: zeros. */
static void fill_info(struct vcpu_info *to, const struct vcpu_info *from)
{
    const unsigned long *src = (const unsigned long *)from;
    unsigned long *dst = (unsigned long *)to;

    for (unsigned int i = 0; i < sizeof(*to) / sizeof(*dst); i++)
        WRITE_ONCE(dst[i], src ? READ_ONCE(src[i]) : 0);
}

int vcpu_map_info(struct vcpu *v, gfn_t gfn, unsigned int offset)
{
    struct domain *d = v->domain;
    struct vcpu_info *to;
    struct page_info *pg;
    int rc = check_info_place(v, offset);

    if (rc)
        return rc;
    pg = port_get_page_from_gfn(d, gfn);
    if (pg == NULL)
        return -EINVAL;
    if (!page_get_writable_type(pg)) {
        page_put(pg);
        return -EINVAL;
    }
    to = (struct vcpu_info *)((char *)page_to_virt(pg) + offset);
    fill_info(to, v->vcpu_info == &dummy_vcpu_info ? NULL : v->vcpu_info);
    if (v->vcpu_info == &dummy_vcpu_info)
        vcpu_info_set_mask(to, true);
    __atomic_store_n(&v->vcpu_info, to, __ATOMIC_SEQ_CST);
    v->vcpu_info_mfn = page_to_mfn(pg);
    /* What was raised in the old place during the move. */
    evtchn_mark_all_pending(v);
    return 0;
}

static void unmap_info(struct vcpu *v)
{
    mfn_t mfn = v->vcpu_info_mfn;

    if (mfn_eq(mfn, INVALID_MFN))
        return;
    __atomic_store_n(&v->vcpu_info, &dummy_vcpu_info, __ATOMIC_SEQ_CST);
    v->vcpu_info_mfn = INVALID_MFN;
    page_put_writable(mfn_to_page(mfn));
}

void vcpu_drop_areas(struct vcpu *v)
{
    vcpu_drop_runstate_area(v);
    unmap_info(v);
}

static long op_initialise(struct vcpu *v, void *arg)
{
    struct domain *d = v->domain;
    struct vcpu_guest_context *ctx;
    long rc = -EEXIST;

    if (v->is_initialised)
        return -EEXIST;
    ctx = xmalloc(struct vcpu_guest_context);
    if (ctx == NULL)
        return -ENOMEM;
    if (copy_from_guest_bytes(ctx, arg, sizeof(*ctx))) {
        rc = -EFAULT;
    } else {
        spin_lock(&d->lock);
        if (!v->is_initialised)
            rc = port_set_vcpu_context(v, ctx);
        spin_unlock(&d->lock);
    }
    xfree(ctx);
    if (rc == -ERESTART)
        rc = hypercall_continue(__HYPERVISOR_vcpu_op, 3, (unsigned long)VCPUOP_initialise,
                                (unsigned long)v->vcpu_id, arg);
    return rc;
}

static long op_up(struct vcpu *v)
{
    if (!v->is_initialised)
        return -EINVAL;
    if (__atomic_fetch_and(&v->pause_flags, ~VPF_DOWN, __ATOMIC_SEQ_CST) & VPF_DOWN)
        vcpu_wake(v);
    return 0;
}

/* The last one that goes down takes the domain with it. */
static long op_down(struct vcpu *v)
{
    struct domain *d = v->domain;
    struct vcpu *other;
    bool up = false;

    for_each_vcpu (d, other)
        if (other != v && !(READ_ONCE(other->pause_flags) & VPF_DOWN))
            up = true;
    if (!up)
        return domain_shutdown(d, SHUTDOWN_poweroff);
    if (!(__atomic_fetch_or(&v->pause_flags, VPF_DOWN, __ATOMIC_SEQ_CST) & VPF_DOWN))
        vcpu_sleep_nosync(v);
    return 0;
}

static long op_set_periodic(struct vcpu *v, void *arg)
{
    struct vcpu_set_periodic_timer set;

    if (copy_from_guest_bytes(&set, arg, sizeof(set)))
        return -EFAULT;
    if (set.period_ns < (uint64_t)MILLISECS(1) || set.period_ns > (uint64_t)STIME_MAX / 4)
        return -EINVAL;
    vcpu_set_periodic(v, (s_time_t)set.period_ns);
    return 0;
}

static long op_set_singleshot(struct vcpu *v, void *arg)
{
    struct vcpu_set_singleshot_timer set;

    if (v != current)
        return -EINVAL;
    if (copy_from_guest_bytes(&set, arg, sizeof(set)))
        return -EFAULT;
    if ((set.flags & VCPU_SSHOTTMR_future) && (s_time_t)set.timeout_abs_ns < NOW())
        return -ETIME;
    vcpu_set_singleshot(v, (s_time_t)min_t(uint64_t, set.timeout_abs_ns, STIME_MAX));
    return 0;
}

static long op_register_info(struct vcpu *v, void *arg)
{
    struct vcpu_register_vcpu_info info;
    long rc;

    if (copy_from_guest_bytes(&info, arg, sizeof(info)))
        return -EFAULT;
    spin_lock(&v->domain->lock);
    rc = vcpu_map_info(v, mk_gfn(info.mfn), info.offset);
    spin_unlock(&v->domain->lock);
    return rc;
}

static long op_get_runstate(struct vcpu *v, void *arg)
{
    struct vcpu_runstate_info info;

    vcpu_runstate_get(v, &info);
    return copy_to_guest_bytes(arg, &info, sizeof(info));
}

long do_vcpu_op(int cmd, unsigned int vcpu_id, void *arg)
{
    struct vcpu *v = domain_vcpu(current->domain, vcpu_id);

    if (v == NULL)
        return -ENOENT;
    switch (cmd) {
    case VCPUOP_initialise:
        return op_initialise(v, arg);
    case VCPUOP_up:
        return op_up(v);
    case VCPUOP_down:
        return op_down(v);
    case VCPUOP_is_up:
        return !(READ_ONCE(v->pause_flags) & VPF_DOWN);
    case VCPUOP_get_runstate_info:
        return op_get_runstate(v, arg);
    case VCPUOP_register_runstate_memory_area:
        return vcpu_register_runstate(v, arg);
    case VCPUOP_set_periodic_timer:
        return op_set_periodic(v, arg);
    case VCPUOP_stop_periodic_timer:
        vcpu_set_periodic(v, 0);
        return 0;
    case VCPUOP_set_singleshot_timer:
        return op_set_singleshot(v, arg);
    case VCPUOP_stop_singleshot_timer:
        if (v != current)
            return -EINVAL;
        vcpu_stop_singleshot(v);
        return 0;
    case VCPUOP_register_vcpu_info:
        return op_register_info(v, arg);
    default:
        return port_vcpu_op(cmd, v, arg);
    }
}
