/* SPDX-License-Identifier: MIT */
/* What a domain's configuration says of CPUID and MSRs. */
#include "policy.h"

#define NO_SUB   XEN_CPUID_NO_SUBLEAF
#define BIT_VMX  (1u << 5) /* leaf 1, ecx */
#define BIT_PAE  (1u << 6) /* leaf 1, edx */
#define BIT_SVM  (1u << 2) /* leaf 0x80000001, ecx */
#define BIT_ITSC (1u << 8) /* leaf 0x80000007, edx */

/* Where the words of a feature set are. Source: arch-x86/cpufeatureset.h. */
static const struct {
    uint32_t leaf, subleaf;
    enum cpuid_reg reg;
} feature_word[] = {
    {1, NO_SUB, REG_D},
    {1, NO_SUB, REG_C},
    {0x80000001, NO_SUB, REG_D},
    {0x80000001, NO_SUB, REG_C},
    {0xd, 1, REG_A},
    {7, 0, REG_B},
    {7, 0, REG_C},
    {0x80000007, NO_SUB, REG_D},
    {0x80000008, NO_SUB, REG_B},
    {7, 0, REG_D},
    {7, 1, REG_A},
    {0x80000021, NO_SUB, REG_A},
    {7, 1, REG_B},
    {7, 2, REG_D},
    {7, 1, REG_C},
    {7, 1, REG_D},
};
#define NR_CPUID_WORDS (sizeof(feature_word) / sizeof(feature_word[0]))

struct apply {
    xc_interface *xch;
    uint32_t domid;
    xc_cpu_policy_t *policy;
    xc_cpu_policy_t *host; /* fetched when first asked for */
    bool changed;
};

static void put(struct apply *a, uint32_t *reg, uint32_t value)
{
    a->changed |= *reg != value;
    *reg = value;
}

static void put_bit(struct apply *a, uint32_t leaf, enum cpuid_reg reg, uint32_t bit, bool on)
{
    xen_cpuid_leaf_t *l = policy_leaf(a->policy, leaf, NO_SUB);
    uint32_t *r = l ? leaf_reg(l, reg) : NULL;

    if (r)
        put(a, r, on ? *r | bit : *r & ~bit);
}

static void apply_featureset(struct apply *a, const uint32_t *words, unsigned int nr)
{
    for (unsigned int i = 0; i < nr && i < NR_CPUID_WORDS; i++) {
        xen_cpuid_leaf_t *l = policy_leaf(a->policy, feature_word[i].leaf, feature_word[i].subleaf);

        if (l)
            put(a, leaf_reg(l, feature_word[i].reg), words[i]);
    }
}

static const xc_cpu_policy_t *host_policy(struct apply *a)
{
    if (!a->host) {
        a->host = xc_cpu_policy_init();
        if (a->host && xc_cpu_policy_get_system(a->xch, XEN_SYSCTL_cpu_policy_host, a->host)) {
            xc_cpu_policy_destroy(a->host);
            a->host = NULL;
        }
    }
    return a->host;
}

/* The bits of @text, most significant first, over @value; @host for those that ask for it. */
static int merge(const char *text, unsigned int bits, uint64_t host, uint64_t *value)
{
    if (strlen(text) < bits)
        return -EINVAL;
    for (unsigned int i = 0; i < bits; i++) {
        uint64_t bit = 1ull << (bits - 1 - i);
        bool on;

        switch (text[i]) {
        case '0':
            on = false;
            break;
        case '1':
            on = true;
            break;
        case 'k':
        case 's':
            on = host & bit;
            break;
        case 'x':
            continue;
        default:
            return -EINVAL;
        }
        *value = on ? *value | bit : *value & ~bit;
    }
    return 0;
}

static int apply_leaf(struct apply *a, const struct xc_xend_cpuid *x)
{
    uint32_t sub = x->subleaf == XEN_CPUID_INPUT_UNUSED ? NO_SUB : x->subleaf;
    xen_cpuid_leaf_t *l = policy_leaf(a->policy, x->leaf, sub);
    const xc_cpu_policy_t *host = host_policy(a);
    xen_cpuid_leaf_t *h;

    if (!host)
        return -errno;
    h = policy_leaf(host, x->leaf, sub);
    if (!l) {
        errno = ENOENT;
        xc_report_error(a->xch, XC_INVALID_PARAM, "domain %u has no CPUID leaf %#x, %#x", a->domid,
                        x->leaf, x->subleaf);
        return -ENOENT;
    }
    for (unsigned int r = 0; r < 4; r++) {
        uint64_t value = *leaf_reg(l, (enum cpuid_reg)r);
        int rc;

        if (!x->policy[r])
            continue;
        rc = merge(x->policy[r], 32, h ? *leaf_reg(h, (enum cpuid_reg)r) : 0, &value);
        if (rc)
            return rc;
        put(a, leaf_reg(l, (enum cpuid_reg)r), (uint32_t)value);
    }
    return 0;
}

static int apply_msr(struct apply *a, const struct xc_msr *m)
{
    xen_msr_entry_t *e = policy_msr(a->policy, m->index);
    const xc_cpu_policy_t *host = host_policy(a);
    const xen_msr_entry_t *h;
    uint64_t value;
    int rc;

    if (!host)
        return -errno;
    if (!e)
        return -ENOENT;
    h = policy_msr(host, m->index);
    value = e->val;
    rc = merge(m->policy, 64, h ? h->val : 0, &value);
    if (rc)
        return rc;
    a->changed |= value != e->val;
    e->val = value;
    return 0;
}

static int apply_lists(struct apply *a, const struct xc_xend_cpuid *xend, const struct xc_msr *msr)
{
    int rc = 0;

    for (; !rc && xend && xend->leaf != XEN_CPUID_INPUT_UNUSED; xend++)
        rc = apply_leaf(a, xend);
    for (; !rc && msr && msr->index != XC_MSR_INPUT_UNUSED; msr++)
        rc = apply_msr(a, msr);
    return rc;
}

static int is_hvm(xc_interface *xch, uint32_t domid)
{
    xc_dominfo_t info;

    if (xc_domain_getinfo(xch, domid, 1, &info) != 1 || info.domid != domid)
        return -ESRCH;
    return info.hvm;
}

int xc_cpuid_apply_policy(xc_interface *xch, uint32_t domid, bool restore,
                          const uint32_t *featureset, unsigned int nr_features, bool pae, bool itsc,
                          bool nested_virt, const struct xc_xend_cpuid *xend,
                          const struct xc_msr *msr)
{
    struct apply a = {.xch = xch, .domid = domid, .policy = xc_cpu_policy_init()};
    int hvm = is_hvm(xch, domid), rc;

    if (hvm < 0 || !a.policy) {
        rc = hvm < 0 ? hvm : -ENOMEM;
        goto out;
    }
    /* The hypervisor gave the domain the default for its kind when it was created. */
    rc = xc_cpu_policy_get_domain(xch, domid, a.policy) ? -errno : 0;
    if (rc)
        goto out;
    if (featureset)
        apply_featureset(&a, featureset, nr_features);
    else if (!restore || itsc)
        put_bit(&a, 0x80000007, REG_D, BIT_ITSC, itsc);
    if (hvm && !featureset) {
        put_bit(&a, 1, REG_D, BIT_PAE, pae);
        if (!nested_virt) {
            put_bit(&a, 1, REG_C, BIT_VMX, false);
            put_bit(&a, 0x80000001, REG_C, BIT_SVM, false);
        }
    }
    rc = apply_lists(&a, xend, msr);
    if (!rc && a.changed && xc_cpu_policy_set_domain(xch, domid, a.policy))
        rc = -errno;
out:
    xc_cpu_policy_destroy(a.policy);
    xc_cpu_policy_destroy(a.host);
    return rc;
}
