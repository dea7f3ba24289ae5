/* SPDX-License-Identifier: MIT */
#ifndef CALL_PRIVATE_H
#define CALL_PRIVATE_H

#include <pthread.h>
#include <stdbool.h>

#include "sysdep/toolcore.h"
#include "xencall.h"

#define PAGE_BYTES  4096u
#define CACHE_PAGES 16u

/* Single free pages, kept because locking memory costs far more than most hypercalls. */
struct page_cache {
    pthread_mutex_t lock;
    unsigned int nr;
    void *page[CACHE_PAGES];
};

struct xencall_handle {
    struct toolcore_handle active;
    int fd;     /* /dev/xen/privcmd */
    int buf_fd; /* /dev/xen/hypercall, or -1 with kernels that have none */
    bool threaded;
    struct page_cache cache;
};

/* Gives the cached pages back to the kernel. */
void call_cache_drain(struct xencall_handle *xcall);

#endif
