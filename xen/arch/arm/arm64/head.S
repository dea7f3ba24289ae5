/* SPDX-License-Identifier: MIT */
/*
 * From the boot loader to C, for the boot CPU and the others: EL2, MMU off, on to the final tables.
 * The image is linked for XEN_IMAGE_START and may lie at any machine address that is a multiple of
 * 2 MiB. Up to the jump to virtual addresses all code is in .text.header, of which the tables have
 * a second mapping at its machine address (table "ident").
 * Source: Linux, Documentation/arm64/booting.rst (header, entry state); Arm ARM D8.
 */
#include <asm/config.h>
#include <asm/layout.h>
#include <asm/sysregs.h>
#include <generated/asm-offsets.h>

#define NR_L3 (XEN_IMAGE_MAX >> 21)

#define ENTRY_TABLE  3
#define ENTRY_PAGE   0x743           /* valid page, normal write-back, inner shareable, AF, AP1 */
#define ENTRY_BLOCK_RO 0x7c1         /* the same as a block, read only ... */
#define ENTRY_XN_HI  (1 << (54 - 48)) /* ... and not executable */
#define PA_ALIGNMENT 0x1fffff
#define PE_ALIGN     0x1000

/* TCR_EL2: 48 bits, 4K, inner shareable, write-back walks; res1 bits 31 and 23. */
#define TCR_EL2_BASE 0x80803510

        .section .text.header, "ax"
        .globl _start_entry
_start_entry:
efi_magic:
        add     x13, x18, #0x16         /* its bytes are "MZ" */
        b       real_start
        .quad   0                       /* offset from a 2 MiB boundary */
        .quad   xen_image_bytes         /* memory that the image takes */
        .quad   0xa                     /* little endian, 4K pages, anywhere in memory */
        .quad   0
        .quad   0
        .quad   0
        .ascii  "ARM\x64"
        .long   pe_header - efi_magic

/* The same as a program for EFI. Source: PE format specification, PE32+. */
pe_header:
        .ascii  "PE\0\0"
        .short  0xaa64                  /* arm64 */
        .short  2                       /* sections */
        .long   0, 0, 0                 /* no time, no symbols */
        .short  pe_sections - pe_optional
        .short  0x206                   /* executable, no line numbers, no symbols */
pe_optional:
        .short  0x20b                   /* 64 bits */
        .short  0
        .long   pe_code_bytes
        .long   pe_data_bytes
        .long   0
        .long   pe_entry
        .long   PE_ALIGN                /* where code begins */
        .quad   0                       /* an address to be loaded at: any */
        .long   PE_ALIGN                /* of sections in memory ... */
        .long   PE_ALIGN                /* ... and in the file */
        .short  0, 0, 0, 0, 0, 0        /* versions */
        .long   0
        .long   xen_image_bytes
        .long   PE_ALIGN                /* headers */
        .long   0
        .short  10                      /* application for EFI */
        .short  0
        .quad   0, 0, 0, 0              /* stack and heap are the firmware's */
        .long   0
        .long   6                       /* directories, all empty */
        .quad   0, 0, 0, 0, 0, 0
pe_sections:
        .ascii  ".text\0\0\0"
        .long   pe_code_bytes, PE_ALIGN, pe_code_bytes, PE_ALIGN
        .long   0, 0, 0
        .long   0x60000020              /* code, read, execute */
        .ascii  ".data\0\0\0"
        .long   pe_data_memory, pe_data_start, pe_data_bytes, pe_data_start
        .long   0, 0, 0
        .long   0xc0000040              /* data, read, write */

/* x0: device tree's machine address */
real_start:
        msr     daifset, #0xf
        mov     x21, x0
        mrs     x0, CurrentEL
        cmp     x0, #(2 << 2)
        b.ne    dead
        adr     x19, efi_magic          /* machine address of the image */
        tst     x19, #PA_ALIGNMENT
        b.ne    dead
        ldr     x0, =XEN_IMAGE_START
        sub     x20, x19, x0            /* machine address minus virtual */

        bl      cpu_init_el2

        /* Clear .bss; caches are off, so what they have of it must not be written back later. */
        ldr     x0, =__bss_start
        ldr     x1, =__bss_end
        add     x0, x0, x20
        add     x1, x1, x20
        bl      invalidate_range
        ldr     x0, =__bss_start
        add     x0, x0, x20
1:      stp     xzr, xzr, [x0], #16
        cmp     x0, x1
        b.lo    1b

        bl      make_tables
        ldr     x0, =__bss_start
        ldr     x1, =__bss_end
        add     x0, x0, x20
        add     x1, x1, x20
        bl      invalidate_range

        ldr     x22, =boot_on_mmu
        b       enable_mmu

/* The others: x0 = number of the CPU. */
        .globl secondary_start
secondary_start:
        msr     daifset, #0xf
        mov     x21, x0
        adr     x19, efi_magic
        ldr     x0, =XEN_IMAGE_START
        sub     x20, x19, x0
        bl      cpu_init_el2
        ldr     x22, =secondary_on_mmu
        /* fall through */

/* To x22 (virtual), with the tables. x20: offset. */
enable_mmu:
        ldr     x0, =xen_root
        add     x0, x0, x20
        msr     ttbr0_el2, x0
        dsb     ish
        tlbi    alle2
        ic      iallu
        dsb     ish
        isb
        ldr     x0, =(SCTLR_EL2_RES1 | SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_I)
        msr     sctlr_el2, x0
        isb
        br      x22

/* Registers of EL2 that translation depends on. Clobbers x0-x3. */
cpu_init_el2:
        ldr     x0, =SCTLR_EL2_RES1     /* MMU and data cache off */
        msr     sctlr_el2, x0
        isb
        ldr     x0, =0x4404ff           /* MAIR_EL2_VALUE */
        msr     mair_el2, x0
        ldr     x0, =TCR_EL2_BASE
        mrs     x1, id_aa64mmfr0_el1
        and     x1, x1, #0xf            /* PARange */
        cmp     x1, #5                  /* 48 bits at most */
        mov     x2, #5
        csel    x1, x1, x2, ls
        orr     x0, x0, x1, lsl #16
        msr     tcr_el2, x0
        msr     hcr_el2, xzr
        ldr     x0, =CPTR_RES1
        msr     cptr_el2, x0
        msr     spsel, #1
        isb
        ret

/* Clean nothing, drop [x0, x1) from the data caches. x0, x2, x3 are used. */
invalidate_range:
        mrs     x2, ctr_el0
        ubfx    x2, x2, #16, #4
        mov     x3, #4
        lsl     x3, x3, x2
        dsb     sy
1:      dc      ivac, x0
        add     x0, x0, x3
        cmp     x0, x1
        b.lo    1b
        dsb     sy
        ret

/*
 * The tables are those of the hypervisor from now on; C code refines them. Here all of the image
 * is writable and executable. Clobbers x0-x7.
 */
make_tables:
        /* root -> l1 -> l2 -> l3[]: the image */
        ldr     x0, =xen_root
        add     x0, x0, x20
        ldr     x1, =xen_l1
        add     x1, x1, x20
        ldr     x2, =xen_l2
        add     x2, x2, x20
        ldr     x3, =xen_l3
        add     x3, x3, x20
        orr     x4, x1, #ENTRY_TABLE
        str     x4, [x0, #((XEN_IMAGE_START >> 39) * 8)]
        orr     x4, x2, #ENTRY_TABLE
        str     x4, [x1]
        mov     x5, #0
1:      add     x4, x3, x5, lsl #12
        orr     x4, x4, #ENTRY_TABLE
        str     x4, [x2, x5, lsl #3]
        add     x5, x5, #1
        cmp     x5, #NR_L3
        b.lo    1b
        mov     x4, #ENTRY_PAGE
        orr     x4, x4, x19
        ldr     x5, =_end
        add     x5, x5, x20
1:      str     x4, [x3], #8
        add     x4, x4, #0x1000
        cmp     x4, x5
        b.lo    1b

        /* The device tree: two blocks of 2 MiB, as it may lie across a boundary. */
        and     x4, x21, #~PA_ALIGNMENT
        mov     x5, #ENTRY_BLOCK_RO
        movk    x5, #ENTRY_XN_HI, lsl #48
        orr     x4, x4, x5
        add     x5, x2, #(((XEN_FDT_START >> 21) & 511) * 8)
        str     x4, [x5], #8
        add     x4, x4, #(1 << 21)
        str     x4, [x5]

        /* The first page where it is: root -> ident[0] -> ident[1] -> ident[2] */
        ldr     x1, =xen_ident
        add     x1, x1, x20
        ubfx    x4, x19, #39, #9
        orr     x5, x1, #ENTRY_TABLE
        str     x5, [x0, x4, lsl #3]
        mov     x6, #30
2:      lsr     x4, x19, x6
        and     x4, x4, #511
        add     x7, x1, #0x1000
        orr     x5, x7, #ENTRY_TABLE
        str     x5, [x1, x4, lsl #3]
        mov     x1, x7
        sub     x6, x6, #9
        cmp     x6, #12
        b.hi    2b
        ubfx    x4, x19, #12, #9
        mov     x5, #ENTRY_PAGE
        orr     x5, x5, x19
        str     x5, [x1, x4, lsl #3]
        ret

dead:
        wfe
        b       dead

        .ltorg
        .globl header_end
header_end:

        .section .text.entry, "ax"
boot_on_mmu:
        ldr     x0, =vectors
        msr     vbar_el2, x0
        msr     tpidr_el2, xzr
        ldr     x0, =(cpu0_stack + STACK_SIZE - CPUINFO_size)
        mov     sp, x0
        mov     x29, xzr
        mov     x30, xzr
        ldr     x0, =xen_phys_offset
        str     x20, [x0]
        isb
        mov     x0, x21
        bl      start_xen
        b       dead_mapped

secondary_on_mmu:
        ldr     x0, =vectors
        msr     vbar_el2, x0
        ldr     x0, =secondary_stack
        ldr     x1, [x0]
        mov     sp, x1
        ldr     x0, =secondary_percpu
        ldr     x1, [x0]
        msr     tpidr_el2, x1
        mov     x29, xzr
        mov     x30, xzr
        isb
        bl      start_secondary
dead_mapped:
        wfe
        b       dead_mapped

        .section .bss.page_aligned, "aw", %nobits
        .balign STACK_SIZE
        .globl cpu0_stack
cpu0_stack:
        .space  STACK_SIZE
        .globl xen_root
xen_root:
        .space  4096
xen_l1:
        .space  4096
xen_l2:
        .space  4096
xen_l3:
        .space  4096 * NR_L3
        .globl xen_ident
xen_ident:
        .space  4096 * 3
