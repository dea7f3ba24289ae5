/* SPDX-License-Identifier: MIT */
/* Free memory that is dirty: who gets it, when it is zeroed, what is joined with what. */
#include "ctl_ops.h"

#include <public/memory.h>
#include <xen/mm.h>
#include <xen/poison.h>
#include <xen/softirq.h>

#include "../../../common/mm/heap.h"

#define SECRET 0x5ec3e7

static struct heap_node *node = &heap_nodes[0];

/* Heads a free block of that order and state? */
static bool is_block(const struct page_info *pg, unsigned int order, bool dirty)
{
    return pg->count_info == (PGC_FREE | (dirty ? PGC_NEED_SCRUB : 0)) && pg->order == order;
}

static void fill(struct page_info *pg, unsigned int order)
{
    uint64_t *word = page_to_virt(pg);

    for (uint64_t i = 0; i < (PAGE_SIZE << order) / 8; i++)
        word[i] = SECRET;
}

static bool is_zero(const void *at, size_t len)
{
    const uint64_t *word = at;

    for (size_t i = 0; i < len / 8; i++)
        if (word[i])
            return false;
    return true;
}

/* Nobody else has an interest: zero all that is dirty. */
static void scrub_all(void)
{
    while (heap_scrub_wanted())
        heap_scrub_step();
    EXPECT_EQ(heap_dirty_count(), 0);
}

static void take_all(struct page_list_head *all)
{
    struct page_info *pg;

    page_list_init(all);
    while ((pg = heap_alloc_pages(0, MEMF_no_scrub)) != NULL)
        page_list_add(pg, all);
}

static void give_all(struct page_list_head *all)
{
    struct page_info *pg;

    while ((pg = page_list_remove_head(all)) != NULL) {
        fill(pg, 0);
        heap_free_pages(pg, 0);
    }
}

/* All free memory is full of secrets. */
static void dirty_all(void)
{
    struct page_list_head all;

    take_all(&all);
    give_all(&all);
    EXPECT_EQ(heap_dirty_count(), heap_free_count(NUMA_NO_NODE));
}

SIM_TEST(what_is_free_at_once_is_dirty)
{
    uint64_t free = heap_free_count(NUMA_NO_NODE);
    struct page_info *pg = heap_alloc_pages(3, 0);

    EXPECT_EQ(heap_dirty_count(), 0);
    heap_free_pages(pg, 3);
    EXPECT_EQ(heap_free_count(NUMA_NO_NODE), free);
    EXPECT_EQ(heap_dirty_count(), 8);
    heap_scrub_step();
    EXPECT_EQ(heap_free_count(NUMA_NO_NODE), free);
    EXPECT_EQ(heap_dirty_count(), 0);
    EXPECT(!heap_scrub_wanted());
    heap_scrub_step();
}

SIM_TEST(only_halves_that_are_alike_are_joined)
{
    struct page_info *pg = heap_alloc_pages(2, 0), *held;
    unsigned int order;

    heap_free_pages(&pg[0], 0);
    EXPECT(is_block(&pg[0], 0, true));
    heap_free_pages(&pg[1], 0);
    EXPECT(is_block(&pg[0], 1, true));
    heap_free_pages(&pg[2], 0);
    EXPECT(is_block(&pg[2], 0, true));
    held = heap_hold_dirty(node, &order);
    EXPECT_EQ(held, &pg[2]); /* the smallest */
    EXPECT_EQ(order, 0);
    unpoison(page_to_virt(held), PAGE_SIZE);
    heap_clear_pages(held, 1);
    poison(page_to_virt(held), PAGE_SIZE);
    heap_release_held(node, held, 0, 1);
    EXPECT(is_block(&pg[2], 0, false));
    heap_free_pages(&pg[3], 0);
    EXPECT(is_block(&pg[3], 0, true)); /* apart from the one, and from the other */
    EXPECT(is_block(&pg[2], 0, false));
    EXPECT(is_block(&pg[0], 1, true));
    sim_check_invariants();
    heap_scrub_step();
    EXPECT(is_block(&pg[2], 1, false));
    EXPECT(is_block(&pg[0], 1, true));
    heap_scrub_step();
    EXPECT(!(pg->count_info & PGC_NEED_SCRUB));
    EXPECT(!is_block(&pg[0], 1, false)); /* joined, and with its own buddy */
    sim_check_invariants();
}

SIM_TEST(a_block_that_is_half_done_goes_back_in_pieces)
{
    struct page_info *pg = heap_alloc_pages(3, 0);
    uint64_t free = heap_free_count(NUMA_NO_NODE);
    unsigned int order;

    heap_free_pages(pg, 3);
    EXPECT_EQ(heap_hold_dirty(node, &order), pg);
    EXPECT_EQ(order, 3);
    EXPECT_EQ(heap_free_count(NUMA_NO_NODE), free + 8); /* free, though nobody can have it now */
    EXPECT_EQ(heap_dirty_count(), 0);
    EXPECT_EQ(heap_hold_dirty(node, &order), NULL);
    unpoison(page_to_virt(pg), PAGE_SIZE << 3);
    heap_clear_pages(pg, 5);
    poison(page_to_virt(pg), PAGE_SIZE << 3);
    heap_release_held(node, pg, 3, 5);
    EXPECT(is_block(&pg[0], 2, false));
    EXPECT(is_block(&pg[4], 0, false));
    EXPECT(is_block(&pg[5], 0, true));
    EXPECT(is_block(&pg[6], 1, true));
    EXPECT_EQ(heap_dirty_count(), 3);
    sim_check_invariants();
}

SIM_TEST(idle_steps_give_way)
{
    struct page_info *pg = heap_alloc_pages(10, 0);

    heap_free_pages(pg, 10);
    softirq_raise(SOFTIRQ_TIMER);
    heap_scrub_step();
    EXPECT_EQ(heap_dirty_count(), 1023);
    heap_scrub_step();
    EXPECT_EQ(heap_dirty_count(), 1022);
    sim_settle();
    heap_scrub_step();
    sim_check_invariants();
    scrub_all();
}

SIM_TEST(idle_cpus_scrub, .ram_mb = 16)
{
    struct page_info *pg = heap_alloc_pages(10, 0);

    fill(pg, 10);
    heap_free_pages(pg, 10);
    EXPECT_EQ(heap_dirty_count(), 1024);
    sim_quiesce();
    EXPECT_EQ(heap_dirty_count(), 0);
    pg = heap_alloc_pages(10, 0);
    EXPECT(is_zero(page_to_virt(pg), PAGE_SIZE << 10));
    heap_free_pages(pg, 10);
}

SIM_TEST(guests_get_clean_memory_first_others_dirty, .ram_mb = 16)
{
    struct page_info *dirty = heap_alloc_pages(4, 0), *pg[32];
    void *own;

    heap_free_pages(dirty, 4);
    for (unsigned int i = 0; i < 32; i++) {
        pg[i] = heap_alloc_pages(0, 0);
        EXPECT(pg[i] < dirty || pg[i] >= dirty + 16);
    }
    EXPECT_EQ(heap_dirty_count(), 16);
    own = xenheap_alloc_pages(1, 0);
    EXPECT(virt_to_page(own) >= dirty && virt_to_page(own) < dirty + 16);
    EXPECT_EQ(heap_dirty_count(), 14);
    xenheap_free_pages(own, 1);
    EXPECT_EQ(heap_dirty_count(), 16);
    for (unsigned int i = 0; i < 32; i++)
        heap_free_pages(pg[i], 0);
    EXPECT_EQ(heap_dirty_count(), 48);
    scrub_all();
    own = xenheap_alloc_pages(0, 0); /* there is only clean memory */
    EXPECT_NE(own, NULL);
    xenheap_free_pages(own, 0);
}

SIM_TEST(what_is_given_out_is_zero, .ram_mb = 32)
{
    dirty_all();
    for (unsigned int o = 0; o <= SCRUB_ORDER; o++) {
        uint64_t was = heap_dirty_count();
        struct page_info *pg = heap_alloc_pages(o, 0);

        EXPECT_NE(pg, NULL);
        EXPECT_EQ(heap_dirty_count(), was - (1UL << o));
        EXPECT(is_zero(page_to_virt(pg), PAGE_SIZE << o));
        heap_free_pages(pg, o);
    }
}

/* Zeroing them while the taker waits would take too long. */
SIM_TEST(large_blocks_are_given_out_only_if_clean, .ram_mb = 32)
{
    struct page_info *pg;

    dirty_all();
    EXPECT_EQ(heap_alloc_pages(SCRUB_ORDER + 1, 0), NULL);
    pg = heap_alloc_pages(SCRUB_ORDER + 1, MEMF_no_scrub);
    EXPECT_NE(pg, NULL);
    heap_free_pages(pg, SCRUB_ORDER + 1);
    scrub_all();
    pg = heap_alloc_pages(SCRUB_ORDER + 1, 0);
    EXPECT_NE(pg, NULL);
    EXPECT(is_zero(page_to_virt(pg), PAGE_SIZE << (SCRUB_ORDER + 1)));
    heap_free_pages(pg, SCRUB_ORDER + 1);
}

/* Memory that is there is not withheld because one half is dirty and the other is not. */
static void halves_of_two_kinds(unsigned int memflags)
{
    struct page_info *pg = heap_alloc_pages(2, 0), *whole;
    struct page_list_head all;

    take_all(&all);
    heap_free_pages(&pg[0], 0);
    heap_free_pages(&pg[2], 1);
    scrub_all();
    heap_free_pages(&pg[1], 0);
    EXPECT(is_block(&pg[0], 0, false));
    EXPECT(is_block(&pg[1], 0, true));
    EXPECT(is_block(&pg[2], 1, false));
    EXPECT_EQ(heap_alloc_pages(3, memflags), NULL);
    whole = heap_alloc_pages(2, memflags);
    EXPECT_EQ(whole, pg);
    EXPECT_EQ(heap_free_count(NUMA_NO_NODE), 0);
    EXPECT_EQ(heap_dirty_count(), 0);
    heap_free_pages(whole, 2);
    give_all(&all);
    sim_check_invariants();
}

SIM_TEST(unlike_halves_are_joined_at_need, .ram_mb = 16)
{
    halves_of_two_kinds(0);
    scrub_all();
    halves_of_two_kinds(MEMF_no_scrub);
}

static struct page_info *theirs;
static bool held_now;

static void hold_and_ask(unsigned int cpu)
{
    unsigned int order;

    if (cpu == 0) {
        struct page_info *pg = heap_hold_dirty(node, &order);

        __atomic_store_n(&held_now, true, __ATOMIC_RELEASE);
        while (!READ_ONCE(node->nr_waiting))
            cpu_relax();
        EXPECT_EQ(heap_hold_dirty(node, &order), NULL); /* not while others wait */
        heap_release_held(node, pg, 0, 0);
    } else {
        while (!__atomic_load_n(&held_now, __ATOMIC_ACQUIRE))
            cpu_relax();
        theirs = heap_alloc_pages(0, 0);
    }
}

SIM_TEST(what_a_scrubber_holds_is_waited_for, .ram_mb = 16)
{
    struct page_info *last = heap_alloc_pages(0, 0);
    struct page_list_head all;

    take_all(&all);
    heap_free_pages(last, 0);
    on_threads(2, hold_and_ask);
    EXPECT_EQ(theirs, last);
    heap_free_pages(last, 0);
    give_all(&all);
}

/* As many pages as there are for @d, none of which has anything in it. */
static uint64_t all_memory_is_blank_for(struct domain *d)
{
    struct page_info *pg;
    uint64_t nr = 0;

    d->max_pages = ~0U;
    while ((pg = domheap_alloc_pages(d, 0, 0)) != NULL) {
        EXPECT(is_zero(page_to_virt(pg), PAGE_SIZE));
        nr++;
    }
    return nr;
}

SIM_TEST(the_dead_leave_nothing_to_others, .ram_mb = 16)
{
    struct domain *a = sim_domain(1, &(struct sim_domain_conf){.nr_pages = 1024});
    struct domain *b = sim_domain(2, &(struct sim_domain_conf){});
    uint64_t free = heap_free_count(NUMA_NO_NODE);

    for (unsigned int i = 0; i < 1024; i++)
        memset(sim_page_virt(a, i), 0x66, PAGE_SIZE);
    sim_destroy(a);
    EXPECT_GE(heap_free_count(NUMA_NO_NODE), free + 1000); /* at once */
    EXPECT_GE(all_memory_is_blank_for(b), free + 1000);
}

static long reserve(struct domain *d, unsigned int cmd, unsigned long nr, unsigned int order)
{
    struct xen_memory_reservation r = {
        .nr_extents = nr, .extent_order = order, .domid = DOMID_SELF};

    r.extent_start.p = (void *)sim_page(d, 4);
    return sim_op(d->vcpu[0], __HYPERVISOR_memory_op, cmd, &r, sizeof(r));
}

/* What the living give back is no more for others to see than what the dead leave. */
SIM_TEST(the_living_leave_nothing_either, .ram_mb = 16)
{
    struct domain *a = sim_domain(1, &(struct sim_domain_conf){});
    struct domain *b = sim_domain(2, &(struct sim_domain_conf){});
    xen_pfn_t *list = sim_page_virt(a, 4);

    for (unsigned int i = 0; i < 20; i++) {
        memset(sim_page_virt(a, 10 + i), 0x66, PAGE_SIZE);
        list[i] = sim_gfn(a, 10 + i);
    }
    EXPECT_EQ(reserve(a, XENMEM_decrease_reservation, 20, 0), 20);
    EXPECT_GE(all_memory_is_blank_for(b), 20);
}

static void expect_blank(const xen_pfn_t *mfn, unsigned int nr, unsigned int order)
{
    for (unsigned int i = 0; i < nr; i++)
        EXPECT(is_zero(mfn_to_virt(mk_mfn(mfn[i])), PAGE_SIZE << order));
}

SIM_TEST(each_call_that_gives_memory_gives_it_blank, .ram_mb = 32)
{
    struct domain *a = sim_domain(1, &(struct sim_domain_conf){});
    struct xen_memory_exchange e = {.in = {.nr_extents = 8, .domid = DOMID_SELF},
                                    .out = {.nr_extents = 8, .domid = DOMID_SELF}};
    xen_pfn_t *list = sim_page_virt(a, 4), *out = sim_page_virt(a, 5);

    a->max_pages = 2048;
    dirty_all();
    EXPECT_EQ(reserve(a, XENMEM_increase_reservation, 8, 0), 8);
    expect_blank(list, 8, 0);
    EXPECT_EQ(reserve(a, XENMEM_increase_reservation, 1, 9), 1);
    expect_blank(list, 1, 9);
    for (unsigned int i = 0; i < 8; i++)
        list[i] = 100 + i;
    EXPECT_EQ(reserve(a, XENMEM_populate_physmap, 8, 0), 8);
    expect_blank(list, 8, 0);
    for (unsigned int i = 0; i < 8; i++) {
        list[i] = sim_gfn(a, 20 + i);
        out[i] = 20 + i;
        memset(sim_page_virt(a, 20 + i), 0x66, PAGE_SIZE);
    }
    e.in.extent_start.p = (void *)sim_page(a, 4);
    e.out.extent_start.p = (void *)sim_page(a, 5);
    EXPECT_EQ(sim_op(a->vcpu[0], __HYPERVISOR_memory_op, XENMEM_exchange, &e, sizeof(e)), 0);
    expect_blank(out, 8, 0);
    sim_check_invariants();
}

/* libxl takes scrub_pages for memory that is not among the free: all that is free is. */
SIM_TEST(tools_see_dirty_memory_as_free)
{
    struct domain *ctl = control_domain();
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_physinfo};
    uint64_t free = heap_free_count(NUMA_NO_NODE);
    struct page_info *pg = heap_alloc_pages(9, 0);

    heap_free_pages(pg, 9);
    EXPECT_EQ(sysctl(ctl, &op), 0);
    EXPECT_EQ(op.u.physinfo.free_pages, free);
    EXPECT_EQ(op.u.physinfo.scrub_pages, 0);
}

/* The memory of the machine before it was this one's. */
static void memory_of_boot_is_scrubbed(void)
{
    struct page_info *pg = heap_alloc_pages(10, 0);

    EXPECT(heap_boot_frames_dirty());
    EXPECT_EQ(heap_dirty_count(), 0);
    EXPECT_NE(pg, NULL);
    heap_free_pages(pg, 10);
}

SIM_TEST(bootscrub_when_idle, .ram_mb = 16, .cmdline = "bootscrub=idle")
{
    memory_of_boot_is_scrubbed();
}

SIM_TEST(bootscrub_at_once, .ram_mb = 16, .cmdline = "bootscrub")
{
    memory_of_boot_is_scrubbed();
}

SIM_TEST(no_bootscrub, .ram_mb = 16, .cmdline = "bootscrub=no")
{
    EXPECT(!heap_boot_frames_dirty());
}

SIM_TEST(no_such_bootscrub, .ram_mb = 16, .cmdline = "bootscrub=on bootscrub=perhaps")
{
    EXPECT(heap_boot_frames_dirty());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_free_at_once_is_dirty),
        cmocka_unit_test(only_halves_that_are_alike_are_joined),
        cmocka_unit_test(a_block_that_is_half_done_goes_back_in_pieces),
        cmocka_unit_test(idle_steps_give_way),
        cmocka_unit_test(idle_cpus_scrub),
        cmocka_unit_test(guests_get_clean_memory_first_others_dirty),
        cmocka_unit_test(what_is_given_out_is_zero),
        cmocka_unit_test(large_blocks_are_given_out_only_if_clean),
        cmocka_unit_test(unlike_halves_are_joined_at_need),
        cmocka_unit_test(what_a_scrubber_holds_is_waited_for),
        cmocka_unit_test(the_dead_leave_nothing_to_others),
        cmocka_unit_test(the_living_leave_nothing_either),
        cmocka_unit_test(each_call_that_gives_memory_gives_it_blank),
        cmocka_unit_test(tools_see_dirty_memory_as_free),
        cmocka_unit_test(bootscrub_when_idle),
        cmocka_unit_test(bootscrub_at_once),
        cmocka_unit_test(no_bootscrub),
        cmocka_unit_test(no_such_bootscrub),
    };

    return RUN_GROUP(tests);
}
