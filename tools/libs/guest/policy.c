/* SPDX-License-Identifier: MIT */
/* CPU policies: reading them from the hypervisor, changing and giving them back. */
#include "policy.h"

xc_cpu_policy_t *xc_cpu_policy_init(void)
{
    return calloc(1, sizeof(xc_cpu_policy_t));
}

void xc_cpu_policy_destroy(xc_cpu_policy_t *policy)
{
    if (!policy)
        return;
    free(policy->leaves);
    free(policy->msrs);
    free(policy);
}

xen_cpuid_leaf_t *policy_leaf(const xc_cpu_policy_t *p, uint32_t leaf, uint32_t subleaf)
{
    for (uint32_t i = 0; i < p->nr_leaves; i++)
        if (p->leaves[i].leaf == leaf && p->leaves[i].subleaf == subleaf)
            return &p->leaves[i];
    return NULL;
}

xen_msr_entry_t *policy_msr(const xc_cpu_policy_t *p, uint32_t idx)
{
    for (uint32_t i = 0; i < p->nr_msrs; i++)
        if (p->msrs[i].idx == idx)
            return &p->msrs[i];
    return NULL;
}

uint32_t *leaf_reg(xen_cpuid_leaf_t *leaf, enum cpuid_reg reg)
{
    uint32_t *regs[] = {&leaf->a, &leaf->b, &leaf->c, &leaf->d};

    return regs[reg];
}

int xc_cpu_policy_get_size(xc_interface *xch, uint32_t *nr_leaves, uint32_t *nr_msrs)
{
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_get_cpu_policy};

    if (xc_sysctl(xch, &op))
        return -1;
    *nr_leaves = op.u.cpu_policy.nr_leaves;
    *nr_msrs = op.u.cpu_policy.nr_msrs;
    return 0;
}

static int make_room(xc_interface *xch, xc_cpu_policy_t *p)
{
    uint32_t leaves, msrs;
    void *l, *m;

    if (p->room_leaves)
        return 0;
    if (xc_cpu_policy_get_size(xch, &leaves, &msrs))
        return -1;
    l = calloc(leaves, sizeof(*p->leaves));
    m = calloc(msrs ? msrs : 1, sizeof(*p->msrs));
    if (!l || !m) {
        free(l);
        free(m);
        return -1;
    }
    p->leaves = l;
    p->msrs = m;
    p->room_leaves = leaves;
    p->room_msrs = msrs;
    return 0;
}

/* Fetch by sysctl (@domid DOMID_INVALID, policy @index) or by domctl. */
static int fetch(xc_interface *xch, uint32_t domid, uint32_t index, xc_cpu_policy_t *p)
{
    struct xen_sysctl sys = {.cmd = XEN_SYSCTL_get_cpu_policy};
    struct xen_domctl dom = {.cmd = XEN_DOMCTL_get_cpu_policy, .domain = (domid_t)domid};
    DECLARE_HYPERCALL_BUFFER(xen_cpuid_leaf_t, leaves);
    DECLARE_HYPERCALL_BUFFER(xen_msr_entry_t, msrs);
    bool host = domid == DOMID_INVALID;
    int rc = -1;

    if (make_room(xch, p))
        return -1;
    leaves = xc_hypercall_buffer_alloc(xch, leaves, sizeof(*leaves) * p->room_leaves);
    msrs = xc_hypercall_buffer_alloc(xch, msrs, sizeof(*msrs) * (p->room_msrs + 1));
    if (!leaves || !msrs)
        goto out;
    sys.u.cpu_policy.index = index;
    sys.u.cpu_policy.nr_leaves = dom.u.cpu_policy.nr_leaves = p->room_leaves;
    sys.u.cpu_policy.nr_msrs = dom.u.cpu_policy.nr_msrs = p->room_msrs;
    set_xen_guest_handle(sys.u.cpu_policy.leaves, leaves);
    set_xen_guest_handle(sys.u.cpu_policy.msrs, msrs);
    set_xen_guest_handle(dom.u.cpu_policy.leaves, leaves);
    set_xen_guest_handle(dom.u.cpu_policy.msrs, msrs);
    rc = host ? xc_sysctl(xch, &sys) : xc_domctl(xch, &dom);
    if (rc)
        goto out;
    p->nr_leaves = host ? sys.u.cpu_policy.nr_leaves : dom.u.cpu_policy.nr_leaves;
    p->nr_msrs = host ? sys.u.cpu_policy.nr_msrs : dom.u.cpu_policy.nr_msrs;
    memcpy(p->leaves, leaves, sizeof(*leaves) * p->nr_leaves);
    memcpy(p->msrs, msrs, sizeof(*msrs) * p->nr_msrs);
out:
    if (leaves)
        xc_hypercall_buffer_free(xch, leaves);
    if (msrs)
        xc_hypercall_buffer_free(xch, msrs);
    return rc;
}

int xc_cpu_policy_get_system(xc_interface *xch, unsigned int policy_idx, xc_cpu_policy_t *policy)
{
    return fetch(xch, DOMID_INVALID, policy_idx, policy);
}

int xc_cpu_policy_get_domain(xc_interface *xch, uint32_t domid, xc_cpu_policy_t *policy)
{
    return fetch(xch, domid, 0, policy);
}

int xc_set_domain_cpu_policy(xc_interface *xch, uint32_t domid, uint32_t nr_leaves,
                             xen_cpuid_leaf_t *leaves, uint32_t nr_msrs, xen_msr_entry_t *msrs,
                             uint32_t *err_leaf_p, uint32_t *err_subleaf_p, uint32_t *err_msr_p)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_set_cpu_policy, .domain = (domid_t)domid};
    struct xen_domctl_cpu_policy *cp = &op.u.cpu_policy;
    DECLARE_HYPERCALL_BUFFER(xen_cpuid_leaf_t, l);
    DECLARE_HYPERCALL_BUFFER(xen_msr_entry_t, m);
    int rc = -1;

    l = xc_hypercall_buffer_alloc(xch, l, sizeof(*l) * (nr_leaves + 1));
    m = xc_hypercall_buffer_alloc(xch, m, sizeof(*m) * (nr_msrs + 1));
    cp->err_leaf = cp->err_subleaf = cp->err_msr = ~0u;
    if (l && m) {
        /* A list may be empty, and then NULL. */
        if (nr_leaves)
            memcpy(l, leaves, sizeof(*l) * nr_leaves);
        if (nr_msrs)
            memcpy(m, msrs, sizeof(*m) * nr_msrs);
        cp->nr_leaves = nr_leaves;
        cp->nr_msrs = nr_msrs;
        set_xen_guest_handle(cp->leaves, l);
        set_xen_guest_handle(cp->msrs, m);
        rc = xc_domctl(xch, &op);
    }
    if (err_leaf_p)
        *err_leaf_p = cp->err_leaf;
    if (err_subleaf_p)
        *err_subleaf_p = cp->err_subleaf;
    if (err_msr_p)
        *err_msr_p = cp->err_msr;
    if (l)
        xc_hypercall_buffer_free(xch, l);
    if (m)
        xc_hypercall_buffer_free(xch, m);
    return rc;
}

int xc_cpu_policy_set_domain(xc_interface *xch, uint32_t domid, xc_cpu_policy_t *policy)
{
    uint32_t leaf, subleaf, msr;
    int rc = xc_set_domain_cpu_policy(xch, domid, policy->nr_leaves, policy->leaves,
                                      policy->nr_msrs, policy->msrs, &leaf, &subleaf, &msr);

    if (rc && leaf != ~0u)
        xc_report_error(xch, XC_INVALID_PARAM, "domain %u: CPUID leaf %#x, %#x refused", domid,
                        leaf, subleaf);
    else if (rc && msr != ~0u)
        xc_report_error(xch, XC_INVALID_PARAM, "domain %u: MSR %#x refused", domid, msr);
    else if (rc)
        xc_report_error(xch, XC_INTERNAL_ERROR, "domain %u: CPU policy refused", domid);
    return rc;
}

int xc_cpu_policy_serialise(xc_interface *xch, const xc_cpu_policy_t *policy,
                            xen_cpuid_leaf_t *leaves, uint32_t *nr_leaves, xen_msr_entry_t *msrs,
                            uint32_t *nr_msrs)
{
    (void)xch;
    if ((leaves && *nr_leaves < policy->nr_leaves) || (msrs && *nr_msrs < policy->nr_msrs)) {
        errno = ENOBUFS;
        return -1;
    }
    if (leaves) {
        memcpy(leaves, policy->leaves, sizeof(*leaves) * policy->nr_leaves);
        *nr_leaves = policy->nr_leaves;
    }
    if (msrs) {
        memcpy(msrs, policy->msrs, sizeof(*msrs) * policy->nr_msrs);
        *nr_msrs = policy->nr_msrs;
    }
    return 0;
}

/* Room for one more at the end of a list of @size bytes each. */
static void *append(void **list, uint32_t *nr, uint32_t *room, size_t size)
{
    if (*nr == *room) {
        uint32_t more = *room + 16;
        void *bigger = realloc(*list, size * more);

        if (!bigger)
            return NULL;
        *list = bigger;
        *room = more;
    }
    return (char *)*list + size * (*nr)++;
}

int xc_cpu_policy_update_cpuid(xc_interface *xch, xc_cpu_policy_t *policy,
                               const xen_cpuid_leaf_t *leaves, uint32_t nr)
{
    (void)xch;
    for (uint32_t i = 0; i < nr; i++) {
        xen_cpuid_leaf_t *to = policy_leaf(policy, leaves[i].leaf, leaves[i].subleaf);

        if (!to)
            to = append((void **)&policy->leaves, &policy->nr_leaves, &policy->room_leaves,
                        sizeof(*to));
        if (!to)
            return -1;
        *to = leaves[i];
    }
    return 0;
}

int xc_cpu_policy_update_msrs(xc_interface *xch, xc_cpu_policy_t *policy,
                              const xen_msr_entry_t *msrs, uint32_t nr)
{
    (void)xch;
    for (uint32_t i = 0; i < nr; i++) {
        xen_msr_entry_t *to = policy_msr(policy, msrs[i].idx);

        if (!to)
            to = append((void **)&policy->msrs, &policy->nr_msrs, &policy->room_msrs, sizeof(*to));
        if (!to)
            return -1;
        *to = msrs[i];
    }
    return 0;
}

static bool top_leaf_fits(const xc_cpu_policy_t *host, const xc_cpu_policy_t *guest, uint32_t leaf)
{
    const xen_cpuid_leaf_t *h = policy_leaf(host, leaf, XEN_CPUID_NO_SUBLEAF);
    const xen_cpuid_leaf_t *g = policy_leaf(guest, leaf, XEN_CPUID_NO_SUBLEAF);

    return (g ? g->a : leaf) <= (h ? h->a : leaf);
}

bool xc_cpu_policy_is_compatible(xc_interface *xch, xc_cpu_policy_t *host, xc_cpu_policy_t *guest)
{
    const xen_msr_entry_t *h = policy_msr(host, 0xce), *g = policy_msr(guest, 0xce);

    (void)xch;
    /* MSR_PLATFORM_INFO, bit 31: CPUID faulting. */
    if (g && (g->val & (1u << 31)) && !(h && (h->val & (1u << 31))))
        return false;
    return top_leaf_fits(host, guest, 0) && top_leaf_fits(host, guest, 0x80000000);
}

int xc_get_cpu_levelling_caps(xc_interface *xch, uint32_t *caps)
{
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_get_cpu_levelling_caps};
    int rc = xc_sysctl(xch, &op);

    if (!rc)
        *caps = op.u.cpu_levelling_caps.caps;
    return rc;
}

int xc_get_cpu_featureset(xc_interface *xch, uint32_t index, uint32_t *nr_features,
                          uint32_t *featureset)
{
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_get_cpu_featureset};
    DECLARE_HYPERCALL_BUFFER(uint32_t, words);
    uint32_t room = featureset ? *nr_features : 0;
    int rc;

    words = xc_hypercall_buffer_alloc(xch, words, sizeof(*words) * (room + 1));
    if (!words)
        return -1;
    op.u.cpu_featureset.index = index;
    op.u.cpu_featureset.nr_features = room;
    if (featureset)
        set_xen_guest_handle(op.u.cpu_featureset.features, words);
    rc = xc_sysctl(xch, &op);
    if (!rc) {
        *nr_features = op.u.cpu_featureset.nr_features;
        if (featureset)
            memcpy(featureset, words, sizeof(*words) * (*nr_features < room ? *nr_features : room));
    }
    xc_hypercall_buffer_free(xch, words);
    return rc;
}

uint32_t xc_get_cpu_featureset_size(void)
{
    return NR_FEATURE_WORDS;
}
