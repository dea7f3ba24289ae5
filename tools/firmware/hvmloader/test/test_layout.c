/* SPDX-License-Identifier: MIT */
/* The map of memory, PCI ranges, memory types: who has which address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../e820.h"
#include "../layout.h"
#include "../mtrr.h"
#include "../pci_place.h"

static struct e820_map map;

static void check_order(void)
{
    for (unsigned int i = 0; i < map.nr; i++) {
        assert_true(map.entry[i].size > 0);
        if (i)
            assert_true(map.entry[i].addr >= map.entry[i - 1].addr + map.entry[i - 1].size);
    }
}

static uint32_t type_at(uint64_t addr)
{
    for (unsigned int i = 0; i < map.nr; i++)
        if (addr >= map.entry[i].addr && addr - map.entry[i].addr < map.entry[i].size)
            return map.entry[i].type;
    return 0;
}

static struct e820_shape shape(void)
{
    return (struct e820_shape){.low_end = 0x10000000,
                               .high_end = FOUR_GIB,
                               .rom_start = ROM_START,
                               .nvs_end = AREA_ADDR + 0xb000};
}

/* What the stock firmware reports for a guest of 256 MiB. */
static void a_small_guest(void **state)
{
    static const struct e820_entry wanted[] = {
        {0, 0xa0000, E820_RAM},
        {0xc0000, 0x40000, E820_RESERVED},
        {0x100000, 0xff00000, E820_RAM},
        {0xfc000000, 0xb000, E820_NVS},
        {0xfc00b000, 0x3ff5000, E820_RESERVED},
    };
    struct e820_shape s = shape();

    (void)state;
    e820_build(&map, &s);
    assert_int_equal(map.nr, 5);
    assert_memory_equal(map.entry, wanted, sizeof(wanted));
}

static void high_memory_and_given_ranges(void **state)
{
    static const struct e820_entry given[] = {
        {0x100000, 0xff00000, E820_RAM},         /* ours says it */
        {0xe0000000, 0x2000, E820_RESERVED},     /* in the hole */
        {0xfbfff000, 0x2000, E820_RESERVED},     /* half of it is ours */
        {0x17ffff000, 0x2000, E820_RESERVED},    /* at the end of high RAM */
        {0xfffff000, 0, E820_RESERVED},          /* empty */
        {UINT64_MAX - 1, 0x2000, E820_RESERVED}, /* wraps */
    };
    struct e820_shape s = shape();

    (void)state;
    s.high_end = 0x180000000;
    s.given = given;
    s.nr_given = 6;
    e820_build(&map, &s);
    check_order();
    assert_int_equal(type_at(0xe0000000), E820_RESERVED);
    assert_int_equal(type_at(0xe0002000), 0);
    assert_int_equal(type_at(0xfbfff000), E820_RESERVED);
    assert_int_equal(type_at(0xfc000000), E820_NVS);
    assert_int_equal(type_at(0x17ffff000), E820_RAM);
    assert_int_equal(type_at(0x180000000), E820_RESERVED);
    assert_int_equal(type_at(0x180001000), 0);
    assert_int_equal(type_at(0xa0000), 0);
}

static void maps_have_no_overlaps(void **state)
{
    struct e820_entry given[200];
    struct e820_shape s = shape();

    (void)state;
    srand(1);
    for (int round = 0; round < 200; round++) {
        for (int i = 0; i < 200; i++)
            given[i] = (struct e820_entry){(uint64_t)(rand() & 0x3ffff) << 15,
                                           (uint64_t)(rand() & 0xfff) << 13, E820_RESERVED};
        s.given = given;
        s.nr_given = (unsigned int)rand() % 200;
        s.high_end = FOUR_GIB + ((uint64_t)(rand() & 0xffff) << 12);
        e820_build(&map, &s);
        check_order();
        assert_true(map.nr <= E820_MAX);
        assert_int_equal(type_at(0x200000), E820_RAM);
    }
}

/* PCI. */

static const struct pci_windows windows = {
    .io = {0xc000, 0x10000}, .mem = {0xf0000000, 0xfc000000}, .high = {0x140000000, 0x1140000000}};

static void each_device_has_its_range(void **state)
{
    struct pci_bar b[] = {
        {.devfn = 0x10, .reg = 0x10, .kind = BAR_IO, .size = 0x100},
        {.devfn = 0x10, .reg = 0x14, .kind = BAR_MEM, .size = 0x1000000},
        {.devfn = 0x09, .reg = 0x20, .kind = BAR_IO, .size = 0x10},
        {.devfn = 0x18, .reg = 0x10, .kind = BAR_MEM, .size = 0x2000000},
        {.devfn = 0x18, .reg = 0x14, .kind = BAR_MEM64, .size = 0x1000},
        {.devfn = 0x18, .reg = 0x30, .kind = BAR_MEM, .size = 0x10000},
    };

    (void)state;
    assert_int_equal(pci_place(b, 6, &windows), 0);
    assert_int_equal(b[0].addr, 0xf0000000); /* the greatest */
    assert_int_equal(b[1].addr, 0xf2000000);
    assert_int_equal(b[2].addr, 0xf3000000);
    assert_int_equal(b[3].addr, 0xf3010000);
    assert_int_equal(b[4].addr, 0xc000);
    assert_int_equal(b[5].addr, 0xc100);
}

static void large_ones_go_up_or_nowhere(void **state)
{
    struct pci_bar b[] = {
        {.reg = 0x10, .kind = BAR_MEM64, .size = 0x40000000},
        {.reg = 0x18, .kind = BAR_MEM, .size = 0x10000000},
        {.reg = 0x1c, .kind = BAR_MEM64, .size = 1ull << 45},
        {.reg = 0x20, .kind = BAR_IO, .size = 0x8000},
        {.reg = 0x24, .kind = BAR_MEM, .size = 0x1000},
    };

    (void)state;
    assert_int_equal(pci_place(b, 5, &windows), 3);
    assert_int_equal(b[0].addr, 0);           /* 1 << 45 */
    assert_int_equal(b[1].addr, 0x140000000); /* 1 GiB */
    assert_int_equal(b[2].addr, 0);           /* 256 MiB, of 32 bits */
    assert_int_equal(b[3].addr, 0);           /* ports */
    assert_int_equal(b[4].addr, 0xf0000000);
}

static void ranges_of_others_are_left_out(void **state)
{
    static const struct e820_entry given[] = {{0xf0800000, 0x1000, E820_RESERVED},
                                              {0xf0000000, 0x10000, E820_RESERVED},
                                              {0x100000, 0xf0000000, E820_RAM}};
    struct pci_windows w = windows;
    struct pci_bar b[] = {{.kind = BAR_MEM, .size = 0x1000000}, {.kind = BAR_MEM, .size = 0x100}};

    (void)state;
    w.given = given;
    w.nr_given = 3;
    assert_int_equal(pci_place(b, 2, &w), 0);
    assert_int_equal(b[0].addr, 0xf1000000);
    assert_int_equal(b[1].addr, 0xf2000000);
    /* All up to the end of addresses. */
    w.given = (const struct e820_entry[]){{0x1000, UINT64_MAX - 0x2000, E820_RESERVED}};
    w.nr_given = 1;
    assert_int_equal(pci_place(b, 2, &w), 2);
}

static void the_window_grows(void **state)
{
    struct pci_bar b[4] = {{.kind = BAR_MEM, .size = 0x1000000}};

    (void)state;
    assert_int_equal(pci_window_start(b, 1, AREA_ADDR), 0xf0000000);
    b[1] = (struct pci_bar){.kind = BAR_MEM, .size = 0x10000000};
    assert_int_equal(pci_window_start(b, 2, AREA_ADDR), 0xe0000000);
    b[2] = (struct pci_bar){.kind = BAR_IO, .size = 0x80000000};
    assert_int_equal(pci_window_start(b, 3, AREA_ADDR), 0xe0000000);
    b[2] = (struct pci_bar){.kind = BAR_MEM64, .size = 1ull << 40}; /* no hope: it goes up */
    assert_int_equal(pci_window_start(b, 3, AREA_ADDR), 0xe0000000);
    b[3] = (struct pci_bar){.kind = BAR_MEM, .size = 0x80000000};
    assert_int_equal(pci_window_start(b, 4, AREA_ADDR), PCI_WINDOW_MIN);
}

/* Memory types. */

static void ranges_are_split_for_registers(void **state)
{
    struct mtrr_range p[8];

    (void)state;
    assert_int_equal(mtrr_split(p, 8, (struct pci_range){0xf0000000, 0xfc000000}), 2);
    assert_int_equal(p[0].start, 0xf0000000);
    assert_int_equal(p[0].size, 0x8000000);
    assert_int_equal(p[1].start, 0xf8000000);
    assert_int_equal(p[1].size, 0x4000000);
    assert_int_equal(mtrr_split(p, 8, (struct pci_range){0x80000000, 0xfc000000}), 5);
    assert_int_equal(mtrr_split(p, 3, (struct pci_range){0x80000000, 0xfc000000}), 3);
    assert_int_equal(mtrr_split(p, 0, (struct pci_range){0x80000000, 0xfc000000}), 0);
    assert_int_equal(mtrr_split(p, 8, (struct pci_range){0x1000, 0x1000}), 0);
    assert_int_equal(mtrr_split(p, 8, (struct pci_range){0x1000, 0x4000}), 2);
    assert_int_equal(p[1].start, 0x2000);
    assert_int_equal(p[1].size, 0x2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_guest),
        cmocka_unit_test(high_memory_and_given_ranges),
        cmocka_unit_test(maps_have_no_overlaps),
        cmocka_unit_test(each_device_has_its_range),
        cmocka_unit_test(large_ones_go_up_or_nowhere),
        cmocka_unit_test(ranges_of_others_are_left_out),
        cmocka_unit_test(the_window_grows),
        cmocka_unit_test(ranges_are_split_for_registers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
