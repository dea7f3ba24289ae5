/* SPDX-License-Identifier: MIT */
/* The device tree of an arm64 guest, read back by libfdt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "arm/fdt.h"

#define ROOM 32768u

static const struct arm_fdt guest = {
    .cmdline = "console=hvc0",
    .nr_vcpus = 18,
    .gic_v3 = true,
    .has_initrd = true,
    .initrd_start = 0x142345000,
    .initrd_end = 0x142346001,
    .bank = {{0x40000000, 0xc0000000}, {0x200000000, 0x10000000}},
};

static void *make(const struct arm_fdt *t)
{
    void *fdt = malloc(ROOM);

    assert_non_null(fdt);
    assert_int_equal(arm_fdt_make(t, fdt, ROOM), 0);
    assert_int_equal(fdt_check_full(fdt, fdt_totalsize(fdt)), 0);
    return fdt;
}

static const void *prop(const void *fdt, const char *path, const char *name, int len)
{
    int at = fdt_path_offset(fdt, path), got;
    const void *p;

    assert_true(at >= 0);
    p = fdt_getprop(fdt, at, name, &got);
    assert_non_null(p);
    assert_int_equal(got, len);
    return p;
}

/* All cells of a property, and no more. */
static void expect_cells(const void *fdt, const char *path, const char *name, const uint32_t *want,
                         unsigned int nr)
{
    const fdt32_t *p = prop(fdt, path, name, (int)(nr * 4));

    for (unsigned int i = 0; i < nr; i++)
        assert_int_equal(fdt32_to_cpu(p[i]), want[i]);
}
#define EXPECT_CELLS(fdt, path, name, ...)                                                         \
    expect_cells((fdt), (path), (name), (const uint32_t[]){__VA_ARGS__},                           \
                 sizeof((const uint32_t[]){__VA_ARGS__}) / 4)

static bool has(const void *fdt, const char *path)
{
    return fdt_path_offset(fdt, path) >= 0;
}

static void the_kernel_is_told_its_command_line_and_ram_disk(void **state)
{
    void *fdt = make(&guest);

    (void)state;
    assert_string_equal(prop(fdt, "/chosen", "bootargs", 13), "console=hvc0");
    EXPECT_CELLS(fdt, "/chosen", "linux,initrd-start", 1, 0x42345000);
    EXPECT_CELLS(fdt, "/chosen", "linux,initrd-end", 1, 0x42346001);
    free(fdt);
}

static void there_is_no_ram_disk_unless_there_is_one(void **state)
{
    struct arm_fdt t = guest;
    void *fdt;

    (void)state;
    t.has_initrd = false;
    t.cmdline = NULL;
    fdt = make(&t);
    assert_null(fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), "linux,initrd-start", NULL));
    assert_null(fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), "bootargs", NULL));
    free(fdt);
}

static void each_bank_is_a_node_and_an_empty_one_none(void **state)
{
    struct arm_fdt t = guest;
    void *fdt = make(&t);

    (void)state;
    EXPECT_CELLS(fdt, "/memory@40000000", "reg", 0, 0x40000000, 0, 0xc0000000);
    EXPECT_CELLS(fdt, "/memory@200000000", "reg", 2, 0, 0, 0x10000000);
    free(fdt);
    t.bank[1].size = 0;
    fdt = make(&t);
    assert_false(has(fdt, "/memory@200000000"));
    free(fdt);
}

static void vcpus_are_in_clusters_of_16(void **state)
{
    void *fdt = make(&guest);

    (void)state;
    EXPECT_CELLS(fdt, "/cpus/cpu@0", "reg", 0);
    EXPECT_CELLS(fdt, "/cpus/cpu@f", "reg", 0xf);
    EXPECT_CELLS(fdt, "/cpus/cpu@101", "reg", 0x101);
    assert_false(has(fdt, "/cpus/cpu@102"));
    assert_string_equal(prop(fdt, "/cpus/cpu@101", "enable-method", 5), "psci");
    free(fdt);
}

static void the_interrupt_controller_is_the_hypervisors(void **state)
{
    struct arm_fdt t = guest;
    void *fdt = make(&t);

    (void)state;
    assert_string_equal(prop(fdt, "/interrupt-controller@3001000", "compatible", 11), "arm,gic-v3");
    EXPECT_CELLS(fdt, "/interrupt-controller@3001000", "reg", 0, 0x03001000, 0, 0x10000, 0,
                 0x03020000, 0, 0x01000000);
    free(fdt);
    t.gic_v3 = false;
    fdt = make(&t);
    EXPECT_CELLS(fdt, "/interrupt-controller@3001000", "reg", 0, 0x03001000, 0, 0x1000, 0,
                 0x03002000, 0, 0x2000);
    EXPECT_CELLS(fdt, "/interrupt-controller@3001000", "phandle", 1);
    EXPECT_CELLS(fdt, "/", "interrupt-parent", 1);
    free(fdt);
}

static void timers_and_events_have_their_interrupts(void **state)
{
    struct arm_fdt t = guest;
    void *fdt = make(&t);

    (void)state;
    EXPECT_CELLS(fdt, "/timer", "interrupts", 1, 13, 0xf08, 1, 14, 0xf08, 1, 11, 0xf08);
    EXPECT_CELLS(fdt, "/hypervisor", "interrupts", 1, 15, 0xf08);
    EXPECT_CELLS(fdt, "/hypervisor", "reg", 0, 0x38000000, 0, 0x01000000);
    assert_null(fdt_getprop(fdt, fdt_path_offset(fdt, "/timer"), "clock-frequency", NULL));
    free(fdt);
    t.clock_hz = 62500000;
    fdt = make(&t);
    EXPECT_CELLS(fdt, "/timer", "clock-frequency", 62500000);
    free(fdt);
}

/* Whatever the room: an error, or a whole tree, and nothing behind its end. */
static void too_little_room_is_an_error(void **state)
{
    void *fdt = make(&guest);
    size_t need = fdt_totalsize(fdt);

    (void)state;
    free(fdt);
    for (size_t room = 0; room < need; room += 61) {
        void *buf = malloc(room ? room : 1);

        assert_non_null(buf);
        assert_int_equal(arm_fdt_make(&guest, buf, room), -FDT_ERR_NOSPACE);
        free(buf);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_kernel_is_told_its_command_line_and_ram_disk),
        cmocka_unit_test(there_is_no_ram_disk_unless_there_is_one),
        cmocka_unit_test(each_bank_is_a_node_and_an_empty_one_none),
        cmocka_unit_test(vcpus_are_in_clusters_of_16),
        cmocka_unit_test(the_interrupt_controller_is_the_hypervisors),
        cmocka_unit_test(timers_and_events_have_their_interrupts),
        cmocka_unit_test(too_little_room_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
