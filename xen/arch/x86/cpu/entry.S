/* SPDX-License-Identifier: MIT */
/* A stub per vector, and the ways in and out they share. See asm/traps.h. */
#include <asm/config.h>
#include <asm/smap.h>
#include <generated/asm-offsets.h>

#define STUB_SIZE 16
#define FIRST_IRQ 0x20
#define VECTOR_GUEST_INT80 0x80 /* asm/apic.h */
/* Vectors for which the CPU pushes an error code. AMD APM vol 2, 8.2. */
#define HAS_ERROR_CODE(v)                                                                          \
    ((v) == 8 || ((v) >= 10 && (v) <= 14) || (v) == 17 || (v) == 21 || (v) == 29 || (v) == 30)
/* #DB, NMI, #DF, #MC have stacks of their own. */
#define HAS_IST(v) ((v) == 1 || (v) == 2 || (v) == 8 || (v) == 18)

        .section .text.entry, "ax", @progbits

.macro PUSH_ALL
        ASM_CLAC
        cld
        pushq   %rdi
        pushq   %rsi
        pushq   %rdx
        pushq   %rcx
        pushq   %rax
        pushq   %r8
        pushq   %r9
        pushq   %r10
        pushq   %r11
        pushq   %rbx
        pushq   %rbp
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
.endm

        .globl exception_stubs
        .hidden exception_stubs
        .balign STUB_SIZE
exception_stubs:
        .set    vec, 0
        .rept   256
        .balign STUB_SIZE
        .if     !HAS_ERROR_CODE(vec)
        pushq   $0
        .endif
        movl    $vec, 4(%rsp)
        .if     vec == VECTOR_GUEST_INT80
        jmp     int80_entry
        .elseif vec >= FIRST_IRQ
        jmp     irq_entry
        .elseif HAS_IST(vec)
        jmp     ist_entry
        .else
        jmp     exception_entry
        .endif
        .set    vec, vec + 1
        .endr

        .balign 64
irq_entry:
        PUSH_ALL
        movq    %rsp, %rdi
        call    do_IRQ
        testb   $3, REGS_cs(%rsp)
        jnz     ret_to_guest_tail
        jmp     return_to_xen

int80_entry:
        PUSH_ALL
        movq    %rsp, %rdi
        call    do_int80
        jmp     ret_to_guest_tail

        .balign 64
exception_entry:
        PUSH_ALL
call_handler:
        movq    %rsp, %rdi
        movl    REGS_entry_vector(%rsp), %eax
        leaq    exception_handlers(%rip), %rdx
        call    *(%rdx, %rax, 8)
        testb   $3, REGS_cs(%rsp)
        jnz     ret_to_guest_tail

return_to_xen:
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbp
        popq    %rbx
        popq    %r11
        popq    %r10
        popq    %r9
        popq    %r8
        popq    %rax
        popq    %rcx
        popq    %rdx
        popq    %rsi
        popq    %rdi
        addq    $8, %rsp
        iretq

        /* A guest's frame moves to where the others are; the hypervisor's stays. */
ist_entry:
        PUSH_ALL
        testb   $3, REGS_cs(%rsp)
        jz      call_handler
        movq    %rsp, %rsi
        movq    %rsp, %rdi
        orq     $(STACK_SIZE - 1), %rdi
        subq    $(CPUINFO_size - 1), %rdi
        /* In one step: rsp never points into struct cpu_info's second half. */
        movq    %rdi, %rsp
        movl    $(REGS_es / 8), %ecx
        rep movsq
        jmp     call_handler

        .section .note.GNU-stack, "", @progbits
