/* SPDX-License-Identifier: MIT */
#include "arm_test.h"

#include <asm/platform.h>

#include "../../../arch/arm/platforms/eemi.h"
#include "../../../arch/arm/platforms/platforms.h"

/* What platform.c wants besides. */
const void *host_fdt;

bool zynqmp_smc(struct cpu_user_regs *regs)
{
    return false;
}
void printk(const char *fmt, ...)
{
}
void panic(const char *fmt, ...)
{
    __builtin_trap();
}

static const struct platform *match(const char *name)
{
    size_t len;
    const void *fdt = load_tree(name, &len);
    const struct platform *p;

    assert_int_equal(dt_check(fdt, len), 0);
    p = platform_match(fdt);
    free_tree(fdt);
    return p;
}

static void machines_are_known_by_their_root_node(void **state)
{
    assert_ptr_equal(match("virt"), &platform_qemu_virt);
    assert_ptr_equal(match("zynqmp"), &platform_zynqmp);
    assert_ptr_equal(match("thunderx"), &platform_thunderx);
}

static void thunderx_as_its_tree_says(void **state)
{
    size_t len;
    const void *fdt = load_tree("thunderx", &len);
    struct dt_cpu cpu[8];
    struct dt_range r;
    struct dt_psci psci;

    assert_int_equal(dt_cpus(fdt, cpu, 8), 4);
    assert_int_equal(cpu[3].mpidr, 0x20f);
    assert_int_equal(dt_reg(fdt, dt_gic_node(fdt), 1, &r), 0);
    assert_int_equal(r.start, 0x801080000000);
    assert_int_equal(r.size, 0x600000);
    assert_int_equal(dt_reg(fdt, dt_console_node(fdt, ""), 0, &r), 0);
    assert_int_equal(r.start, 0x87e024000000);
    dt_psci(fdt, &psci);
    assert_int_equal(psci.major, 0);
    assert_int_equal(psci.minor, 2);
    assert_true(platform_thunderx.quirks & PLATFORM_QUIRK_CAVIUM_23154);
    free_tree(fdt);
}

static void zynqmp_as_its_tree_says(void **state)
{
    size_t len;
    const void *fdt = load_tree("zynqmp", &len);
    struct dt_range r;
    struct dt_irq irq;

    assert_int_equal(dt_reg(fdt, dt_gic_node(fdt), 3, &r), 0);
    assert_int_equal(r.start, 0xf9060000);
    assert_int_equal(dt_irq(fdt, dt_gic_node(fdt), 0, &irq), 0);
    assert_int_equal(irq.irq, 25);
    assert_int_equal(dt_irq(fdt, dt_console_node(fdt, ""), 0, &irq), 0);
    assert_int_equal(irq.irq, 53);
    free_tree(fdt);
}

static void eemi_calls_of_dom0_go_through_but_not_all(void **state)
{
    assert_int_equal(eemi_filter(0xc200000d, true), EEMI_FORWARD); /* PM_REQUEST_NODE */
    assert_int_equal(eemi_filter(0x82000027, true),
                     EEMI_FORWARD); /* PM_CLOCK_GETDIVIDER, 32 bits */
    assert_int_equal(eemi_filter(0xc2000a01, true),
                     EEMI_FORWARD); /* version of the trusted firmware */
    for (uint32_t api = 6; api <= 12; api++)
        assert_int_equal(eemi_filter(0xc2000000 | api, true), EEMI_DENY);
    assert_int_equal(eemi_filter(0xc2000015, true), EEMI_DENY); /* PM_INIT_FINALIZE */
}

static void eemi_calls_of_guests_are_denied(void **state)
{
    for (uint32_t api = 2; api < 64; api++)
        assert_int_equal(eemi_filter(0xc2000000 | api, false), EEMI_DENY);
    assert_int_equal(eemi_filter(0xc2000001, false), EEMI_FORWARD); /* version */
    assert_int_equal(eemi_filter(0xc2000a01, false), EEMI_DENY);
}

static void other_calls_are_not_eemi(void **state)
{
    static const uint32_t fids[] = {0x84000000, 0xc4000003, 0x80000000, 0xc3000001,
                                    0x42000001, 0xc2000000, 0xc2000040, 0xc200ffff};

    for (unsigned int i = 0; i < ARRAY_SIZE(fids); i++)
        assert_int_equal(eemi_filter(fids[i], true), EEMI_NOT_OURS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(machines_are_known_by_their_root_node),
        cmocka_unit_test(thunderx_as_its_tree_says),
        cmocka_unit_test(zynqmp_as_its_tree_says),
        cmocka_unit_test(eemi_calls_of_dom0_go_through_but_not_all),
        cmocka_unit_test(eemi_calls_of_guests_are_denied),
        cmocka_unit_test(other_calls_are_not_eemi),
    };

    return RUN_GROUP(tests);
}
