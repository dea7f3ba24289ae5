/* SPDX-License-Identifier: MIT */
#include "arm_test.h"

#include <libfdt.h>

static const void *fdt;
static size_t fdt_len;

static int open_virt(void **state)
{
    fdt = load_tree("virt", &fdt_len);
    return dt_check(fdt, fdt_len);
}

static int close_virt(void **state)
{
    free_tree(fdt);
    return 0;
}

int node_at(const void *tree, const char *path)
{
    int node = dt_find(tree, path);

    assert_true(node >= 0);
    return node;
}

static void assert_range(const struct dt_range *r, uint64_t start, uint64_t size)
{
    assert_int_equal(r->start, start);
    assert_int_equal(r->size, size);
}

static void assert_reg(const char *path, unsigned int idx, uint64_t start, uint64_t size)
{
    struct dt_range r;

    assert_int_equal(dt_reg(fdt, node_at(fdt, path), idx, &r), 0);
    assert_range(&r, start, size);
}

static int reg_error(const char *path, unsigned int idx)
{
    struct dt_range r;

    return dt_reg(fdt, node_at(fdt, path), idx, &r);
}

static void memory_is_sorted_and_page_aligned(void **state)
{
    struct dt_boot b;

    assert_int_equal(dt_scan(fdt, &b), 0);
    assert_int_equal(b.memory.nr, 2);
    assert_range(&b.memory.r[0], 0x40001000, 0x3ffff000);
    assert_range(&b.memory.r[1], 0x880000000, 0x40000000);
    assert_int_equal(b.reserved.nr, 2);
    assert_range(&b.reserved.r[0], 0x40000000, 0x2000);
    assert_range(&b.reserved.r[1], 0x60000000, 0x2000);
    assert_int_equal(b.no_map.nr, 1);
    assert_range(&b.no_map.r[0], 0x60000000, 0x2000);
}

static void modules_have_kinds_and_owners(void **state)
{
    struct dt_boot b;

    assert_int_equal(dt_scan(fdt, &b), 0);
    assert_int_equal(b.nr_modules, 4);
    assert_int_equal(b.module[0].kind, DT_MODULE_KERNEL);
    assert_string_equal(b.module[0].cmdline, "root=/dev/xvda");
    assert_int_equal(b.module[1].kind, DT_MODULE_RAMDISK);
    assert_range(&b.module[1].at, 0x53000000, 0x1234);
    assert_int_equal(b.module[1].parent, node_at(fdt, "/chosen"));
    assert_int_equal(b.module[2].kind, DT_MODULE_KERNEL);
    assert_range(&b.module[2].at, 0x54000000, 0x100000);
    assert_int_equal(b.module[3].kind, DT_MODULE_RAMDISK);
    assert_int_equal(b.module[3].parent, node_at(fdt, "/chosen/domU1"));
    assert_string_equal(b.xen_cmdline, "console=dtuart");
    assert_string_equal(b.dom0_cmdline, "root=/dev/xvda");
}

static void *writable_copy(size_t room)
{
    void *copy = test_malloc(fdt_len + room);

    assert_int_equal(fdt_open_into(fdt, copy, (int)(fdt_len + room)), 0);
    return copy;
}

static void set_or_delete(void *tree, const char *path, const char *prop, const char *value)
{
    int node = node_at(tree, path);

    if (value)
        assert_int_equal(fdt_setprop_string(tree, node, prop, value), 0);
    else
        (void)fdt_delprop(tree, node, prop);
}

/* Who gets which arguments: docs of the boot protocol. */
static void command_lines_follow_the_rules(void **state)
{
    static const struct {
        const char *args, *xen, *dom0, *kernel, *want_xen, *want_dom0;
    } cases[] = {
        {"a", "x", "d", "k", "x", "d"},   {"a", "x", NULL, "k", "x", "k"},
        {"a", "x", NULL, NULL, "x", "a"}, {"a", NULL, "d", NULL, "a", "d"},
        {"a", NULL, NULL, "k", "a", "k"}, {"a", NULL, NULL, NULL, "a", ""},
        {NULL, NULL, NULL, NULL, "", ""}, {NULL, "x", NULL, NULL, "x", ""},
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
        void *t = writable_copy(1024);
        struct dt_boot b;

        set_or_delete(t, "/chosen", "bootargs", cases[i].args);
        set_or_delete(t, "/chosen", "xen,xen-bootargs", cases[i].xen);
        set_or_delete(t, "/chosen", "xen,dom0-bootargs", cases[i].dom0);
        set_or_delete(t, "/chosen/module@50000000", "bootargs", cases[i].kernel);
        assert_int_equal(dt_scan(t, &b), 0);
        assert_string_equal(b.xen_cmdline, cases[i].want_xen);
        assert_string_equal(b.dom0_cmdline, cases[i].want_dom0);
        test_free(t);
    }
}

static void initrd_of_a_loader_for_linux_is_a_ramdisk(void **state)
{
    void *t = writable_copy(1024);
    struct dt_boot b;
    int chosen;

    assert_int_equal(fdt_del_node(t, node_at(t, "/chosen/module@53000000")), 0);
    chosen = node_at(t, "/chosen");
    assert_int_equal(fdt_setprop_u32(t, chosen, "linux,initrd-start", 0x48000000), 0);
    assert_int_equal(fdt_setprop_u64(t, chosen, "linux,initrd-end", 0x48001000), 0);
    assert_int_equal(dt_scan(t, &b), 0);
    assert_int_equal(b.module[1].kind, DT_MODULE_RAMDISK);
    assert_range(&b.module[1].at, 0x48000000, 0x1000);
    assert_int_equal(fdt_setprop_u32(t, chosen, "linux,initrd-end", 0x48000000), 0);
    assert_int_equal(dt_scan(t, &b), -EINVAL);
    test_free(t);
}

static void a_wrapping_module_is_refused(void **state)
{
    const uint32_t bad[] = {~0U, ~0U, 0, cpu_to_fdt32(0x1000)};
    void *t = writable_copy(1024);
    struct dt_boot b;

    assert_int_equal(fdt_setprop(t, node_at(t, "/chosen/module@53000000"), "reg", bad, sizeof(bad)),
                     0);
    assert_int_equal(dt_scan(t, &b), -EINVAL);
    test_free(t);
}

static void no_memory_is_an_error(void **state)
{
    void *t = writable_copy(0);
    struct dt_boot b;

    assert_int_equal(fdt_del_node(t, node_at(t, "/memory@80000000")), 0);
    assert_int_equal(dt_scan(t, &b), -ENOENT);
    test_free(t);
}

static void addresses_go_through_the_buses(void **state)
{
    assert_reg("/serial@9000000", 0, 0x9000000, 0x1000);
    assert_reg("/intc@8000000", 1, 0x80a0000, 0xf60000);
    assert_int_equal(reg_error("/intc@8000000", 2), -ENOENT);
    assert_int_equal(reg_error("/keys", 0), -ENOENT);
    assert_reg("/bus@c000000/low@10", 0, 0xc000010, 0x10);
    assert_reg("/bus@c000000/inner@10000/dev@100", 0, 0x1000000100, 0x80);
    assert_reg("/bus@c000000/inner@10000/dev@100", 1, 0x1000007ff0, 0x10);
    /* Reaches beyond the window. */
    assert_int_equal(reg_error("/bus@c000000/inner@10000/dev@100", 2), -EOPNOTSUPP);
    assert_int_equal(reg_error("/bus@c000000/shut@20000/i2c@50", 0), -EOPNOTSUPP);
    assert_int_equal(reg_error("/cpus/cpu@0", 0), -EOPNOTSUPP);
}

static void pci_windows(void **state)
{
    int node = node_at(fdt, "/pcie@10000000");
    struct dt_range r;

    assert_int_equal(dt_pci_window(fdt, node, 0, &r), 0);
    assert_range(&r, 0x3eff0000, 0x10000);
    assert_int_equal(dt_pci_window(fdt, node, 1, &r), 0);
    assert_range(&r, 0x8000000000, 0x8000000000);
    assert_int_equal(dt_pci_window(fdt, node, 2, &r), -ENOENT);
}

static void assert_irq(int rc, const struct dt_irq *i, uint32_t irq, uint32_t type)
{
    assert_int_equal(rc, 0);
    assert_int_equal(i->irq, irq);
    assert_int_equal(i->type, type);
}

static void interrupts_by_their_controller(void **state)
{
    int both = node_at(fdt, "/both"), bad = node_at(fdt, "/bad-irq");
    struct dt_irq i;

    assert_irq(dt_irq(fdt, node_at(fdt, "/serial@9000000"), 0, &i), &i, 33, DT_IRQ_HIGH);
    assert_int_equal(dt_irq(fdt, node_at(fdt, "/serial@9000000"), 1, &i), -ENOENT);
    assert_irq(dt_irq(fdt, node_at(fdt, "/intc@8000000"), 0, &i), &i, 25, DT_IRQ_HIGH);
    assert_int_equal(dt_irq(fdt, node_at(fdt, "/keys"), 0, &i), -EOPNOTSUPP);
    assert_int_equal(dt_irq(fdt, both, 0, &i), -EOPNOTSUPP);
    assert_irq(dt_irq(fdt, both, 1, &i), &i, 37, DT_IRQ_RISING);
    assert_irq(dt_irq(fdt, both, 2, &i), &i, 29, DT_IRQ_LOW);
    assert_int_equal(dt_irq(fdt, both, 3, &i), -ENOENT);
    assert_int_equal(dt_irq(fdt, bad, 0, &i), -EINVAL);
    assert_int_equal(dt_irq(fdt, bad, 1, &i), -EINVAL);
    assert_irq(dt_irq(fdt, bad, 2, &i), &i, 1019, DT_IRQ_HIGH);
    assert_int_equal(dt_irq(fdt, bad, 3, &i), -EINVAL);
}

static void interrupt_map_of_a_bridge(void **state)
{
    int node = node_at(fdt, "/pcie@10000000");
    struct dt_irq i;

    assert_irq(dt_irq_map(fdt, node, 0, &i), &i, 35, DT_IRQ_HIGH);
    assert_irq(dt_irq_map(fdt, node, 2, &i), &i, 36, DT_IRQ_HIGH);
    assert_int_equal(dt_irq_map(fdt, node, 1, &i), -EOPNOTSUPP);
    assert_int_equal(dt_irq_map(fdt, node, 3, &i), -ENOENT);
}

static void cpus_psci_and_console(void **state)
{
    struct dt_cpu cpu[4];
    struct dt_psci psci;

    assert_int_equal(dt_cpus(fdt, cpu, 4), 2);
    assert_int_equal(cpu[1].mpidr, 0x100);
    assert_true(cpu[0].psci);
    assert_false(cpu[1].psci);
    assert_int_equal(cpu[1].spin_table, 0xfff8);
    assert_int_equal(dt_cpus(fdt, cpu, 1), 1);
    dt_psci(fdt, &psci);
    assert_true(psci.present);
    assert_false(psci.hvc);
    assert_int_equal(psci.major, 1);
    assert_int_equal(dt_console_node(fdt, ""), node_at(fdt, "/serial@9000000"));
    assert_int_equal(dt_console_node(fdt, "/gpio@9030000:9600"), node_at(fdt, "/gpio@9030000"));
    assert_true(dt_console_node(fdt, "nothing") < 0);
}

/* A cut tree is refused, or is whole without what was cut off. */
static void cut_trees_are_refused(void **state)
{
    for (size_t len = 0; len < fdt_len; len += 13) {
        void *cut = test_malloc(len + 1);

        memcpy(cut, fdt, len);
        assert_int_equal(dt_check(cut, len), -EINVAL);
        test_free(cut);
    }
}

static void old_versions_are_refused(void **state)
{
    void *t = writable_copy(0);

    fdt_set_version(t, 15);
    assert_int_equal(dt_check(t, fdt_len), -EINVAL);
    test_free(t);
}

/* libfdt 1.6.1 adds such a length without a look at overflow. */
static void huge_properties_are_refused(void **state)
{
    void *t = writable_copy(0);
    int len;
    const struct fdt_property *p = fdt_get_property(t, node_at(t, "/bus@c000000"), "ranges", &len);

    fdt32_st((char *)t + ((const char *)&p->len - (const char *)t), ~0U);
    assert_int_equal(dt_check(t, fdt_len), -EINVAL);
    test_free(t);
}

#define UNIT 0x1000UL
static void ranges_agree_with_a_bitmap(void **state)
{
    uint64_t seed = 7;

    for (int round = 0; round < 400; round++) {
        struct dt_ranges rs = {.nr = 0};
        bool map[64] = {false};

        for (int step = 0; step < 40; step++) {
            unsigned int at = next_random(&seed) % 64, nr = 1 + next_random(&seed) % (64 - at);
            bool add = next_random(&seed) & 1, any = false;

            for (unsigned int i = at; i < at + nr; i++)
                any |= map[i];
            assert_int_equal(dt_ranges_overlap(&rs, at * UNIT, nr * UNIT), any);
            assert_int_equal((add ? dt_ranges_add : dt_ranges_sub)(&rs, at * UNIT, nr * UNIT), 0);
            for (unsigned int i = at; i < at + nr; i++)
                map[i] = add;
        }
        for (unsigned int i = 0; i < 64; i++)
            assert_int_equal(dt_ranges_overlap(&rs, i * UNIT, 1), map[i]);
        for (unsigned int i = 1; i < rs.nr; i++)
            assert_true(rs.r[i - 1].start + rs.r[i - 1].size < rs.r[i].start);
    }
}

static void ranges_refuse_what_is_none(void **state)
{
    struct dt_ranges rs = {.nr = 0};

    assert_int_equal(dt_ranges_add(&rs, 0x1000, 0), -EINVAL);
    assert_int_equal(dt_ranges_add(&rs, ~UINT64_C(0), 2), -EINVAL);
    for (unsigned int i = 0; i < DT_MAX_RANGES; i++)
        assert_int_equal(dt_ranges_add(&rs, i * 2 * UNIT, UNIT), 0);
    assert_int_equal(dt_ranges_add(&rs, DT_MAX_RANGES * 2 * UNIT, UNIT), -E2BIG);
    assert_int_equal(dt_ranges_sub(&rs, 0x100, 0x100), -E2BIG);
    assert_int_equal(rs.nr, DT_MAX_RANGES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_sorted_and_page_aligned),
        cmocka_unit_test(modules_have_kinds_and_owners),
        cmocka_unit_test(command_lines_follow_the_rules),
        cmocka_unit_test(initrd_of_a_loader_for_linux_is_a_ramdisk),
        cmocka_unit_test(a_wrapping_module_is_refused),
        cmocka_unit_test(no_memory_is_an_error),
        cmocka_unit_test(addresses_go_through_the_buses),
        cmocka_unit_test(pci_windows),
        cmocka_unit_test(interrupts_by_their_controller),
        cmocka_unit_test(interrupt_map_of_a_bridge),
        cmocka_unit_test(cpus_psci_and_console),
        cmocka_unit_test(cut_trees_are_refused),
        cmocka_unit_test(huge_properties_are_refused),
        cmocka_unit_test(old_versions_are_refused),
        cmocka_unit_test(ranges_agree_with_a_bitmap),
        cmocka_unit_test(ranges_refuse_what_is_none),
    };

    return cmocka_run_group_tests(tests, open_virt, close_virt);
}
