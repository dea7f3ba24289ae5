/* SPDX-License-Identifier: MIT */
/*
 * Command line: seed=N count=N [verbose=1: each call before it is made] [from=N: verbose from the
 * Nth on]. Prints "at N" each 100 or 1000 calls, "progress" each 50000.
 */
#include <hostile/hostile.h>

struct prng rng;
bool verbose;
uint8_t *arena, *sandbox;
unsigned long sandbox_mfn[SANDBOX_PAGES], table_mfn[8];
unsigned int nr_tables;

/* Frames for the arena in place of those that have become tables, or are lost. */
#define SPARES 16
static unsigned long spare_mfn[SPARES];
static unsigned int spares_used;
static uint64_t calls;

static uint64_t tally[ENTRY_SYSCALL + 1];

static void say_calls(void)
{
    print("at %lu\n", (long)calls);
}

/* Make a page of the arena writable again. */
static bool restore_arena(uint8_t *page)
{
    uint64_t mfn = virt_to_mfn(page);

    if (!map_va(page, pte_of(page, PTE_RW)))
        return true;
    mmuext(MMUEXT_UNPIN_TABLE, mfn, 0);
    if (!map_va(page, pte_of(page, PTE_RW)))
        return true;
    while (spares_used < SPARES) {
        mfn = spare_mfn[spares_used++];
        if (!map_va(page, (mfn << PAGE_SHIFT) | PTE_RW)) {
            ((unsigned long *)start_info->mfn_list)[virt_to_pfn(page)] = mfn;
            return true;
        }
    }
    return false;
}

bool recover(struct regs *r)
{
    uint8_t *page = (uint8_t *)(trap_cr2 & ~(PAGE_SIZE - 1));

    return r->vector == 14 && !(r->cs & 3) && page >= arena &&
           page < arena + ARENA_PAGES * PAGE_SIZE && restore_arena(page);
}

static void set_up(void)
{
    unsigned int i, idx;
    uint8_t *hole;

    arena = page_alloc();
    for (i = 1; i < ARENA_PAGES; i++)
        page_alloc();
    hole = page_alloc();
    map_va(hole, 0);
    for (i = 0; i < SANDBOX_PAGES; i++) {
        uint8_t *page = page_alloc();

        if (!i)
            sandbox = page;
        sandbox_mfn[i] = virt_to_mfn(page);
    }
    for (i = 0; i < SPARES; i++)
        spare_mfn[i] = virt_to_mfn(page_alloc());
    for (i = 4; i >= 1; i--)
        table_mfn[nr_tables++] = virt_to_mfn(walk(sandbox, (int)i, &idx));
}

static void do_call(void *arg)
{
    const struct call *c = arg;

    hypercall(c->nr, c->a[0], c->a[1], c->a[2], c->a[3], c->a[4]);
}

static void call_step(uint64_t n)
{
    static struct call c;
    int v;

    make_call(&c);
    if (verbose)
        print("%lu: %lu %lx %lx %lx %lx %lx\n", (long)n, c.nr, c.a[0], c.a[1], c.a[2], c.a[3],
              c.a[4]);
    v = trap_try(do_call, &c);
    if (v >= 0)
        tally[v]++;
    repair(&c);
}

/* The sandbox gets back what calls took from it, where the hypervisor lets us. */
static void refresh(void)
{
    unsigned int i;

    for (i = 0; i < ARENA_PAGES; i++)
        restore_arena(arena + i * PAGE_SIZE);
    for (i = 0; i < 4; i++) {
        unsigned int p = (unsigned int)rnd(SANDBOX_PAGES);

        mmuext(MMUEXT_UNPIN_TABLE, sandbox_mfn[p], 0);
        map_va(sandbox + p * PAGE_SIZE, (sandbox_mfn[p] << PAGE_SHIFT) | PTE_RW);
    }
}

void guest_main(const char *cmdline)
{
    uint64_t seed = cmdline_number(cmdline, "seed", 1), n;
    uint64_t count = cmdline_number(cmdline, "count", 1000000);
    uint64_t from = cmdline_number(cmdline, "from", ~0UL);
    uint64_t step = count > 100000 ? 1000 : 100;

    if (cmdline_number(cmdline, "verbose", 0))
        from = 0;
    prng_seed(&rng, seed);
    set_up();
    print("hostile: seed %lu count %lu\n", (long)seed, (long)count);
    trap_hook = recover;
    last_words = say_calls;
    for (n = 0; n < count; n++) {
        calls = n;
        verbose = n >= from;
        switch (rnd(16)) {
        case 0:
            insn_step();
            break;
        case 1:
            frame_step();
            break;
        case 2:
        case 3:
        case 4:
            paging_step();
            break;
        default:
            call_step(n);
            break;
        }
        if (n % 64 == 0)
            refresh();
        if (n % step == step - 1)
            print("at %lu\n", (long)n + 1);
        if (n % 50000 == 49999)
            print("progress: seed %lu calls %lu\n", (long)seed, (long)n + 1);
    }
    calls = n;
    print("faults in calls: #UD %lu #GP %lu #PF %lu\n", (long)tally[6], (long)tally[13],
          (long)tally[14]);
}
