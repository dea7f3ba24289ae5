/* SPDX-License-Identifier: MIT */
/* vgic/its.c: commands and registers of the virtual ITS, and LPIs on their way to a vCPU. */
#include "arm_test.h"
#include "vgic/machine.h"

#define QUEUE      GUEST_MEMORY
#define QUEUE_SIZE 0x1000U
#define PROPERTIES (GUEST_MEMORY + 0x10000)
#define LPI        8192U
#define VALID      (UINT64_C(1) << 63)

static uint32_t queue_end;

static void its_write(uint32_t off, unsigned int size, uint64_t v)
{
    assert_true(machine_its(0, off, size, true, &v));
    machine_check();
}
static uint64_t its_read(uint32_t off, unsigned int size)
{
    uint64_t v = 0;

    assert_true(machine_its(0, off, size, false, &v));
    return v;
}
static void rdist_write(unsigned int vcpu, uint32_t off, uint64_t v)
{
    assert_true(machine_rdist(0, vcpu, off, 8, true, &v));
}

static void put(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    uint64_t *at = (uint64_t *)(machine_memory() + queue_end);

    at[0] = a;
    at[1] = b;
    at[2] = c;
    at[3] = d;
    queue_end = (queue_end + 32) % QUEUE_SIZE;
}
static void command(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    put(a, b, c, d);
    its_write(0x88, 8, queue_end);
    assert_int_equal(its_read(0x90, 8), queue_end);
}
static void mapd(uint64_t device, unsigned int bits, bool valid)
{
    command(0x08 | device << 32, bits - 1, valid ? VALID : 0, 0);
}
static void mapc(uint64_t collection, uint64_t vcpu)
{
    command(0x09, 0, VALID | vcpu << 16 | collection, 0);
}
static void mapti(uint64_t device, uint64_t event, uint64_t lpi, uint64_t collection)
{
    command(0x0a | device << 32, lpi << 32 | event, collection, 0);
}
static void event_command(unsigned int what, uint64_t device, uint64_t event, uint64_t collection)
{
    command(what | device << 32, event, collection, 0);
}
static void property(unsigned int lpi, uint8_t value)
{
    machine_memory()[PROPERTIES - GUEST_MEMORY + lpi - LPI] = value;
}

/* Two vCPUs, collections 0 and 1 theirs, device 1 with 8 events. */
static void start(void)
{
    uint64_t v = 0x12; /* GICD_CTLR: affinity routing, group 1 */

    machine_start(&(struct machine_conf){.host = 3, .guest = 3, .nr_vcpus = 2, .its = true});
    queue_end = 0;
    assert_true(machine_dist(0, 0, 4, true, &v));
    for (unsigned int i = 0; i < 2; i++) {
        rdist_write(i, 0x70, PROPERTIES | 13);
        v = 1;
        assert_true(machine_rdist(0, i, 0, 4, true, &v));
    }
    its_write(0x80, 8, VALID | QUEUE | (QUEUE_SIZE / 4096 - 1));
    its_write(0, 4, 1);
    mapc(0, 0);
    mapc(1, 1);
    mapd(1, 3, true);
}

static void a_message_comes_to_its_vcpu(void **state)
{
    unsigned int cpu, source;

    start();
    property(LPI + 5, 0xa1);
    mapti(1, 2, LPI + 5, 1);
    assert_int_equal(machine_event(1, 2, &cpu), LPI + 5);
    assert_int_equal(cpu, 1);
    machine_inject_spi(LPI + 5);
    assert_int_equal(machine_ack(0, &source), NOTHING);
    assert_int_equal(machine_ack(1, &source), LPI + 5);
    machine_eoi(1, LPI + 5);
    assert_int_equal(machine_ack(1, &source), NOTHING);
    /* By software, and moved: it stays where it is until no list register has it */
    machine_park(1);
    machine_run(1);
    event_command(0x01, 1, 2, 0);
    (void)machine_event(1, 2, &cpu);
    assert_int_equal(cpu, 0);
    event_command(0x03, 1, 2, 0);
    assert_int_equal(machine_ack(0, &source), LPI + 5);
    machine_eoi(0, LPI + 5);
    machine_stop();
    assert_int_equal(machine_devices(), 0);
}

static void properties_are_read_when_told(void **state)
{
    unsigned int source;

    start();
    mapti(1, 0, LPI, 0);
    machine_inject_spi(LPI);
    assert_int_equal(machine_ack(0, &source), NOTHING); /* it waits */
    property(LPI, 0x81);
    assert_false(machine_irq_line(0));
    event_command(0x0c, 1, 0, 0); /* INV */
    assert_int_equal(machine_ack(0, &source), LPI);
    machine_eoi(0, LPI);
    property(LPI, 0x80);
    command(0x0d, 0, 0, 0); /* INVALL of collection 0 */
    machine_inject_spi(LPI);
    assert_false(machine_irq_line(0));
    event_command(0x04, 1, 0, 0); /* CLEAR */
    property(LPI, 0x81);
    event_command(0x0c, 1, 0, 0);
    assert_false(machine_irq_line(0));
    machine_stop();
}

static void unmapping_takes_all_back(void **state)
{
    unsigned int cpu, source;

    start();
    property(LPI + 1, 0xa1);
    property(LPI + 2, 0xa1);
    mapti(1, 1, LPI + 1, 0);
    mapti(1, 7, LPI + 2, 0);
    machine_inject_spi(LPI + 1);
    event_command(0x0f, 1, 1, 0); /* DISCARD, while it is in a list register */
    assert_int_equal(machine_ack(0, &source), NOTHING);
    assert_int_equal(machine_event(1, 1, &cpu), 0);
    mapti(1, 1, LPI + 1, 0);
    assert_int_equal(machine_event(1, 1, &cpu), LPI + 1);
    assert_int_equal(machine_devices(), 1);
    mapd(1, 3, false);
    assert_int_equal(machine_devices(), 0);
    assert_int_equal(machine_event(1, 7, &cpu), 0);
    machine_inject_spi(LPI + 2); /* one that was on its way */
    assert_int_equal(machine_ack(0, &source), NOTHING);
    machine_stop();
}

static void nonsense_does_nothing(void **state)
{
    unsigned int cpu;

    start();
    mapd(4, 3, true);    /* such a device number does not exist */
    mapd(2, 12, true);   /* more events than a device may have */
    mapti(3, 0, LPI, 0); /* no such device */
    mapti(1, 8, LPI, 0); /* no such event */
    mapti(1, 0, LPI - 1, 0);
    mapti(1, 0, 16384, 0);
    mapti(1, 0, UINT32_MAX, 0);
    mapti(1, 0, LPI, 2); /* no such collection */
    mapti(1, 0, LPI, 0xffff);
    mapc(5, 2); /* no such vCPU */
    mapc(0xfff, 0);
    for (unsigned int i = 0; i < 8; i++)
        assert_int_equal(machine_event(1, i, &cpu), 0);
    assert_int_equal(machine_devices(), 1);
    /* Two events with one LPI, one event twice */
    mapti(1, 0, LPI, 0);
    mapti(1, 1, LPI, 0);
    mapti(1, 0, LPI + 1, 0);
    assert_int_equal(machine_event(1, 0, &cpu), LPI);
    assert_int_equal(machine_event(1, 1, &cpu), 0);
    /* A queue beyond its end, or where no memory is, ends all the same */
    its_write(0x88, 8, QUEUE_SIZE);
    assert_int_equal(its_read(0x88, 8), queue_end);
    its_write(0, 4, 0);
    its_write(0x80, 8, VALID | 0x10000000 | 255);
    its_write(0, 4, 1);
    its_write(0x88, 8, 0xfffe0);
    for (unsigned int i = 0; i < 200 && its_read(0x90, 8) != 0xfffe0; i++)
        ;
    assert_int_equal(its_read(0x90, 8), 0xfffe0);
    machine_stop();
}

static void any_commands(void **state)
{
    uint64_t seed = 88172645463325252;

    start();
    for (unsigned int i = 0; i < 20000; i++) {
        uint64_t r = next_random(&seed), q = next_random(&seed);

        property(LPI + (r & 15), (uint8_t)q);
        command((r >> 8 & 15) | (r >> 12 & 7) << 32, (LPI + (q & 15)) << 32 | (q >> 8 & 7),
                (r & 16 ? VALID : 0) | (q >> 16 & 3) << 16 | (q >> 20 & 3), (q >> 24 & 3) << 16);
        if (r & 1)
            machine_inject_spi(LPI + (q >> 32 & 15));
        if (r & 2) {
            unsigned int vcpu = r >> 40 & 1, source, got = machine_ack(vcpu, &source);

            if (got != NOTHING)
                machine_eoi(vcpu, got);
        }
        machine_check();
    }
    machine_stop();
    assert_int_equal(machine_devices(), 0);
}

static void registers_are_those_of_an_its(void **state)
{
    start();
    assert_int_equal(its_read(0xffe8, 4), 3 << 4);
    assert_int_equal(its_read(0, 4), 1);
    assert_int_equal(its_read(8, 8), 1 | 7 << 4 | 10 << 8 | 1 << 13);
    assert_int_equal(its_read(12, 4), 0);
    its_write(0, 4, 0);
    assert_int_equal(its_read(0, 4), 0x80000000);
    its_write(0x100, 8, UINT64_MAX);
    assert_int_equal(its_read(0x100, 8), UINT64_C(0xb9e7ffffffffffff));
    its_write(0x108, 8, 0);
    assert_int_equal(its_read(0x108, 8), UINT64_C(0x0407000000000000));
    assert_int_equal(its_read(0x110, 8), 0);
    machine_stop();
    /* Without an ITS there are no LPIs. */
    machine_start(&(struct machine_conf){.host = 3, .guest = 3});
    machine_inject_spi(LPI);
    machine_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_comes_to_its_vcpu),
        cmocka_unit_test(properties_are_read_when_told),
        cmocka_unit_test(unmapping_takes_all_back),
        cmocka_unit_test(nonsense_does_nothing),
        cmocka_unit_test(any_commands),
        cmocka_unit_test(registers_are_those_of_an_its),
    };
    return RUN_GROUP(tests);
}
