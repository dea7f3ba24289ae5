/* SPDX-License-Identifier: MIT */
/* The model behind machine.h. */
#include "machine.h"

#include <asm/cpu.h>
#include <asm/p2m.h>
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/mm.h>

#include "../../../../arch/arm/mm/p2m_private.h"

#define NR_FRAMES 4096UL /* those of tables; guests' frames are numbers only */

#define SAME(a, b) _Static_assert((int)(a) == (int)(b), "numbers of types")
SAME(T_RAM, p2m_ram_rw);
SAME(T_DEV, p2m_mmio_dev);
SAME(T_XEN, p2m_xen_rw);
SAME(T_FOREIGN, p2m_foreign_rw);
SAME(T_GRANT_RO, p2m_grant_ro);

/* libc's, which these headers do not declare */
void *calloc(size_t n, size_t size);
void *aligned_alloc(size_t align, size_t size);
void free(void *p);
void abort(void) noreturn;

char *ram;
struct page_info *frames;
unsigned int p2m_ipa_bits, p2m_root_level, p2m_root_entries;

static struct domain *d;
static int64_t puts[1U << 20];
static unsigned int flushes, preempt_every, preempt_count;
static uint64_t next_frame;
static int64_t nr_heap; /* pages taken from the heap and not given back */

void bug_at(const char *file, int line, const char *what)
{
    abort();
}
void write_lock(rwlock_t *lock)
{
    BUG_ON(lock->cnts);
    lock->cnts = 1;
}
void write_unlock(rwlock_t *lock)
{
    lock->cnts = 0;
}
void read_lock(rwlock_t *lock)
{
    write_lock(lock);
}
void read_unlock(rwlock_t *lock)
{
    write_unlock(lock);
}
bool hypercall_preempt_check(void)
{
    return preempt_every && ++preempt_count % preempt_every == 0;
}
void page_put(struct page_info *pg)
{
    BUG_ON(d->arch.p2m.lock.cnts);
    puts[pg - frames]++;
}
void dcache_clean_invalidate(const void *va, size_t len)
{
}
void p2m_flush(const struct p2m *p2m)
{
    BUG_ON(!p2m->lock.cnts);
    flushes++;
}

struct page_info *heap_alloc_pages(unsigned int order, unsigned int memflags)
{
    BUG_ON(order || next_frame == NR_FRAMES);
    nr_heap++;
    return &frames[next_frame++];
}
void heap_free_pages(struct page_info *pg, unsigned int order)
{
    BUG_ON(order);
    nr_heap--;
}

void machine_start(unsigned int level, unsigned int pool)
{
    p2m_root_level = level;
    p2m_ipa_bits = level ? 40 : 44;
    p2m_root_entries = level ? 1024 : 512;
    ram = aligned_alloc(1UL << 21, NR_FRAMES << PAGE_SHIFT);
    frames = calloc(1U << 20, sizeof(*frames));
    d = calloc(1, sizeof(*d));
    page_list_init(&d->arch.p2m.tables);
    page_list_init(&d->arch.p2m.pool);
    d->arch.p2m.root = mfn_to_virt(mk_mfn(0));
    __builtin_memset(d->arch.p2m.root, 0, p2m_root_entries * sizeof(pte_t));
    next_frame = 2;
    nr_heap = 0;
    flushes = preempt_every = 0;
    BUG_ON(p2m_set_pool(d, pool));
    __builtin_memset(puts, 0, sizeof(puts));
}

void machine_stop(void)
{
    free(d);
    free(frames);
    free(ram);
}

int m_map(uint64_t gfn, uint64_t nr, uint64_t mfn, int type)
{
    return p2m_map(d, mk_gfn(gfn), nr, mk_mfn(mfn), (enum p2m_type)type);
}
int m_unmap(uint64_t gfn, uint64_t nr, uint64_t mfn)
{
    return p2m_unmap(d, mk_gfn(gfn), nr, mk_mfn(mfn));
}
uint64_t m_lookup(uint64_t gfn, int *type, unsigned int *order)
{
    enum p2m_type t;
    mfn_t mfn = p2m_lookup(d, mk_gfn(gfn), &t, order);

    *type = (int)t;
    return mfn.nr;
}
int m_grant_set(uint64_t gfn, uint64_t mfn, bool readonly)
{
    return p2m_grant_set(d, mk_gfn(gfn), mk_mfn(mfn), readonly ? p2m_grant_ro : p2m_grant_rw);
}
int m_grant_clear(uint64_t gfn, uint64_t mfn, bool readonly)
{
    return p2m_grant_clear(d, mk_gfn(gfn), mk_mfn(mfn), readonly ? p2m_grant_ro : p2m_grant_rw);
}
bool m_may(uint64_t gfn, bool write, bool exec)
{
    return p2m_resolve_fault(d, mk_gfn(gfn), write, exec);
}

/* A walk of our own, as the hardware does it. */
static uint64_t hw_entry(uint64_t gfn)
{
    uint64_t ma = (uint64_t)virt_to_mfn(d->arch.p2m.root).nr << PAGE_SHIFT, e = 0;

    for (unsigned int l = p2m_root_level; l <= 3; l++) {
        uint64_t idx = gfn >> 9 * (3 - l);

        if (l > p2m_root_level)
            idx &= 511;
        e = *(uint64_t *)(ram + ma + idx * 8);
        if (!(e & 1) || (l < 3 && !(e & 2)))
            break;
        ma = e & 0xfffffffff000;
    }
    return e & 1 ? e : 0;
}

unsigned int m_hw_access(uint64_t gfn)
{
    uint64_t e = hw_entry(gfn);

    return e ? (e >> 6 & 3) | (e >> 54 & 1 ? 0 : 4) : 0;
}
unsigned int m_hw_memory(uint64_t gfn)
{
    return hw_entry(gfn) >> 2 & 15;
}
int m_relinquish(void)
{
    d->is_dying = DOMDYING_DYING;
    return p2m_domain_relinquish(d);
}
unsigned int m_tables(void)
{
    return (unsigned int)d->arch.p2m.nr_tables;
}
int64_t m_heap_pages(void)
{
    return nr_heap;
}
int m_set_pool(uint64_t pages)
{
    return p2m_set_pool(d, pages);
}
unsigned int m_flushes(void)
{
    return flushes;
}
int64_t m_refs(uint64_t mfn)
{
    return puts[mfn];
}
void m_preempt(unsigned int every)
{
    preempt_every = every;
}
