/* SPDX-License-Identifier: MIT */
/* The pages of shadows: where they are kept and how they are found. */
#include <xen/softirq.h>
#include <asm/tlb.h>
#include <xen/port/page_type.h>

#include "private.h"

#define BUCKETS_ORDER 2
_Static_assert(SHADOW_BUCKETS * sizeof(struct page_list_head) == PAGE_SIZE << BUCKETS_ORDER,
               "buckets");

struct shadow *shadow_create(void)
{
    struct shadow *s = xzalloc(struct shadow);

    if (!s)
        return NULL;
    s->bucket = xenheap_alloc_pages(BUCKETS_ORDER, 0);
    if (!s->bucket) {
        xfree(s);
        return NULL;
    }
    spin_lock_init(&s->lock, RANK_SHADOW);
    page_list_init(&s->free);
    for (unsigned int i = 0; i < SHADOW_BUCKETS; i++)
        page_list_init(&s->bucket[i]);
    return s;
}

void shadow_free(struct shadow *s)
{
    ASSERT(s->nr_pages == 0);
    xenheap_free_pages(s->bucket, BUCKETS_ORDER);
    xfree(s);
}

static struct page_list_head *bucket_of(const struct shadow *s, uint64_t key)
{
    return &s->bucket[key * 0x9e3779b97f4a7c15 >> 53];
}
_Static_assert(SHADOW_BUCKETS == 1u << (64 - 53), "bucket_of()");

struct page_info *shadow_find(const struct shadow *s, uint64_t key)
{
    struct page_info *sh;

    for (sh = page_list_first(bucket_of(s, key)); sh; sh = page_list_next(sh))
        if (sh->type_info == key)
            break;
    return sh;
}

/* CPUs that may still walk @sh as what it was when it was released. */
static bool may_be_walked(const struct page_info *sh, const struct domain *d, cpumask_t *cpus)
{
    *cpus = d->arch.dirty_cpumask;
    tlb_filter_mask(cpus, sh->inuse_stamp);
    return !cpumask_empty(cpus);
}

struct page_info *shadow_make(struct shadow *s, const struct domain *d, uint64_t key,
                              cpumask_t *flush)
{
    struct page_info *sh = page_list_first(&s->free);

    if (unlikely(!sh)) {
        shadow_forget_all(s, d);
        sh = page_list_first(&s->free);
        *flush = d->arch.dirty_cpumask;
        return NULL;
    }
    if (unlikely(may_be_walked(sh, d, flush)))
        return NULL;
    page_list_del(sh, &s->free);
    s->nr_free--;
    sh->type_info = key;
    page_list_add(sh, bucket_of(s, key));
    return sh;
}

void shadow_release(struct shadow *s, struct page_info *sh)
{
    page_list_del(sh, bucket_of(s, sh->type_info));
    sh->type_info = 0;
    clear_page(page_to_virt(sh));
    sh->inuse_stamp = port_tlb_clock();
    page_list_add_tail(sh, &s->free);
    s->nr_free++;
}

void shadow_forget_all(struct shadow *s, const struct domain *d)
{
    struct page_info *sh;
    struct vcpu *v;

    for_each_vcpu (d, v)
        shadow_clear_roots(v);
    for (unsigned int i = 0; i < SHADOW_BUCKETS; i++)
        while ((sh = page_list_first(&s->bucket[i])))
            shadow_release(s, sh);
}

void shadow_forget_leaves(struct shadow *s, unsigned int bucket)
{
    struct page_info *sh;

    for (sh = page_list_first(&s->bucket[bucket]); sh; sh = page_list_next(sh))
        if (shadow_level(sh) == 1)
            clear_page(page_to_virt(sh));
}

static int grow(struct shadow *s)
{
    void *table = xenheap_alloc_page();
    struct page_info *sh;

    if (!table)
        return -ENOMEM;
    clear_page(table);
    sh = virt_to_page(table);
    spin_lock(&s->lock);
    sh->inuse_stamp = port_tlb_clock();
    page_list_add_tail(sh, &s->free);
    s->nr_free++;
    s->nr_pages++;
    spin_unlock(&s->lock);
    return 0;
}

static void shrink(struct shadow *s, const struct domain *d)
{
    struct page_info *sh;
    cpumask_t cpus;

    spin_lock(&s->lock);
    if (!s->nr_free)
        shadow_forget_all(s, d);
    sh = page_list_remove_head(&s->free);
    s->nr_free--;
    s->nr_pages--;
    spin_unlock(&s->lock);
    if (may_be_walked(sh, d, &cpus))
        flush_area_mask(&cpus, 0, FLUSH_TLB);
    xenheap_free_page(page_to_virt(sh));
}

int shadow_resize(struct shadow *s, const struct domain *d, unsigned int nr)
{
    while (s->nr_pages != nr) {
        if (s->nr_pages > nr) {
            shrink(s, d);
        } else {
            int rc = grow(s);

            if (rc)
                return rc;
        }
        if (s->nr_pages % 64 == 0 && s->nr_pages != nr && hypercall_preempt_check())
            return -ERESTART;
    }
    return 0;
}
