/* SPDX-License-Identifier: MIT */
/* Policies as arrays of leaves and MSRs, for the tools. public/arch-x86/xen.h. */
#include <public/domctl.h>
#include <public/sysctl.h>
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/sched.h>
#include "private.h"

#define MSR_PLATFORM_INFO 0xce
#define MSR_ARCH_CAPS     0x10a
#define SERIAL_MAX_LEAVES                                                                          \
    (SERIAL_BASIC_MAX + 1 - 4 + POLICY_LEAF4_NR + POLICY_LEAF7_NR + POLICY_LEAFB_NR +              \
     POLICY_LEAFD_NR + 2 + POLICY_EXT_NR)

/* Leaves written to a buffer of the caller's. */
struct sink {
    XEN_GUEST_HANDLE_64(xen_cpuid_leaf_t) out;
    uint32_t nr, room;
    int error;
};

static void put(struct sink *s, uint32_t leaf, uint32_t sub, const struct cpuid_leaf *l)
{
    xen_cpuid_leaf_t e = {leaf, sub, l->a, l->b, l->c, l->d};

    if (s->error)
        return;
    if (s->nr == s->room)
        s->error = -ENOBUFS;
    else if (copy_to_guest(s->out, s->nr, &e, 1))
        s->error = -EFAULT;
    else
        s->nr++;
}

static void put_all(struct sink *s, uint32_t leaf, const struct cpuid_leaf *l, unsigned int nr)
{
    for (unsigned int i = 0; i < nr; i++)
        put(s, leaf, i, &l[i]);
}

/* Subleaves end where the CPU's own do. */
static unsigned int nr_caches(const struct cpu_policy *p)
{
    unsigned int n = 0;

    while (n < POLICY_LEAF4_NR && (p->cache[n].a & 0x1f))
        n++;
    return n < POLICY_LEAF4_NR ? n + 1 : n;
}

static unsigned int nr_xstates(const struct cpu_policy *p)
{
    uint64_t mask = p->xstate[0].a | (uint64_t)p->xstate[0].d << 32;
    unsigned int n = mask ? 64 - (unsigned int)__builtin_clzll(mask) : 0;

    return max(2U, min(n, (unsigned int)POLICY_LEAFD_NR));
}

static void put_basic(struct sink *s, const struct cpu_policy *p)
{
    uint32_t last = min(p->basic[0].a, (uint32_t)SERIAL_BASIC_MAX);

    for (uint32_t leaf = 0; leaf <= last; leaf++) {
        switch (leaf) {
        case 4:
            put_all(s, leaf, p->cache, nr_caches(p));
            break;
        case 7:
            put_all(s, leaf, p->feat, min(p->feat[0].a, POLICY_LEAF7_NR - 1U) + 1);
            break;
        case 0xb:
            put_all(s, leaf, p->topo, POLICY_LEAFB_NR);
            break;
        case 0xd:
            put_all(s, leaf, p->xstate, nr_xstates(p));
            break;
        default:
            put(s, leaf, XEN_CPUID_NO_SUBLEAF, &p->basic[leaf]);
            break;
        }
    }
}

static int write_leaves(const struct cpu_policy *p, XEN_GUEST_HANDLE_64(xen_cpuid_leaf_t) out,
                        uint32_t *nr)
{
    struct sink s = {.out = out, .room = *nr};
    struct cpuid_leaf limit = {.a = p->hv_limit}, limit2 = {.a = p->hv2_limit};
    uint32_t last = min(p->ext[0].a, (uint32_t)POLICY_EXT_MAX);

    put_basic(&s, p);
    put(&s, 0x40000000, XEN_CPUID_NO_SUBLEAF, &limit);
    put(&s, 0x40000100, XEN_CPUID_NO_SUBLEAF, &limit2);
    if (last >= 0x80000000)
        for (uint32_t leaf = 0x80000000; leaf <= last; leaf++)
            put(&s, leaf, XEN_CPUID_NO_SUBLEAF, &p->ext[leaf - 0x80000000]);
    *nr = s.nr;
    return s.error;
}

static int write_msrs(const struct cpu_policy *p, XEN_GUEST_HANDLE_64(xen_msr_entry_t) out,
                      uint32_t *nr)
{
    const xen_msr_entry_t e[SERIAL_MAX_MSRS] = {
        {.idx = MSR_PLATFORM_INFO, .val = p->platform_info},
        {.idx = MSR_ARCH_CAPS, .val = p->arch_caps},
    };

    if (*nr < SERIAL_MAX_MSRS)
        return -ENOBUFS;
    *nr = SERIAL_MAX_MSRS;
    return copy_to_guest(out, 0, e, SERIAL_MAX_MSRS);
}

static int get_policy(const struct cpu_policy *p, uint32_t *nr_leaves, uint32_t *nr_msrs,
                      XEN_GUEST_HANDLE_64(xen_cpuid_leaf_t) leaves,
                      XEN_GUEST_HANDLE_64(xen_msr_entry_t) msrs)
{
    int rc = 0;

    if (guest_handle_is_null(leaves))
        *nr_leaves = SERIAL_MAX_LEAVES;
    else
        rc = write_leaves(p, leaves, nr_leaves);
    if (rc)
        return rc;
    if (guest_handle_is_null(msrs))
        *nr_msrs = SERIAL_MAX_MSRS;
    else
        rc = write_msrs(p, msrs, nr_msrs);
    return rc;
}

long cpu_policy_domctl_get(struct domain *d, struct xen_domctl_cpu_policy *op)
{
    return get_policy(d->arch.cpu_policy, &op->nr_leaves, &op->nr_msrs, op->leaves, op->msrs);
}

/* HVM guests there are not: their policies have no features. */
static const struct cpu_policy *policy_by_index(uint32_t index)
{
    static const struct cpu_policy *const table[] = {
        [XEN_SYSCTL_cpu_policy_raw] = &raw_policy,
        [XEN_SYSCTL_cpu_policy_host] = &host_policy,
        [XEN_SYSCTL_cpu_policy_pv_max] = &pv_max_policy,
        [XEN_SYSCTL_cpu_policy_pv_default] = &pv_def_policy,
    };

    return index < ARRAY_SIZE(table) ? table[index] : NULL;
}

long cpu_policy_sysctl_get(struct xen_sysctl_cpu_policy *op)
{
    const struct cpu_policy *p = policy_by_index(op->index);

    if (op->_rsvd || op->index > XEN_SYSCTL_cpu_policy_hvm_default)
        return -EINVAL;
    if (!p)
        return -EOPNOTSUPP;
    return get_policy(p, &op->nr_leaves, &op->nr_msrs, op->leaves, op->msrs);
}

long cpu_policy_sysctl_featureset(struct xen_sysctl_cpu_featureset *op)
{
    static const struct cpu_policy *const table[] = {
        [XEN_SYSCTL_cpu_featureset_raw] = &raw_policy,
        [XEN_SYSCTL_cpu_featureset_host] = &host_policy,
        [XEN_SYSCTL_cpu_featureset_pv] = &pv_def_policy,
        [XEN_SYSCTL_cpu_featureset_hvm] = NULL,
        [XEN_SYSCTL_cpu_featureset_pv_max] = &pv_max_policy,
        [XEN_SYSCTL_cpu_featureset_hvm_max] = NULL,
    };
    uint32_t fs[NR_FEATURE_WORDS], nr = op->nr_features;

    if (guest_handle_is_null(op->features)) {
        op->nr_features = NR_FEATURE_WORDS;
        return 0;
    }
    if (op->index >= ARRAY_SIZE(table))
        return -EINVAL;
    if (!table[op->index])
        return -EOPNOTSUPP;
    cpu_policy_to_featureset(table[op->index], fs);
    op->nr_features = min(nr, (uint32_t)NR_FEATURE_WORDS);
    if (copy_to_guest(op->features, 0, fs, op->nr_features))
        return -EFAULT;
    return nr < NR_FEATURE_WORDS ? -ENOBUFS : 0;
}

static int read_leaf(struct cpu_policy *p, const xen_cpuid_leaf_t *e)
{
    struct cpuid_leaf *l;

    if (e->leaf == 0x40000000 || e->leaf == 0x40000100) {
        if (e->subleaf != XEN_CPUID_NO_SUBLEAF)
            return -EINVAL;
        *(e->leaf == 0x40000000 ? &p->hv_limit : &p->hv2_limit) = e->a;
        return 0;
    }
    l = policy_leaf(p, e->leaf, e->subleaf);
    if (!l)
        return -ERANGE;
    *l = (struct cpuid_leaf){e->a, e->b, e->c, e->d};
    return 0;
}

static int read_leaves(struct cpu_policy *p, struct xen_domctl_cpu_policy *op)
{
    xen_cpuid_leaf_t e;
    int rc;

    for (uint32_t i = 0; i < op->nr_leaves; i++) {
        if (copy_from_guest(&e, op->leaves, i, 1))
            return -EFAULT;
        rc = read_leaf(p, &e);
        if (rc) {
            op->err_leaf = e.leaf;
            op->err_subleaf = e.subleaf;
            return rc;
        }
    }
    return 0;
}

static int read_msrs(struct cpu_policy *p, struct xen_domctl_cpu_policy *op)
{
    xen_msr_entry_t e;

    for (uint32_t i = 0; i < op->nr_msrs; i++) {
        if (copy_from_guest(&e, op->msrs, i, 1))
            return -EFAULT;
        op->err_msr = e.idx;
        if (e.flags)
            return -EINVAL;
        if (e.idx == MSR_PLATFORM_INFO)
            p->platform_info = e.val;
        else if (e.idx == MSR_ARCH_CAPS)
            p->arch_caps = e.val;
        else
            return -ERANGE;
    }
    op->err_msr = ~0U;
    return 0;
}

/* Could a guest with @p run here? What is only a matter of features is masked instead. */
static int check_against(const struct cpu_policy *max, const struct cpu_policy *p,
                         struct xen_domctl_cpu_policy *op)
{
    if (p->basic[0].a > max->basic[0].a) {
        op->err_leaf = 0;
        return -EINVAL;
    }
    if (p->feat[0].a > max->feat[0].a) {
        op->err_leaf = 7;
        op->err_subleaf = 0;
        return -EINVAL;
    }
    if (p->ext[0].a > max->ext[0].a) {
        op->err_leaf = 0x80000000;
        return -EINVAL;
    }
    if (p->platform_info & ~(UINT64_C(1) << 31)) {
        op->err_msr = MSR_PLATFORM_INFO;
        return -EINVAL;
    }
    return 0;
}

static bool domain_has_run(const struct domain *d)
{
    return d->is_initialised;
}

long cpu_policy_domctl_set(struct domain *d, struct xen_domctl_cpu_policy *op)
{
    struct cpu_policy *p;
    int rc;

    op->err_leaf = op->err_subleaf = op->err_msr = ~0U;
    if (domain_has_run(d))
        return -EEXIST;
    if (op->nr_leaves > SERIAL_MAX_LEAVES || op->nr_msrs > SERIAL_MAX_MSRS)
        return -E2BIG;
    p = xmalloc(struct cpu_policy);
    if (!p)
        return -ENOMEM;
    *p = *d->arch.cpu_policy;
    rc = read_leaves(p, op);
    rc = rc ? rc : read_msrs(p, op);
    rc = rc ? rc : check_against(&pv_max_policy, p, op);
    if (rc == 0) {
        policy_restrict(p, &pv_max_policy);
        *d->arch.cpu_policy = *p;
    }
    xfree(p);
    return rc;
}
