/* SPDX-License-Identifier: MIT */
/* dom0's device tree, made from a host's. */
#include "arm_test.h"

#include <libfdt.h>

#include <asm/platform.h>

long make_dom0_tree(const void *host, const char *uart, unsigned int gic_version, void *out,
                    size_t size);
bool platform_hides(const void *fdt, int node)
{
    return false;
}

static const void *host;
static uint64_t tree[(32 << 10) / 8];

static int setup(void **state)
{
    size_t len;

    host = load_tree("virt", &len);
    return 0;
}

static int teardown(void **state)
{
    free_tree(host);
    return 0;
}

int node_at(const void *fdt, const char *path)
{
    int node = dt_find(fdt, path);

    assert_true(node >= 0);
    return node;
}

static void make(unsigned int gic_version)
{
    long len = make_dom0_tree(host, "/serial@9000000", gic_version, tree, sizeof(tree));

    assert_in_range(len, 1, sizeof(tree));
    assert_int_equal(dt_check(tree, (size_t)len), 0);
}

static void assert_prop(const char *path, const char *name, const void *want, int want_len)
{
    int len;
    const void *have = fdt_getprop(tree, node_at(tree, path), name, &len);

    assert_non_null(have);
    assert_int_equal(len, want_len);
    assert_memory_equal(have, want, (size_t)len);
}

#define CELLS 16
static void assert_cells(const char *path, const char *name, unsigned int nr, const uint32_t *cells)
{
    uint32_t want[CELLS];

    for (unsigned int i = 0; i < nr; i++)
        want[i] = cpu_to_fdt32(cells[i]);
    assert_prop(path, name, want, (int)(nr * sizeof(want[0])));
}

static void what_is_the_hypervisors_is_gone(void **state)
{
    static const char *const gone[] = {"/serial@9000000",  "/intc@8000000",
                                       "/memory@80000000", "/cpus/cpu-map",
                                       "/chosen/domU1",    "/chosen/module@50000000"};

    make(3);
    for (unsigned int i = 0; i < ARRAY_SIZE(gone); i++)
        assert_true(fdt_path_offset(tree, gone[i]) < 0);
    assert_false(dt_has(tree, node_at(tree, "/chosen"), "stdout-path"));
    assert_false(dt_has(tree, node_at(tree, "/chosen"), "xen,xen-bootargs"));
}

static void devices_stay(void **state)
{
    struct dt_range r;

    make(3);
    assert_int_equal(dt_reg(tree, node_at(tree, "/bus@c000000/inner@10000/dev@100"), 0, &r), 0);
    assert_int_equal(r.start, 0x1000000100);
    assert_true(dt_has(tree, node_at(tree, "/pcie@10000000"), "interrupt-map"));
}

static void memory_initrd_and_arguments_are_dom0s(void **state)
{
    static const uint32_t mem[] = {0, 0x60000000, 0, 0x40000000, 8, 0x80000000, 0, 0x10000000};
    static const uint32_t start[] = {0, 0x68200000}, end[] = {0, 0x68201000};

    make(3);
    assert_cells("/memory@60000000", "reg", 8, mem);
    assert_cells("/chosen", "linux,initrd-start", 2, start);
    assert_cells("/chosen", "linux,initrd-end", 2, end);
    assert_string_equal(dt_string(tree, node_at(tree, "/chosen"), "bootargs"), "console=hvc0");
}

static void hypervisor_timer_and_cpus(void **state)
{
    static const uint32_t reg[] = {0, 0x40200000, 0, 0x40000, 0, 0xa0000000, 0, 0x20000000};
    static const uint32_t irq[] = {1, 1, 0xf08};
    static const uint32_t timer[] = {1, 13, 0xf08, 1, 14, 0xf08, 1, 11, 0xf08};
    struct dt_cpu cpu[4];
    struct dt_psci psci;

    make(3);
    assert_prop("/hypervisor", "compatible", "xen,xen-4.17\0xen,xen", 21);
    assert_cells("/hypervisor", "reg", 8, reg);
    assert_cells("/hypervisor", "interrupts", 3, irq);
    assert_cells("/timer", "interrupts", 9, timer);
    assert_int_equal(dt_cpus(tree, cpu, 4), 3);
    assert_int_equal(cpu[2].mpidr, 2);
    dt_psci(tree, &psci);
    assert_true(psci.present && psci.hvc && psci.major == 1);
}

static void gic_of_either_version(void **state)
{
    static const uint32_t v3[] = {0, 0x8000000, 0, 0x10000, 0, 0x80a0000, 0, 0xf60000};
    static const uint32_t its[] = {0, 0x8080000, 0, 0x20000};
    static const uint32_t v2[] = {0, 0x8000000, 0, 0x10000, 0, 0x8010000, 0, 0x2000};

    make(3);
    assert_cells("/interrupt-controller", "reg", 8, v3);
    assert_prop("/interrupt-controller", "compatible", "arm,gic-v3", 11);
    assert_cells("/interrupt-controller/msi-controller@8080000", "reg", 4, its);
    assert_int_equal(
        fdt_get_phandle(tree, node_at(tree, "/interrupt-controller/msi-controller@8080000")),
        0x1234);
    make(2);
    assert_true(fdt_path_offset(tree, "/interrupt-controller/msi-controller@8080000") < 0);
    assert_cells("/interrupt-controller", "reg", 8, v2);
    assert_prop("/interrupt-controller", "compatible", "arm,gic-400", 12);
    assert_int_equal(fdt_get_phandle(tree, node_at(tree, "/interrupt-controller")), 0x8003);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_the_hypervisors_is_gone),
        cmocka_unit_test(devices_stay),
        cmocka_unit_test(memory_initrd_and_arguments_are_dom0s),
        cmocka_unit_test(hypervisor_timer_and_cpus),
        cmocka_unit_test(gic_of_either_version),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
