/* SPDX-License-Identifier: MIT */
/* Taking a page from a dying domain. */
#include <xen/mm.h>
#include <asm/pv_mm.h>

#include "pagetable.h"

/*
 * Undo all uses of @pg that the owner can be blamed for. As no table refers to one of its own or a
 * higher level, everything falls once pins and half-done tables are gone.
 */
int pv_page_release(struct page_info *pg)
{
    int rc;

    if (__atomic_fetch_and(&pg->type_info, ~PGT_PINNED, __ATOMIC_ACQ_REL) & PGT_PINNED) {
        rc = page_put_type_preemptible(pg);
        page_put(pg);
        if (rc)
            return rc;
    }
    rc = page_finish_partial(pg, true);
    if (rc)
        return rc;
    page_put_alloc_ref(pg);
    return 0;
}
