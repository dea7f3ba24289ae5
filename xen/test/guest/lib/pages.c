/* SPDX-License-Identifier: MIT */
#include <lib/guest.h>

uint8_t pool[POOL_PAGES][PAGE_SIZE] __attribute__((aligned(4096), section(".bss.page")));
static unsigned int pool_used;

void *page_alloc(void)
{
    if (pool_used == POOL_PAGES)
        finish(RESULT_ERROR, "the page pool is empty");
    return pool[pool_used++];
}

unsigned long virt_to_pfn(const void *va)
{
    return ((unsigned long)va - VIRT_BASE) >> PAGE_SHIFT;
}

unsigned long pfn_to_mfn(unsigned long pfn)
{
    return ((unsigned long *)start_info->mfn_list)[pfn];
}

unsigned long virt_to_mfn(const void *va)
{
    return pfn_to_mfn(virt_to_pfn(va));
}

void *mfn_to_virt(unsigned long mfn)
{
    return (void *)(VIRT_BASE + (machine_to_phys_mapping[mfn] << PAGE_SHIFT));
}

long map_va(const void *va, uint64_t pte)
{
    return hcall3(__HYPERVISOR_update_va_mapping, va, pte, UVMF_INVLPG | UVMF_LOCAL);
}

long mmu_update(uint64_t ptr, uint64_t val)
{
    mmu_update_t req = {.ptr = ptr, .val = val};

    return hcall4(__HYPERVISOR_mmu_update, &req, 1, NULL, DOMID_SELF);
}

long mmuext(unsigned int cmd, unsigned long arg1, unsigned long arg2)
{
    mmuext_op_t op = {.cmd = cmd, .arg1.mfn = arg1, .arg2.src_mfn = arg2};

    return hcall4(__HYPERVISOR_mmuext_op, &op, 1, NULL, DOMID_SELF);
}

long make_readonly(void *table)
{
    return map_va(table, pte_of(table, PTE_RO));
}

long make_writable(void *table)
{
    return map_va(table, pte_of(table, PTE_RW));
}

uint64_t *walk(const void *va, int level, unsigned int *idx)
{
    uint64_t *table = (uint64_t *)start_info->pt_base;
    int l;

    for (l = 4;; l--) {
        *idx = ((unsigned long)va >> (PAGE_SHIFT + 9 * (l - 1))) & 511;
        if (l == level)
            return table;
        if (!(table[*idx] & PTE_P))
            finish(RESULT_ERROR, "no level %d table for %p", l - 1, va);
        table = mfn_to_virt((table[*idx] & PTE_MFN) >> PAGE_SHIFT);
    }
}

uint64_t machine_of_pte(const void *va)
{
    unsigned int idx;
    uint64_t *l1 = walk(va, 1, &idx);

    return (virt_to_mfn(l1) << PAGE_SHIFT) + idx * 8;
}
