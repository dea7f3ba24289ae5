/* SPDX-License-Identifier: MIT */
/* Sysctls of x86. */
#include <public/sysctl.h>
#include <xen/kernel.h>
#include <xen/port/cpu.h>
#include <xen/port/domain.h>
#include <asm/cpu_policy.h>

static long cpu_hotplug(const struct xen_sysctl_cpu_hotplug *op)
{
    if (op->op == XEN_SYSCTL_CPU_HOTPLUG_SMT_ENABLE || op->op == XEN_SYSCTL_CPU_HOTPLUG_SMT_DISABLE)
        return -EOPNOTSUPP;
    if (op->op > XEN_SYSCTL_CPU_HOTPLUG_SMT_DISABLE)
        return -EOPNOTSUPP;
    if (op->cpu >= nr_cpu_ids || !cpumask_test(op->cpu, &cpu_present_map))
        return -EINVAL;
    return op->op == XEN_SYSCTL_CPU_HOTPLUG_ONLINE ? port_cpu_up(op->cpu) : port_cpu_down(op->cpu);
}

/* CPUID masking MSRs are not used: every guest's CPUID is by faulting or by its kernel's asking. */
static long levelling_caps(struct xen_sysctl_cpu_levelling_caps *op)
{
    op->caps = 0;
    return 0;
}

long port_do_sysctl(struct xen_sysctl *op, bool *copyback)
{
    switch (op->cmd) {
    case XEN_SYSCTL_get_cpu_featureset:
        *copyback = true;
        return cpu_policy_sysctl_featureset(&op->u.cpu_featureset);
    case XEN_SYSCTL_get_cpu_policy:
        *copyback = true;
        return cpu_policy_sysctl_get(&op->u.cpu_policy);
    case XEN_SYSCTL_get_cpu_levelling_caps:
        *copyback = true;
        return levelling_caps(&op->u.cpu_levelling_caps);
    case XEN_SYSCTL_cpu_hotplug:
        return cpu_hotplug(&op->u.cpu_hotplug);
    case XEN_SYSCTL_psr_cmt_op:
    case XEN_SYSCTL_psr_alloc:
        return -ENODEV;
    default:
        return -ENOSYS;
    }
}
