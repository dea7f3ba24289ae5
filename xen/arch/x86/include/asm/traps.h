/* SPDX-License-Identifier: MIT */
/* Exceptions: from entry stub to handler. */
#ifndef ASM_TRAPS_H
#define ASM_TRAPS_H

#include <public/xen.h>
#include <xen/types.h>

/*
 * Every vector enters through a stub which pushes struct cpu_user_regs and calls
 * exception_handlers[vector] (0 to 31), do_int80() or do_IRQ(), interrupts off. Frames from ring 3
 * are guest_cpu_user_regs(), also those of NMI, #MC and #DB, which arrive on stacks of their own;
 * then the stub jumps to ret_to_guest_tail with %rsp at the frame. Frames from ring 0 are returned
 * to by IRET.
 */
typedef void exception_fn(struct cpu_user_regs *regs);
extern exception_fn *const exception_handlers[32];

/* INT 0x80 of a guest: the one software interrupt with a gate of its own. */
void do_int80(struct cpu_user_regs *regs);

/* Is the frame a guest's? */
static inline bool guest_mode(const struct cpu_user_regs *regs)
{
    return regs->cs & 3;
}

/*
 * Port PV: an exception that a guest took, interrupts on (off for NMI, #MC). True where it was
 * dealt with (emulated, or bounced to the guest); false: the caller crashes the domain.
 * For #PF, current's CR2 is in @regs' CPU still (read_cr2(), read before interrupts went on:
 * pagefault_addr()).
 */
bool pv_handle_exception(struct cpu_user_regs *regs, unsigned int vector);
/* Port PV: INT 0x80, interrupts on, rip behind it: to the guest's table, or #GP. */
void pv_handle_int80(struct cpu_user_regs *regs);
/* The address of the page fault being handled on this CPU; read at entry. */
unsigned long pagefault_addr(void);
/*
 * A page fault in the hypervisor at @addr that can be repaired (the LDT of current not yet
 * mapped): true, the instruction is tried again. Interrupts as they were.
 */
bool mm_fixup_fault(unsigned long addr, struct cpu_user_regs *regs);

/* Registers, stack and backtrace of a frame. */
void show_execution_state(const struct cpu_user_regs *regs);
void show_registers(const struct cpu_user_regs *regs);
const char *trap_name(unsigned int vector);
/* A fatal trap or NMI: dump and stop the machine. */
void fatal_trap(const struct cpu_user_regs *regs) __attribute__((__noreturn__));
/* NMI for a purpose of ours (watchdog, stopping CPUs): true where it was one. */
typedef bool nmi_fn(const struct cpu_user_regs *regs);
void nmi_set_callback(nmi_fn *fn); /* NULL: none */

#endif
