/* SPDX-License-Identifier: MIT */
/*
 * STAC and CLAC where the CPU has SMAP and it is in use: three-byte nops until
 * smap_patch_code() writes the instructions, once, on the boot CPU before the text is read-only.
 */
#ifndef ASM_SMAP_H
#define ASM_SMAP_H

#ifdef __ASSEMBLY__
/* clang-format off */
#define SMAP_SITE(kind)                                                                            \
    661: .byte 0x0f, 0x1f, 0x00;                                                                   \
    .pushsection .init.smap_sites, "a";                                                            \
    .balign 4;                                                                                     \
    .long 661b - ., kind;                                                                          \
    .popsection
/* clang-format on */
#define ASM_CLAC SMAP_SITE(0xca)
#define ASM_STAC SMAP_SITE(0xcb)
#else
#define SMAP_SITE(kind)                                                                            \
    "661: .byte 0x0f, 0x1f, 0x00\n"                                                                \
    ".pushsection .init.smap_sites, \"a\"\n"                                                       \
    ".balign 4\n"                                                                                  \
    ".long 661b - ., " kind "\n"                                                                   \
    ".popsection\n"
#define ASM_CLAC SMAP_SITE("0xca")
#define ASM_STAC SMAP_SITE("0xcb")

/* Let us touch user pages, and no more. */
static inline void stac(void)
{
    __asm__ volatile(ASM_STAC ::: "memory", "cc");
}
static inline void clac(void)
{
    __asm__ volatile(ASM_CLAC ::: "memory", "cc");
}
void smap_patch_code(void);
#endif

#endif
