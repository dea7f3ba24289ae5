/* SPDX-License-Identifier: MIT */
/*
 * For ports whose pages have no types: type_info counts who keeps the page for writing, and says
 * where nobody may.
 */
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/port/page_type.h>

#define TYPE_READONLY (UINT64_C(1) << 63)

bool page_get_writable_type(struct page_info *pg)
{
    if (READ_ONCE(pg->type_info) & TYPE_READONLY)
        return false;
    __atomic_add_fetch(&pg->type_info, 1, __ATOMIC_ACQ_REL);
    return true;
}

void page_put_writable_type(struct page_info *pg)
{
    uint64_t left = __atomic_sub_fetch(&pg->type_info, 1, __ATOMIC_ACQ_REL);

    BUG_ON(left & TYPE_READONLY);
}

bool page_get_writable(struct page_info *pg, struct domain *d)
{
    if (!page_get(pg, d))
        return false;
    if (page_get_writable_type(pg))
        return true;
    page_put(pg);
    return false;
}

void page_put_writable(struct page_info *pg)
{
    page_put_writable_type(pg);
    page_put(pg);
}

bool port_page_is_idle(const struct page_info *pg)
{
    return READ_ONCE(pg->type_info) == 0;
}

void port_page_assigned(struct page_info *pg, struct domain *d)
{
    WRITE_ONCE(pg->type_info, 0);
}

void port_page_shared(struct page_info *pg, bool writable)
{
    WRITE_ONCE(pg->type_info, writable ? 1 : TYPE_READONLY);
}
