/* SPDX-License-Identifier: MIT */
/* What the toolstack asks of an x86 machine: domctls, sysctls and memory maps of PV domains. */
#include <public/domctl.h>
#include <public/memory.h>
#include <public/sysctl.h>
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/log_dirty.h>
#include <xen/mm.h>
#include <xen/port/domain.h>
#include <xen/port/p2m.h>
#include <xen/sched.h>
#include <xen/time.h>
#include <xen/xsm.h>
#include <asm/current.h>

#include "private.h"

#define INFO_BATCH 64U
#define INFO_MAX   1024U

/* The simulated CPU. Source: AMD APM vol 3, appendix E. */
static const struct xen_cpuid_leaf host_policy[SIM_CPUID_LEAVES] = {
    {0, XEN_CPUID_NO_SUBLEAF, 1, 0x656d6953, 0x20726f74, 0x74616c75},
    {1, XEN_CPUID_NO_SUBLEAF, 0x600f00, 0, 0x80000000, 0x07808161},
    {0x80000000, XEN_CPUID_NO_SUBLEAF, 0x80000001, 0, 0, 0},
    {0x80000001, XEN_CPUID_NO_SUBLEAF, 0x600f00, 0, 1, 0x20100800},
};

static long page_frame_info(struct domain *d, const struct xen_domctl_getpageframeinfo3 *op)
{
    xen_pfn_t batch[INFO_BATCH];
    uint64_t n;

    if (op->num > INFO_MAX)
        return -E2BIG;
    for (uint64_t done = 0; done < op->num; done += n) {
        n = min(op->num - done, (uint64_t)INFO_BATCH);
        if (copy_from_guest(batch, op->array, done, n))
            return -EFAULT;
        for (uint64_t i = 0; i < n; i++)
            batch[i] = pv_page_frame_info(d, batch[i]);
        if (copy_to_guest(op->array, done, batch, n))
            return -EFAULT;
    }
    return 0;
}

static long log_on(struct domain *d)
{
    struct log_dirty *ld;
    int rc;

    if (d->log_dirty)
        return -EINVAL;
    ld = log_dirty_create();
    if (!ld)
        return -ENOMEM;
    /* Small machines: never preempted for long. */
    do {
        rc = log_dirty_cover(ld, max_page, false);
    } while (rc == -ERESTART);
    if (rc) {
        log_dirty_free(ld);
        return rc;
    }
    WRITE_ONCE(d->log_dirty, ld);
    return 0;
}

static void log_off(struct domain *d)
{
    struct log_dirty *ld = d->log_dirty;

    WRITE_ONCE(d->log_dirty, NULL);
    log_dirty_free(ld);
}

static long log_read(struct domain *d, struct xen_domctl_shadow_op *op, bool *copyback)
{
    bool clear = op->op == XEN_DOMCTL_SHADOW_OP_CLEAN;
    struct log_dirty_stats stats;
    uint64_t done = 0;
    int rc;

    if (!d->log_dirty || (op->mode & ~XEN_DOMCTL_SHADOW_LOGDIRTY_FINAL))
        return -EINVAL;
    if (sim_mark_mapped)
        sim_mark_mapped(d);
    stats = log_dirty_get_stats(d->log_dirty, clear);
    do {
        rc = log_dirty_cover(d->log_dirty, op->pages, true);
        if (rc == 0)
            rc = log_dirty_read(d->log_dirty, op->dirty_bitmap.p, op->pages, clear, &done);
    } while (rc == -ERESTART);
    op->stats.fault_count = stats.faults;
    op->stats.dirty_count = stats.dirty;
    *copyback = rc == 0;
    return rc;
}

static long shadow_op(struct domain *d, struct xen_domctl_shadow_op *op, bool *copyback)
{
    if (!is_pv_domain(d))
        return -EOPNOTSUPP;
    switch (op->op) {
    case XEN_DOMCTL_SHADOW_OP_OFF:
        log_off(d);
        return 0;
    case XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY:
        return log_on(d);
    case XEN_DOMCTL_SHADOW_OP_CLEAN:
    case XEN_DOMCTL_SHADOW_OP_PEEK:
        return log_read(d, op, copyback);
    case XEN_DOMCTL_SHADOW_OP_GET_ALLOCATION:
        op->mb = 0;
        *copyback = true;
        return 0;
    default:
        return -EOPNOTSUPP;
    }
}

static long hypercall_init(struct domain *d, const struct xen_domctl_hypercall_init *op)
{
    struct page_info *pg = page_get_from_mfn(mk_mfn(op->gmfn), d);

    if (!pg)
        return -EACCES;
    /* Nobody runs it: HLT, were somebody to. */
    memset(page_to_virt(pg), 0xf4, PAGE_SIZE);
    log_dirty_mark_mfn(d, page_to_mfn(pg));
    page_put(pg);
    return 0;
}

static long policy_out(const struct xen_cpuid_leaf *from, struct xen_domctl_cpu_policy *op)
{
    if (op->nr_leaves < SIM_CPUID_LEAVES)
        return -ENOBUFS;
    op->nr_leaves = SIM_CPUID_LEAVES;
    op->nr_msrs = 0;
    return copy_to_guest(op->leaves, 0, from, SIM_CPUID_LEAVES);
}

static const struct xen_cpuid_leaf *policy_of(const struct domain *d)
{
    return d->arch.policy_set ? d->arch.cpuid : host_policy;
}

/* A guest cannot have a feature that the host lacks; the hypervisor's own leaves are its own. */
static int policy_take(struct xen_cpuid_leaf *policy, const struct xen_cpuid_leaf *leaf)
{
    if (leaf->leaf >> 16 == 0x4000)
        return 0;
    for (unsigned int i = 0; i < SIM_CPUID_LEAVES; i++)
        if (policy[i].leaf == leaf->leaf && policy[i].subleaf == leaf->subleaf) {
            if (leaf->leaf & 1 && ((leaf->c & ~host_policy[i].c) | (leaf->d & ~host_policy[i].d)))
                return -EINVAL;
            policy[i] = *leaf;
            return 0;
        }
    return -EINVAL;
}

static long policy_set(struct domain *d, struct xen_domctl_cpu_policy *op)
{
    struct xen_cpuid_leaf policy[SIM_CPUID_LEAVES], leaf;

    if (d->is_initialised)
        return -EEXIST;
    if (op->nr_msrs || op->nr_leaves > 64)
        return -EINVAL;
    memcpy(policy, policy_of(d), sizeof(policy));
    for (uint32_t i = 0; i < op->nr_leaves; i++) {
        if (copy_from_guest(&leaf, op->leaves, i, 1))
            return -EFAULT;
        if (policy_take(policy, &leaf)) {
            op->err_leaf = leaf.leaf;
            op->err_subleaf = leaf.subleaf;
            return -EINVAL;
        }
    }
    memcpy(d->arch.cpuid, policy, sizeof(policy));
    d->arch.policy_set = true;
    return 0;
}

static long tsc_info(struct domain *d, struct xen_domctl_tsc_info *op, bool set)
{
    if (set) {
        if (op->tsc_mode > 2)
            return -EINVAL;
        d->arch.tsc_mode = op->tsc_mode;
        d->arch.tsc_incarnation = op->incarnation + 1;
        return 0;
    }
    *op = (struct xen_domctl_tsc_info){.tsc_mode = d->arch.tsc_mode,
                                       .gtsc_khz = SIM_TSC_KHZ,
                                       .incarnation = d->arch.tsc_incarnation,
                                       .elapsed_nsec = (uint64_t)NOW() - d->creation_s};
    return 0;
}

/* There are no registers but those of the basic context. */
static long vcpu_more(struct xen_domctl *op, struct domain *d, bool *copyback)
{
    uint32_t id = op->cmd == XEN_DOMCTL_get_ext_vcpucontext ? op->u.ext_vcpucontext.vcpu
                  : op->cmd == XEN_DOMCTL_getvcpuextstate   ? op->u.vcpuextstate.vcpu
                  : op->cmd == XEN_DOMCTL_get_vcpu_msrs     ? op->u.vcpu_msrs.vcpu
                                                            : op->u.ext_vcpucontext.vcpu;

    if (!domain_vcpu(d, id))
        return -ESRCH;
    *copyback = true;
    switch (op->cmd) {
    case XEN_DOMCTL_get_ext_vcpucontext:
        memset(&op->u.ext_vcpucontext, 0, sizeof(op->u.ext_vcpucontext));
        op->u.ext_vcpucontext.vcpu = id;
        op->u.ext_vcpucontext.size = sizeof(op->u.ext_vcpucontext);
        return 0;
    case XEN_DOMCTL_set_ext_vcpucontext:
        return op->u.ext_vcpucontext.syscall32_callback_eip ? -EINVAL : 0;
    case XEN_DOMCTL_getvcpuextstate:
        op->u.vcpuextstate.size = 0;
        return 0;
    default:
        op->u.vcpu_msrs.msr_count = 0;
        return 0;
    }
}

long port_do_domctl(struct xen_domctl *op, struct domain *d, bool *copyback)
{
    switch (op->cmd) {
    case XEN_DOMCTL_hypercall_init:
        return hypercall_init(d, &op->u.hypercall_init);
    case XEN_DOMCTL_getpageframeinfo3:
        return page_frame_info(d, &op->u.getpageframeinfo3);
    case XEN_DOMCTL_set_address_size:
        return op->u.address_size.size == 64 ? 0 : -EINVAL;
    case XEN_DOMCTL_get_address_size:
        op->u.address_size.size = 64;
        *copyback = true;
        return 0;
    case XEN_DOMCTL_shadow_op:
        return shadow_op(d, &op->u.shadow_op, copyback);
    case XEN_DOMCTL_settscinfo:
        return tsc_info(d, &op->u.tsc_info, true);
    case XEN_DOMCTL_gettscinfo:
        *copyback = true;
        return tsc_info(d, &op->u.tsc_info, false);
    case XEN_DOMCTL_get_cpu_policy:
        *copyback = true;
        return policy_out(policy_of(d), &op->u.cpu_policy);
    case XEN_DOMCTL_set_cpu_policy:
        *copyback = true;
        return policy_set(d, &op->u.cpu_policy);
    case XEN_DOMCTL_get_ext_vcpucontext:
    case XEN_DOMCTL_set_ext_vcpucontext:
    case XEN_DOMCTL_getvcpuextstate:
    case XEN_DOMCTL_get_vcpu_msrs:
        return vcpu_more(op, d, copyback);
    default:
        return -ENOSYS;
    }
}

static long host_policy_get(struct xen_sysctl_cpu_policy *op)
{
    bool asks = guest_handle_is_null(op->leaves);

    if (op->index > XEN_SYSCTL_cpu_policy_hvm_default)
        return -EINVAL;
    if (!asks && op->nr_leaves < SIM_CPUID_LEAVES)
        return -ENOBUFS;
    op->nr_leaves = SIM_CPUID_LEAVES;
    op->nr_msrs = 0;
    return asks ? 0 : copy_to_guest(op->leaves, 0, host_policy, SIM_CPUID_LEAVES);
}

long port_do_sysctl(struct xen_sysctl *op, bool *copyback)
{
    *copyback = true;
    switch (op->cmd) {
    case XEN_SYSCTL_get_cpu_policy:
        return host_policy_get(&op->u.cpu_policy);
    case XEN_SYSCTL_get_cpu_levelling_caps:
        op->u.cpu_levelling_caps.caps = 0;
        return 0;
    case XEN_SYSCTL_psr_cmt_op:
    case XEN_SYSCTL_psr_alloc:
        return -ENODEV;
    default:
        *copyback = false;
        return -ENOSYS;
    }
}

static long set_memory_map(struct domain *d, const struct xen_memory_map *map)
{
    struct sim_memory_map *own;

    if (!map->nr_entries || map->nr_entries > SIM_MAP_ENTRIES)
        return -EINVAL;
    own = d->arch.map ?: xzalloc(struct sim_memory_map);
    if (!own)
        return -ENOMEM;
    d->arch.map = own;
    if (copy_from_guest_bytes(own->entry, map->buffer.p, map->nr_entries * SIM_MAP_ENTRY))
        return -EFAULT;
    own->nr = map->nr_entries;
    return 0;
}

static long op_set_memory_map(void *arg)
{
    struct xen_foreign_memory_map fmap;
    struct domain *d;
    long rc;

    if (copy_from_guest_bytes(&fmap, arg, sizeof(fmap)))
        return -EFAULT;
    rc = rcu_lock_domain_for(XSM_MEMORY_GUEST, XENMEM_set_memory_map, fmap.domid, &d);
    if (rc)
        return rc;
    rc = is_pv_domain(d) ? set_memory_map(d, &fmap.map) : -EPERM;
    rcu_unlock_domain(d);
    return rc;
}

static long op_memory_map(void *arg)
{
    const struct sim_memory_map *own = current->domain->arch.map;
    struct xen_memory_map map;

    if (!own)
        return -ENOSYS;
    if (copy_from_guest_bytes(&map, arg, sizeof(map)))
        return -EFAULT;
    map.nr_entries = min(map.nr_entries, own->nr);
    if (copy_to_guest_bytes(map.buffer.p, own->entry, map.nr_entries * SIM_MAP_ENTRY))
        return -EFAULT;
    return copy_to_guest_bytes(arg, &map, sizeof(map));
}

/* First frame of each 2 MiB of the machine-to-physical table. */
static long op_machphys_list(void *arg)
{
    struct xen_machphys_mfn_list list;
    uint64_t first, chunks = sim_m2p_frames(&first) >> (21 - PAGE_SHIFT);

    if (xsm_check(XSM_MEMORY_HOST, XENMEM_machphys_mfn_list, NULL))
        return -EPERM;
    if (copy_from_guest_bytes(&list, arg, sizeof(list)))
        return -EFAULT;
    list.nr_extents = (unsigned int)min((uint64_t)list.max_extents, chunks);
    for (unsigned int i = 0; i < list.nr_extents; i++) {
        xen_pfn_t mfn = first + ((uint64_t)i << (21 - PAGE_SHIFT));

        if (copy_to_guest(list.extent_start, i, &mfn, 1))
            return -EFAULT;
    }
    return copy_to_guest_bytes(arg, &list, sizeof(list));
}

long port_memory_op(unsigned long cmd, void *arg)
{
    switch (cmd) {
    case XENMEM_set_memory_map:
        return op_set_memory_map(arg);
    case XENMEM_memory_map:
        return op_memory_map(arg);
    case XENMEM_machphys_mfn_list:
        return op_machphys_list(arg);
    default:
        return -ENOSYS;
    }
}

void pv_domain_destroy(struct domain *d)
{
    xfree(d->arch.map);
    xfree(d->arch.script);
    d->arch.map = NULL;
    d->arch.script = NULL;
    log_off(d);
}
