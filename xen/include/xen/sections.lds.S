/* SPDX-License-Identifier: MIT */
/* What the images of all ports have in their linker scripts. */
#ifndef XEN_SECTIONS_LDS_S
#define XEN_SECTIONS_LDS_S

#define BUILD_ID                                                                                   \
    .note.gnu.build-id : {                                                                         \
        __note_build_id_start = .;                                                                 \
        KEEP(*(.note.gnu.build-id))                                                                \
        __note_build_id_end = .;                                                                   \
        . = ALIGN(4096);                                                                           \
        _erodata = .;                                                                              \
    }

#define DATA                                                                                       \
    .data : {                                                                                      \
        _sdata = .;                                                                                \
        __ro_after_init_start = .;                                                                 \
        *(.data.ro_after_init)                                                                     \
        . = ALIGN(4096);                                                                           \
        __ro_after_init_end = .;                                                                   \
        __per_cpu_start = .;                                                                       \
        *(.data.percpu)                                                                            \
        . = ALIGN(4096);                                                                           \
        __per_cpu_end = .;                                                                         \
        *(.data .data.*)                                                                           \
        *(.got .got.plt)                                                                           \
        . = ALIGN(4096);                                                                           \
        _edata = .;                                                                                \
    }

/* @more: of the port's own. */
#define INIT(more)                                                                                 \
    .init ALIGN(4096) : {                                                                          \
        _sinit = .;                                                                                \
        _sinittext = .;                                                                            \
        *(.init.text)                                                                              \
        . = ALIGN(4096);                                                                           \
        _einittext = .;                                                                            \
        *(.init.rodata .init.rodata.*)                                                             \
        *(.init.data .init.data.*)                                                                 \
        . = ALIGN(8);                                                                              \
        __param_start = .;                                                                         \
        KEEP(*(.init.param))                                                                       \
        __param_end = .;                                                                           \
        __initcall_presmp_start = .;                                                               \
        KEEP(*(.init.initcall_presmp))                                                             \
        __initcall_presmp_end = .;                                                                 \
        __initcall_start = .;                                                                      \
        KEEP(*(.init.initcall))                                                                    \
        __initcall_end = .;                                                                        \
        more                                                                                       \
        . = ALIGN(64);                                                                             \
        __per_cpu_pristine = .;                                                                    \
        . += __per_cpu_end - __per_cpu_start;                                                      \
        . = ALIGN(4096);                                                                           \
        _einit = .;                                                                                \
    }

#define BSS                                                                                        \
    {                                                                                              \
        __bss_start = .;                                                                           \
        *(.bss.page_aligned*)                                                                      \
        *(.bss .bss.* COMMON)                                                                      \
        . = ALIGN(4096);                                                                           \
        __bss_end = .;                                                                             \
    }

#define DEBUG_INFO                                                                                 \
    /DISCARD/ : {                                                                                  \
        *(.eh_frame .eh_frame_hdr .comment .note.GNU-stack .note.gnu.property .dynamic .interp)    \
    }                                                                                              \
    .debug_abbrev 0 : { *(.debug_abbrev) }                                                         \
    .debug_info 0 : { *(.debug_info) }                                                             \
    .debug_line 0 : { *(.debug_line) }                                                             \
    .debug_line_str 0 : { *(.debug_line_str) }                                                     \
    .debug_str 0 : { *(.debug_str) }                                                               \
    .debug_str_offsets 0 : { *(.debug_str_offsets) }                                               \
    .debug_addr 0 : { *(.debug_addr) }                                                             \
    .debug_loclists 0 : { *(.debug_loclists) }                                                     \
    .debug_rnglists 0 : { *(.debug_rnglists) }                                                     \
    .debug_aranges 0 : { *(.debug_aranges) }                                                       \
    .debug_frame 0 : { *(.debug_frame) }

#endif
