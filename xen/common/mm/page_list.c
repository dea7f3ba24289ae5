/* SPDX-License-Identifier: MIT */
/* Lists of pages, linked by frame number. */
#include <xen/frame.h>
#include <xen/kernel.h>

static struct page_info *at(uint32_t nr)
{
    return nr == PAGE_LIST_NONE ? NULL : &frame_table[nr];
}

static uint32_t nr_of(const struct page_info *pg)
{
    return (uint32_t)(pg - frame_table);
}

struct page_info *page_list_first(const struct page_list_head *l)
{
    return at(l->head);
}

struct page_info *page_list_next(const struct page_info *pg)
{
    return at(pg->list.next);
}

void page_list_add(struct page_info *pg, struct page_list_head *l)
{
    uint32_t nr = nr_of(pg);

    pg->list.prev = PAGE_LIST_NONE;
    pg->list.next = l->head;
    if (l->head == PAGE_LIST_NONE)
        l->tail = nr;
    else
        frame_table[l->head].list.prev = nr;
    l->head = nr;
}

void page_list_add_tail(struct page_info *pg, struct page_list_head *l)
{
    uint32_t nr = nr_of(pg);

    pg->list.next = PAGE_LIST_NONE;
    pg->list.prev = l->tail;
    if (l->tail == PAGE_LIST_NONE)
        l->head = nr;
    else
        frame_table[l->tail].list.next = nr;
    l->tail = nr;
}

void page_list_del(struct page_info *pg, struct page_list_head *l)
{
    struct page_links k = pg->list;

    if (k.prev == PAGE_LIST_NONE)
        l->head = k.next;
    else
        frame_table[k.prev].list.next = k.next;
    if (k.next == PAGE_LIST_NONE)
        l->tail = k.prev;
    else
        frame_table[k.next].list.prev = k.prev;
}

struct page_info *page_list_remove_head(struct page_list_head *l)
{
    struct page_info *pg = at(l->head);

    if (pg)
        page_list_del(pg, l);
    return pg;
}

void page_list_splice(struct page_list_head *from, struct page_list_head *to)
{
    if (from->head == PAGE_LIST_NONE)
        return;
    if (to->head == PAGE_LIST_NONE) {
        to->tail = from->tail;
    } else {
        frame_table[from->tail].list.next = to->head;
        frame_table[to->head].list.prev = from->tail;
    }
    to->head = from->head;
    page_list_init(from);
}
