/* SPDX-License-Identifier: MIT */
/* Registers and backtraces, for people; and the traps that end in them. */
#include <xen/console.h>
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/port/cpu.h>
#include <xen/port/domain.h>
#include <xen/symbols.h>
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/traps.h>

#define TRACE_MAX   48
#define STACK_LINES 12

static bool from_guest(const struct cpu_user_regs *regs)
{
    return regs_aarch32(regs) || (regs->cpsr & 0xc) != 8;
}

void dump_regs(const struct cpu_user_regs *regs)
{
    const struct vcpu *v = current;

    printk("CPU:    %u\nPC:     %016lx", smp_processor_id(), regs->pc);
    if (!from_guest(regs))
        printk(" %ps", (void *)regs->pc);
    printk("\nCPSR:   %016lx   CONTEXT: %s", regs->cpsr, from_guest(regs) ? "guest" : "hypervisor");
    if (v && !is_idle_vcpu(v))
        printk(" (d%dv%u)", v->domain->domain_id, v->vcpu_id);
    printk("\nSP:     %016lx   ESR: %016lx\n", regs->sp, regs->esr);
    for (unsigned int i = 0; i < 30; i += 3)
        printk("X%-2u: %016lx   X%-2u: %016lx   X%-2u: %016lx\n", i, regs->x[i], i + 1,
               regs->x[i + 1], i + 2, regs->x[i + 2]);
    printk("X30: %016lx\n", regs->x[30]);
    printk("HCR_EL2: %016lx   VTTBR_EL2: %016lx   SCTLR_EL2: %016lx\n",
           (unsigned long)read_sysreg(hcr_el2), (unsigned long)read_sysreg(vttbr_el2),
           (unsigned long)read_sysreg(sctlr_el2));
    printk("FAR_EL2: %016lx   HPFAR_EL2: %016lx\n", (unsigned long)read_sysreg(far_el2),
           (unsigned long)read_sysreg(hpfar_el2));
}

/* Is @addr, of 8 bytes, within this CPU's stack, above its guard page? */
static bool on_stack(unsigned long addr)
{
    unsigned long top = ((unsigned long)get_cpu_info() | (STACK_SIZE - 1)) + 1;

    return IS_ALIGNED(addr, 8) && addr >= top - STACK_SIZE + PAGE_SIZE && addr <= top - 8;
}

void dump_backtrace(unsigned long fp, unsigned long pc)
{
    printk("Xen call trace:\n   [<%016lx>] %ps (PC)\n", pc, (void *)pc);
    for (unsigned int i = 0; i < TRACE_MAX && on_stack(fp) && on_stack(fp + 8); i++) {
        const unsigned long *frame = (const unsigned long *)fp;

        /* Of a call at a function's end the return address lies behind it. */
        if (!symbols_lookup(frame[1] - 1, NULL, NULL))
            break;
        printk("   [<%016lx>] %ps\n", frame[1], (void *)(frame[1] - 1));
        if (frame[0] <= fp)
            break;
        fp = frame[0];
    }
    printk("\n");
}

static void dump_stack(unsigned long sp)
{
    printk("Xen stack trace from sp=%016lx:\n  ", sp);
    for (unsigned int i = 0; i < STACK_LINES * 4 && on_stack(sp); i++, sp += 8) {
        if (i && i % 4 == 0)
            printk("\n  ");
        printk(" %016lx", *(const unsigned long *)sp);
    }
    printk("\n");
}

static void dump_state(const struct cpu_user_regs *regs)
{
    console_lock_recursive();
    printk("----[ Xen-%u.%u%s  arm64 ]----\n", XEN_MAJOR, XEN_MINOR, XEN_EXTRAVERSION);
    dump_regs(regs);
    if (!from_guest(regs)) {
        dump_stack(regs->sp);
        dump_backtrace(regs->x[29], regs->pc);
    }
    console_unlock_recursive();
}

noinline void port_dump_execution_state(void)
{
    struct cpu_user_regs regs = {.cpsr = PSR_MODE_EL2h};

    __asm__ volatile("adr %0, ." : "=r"(regs.pc));
    __asm__ volatile("mov %0, sp" : "=r"(regs.sp));
    regs.x[29] = (unsigned long)__builtin_frame_address(0);
    dump_state(&regs);
}

static void noreturn fatal(struct cpu_user_regs *regs, const char *what)
{
    local_irq_disable();
    console_start_sync();
    dump_state(regs);
    panic_no_dump("CPU%u: %s, ESR %08lx (class %02x), FAR %016lx\n", smp_processor_id(), what,
                  regs->esr, (unsigned int)ESR_EC(regs->esr), regs->far);
}

void trap_hyp_sync(struct cpu_user_regs *regs)
{
    fatal(regs, "Unexpected trap in the hypervisor");
}

void trap_hyp_serror(struct cpu_user_regs *regs)
{
    struct vcpu *owner = this_cpu(serror_owner);

    if (owner) {
        owner->arch.hcr_el2 |= HCR_VSE;
        write_sysreg(read_sysreg(hcr_el2) | HCR_VSE, hcr_el2);
        return;
    }
    fatal(regs, "SError in the hypervisor");
}

void trap_bad(struct cpu_user_regs *regs, unsigned int which)
{
    static const char *const name[] = {"synchronous", "IRQ", "FIQ", "SError"};

    printk("Trap by vector %u (%s)\n", which, name[which & 3]);
    fatal(regs, "Trap that cannot be");
}
