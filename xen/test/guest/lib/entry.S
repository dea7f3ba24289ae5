/* SPDX-License-Identifier: MIT */
#include <public/elfnote.h>
#include <public/xen.h>

    .macro note type, value:vararg
    .pushsection .note.Xen, "a", @note
    .balign 4
    .long 4, 2f - 1f, \type
    .asciz "Xen"
1:  \value
2:  .balign 4
    .popsection
    .endm

    note XEN_ELFNOTE_GUEST_OS, .asciz "testguest"
    note XEN_ELFNOTE_GUEST_VERSION, .asciz "1"
    note XEN_ELFNOTE_XEN_VERSION, .asciz "xen-3.0"
    note XEN_ELFNOTE_LOADER, .asciz "generic"
    note XEN_ELFNOTE_VIRT_BASE, .quad 0xffffffff80000000
    note XEN_ELFNOTE_PADDR_OFFSET, .quad 0
    note XEN_ELFNOTE_ENTRY, .quad start
    note XEN_ELFNOTE_HYPERCALL_PAGE, .quad hypercall_page
    note XEN_ELFNOTE_FEATURES, .asciz "!writable_page_tables|pae_pgdir_above_4gb"
    note XEN_ELFNOTE_PAE_MODE, .asciz "yes"
    note XEN_ELFNOTE_HV_START_LOW, .quad __HYPERVISOR_VIRT_START

    .section .text.head, "ax"
    .globl start, hypercall_page
    .balign 4096
hypercall_page:
    .skip 4096

start:
    cld
    mov $boot_stack + 65536, %rsp
    mov %rsi, %rdi
    xor %ebp, %ebp
    call start_c
    ud2

    .text
/* long hypercall(nr, a1..a5): C's argument registers to the hypercall's, one to the left. */
    .globl hypercall
hypercall:
    mov %rdi, %rax
    mov %rsi, %rdi
    mov %rdx, %rsi
    mov %rcx, %rdx
    mov %r8, %r10
    mov %r9, %r8
    cmp $64, %rax
    jae 1f
    mov %eax, %ecx
    shl $5, %ecx
    add $hypercall_page, %rcx
    jmp *%rcx
1:  syscall
    ret

    .globl jmp_set, jmp_to
jmp_set:
    mov %rbx, 0(%rdi)
    mov %rbp, 8(%rdi)
    mov %r12, 16(%rdi)
    mov %r13, 24(%rdi)
    mov %r14, 32(%rdi)
    mov %r15, 40(%rdi)
    lea 8(%rsp), %rax
    mov %rax, 48(%rdi)
    mov (%rsp), %rax
    mov %rax, 56(%rdi)
    xor %eax, %eax
    ret
jmp_to:
    mov 0(%rdi), %rbx
    mov 8(%rdi), %rbp
    mov 16(%rdi), %r12
    mov 24(%rdi), %r13
    mov 32(%rdi), %r14
    mov 40(%rdi), %r15
    mov 48(%rdi), %rsp
    mov %esi, %eax
    cld
    jmp *56(%rdi)

/* Entries: the hypervisor pushed ss, rsp, rflags, cs, rip, perhaps an error code, r11, rcx. */
    .macro entry name, vector, has_error=0
    .globl \name
\name:
    pop %rcx
    pop %r11
    .if \has_error == 0
    push $0
    .endif
    push $\vector
    jmp entry_common
    .endm

entry_common:
    push %rdi
    push %rsi
    push %rdx
    push %rcx
    push %rax
    push %r8
    push %r9
    push %r10
    push %r11
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    cld
    mov %rsp, %rdi
    mov %rsp, %rbx
    and $-16, %rsp
    call trap_entry
    mov %rbx, %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    pop %r11
    pop %r10
    pop %r9
    pop %r8
    pop %rax
    pop %rcx
    pop %rdx
    pop %rsi
    pop %rdi
    add $8, %rsp
    movq $0, (%rsp) /* the iret frame's flags, in the error code's place */
    jmp hypercall_page + 32 * __HYPERVISOR_iret

    entry trap_0, 0
    entry trap_1, 1
    entry trap_2, 2
    entry trap_3, 3
    entry trap_4, 4
    entry trap_5, 5
    entry trap_6, 6
    entry trap_7, 7
    entry trap_8, 8, 1
    entry trap_9, 9
    entry trap_10, 10, 1
    entry trap_11, 11, 1
    entry trap_12, 12, 1
    entry trap_13, 13, 1
    entry trap_14, 14, 1
    entry trap_16, 16
    entry trap_17, 17, 1
    entry trap_18, 18
    entry trap_19, 19
    entry trap_80, 0x80
    entry entry_event, 0x100
    entry entry_syscall, 0x102

    .globl entry_failsafe
entry_failsafe:
    pop %rcx
    pop %r11
    add $32, %rsp /* ds, es, fs, gs: the ones that could not be loaded */
    push $0
    push $0x101
    jmp entry_common

/* void enter_user(rip, rsp, rflags, rax) */
    .globl enter_user, raw_iret
enter_user:
    pushq $FLAT_USER_SS64
    push %rsi
    push %rdx
    pushq $FLAT_USER_CS64
    push %rdi
    mov %rcx, %rax
    pushq $0
    jmp hypercall_page + 32 * __HYPERVISOR_iret

/* void raw_iret(frame): straight, with rsp at the frame. */
raw_iret:
    mov %rdi, %rsp
    mov $__HYPERVISOR_iret, %eax
    syscall
    ud2

    .section .bss.page, "aw", @nobits
    .balign 4096
    .globl boot_stack
boot_stack:
    .skip 65536
    .section .note.GNU-stack, "", @progbits
