/* SPDX-License-Identifier: MIT */
/* Interrupts that cannot be masked. */
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/param.h>
#include <public/nmi.h>
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/traps.h>
#include "private.h"

#define PORT_B       0x61 /* system control port B */
#define PORT_B_SERR  0x80
#define PORT_B_IOCHK 0x40

static nmi_fn *callback;
static enum { NMI_IGNORE, NMI_DOM0, NMI_FATAL } opt_nmi = NMI_DOM0;

static int __init parse_nmi(const char *s)
{
    if (!strcmp(s, "ignore"))
        opt_nmi = NMI_IGNORE;
    else if (!strcmp(s, "dom0"))
        opt_nmi = NMI_DOM0;
    else if (!strcmp(s, "fatal"))
        opt_nmi = NMI_FATAL;
    else
        return -EINVAL;
    return 0;
}
PARAM_FN("nmi", parse_nmi);

void nmi_set_callback(nmi_fn *fn)
{
    WRITE_ONCE(callback, fn);
}

/* No lock may be taken here: what was interrupted may hold it. */
static void tell_dom0(unsigned int reason_bit)
{
    struct vcpu *v;

    if (!dom0 || dom0->max_vcpus == 0 || !(v = dom0->vcpu[0]))
        return;
    __atomic_fetch_or(&dom0->shared_info->arch.nmi_reason, 1UL << reason_bit, __ATOMIC_RELAXED);
    v->nmi_pending = 1;
}

static void external_nmi(const struct cpu_user_regs *regs, unsigned int reason_bit)
{
    if (opt_nmi == NMI_FATAL)
        fatal_trap(regs);
    if (opt_nmi == NMI_DOM0)
        tell_dom0(reason_bit);
}

/* Clear the source: its enable bit (inverted) goes on and off. */
static void acknowledge(uint8_t port_b, uint8_t mask_bit)
{
    outb((uint8_t)((port_b & 0x0f) | mask_bit), PORT_B);
    outb((uint8_t)(port_b & 0x0f & ~mask_bit), PORT_B);
}

void do_nmi(struct cpu_user_regs *regs)
{
    nmi_fn *fn = READ_ONCE(callback);
    uint8_t port_b;

    if (fn && fn(regs))
        return;
    if (smp_processor_id() != 0)
        return;
    port_b = inb(PORT_B);
    if (port_b & PORT_B_SERR) {
        external_nmi(regs, _XEN_NMIREASON_pci_serr);
        acknowledge(port_b, 0x04);
    } else if (port_b & PORT_B_IOCHK) {
        external_nmi(regs, _XEN_NMIREASON_io_error);
        acknowledge(port_b, 0x08);
    } else {
        external_nmi(regs, _XEN_NMIREASON_unknown);
    }
}

#define MSR_MCG_CAP         0x179
#define MSR_MCG_STATUS      0x17a
#define MSR_MC_STATUS(bank) (0x401 + 4 * (bank))
#define MSR_MC_ADDR(bank)   (0x402 + 4 * (bank))
#define MC_STATUS_VALID     (1UL << 63)

/* The machine is no longer to be trusted: say what is known, stop. */
void do_mce(struct cpu_user_regs *regs)
{
    uint64_t cap, status, addr;

    if (!rdmsr_safe(MSR_MCG_CAP, &cap)) {
        for (uint32_t bank = 0; bank < (cap & 0xff); bank++) {
            if (rdmsr_safe(MSR_MC_STATUS(bank), &status) || !(status & MC_STATUS_VALID))
                continue;
            (void)rdmsr_safe(MSR_MC_ADDR(bank), &addr);
            printk(XENLOG_ERR "Machine check, bank %u: status %016lx address %016lx\n", bank,
                   status, addr);
        }
    }
    fatal_trap(regs);
}
