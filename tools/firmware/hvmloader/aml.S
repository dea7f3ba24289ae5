/* SPDX-License-Identifier: MIT */
/* Compiled tables. */
    .section .rodata, "a"

    .macro table name, file
    .globl aml_\name
    .balign 16
aml_\name:
    .incbin "\file"
    .endm

    table dsdt, "dsdt.aml"
    table ssdt_s3, "ssdt_s3.aml"
    table ssdt_s4, "ssdt_s4.aml"
    table ssdt_slate, "ssdt_slate.aml"

    .section .note.GNU-stack, "", @progbits
