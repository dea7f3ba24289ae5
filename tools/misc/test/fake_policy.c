/* SPDX-License-Identifier: MIT */
/* The fake hypervisor's CPU policies: sets of features and leaves, of numbers that differ. */
#include <string.h>

#include <xenctrl.h>
#include <xenguest.h>

#include "fake.h"

/* Three words of features, or more with FAKE_WORDS; the hypervisor's are FAKE_HOST_WORDS. */
#define MAX_WORDS 32

static uint32_t nr_words(void)
{
    return getenv("FAKE_WORDS") ? (uint32_t)atoi(getenv("FAKE_WORDS")) : 3;
}

struct xc_cpu_policy {
    uint32_t number;
};

uint32_t xc_get_cpu_featureset_size(void)
{
    return nr_words();
}

const uint32_t *xc_get_static_cpu_featuremask(enum xc_static_cpu_featuremask mask)
{
    static uint32_t sets[8][MAX_WORDS];

    for (unsigned int i = 0; i < nr_words(); i++)
        sets[mask][i] = i ? 1u << ((mask + i) % 32) : 0xffffffff;
    return sets[mask];
}

int xc_get_cpu_featureset(xc_interface *xch, uint32_t index, uint32_t *nr_features,
                          uint32_t *featureset)
{
    uint32_t host;

    (void)xch;
    if (fails())
        return -1;
    if (index == XEN_SYSCTL_cpu_featureset_hvm && getenv("FAKE_NO_HVM")) {
        errno = EOPNOTSUPP;
        return -1;
    }
    host = getenv("FAKE_HOST_WORDS") ? (uint32_t)atoi(getenv("FAKE_HOST_WORDS")) : nr_words();
    if (featureset && *nr_features < host) {
        errno = ENOBUFS;
        return -1;
    }
    *nr_features = host;
    if (!featureset)
        return 0;
    for (unsigned int i = 0; i < *nr_features; i++)
        featureset[i] = 0x80000001 | index << (4 * i % 32);
    return 0;
}

int xc_cpu_policy_get_size(xc_interface *xch, uint32_t *nr_leaves, uint32_t *nr_msrs)
{
    (void)xch;
    *nr_leaves = 5;
    *nr_msrs = 2;
    return fails() ? -1 : 0;
}

xc_cpu_policy_t *xc_cpu_policy_init(void)
{
    return calloc(1, sizeof(xc_cpu_policy_t));
}

void xc_cpu_policy_destroy(xc_cpu_policy_t *policy)
{
    free(policy);
}

int xc_cpu_policy_get_system(xc_interface *xch, unsigned int policy_idx, xc_cpu_policy_t *policy)
{
    (void)xch;
    policy->number = policy_idx;
    if (policy_idx == XEN_SYSCTL_cpu_policy_hvm_max && getenv("FAKE_NO_HVM")) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return fails() ? -1 : 0;
}

int xc_cpu_policy_get_domain(xc_interface *xch, uint32_t domid, xc_cpu_policy_t *policy)
{
    (void)xch;
    policy->number = 100 + domid;
    return fails() ? -1 : 0;
}

int xc_cpu_policy_serialise(xc_interface *xch, const xc_cpu_policy_t *policy,
                            xen_cpuid_leaf_t *leaves, uint32_t *nr_leaves, xen_msr_entry_t *msrs,
                            uint32_t *nr_msrs)
{
    (void)xch;
    leaves[0] = (xen_cpuid_leaf_t){0, XEN_CPUID_NO_SUBLEAF, policy->number, 2, 3, 4};
    leaves[1] = (xen_cpuid_leaf_t){7, 1, 0, 0, 0, 0};
    leaves[2] = (xen_cpuid_leaf_t){0xd, 1, 0, 0, 0xf, 0};
    leaves[3] = (xen_cpuid_leaf_t){0x80000000, XEN_CPUID_NO_SUBLEAF, 1, 0, 0, 0};
    msrs[0] = (xen_msr_entry_t){.idx = 0x10a, .val = 0x123456789abcdef0};
    msrs[1] = (xen_msr_entry_t){.idx = 0xce, .val = 0};
    *nr_leaves = 4;
    *nr_msrs = 2;
    return fails() ? -1 : 0;
}
