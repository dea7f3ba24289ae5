/* SPDX-License-Identifier: MIT */
/* What domains and the tools are told about machine and domain. */
#include <public/domctl.h>
#include <public/features.h>
#include <public/sysctl.h>
#include <xen/evtchn.h>
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/port/cpu.h>
#include <xen/port/domain.h>
#include <xen/sched.h>
#include <asm/current.h>
#include <asm/e820.h>
#include <asm/pv.h>
#include <asm/time.h>
#include <asm/traps.h>
#include "private.h"

void port_capabilities(char *buf, size_t size)
{
    strlcpy(buf, "xen-3.0-x86_64 ", size);
}

uint32_t port_get_features(struct domain *d, unsigned int submap_idx)
{
    if (submap_idx)
        return 0;
    return 1U << XENFEAT_memory_op_vnode_supported | 1U << XENFEAT_mmu_pt_update_preserve_ad |
           1U << XENFEAT_highmem_assist | 1U << XENFEAT_gnttab_map_avail_bits |
           (is_control_domain(d) ? 1U << XENFEAT_dom0 : 0) |
           (d->vm_assist & (1UL << VMASST_TYPE_pae_extended_cr3) ? 1U << XENFEAT_pae_pgdir_above_4gb
                                                                 : 0);
}

bool port_vm_assist_valid(const struct domain *d, unsigned int type)
{
    return type < 64 && (VM_ASSIST_VALID >> type & 1);
}

unsigned long port_virt_start(const struct domain *d)
{
    return HYPERVISOR_VIRT_START;
}

void port_physinfo(struct xen_sysctl_physinfo *pi)
{
    pi->capabilities |= XEN_SYSCTL_PHYSCAP_pv;
    pi->total_pages = e820_ram_bytes(&e820) >> PAGE_SHIFT;
    pi->cpu_khz = cpu_khz;
    memcpy(pi->hw_cap, host_features, sizeof(pi->hw_cap));
}

void port_get_domain_info(struct domain *d, struct xen_domctl_getdomaininfo *info)
{
    info->arch_config.emulation_flags = d->arch.emulation_flags;
    info->arch_config.misc_flags = d->arch.msr_relaxed ? XEN_X86_MSR_RELAXED : 0;
}

void port_vcpu_mark_events_pending(struct vcpu *v)
{
    struct vcpu_info *vi = v->vcpu_info;

    if (__atomic_exchange_n(&vi->evtchn_upcall_pending, 1, __ATOMIC_SEQ_CST) == 0)
        vcpu_kick(v);
}

void port_dump_domain(struct domain *d)
{
    printk("    tsc_mode %u%s, %u kHz\n", d->arch.tsc_mode, d->arch.vtsc ? " (emulated)" : "",
           d->arch.tsc_khz);
}

void port_dump_vcpu(struct vcpu *v)
{
    printk("    %s mode, roots %lx %lx, cr4 %lx\n", pv_kernel_mode(v) ? "kernel" : "user",
           (unsigned long)v->arch.guest_table.nr, (unsigned long)v->arch.guest_table_user.nr,
           v->arch.pv.ctrlreg[4]);
    if (v != current)
        show_registers(&v->arch.user_regs);
}

#define GUEST_STACK_WORDS 64

void port_dump_current_guest(void)
{
    const struct cpu_user_regs *regs = guest_cpu_user_regs();
    const unsigned long *sp = (const unsigned long *)(regs->rsp & ~7UL);

    show_registers(regs);
    printk("Guest stack trace from rsp=%016lx:\n", (unsigned long)regs->rsp);
    for (unsigned int i = 0; i < GUEST_STACK_WORDS; i += 4) {
        unsigned long w[4];

        if (copy_from_guest_bytes(w, sp + i, sizeof(w))) {
            printk("   (cannot be read)\n");
            return;
        }
        printk("   %016lx %016lx %016lx %016lx\n", w[0], w[1], w[2], w[3]);
    }
}
