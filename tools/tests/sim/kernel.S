/* SPDX-License-Identifier: MIT */
/* What xl.cfg names as the kernel: nobody runs it, xen-sim's script takes its place. */
#include <xen/elfnote.h>

    .section .note.Xen, "a", @note
.macro note type, kind:vararg
    .balign 4
    .long 4, 2f - 1f, \type
    .asciz "Xen"
1:  \kind
2:  .balign 4
.endm
    note XEN_ELFNOTE_GUEST_OS, .asciz "sim"
    note XEN_ELFNOTE_GUEST_VERSION, .asciz "1"
    note XEN_ELFNOTE_XEN_VERSION, .asciz "xen-3.0"
    note XEN_ELFNOTE_VIRT_BASE, .quad 0xffffffff80000000
    note XEN_ELFNOTE_PADDR_OFFSET, .quad 0xffffffff80000000
    note XEN_ELFNOTE_ENTRY, .quad _start
    note XEN_ELFNOTE_HYPERCALL_PAGE, .quad hypercall_page
    note XEN_ELFNOTE_LOADER, .asciz "generic"
    note XEN_ELFNOTE_FEATURES, .asciz ""
    note XEN_ELFNOTE_SUSPEND_CANCEL, .long 1

    .text
    .balign 4096
    .globl _start, hypercall_page
_start:
    hlt
    .balign 4096
hypercall_page:
    .skip 4096
