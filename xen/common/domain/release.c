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

int domain_release_pages(struct domain *d, struct page_list_head *list, uint64_t len)
{
    uint64_t *left = &d->release_left; /* and one, so that 0 is "not begun" */

    if (*left == 0)
        *left = len + 1;
    while (*left > 1) {
        struct page_info *pg = next_page(d, list);

        --*left;
        if (pg) {
            page_put_alloc_ref(pg);
            page_put(pg);
        }
        if (hypercall_preempt_check())
            return -ERESTART;
    }
    *left = 0;
    return 0;
}
