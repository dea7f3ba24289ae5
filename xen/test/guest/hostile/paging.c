/* SPDX-License-Identifier: MIT */
/* Forged page tables: filled, pinned, linked, and every success checked that must not be. */
#include <hostile/hostile.h>

static uint8_t *a_page(unsigned int *idx)
{
    *idx = (unsigned int)rnd(SANDBOX_PAGES);
    return sandbox + *idx * PAGE_SIZE;
}

static bool is_live_table(uint64_t mfn)
{
    unsigned int i;

    for (i = 0; i < nr_tables; i++)
        if (table_mfn[i] == mfn)
            return true;
    return false;
}

/* Low frames may have come to us by a memory call; only an owner may change the M2P. */
static bool is_ours(uint64_t mfn)
{
    return mmu_update((mfn << PAGE_SHIFT) | MMU_MACHPHYS_UPDATE, 0) == 0;
}

/* The hypervisor must never agree to these. */
static void check(long rc, uint64_t pte, const char *how)
{
    uint64_t mfn = (pte & PTE_MFN) >> PAGE_SHIFT;

    if (rc || !(pte & PTE_P))
        return;
    if (is_live_table(mfn) && (pte & PTE_W))
        finish(RESULT_FAILURE, "%s: page table %lx is mapped writable", how, (long)mfn);
    if (mfn < 0x100 && !is_ours(mfn))
        finish(RESULT_FAILURE, "%s: low frame %lx is mapped", how, (long)mfn);
}

static void fill(void *page)
{
    uint64_t *t = page;
    unsigned int i, n = 1 + (unsigned int)rnd(8);

    if (one_in(2))
        memset(t, 0, PAGE_SIZE);
    for (i = 0; i < n; i++)
        t[rnd(512)] =
            one_in(2) ? (sandbox_mfn[rnd(SANDBOX_PAGES)] << PAGE_SHIFT) | PTE_RO : any_pte();
}

static void map_own(unsigned int idx, uint64_t flags)
{
    map_va(sandbox + idx * PAGE_SIZE, (sandbox_mfn[idx] << PAGE_SHIFT) | flags);
}

static void poke(void *arg)
{
    volatile uint64_t *p = arg;

    *p = *p + 1;
}

static void copy_page(void)
{
    uint64_t to = any_mfn(), from = any_mfn();
    long rc = mmuext(MMUEXT_COPY_PAGE, to, from);

    if (rc == 0 && (is_live_table(to) || (to < 0x100 && !is_ours(to))))
        finish(RESULT_FAILURE, "page %lx is copied to %lx", (long)from, (long)to);
}

void paging_step(void)
{
    unsigned int idx;
    uint8_t *page = a_page(&idx);
    uint64_t pte;
    long rc;

    switch (rnd(12)) {
    case 0:
    case 1:
        map_own(idx, PTE_RW);
        if (trap_try(fill, page) == -1)
            map_own(idx, PTE_RO);
        break;
    case 2:
    case 3:
        map_own(idx, PTE_RO);
        mmuext(MMUEXT_PIN_L1_TABLE + (one_in(2) ? 0 : rnd(4)), sandbox_mfn[idx], 0);
        break;
    case 4:
        mmuext(MMUEXT_UNPIN_TABLE, sandbox_mfn[idx], 0);
        break;
    case 5:
    case 6:
        /* A plain write if the page is no table. */
        mmu_update((sandbox_mfn[idx] << PAGE_SHIFT) + rnd(512) * 8, any_pte());
        break;
    case 7:
    case 8:
        pte = any_pte();
        rc = map_va(page, pte);
        check(rc, pte, "update_va_mapping");
        trap_try(poke, page);
        break;
    case 9:
        copy_page();
        break;
    case 10:
        mmuext(one_in(2) ? MMUEXT_NEW_USER_BASEPTR : MMUEXT_CLEAR_PAGE, any_mfn(), 0);
        break;
    default:
        map_own(idx, one_in(2) ? PTE_RW : 0);
        break;
    }
}
