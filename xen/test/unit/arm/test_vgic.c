/* SPDX-License-Identifier: MIT */
#include "arm_test.h"

#include "vgic/machine.h"

#define CTLR       0x0000
#define TYPER      0x0004
#define ISENABLER  0x0100
#define ICENABLER  0x0180
#define ISPENDR    0x0200
#define ICPENDR    0x0280
#define ISACTIVER  0x0300
#define ICACTIVER  0x0380
#define IPRIORITYR 0x0400
#define ITARGETSR  0x0800
#define ICFGR      0x0c00
#define SGIR       0x0f00
#define IROUTER    0x6000
#define RD_SGI     0x10000

static uint64_t dist_read(unsigned int by, uint32_t off, unsigned int size)
{
    uint64_t v = 0;

    assert_true(machine_dist(by, off, size, false, &v));
    machine_check();
    return v;
}

static void dist_write(unsigned int by, uint32_t off, unsigned int size, uint64_t v)
{
    assert_true(machine_dist(by, off, size, true, &v));
    machine_check();
}

static uint64_t rdist_read(unsigned int vcpu, uint32_t off, unsigned int size)
{
    uint64_t v = 0;

    assert_true(machine_rdist(vcpu, vcpu, off, size, false, &v));
    machine_check();
    return v;
}

static void rdist_write(unsigned int vcpu, uint32_t off, unsigned int size, uint64_t v)
{
    assert_true(machine_rdist(vcpu, vcpu, off, size, true, &v));
    machine_check();
}

/* A GICv3 that is on, all interrupts enabled, all of one priority. */
static void start_v3(unsigned int nr_vcpus, unsigned int nr_lrs)
{
    machine_start(&(struct machine_conf){
        .host = 3, .guest = 3, .nr_vcpus = nr_vcpus, .nr_spis = 64, .nr_lrs = nr_lrs});
    dist_write(0, CTLR, 4, 0x12);
    dist_write(0, ISENABLER + 4, 4, ~0U);
    dist_write(0, ISENABLER + 8, 4, ~0U);
    for (unsigned int i = 32; i < 96; i += 4)
        dist_write(0, IPRIORITYR + i, 4, 0xa0a0a0a0);
    for (unsigned int i = 0; i < nr_vcpus; i++) {
        rdist_write(i, RD_SGI + ISENABLER, 4, ~0U);
        for (unsigned int p = 0; p < 32; p += 4)
            rdist_write(i, RD_SGI + IPRIORITYR + p, 4, 0xa0a0a0a0);
    }
}

static void start_v2(unsigned int nr_vcpus)
{
    machine_start(&(struct machine_conf){
        .host = 2, .guest = 2, .nr_vcpus = nr_vcpus, .nr_spis = 64, .nr_lrs = 4});
    dist_write(0, CTLR, 4, 1);
    dist_write(0, ISENABLER + 4, 4, ~0U);
}

static unsigned int ack(unsigned int vcpu)
{
    unsigned int intid = machine_ack(vcpu, NULL);

    machine_check();
    return intid;
}

static void eoi(unsigned int vcpu, unsigned int intid)
{
    machine_eoi(vcpu, intid);
    machine_check();
}

static void an_edge_comes_once(void **state)
{
    start_v3(1, 4);
    machine_inject_spi(40);
    assert_int_equal(ack(0), 40);
    assert_int_equal(ack(0), NOTHING);
    eoi(0, 40);
    assert_int_equal(ack(0), NOTHING);
    assert_false(machine_wakes(0));
}

static void an_edge_while_active_comes_again(void **state)
{
    start_v3(1, 4);
    machine_inject_spi(40);
    assert_int_equal(ack(0), 40);
    machine_inject_spi(40);
    machine_inject_spi(40);
    assert_int_equal(ack(0), NOTHING);
    eoi(0, 40);
    assert_int_equal(ack(0), 40);
    eoi(0, 40);
    assert_int_equal(ack(0), NOTHING);
}

static void a_line_comes_until_it_is_low(void **state)
{
    start_v3(1, 4);
    machine_line(50, true);
    assert_int_equal(ack(0), 50);
    eoi(0, 50);
    assert_int_equal(ack(0), 50);
    machine_line(50, false);
    eoi(0, 50);
    assert_int_equal(ack(0), NOTHING);
}

static void a_disabled_interrupt_waits(void **state)
{
    start_v3(1, 4);
    dist_write(0, ICENABLER + 4, 4, 1U << 8);
    machine_inject_spi(40);
    assert_int_equal(ack(0), NOTHING);
    assert_false(machine_wakes(0));
    assert_int_equal(dist_read(0, ISPENDR + 4, 4), 1U << 8);
    dist_write(0, ISENABLER + 4, 4, 1U << 8);
    assert_int_equal(ack(0), 40);
}

static void disabling_takes_it_back_from_the_hardware(void **state)
{
    start_v3(2, 4);
    dist_write(0, IROUTER + 40 * 8, 8, 1); /* to vCPU 1, disabled by vCPU 0 */
    machine_inject_spi(40);
    assert_true(machine_irq_line(1));
    dist_write(0, ICENABLER + 4, 4, 1U << 8);
    assert_false(machine_irq_line(1));
    assert_int_equal(dist_read(0, ISPENDR + 4, 4), 1U << 8);
    dist_write(0, ISENABLER + 4, 4, 1U << 8);
    assert_int_equal(ack(1), 40);
}

static void clearing_takes_it_back_for_good(void **state)
{
    start_v3(1, 4);
    machine_inject_spi(40);
    dist_write(0, ICPENDR + 4, 4, 1U << 8);
    assert_int_equal(ack(0), NOTHING);
    dist_write(0, ISPENDR + 4, 4, 1U << 8);
    assert_int_equal(ack(0), 40);
    assert_int_equal(dist_read(0, ISACTIVER + 4, 4), 1U << 8);
    dist_write(0, ICACTIVER + 4, 4, 1U << 8);
    assert_int_equal(dist_read(0, ISACTIVER + 4, 4), 0);
}

static void the_distributor_is_off_at_first(void **state)
{
    start_v3(1, 4);
    dist_write(0, CTLR, 4, 0x10);
    machine_inject_spi(40);
    assert_int_equal(ack(0), NOTHING);
    assert_false(machine_wakes(0));
    dist_write(0, CTLR, 4, 0x12);
    assert_int_equal(ack(0), 40);
}

static void more_than_the_list_registers_hold(void **state)
{
    bool seen[64] = {false};

    start_v3(1, 4);
    for (unsigned int i = 32; i < 96; i++)
        machine_inject_spi(i);
    for (unsigned int i = 0; i < 64; i++) {
        unsigned int intid = ack(0);

        assert_in_range(intid, 32, 95);
        assert_false(seen[intid - 32]);
        seen[intid - 32] = true;
        eoi(0, intid);
    }
    assert_int_equal(ack(0), NOTHING);
}

static void the_most_urgent_first_with_one_list_register(void **state)
{
    start_v3(1, 1);
    for (unsigned int i = 0; i < 8; i++) {
        dist_write(0, IPRIORITYR + 40 + i, 1, 0xf0 - 0x10 * i);
        machine_inject_spi(40 + i);
    }
    for (unsigned int i = 0; i < 8; i++) {
        assert_int_equal(ack(0), 47 - i);
        eoi(0, 47 - i);
    }
}

static void a_parked_vcpu_keeps_its_interrupts(void **state)
{
    start_v3(2, 4);
    machine_inject_ppi(1, 20);
    assert_int_equal(ack(1), 20);
    machine_inject_ppi(1, 21);
    machine_park(1);
    assert_false(machine_irq_line(1));
    assert_true(machine_wakes(1));
    machine_inject_ppi(1, 22);
    machine_inject_ppi(1, 20);
    assert_int_equal(rdist_read(1, RD_SGI + ISACTIVER, 4), 1U << 20);
    assert_int_equal(rdist_read(1, RD_SGI + ISPENDR, 4), 7U << 20);
    machine_run(1);
    eoi(1, 20);
    for (unsigned int i = 0; i < 3; i++) {
        unsigned int intid = ack(1);

        assert_in_range(intid, 20, 22);
        eoi(1, intid);
    }
    assert_int_equal(ack(1), NOTHING);
}

static void routed_elsewhere_while_it_waits(void **state)
{
    start_v3(4, 4);
    machine_inject_spi(60);
    assert_int_equal(ack(0), 60);
    dist_write(2, IROUTER + 60 * 8, 8, 3);
    assert_int_equal(dist_read(2, IROUTER + 60 * 8, 8), 3);
    machine_inject_spi(60); /* active on vCPU 0: stays there */
    eoi(0, 60);
    assert_int_equal(ack(0), 60);
    eoi(0, 60);
    (void)dist_read(0, ISACTIVER + 4, 4);
    machine_inject_spi(60);
    assert_int_equal(ack(3), 60);
    dist_write(2, IROUTER + 60 * 8, 8, 0xf00); /* nobody */
    assert_int_equal(dist_read(2, IROUTER + 60 * 8, 8), 3);
    dist_write(2, IROUTER + 60 * 8 + 4, 4, 0);
    dist_write(2, IROUTER + 60 * 8, 4, 0x80000000);
    assert_int_equal(dist_read(2, IROUTER + 60 * 8, 8), 0x80000000);
}

static void a_machine_interrupt_is_active_until_the_guest_is_done(void **state)
{
    start_v3(1, 4);
    assert_true(machine_route(45, 77));
    assert_false(machine_route(45, 78));
    assert_true(machine_hw_enabled(77));
    machine_hw_irq(45);
    assert_int_equal(ack(0), 45);
    assert_true(machine_hw_active(77));
    eoi(0, 45);
    assert_false(machine_hw_active(77));
    machine_hw_irq(45);
    dist_write(0, ICPENDR + 4, 4, 1U << 13);
    assert_false(machine_hw_active(77));
    assert_int_equal(ack(0), NOTHING);
    dist_write(0, ICENABLER + 4, 4, 1U << 13);
    assert_false(machine_hw_enabled(77));
    dist_write(0, ISENABLER + 4, 4, 1U << 13);
    machine_hw_irq(45);
    machine_park(0);
    machine_run(0);
    assert_int_equal(ack(0), 45);
    eoi(0, 45);
    machine_hw_irq(45); /* before the list register was looked at */
    assert_int_equal(ack(0), 45);
}

static void a_timer_that_is_not_linked_comes_once(void **state)
{
    start_v2(1);
    dist_write(0, ISENABLER, 4, 1U << 27);
    machine_timer(0, 27);
    machine_timer(0, 27);
    assert_int_equal(ack(0), 27);
    eoi(0, 27);
    assert_int_equal(ack(0), NOTHING);
    machine_timer(0, 27);
    assert_int_equal(ack(0), 27);
    machine_timer(0, 27);
    eoi(0, 27);
    assert_int_equal(ack(0), 27);
}

static void sgis_of_gicv3_go_by_affinity(void **state)
{
    start_v3(4, 4);
    assert_true(machine_sgi1r(0, 5ULL << 24 | 0xa));
    assert_int_equal(ack(1), 5);
    assert_int_equal(ack(3), 5);
    assert_int_equal(ack(0), NOTHING);
    assert_int_equal(ack(2), NOTHING);
    assert_true(machine_sgi1r(2, 1ULL << 40 | 7ULL << 24));
    assert_int_equal(ack(0), 7);
    assert_int_equal(ack(2), NOTHING);
    assert_true(machine_sgi1r(0, 3ULL << 24 | 1ULL << 16 | 1)); /* Aff1 1: nobody */
    assert_true(machine_sgi1r(0, 3ULL << 24 | 1ULL << 48 | 1));
    assert_int_equal(machine_ack(2, NULL), NOTHING);
}

static void sgis_of_gicv2_come_from_each_sender(void **state)
{
    unsigned int source, senders = 0;

    start_v2(4);
    dist_write(1, SGIR, 4, 1U << 16 | 4);
    dist_write(2, SGIR, 4, 1U << 16 | 4);
    dist_write(3, SGIR, 4, 1U << 24 | 4);
    for (unsigned int i = 0; i < 3; i++) {
        assert_int_equal(machine_ack(0, &source), 4);
        senders |= 1U << source;
        eoi(0, 4);
    }
    assert_int_equal(senders, 0xe);
    assert_int_equal(ack(0), NOTHING);
    assert_int_equal(ack(1), 4);
    dist_write(3, SGIR, 4, 2U << 24 | 9);
    assert_int_equal(ack(3), 9);
}

static void targets_of_gicv2(void **state)
{
    start_v2(4);
    assert_int_equal(dist_read(2, ITARGETSR, 4), 0x04040404);
    dist_write(0, ITARGETSR + 40, 1, 0xfc);
    assert_int_equal(dist_read(0, ITARGETSR + 40, 1), 0x0c);
    machine_inject_spi(40);
    assert_int_equal(ack(2), 40);
    dist_write(0, ITARGETSR, 4, 0xffffffff);
    assert_int_equal(dist_read(0, ITARGETSR, 4), 0x01010101);
    assert_int_equal(dist_read(0, TYPER, 4), 2 | 3 << 5);
}

static void identity_of_gicv3(void **state)
{
    uint64_t nobody = ~UINT64_C(0);

    start_v3(3, 4);
    assert_int_equal(dist_read(0, TYPER, 4) & 0x1f, 2);
    assert_int_equal(dist_read(0, 0xffe8, 4) >> 4 & 0xf, 3);
    assert_int_equal(rdist_read(0, 8, 8) & 0x10, 0);
    assert_int_equal(rdist_read(2, 8, 8), 2ULL << 32 | 2 << 8 | 0x10);
    assert_int_equal(rdist_read(2, 12, 4), 2);
    assert_int_equal(rdist_read(2, 0xffe8, 4) >> 4 & 0xf, 3);
    assert_int_equal(dist_read(0, ISENABLER, 4), 0); /* private: the redistributors' */
    assert_int_equal(rdist_read(1, RD_SGI + ISENABLER, 4), ~0U);
    assert_true(machine_rdist(0, 5, 8, 8, false, &nobody));
    assert_int_equal(nobody, 0);
}

static void configuration_is_kept(void **state)
{
    start_v3(1, 4);
    dist_write(0, ICFGR + 8, 4, 0x80000002);
    assert_int_equal(dist_read(0, ICFGR + 8, 4), 0x80000002);
    assert_int_equal(rdist_read(0, RD_SGI + ICFGR, 4), 0xaaaaaaaa);
    rdist_write(0, RD_SGI + ICFGR + 4, 4, ~0U);
    assert_int_equal(rdist_read(0, RD_SGI + ICFGR + 4, 4), 0);
    dist_write(0, IPRIORITYR + 33, 1, 0x47);
    assert_int_equal(dist_read(0, IPRIORITYR + 32, 4), 0xa0a040a0);
}

/* GICv2 on a GICv3 machine: the CPU interface is registers too. */
static uint64_t cpuif_read(unsigned int by, uint32_t off)
{
    uint64_t v = 0;

    assert_true(machine_cpuif(by, off, false, &v));
    machine_check();
    return v;
}

static void cpuif_write(unsigned int by, uint32_t off, uint64_t v)
{
    assert_true(machine_cpuif(by, off, true, &v));
    machine_check();
}

static void start_soft(unsigned int nr_vcpus)
{
    machine_start(&(struct machine_conf){.host = 3, .guest = 2, .nr_vcpus = nr_vcpus});
    dist_write(0, CTLR, 4, 1);
    dist_write(0, ISENABLER + 4, 4, ~0U);
    for (unsigned int i = 0; i < nr_vcpus; i++) {
        cpuif_write(i, 0, 1);
        cpuif_write(i, 4, 0xf0);
    }
    for (unsigned int i = 32; i < 64; i += 4)
        dist_write(0, IPRIORITYR + i, 4, 0xa0a0a0a0);
}

static void soft_interface_takes_and_ends(void **state)
{
    start_soft(2);
    assert_int_equal(cpuif_read(0, 0xc), NOTHING);
    machine_inject_spi(40);
    assert_true(machine_irq_line(0));
    assert_int_equal(cpuif_read(0, 0x18), 40);
    assert_int_equal(cpuif_read(0, 0xc), 40);
    assert_int_equal(cpuif_read(0, 0x14), 0xa0);
    assert_false(machine_irq_line(0));
    machine_inject_spi(40); /* again while active */
    machine_inject_spi(41);
    assert_false(machine_irq_line(0)); /* of the same priority: does not preempt */
    dist_write(0, IPRIORITYR + 42, 1, 0x50);
    machine_inject_spi(42);
    assert_int_equal(cpuif_read(0, 0xc), 42);
    cpuif_write(0, 0x10, 42);
    assert_int_equal(cpuif_read(0, 0x14), 0xa0);
    cpuif_write(0, 0x10, 40);
    assert_int_equal(cpuif_read(0, 0x14), 0xff);
    assert_true(machine_irq_line(0));
    assert_in_range(cpuif_read(0, 0xc), 40, 41);
    assert_int_equal(cpuif_read(0, 0xc), NOTHING);
}

static void soft_interface_masks_by_priority(void **state)
{
    start_soft(1);
    cpuif_write(0, 4, 0x80);
    machine_inject_spi(40);
    assert_false(machine_irq_line(0));
    assert_false(machine_wakes(0));
    cpuif_write(0, 4, 0xf8);
    assert_true(machine_irq_line(0));
    cpuif_write(0, 0, 0);
    assert_false(machine_irq_line(0));
    assert_int_equal(cpuif_read(0, 0xc), NOTHING);
}

static void soft_interface_sgis_and_split_end(void **state)
{
    start_soft(2);
    cpuif_write(0, 0, 0x201); /* end drops the priority only */
    dist_write(1, SGIR, 4, 1U << 16 | 3);
    assert_int_equal(cpuif_read(0, 0xc), 3 | 1 << 10);
    cpuif_write(0, 0x10, 3 | 1 << 10);
    dist_write(1, SGIR, 4, 1U << 16 | 3);
    assert_int_equal(cpuif_read(0, 0xc), NOTHING); /* still active */
    cpuif_write(0, 0x1000, 3);
    assert_int_equal(cpuif_read(0, 0xc), 3 | 1 << 10);
}

static void soft_interface_lets_the_machine_s_go(void **state)
{
    start_soft(1);
    assert_true(machine_route(50, 90));
    machine_hw_irq(50);
    assert_int_equal(cpuif_read(0, 0xc), 50);
    assert_true(machine_hw_active(90));
    cpuif_write(0, 0x10, 50);
    assert_false(machine_hw_active(90));
}

/* Random guests: nothing they write breaks what machine_check() knows. */
static void any_access(void **state)
{
    static const struct machine_conf confs[] = {
        {.host = 3, .guest = 3, .nr_vcpus = 4, .nr_lrs = 2},
        {.host = 2, .guest = 2, .nr_vcpus = 4, .nr_lrs = 4},
        {.host = 3, .guest = 2, .nr_vcpus = 4},
    };
    static const unsigned int sizes[] = {4, 4, 4, 1, 2, 8};
    uint64_t rng = 0x9e3779b97f4a7c15;

    for (unsigned int run = 0; run < 60; run++) {
        const struct machine_conf *c = &confs[run % 3];

        machine_start(c);
        (void)machine_route(40, 1);
        (void)machine_route(70, 2);
        for (unsigned int step = 0; step < 3000; step++) {
            uint64_t r = next_random(&rng), value = next_random(&rng);
            unsigned int vcpu = r % 4, size = sizes[r >> 8 & 3];
            uint32_t off = (uint32_t)((r >> 16 & 0xfff) & ~(size - 1U));
            bool write = r >> 33 & 1;

            if (r >> 34 & 1)
                value |= 0xf; /* on, enabled */
            switch (r >> 40 & 15) {
            case 0:
                machine_inject_spi(32 + (unsigned int)(value % 64));
                break;
            case 1:
                machine_inject_ppi(vcpu, 16 + (unsigned int)(value % 16));
                break;
            case 2:
                machine_line(32 + (unsigned int)(value % 64), r >> 50 & 1);
                break;
            case 3:
                if (machine_hw_enabled(1) && !machine_hw_active(1))
                    machine_hw_irq(40);
                break;
            case 4:
            case 5:
            case 6:
                if (c->host == 3 && c->guest == 2) {
                    value &= 0x3ff;
                    (void)machine_cpuif(vcpu, (uint32_t)(r >> 44 & 7) * 4, write, &value);
                } else {
                    unsigned int intid = machine_ack(vcpu, NULL);

                    if (intid != NOTHING)
                        machine_eoi(vcpu, intid);
                }
                break;
            case 7:
                if (r >> 50 & 1)
                    machine_park(vcpu);
                else
                    machine_run(vcpu);
                break;
            case 8:
            case 9:
                if (c->guest == 3)
                    (void)machine_rdist(vcpu, (unsigned int)(r >> 52) % 4, RD_SGI + off, size,
                                        write, &value);
                break;
            case 10:
                if (c->guest == 3)
                    (void)machine_sgi1r(vcpu, value & 0xf00000f);
                break;
            case 11:
                if (c->guest == 3 && size == 4)
                    (void)machine_dist(vcpu, IROUTER + (off & 0x3fc), 4, true,
                                       &(uint64_t){value & 3});
                break;
            default:
                (void)machine_dist(vcpu, off, size, write, &value);
            }
            machine_check();
        }
    }
}

static int stop(void **state)
{
    machine_stop();
    return 0;
}

int main(void)
{
#define TEST_CASE(f) cmocka_unit_test_teardown(f, stop)
    const struct CMUnitTest tests[] = {
        TEST_CASE(an_edge_comes_once),
        TEST_CASE(an_edge_while_active_comes_again),
        TEST_CASE(a_line_comes_until_it_is_low),
        TEST_CASE(a_disabled_interrupt_waits),
        TEST_CASE(disabling_takes_it_back_from_the_hardware),
        TEST_CASE(clearing_takes_it_back_for_good),
        TEST_CASE(the_distributor_is_off_at_first),
        TEST_CASE(more_than_the_list_registers_hold),
        TEST_CASE(the_most_urgent_first_with_one_list_register),
        TEST_CASE(a_parked_vcpu_keeps_its_interrupts),
        TEST_CASE(routed_elsewhere_while_it_waits),
        TEST_CASE(a_machine_interrupt_is_active_until_the_guest_is_done),
        TEST_CASE(a_timer_that_is_not_linked_comes_once),
        TEST_CASE(sgis_of_gicv3_go_by_affinity),
        TEST_CASE(sgis_of_gicv2_come_from_each_sender),
        TEST_CASE(targets_of_gicv2),
        TEST_CASE(identity_of_gicv3),
        TEST_CASE(configuration_is_kept),
        TEST_CASE(soft_interface_takes_and_ends),
        TEST_CASE(soft_interface_masks_by_priority),
        TEST_CASE(soft_interface_sgis_and_split_end),
        TEST_CASE(soft_interface_lets_the_machine_s_go),
        TEST_CASE(any_access),
    };

    return RUN_GROUP(tests);
}
