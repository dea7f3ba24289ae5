/* SPDX-License-Identifier: MIT */
/* What domains and the tools are told about machine and domain; dumps of domains. */
#include <asm/current.h>
#include <asm/domain.h>
#include <asm/time.h>
#include <asm/traps.h>
#include <public/domctl.h>
#include <public/features.h>
#include <public/sysctl.h>
#include <public/version.h>
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/port/cpu.h>
#include <xen/port/domain.h>
#include <xen/port/platform.h>

void port_capabilities(char *buf, size_t size)
{
    strlcpy(buf, "xen-3.0-aarch64 ", size);
}

uint32_t port_get_features(struct domain *d, unsigned int submap_idx)
{
    if (submap_idx)
        return 0;
    return 1U << XENFEAT_writable_page_tables | 1U << XENFEAT_auto_translated_physmap |
           1U << XENFEAT_memory_op_vnode_supported | 1U << XENFEAT_ARM_SMCCC_supported |
           (d->arch.direct_mapped ? 1U << XENFEAT_direct_mapped : 1U << XENFEAT_not_direct_mapped) |
           (is_control_domain(d) ? 1U << XENFEAT_dom0 : 0);
}

bool port_vm_assist_valid(const struct domain *d, unsigned int type)
{
    return type == VMASST_TYPE_runstate_update_flag;
}

unsigned long port_virt_start(const struct domain *d)
{
    return 0; /* the hypervisor is in no guest's address space */
}

/* The machine's firmware is dom0's own affair here. */
long port_platform_op(struct xen_platform_op *op, bool *copyback)
{
    return -ENOSYS;
}

void port_physinfo(struct xen_sysctl_physinfo *pi)
{
    pi->capabilities |= XEN_SYSCTL_PHYSCAP_hvm | XEN_SYSCTL_PHYSCAP_hap;
    pi->cpu_khz = timer_info.hz / 1000;
}

void port_get_domain_info(struct domain *d, struct xen_domctl_getdomaininfo *info)
{
    info->flags |= XEN_DOMINF_hap;
    info->gpaddr_bits = (uint8_t)p2m_ipa_bits;
    info->arch_config.gic_version =
        d->arch.vgic.version == VGIC_V2 ? XEN_DOMCTL_CONFIG_GIC_V2 : XEN_DOMCTL_CONFIG_GIC_V3;
    info->arch_config.nr_spis = d->arch.vgic.nr_spis;
    info->arch_config.clock_frequency = timer_info.dt_clock_frequency;
}

static long cpu_hotplug(const struct xen_sysctl_cpu_hotplug *op)
{
    if (op->op != XEN_SYSCTL_CPU_HOTPLUG_ONLINE && op->op != XEN_SYSCTL_CPU_HOTPLUG_OFFLINE)
        return -EOPNOTSUPP;
    if (op->cpu >= nr_cpu_ids || !cpumask_test(op->cpu, &cpu_present_map))
        return -EINVAL;
    return op->op == XEN_SYSCTL_CPU_HOTPLUG_ONLINE ? port_cpu_up(op->cpu) : port_cpu_down(op->cpu);
}

long port_do_sysctl(struct xen_sysctl *op, bool *copyback)
{
    return op->cmd == XEN_SYSCTL_cpu_hotplug ? cpu_hotplug(&op->u.cpu_hotplug) : -ENOSYS;
}

void port_dump_domain(struct domain *d)
{
    printk("    GICv%u with %u SPIs, events by interrupt %u\n", d->arch.vgic.version,
           d->arch.vgic.nr_spis, d->arch.evtchn_irq);
    printk("    p2m: VMID %u, %lu tables, %lu pages in the pool\n", d->arch.p2m.vmid,
           d->arch.p2m.nr_tables, d->arch.p2m.nr_pool);
}

void port_dump_vcpu(struct vcpu *v)
{
    if (is_system_domain(v->domain))
        return;
    printk("    MPIDR %lx, HCR %lx, TTBR0 %lx, TTBR1 %lx\n", v->arch.vmpidr, v->arch.hcr_el2,
           v->arch.el1.ttbr0, v->arch.el1.ttbr1);
    vgic_dump_vcpu(v);
    vtimer_dump(v);
    if (v != current)
        dump_regs(&v->arch.user_regs);
}

#define GUEST_STACK_WORDS 64

void port_dump_current_guest(void)
{
    const struct cpu_user_regs *regs = guest_cpu_user_regs();
    uint64_t sp_value = regs_kernel_mode(regs) ? read_sysreg(sp_el1) : read_sysreg(sp_el0);
    const unsigned long *sp = (const unsigned long *)(sp_value & ~7UL);

    dump_regs(regs);
    printk("Guest stack trace from sp=%016lx:\n", sp_value);
    for (unsigned int i = 0; i < GUEST_STACK_WORDS; i += 4) {
        unsigned long w[4];

        if (copy_from_guest_bytes(w, sp + i, sizeof(w))) {
            printk("   (cannot be read)\n");
            return;
        }
        printk("   %016lx %016lx %016lx %016lx\n", w[0], w[1], w[2], w[3]);
    }
}
