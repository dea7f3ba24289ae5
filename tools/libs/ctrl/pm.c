/* SPDX-License-Identifier: MIT */
/* Frequencies and idle states of CPUs. */
#include "private.h"

static int pmstat(xc_interface *xch, uint32_t type, int cpu, int *result)
{
    struct xen_sysctl op =
        SYSCTL(get_pmstat, .u.get_pmstat = {.type = type, .cpuid = (uint32_t)cpu});
    int rc = do_sysctl(xch, &op);

    if (!rc && result)
        *result = type == PMSTAT_get_max_px ? op.u.get_pmstat.u.getpx.total
                                            : (int)op.u.get_pmstat.u.getcx.nr;
    return rc;
}

int xc_pm_get_max_px(xc_interface *xch, int cpuid, int *max_px)
{
    return pmstat(xch, PMSTAT_get_max_px, cpuid, max_px);
}

int xc_pm_reset_pxstat(xc_interface *xch, int cpuid)
{
    return pmstat(xch, PMSTAT_reset_pxstat, cpuid, NULL);
}

int xc_pm_get_max_cx(xc_interface *xch, int cpuid, int *max_cx)
{
    return pmstat(xch, PMSTAT_get_max_cx, cpuid, max_cx);
}

int xc_pm_reset_cxstat(xc_interface *xch, int cpuid)
{
    return pmstat(xch, PMSTAT_reset_cxstat, cpuid, NULL);
}

int xc_pm_get_pxstat(xc_interface *xch, int cpuid, struct xc_px_stat *pxpt)
{
    struct xen_sysctl op =
        SYSCTL(get_pmstat, .u.get_pmstat = {.type = PMSTAT_get_pxstat, .cpuid = (uint32_t)cpuid});
    struct pm_px_stat *px = &op.u.get_pmstat.u.getpx;
    int max, rc;

    if (!pxpt->trans_pt || !pxpt->pt)
        return fail(EINVAL);
    if (xc_pm_get_max_px(xch, cpuid, &max))
        return -1;
    px->total = (uint8_t)max;
    rc = sysctl_with(
        xch, &op,
        BUF_BOTH(px->trans_pt, pxpt->trans_pt, sizeof(uint64_t) * (size_t)max * (size_t)max),
        BUF_BOTH(px->pt, pxpt->pt, sizeof(*pxpt->pt) * (size_t)max));
    if (!rc) {
        pxpt->total = px->total;
        pxpt->usable = px->usable;
        pxpt->last = px->last;
        pxpt->cur = px->cur;
    }
    return rc;
}

int xc_pm_get_cxstat(xc_interface *xch, int cpuid, struct xc_cx_stat *cxpt)
{
    struct xen_sysctl op =
        SYSCTL(get_pmstat, .u.get_pmstat = {.type = PMSTAT_get_cxstat, .cpuid = (uint32_t)cpuid});
    struct pm_cx_stat *cx = &op.u.get_pmstat.u.getcx;
    int rc;

    cx->nr = cxpt->nr;
    cx->nr_pc = cxpt->nr_pc;
    cx->nr_cc = cxpt->nr_cc;
    rc = sysctl_with(xch, &op, BUF_BOTH(cx->triggers, cxpt->triggers, sizeof(uint64_t) * cxpt->nr),
                     BUF_BOTH(cx->residencies, cxpt->residencies, sizeof(uint64_t) * cxpt->nr),
                     BUF_BOTH(cx->pc, cxpt->pc, sizeof(uint64_t) * cxpt->nr_pc),
                     BUF_BOTH(cx->cc, cxpt->cc, sizeof(uint64_t) * cxpt->nr_cc));
    if (!rc) {
        cxpt->nr = cx->nr;
        cxpt->last = cx->last;
        cxpt->idle_time = cx->idle_time;
        cxpt->nr_pc = cx->nr_pc;
        cxpt->nr_cc = cx->nr_cc;
    }
    return rc;
}

static struct xen_sysctl pm_op(uint32_t cmd, int cpu)
{
    return SYSCTL(pm_op, .u.pm_op = {.cmd = cmd, .cpuid = (uint32_t)cpu});
}

/* The numbers go both ways; space is given by the caller. */
static void para_in(struct xen_get_cpufreq_para *sys, const struct xc_get_cpufreq_para *user)
{
    sys->cpu_num = user->cpu_num;
    sys->freq_num = user->freq_num;
    sys->gov_num = user->gov_num;
}

static void para_out(struct xc_get_cpufreq_para *user, const struct xen_get_cpufreq_para *sys)
{
    user->cpuinfo_cur_freq = sys->cpuinfo_cur_freq;
    user->cpuinfo_max_freq = sys->cpuinfo_max_freq;
    user->cpuinfo_min_freq = sys->cpuinfo_min_freq;
    user->scaling_cur_freq = sys->scaling_cur_freq;
    user->scaling_max_freq = sys->scaling_max_freq;
    user->scaling_min_freq = sys->scaling_min_freq;
    user->turbo_enabled = sys->turbo_enabled;
    memcpy(user->scaling_driver, sys->scaling_driver, CPUFREQ_NAME_LEN);
    memcpy(user->scaling_governor, sys->scaling_governor, CPUFREQ_NAME_LEN);
    if (!strncmp(user->scaling_governor, "userspace", CPUFREQ_NAME_LEN))
        user->u.userspace = sys->u.userspace;
    else if (!strncmp(user->scaling_governor, "ondemand", CPUFREQ_NAME_LEN))
        user->u.ondemand = sys->u.ondemand;
}

int xc_get_cpufreq_para(xc_interface *xch, int cpuid, struct xc_get_cpufreq_para *user_para)
{
    struct xc_get_cpufreq_para *u = user_para;
    struct xen_sysctl op = pm_op(GET_CPUFREQ_PARA, cpuid);
    struct xen_get_cpufreq_para *sys = &op.u.pm_op.u.get_para;
    bool space = u->cpu_num && u->freq_num && u->gov_num;
    int rc;

    if (space &&
        (!u->affected_cpus || !u->scaling_available_frequencies || !u->scaling_available_governors))
        return fail(EINVAL);
    para_in(sys, u);
    rc = sysctl_with(
        xch, &op, BUF_BOTH(sys->affected_cpus, space ? u->affected_cpus : NULL, 4ul * u->cpu_num),
        BUF_BOTH(sys->scaling_available_frequencies,
                 space ? u->scaling_available_frequencies : NULL, 4ul * u->freq_num),
        BUF_BOTH(sys->scaling_available_governors, space ? u->scaling_available_governors : NULL,
                 (size_t)CPUFREQ_NAME_LEN * u->gov_num));
    if (!rc)
        para_out(u, sys);
    if (!rc || errno == EAGAIN) {
        /* EAGAIN: there was not enough room; now it is known how much it takes. */
        u->cpu_num = sys->cpu_num;
        u->freq_num = sys->freq_num;
        u->gov_num = sys->gov_num;
    }
    return rc;
}

int xc_set_cpufreq_gov(xc_interface *xch, int cpuid, char *govname)
{
    struct xen_sysctl op = pm_op(SET_CPUFREQ_GOV, cpuid);
    char *to = op.u.pm_op.u.set_gov.scaling_governor;

    if (!govname)
        return fail(EINVAL);
    strncpy(to, govname, CPUFREQ_NAME_LEN - 1);
    return do_sysctl(xch, &op);
}

int xc_set_cpufreq_para(xc_interface *xch, int cpuid, int ctrl_type, int ctrl_value)
{
    struct xen_sysctl op = pm_op(SET_CPUFREQ_PARA, cpuid);

    op.u.pm_op.u.set_para.ctrl_type = (uint32_t)ctrl_type;
    op.u.pm_op.u.set_para.ctrl_value = (uint32_t)ctrl_value;
    return do_sysctl(xch, &op);
}

int xc_get_cpufreq_avgfreq(xc_interface *xch, int cpuid, int *avg_freq)
{
    struct xen_sysctl op = pm_op(GET_CPUFREQ_AVGFREQ, cpuid);
    int rc = do_sysctl(xch, &op);

    if (!rc)
        *avg_freq = (int)op.u.pm_op.u.get_avgfreq;
    return rc;
}

int xc_set_sched_opt_smt(xc_interface *xch, uint32_t value)
{
    struct xen_sysctl op = pm_op(XEN_SYSCTL_pm_op_set_sched_opt_smt, 0);

    op.u.pm_op.u.set_sched_opt_smt = value;
    return do_sysctl(xch, &op);
}

/* The operation's CPU number chooses between states (0) and substates (1). */
static int cstate_get(xc_interface *xch, int which, uint32_t *value)
{
    struct xen_sysctl op = pm_op(XEN_SYSCTL_pm_op_get_max_cstate, which);
    int rc = do_sysctl(xch, &op);

    if (!rc)
        *value = op.u.pm_op.u.get_max_cstate;
    return rc;
}

static int cstate_set(xc_interface *xch, int which, uint32_t value)
{
    struct xen_sysctl op = pm_op(XEN_SYSCTL_pm_op_set_max_cstate, which);

    op.u.pm_op.u.set_max_cstate = value;
    return do_sysctl(xch, &op);
}

int xc_get_cpuidle_max_cstate(xc_interface *xch, uint32_t *value)
{
    return cstate_get(xch, 0, value);
}

int xc_get_cpuidle_max_csubstate(xc_interface *xch, uint32_t *value)
{
    return cstate_get(xch, 1, value);
}

int xc_set_cpuidle_max_cstate(xc_interface *xch, uint32_t value)
{
    return cstate_set(xch, 0, value);
}

int xc_set_cpuidle_max_csubstate(xc_interface *xch, uint32_t value)
{
    return cstate_set(xch, 1, value);
}

int xc_enable_turbo(xc_interface *xch, int cpuid)
{
    return sysctl_value(xch, pm_op(XEN_SYSCTL_pm_op_enable_turbo, cpuid));
}

int xc_disable_turbo(xc_interface *xch, int cpuid)
{
    return sysctl_value(xch, pm_op(XEN_SYSCTL_pm_op_disable_turbo, cpuid));
}
