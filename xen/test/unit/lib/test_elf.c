/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <string.h>

#include <xen/lib/bytes.h>
#include <xen/lib/bzimage.h>
#include <xen/lib/elf.h>
#include <xen/lib/errno.h>

/* An image with one loadable segment and one of notes. */
struct image {
    Elf64_Ehdr eh;
    Elf64_Phdr ph[2];
    uint8_t text[32];
    uint8_t notes[512];
};

static size_t add_note(uint8_t *at, const char *name, uint32_t type, const void *desc, size_t len)
{
    size_t name_len = strlen(name) + 1, start = 12 + ((name_len + 3) & ~(size_t)3);

    put_le32(at, (uint32_t)name_len);
    put_le32(at + 4, (uint32_t)len);
    put_le32(at + 8, type);
    memcpy(at + 12, name, name_len);
    memcpy(at + start, desc, len);
    return start + ((len + 3) & ~(size_t)3);
}

static void make_image(struct image *im)
{
    uint64_t entry = 0xffffffff81000123, base = 0xffffffff80000000;
    uint64_t pairs[4] = {1, 1, 3, 2};
    uint32_t bits = 0x8801, p32 = 0x1000850;
    size_t n = 0;

    memset(im, 0, sizeof(*im));
    memcpy(im->eh.e_ident,
           "\x7f"
           "ELF\2\1\1",
           7);
    im->eh.e_type = ET_EXEC;
    im->eh.e_machine = EM_X86_64;
    im->eh.e_entry = 0x1000000;
    im->eh.e_phoff = offsetof(struct image, ph);
    im->eh.e_phentsize = sizeof(Elf64_Phdr);
    im->eh.e_phnum = 2;
    n += add_note(im->notes + n, "GNU", 1, "zzzz", 4);
    n += add_note(im->notes + n, "Xen", 1, &entry, 8);
    n += add_note(im->notes + n, "Xen", 3, &base, 8);
    n += add_note(im->notes + n, "Xen", 6, "linux", 6);
    n += add_note(im->notes + n, "Xen", 9, "yes,bimodal", 12);
    n += add_note(im->notes + n, "Xen", 10, "!writable_page_tables|pae_pgdir_above_4gb", 41);
    n += add_note(im->notes + n, "Xen", 13, pairs, 32);
    n += add_note(im->notes + n, "Xen", 17, &bits, 4);
    n += add_note(im->notes + n, "Xen", 18, &p32, 4);
    im->ph[0] = (Elf64_Phdr){.p_type = PT_LOAD,
                             .p_offset = offsetof(struct image, text),
                             .p_vaddr = 0x2000,
                             .p_paddr = 0x1000,
                             .p_filesz = 32,
                             .p_memsz = 48};
    im->ph[1] = (Elf64_Phdr){.p_type = PT_NOTE,
                             .p_offset = offsetof(struct image, notes),
                             .p_filesz = n,
                             .p_memsz = n,
                             .p_align = 4};
    memset(im->text, 0x90, sizeof(im->text));
}

static void xen_notes(void **state)
{
    static struct image im;
    struct elf_xen_info info;
    struct elf_image elf;

    (void)state;
    make_image(&im);
    assert_int_equal(elf_open(&elf, &im, sizeof(im)), 0);
    assert_int_equal(elf_xen_parse(&elf, &info), 0);
    assert_true(info.entry == 0xffffffff81000123 && info.virt_base == 0xffffffff80000000);
    assert_true(elf_xen_has(&info, 1) && !elf_xen_has(&info, 2) && elf_xen_has(&info, 18));
    assert_string_equal(info.guest_os, "linux");
    assert_int_equal(info.pae, ELF_XEN_PAE_BIMODAL);
    assert_int_equal(info.features_supported, 0x8811);
    assert_int_equal(info.features_required, 1);
    assert_int_equal(info.nr_l1_mfn_valid, 2);
    assert_int_equal(info.l1_mfn_valid[1].mask, 3);
    assert_int_equal(info.phys32_entry, 0x1000850);
    assert_false(info.features_unknown);
    im.ph[1].p_type = PT_NULL;
    assert_int_equal(elf_xen_parse(&elf, &info), -ENOENT);
}

static void loading(void **state)
{
    static struct image im;
    struct elf_image elf;
    uint64_t first, end;
    uint8_t mem[64];

    (void)state;
    make_image(&im);
    assert_int_equal(elf_open(&elf, &im, sizeof(im)), 0);
    assert_int_equal(elf_load_range(&elf, true, &first, &end), 0);
    assert_true(first == 0x1000 && end == 0x1030);
    assert_int_equal(elf_load_range(&elf, false, &first, &end), 0);
    assert_true(first == 0x2000 && end == 0x2030);
    memset(mem, 0xaa, sizeof(mem));
    assert_int_equal(elf_load(&elf, true, mem, 0x1000, 0x2f), -E2BIG);
    assert_int_equal(elf_load(&elf, true, mem, 0x1001, 0x40), -E2BIG);
    assert_int_equal(mem[0], 0xaa);
    assert_int_equal(elf_load(&elf, true, mem + 1, 0x1000, 0x30), 0);
    assert_true(mem[0] == 0xaa && mem[1] == 0x90 && mem[32] == 0x90 && mem[33] == 0 &&
                mem[48] == 0 && mem[49] == 0xaa);
}

static void bad_images(void **state)
{
    static struct image im;
    struct elf_image elf;
    struct elf_segment seg;
    uint64_t a, b;

    (void)state;
    make_image(&im);
    assert_int_equal(elf_open(&elf, "MZ", 2), -ENOENT);
    assert_int_equal(elf_open(&elf, &im, 63), -EINVAL);
    assert_int_equal(elf_open(&elf, &im, 100), -EINVAL);
    im.eh.e_phoff = UINT64_MAX;
    assert_int_equal(elf_open(&elf, &im, sizeof(im)), -EINVAL);
    make_image(&im);
    im.ph[0].p_offset = UINT64_MAX - 3;
    assert_int_equal(elf_open(&elf, &im, sizeof(im)), 0);
    assert_int_equal(elf_get_segment(&elf, 0, &seg), -EINVAL);
    assert_int_equal(elf_get_segment(&elf, 2, &seg), -EINVAL);
    make_image(&im);
    im.ph[0].p_memsz = 31;
    assert_int_equal(elf_load_range(&elf, true, &a, &b), -EINVAL);
    im.ph[0].p_memsz = UINT64_MAX;
    assert_int_equal(elf_load_range(&elf, true, &a, &b), -EINVAL);
}

static void feature_lists(void **state)
{
    uint32_t supported = 0, required = 0;

    (void)state;
    assert_int_equal(elf_xen_features("dom0|!supervisor_mode_kernel||hm", &supported, &required),
                     0);
    assert_true(supported == (1u << 11 | 1u << 3) && required == 1u << 3);
    assert_int_equal(elf_xen_features("!nonsense|direct_mapped", &supported, &required), -EINVAL);
    assert_true(supported >> 17 & 1);
    assert_int_equal(elf_xen_features("", &supported, &required), 0);
}

static void bzimage_bounds(void **state)
{
    static uint8_t im[4096];
    struct bzimage bz;

    (void)state;
    assert_int_equal(bzimage_parse(im, sizeof(im), &bz), -ENOENT);
    im[0x1fe] = 0x55;
    im[0x1ff] = 0xaa;
    memcpy(im + 0x202, "HdrS", 4);
    im[0x206] = 0x07;
    im[0x207] = 0x02;
    im[0x211] = 1;
    im[0x1f1] = 1;
    put_le32(im + 0x248, 0x100);
    put_le32(im + 0x24c, 4096 - 1024 - 0x100);
    assert_int_equal(bzimage_parse(im, sizeof(im), &bz), -EINVAL);
    im[0x206] = 0x0f;
    assert_int_equal(bzimage_parse(im, sizeof(im), &bz), 0);
    assert_ptr_equal(bz.payload, im + 1024 + 0x100);
    assert_int_equal(bz.payload_len, 4096 - 1024 - 0x100);
    assert_int_equal(bzimage_parse(im, sizeof(im) - 1, &bz), -EINVAL);
    put_le32(im + 0x24c, UINT32_MAX);
    assert_int_equal(bzimage_parse(im, sizeof(im), &bz), -EINVAL);
    put_le32(im + 0x248, UINT32_MAX);
    assert_int_equal(bzimage_parse(im, sizeof(im), &bz), -EINVAL);
    put_le32(im + 0x248, 0);
    put_le32(im + 0x24c, 0);
    assert_int_equal(bzimage_parse(im, sizeof(im), &bz), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xen_notes),      cmocka_unit_test(loading),
        cmocka_unit_test(bad_images),     cmocka_unit_test(feature_lists),
        cmocka_unit_test(bzimage_bounds),
    };

    return RUN_GROUP(tests);
}
