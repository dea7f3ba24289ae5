/* SPDX-License-Identifier: MIT */
/* Pages of a dying domain. */
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/port/domain.h>
#include <xen/softirq.h>

#define RUN 512 /* pages freed at once, of 2 MiB blocks whole ones */

/* The head of @list goes to its tail, with a reference; NULL: it is just being freed. */
static struct page_info *next_page(struct domain *d, struct page_list_head *list)
{
    struct page_info *pg;

    spin_lock(&d->page_lock);
    pg = page_list_remove_head(list);
    if (pg) {
        page_list_add_tail(pg, list);
        if (!page_get(pg, d))
            pg = NULL;
    }
    spin_unlock(&d->page_lock);
    return pg;
}

/* @pg, with a reference of ours, is to be the next again. */
static void put_back(struct domain *d, struct page_list_head *list, struct page_info *pg)
{
    spin_lock(&d->page_lock);
    page_list_del(pg, list);
    page_list_add(pg, list);
    spin_unlock(&d->page_lock);
}

/* Pages that only their owner knows go together. Result: how many. */
static uint64_t release_run(struct domain *d, struct page_list_head *list, uint64_t left)
{
    return list == &d->xenpage_list ? 0 : domheap_free_run(d, list, min_t(uint64_t, left, RUN));
}

/* 0: the page at the head has been dealt with. */
static int release_one(struct domain *d, struct page_list_head *list,
                       int (*release)(struct page_info *pg))
{
    struct page_info *pg = next_page(d, list);
    int rc;

    if (!pg)
        return 0;
    rc = release(pg);
    if (rc)
        put_back(d, list, pg);
    page_put(pg);
    return rc;
}

int domain_release_pages_by(struct domain *d, struct page_list_head *list, uint64_t len,
                            int (*release)(struct page_info *pg))
{
    uint64_t *left = &d->release_left; /* and one, so that 0 is "not begun" */

    if (*left == 0)
        *left = len + 1;
    while (*left > 1) {
        uint64_t nr = release_run(d, list, *left - 1);
        int rc = nr ? 0 : release_one(d, list, release);

        if (rc == 0)
            *left -= max_t(uint64_t, nr, 1);
        if (rc || hypercall_preempt_check())
            return -ERESTART;
    }
    *left = 0;
    return 0;
}

static int release_plain(struct page_info *pg)
{
    page_put_alloc_ref(pg);
    return 0;
}

int domain_release_pages(struct domain *d, struct page_list_head *list, uint64_t len)
{
    return domain_release_pages_by(d, list, len, release_plain);
}
