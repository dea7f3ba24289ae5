/* SPDX-License-Identifier: MIT */
/* Pages of a dying domain. */
#include <xen/kernel.h>
#include <xen/port/domain.h>
#include <xen/softirq.h>

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

int domain_release_pages_by(struct domain *d, struct page_list_head *list, uint64_t len,
                            int (*release)(struct page_info *pg))
{
    uint64_t *left = &d->release_left; /* and one, so that 0 is "not begun" */

    if (*left == 0)
        *left = len + 1;
    while (*left > 1) {
        struct page_info *pg = next_page(d, list);
        int rc = 0;

        if (pg) {
            rc = release(pg);
            if (rc)
                put_back(d, list, pg);
            page_put(pg);
        }
        if (rc == 0)
            --*left;
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
