/* SPDX-License-Identifier: MIT */
/*
 * Small allocations: pools of objects of a few sizes, one page per slab. What is larger than the
 * largest size takes whole pages; the address tells which: only those are page-aligned.
 */
#include <xen/kernel.h>
#include <xen/lib/list.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/poison.h>
#include <xen/spinlock.h>

#define SLAB_MAGIC 0x51abu

/* At the start of its page; objects of 64 bytes or a multiple of it are aligned to 64. */
struct slab {
    struct list_head link; /* on the pool's list while there is a free object */
    void *free;            /* chain through the objects' first word */
    uint16_t magic, pool;
    uint16_t nr_used;
    uint16_t nr_fresh; /* objects at the end that were never handed out */
} __aligned(64);

struct pool {
    spinlock_t lock;
    uint16_t size, per_slab;
    uint32_t nr_objects;      /* handed out */
    struct list_head partial; /* slabs with a free object */
    struct slab *spare;       /* an empty one, kept */
};

#define POOL(n, sz)                                                                                \
    [n] = {.lock = SPIN_LOCK_INIT(RANK_HEAP_SMALL),                                                \
           .size = (sz),                                                                           \
           .per_slab = (PAGE_SIZE - sizeof(struct slab)) / (sz),                                   \
           .partial = LIST_HEAD_INIT(pools[n].partial)}

static struct pool pools[] = {
    POOL(0, 16),   POOL(1, 32),   POOL(2, 48),    POOL(3, 64),    POOL(4, 96),
    POOL(5, 128),  POOL(6, 192),  POOL(7, 256),   POOL(8, 320),   POOL(9, 448),
    POOL(10, 576), POOL(11, 800), POOL(12, 1344), POOL(13, 2016),
};
#define MAX_SMALL 2016

/* Pool by size in units of 16 bytes, filled on first use of each. */
static uint8_t pool_of[MAX_SMALL / 16 + 1];

static struct pool *find_pool(size_t len)
{
    unsigned int units = (unsigned int)((len + 15) / 16), i;

    if (likely(pool_of[units]))
        return &pools[pool_of[units] - 1];
    for (i = 0; pools[i].size < len; i++)
        continue;
    pool_of[units] = (uint8_t)(i + 1);
    return &pools[i];
}

static struct slab *slab_new(struct pool *p)
{
    struct slab *s = xenheap_alloc_page();

    if (!s)
        return NULL;
    s->free = NULL;
    s->magic = SLAB_MAGIC;
    s->pool = (uint16_t)(p - pools);
    s->nr_used = 0;
    s->nr_fresh = p->per_slab;
    poison(s + 1, PAGE_SIZE - sizeof(*s));
    return s;
}

static void *slab_take(struct pool *p, struct slab *s)
{
    void *obj = s->free;

    if (obj) {
        unpoison(obj, sizeof(void *));
        s->free = *(void **)obj;
    } else {
        obj = (char *)(s + 1) + (size_t)(p->per_slab - s->nr_fresh--) * p->size;
    }
    if (++s->nr_used == p->per_slab)
        list_del(&s->link);
    return obj;
}

static void *small_alloc(size_t len)
{
    struct pool *p = find_pool(len);
    struct slab *s;
    void *obj = NULL;

    spin_lock(&p->lock);
    s = list_first_entry_or_null(&p->partial, struct slab, link);
    if (!s) {
        s = p->spare ? p->spare : slab_new(p);
        if (!s)
            goto out;
        p->spare = NULL;
        list_add(&s->link, &p->partial);
    }
    obj = slab_take(p, s);
    p->nr_objects++;
    unpoison(obj, len);
out:
    spin_unlock(&p->lock);
    return obj;
}

static void small_free(void *obj)
{
    struct slab *s = (struct slab *)((unsigned long)obj & PAGE_MASK), *drop = NULL;
    struct pool *p;

    BUG_ON(s->magic != SLAB_MAGIC || s->pool >= ARRAY_SIZE(pools));
    p = &pools[s->pool];
    spin_lock(&p->lock);
    unpoison(obj, sizeof(void *)); /* a shorter object */
    *(void **)obj = s->free;
    s->free = obj;
    poison(obj, p->size);
    p->nr_objects--;
    if (s->nr_used-- == p->per_slab)
        list_add(&s->link, &p->partial);
    if (s->nr_used == 0) {
        list_del(&s->link);
        drop = p->spare;
        p->spare = s;
    }
    spin_unlock(&p->lock);
    if (drop) {
        drop->magic = 0;
        xenheap_free_page(drop);
    }
}

/* Whole pages; what the order has too many goes back. The count stays in the frame table. */
static void *large_alloc(size_t len)
{
    uint64_t nr = PFN_UP(len), have;
    unsigned int order = order_from_bytes(len);
    char *va;

    if (order > MAX_ORDER)
        return NULL;
    va = xenheap_alloc_pages(order, 0);
    if (!va)
        return NULL;
    have = UINT64_C(1) << order;
    virt_to_page(va)->list.next = (uint32_t)nr;
    while (have-- > nr)
        xenheap_free_page(va + have * PAGE_SIZE);
    return va;
}

static void large_free(void *va)
{
    uint64_t nr = virt_to_page(va)->list.next;

    while (nr-- > 0)
        xenheap_free_page((char *)va + nr * PAGE_SIZE);
}

void *xmalloc_bytes(size_t len)
{
    if (unlikely(len == 0))
        len = 1;
    if (unlikely(len > (size_t)1 << 40))
        return NULL;
    return len <= MAX_SMALL ? small_alloc(len) : large_alloc(len);
}

void *xzalloc_bytes(size_t len)
{
    void *p = xmalloc_bytes(len);

    return p ? memset(p, 0, len) : NULL;
}

void *xmalloc_array_bytes(size_t size, size_t n)
{
    size_t len;

    return __builtin_mul_overflow(size, n, &len) ? NULL : xmalloc_bytes(len);
}

void *xzalloc_array_bytes(size_t size, size_t n)
{
    size_t len;

    return __builtin_mul_overflow(size, n, &len) ? NULL : xzalloc_bytes(len);
}

void xfree(void *p)
{
    if (!p)
        return;
    if ((unsigned long)p & (PAGE_SIZE - 1))
        small_free(p);
    else
        large_free(p);
}

uint64_t xmalloc_count(uint64_t *idle_pages)
{
    uint64_t nr = 0;

    *idle_pages = 0;
    for (unsigned int i = 0; i < ARRAY_SIZE(pools); i++) {
        spin_lock(&pools[i].lock);
        nr += pools[i].nr_objects;
        *idle_pages += pools[i].spare != NULL;
        spin_unlock(&pools[i].lock);
    }
    return nr;
}
