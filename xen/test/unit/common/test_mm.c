/* SPDX-License-Identifier: MIT */
#include "sim_test.h"

#include <public/domctl.h>
#include <xen/mm.h>
#include <xen/poison.h>
#include <xen/port/page_type.h>

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

SIM_TEST(blocks_are_aligned_and_disjoint)
{
    struct page_info *pg[11];

    for (unsigned int o = 0; o <= 10; o++) {
        pg[o] = heap_alloc_pages(o, 0);
        EXPECT_NE(pg[o], NULL);
        EXPECT_EQ(page_to_mfn(pg[o]).nr % (1UL << o), 0);
        memset(page_to_virt(pg[o]), (int)o, PAGE_SIZE << o);
    }
    for (unsigned int o = 0; o <= 10; o++) {
        const unsigned char *b = page_to_virt(pg[o]);

        EXPECT_EQ(b[0], o);
        EXPECT_EQ(b[(PAGE_SIZE << o) - 1], o);
        heap_free_pages(pg[o], o);
    }
}

SIM_TEST(freed_blocks_merge)
{
    enum { NR = 1024 };
    static struct page_info *pg[NR];
    struct page_info *big = heap_alloc_pages(12, 0);
    uint64_t free = heap_free_count(NUMA_NO_NODE);

    EXPECT_NE(big, NULL);
    heap_free_pages(big, 12);
    for (unsigned int i = 0; i < NR; i++)
        EXPECT_NE(pg[i] = heap_alloc_pages(0, 0), NULL);
    for (unsigned int i = 0; i < NR; i += 2)
        heap_free_pages(pg[i], 0);
    for (unsigned int i = 1; i < NR; i += 2)
        heap_free_pages(pg[i], 0);
    EXPECT_EQ(heap_free_count(NUMA_NO_NODE), free + 4096);
    big = heap_alloc_pages(12, 0);
    EXPECT_NE(big, NULL);
    heap_free_pages(big, 12);
}

SIM_TEST(random_allocations_never_overlap)
{
    enum { NR = 256 };
    static struct {
        struct page_info *pg;
        unsigned int order;
    } held[NR];
    uint64_t free = heap_free_count(NUMA_NO_NODE), seed = 42;

    for (unsigned int i = 0; i < 20000; i++) {
        uint64_t r = next_random(&seed);
        unsigned int n = r % NR;

        if (held[n].pg) {
            uint64_t *word = page_to_virt(held[n].pg);

            EXPECT_EQ(*word, n);
            EXPECT_EQ(word[(PAGE_SIZE << held[n].order) / 8 - 1], n);
            heap_free_pages(held[n].pg, held[n].order);
            held[n].pg = NULL;
        } else {
            held[n].order = (r >> 20) % 6;
            held[n].pg = heap_alloc_pages(held[n].order, 0);
            if (held[n].pg) {
                uint64_t *word = page_to_virt(held[n].pg);

                word[0] = word[(PAGE_SIZE << held[n].order) / 8 - 1] = n;
            }
        }
    }
    for (unsigned int n = 0; n < NR; n++)
        if (held[n].pg)
            heap_free_pages(held[n].pg, held[n].order);
    EXPECT_EQ(heap_free_count(NUMA_NO_NODE), free);
}

SIM_TEST(the_heap_runs_empty_and_full_again, .ram_mb = 16)
{
    uint64_t free = heap_free_count(NUMA_NO_NODE), n = 0;
    struct page_list_head all = PAGE_LIST_HEAD_INIT;
    struct page_info *pg;

    while ((pg = heap_alloc_pages(0, 0)) != NULL) {
        page_list_add(pg, &all);
        n++;
    }
    EXPECT_EQ(n, free);
    EXPECT_EQ(heap_free_count(NUMA_NO_NODE), 0);
    EXPECT_EQ(xmalloc_bytes(5000), NULL);
    while ((pg = page_list_remove_head(&all)) != NULL)
        heap_free_pages(pg, 0);
    EXPECT_EQ(heap_free_count(NUMA_NO_NODE), free);
    EXPECT_EQ(heap_alloc_pages(MAX_ORDER + 1, 0), NULL);
}

SIM_TEST(address_limits_are_kept)
{
    struct page_info *pg = heap_alloc_pages(0, MEMF_bits(24));

    EXPECT_NE(pg, NULL);
    EXPECT_LE(page_to_maddr(pg), (1UL << 24) - PAGE_SIZE);
    heap_free_pages(pg, 0);
    EXPECT_EQ(heap_alloc_pages(0, MEMF_bits(12)), NULL);
}

SIM_TEST(small_objects)
{
    enum { NR = 2000 };
    static struct {
        unsigned char *p;
        size_t len;
    } obj[NR];
    uint64_t seed = 7;

    for (unsigned int i = 0; i < 20000; i++) {
        unsigned int n = next_random(&seed) % NR;

        if (obj[n].p) {
            for (size_t k = 0; k < obj[n].len; k++)
                EXPECT_EQ(obj[n].p[k], n & 0xff);
            xfree(obj[n].p);
            obj[n].p = NULL;
        } else {
            obj[n].len = next_random(&seed) % (i % 50 ? 600 : 20000);
            obj[n].p = xmalloc_bytes(obj[n].len);
            EXPECT_NE(obj[n].p, NULL);
            EXPECT_EQ((unsigned long)obj[n].p % 16, 0);
            memset(obj[n].p, (int)(n & 0xff), obj[n].len);
        }
    }
    for (unsigned int n = 0; n < NR; n++)
        xfree(obj[n].p);
    xfree(NULL);
    EXPECT_EQ(xmalloc_array_bytes(1UL << 33, 1UL << 33), NULL);
    EXPECT_EQ(xzalloc_array_bytes(1UL << 33, 1UL << 33), NULL);
    EXPECT_EQ(xmalloc_bytes(~0UL), NULL);
}

SIM_TEST(zeroed_is_zero)
{
    for (unsigned int i = 0; i < 100; i++) {
        unsigned char *p = xmalloc_bytes(333), *z;

        memset(p, 0xff, 333);
        xfree(p);
        z = xzalloc_bytes(333);
        for (unsigned int k = 0; k < 333; k++)
            EXPECT_EQ(z[k], 0);
        xfree(z);
    }
}

SIM_TEST(scattered_frames_are_one_area)
{
    size_t len = 300 * PAGE_SIZE + 5;
    unsigned char *a = vzalloc(len), *b = vmalloc(PAGE_SIZE);
    mfn_t mfns[3];
    unsigned char *m;

    EXPECT_NE(a, NULL);
    EXPECT_NE(b, NULL);
    for (size_t i = 0; i < len; i += 999)
        EXPECT_EQ(a[i], 0);
    memset(a, 1, len);
    vfree(b);
    vfree(a);
    vfree(NULL);
    for (unsigned int i = 0; i < 3; i++)
        mfns[i] = page_to_mfn(heap_alloc_pages(0, 0));
    m = vmap_frames(mfns, 3);
    EXPECT_NE(m, NULL);
    memset(m + PAGE_SIZE, 0x33, PAGE_SIZE);
    EXPECT_EQ(((unsigned char *)mfn_to_virt(mfns[1]))[17], 0x33);
    vunmap(m);
    for (unsigned int i = 0; i < 3; i++)
        heap_free_pages(mfn_to_page(mfns[i]), 0);
    EXPECT_EQ(vmalloc(1UL << 40), NULL);
}

SIM_TEST(references_keep_a_page)
{
    struct domain *a = sim_domain(1, &(struct sim_domain_conf){}),
                  *b = sim_domain(2, &(struct sim_domain_conf){});
    struct page_info *pg = virt_to_page(sim_page_virt(a, 10));

    EXPECT(!page_get(pg, b));
    EXPECT(page_get(pg, a));
    page_put_alloc_ref(pg);
    EXPECT_EQ(page_owner(pg), a);
    page_put_alloc_ref(pg); /* only once */
    EXPECT(page_get_again(pg));
    page_put(pg);
    EXPECT_EQ(a->tot_pages, 64);
    page_put(pg);
    EXPECT_EQ(a->tot_pages, 63);
    EXPECT(!page_get(pg, a));
    EXPECT_EQ(page_get_owner_and_reference(pg), NULL);
    EXPECT_EQ(page_get_from_mfn(mk_mfn(~0UL), a), NULL);
    EXPECT_EQ(page_get_from_mfn(mk_mfn(0), a), NULL);
    EXPECT_EQ(page_get_from_mfn(mk_mfn(max_page), a), NULL);
}

SIM_TEST(a_count_at_its_end_gives_no_more)
{
    struct domain *a = sim_domain(1, &(struct sim_domain_conf){});
    struct page_info *pg = virt_to_page(sim_page_virt(a, 10));
    uint64_t was = pg->count_info;

    pg->count_info |= PGC_COUNT_MASK;
    EXPECT(!page_get(pg, a));
    EXPECT(!page_get_again(pg));
    pg->count_info = was;
}

SIM_TEST(held_pages_hold_their_domain)
{
    struct domain *a = sim_domain(1, &(struct sim_domain_conf){});
    struct page_info *pg = virt_to_page(sim_page_virt(a, 10));

    memset(page_to_virt(pg), 0x66, PAGE_SIZE);
    EXPECT(page_get(pg, a));
    sim_destroy(a);
    sim_quiesce();
    EXPECT_EQ(domain_by_id_rcu(1), a);
    EXPECT_EQ(a->tot_pages, 1);
    page_put(pg);
    sim_quiesce();
    EXPECT_EQ(domain_by_id_rcu(1), NULL);
    unpoison(page_to_virt(pg), PAGE_SIZE);
    EXPECT_EQ(*(char *)page_to_virt(pg), 0); /* wiped */
    poison(page_to_virt(pg), PAGE_SIZE);
}

/* Of pages side by side those go together that nobody else holds, and the others when they can. */
SIM_TEST(pages_of_the_dead_are_freed_in_runs)
{
    uint64_t free = heap_free_count(NUMA_NO_NODE);
    struct domain *a = sim_domain(1, &(struct sim_domain_conf){});
    struct page_info *big, *held[3];

    a->max_pages = 4096;
    big = domheap_alloc_pages(a, 10, 0);
    EXPECT_NE(big, NULL);
    EXPECT_NE(domheap_alloc_pages(a, 3, MEMF_no_refcount), NULL);
    held[0] = &big[0];
    held[1] = &big[300];
    held[2] = &big[1023];
    for (unsigned int i = 0; i < 3; i++)
        EXPECT(page_get(held[i], a));
    EXPECT(page_get_writable_type(held[1]));
    for (unsigned int i = 0; i < 1024; i++)
        EXPECT_EQ(page_owner(&big[i]), a);
    sim_destroy(a);
    EXPECT_EQ(a->tot_pages, 3);
    EXPECT_EQ(a->extra_pages, 0);
    EXPECT_EQ(page_owner(&big[1]), NULL);
    sim_check_invariants();
    page_put_writable_type(held[1]);
    for (unsigned int i = 0; i < 3; i++)
        page_put(held[i]);
    sim_quiesce();
    EXPECT_EQ(domain_by_id_rcu(1), NULL);
    EXPECT_GE(heap_free_count(NUMA_NO_NODE) + 16, free);
}

#ifdef HAS_POISON
int __asan_address_is_poisoned(const volatile void *addr);

SIM_TEST(free_memory_is_out_of_bounds)
{
    char *small = xmalloc_bytes(100), *large = xmalloc_bytes(3 * PAGE_SIZE);

    EXPECT(!__asan_address_is_poisoned(small + 99));
    EXPECT(__asan_address_is_poisoned(small + 100));
    EXPECT(!__asan_address_is_poisoned(large + 3 * PAGE_SIZE - 1));
    EXPECT(__asan_address_is_poisoned(large + 3 * PAGE_SIZE));
    xfree(small);
    xfree(large);
    EXPECT(__asan_address_is_poisoned(small));
    EXPECT(__asan_address_is_poisoned(small + 99));
    EXPECT(__asan_address_is_poisoned(large));
}
#endif

SIM_TEST(assignment_keeps_to_the_limit)
{
    struct domain *a = sim_domain(1, &(struct sim_domain_conf){});
    struct page_info *pg = heap_alloc_pages(1, 0);

    EXPECT_EQ(domheap_alloc_pages(a, 0, 0), NULL);
    EXPECT_EQ(page_assign(pg, 1, a, 0), -E2BIG);
    a->max_pages = 66;
    EXPECT_EQ(page_assign(pg, 1, a, 0), 0);
    EXPECT_EQ(a->tot_pages, 66);
    pg = domheap_alloc_pages(a, 0, MEMF_no_refcount);
    EXPECT_NE(pg, NULL);
    EXPECT_EQ(a->tot_pages, 66);
    EXPECT_EQ(a->extra_pages, 1);
    sim_check_invariants();
    EXPECT_EQ(page_steal(a, pg, 0), 0);
    heap_free_pages(pg, 0);
    sim_check_invariants();
    pg = virt_to_page(sim_page_virt(a, 9));
    EXPECT(page_get(pg, a));
    EXPECT_EQ(page_steal(a, pg, 0), -EBUSY);
    page_put(pg);
    EXPECT_EQ(page_steal(dom_xen, pg, 0), -EINVAL);
}

SIM_TEST(claims_reserve_memory)
{
    struct domain *a = sim_domain(1, &(struct sim_domain_conf){});
    uint64_t free = heap_free_count(NUMA_NO_NODE);

    a->max_pages = free * 2;
    EXPECT_EQ(domain_set_claim(a, 64), -EINVAL);
    EXPECT_EQ(domain_set_claim(a, free * 2), -ENOMEM);
    EXPECT_EQ(domain_set_claim(a, 64 + 100), 0);
    EXPECT_EQ(heap_outstanding_claims(), 100);
    EXPECT_EQ(domain_set_claim(a, 64 + 200), -EINVAL);
    EXPECT_NE(domheap_alloc_pages(a, 3, 0), NULL);
    EXPECT_EQ(heap_outstanding_claims(), 92);
    EXPECT_EQ(domain_set_claim(a, 0), 0);
    EXPECT_EQ(heap_outstanding_claims(), 0);
    EXPECT_EQ(domain_set_claim(a, 64 + 300), 0);
    sim_destroy(a);
    EXPECT_EQ(heap_outstanding_claims(), 0);
}

SIM_TEST(lists_of_pages)
{
    struct page_list_head a = PAGE_LIST_HEAD_INIT, b = PAGE_LIST_HEAD_INIT;
    struct page_info *pg = heap_alloc_pages(2, 0);

    EXPECT(page_list_empty(&a));
    EXPECT_EQ(page_list_first(&a), NULL);
    EXPECT_EQ(page_list_remove_head(&a), NULL);
    page_list_add(&pg[1], &a);
    page_list_add(&pg[0], &a);
    page_list_add_tail(&pg[2], &a);
    page_list_add_tail(&pg[3], &b);
    page_list_del(&pg[1], &a);
    EXPECT_EQ(page_list_next(&pg[0]), &pg[2]);
    page_list_splice(&a, &b);
    EXPECT_EQ(page_list_remove_head(&b), &pg[0]);
    EXPECT_EQ(page_list_remove_head(&b), &pg[2]);
    EXPECT_EQ(page_list_remove_head(&b), &pg[3]);
    EXPECT(page_list_empty(&b));
    heap_free_pages(pg, 2);
}

/* Each allocation of a domain's creation fails in turn: nothing stays behind. */
SIM_TEST(creation_without_memory_leaves_nothing, .ram_mb = 16)
{
    struct page_list_head all = PAGE_LIST_HEAD_INIT;
    struct page_info *pg;
    unsigned int failures = 0;
    struct domain *d;

    sim_destroy(sim_domain(1, &(struct sim_domain_conf){}));
    sim_quiesce();
    while ((pg = heap_alloc_pages(0, 0)) != NULL)
        page_list_add(pg, &all);
    for (;;) {
        struct xen_domctl_createdomain c = {.max_vcpus = 2,
                                            .max_evtchn_port = 1023,
                                            .max_grant_frames = 8,
                                            .max_maptrack_frames = 8};

        d = domain_create(2, &c, 0);
        sim_quiesce();
        if (!IS_ERR(d))
            break;
        EXPECT_EQ(PTR_ERR(d), -ENOMEM);
        failures++;
        pg = page_list_remove_head(&all);
        EXPECT_NE(pg, NULL);
        heap_free_pages(pg, 0);
    }
    EXPECT_GE(failures, 4);
    while ((pg = page_list_remove_head(&all)) != NULL)
        heap_free_pages(pg, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_aligned_and_disjoint),
        cmocka_unit_test(freed_blocks_merge),
        cmocka_unit_test(random_allocations_never_overlap),
        cmocka_unit_test(the_heap_runs_empty_and_full_again),
        cmocka_unit_test(address_limits_are_kept),
        cmocka_unit_test(small_objects),
        cmocka_unit_test(zeroed_is_zero),
        cmocka_unit_test(scattered_frames_are_one_area),
        cmocka_unit_test(references_keep_a_page),
        cmocka_unit_test(a_count_at_its_end_gives_no_more),
        cmocka_unit_test(held_pages_hold_their_domain),
        cmocka_unit_test(pages_of_the_dead_are_freed_in_runs),
#ifdef HAS_POISON
        cmocka_unit_test(free_memory_is_out_of_bounds),
#endif
        cmocka_unit_test(assignment_keeps_to_the_limit),
        cmocka_unit_test(claims_reserve_memory),
        cmocka_unit_test(lists_of_pages),
        cmocka_unit_test(creation_without_memory_leaves_nothing),
    };

    return RUN_GROUP(tests);
}
