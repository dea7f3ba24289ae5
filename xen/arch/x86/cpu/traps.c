/* SPDX-License-Identifier: MIT */
/* Exceptions: a guest's go to the PV code, ours are repaired or are the end. */
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/percpu.h>
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/extable.h>
#include <asm/traps.h>
#include "private.h"

static DEFINE_PER_CPU(unsigned long, guest_fault_addr);

unsigned long pagefault_addr(void)
{
    return this_cpu(guest_fault_addr);
}

static const char *const trap_names[] = {
    [TRAP_DE] = "#DE", [TRAP_DB] = "#DB", [TRAP_NMI] = "NMI", [TRAP_BP] = "#BP", [TRAP_OF] = "#OF",
    [TRAP_BR] = "#BR", [TRAP_UD] = "#UD", [TRAP_NM] = "#NM",  [TRAP_DF] = "#DF", [TRAP_TS] = "#TS",
    [TRAP_NP] = "#NP", [TRAP_SS] = "#SS", [TRAP_GP] = "#GP",  [TRAP_PF] = "#PF", [TRAP_MF] = "#MF",
    [TRAP_AC] = "#AC", [TRAP_MC] = "#MC", [TRAP_XM] = "#XM",  [TRAP_CP] = "#CP",
};

const char *trap_name(unsigned int vector)
{
    return vector < ARRAY_SIZE(trap_names) && trap_names[vector] ? trap_names[vector] : "???";
}

static bool fix_up(struct cpu_user_regs *regs)
{
    unsigned long to = extable_find(regs->rip);

    if (to)
        regs->rip = to;
    return to;
}

static void from_guest(struct cpu_user_regs *regs)
{
    local_irq_enable();
    if (!pv_handle_exception(regs, regs->entry_vector))
        domain_crash(current->domain, "unexpected trap %u (%s) [ec=%04x]\n", regs->entry_vector,
                     trap_name(regs->entry_vector), regs->error_code);
}

static void do_trap(struct cpu_user_regs *regs)
{
    if (guest_mode(regs))
        from_guest(regs);
    else if (!fix_up(regs))
        fatal_trap(regs);
}

static void do_page_fault(struct cpu_user_regs *regs)
{
    unsigned long addr = read_cr2();

    if (guest_mode(regs)) {
        this_cpu(guest_fault_addr) = addr;
        from_guest(regs);
    } else if (!mm_fixup_fault(addr, regs) && !fix_up(regs)) {
        fatal_trap(regs);
    }
}

/*
 * A guest's breakpoint on data that a copy touched, or single step over SYSCALL: not ours. Nor is
 * it the next one's, who would find the conditions added to his own.
 */
static void do_debug(struct cpu_user_regs *regs)
{
    if (guest_mode(regs)) {
        from_guest(regs);
        return;
    }
    regs->rflags &= ~EFLAGS_TF;
    write_dr6(DR6_DEFAULT);
}

void do_int80(struct cpu_user_regs *regs)
{
    local_irq_enable();
    pv_handle_int80(regs);
}

static void do_fatal(struct cpu_user_regs *regs)
{
    fatal_trap(regs);
}

exception_fn *const exception_handlers[32] = {
    [TRAP_DE] = do_trap,  [TRAP_DB] = do_debug, [TRAP_NMI] = do_nmi,       [TRAP_BP] = do_trap,
    [TRAP_OF] = do_trap,  [TRAP_BR] = do_trap,  [TRAP_UD] = do_trap,       [TRAP_NM] = do_trap,
    [TRAP_DF] = do_fatal, [9] = do_fatal,       [TRAP_TS] = do_trap,       [TRAP_NP] = do_trap,
    [TRAP_SS] = do_trap,  [TRAP_GP] = do_trap,  [TRAP_PF] = do_page_fault, [15] = do_fatal,
    [TRAP_MF] = do_trap,  [TRAP_AC] = do_trap,  [TRAP_MC] = do_mce,        [TRAP_XM] = do_trap,
    [20] = do_fatal,      [TRAP_CP] = do_fatal, [22 ... 31] = do_fatal,
};
