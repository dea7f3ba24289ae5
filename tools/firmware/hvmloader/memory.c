/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>

#include <xen/hvm/hvm_info_table.h>

#include "bytes.h"
#include "console.h"
#include "hypercall.h"
#include "io.h"
#include "layout.h"
#include "memory.h"
#include <xen/lib/string.h>

#define CMOS_INDEX           0x70
#define CMOS_DATA            0x71
#define CMOS_BASE_KB         0x15
#define CMOS_EXTENDED_KB     0x17
#define CMOS_EXTENDED_KB_TOO 0x30
#define CMOS_ABOVE_16M       0x34 /* in 64 KiB, as the next one */
#define CMOS_ABOVE_4G        0x5b
#define CMOS_16M             0x1000000u

struct memory memory;

static struct hvm_info_table *table(void)
{
    return (struct hvm_info_table *)HVM_INFO_PADDR;
}

void memory_init(void)
{
    const struct hvm_info_table *t = table();

    if (memcmp(t->signature, "HVM INFO", 8) || t->length < sizeof(*t) || t->length > 0x800 ||
        byte_sum(t, t->length) || !t->nr_vcpus || t->nr_vcpus > HVM_MAX_VCPUS ||
        t->low_mem_pgend <= LOW_END >> 12)
        fail("the builder's table is missing or damaged");
    memory.low_end = (uint64_t)t->low_mem_pgend << 12;
    memory.high_end = (uint64_t)t->high_mem_pgend << 12;
    if (memory.high_end < FOUR_GIB)
        memory.high_end = FOUR_GIB;
    memory.nr_vcpus = t->nr_vcpus;
    memory.apics = t->apic_mode;
    memcpy(memory.online, t->vcpu_online, sizeof(memory.online));
}

uint64_t memory_take_last(void)
{
    uint64_t *end = memory.high_end > FOUR_GIB ? &memory.high_end : &memory.low_end;

    *end -= 0x1000;
    return *end >> 12;
}

void memory_relocate(uint64_t from)
{
    while (memory.low_end > from) {
        if (memory_move((memory.low_end >> 12) - 1, memory.high_end >> 12))
            fail("cannot move RAM from %#llx", memory.low_end - 0x1000);
        memory.low_end -= 0x1000;
        memory.high_end += 0x1000;
    }
}

static void cmos_write(uint8_t idx, uint64_t v, unsigned int nr_bytes)
{
    for (unsigned int i = 0; i < nr_bytes; i++, v >>= 8) {
        outb(CMOS_INDEX, (uint8_t)(idx + i));
        outb(CMOS_DATA, (uint8_t)v);
    }
}

static uint64_t at_most(uint64_t v, uint64_t max)
{
    return v < max ? v : max;
}

static void write_cmos(void)
{
    uint64_t above_1m = (memory.low_end - LOW_END) >> 10;
    uint64_t above_16m = memory.low_end > CMOS_16M ? (memory.low_end - CMOS_16M) >> 16 : 0;

    cmos_write(CMOS_BASE_KB, 640, 2);
    cmos_write(CMOS_EXTENDED_KB, at_most(above_1m, 0xffff), 2);
    cmos_write(CMOS_EXTENDED_KB_TOO, at_most(above_1m, 0xffff), 2);
    cmos_write(CMOS_ABOVE_16M, at_most(above_16m, 0xffff), 2);
    cmos_write(CMOS_ABOVE_4G, (memory.high_end - FOUR_GIB) >> 16, 3);
}

static void update_table(void)
{
    struct hvm_info_table *t = table();

    t->low_mem_pgend = (uint32_t)(memory.low_end >> 12);
    t->high_mem_pgend = memory.high_end > FOUR_GIB ? (uint32_t)(memory.high_end >> 12) : 0;
    t->checksum = 0;
    t->checksum = (uint8_t)-byte_sum(t, t->length);
}

void memory_tell(void)
{
    update_table();
    write_cmos();
}
