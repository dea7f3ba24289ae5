/* SPDX-License-Identifier: MIT */
/* One flat image; sections of different protection begin on page boundaries. */
#include <asm/config.h>
#include <asm/layout.h>
#include <xen/sections.lds.S>

OUTPUT_FORMAT("elf64-littleaarch64")
OUTPUT_ARCH(aarch64)
ENTRY(_start)

SECTIONS
{
    . = XEN_IMAGE_START;
    _start = .;

    .text : {
        _stext = .;
        KEEP(*(.text.header))
        . = ALIGN(4096);
        KEEP(*(.text.vectors))
        *(.text.entry)
        KEEP(*(.text.efi))
        *(.text .text.[a-zA-Z0-9_]*)
        . = ALIGN(4096);
        _etext = .;
    }

    .rodata : {
        _srodata = .;
        *(.rodata .rodata.*)
        *(.data.rel.ro .data.rel.ro.*)
        . = ALIGN(8);
    }
    BUILD_ID
    DATA
    INIT()
    .bss (NOLOAD) : BSS
    _end = .;
    xen_image_bytes = ABSOLUTE(_end - _start);
    pe_entry = ABSOLUTE(efi_entry - _start);
    pe_code_bytes = ABSOLUTE(_etext - _start - 4096);
    pe_data_start = ABSOLUTE(_etext - _start);
    pe_data_bytes = ABSOLUTE(_einit - _etext);
    pe_data_memory = ABSOLUTE(_end - _etext);

    DEBUG_INFO
}

ASSERT(_end < XEN_IMAGE_START + XEN_IMAGE_MAX, "image too large")
ASSERT(_stext == _start, "the header comes first")
ASSERT(header_end - _start <= 4096, "one page is mapped at its machine address")
ASSERT((__per_cpu_pristine & 63) == 0, "alignment")
