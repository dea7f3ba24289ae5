/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "private.h"

/* In front of what xencall_alloc_buffer() returns. */
struct buffer_head {
    size_t nr_pages;
    size_t pad;
};

static void *pages_map(struct xencall_handle *xcall, size_t len)
{
    void *p;

    if (xcall->buf_fd >= 0) {
        p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, xcall->buf_fd, 0);
        return p == MAP_FAILED ? NULL : p;
    }
    p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
    if (p == MAP_FAILED)
        return NULL;
    /* A copy-on-write after fork would move the pages away under the hypervisor. */
    if (madvise(p, len, MADV_DONTFORK)) {
        munmap(p, len);
        return NULL;
    }
    return p;
}

static void pages_unmap(struct xencall_handle *xcall, void *p, size_t len)
{
    int saved = errno;

    if (xcall->buf_fd < 0)
        madvise(p, len, MADV_DOFORK);
    munmap(p, len);
    errno = saved;
}

static void cache_lock(struct xencall_handle *xcall)
{
    if (xcall->threaded)
        pthread_mutex_lock(&xcall->cache.lock);
}

static void cache_unlock(struct xencall_handle *xcall)
{
    if (xcall->threaded)
        pthread_mutex_unlock(&xcall->cache.lock);
}

static void *cache_get(struct xencall_handle *xcall)
{
    struct page_cache *c = &xcall->cache;
    void *p = NULL;

    cache_lock(xcall);
    if (c->nr)
        p = c->page[--c->nr];
    cache_unlock(xcall);
    return p;
}

static bool cache_put(struct xencall_handle *xcall, void *p)
{
    struct page_cache *c = &xcall->cache;
    bool kept;

    cache_lock(xcall);
    kept = c->nr < CACHE_PAGES;
    if (kept)
        c->page[c->nr++] = p;
    cache_unlock(xcall);
    return kept;
}

void call_cache_drain(struct xencall_handle *xcall)
{
    while (xcall->cache.nr)
        pages_unmap(xcall, xcall->cache.page[--xcall->cache.nr], PAGE_BYTES);
}

/*
 * A writable page that nobody has written to is read-only in arm64's tables, and the hypervisor,
 * which goes by them, answers EFAULT.
 */
static void pages_make_dirty(void *p, size_t len)
{
    volatile char *c = p;

    for (size_t at = 0; at < len; at += PAGE_BYTES)
        c[at] = 0;
}

static void *pages_alloc(struct xencall_handle *xcall, size_t nr_pages)
{
    void *p;

    if (nr_pages == 0 || nr_pages > SIZE_MAX / PAGE_BYTES) {
        errno = EINVAL;
        return NULL;
    }
    if (nr_pages == 1 && (p = cache_get(xcall)))
        return p;
    p = pages_map(xcall, nr_pages * PAGE_BYTES);
    if (p)
        pages_make_dirty(p, nr_pages * PAGE_BYTES);
    return p;
}

void *xencall_alloc_buffer_pages(xencall_handle *xcall, size_t nr_pages)
{
    void *p = pages_alloc(xcall, nr_pages);

    if (p)
        memset(p, 0, nr_pages * PAGE_BYTES);
    return p;
}

void xencall_free_buffer_pages(xencall_handle *xcall, void *p, size_t nr_pages)
{
    if (!p || (nr_pages == 1 && cache_put(xcall, p)))
        return;
    pages_unmap(xcall, p, nr_pages * PAGE_BYTES);
}

void *xencall_alloc_buffer(xencall_handle *xcall, size_t size)
{
    struct buffer_head *head;
    size_t nr_pages;

    if (size > SIZE_MAX - sizeof(*head) - PAGE_BYTES) {
        errno = ENOMEM;
        return NULL;
    }
    nr_pages = (size + sizeof(*head) + PAGE_BYTES - 1) / PAGE_BYTES;
    head = pages_alloc(xcall, nr_pages);
    if (!head)
        return NULL;
    head->nr_pages = nr_pages;
    return head + 1;
}

void xencall_free_buffer(xencall_handle *xcall, void *p)
{
    struct buffer_head *head = p;

    if (head)
        xencall_free_buffer_pages(xcall, head - 1, head[-1].nr_pages);
}

int xencall_buffers_never_fault(xencall_handle *xcall)
{
    return xcall->buf_fd >= 0;
}
