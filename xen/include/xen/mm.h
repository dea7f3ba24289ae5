/* SPDX-License-Identifier: MIT */
/* Memory of the machine: buddy allocator and small allocations. */
#ifndef XEN_MM_H
#define XEN_MM_H

#include <xen/frame.h>
#include <xen/lib/alloc.h> /* xmalloc_bytes(), xfree() */

#define MAX_ORDER 20
#define MAX_NODES 64

/* memflags: low bits are flags, then the node and the address width. */
#define MEMF_no_refcount        (1U << 0) /* not accounted to the domain */
#define MEMF_populate_on_demand (1U << 1)
#define MEMF_no_dma             (1U << 2) /* keep clear of the low DMA reserve */
#define MEMF_exact_node         (1U << 4) /* the named node or none */
#define MEMF_no_owner           (1U << 5)
#define MEMF_no_tlbflush        (1U << 6) /* the caller flushes before the page is used */
#define MEMF_no_scrub           (1U << 7) /* the caller overwrites it, or lets no guest see it */
#define MEMF_node_shift         8
#define MEMF_node(n)            (((((n) + 1) & 0xff) << MEMF_node_shift)) /* 0: any */
#define MEMF_bits_shift         24
#define MEMF_bits(n)            ((unsigned int)(n) << MEMF_bits_shift) /* below 1 << n bytes */
#define MEMF_get_node(f)        ((((f) >> MEMF_node_shift) - 1) & 0xff)
#define NUMA_NO_NODE            0xffU

/* Boot: hand a range of RAM to the early allocator; then all of it to the heap. */
void boot_pages_add(paddr_t start, paddr_t end);
/* Contiguous frames before the heap is up. Panics when there are none. */
mfn_t boot_pages_alloc(uint64_t nr, uint64_t align_frames);
/* The same, from the highest memory: all RAM must be mapped. */
mfn_t boot_pages_alloc_high(uint64_t nr, uint64_t align_frames);
/* Call @fn for each range that nobody has taken, and forget it. */
void boot_pages_drain(void (*fn)(uint64_t first_mfn, uint64_t end_mfn));
void heap_init(void);
/* Nodes are known now: each free frame goes to its own. Boot, one CPU. */
void heap_nodes_known(void);
/* Frames [first_mfn, end_mfn) of RAM, unused, become the heap's. */
void heap_add_frames(uint64_t first_mfn, uint64_t end_mfn);

/* 1 << @order frames, naturally aligned, mapped and of no owner; zero but with MEMF_no_scrub (and
 * with the option bootscrub=off as firmware has left it). NULL: none; or none that is clean, where
 * the order is above 9, which would take too long to zero. */
struct page_info *heap_alloc_pages(unsigned int order, unsigned int memflags);
void heap_free_pages(struct page_info *pg, unsigned int order);
/* The end of boot: idle CPUs zero what is free, and with bootscrub=on it is waited for. */
void heap_scrub_start(void);
/* Is there free memory to be zeroed, and nobody is about it? */
bool heap_scrub_wanted(void);
/* Zero some of it: up to 2 MiB, less when something is pending for this CPU. Interrupts on. */
void heap_scrub_step(void);
/* For a domain: allocates, flushes TLBs where due, assigns (see page_assign()). */
struct page_info *domheap_alloc_pages(struct domain *d, unsigned int order, unsigned int memflags);
/* A page that page_put() found unreferenced: unaccounts, frees. */
void domheap_free_pages(struct page_info *pg, unsigned int order);
/*
 * Pages of a dying domain's, from the head of @list on, which is its page_list or extra_page_list:
 * as many as lie side by side and are referred to by nobody but their owner, up to @most. They are
 * taken off the list and freed. Result: how many.
 */
uint64_t domheap_free_run(struct domain *d, struct page_list_head *list, uint64_t most);
/* The hypervisor's own pages; what is in them is anything. */
void *xenheap_alloc_pages(unsigned int order, unsigned int memflags);
void xenheap_free_pages(void *va, unsigned int order);
#define xenheap_alloc_page() xenheap_alloc_pages(0, 0)
#define xenheap_free_page(p) xenheap_free_pages(p, 0)
/* Free pages now: of one node, or NUMA_NO_NODE for all. */
uint64_t heap_free_count(unsigned int node);
/* Of these, in all nodes, those to be zeroed yet but for what a scrubber holds. */
uint64_t heap_dirty_count(void);
uint64_t heap_total_count(unsigned int node);
uint64_t heap_outstanding_claims(void);
/* XENMEM_claim_pages. 0, -EINVAL, -ENOMEM. */
int domain_set_claim(struct domain *d, uint64_t pages);
/* Give back what is left of it. */
void domain_drop_claim(struct domain *d);
/* Adjust d->tot_pages by @delta, d->page_lock held; consumes the claim. Result: the new count. */
uint64_t domain_adjust_tot_pages(struct domain *d, int64_t delta);
void heap_dump(unsigned char key);

static inline unsigned int order_from_bytes(uint64_t bytes)
{
    unsigned int o = 0;

    while ((PAGE_SIZE << o) < bytes)
        o++;
    return o;
}
static inline void clear_page(void *p)
{
    __builtin_memset(p, 0, PAGE_SIZE);
}
static inline void copy_page(void *d, const void *s)
{
    __builtin_memcpy(d, s, PAGE_SIZE);
}

/* Typed small allocations. */
#define xmalloc(t)          ((t *)xmalloc_bytes(sizeof(t)))
#define xzalloc(t)          ((t *)xzalloc_bytes(sizeof(t)))
#define xmalloc_array(t, n) ((t *)xmalloc_array_bytes(sizeof(t), n))
#define xzalloc_array(t, n) ((t *)xzalloc_array_bytes(sizeof(t), n))
void *xzalloc_bytes(size_t bytes);
void *xmalloc_array_bytes(size_t size, size_t n); /* NULL on overflow */
void *xzalloc_array_bytes(size_t size, size_t n);
/* Small objects in use, and pages kept without any: what a leak check needs to know. */
uint64_t xmalloc_count(uint64_t *idle_pages);
/* Large, page-granular, virtually contiguous. */
void *vmalloc(size_t bytes);
void *vzalloc(size_t bytes);
void vfree(void *va);
/* Map frames into the hypervisor's address space; port's vmap area. */
void *vmap_frames(const mfn_t *mfns, unsigned int nr);
void vunmap(const void *va);
/* Only addresses of that area: @nr pages, with nothing mapped (0: none left); their number; back.
 */
unsigned long vmap_reserve(unsigned int nr);
unsigned int vmap_size(const void *va);
void vmap_release(unsigned long va, unsigned int nr);

#endif
