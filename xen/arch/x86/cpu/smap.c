/* SPDX-License-Identifier: MIT */
#include <xen/kernel.h>
#include <asm/setup.h>
#include <asm/smap.h>

struct smap_site {
    int32_t at; /* from here */
    uint32_t kind;
};
extern const struct smap_site __smap_sites_start[], __smap_sites_end[];

void __init smap_patch_code(void)
{
    if (!opt_smap)
        return;
    for (const struct smap_site *s = __smap_sites_start; s < __smap_sites_end; s++) {
        uint8_t *insn = (uint8_t *)((unsigned long)&s->at + (long)s->at);

        insn[0] = 0x0f;
        insn[1] = 0x01;
        insn[2] = (uint8_t)s->kind;
    }
}
