/* SPDX-License-Identifier: MIT */
/*
 * From the loader (multiboot 1 or 2: 32 bits, flat, no paging) or the real-mode trampoline of an
 * application processor to C in 64 bits. The image runs at XEN_IMAGE_START + its physical
 * address. The page tables here are complete at link time; mm_boot_init() replaces them.
 */
#include <asm/config.h>
#include <asm/layout.h>
#include <asm/desc.h>
#include <generated/asm-offsets.h>

#define PHYS(sym) ((sym) - XEN_IMAGE_START)

#define MB1_MAGIC 0x1badb002
#define MB1_FLAGS 0x3 /* modules on page boundaries; memory map */
#define MB2_MAGIC 0xe85250d6

#define BOOT_CS32 0x08
#define BOOT_CS64 0x10
#define BOOT_DS   0x18

#define MSR_EFER 0xc0000080

        .section .text.header, "ax", @progbits
        .balign 8
/* Multiboot 0.6.96, 3.1.1 */
        .long MB1_MAGIC, MB1_FLAGS, -(MB1_MAGIC + MB1_FLAGS)

        .balign 8
/* Multiboot 2, 3.1 */
mb2_header:
        .long MB2_MAGIC, 0, mb2_header_end - mb2_header
        .long -(MB2_MAGIC + 0 + (mb2_header_end - mb2_header))
        /* Information wanted: basic memory, memory map. */
        .short 1, 0
        .long 16
        .long 4, 6
        .balign 8
        /* Modules on page boundaries. */
        .short 6, 0
        .long 8
        .balign 8
        /* End. */
        .short 0, 0
        .long 8
mb2_header_end:

        .code32
        .globl start32
start32:
        cli
        cld
        mov     %eax, PHYS(boot_magic)
        mov     %ebx, PHYS(boot_info_phys)
        mov     $PHYS(boot_stack32_end), %esp

        /* Not every loader clears what lies behind the file's end. */
        mov     $PHYS(__bss_start), %edi
        mov     $PHYS(__bss_end), %ecx
        sub     %edi, %ecx
        shr     $2, %ecx
        xor     %eax, %eax
        rep stosl

        mov     $0x80000000, %eax
        cpuid
        cmp     $0x80000001, %eax
        jb      no_long_mode
        mov     $0x80000001, %eax
        cpuid
        bt      $29, %edx
        jnc     no_long_mode

        lgdtl   PHYS(boot_gdtr)
        ljmp    $BOOT_CS32, $PHYS(enter_long_mode)

/* Boot and application processors alike. Flat 32-bit segments of boot_gdt. */
        .globl ap_start32
ap_start32:
        mov     $1, %ebp
        jmp     1f
enter_long_mode:
        xor     %ebp, %ebp
1:      mov     $BOOT_DS, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %ss
        xor     %eax, %eax
        mov     %eax, %fs
        mov     %eax, %gs
        lldt    %ax

        mov     %cr4, %eax
        or      $0x20, %eax /* PAE */
        mov     %eax, %cr4
        mov     $PHYS(boot_l4), %eax
        mov     %eax, %cr3

        mov     $0x80000001, %eax
        cpuid
        mov     %edx, %edi
        mov     $MSR_EFER, %ecx
        rdmsr
        or      $0x101, %eax /* LME, SCE */
        bt      $20, %edi
        jnc     2f
        or      $0x800, %eax /* NXE */
2:      wrmsr

        mov     $0x80010033, %eax /* PG WP NE ET MP PE */
        mov     %eax, %cr0
        ljmp    $BOOT_CS64, $PHYS(start64)

no_long_mode:
        mov     $PHYS(no_long_mode_text), %esi
        mov     $0xb8000, %edi
        mov     $0x0f, %ah
3:      lodsb
        test    %al, %al
        jz      4f
        stosw
        jmp     3b
4:      hlt
        jmp     4b
no_long_mode_text:
        .asciz "Xen: this processor has no 64-bit mode."

        .code64
start64:
        movabs  $start64_high, %rax
        jmp     *%rax
start64_high:
        lgdt    boot_gdtr_high(%rip)
        xor     %eax, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %ss
        test    %ebp, %ebp
        jnz     5f

        lea     cpu0_stack + STACK_SIZE - CPUINFO_size(%rip), %rsp
        push    $0
        popf
        mov     boot_magic(%rip), %edi
        mov     boot_info_phys(%rip), %esi
        xor     %ebp, %ebp
        push    $0
        push    $0
        call    start_xen
        ud2

/* Its stack may lie above what the boot tables map. */
5:      mov     $PHYS(idle_l4), %eax
        mov     %rax, %cr3
        mov     ap_stack_top(%rip), %rsp
        push    $0
        popf
        xor     %ebp, %ebp
        push    $0
        push    $0
        call    start_secondary
        ud2

        .section .rodata.trampoline, "a", @progbits
/* Copied to a page below 1 MiB; entered with CS = page / 16, IP = 0. */
        .code16
        .globl trampoline_start, trampoline_end
trampoline_start:
        cli
        cld
        mov     %cs, %ax
        mov     %ax, %ds
        lgdtl   tramp_gdtr - trampoline_start
        mov     %cr0, %eax
        or      $1, %al
        mov     %eax, %cr0
        ljmpl   *(tramp_far - trampoline_start)
        .balign 4
tramp_far:
        .long   PHYS(ap_start32)
        .short  BOOT_CS32
        .balign 4
tramp_gdtr:
        .short  boot_gdt_end - boot_gdt - 1
        .long   PHYS(boot_gdt)
trampoline_end:
        .code64

        .data
        .balign 8
boot_gdt:
        .quad   0
        .quad   0x00cf9b000000ffff /* code, 32 bits */
        .quad   0x00af9b000000ffff /* code, 64 bits */
        .quad   0x00cf93000000ffff /* data */
boot_gdt_end:
        .balign 4
        .short  0
boot_gdtr:
        .short  boot_gdt_end - boot_gdt - 1
        .long   PHYS(boot_gdt)
        .balign 8
        .short  0, 0, 0
boot_gdtr_high:
        .short  boot_gdt_end - boot_gdt - 1
        .quad   boot_gdt
boot_magic:
        .long   0
boot_info_phys:
        .long   0
        .balign 8
        .space  64
boot_stack32_end:
        .globl  ap_stack_top
ap_stack_top:
        .quad   0

#define TABLE   0x63 /* present, writable, accessed, dirty */
#define LARGE   0xe3 /* the same, 2 MiB */
#define L4_SLOT(va) (((va) >> 39) & 511)
#define L3_SLOT(va) (((va) >> 30) & 511)

        .balign 4096
        .globl boot_l4
boot_l4:
        .quad   PHYS(boot_l3) + TABLE
        .org    boot_l4 + 8 * L4_SLOT(XEN_IMAGE_START)
        .quad   PHYS(boot_l3_image) + TABLE
        .org    boot_l4 + 8 * L4_SLOT(DIRECTMAP_START)
        .quad   PHYS(boot_l3) + TABLE
        .org    boot_l4 + 4096
boot_l3:
        .irp    n, 0, 1, 2, 3
        .quad   PHYS(boot_l2) + \n * 4096 + TABLE
        .endr
        .org    boot_l3 + 4096
boot_l3_image:
        .org    boot_l3_image + 8 * L3_SLOT(XEN_IMAGE_START)
        .quad   PHYS(boot_l2) + TABLE
        .org    boot_l3_image + 4096
boot_l2:
        .set    ma, 0
        .rept   4 * 512
        .quad   ma + LARGE
        .set    ma, ma + 0x200000
        .endr

        .bss
        .balign STACK_SIZE
        .globl cpu0_stack
cpu0_stack:
        .space  STACK_SIZE

        .section .note.GNU-stack, "", @progbits
