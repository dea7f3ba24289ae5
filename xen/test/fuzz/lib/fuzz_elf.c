/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <xen/lib/elf.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void load(const struct elf_image *elf, bool physical)
{
    uint64_t first, end;
    uint8_t *mem;

    if (elf_load_range(elf, physical, &first, &end) || end - first > 1 << 16)
        return;
    mem = malloc(end - first);
    if (elf_load(elf, physical, mem, first, end - first) && false)
        abort();
    free(mem);
}

static void sections(const struct elf_image *elf)
{
    for (unsigned int i = 0; i < elf->sh_nr; i++) {
        struct elf_section s;

        if (elf_get_section(elf, i, &s) == 0 && strlen(elf_section_name(elf, &s)) > elf->len)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct elf_xen_info info;
    struct elf_image elf;
    uint8_t *copy = malloc(size ? size : 1);

    memcpy(copy, data, size);
    if (elf_open(&elf, copy, size) == 0) {
        load(&elf, false);
        load(&elf, true);
        sections(&elf);
        if (elf_xen_parse(&elf, &info) == 0 && !info.present)
            abort();
    }
    free(copy);
    return 0;
}
