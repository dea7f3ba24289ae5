/* SPDX-License-Identifier: MIT */
/* One flat image; sections of different protection begin on page boundaries. */
#include <asm/config.h>
#include <asm/layout.h>
#include <xen/sections.lds.S>

OUTPUT_FORMAT("elf64-x86-64")
OUTPUT_ARCH(i386:x86-64)
ENTRY(_start)

SECTIONS
{
    . = XEN_IMAGE_START + XEN_LOAD_ADDR;
    _start = .;

    .text : {
        _stext = .;
        KEEP(*(.text.header))
        *(.text.entry)
        *(.text .text.[a-zA-Z0-9_]*)
        . = ALIGN(4096);
        _etext = .;
    }

    .rodata : {
        _srodata = .;
        *(.rodata .rodata.*)
        *(.data.rel.ro .data.rel.ro.*)
        . = ALIGN(8);
        __ex_table_start = .;
        KEEP(*(.ex_table))
        __ex_table_end = .;
    }
    BUILD_ID
    DATA
    INIT(__smap_sites_start = .;
         KEEP(*(.init.smap_sites))
         __smap_sites_end = .;)
    .bss : BSS
    _end = .;

    DEBUG_INFO
}

ASSERT(_end < XEN_IMAGE_START + 0x10000000, "image too large")
ASSERT(_stext == _start, "the header comes first")
