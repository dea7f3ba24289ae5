/* SPDX-License-Identifier: MIT */
#include "arm_test.h"

#include <string.h>

#include "traps/machine.h"

/* Syndrome of a data abort: ISV, SAS, SSE, SRT, SF, WnR. */
#define ISS(size_log, sign, reg, wide, write)                                                      \
    (1U << 24 | (size_log) << 22 | (sign) << 21 | (reg) << 16 | (wide) << 15 | (write) << 6)

static void a_load_as_the_syndrome_says(void **state)
{
    machine_start(1);
    device.value = 0xfffffffffffff0ff;
    assert_int_equal(machine_fault(ISS(0, 0, 5, 0, 0), DEVICE + 3, 0), FAULT_DONE);
    assert_int_equal(regs_x[5], 0xff);
    assert_int_equal(device.offset, 3);
    assert_int_equal(device.size, 1);
    assert_int_equal(machine_pc(), 0x1004);
    machine_fault(ISS(0, 1, 5, 0, 0), DEVICE, 0);
    assert_int_equal(regs_x[5], 0xffffffff);
    machine_fault(ISS(1, 1, 5, 1, 0), DEVICE, 0);
    assert_int_equal(regs_x[5], 0xfffffffffffff0ff);
    machine_fault(ISS(2, 0, 5, 0, 0), DEVICE, 0);
    assert_int_equal(regs_x[5], 0xfffff0ff);
    machine_fault(ISS(3, 0, 30, 1, 0), DEVICE + 8, 0);
    assert_int_equal(regs_x[30], 0xfffffffffffff0ff);
    assert_int_equal(machine_fault(ISS(2, 0, 31, 0, 0), DEVICE, 0), FAULT_DONE);
}

static void a_store_as_the_syndrome_says(void **state)
{
    machine_start(1);
    regs_x[2] = 0x1122334455667788;
    machine_fault(ISS(1, 0, 2, 0, 1), DEVICE + 2, 0);
    assert_true(device.write);
    assert_int_equal(device.value, 0x7788);
    machine_fault(ISS(3, 0, 2, 1, 1), DEVICE + 8, 0);
    assert_int_equal(device.value, 0x1122334455667788);
    machine_fault(ISS(2, 0, 31, 0, 1), DEVICE + 4, 0);
    assert_int_equal(device.value, 0);
}

static void what_cannot_be_aborts(void **state)
{
    machine_start(1);
    assert_int_equal(machine_fault(ISS(2, 0, 1, 0, 0), DEVICE - 4, 0), FAULT_NONE);
    assert_int_equal(machine_fault(ISS(2, 0, 1, 0, 0), DEVICE + 0x1000, 0), FAULT_NONE);
    assert_int_equal(machine_fault(ISS(2, 0, 1, 0, 0), DEVICE + 2, 0), FAULT_ABORT);
    device.refuse = true;
    assert_int_equal(machine_fault(ISS(2, 0, 1, 0, 0), DEVICE, 0), FAULT_ABORT);
    assert_int_equal(machine_pc(), 0x1000);
}

static void without_syndrome_the_instruction_is_read(void **state)
{
    machine_start(1);
    device.value = 0x8899aabbccddeeff;
    regs_x[1] = 0x500;
    assert_int_equal(machine_fault(0, DEVICE, 0xb8404420), FAULT_DONE); /* ldr w0, [x1], #4 */
    assert_int_equal(regs_x[0], 0xccddeeff);
    assert_int_equal(regs_x[1], 0x504);
    assert_int_equal(machine_fault(0, DEVICE, 0x38dffc20), FAULT_DONE); /* ldrsb w0, [x1, #-1]! */
    assert_int_equal(regs_x[0], 0xffffffff);
    assert_int_equal(regs_x[1], 0x503);
    regs_x[3] = 7;
    assert_int_equal(machine_fault(0, DEVICE + 8, 0xf8008423), FAULT_DONE); /* str x3, [x1], #8 */
    assert_int_equal(device.value, 7);
    assert_int_equal(device.size, 8);
    assert_int_equal(regs_x[1], 0x50b);
    assert_int_equal(machine_fault(0, DEVICE, 0xa9400820), FAULT_ABORT); /* ldp x0, x2, [x1] */
    assert_int_equal(machine_fault(0, DEVICE, 0xb84047e0), FAULT_ABORT); /* ldr w0, [sp], #4 */
    assert_int_equal(machine_fault(0, DEVICE, 0xb8210000), FAULT_ABORT); /* ldadd w1, w0, [x0] */
    assert_int_equal(machine_fault(0, DEVICE, 0xfc408420), FAULT_ABORT); /* ldr d0, [x1], #8 */
}

#define CPU_ON 0xc4000003
#define OFF    0x84000002

static int64_t call(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
    assert_true(machine_call(false, 0, x0, x1, x2, x3));
    return (int64_t)regs_x[0];
}

static void psci_starts_and_stops_cpus(void **state)
{
    uint64_t context;

    machine_start(20);
    assert_int_equal(call(0x84000000, 0, 0, 0), 0x10001);
    assert_int_equal(call(0xc4000004, 3, 0, 0), 1);
    assert_int_equal(call(CPU_ON, 3, 0x40080000, 77), 0);
    assert_true(machine_is_up(3));
    assert_int_equal(machine_entry(3, &context), 0x40080000);
    assert_int_equal(context, 77);
    assert_int_equal(call(0xc4000004, 3, 0, 0), 0);
    assert_int_equal(call(CPU_ON, 3, 0x40080000, 0), -4);
    assert_int_equal(call(CPU_ON, 0, 0x40080000, 0), -4);
    assert_int_equal(call(CPU_ON, 0x103, 0x40080000, 0), 0); /* vCPU 19 */
    assert_true(machine_is_up(19));
    assert_int_equal(call(CPU_ON, 0x104, 0x40080000, 0), -2);
    assert_int_equal(call(CPU_ON, 16, 0x40080000, 0), -2);
    assert_int_equal(call(CPU_ON, 5, 0x40080002, 0), -9);
    assert_int_equal(call(0xc4000004, 0x100, 1, 0), 0);
    assert_int_equal(call(0xc4000004, 0, 4, 0), -2);
    machine_switch(3);
    (void)call(OFF, 0, 0, 0);
    assert_false(machine_is_up(3));
    machine_switch(19);
    (void)call(OFF, 0, 0, 0);
    machine_switch(0);
    assert_int_equal(call(OFF, 0, 0, 0), -3); /* the last one */
}

static void psci_ends_the_domain(void **state)
{
    machine_start(1);
    (void)call(0x84000008, 0, 0, 0);
    assert_int_equal(machine_shutdown_reason(), 0);
    (void)call(0x84000009, 0, 0, 0);
    assert_int_equal(machine_shutdown_reason(), 1);
    assert_int_equal(call(0xc4000001, 0, 0, 0), 0);
    assert_true(machine_waits());
}

static void smccc_tells_what_there_is(void **state)
{
    machine_start(1);
    assert_int_equal(call(0x80000000, 0, 0, 0), 0x10001);
    assert_int_equal(call(0x8400000a, 0xc4000003, 0, 0), 0);
    assert_int_equal(call(0x8400000a, 0x8400000e, 0, 0), -1);
    assert_int_equal(call(0x80000001, 0x80008000, 0, 0), 0);
    assert_int_equal(call(0x80000001, 0x80007fff, 0, 0), -1);
    assert_int_equal(call(0x80000001, 0x80001234, 0, 0), -1);
    assert_int_equal(call(0x8600ff01, 0, 0, 0), 0xdc1218a7);
    assert_int_equal(regs_x[1], 0x694398c6);
    assert_int_equal(call(0x8400ff03, 0, 0, 0), 0);
    assert_int_equal(regs_x[1], 1);
    assert_int_equal(call(0xb2000000, 0, 0, 0), -1); /* a trusted OS's */
    assert_true(machine_call(true, 0, 0x84000000, 0, 0, 0));
    assert_int_equal(regs_x[0], 0x10001);
    assert_false(machine_call(true, 1, 0x84000000, 0, 0, 0));
}

#define DR   0x00
#define FR   0x18
#define IMSC 0x38
#define RIS  0x3c
#define ICR  0x44
#define RXFE 0x10
#define TXFF 0x20
#define TXFE 0x80
#define TX   0x20
#define RX   0x50

static uint64_t uart_read(uint32_t offset)
{
    uint64_t v = ~UINT64_C(0);

    assert_true(uart_access(offset, 4, false, &v));
    return v;
}

static void uart_write(uint32_t offset, uint64_t v)
{
    assert_true(uart_access(offset, 4, true, &v));
}

static void uart_sends_through_the_ring(void **state)
{
    char buf[4096];

    machine_start(1);
    uart_start(true);
    assert_int_equal(uart_read(FR), RXFE | TXFE);
    for (const char *s = "hello"; *s; s++)
        uart_write(DR, (uint8_t)*s);
    assert_int_equal(uart_notifications(), 5);
    assert_int_equal(uart_read(FR), RXFE);
    assert_int_equal(uart_backend_read(buf, sizeof(buf)), 5);
    assert_memory_equal(buf, "hello", 5);
    for (unsigned int i = 0; i < 2048; i++)
        uart_write(DR, 'x');
    assert_int_equal(uart_read(FR), RXFE | TXFF);
    assert_int_equal(uart_read(RIS) & TX, 0);
    uart_write(DR, 'y'); /* lost */
    uart_write(IMSC, TX);
    assert_false(uart_line());
    assert_int_equal(uart_backend_read(buf, sizeof(buf)), 2048);
    assert_int_equal(buf[2047], 'x');
    assert_true(uart_line());
    uart_write(ICR, TX);
    assert_false(uart_line());
}

static void uart_receives_from_the_ring(void **state)
{
    machine_start(1);
    uart_start(true);
    uart_write(IMSC, RX);
    uart_backend_write("ok");
    assert_true(uart_line());
    assert_int_equal(uart_read(FR) & RXFE, 0);
    assert_int_equal(uart_read(DR), 'o');
    assert_true(uart_line());
    assert_int_equal(uart_read(DR), 'k');
    assert_false(uart_line());
    assert_int_equal(uart_read(DR), 0);
    assert_int_equal(uart_notifications(), 2);
}

static void uart_holds_indices_to_the_ring(void **state)
{
    machine_start(1);
    uart_start(true);
    uart_backend_spoil(0xffff0000, 5);
    for (unsigned int i = 0; i < 5000; i++)
        (void)uart_read(DR);
    uart_backend_spoil(3, 0xfffffffe);
    for (unsigned int i = 0; i < 5; i++)
        (void)uart_read(DR);
    assert_int_equal(uart_read(FR) & RXFE, RXFE);
}

static void uart_at_the_hypervisor_s_console(void **state)
{
    machine_start(1);
    uart_start(false);
    for (const char *s = "line\n"; *s; s++)
        uart_write(DR, (uint8_t)*s);
    assert_non_null(strstr(uart_console(), "line"));
    uart_write(IMSC, RX);
    for (unsigned int i = 0; i < 100; i++)
        assert_true(uart_type((char)('0' + i % 10)));
    assert_true(uart_line());
    for (unsigned int i = 0; i < 64; i++)
        assert_int_equal(uart_read(DR), '0' + i % 10);
    assert_int_equal(uart_read(FR) & RXFE, RXFE); /* the rest was too much */
    machine_stop();
    assert_false(uart_type('x'));
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
        TEST_CASE(a_load_as_the_syndrome_says),
        TEST_CASE(a_store_as_the_syndrome_says),
        TEST_CASE(what_cannot_be_aborts),
        TEST_CASE(without_syndrome_the_instruction_is_read),
        TEST_CASE(psci_starts_and_stops_cpus),
        TEST_CASE(psci_ends_the_domain),
        TEST_CASE(smccc_tells_what_there_is),
        TEST_CASE(uart_sends_through_the_ring),
        TEST_CASE(uart_receives_from_the_ring),
        TEST_CASE(uart_holds_indices_to_the_ring),
        TEST_CASE(uart_at_the_hypervisor_s_console),
    };

    return RUN_GROUP(tests);
}
