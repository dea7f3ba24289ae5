/* SPDX-License-Identifier: MIT */
/*
 * Entry, as arch-x86/hvm/start_info.h says: 32-bit protected mode, flat segments, no paging, no
 * stack; ebx has the address of struct hvm_start_info. Changes of mode: Intel SDM vol 3A, 9.9.
 */
#include "layout.h"

#define CR0_PE 1

    .section .start, "ax"
    .code32
    .globl _start
_start:
    cli
    cld
    lgdt gdt_pointer
    ljmp $SEL_CODE32, $1f
1:  mov $SEL_DATA32, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %fs
    mov %eax, %gs
    mov %eax, %ss
    mov $stack_end, %esp
    mov $bss_start, %edi
    mov $bss_end, %ecx
    sub %edi, %ecx
    xor %eax, %eax
    rep stosb
    push %ebx
    call hvmloader_main
    ud2

    .text
ap_start32:
    mov $SEL_DATA32, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    mov $ap_stack_end, %esp
    cld
    call ap_main
2:  cli
    hlt
    jmp 2b

    .globl enter_real_mode
enter_real_mode:
    mov $SEL_DATA16, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %fs
    mov %eax, %gs
    mov %eax, %ss
    ljmp $SEL_CODE16, $REAL_MODE_ADDR

    .section .rodata, "a"
    .code16
    .globl ap_start, ap_start_end
ap_start:
    cli
    mov $REAL_MODE_SEGMENT, %ax
    mov %ax, %ds
    lgdtl ap_gdt_pointer - ap_start
    mov %cr0, %eax
    or $CR0_PE, %al
    mov %eax, %cr0
    ljmpl $SEL_CODE32, $ap_start32
ap_gdt_pointer:
    .word gdt_end - gdt - 1
    .long gdt
ap_start_end:

/* In 16-bit protected mode, whose code segment begins at 0. */
    .globl bios_start, bios_start_end
bios_start:
    mov %cr0, %eax
    and $~CR0_PE, %al
    mov %eax, %cr0
    ljmp $REAL_MODE_SEGMENT, $3f - bios_start
3:  mov %cs, %ax
    mov %ax, %ds
    lidtl bios_idt_pointer - bios_start
    xor %eax, %eax
    mov %ax, %ds
    mov %ax, %es
    mov %ax, %fs
    mov %ax, %gs
    mov %ax, %ss
    mov %eax, %esp
    mov %eax, %ebx
    mov %eax, %ecx
    mov %eax, %edx
    mov %eax, %esi
    mov %eax, %edi
    mov %eax, %ebp
    ljmp $0xf000, $0xfff0 /* where CPUs begin */
bios_idt_pointer:
    .word 0x3ff
    .long 0
bios_start_end:

    .balign 8
gdt:
    .quad 0
    .quad 0x00cf9b000000ffff /* SEL_CODE32 */
    .quad 0x00cf93000000ffff /* SEL_DATA32 */
    .quad 0x00009b000000ffff /* SEL_CODE16 */
    .quad 0x000093000000ffff /* SEL_DATA16 */
gdt_end:
gdt_pointer:
    .word gdt_end - gdt - 1
    .long gdt

    .bss
    .balign 16
    .skip 0x4000
stack_end:
    .skip 0x1000
ap_stack_end:

    .section .note.GNU-stack, "", @progbits
