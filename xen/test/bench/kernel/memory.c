/* SPDX-License-Identifier: MIT */
/* Page-table updates and page faults. */
#include <kernel/bench.h>

#define BATCH 128

/* Each page's entry is made to map its own frame or that of the page BATCH further on, in turn. */
static mmu_update_t updates[2][BATCH];
static unsigned int turn;
static uint8_t *missing; /* a page that is not mapped */

static long update(unsigned int count)
{
    turn ^= 1;
    return hcall4(__HYPERVISOR_mmu_update, updates[turn], count, NULL, DOMID_SELF);
}

static long update_one(void)
{
    return update(1);
}

static long update_batch(void)
{
    return update(BATCH);
}

/* The faulting load has a length of three bytes. */
static bool skip_load(struct regs *r)
{
    if (r->vector != 14)
        return false;
    r->rip += 3;
    return true;
}

static long fault(void)
{
    uint64_t got = 0;

    __asm__ volatile("movq (%%rsi), %%rax" : "+a"(got) : "S"(missing) : "memory");
    return got != 0;
}

void bench_memory(void)
{
    uint8_t *pages[2 * BATCH];

    for (unsigned int i = 0; i < 2 * BATCH; i++)
        pages[i] = page_alloc();
    for (unsigned int i = 0; i < BATCH; i++) {
        updates[0][i].ptr = updates[1][i].ptr = machine_of_pte(pages[i]);
        updates[0][i].val = pte_of(pages[i], PTE_RW);
        updates[1][i].val = pte_of(pages[i + BATCH], PTE_RW);
    }
    measure("mmu_update_1", 1000, update_one);
    measure("mmu_update_128", 200, update_batch);

    missing = page_alloc();
    if (map_va(missing, 0))
        finish(RESULT_FAILURE, "a page cannot be unmapped");
    trap_hook = skip_load;
    measure("page_fault", 1000, fault);
    trap_hook = NULL;
}
