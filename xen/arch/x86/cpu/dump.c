/* SPDX-License-Identifier: MIT */
/* Registers, stacks and backtraces, for people. */
#include <xen/console.h>
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/port/cpu.h>
#include <xen/symbols.h>
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/desc.h>
#include <asm/traps.h>

#define STACK_LINES 12
#define TRACE_MAX   48

static const char *context_name(const struct cpu_user_regs *regs)
{
    return guest_mode(regs) ? "guest" : "hypervisor";
}

void show_registers(const struct cpu_user_regs *regs)
{
    const struct vcpu *v = current;

    printk("CPU:    %u\n", smp_processor_id());
    printk("RIP:    %04x:[<%016lx>]", regs->cs, regs->rip);
    if (!guest_mode(regs))
        printk(" %ps", (void *)regs->rip);
    printk("\nRFLAGS: %016lx   CONTEXT: %s", regs->rflags, context_name(regs));
    if (v && !is_idle_vcpu(v))
        printk(" (d%dv%u)", v->domain->domain_id, v->vcpu_id);
    printk("\nrax: %016lx   rbx: %016lx   rcx: %016lx\n", regs->rax, regs->rbx, regs->rcx);
    printk("rdx: %016lx   rsi: %016lx   rdi: %016lx\n", regs->rdx, regs->rsi, regs->rdi);
    printk("rbp: %016lx   rsp: %016lx   r8:  %016lx\n", regs->rbp, regs->rsp, regs->r8);
    printk("r9:  %016lx   r10: %016lx   r11: %016lx\n", regs->r9, regs->r10, regs->r11);
    printk("r12: %016lx   r13: %016lx   r14: %016lx\n", regs->r12, regs->r13, regs->r14);
    printk("r15: %016lx   cr0: %016lx   cr4: %016lx\n", regs->r15, read_cr0(), read_cr4());
    printk("cr3: %016lx   cr2: %016lx\n", read_cr3(), read_cr2());
    printk("fsb: %016lx   gsb: %016lx   gss: %016lx\n", rdmsr(MSR_FS_BASE), rdmsr(MSR_GS_BASE),
           rdmsr(MSR_KERNEL_GS_BASE));
    printk("ss: %04x   cs: %04x\n", regs->ss, regs->cs);
}

/* Is @addr, of 8 bytes, within this CPU's stack pages? */
static bool on_stack(unsigned long addr)
{
    unsigned long top = ((unsigned long)get_cpu_info() | (STACK_SIZE - 1)) + 1;

    return IS_ALIGNED(addr, 8) && addr >= top - STACK_SIZE && addr <= top - 8;
}

static void show_stack(unsigned long rsp)
{
    printk("Xen stack trace from rsp=%016lx:\n  ", rsp);
    for (unsigned int i = 0; i < STACK_LINES * 4 && on_stack(rsp); i++, rsp += 8) {
        if (i && i % 4 == 0)
            printk("\n  ");
        printk(" %016lx", *(const unsigned long *)rsp);
    }
    printk("\n");
}

static void show_trace(unsigned long rip, unsigned long rbp)
{
    printk("Xen call trace:\n   [<%016lx>] R %ps\n", rip, (void *)rip);
    for (unsigned int i = 0; i < TRACE_MAX && on_stack(rbp) && on_stack(rbp + 8); i++) {
        const unsigned long *frame = (const unsigned long *)rbp;

        /* Of a call at a function's end the return address lies behind it. */
        if (!symbols_lookup(frame[1] - 1, NULL, NULL))
            break;
        printk("   [<%016lx>] F %ps\n", frame[1], (void *)(frame[1] - 1));
        if (frame[0] <= rbp)
            break;
        rbp = frame[0];
    }
    printk("\n");
}

void show_execution_state(const struct cpu_user_regs *regs)
{
    console_lock_recursive();
    printk("----[ Xen-%u.%u%s  x86_64 ]----\n", XEN_MAJOR, XEN_MINOR, XEN_EXTRAVERSION);
    show_registers(regs);
    if (!guest_mode(regs)) {
        show_stack(regs->rsp);
        show_trace(regs->rip, regs->rbp);
    }
    console_unlock_recursive();
}

noinline void port_dump_execution_state(void)
{
    struct cpu_user_regs regs = {
        .rbp = (unsigned long)__builtin_frame_address(0),
        .cs = XEN_CS64,
        .rflags = local_save_flags(),
    };

    __asm__ volatile("lea 0(%%rip), %0" : "=r"(regs.rip));
    __asm__ volatile("mov %%rsp, %0" : "=r"(regs.rsp));
    show_execution_state(&regs);
}

void fatal_trap(const struct cpu_user_regs *regs)
{
    unsigned int vector = regs->entry_vector;

    local_irq_disable();
    console_start_sync();
    show_execution_state(regs);
    if (vector == TRAP_PF)
        printk("Faulting linear address: %016lx\n", read_cr2());
    panic_no_dump("FATAL TRAP: vector = %u (%s)\n[error_code=%04x]\n", vector, trap_name(vector),
                  regs->error_code);
}
