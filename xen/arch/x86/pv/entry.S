/* SPDX-License-Identifier: MIT */
/*
 * SYSCALL and SYSENTER, and every way out to a guest.
 *
 * SYSCALL changes neither RSP nor GS. So each CPU has an entry stub of its own, which knows where
 * its CPU's stack is. Within a hypercall the callee-saved registers stay in the CPU: their slots
 * of the frame are filled only where the way out is not the fast one.
 */
#include <generated/asm-offsets.h>
#include <asm/config.h>
#include <asm/desc.h>
#include <asm/extable.h>

#define ERESTART      85
#define ENOSYS        38
#define NR_HYPERCALLS 64
#define STUB_SIZE     32
#define KERNEL_MODE   1 /* TF_KERNEL_MODE */

#define FRAME_TOP (CPUINFO_size - 1)

    .section .text.entry, "ax", @progbits

    /* Each CPU's own way to its stack. */
.macro SYSCALL_STUBS name, entry
    .globl \name
    .hidden \name
    .balign STUB_SIZE
\name:
    .set cpu, 0
    .rept NR_CPUS
    .balign STUB_SIZE
    movq %rsp, pv_syscall_sp + 8 * cpu(%rip)
    movq pv_syscall_stack + 8 * cpu(%rip), %rsp
    pushq $GUEST_DS32
    pushq pv_syscall_sp + 8 * cpu(%rip)
    jmp \entry
    .set cpu, cpu + 1
    .endr
.endm

    SYSCALL_STUBS pv_syscall_stubs, syscall_entry
    SYSCALL_STUBS pv_syscall32_stubs, syscall32_entry

    /* The caller-saved registers, from a frame pushed down to entry_vector; rsp: the frame. */
.macro SAVE_CALLER
    pushq %rdi
    pushq %rsi
    pushq %rdx
    pushq %rcx
    pushq %rax
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %r11
    subq $48, %rsp
.endm

.macro SAVE_CALLEE
    movq %rbx, REGS_rbx(%rsp)
    movq %rbp, REGS_rbp(%rsp)
    movq %r12, REGS_r12(%rsp)
    movq %r13, REGS_r13(%rsp)
    movq %r14, REGS_r14(%rsp)
    movq %r15, REGS_r15(%rsp)
.endm

    .balign 64
syscall_entry:
    pushq %r11
    pushq $GUEST_CS64
    pushq %rcx
    pushq $-1 /* ENTRY_SYSCALL */
    SAVE_CALLER
    movq CPUINFO_current(%rsp), %rcx
    testb $KERNEL_MODE, VCPU_arch_flags(%rcx)
    jz user_syscall
    cmpl $NR_HYPERCALLS, %eax
    jae bad_hypercall
    sti
    movq %r10, %rcx
    shll $4, %eax
    leaq hypercall_table(%rip), %r10
    movq (%r10, %rax), %rax
    testq %rax, %rax
    jz bad_hypercall
    call *%rax
    cmpq $-ERESTART, %rax
    je restart_hypercall
    movq %rax, REGS_rax(%rsp)

    /* Out by the fast way: nothing is pending, and the callee-saved registers are the guest's. */
hypercall_exit:
    cli
    movq CPUINFO_current(%rsp), %rcx
    movq CPUINFO_percpu(%rsp), %rdx
    leaq per_cpu__softirq_bits(%rip), %rax
    cmpq $0, (%rax, %rdx)
    jne hypercall_exit_slow
    /* Pending and unmasked: low byte not 0, high byte 0. */
    movq VCPU_vcpu_info(%rcx), %rdx
    movzwl VINFO_pending(%rdx), %edx
    decl %edx
    cmpl $0xff, %edx
    jb hypercall_exit_slow
    cmpb $0, VCPU_nmi_pending(%rcx)
    jne hypercall_exit_slow

    /* rsp: the frame; callee-saved registers are loaded, interrupts off. */
restore_caller:
    cmpl $0, REGS_entry_vector(%rsp)
    jns exit_by_iret
    /* SYSRET to an address that is not canonical would fault in our mode. */
    movq REGS_rip(%rsp), %rcx
    movq %rcx, %rax
    shlq $16, %rax
    sarq $16, %rax
    cmpq %rcx, %rax
    jne exit_by_iret
    movq REGS_rdi(%rsp), %rdi
    movq REGS_rsi(%rsp), %rsi
    movq REGS_rdx(%rsp), %rdx
    movq REGS_rax(%rsp), %rax
    movq REGS_r8(%rsp), %r8
    movq REGS_r9(%rsp), %r9
    movq REGS_r10(%rsp), %r10
    movq REGS_rflags(%rsp), %r11
    movq REGS_rsp(%rsp), %rsp
    sysretq

exit_by_iret:
    movq REGS_rdi(%rsp), %rdi
    movq REGS_rsi(%rsp), %rsi
    movq REGS_rdx(%rsp), %rdx
    movq REGS_rcx(%rsp), %rcx
    movq REGS_rax(%rsp), %rax
    movq REGS_r8(%rsp), %r8
    movq REGS_r9(%rsp), %r9
    movq REGS_r10(%rsp), %r10
    movq REGS_r11(%rsp), %r11
    addq $REGS_rip, %rsp
guest_iret:
    iretq
    ASM_EXTABLE(guest_iret, guest_iret_failed)

    /*
     * The guest's state was refused. All its registers but rsp, rip, flags, cs and ss are in the
     * CPU; those are where IRET found them.
     */
guest_iret_failed:
    pushq $0
    SAVE_CALLER
    SAVE_CALLEE
    sti
    movq %rsp, %rdi
    call pv_iret_failed
    jmp ret_to_guest_tail

hypercall_exit_slow:
    SAVE_CALLEE
    jmp exit_checks

bad_hypercall:
    movq $-ENOSYS, REGS_rax(%rsp)
    jmp hypercall_exit

restart_hypercall:
    call pv_hypercall_restarted
    jmp hypercall_exit

user_syscall:
    sti
    movq %rsp, %rdi
    call pv_user_syscall
    jmp hypercall_exit

    /* SYSCALL in 32-bit code. */
syscall32_entry:
    pushq %r11
    pushq $GUEST_CS32
    pushq %rcx
    pushq $0
    SAVE_CALLER
    sti
    movq %rsp, %rdi
    call pv_user_syscall32
    jmp hypercall_exit

    /* SYSENTER: rsp is &guest_regs.es. The caller's rip and rsp are not known. */
    .globl pv_sysenter_entry
    .hidden pv_sysenter_entry
pv_sysenter_entry:
    pushq $GUEST_DS32
    pushq $0
    pushfq
    orl $0x200, (%rsp)
    pushq $3
    pushq $0
    pushq $0
    pushq $2 /* NT would make our IRET fault */
    popfq
    SAVE_CALLER
    sti
    movq %rsp, %rdi
    call pv_user_sysenter
    jmp hypercall_exit

    /* The whole frame is in memory; rsp is anywhere on this CPU's stack. */
    .globl ret_to_guest_tail
    .hidden ret_to_guest_tail
    .balign 64
ret_to_guest_tail:
    /* In one step: an interrupt at an instruction between would push over struct cpu_info. */
    movq %rsp, %rax
    orq $(STACK_SIZE - 1), %rax
    leaq -FRAME_TOP(%rax), %rsp
exit_checks:
    cli
    movq CPUINFO_current(%rsp), %rcx
    movq CPUINFO_percpu(%rsp), %rdx
    leaq per_cpu__softirq_bits(%rip), %rax
    cmpq $0, (%rax, %rdx)
    jne exit_softirq
    cmpb $0, VCPU_nmi_pending(%rcx)
    jne exit_nmi
    movq VCPU_vcpu_info(%rcx), %rdx
    movzwl VINFO_pending(%rdx), %edx
    decl %edx
    cmpl $0xff, %edx
    jb exit_event
    movq REGS_rbx(%rsp), %rbx
    movq REGS_rbp(%rsp), %rbp
    movq REGS_r12(%rsp), %r12
    movq REGS_r13(%rsp), %r13
    movq REGS_r14(%rsp), %r14
    movq REGS_r15(%rsp), %r15
    jmp restore_caller

exit_softirq:
    sti
    call softirq_run
    jmp exit_checks

exit_event:
    sti
    movq %rsp, %rdi
    call pv_deliver_event
    jmp exit_checks

exit_nmi:
    sti
    movq %rsp, %rdi
    call pv_deliver_nmi
    jmp exit_checks

    /* unsigned int pv_load_selectors(ds, es, fs, gs): see private.h. */
    .globl pv_load_selectors
    .hidden pv_load_selectors
pv_load_selectors:
    xorl %eax, %eax
1:  movl %edi, %ds
2:  movl %esi, %es
3:  movl %edx, %fs
    /* A null GS may clear the base: of the guest kernel's, the one in use, set afterwards. */
4:  movl %ecx, %gs
    ret
11: orl $1, %eax
    xorl %edi, %edi
    jmp 1b
12: orl $2, %eax
    xorl %esi, %esi
    jmp 2b
13: orl $4, %eax
    xorl %edx, %edx
    jmp 3b
14: orl $8, %eax
    xorl %ecx, %ecx
    jmp 4b
    ASM_EXTABLE(1b, 11b)
    ASM_EXTABLE(2b, 12b)
    ASM_EXTABLE(3b, 13b)
    ASM_EXTABLE(4b, 14b)

    /* unsigned int pv_load_user_gs(sel): see private.h. */
    .globl pv_load_user_gs
    .hidden pv_load_user_gs
pv_load_user_gs:
    pushfq
    cli
    xorl %eax, %eax
    swapgs
5:  movl %edi, %gs
    swapgs
    popfq
    ret
15: incl %eax
    xorl %edi, %edi
    jmp 5b
    ASM_EXTABLE(5b, 15b)

    /* void pv_reset_stack_and_jump(fn): see private.h. */
    .globl pv_reset_stack_and_jump
    .hidden pv_reset_stack_and_jump
pv_reset_stack_and_jump:
    movq %rsp, %rax
    orq $(STACK_SIZE - 1), %rax
    leaq -FRAME_TOP(%rax), %rsp
    xorl %ebp, %ebp
    call *%rdi
    ud2

    .section .bss.pv_syscall, "aw", @nobits
    .globl pv_syscall_stack
    .hidden pv_syscall_stack
    .balign 64
pv_syscall_stack:
    .skip 8 * NR_CPUS
pv_syscall_sp:
    .skip 8 * NR_CPUS

    .section .note.GNU-stack, "", @progbits
