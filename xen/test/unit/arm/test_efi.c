/* SPDX-License-Identifier: MIT */
/* efi/stub.c against a firmware of ours: what it hands over, and what it does when refused. */
#include "arm_test.h"

#include <asm/efi.h>

#include "../../../arch/arm/efi/efi.h"

#define BLOCK  MB(2)
#define ENTRY  48U /* bytes of the firmware's descriptors: more than the 40 that we know */
#define NR_MAP 7U

/* The image, as the linker script would say it: something, and .bss behind. */
char image_bytes[8192];
__asm__(".globl image_einit, image_end, efi_handover\n"
        ".set image_einit, image_bytes + 6144\n.set image_end, image_bytes + 8192\n"
        ".set efi_handover, image_bytes + 1024\n");

static struct firmware {
    unsigned int level, exits_refused, exits, maps;
    bool no_pages;
    char *memory; /* allocated, not aligned */
    uint32_t fdt[2];
    const char *options;
    uint16_t wide[64];
    struct efi_loaded_image image;
    struct efi_boot_services boot;
    struct efi_config_table tables[2];
    struct efi_system_table table;
    struct efi_text_output out;
    unsigned int lines;
} fw;
static jmp_buf left;
static struct efi_handover *handed;
static char *entered;

static const struct {
    uint32_t type;
    uint64_t start, pages, attribute;
} map[NR_MAP] = {
    {EFI_CONVENTIONAL, 0x40000000, 16, EFI_MEMORY_WB},
    {EFI_BOOT_DATA, 0x40010000, 16, EFI_MEMORY_WB},
    {6, 0x40020000, 16, EFI_MEMORY_WB}, /* runtime data */
    {EFI_LOADER_CODE, 0x40030000, 16, EFI_MEMORY_WB},
    {EFI_CONVENTIONAL, 0x50000000, 1, 1},                             /* not to be cached */
    {EFI_CONVENTIONAL, 0x60000000, UINT64_C(1) << 41, EFI_MEMORY_WB}, /* nonsense */
    {11, 0x09000000, 1, EFI_MEMORY_WB},                               /* a device */
};

unsigned int efi_exception_level(void)
{
    return fw.level;
}

void efi_leave(const void *fdt, void *copy, uint64_t bytes)
{
    assert_ptr_equal(fdt, fw.fdt);
    assert_int_equal(bytes, 8192);
    entered = copy;
    longjmp(left, 1);
}

static efi_status_t allocate_pages(uint32_t how, uint32_t type, uint64_t pages, uint64_t *at)
{
    assert_int_equal(how, EFI_ANY_ADDRESS);
    assert_int_equal(type, EFI_LOADER_CODE);
    assert_int_equal(pages, BLOCK / 4096 + 2);
    if (fw.no_pages)
        return EFI_ERROR(9);
    fw.memory = test_malloc(2 * BLOCK + 4096);
    *at = ((uint64_t)fw.memory + 4095) & ~UINT64_C(4095);
    return EFI_SUCCESS;
}

static efi_status_t get_memory_map(uint64_t *bytes, void *at, uint64_t *key, uint64_t *entry_bytes,
                                   uint32_t *version)
{
    *entry_bytes = ENTRY;
    *key = ++fw.maps;
    *version = 1;
    if (*bytes < NR_MAP * ENTRY) {
        *bytes = NR_MAP * ENTRY;
        return EFI_ERROR(5);
    }
    for (unsigned int i = 0; i < NR_MAP; i++) {
        *(struct efi_memory_descriptor *)((char *)at + i * ENTRY) =
            (struct efi_memory_descriptor){.type = map[i].type,
                                           .start = map[i].start,
                                           .pages = map[i].pages,
                                           .attribute = map[i].attribute};
    }
    *bytes = NR_MAP * ENTRY;
    return EFI_SUCCESS;
}

static char pool[16384] __attribute__((aligned(16)));
static efi_status_t allocate_pool(uint32_t type, uint64_t bytes, void **at)
{
    assert_true(bytes <= sizeof(pool));
    *at = pool;
    return EFI_SUCCESS;
}

static efi_status_t handle_protocol(void *handle, const struct efi_guid *which, void **interface)
{
    assert_ptr_equal(handle, &fw);
    *interface = &fw.image;
    return fw.options ? EFI_SUCCESS : EFI_UNSUPPORTED;
}

static efi_status_t exit_boot_services(void *image, uint64_t key)
{
    fw.exits++;
    if (fw.exits <= fw.exits_refused)
        return EFI_ERROR(2);
    assert_int_equal(key, fw.maps); /* of the newest map */
    return EFI_SUCCESS;
}

static efi_status_t output(struct efi_text_output *self, const uint16_t *text)
{
    fw.lines++;
    return EFI_SUCCESS;
}

static void firmware_start(const char *options)
{
    fw = (struct firmware){.level = 2, .fdt = {0xedfe0dd0}, .options = options};
    for (unsigned int i = 0; options && options[i]; i++)
        fw.wide[i] = (uint8_t)options[i];
    fw.image = (struct efi_loaded_image){.options_bytes = sizeof(fw.wide), .options = fw.wide};
    fw.boot = (struct efi_boot_services){.allocate_pages = allocate_pages,
                                         .get_memory_map = get_memory_map,
                                         .allocate_pool = allocate_pool,
                                         .handle_protocol = handle_protocol,
                                         .exit_boot_services = exit_boot_services};
    fw.tables[0] = (struct efi_config_table){{1, 2, 3, {4}}, &fw};
    fw.tables[1] = (struct efi_config_table){
        {0xb1b621d5, 0xf19c, 0x41a5, {0x83, 0x0b, 0xd9, 0x15, 0x2c, 0x69, 0xaa, 0xe0}}, fw.fdt};
    fw.out.output = output;
    fw.table = (struct efi_system_table){
        .out = &fw.out, .boot = &fw.boot, .nr_tables = 2, .tables = fw.tables};
    for (unsigned int i = 0; i < sizeof(image_bytes); i++)
        image_bytes[i] = (char)(i < 1024 ? i * 7 : 0);
    handed = NULL;
    entered = NULL;
}

/* The error that the firmware gets back, or 0 where the copy was entered. */
static efi_status_t run(void)
{
    if (setjmp(left) == 0)
        return efi_stub(&fw, &fw.table);
    handed = (struct efi_handover *)(entered + 1024);
    return 0;
}

static void firmware_stop(void)
{
    test_free(fw.memory);
}

static void memory_and_words_go_along(void **state)
{
    firmware_start("console=dtuart \001dom0_mem=1G");
    assert_int_equal(run(), 0);
    assert_int_equal((uint64_t)entered % BLOCK, 0);
    assert_memory_equal(entered, image_bytes, 1024);
    assert_true(handed->present);
    assert_false(handed->truncated);
    assert_string_equal(handed->cmdline, "console=dtuart dom0_mem=1G");
    assert_int_equal(handed->memory.nr, 2);
    assert_int_equal(handed->memory.r[0].start, 0x40000000);
    assert_int_equal(handed->memory.r[0].size, 0x20000);
    assert_int_equal(handed->memory.r[1].start, 0x40030000);
    assert_int_equal(handed->memory.r[1].size, 0x10000);
    /* The image itself is as it was: whoever loaded it may start it again. */
    assert_false(((struct efi_handover *)(image_bytes + 1024))->present);
    firmware_stop();
}

static void a_stale_map_is_read_again(void **state)
{
    firmware_start(NULL);
    fw.exits_refused = 2;
    assert_int_equal(run(), 0);
    assert_int_equal(fw.exits, 3);
    assert_string_equal(handed->cmdline, "");
    assert_int_equal(handed->memory.nr, 2);
    firmware_stop();
    firmware_start(NULL);
    fw.exits_refused = 100;
    assert_int_equal(run(), EFI_ERROR(2));
    assert_null(entered);
    firmware_stop();
}

static void what_is_missing_is_said(void **state)
{
    firmware_start(NULL);
    fw.level = 1;
    assert_int_equal(run(), EFI_UNSUPPORTED);
    assert_int_equal(fw.lines, 1);
    firmware_start(NULL);
    fw.table.nr_tables = 1;
    assert_int_equal(run(), EFI_NOT_FOUND);
    assert_int_equal(fw.lines, 1);
    firmware_start(NULL);
    fw.fdt[0] = 0;
    assert_int_equal(run(), EFI_NOT_FOUND);
    firmware_start(NULL);
    fw.no_pages = true;
    assert_int_equal(run(), EFI_NO_MEMORY);
    assert_int_equal(fw.exits, 0);
}

static void long_words_are_cut(void **state)
{
    static uint16_t many[3000];

    firmware_start("x");
    for (unsigned int i = 0; i < 3000; i++)
        many[i] = 'a';
    fw.image.options = many;
    fw.image.options_bytes = sizeof(many);
    assert_int_equal(run(), 0);
    assert_int_equal(handed->cmdline[sizeof(handed->cmdline) - 2], 'a');
    assert_int_equal(handed->cmdline[sizeof(handed->cmdline) - 1], 0);
    firmware_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_and_words_go_along),
        cmocka_unit_test(a_stale_map_is_read_again),
        cmocka_unit_test(what_is_missing_is_said),
        cmocka_unit_test(long_words_are_cut),
    };
    return RUN_GROUP(tests);
}
