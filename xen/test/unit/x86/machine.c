/* SPDX-License-Identifier: MIT */
/* The model behind machine.h. */
#include "machine.h"

#include <xen/domain.h>
#include <xen/irq.h>
#include <xen/kernel.h>
#include <xen/log_dirty.h>
#include <xen/mm.h>
#include <xen/port/page_type.h>
#include <asm/cpu.h>
#include <asm/page_type.h>
#include <asm/perdomain.h>
#include <asm/pv.h>
#include <asm/pv_mmu.h>
#include <asm/shadow.h>
#include <asm/tlb.h>

/* libc's, which these headers do not declare */
void *calloc(size_t n, size_t size);
void *aligned_alloc(size_t align, size_t size);
void free(void *p);
void abort(void) noreturn;

char *ram;
struct page_info *frames;
struct domain *dom_io;
pte_t idle_l4[PT_ENTRIES];
unsigned int host_phys_bits = 40;
uint32_t m_clock;
void (*m_clock_read)(void);
unsigned int m_flushes, m_stashed;

static struct domain d;
static pte_t perdomain;
static unsigned int preempt_every, preempt_count;

void bug_at(const char *file, int line, const char *what)
{
    abort();
}
bool mfn_valid(mfn_t mfn)
{
    return mfn.nr < NR_FRAMES;
}
bool hypercall_preempt_check(void)
{
    return preempt_every && ++preempt_count % preempt_every == 0;
}
uint32_t port_tlb_clock(void)
{
    if (m_clock_read)
        m_clock_read();
    return m_clock;
}
void tlb_filter_mask(cpumask_t *mask, uint32_t stamp)
{
}
void flush_area_mask(const struct cpumask *mask, unsigned long va, unsigned int flags)
{
    m_flushes++;
}
void domheap_free_pages(struct page_info *pg, unsigned int order)
{
    abort();
}
bool pv_descriptor_ok(uint64_t *desc)
{
    return *desc != 0xbad;
}
void shadow_table_gone(const struct domain *dom, const struct page_info *pg)
{
}
void init_guest_l4_slots(pte_t *l4, const struct domain *dom)
{
    l4[pt_index(PERDOMAIN_START, 4)] = perdomain;
}
void log_dirty_mark_slow(const struct domain *dom, uint64_t pfn)
{
}
uint64_t port_m2p_get(mfn_t mfn)
{
    return mfn.nr;
}
bool iomem_access_permitted(const struct domain *dom, uint64_t first, uint64_t last)
{
    return false;
}
void stash_partial(struct page_info *pg)
{
    m_stashed++;
}

void machine_start(void)
{
    ram = aligned_alloc(PAGE_SIZE, NR_FRAMES * PAGE_SIZE);
    frames = calloc(NR_FRAMES, sizeof(*frames));
    __builtin_memset(ram, 0, NR_FRAMES * PAGE_SIZE);
    d.arch.perdomain_l3 = &perdomain;
    d.arch.dirty_cpumask = cpumask_of(1);
    for (unsigned int i = 0; i < NR_FRAMES; i++) {
        frames[i].owner = &d;
        frames[i].count_info = PGC_ALLOCATED | 1;
        port_page_assigned(&frames[i], &d);
    }
    m_preempt_every(0);
    m_clock_read = NULL;
    m_clock = 1;
    m_flushes = m_stashed = 0;
}

void machine_stop(void)
{
    for (unsigned int i = 0; i < NR_FRAMES; i++)
        BUG_ON(m_refs(i) != 1 || m_type_count(i) != 0);
    free(frames);
    free(ram);
}

uint64_t *m_page(unsigned int frame)
{
    return mfn_to_virt(mk_mfn(frame));
}
int m_get(unsigned int frame, unsigned int type, bool preemptible)
{
    unsigned long t = (unsigned long)type << PGT_TYPE_SHIFT;
    int rc;

    BUG_ON(!page_get(&frames[frame], &d));
    rc = preemptible ? page_get_type_preemptible(&frames[frame], t)
                     : page_get_type(&frames[frame], t);
    if (rc)
        page_put(&frames[frame]);
    return rc;
}
int m_put(unsigned int frame, bool preemptible)
{
    int rc = 0;

    if (preemptible)
        rc = page_put_type_preemptible(&frames[frame]);
    else
        page_put_type(&frames[frame]);
    page_put(&frames[frame]);
    return rc;
}
bool m_get_writable(unsigned int frame)
{
    return page_get_writable_type(&frames[frame]);
}
void m_put_writable(unsigned int frame)
{
    page_put_writable_type(&frames[frame]);
}
uint64_t m_type_count(unsigned int frame)
{
    return frames[frame].type_info & PGT_COUNT_MASK;
}
unsigned int m_type(unsigned int frame)
{
    return (unsigned int)(frames[frame].type_info >> PGT_TYPE_SHIFT);
}
bool m_validated(unsigned int frame)
{
    return frames[frame].type_info & PGT_VALIDATED;
}
bool m_partial(unsigned int frame)
{
    return frames[frame].type_info & PGT_PARTIAL;
}
uint64_t m_refs(unsigned int frame)
{
    return frames[frame].count_info & PGC_COUNT_MASK;
}
uint32_t m_stamp(unsigned int frame)
{
    return frames[frame].inuse_stamp;
}
void m_preempt_every(unsigned int checks)
{
    preempt_every = checks;
    preempt_count = 0;
}
