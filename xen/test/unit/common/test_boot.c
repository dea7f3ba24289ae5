/* SPDX-License-Identifier: MIT */
/* What is decided at boot: memory before the heap is there, dom0's share of the machine. */
#include "sim_test.h"

#include <xen/dom0.h>
#include <xen/mm.h>

#define PAGES(bytes) ((bytes) >> PAGE_SHIFT)

static uint64_t drained[64][2];
static unsigned int nr_drained;

static void drain(uint64_t first, uint64_t end)
{
    EXPECT_LE(nr_drained, 63);
    drained[nr_drained][0] = first;
    drained[nr_drained++][1] = end;
}

static void add(uint64_t first, uint64_t end)
{
    boot_pages_add(first << PAGE_SHIFT, end << PAGE_SHIFT);
}

SIM_TEST(boot_memory_is_had_from_the_top)
{
    add(300, 400);
    add(100, 200);
    boot_pages_add(0x1ff800, 0x1ff900); /* less than a page: nothing */
    boot_pages_add((500 << PAGE_SHIFT) + 1, (503 << PAGE_SHIFT) - 1); /* 501 alone */
    EXPECT_EQ(boot_pages_alloc(1, 1).nr, 501);
    EXPECT_EQ(boot_pages_alloc(10, 1).nr, 390);
    EXPECT_EQ(boot_pages_alloc(8, 64).nr, 320); /* what is above stays */
    EXPECT_EQ(boot_pages_alloc(62, 1).nr, 328);
    EXPECT_EQ(boot_pages_alloc(100, 1).nr, 100);
    EXPECT_EQ(boot_pages_alloc(20, 1).nr, 300);
    boot_pages_drain(drain);
    EXPECT_EQ(nr_drained, 0);
}

SIM_TEST(boot_memory_is_had_below_4_gib_first)
{
    const uint64_t top = PAGES(GB(4));

    add(0, 10); /* frame 0 is never given: 0 is no frame */
    add(top - 5, top + 5);
    EXPECT_EQ(boot_pages_alloc(3, 1).nr, top - 3);
    EXPECT_EQ(boot_pages_alloc_high(2, 1).nr, top + 3);
    EXPECT_EQ(boot_pages_alloc(9, 1).nr, 1);
    EXPECT_EQ(boot_pages_alloc(3, 1).nr, top);
    boot_pages_drain(drain);
    EXPECT_EQ(nr_drained, 1);
    EXPECT_EQ(drained[0][0], top - 5);
    EXPECT_EQ(drained[0][1], top - 3);
}

/* Any order of pieces: no frame twice, none lost. */
SIM_TEST(boot_memory_at_random)
{
    static uint8_t owner[1000];
    uint64_t rng = 1, given = 0;

    for (unsigned int i = 1; i < 1000; i += 50)
        add(i, i + 45);
    for (unsigned int i = 0; i < 60; i++) {
        uint64_t nr = 1 + (rng = sim_step_rng(rng, i)) % 9, align = UINT64_C(1) << rng % 3;
        mfn_t first = rng & 64 ? boot_pages_alloc(nr, align) : boot_pages_alloc_high(nr, align);

        EXPECT_EQ(first.nr % align, 0);
        for (uint64_t f = first.nr; f < first.nr + nr; f++) {
            EXPECT_LE((f - 1) % 50, 44);
            EXPECT_EQ(owner[f]++, 0);
        }
        given += nr;
    }
    boot_pages_drain(drain);
    for (unsigned int i = 0; i < nr_drained; i++)
        for (uint64_t f = drained[i][0]; f < drained[i][1]; f++) {
            EXPECT_EQ(owner[f]++, 0);
            given++;
        }
    EXPECT_EQ(given, 20 * 45);
}

static void too_much(void)
{
    add(10, 20);
    boot_pages_alloc(11, 1);
}

static void too_much_high(void)
{
    add(10, 20);
    boot_pages_alloc_high(1, 32);
}

static void too_many(void)
{
    for (unsigned int i = 1; i < 1000; i++)
        add(2 * i, 2 * i + 1);
}

static void boot_memory_ends(void **state)
{
    (void)state;
    dies_on_machine(too_much, &(struct sim_conf){}, "out of memory at boot: 11 frames");
    dies_on_machine(too_much_high, &(struct sim_conf){}, "out of memory at boot: 1 frames");
    dies_on_machine(too_many, &(struct sim_conf){}, "too many ranges of memory");
}

static unsigned long most;

static unsigned long dom0_pages(void)
{
    return dom0_memory_pages(0, &most);
}

/* What is free less what the hypervisor needs for dom0. */
static unsigned long available(void)
{
    return heap_free_count(NUMA_NO_NODE) - PAGES(MB(8));
}

SIM_TEST(dom0_has_all_but_a_reserve)
{
    EXPECT_EQ(dom0_pages(), available() - available() / 16);
    EXPECT_EQ(most, UINT32_MAX);
    EXPECT_EQ(dom0_memory_pages(1000, &most), 1000);
    EXPECT_EQ(dom0_memory_pages(1UL << 40, &most), available());
}

SIM_TEST(dom0_mem_is_a_size, .cmdline = "dom0_mem=16M")
{
    EXPECT_EQ(dom0_pages(), PAGES(MB(16)));
    EXPECT_EQ(dom0_memory_pages(1000, &most), PAGES(MB(16)));
    EXPECT_EQ(most, UINT32_MAX);
}

SIM_TEST(dom0_mem_in_kib, .cmdline = "dom0_mem=10240,max:20480")
{
    EXPECT_EQ(dom0_pages(), PAGES(MB(10)));
    EXPECT_EQ(most, PAGES(MB(20)));
}

SIM_TEST(dom0_mem_is_a_rest, .cmdline = "dom0_mem=-16M")
{
    EXPECT_EQ(dom0_pages(), available() - PAGES(MB(16)));
}

SIM_TEST(dom0_mem_is_a_share, .cmdline = "dom0_mem=50%,max:1M+25%")
{
    unsigned long quarter = available() / 100 * 25 + PAGES(MB(1));

    EXPECT_EQ(dom0_pages(), quarter);
    EXPECT_EQ(most, quarter);
}

SIM_TEST(dom0_mem_has_a_least, .cmdline = "dom0_mem=1M,min:8M")
{
    EXPECT_EQ(dom0_pages(), PAGES(MB(8)));
}

SIM_TEST(dom0_mem_the_most_counts, .cmdline = "dom0_mem=min:12M,max:4M")
{
    EXPECT_EQ(dom0_pages(), PAGES(MB(4)));
}

SIM_TEST(dom0_mem_more_than_there_is, .cmdline = "dom0_mem=100G")
{
    EXPECT_EQ(dom0_pages(), available());
}

SIM_TEST(dom0_mem_less_than_nothing, .cmdline = "dom0_mem=-100G")
{
    EXPECT_EQ(dom0_pages(), 1);
}

/* One part cannot be read: none of the option has an effect. */
SIM_TEST(dom0_mem_is_read_whole_or_not, .cmdline = "dom0_mem=8M dom0_mem=16M,max:x dom0_mem=4M,min "
                                                   "dom0_mem=100% dom0_mem=1M; dom0_mem=min:")
{
    EXPECT_EQ(dom0_pages(), PAGES(MB(8)));
    EXPECT_EQ(most, UINT32_MAX);
}

/* Four CPUs are online. */
SIM_TEST(dom0_has_a_vcpu_for_each_cpu)
{
    EXPECT_EQ(dom0_vcpu_count(128), 4);
    EXPECT_EQ(dom0_vcpu_count(3), 3);
}

SIM_TEST(dom0_vcpus_as_said, .cmdline = "dom0_max_vcpus=7")
{
    EXPECT_EQ(dom0_vcpu_count(128), 7);
    EXPECT_EQ(dom0_vcpu_count(5), 5);
}

SIM_TEST(dom0_vcpus_at_most, .cmdline = "dom0_max_vcpus=-2")
{
    EXPECT_EQ(dom0_vcpu_count(128), 2);
}

SIM_TEST(dom0_vcpus_at_least, .cmdline = "dom0_max_vcpus=6-")
{
    EXPECT_EQ(dom0_vcpu_count(128), 6);
}

SIM_TEST(dom0_vcpus_between, .cmdline = "dom0_max_vcpus=1-3")
{
    EXPECT_EQ(dom0_vcpu_count(128), 3);
}

SIM_TEST(dom0_vcpus_that_cannot_be_read, .cmdline = "dom0_max_vcpus=1-3 dom0_max_vcpus=9x "
                                                    "dom0_max_vcpus=x dom0_max_vcpus=2-4-")
{
    EXPECT_EQ(dom0_vcpu_count(128), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boot_memory_is_had_from_the_top),
        cmocka_unit_test(boot_memory_is_had_below_4_gib_first),
        cmocka_unit_test(boot_memory_at_random),
        cmocka_unit_test(boot_memory_ends),
        cmocka_unit_test(dom0_has_all_but_a_reserve),
        cmocka_unit_test(dom0_mem_is_a_size),
        cmocka_unit_test(dom0_mem_in_kib),
        cmocka_unit_test(dom0_mem_is_a_rest),
        cmocka_unit_test(dom0_mem_is_a_share),
        cmocka_unit_test(dom0_mem_has_a_least),
        cmocka_unit_test(dom0_mem_the_most_counts),
        cmocka_unit_test(dom0_mem_more_than_there_is),
        cmocka_unit_test(dom0_mem_less_than_nothing),
        cmocka_unit_test(dom0_mem_is_read_whole_or_not),
        cmocka_unit_test(dom0_has_a_vcpu_for_each_cpu),
        cmocka_unit_test(dom0_vcpus_as_said),
        cmocka_unit_test(dom0_vcpus_at_most),
        cmocka_unit_test(dom0_vcpus_at_least),
        cmocka_unit_test(dom0_vcpus_between),
        cmocka_unit_test(dom0_vcpus_that_cannot_be_read),
    };

    return RUN_GROUP(tests);
}
