/* SPDX-License-Identifier: MIT */
/* Records of any x86 guest. */
#include "save.h"

int save_tsc(struct save *s)
{
    struct record_tsc tsc = {0};

    if (xc_domain_get_tsc_info(s->xch, s->domid, &tsc.mode, &tsc.ns, &tsc.khz, &tsc.incarnation))
        return stream_fail(s->xch, errno, "cannot get the guest's TSC");
    if (record_write(s->fd, RECORD_TSC_INFO, &tsc, sizeof(tsc), NULL, 0))
        return stream_fail(s->xch, errno, "cannot write the guest's TSC");
    return 0;
}

static int write_policy(struct save *s, const xc_cpu_policy_t *policy)
{
    uint32_t leaves, msrs;
    xen_cpuid_leaf_t *leaf;
    xen_msr_entry_t *msr;
    int rc = -1;

    if (xc_cpu_policy_get_size(s->xch, &leaves, &msrs))
        return stream_fail(s->xch, errno, "cannot get the size of CPU policies");
    leaf = calloc(leaves + 1, sizeof(*leaf));
    msr = calloc(msrs + 1, sizeof(*msr));
    if (!leaf || !msr) {
        stream_fail(s->xch, ENOMEM, "no memory for a CPU policy");
        goto out;
    }
    if (xc_cpu_policy_serialise(s->xch, policy, leaf, &leaves, msr, &msrs)) {
        stream_fail(s->xch, errno, "cannot serialise the CPU policy");
        goto out;
    }
    rc = leaves ? record_write(s->fd, RECORD_CPUID_POLICY, leaf, leaves * sizeof(*leaf), NULL, 0)
                : 0;
    if (!rc && msrs)
        rc = record_write(s->fd, RECORD_MSR_POLICY, msr, msrs * sizeof(*msr), NULL, 0);
    if (rc)
        stream_fail(s->xch, errno, "cannot write the CPU policy");
out:
    free(leaf);
    free(msr);
    return rc;
}

int save_policy(struct save *s)
{
    xc_cpu_policy_t *policy = xc_cpu_policy_init();
    int rc = -1;

    if (!policy)
        return stream_fail(s->xch, ENOMEM, "no memory for a CPU policy");
    if (xc_cpu_policy_get_domain(s->xch, s->domid, policy))
        stream_fail(s->xch, errno, "cannot get the guest's CPU policy");
    else
        rc = write_policy(s, policy);
    xc_cpu_policy_destroy(policy);
    return rc;
}
