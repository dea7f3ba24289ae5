/* SPDX-License-Identifier: MIT */
/* The rate of the TSC, by a clock whose rate is known. */
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/muldiv.h>
#include <xen/lib/string.h>
#include <asm/acpi.h>
#include <asm/cpu.h>
#include <asm/page.h>
#include "private.h"

#define PM_TIMER_HZ 3579545U
#define PIT_HZ      1193182U
#define PIT_CH2     0x42
#define PIT_COMMAND 0x43
#define PORT_B      0x61

#define HPET_CAPS    0x00
#define HPET_CONFIG  0x10
#define HPET_COUNTER 0xf0
#define HPET_ENABLE  1U
#define FEMTO        UINT64_C(1000000000000000)

/* A counter which rises at @hz and wraps at @mask. */
struct reference {
    const char *name;
    bool (*start)(struct reference *r);
    void (*stop)(struct reference *r);
    uint32_t (*read)(void);
    uint64_t hz;
    uint32_t mask;
    unsigned int window_ms; /* long enough for an error of a few parts per million */
};

static volatile uint32_t *hpet __initdata;
static uint32_t hpet_old_config __initdata;

static uint32_t __init hpet_read(void)
{
    return hpet[HPET_COUNTER / 4];
}

static bool __init hpet_start(struct reference *r)
{
    uint32_t period;

    if (!acpi_info.hpet_addr)
        return false;
    hpet = ioremap(acpi_info.hpet_addr, 0x400);
    if (!hpet)
        return false;
    period = hpet[HPET_CAPS / 4 + 1]; /* fs; HPET 1.0a, 2.3.4: at most 100 ns */
    if (!period || period > 100000000) {
        iounmap((void *)(uintptr_t)hpet);
        return false;
    }
    r->hz = FEMTO / period;
    hpet_old_config = hpet[HPET_CONFIG / 4];
    hpet[HPET_CONFIG / 4] = hpet_old_config | HPET_ENABLE;
    return true;
}

static void __init hpet_stop(struct reference *r)
{
    hpet[HPET_CONFIG / 4] = hpet_old_config;
    iounmap((void *)(uintptr_t)hpet);
}

static uint32_t __init pm_read(void)
{
    return inl(acpi_info.pm_timer_port);
}

static bool __init pm_start(struct reference *r)
{
    return acpi_info.pm_timer_port != 0;
}

static uint8_t pit_old_port_b __initdata;

/* Channel 2 counts down from 65536; latched for the read, and turned round. */
static uint32_t __init pit_read(void)
{
    uint32_t lo;

    outb(0x80, PIT_COMMAND);
    lo = inb(PIT_CH2);
    return 0xffff - (lo | (uint32_t)inb(PIT_CH2) << 8);
}

static bool __init pit_start(struct reference *r)
{
    pit_old_port_b = inb(PORT_B);
    outb((uint8_t)((pit_old_port_b & ~2) | 1), PORT_B); /* gate open, speaker off */
    outb(0xb4, PIT_COMMAND);                            /* channel 2, two bytes, rate generator */
    outb(0, PIT_CH2);
    outb(0, PIT_CH2);
    return true;
}

static void __init pit_stop(struct reference *r)
{
    outb(pit_old_port_b, PORT_B);
}

static void __init nothing(struct reference *r)
{
}

static struct reference references[] __initdata = {
    {"hpet", hpet_start, hpet_stop, hpet_read, 0, 0xffffffff, 20},
    {"acpi", pm_start, nothing, pm_read, PM_TIMER_HZ, 0xffffff, 50},
    {"pit", pit_start, pit_stop, pit_read, PIT_HZ, 0xffff, 40},
};

struct sample {
    uint64_t tsc;
    uint32_t ref;
};

/* A reading of both, the best of some: whoever takes the CPU from us in between spoils one. */
static struct sample __init take_sample(const struct reference *r)
{
    struct sample best = {0, 0};
    uint64_t least = ~UINT64_C(0);

    for (unsigned int i = 0; i < 5; i++) {
        uint64_t before = rdtsc_ordered();
        uint32_t ref = r->read();
        uint64_t after = rdtsc_ordered();

        if (after - before < least) {
            least = after - before;
            best.tsc = before + least / 2;
            best.ref = ref;
        }
    }
    return best;
}

/* 0 where the reference does not move. */
static uint64_t __init measure(const struct reference *r)
{
    uint32_t ticks = (uint32_t)(r->hz * r->window_ms / 1000), passed;
    struct sample a = take_sample(r), b = a;
    uint32_t last = a.ref;
    unsigned int still = 0;

    do {
        uint32_t now = r->read();

        still = now == last ? still + 1 : 0;
        last = now;
        passed = (now - a.ref) & r->mask;
    } while (passed < ticks && still < 10000000);
    if (still >= 10000000)
        return 0;
    b = take_sample(r);
    passed = (b.ref - a.ref) & r->mask;
    return passed ? muldiv64(b.tsc - a.tsc, r->hz, passed) : 0;
}

static uint64_t __init try_reference(struct reference *r)
{
    uint64_t hz;

    if (!r->start(r))
        return 0;
    hz = measure(r);
    r->stop(r);
    return hz;
}

uint64_t __init tsc_measure(const char *want, const char **used)
{
    uint64_t hz;

    for (unsigned int pass = 0; pass < 2; pass++) {
        for (unsigned int i = 0; i < ARRAY_SIZE(references); i++) {
            struct reference *r = &references[i];

            if ((pass == 0) != !strcmp(r->name, want))
                continue;
            hz = try_reference(r);
            if (hz) {
                *used = r->name;
                return hz;
            }
        }
    }
    panic("no clock to measure the TSC by\n");
}
