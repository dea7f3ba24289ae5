/* SPDX-License-Identifier: MIT */
/* One flat image; sections of different protection begin on page boundaries. */
#include <asm/config.h>
#include <asm/layout.h>

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
    .note.gnu.build-id : {
        __note_build_id_start = .;
        KEEP(*(.note.gnu.build-id))
        __note_build_id_end = .;
        . = ALIGN(4096);
        _erodata = .;
    }

    .data : {
        _sdata = .;
        __ro_after_init_start = .;
        *(.data.ro_after_init)
        . = ALIGN(4096);
        __ro_after_init_end = .;
        __per_cpu_start = .;
        *(.data.percpu)
        . = ALIGN(4096);
        __per_cpu_end = .;
        *(.data .data.*)
        *(.got .got.plt)
        . = ALIGN(4096);
        _edata = .;
    }

    .init ALIGN(4096) : {
        _sinit = .;
        _sinittext = .;
        *(.init.text)
        . = ALIGN(4096);
        _einittext = .;
        *(.init.rodata .init.rodata.*)
        *(.init.data .init.data.*)
        . = ALIGN(8);
        __param_start = .;
        KEEP(*(.init.param))
        __param_end = .;
        __initcall_presmp_start = .;
        KEEP(*(.init.initcall_presmp))
        __initcall_presmp_end = .;
        __initcall_start = .;
        KEEP(*(.init.initcall))
        __initcall_end = .;
        . = ALIGN(64);
        __per_cpu_pristine = .;
        . += __per_cpu_end - __per_cpu_start;
        . = ALIGN(4096);
        _einit = .;
    }

    .bss (NOLOAD) : {
        __bss_start = .;
        *(.bss.page_aligned*)
        *(.bss .bss.* COMMON)
        . = ALIGN(4096);
        __bss_end = .;
    }
    _end = .;
    xen_image_bytes = ABSOLUTE(_end - _start);
    pe_entry = ABSOLUTE(efi_entry - _start);
    pe_code_bytes = ABSOLUTE(_etext - _start - 4096);
    pe_data_start = ABSOLUTE(_etext - _start);
    pe_data_bytes = ABSOLUTE(_einit - _etext);
    pe_data_memory = ABSOLUTE(_end - _etext);

    /DISCARD/ : {
        *(.eh_frame .eh_frame_hdr .comment .note.GNU-stack .note.gnu.property .dynamic .interp)
    }
    .debug_abbrev 0 : { *(.debug_abbrev) }
    .debug_info 0 : { *(.debug_info) }
    .debug_line 0 : { *(.debug_line) }
    .debug_line_str 0 : { *(.debug_line_str) }
    .debug_str 0 : { *(.debug_str) }
    .debug_str_offsets 0 : { *(.debug_str_offsets) }
    .debug_addr 0 : { *(.debug_addr) }
    .debug_loclists 0 : { *(.debug_loclists) }
    .debug_rnglists 0 : { *(.debug_rnglists) }
    .debug_aranges 0 : { *(.debug_aranges) }
    .debug_frame 0 : { *(.debug_frame) }
}

ASSERT(_end < XEN_IMAGE_START + XEN_IMAGE_MAX, "image too large")
ASSERT(_stext == _start, "the header comes first")
ASSERT(header_end - _start <= 4096, "one page is mapped at its machine address")
ASSERT((__per_cpu_pristine & 63) == 0, "alignment")
