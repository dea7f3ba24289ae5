/* SPDX-License-Identifier: MIT */
/*
 * The pages that tables are made of. A table's page comes from the domain's pool, so that a guest
 * cannot use up the heap by the way it maps memory; dom0's come from the heap.
 */
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/mm.h>

#include "p2m_private.h"

struct page_info *p2m_table_alloc(struct domain *d)
{
    struct p2m *p2m = &d->arch.p2m;
    struct page_info *pg;

    if (d->is_privileged)
        return heap_alloc_pages(0, MEMF_no_scrub);
    pg = page_list_remove_head(&p2m->pool);
    if (pg)
        p2m->nr_pool--;
    return pg;
}

void p2m_table_free(struct p2m *p2m, struct page_info *pg)
{
    page_list_add(pg, &p2m->pool);
    p2m->nr_pool++;
}

int p2m_pool_grow(struct p2m *p2m)
{
    struct page_info *pg = heap_alloc_pages(0, MEMF_no_scrub);

    if (!pg)
        return -ENOMEM;
    page_list_add(pg, &p2m->pool);
    p2m->nr_pool++;
    return 0;
}

static int pool_shrink(struct p2m *p2m)
{
    struct page_info *pg = page_list_remove_head(&p2m->pool);

    if (!pg)
        return -EBUSY;
    p2m->nr_pool--;
    heap_free_pages(pg, 0);
    return 0;
}

int p2m_set_pool(struct domain *d, uint64_t pages)
{
    struct p2m *p2m = &d->arch.p2m;
    int rc = 0;

    while (rc == 0) {
        write_lock(&p2m->lock);
        if (READ_ONCE(d->is_dying))
            rc = -EINVAL;
        else if (p2m->nr_pool + p2m->nr_tables < pages)
            rc = p2m_pool_grow(p2m);
        else if (p2m->nr_pool + p2m->nr_tables > pages)
            rc = pool_shrink(p2m);
        else
            pages = UINT64_MAX;
        write_unlock(&p2m->lock);
        if (pages == UINT64_MAX)
            return 0;
        if (rc == 0 && hypercall_preempt_check())
            rc = -ERESTART;
    }
    return rc;
}

/* One page of the tables, then of the pool; NULL: none is left. */
static struct page_info *take_page(struct p2m *p2m)
{
    struct page_info *pg;

    write_lock(&p2m->lock);
    pg = page_list_remove_head(&p2m->tables);
    if (pg) {
        p2m->nr_tables--;
    } else {
        pg = page_list_remove_head(&p2m->pool);
        if (pg)
            p2m->nr_pool--;
    }
    write_unlock(&p2m->lock);
    return pg;
}

int p2m_release_tables(struct p2m *p2m)
{
    struct page_info *pg;

    while ((pg = take_page(p2m)) != NULL) {
        heap_free_pages(pg, 0);
        if (hypercall_preempt_check())
            return -ERESTART;
    }
    return 0;
}
