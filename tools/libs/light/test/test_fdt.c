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
#include "arm/partial.h"

#define ROOM         32768u
#define PARTIAL_ROOM 16384u

static const struct arm_fdt guest = {
    .cmdline = "console=hvc0",
    .nr_vcpus = 18,
    .address_bits = 40,
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
    EXPECT_CELLS(fdt, "/interrupt-controller@3001000", "phandle", 65000);
    EXPECT_CELLS(fdt, "/", "interrupt-parent", 65000);
    free(fdt);
}

static void timers_and_events_have_their_interrupts(void **state)
{
    struct arm_fdt t = guest;
    void *fdt = make(&t);

    (void)state;
    EXPECT_CELLS(fdt, "/timer", "interrupts", 1, 13, 0xf08, 1, 14, 0xf08, 1, 11, 0xf08);
    EXPECT_CELLS(fdt, "/hypervisor", "interrupts", 1, 15, 0xf08);
    assert_null(fdt_getprop(fdt, fdt_path_offset(fdt, "/timer"), "clock-frequency", NULL));
    free(fdt);
    t.clock_hz = 62500000;
    fdt = make(&t);
    EXPECT_CELLS(fdt, "/timer", "clock-frequency", 62500000);
    free(fdt);
}

/* The grant table's place first, then what is free in the banks, within the guest's addresses. */
static void the_hypervisor_names_what_is_free(void **state)
{
    struct arm_fdt t = guest;
    void *fdt = make(&t);

    (void)state;
    EXPECT_CELLS(fdt, "/hypervisor", "reg", 0, 0x38000000, 0, 0x01000000, 2, 0x10000000, 0xfd,
                 0xf0000000);
    free(fdt);
    t.bank[0].size = 0x10000001;
    t.bank[1].size = 0;
    fdt = make(&t);
    EXPECT_CELLS(fdt, "/hypervisor", "reg", 0, 0x38000000, 0, 0x01000000, 0, 0x50200000, 0,
                 0xafe00000, 2, 0, 0xfe, 0);
    free(fdt);
    t.address_bits = 32;
    t.bank[0].size = 0xbc200000;
    fdt = make(&t);
    EXPECT_CELLS(fdt, "/hypervisor", "reg", 0, 0x38000000, 0, 0x01000000);
    free(fdt);
}

static void a_uart_is_there_if_asked_for(void **state)
{
    struct arm_fdt t = guest;
    void *fdt = make(&t);

    (void)state;
    assert_false(has(fdt, "/sbsa-pl011"));
    free(fdt);
    t.has_uart = true;
    fdt = make(&t);
    assert_string_equal(prop(fdt, "/sbsa-pl011", "compatible", 14), "arm,sbsa-uart");
    EXPECT_CELLS(fdt, "/sbsa-pl011", "reg", 0, 0x22000000, 0, 0x1000);
    EXPECT_CELLS(fdt, "/sbsa-pl011", "interrupts", 0, 0, 0xf04);
    EXPECT_CELLS(fdt, "/sbsa-pl011", "current-speed", 115200);
    free(fdt);
}

static void each_virtio_device_is_a_node(void **state)
{
    struct arm_fdt t = guest;
    void *fdt;

    (void)state;
    t.nr_virtio = ARM_FDT_VIRTIO;
    fdt = make(&t);
    assert_string_equal(prop(fdt, "/virtio@2000000", "compatible", 12), "virtio,mmio");
    EXPECT_CELLS(fdt, "/virtio@2000000", "reg", 0, 0x02000000, 0, 0x200);
    EXPECT_CELLS(fdt, "/virtio@2000000", "interrupts", 0, 1, 0xf01);
    EXPECT_CELLS(fdt, "/virtio@2001400", "reg", 0, 0x02001400, 0, 0x200);
    EXPECT_CELLS(fdt, "/virtio@2001400", "interrupts", 0, 11, 0xf01);
    assert_false(has(fdt, "/virtio@2001600"));
    free(fdt);
}

/* A tree of the administrator's: @depth nodes in each other below /passthrough. */
static void *partial_make(unsigned int depth, size_t *size)
{
    void *fdt = malloc(PARTIAL_ROOM);

    assert_non_null(fdt);
    assert_int_equal(fdt_create(fdt, PARTIAL_ROOM), 0);
    assert_int_equal(fdt_finish_reservemap(fdt), 0);
    fdt_begin_node(fdt, "");
    fdt_begin_node(fdt, "other");
    fdt_property_u32(fdt, "secret", 1);
    fdt_end_node(fdt);
    fdt_begin_node(fdt, "aliases");
    fdt_property_string(fdt, "dev", "/passthrough/a");
    fdt_end_node(fdt);
    fdt_begin_node(fdt, "passthrough");
    fdt_property_string(fdt, "compatible", "simple-bus");
    fdt_property(fdt, "ranges", NULL, 0);
    for (unsigned int i = 0; i < depth; i++) {
        fdt_begin_node(fdt, "a");
        fdt_property_u32(fdt, "level", i);
    }
    for (unsigned int i = 0; i < depth; i++)
        fdt_end_node(fdt);
    fdt_begin_node(fdt, "b");
    fdt_end_node(fdt);
    fdt_end_node(fdt);
    fdt_end_node(fdt);
    assert_int_equal(fdt_finish(fdt), 0);
    *size = fdt_totalsize(fdt);
    return fdt;
}

static void a_partial_tree_gives_two_nodes(void **state)
{
    struct arm_fdt t = guest;
    size_t size;
    void *partial = partial_make(200, &size), *fdt;

    (void)state;
    assert_int_equal(arm_partial_check(partial, size), 0);
    t.partial = partial;
    fdt = make(&t);
    assert_string_equal(prop(fdt, "/passthrough", "compatible", 11), "simple-bus");
    prop(fdt, "/passthrough", "ranges", 0);
    EXPECT_CELLS(fdt, "/passthrough/a/a/a", "level", 2);
    assert_true(has(fdt, "/passthrough/b"));
    assert_string_equal(prop(fdt, "/aliases", "dev", 15), "/passthrough/a");
    assert_false(has(fdt, "/other"));
    assert_true(has(fdt, "/hypervisor"));
    free(fdt);
    free(partial);
}

static void a_partial_tree_needs_something_to_pass_through(void **state)
{
    char fdt[256];

    (void)state;
    assert_int_equal(fdt_create_empty_tree(fdt, sizeof(fdt)), 0);
    assert_int_equal(arm_partial_check(fdt, sizeof(fdt)), -FDT_ERR_NOTFOUND);
}

/* What is cut off, or has a wrong byte, is refused, or gives a tree that is whole. */
static void a_corrupt_partial_tree_does_no_harm(void **state)
{
    struct arm_fdt t = guest;
    size_t size;
    void *good = partial_make(3, &size);
    unsigned int refused = 0, taken = 0;

    (void)state;
    for (size_t len = 0; len < size; len++) {
        void *cut = malloc(len ? len : 1);

        assert_non_null(cut);
        memcpy(cut, good, len);
        assert_true(arm_partial_check(cut, len) < 0);
        free(cut);
    }
    for (size_t i = 0; i < size * 8; i++) {
        unsigned char *bad = malloc(size);
        void *fdt = malloc(ROOM);

        assert_non_null(bad);
        assert_non_null(fdt);
        memcpy(bad, good, size);
        bad[i / 8] ^= (unsigned char)(1u << i % 8);
        t.partial = bad;
        if (arm_partial_check(bad, size) || arm_fdt_make(&t, fdt, ROOM)) {
            refused++;
        } else {
            taken++;
            assert_int_equal(fdt_check_full(fdt, ROOM), 0);
        }
        free(fdt);
        free(bad);
    }
    assert_true(refused > 100 && taken > 100);
    free(good);
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
    fdt = malloc(need);
    assert_non_null(fdt);
    assert_int_equal(arm_fdt_make(&guest, fdt, need), 0);
    free(fdt);
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
        cmocka_unit_test(the_hypervisor_names_what_is_free),
        cmocka_unit_test(a_uart_is_there_if_asked_for),
        cmocka_unit_test(each_virtio_device_is_a_node),
        cmocka_unit_test(a_partial_tree_gives_two_nodes),
        cmocka_unit_test(a_partial_tree_needs_something_to_pass_through),
        cmocka_unit_test(a_corrupt_partial_tree_does_no_harm),
        cmocka_unit_test(too_little_room_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
