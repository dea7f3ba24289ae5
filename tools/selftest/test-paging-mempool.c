/* SPDX-License-Identifier: MIT */
/* test-paging-mempool: the pool of the tables that map a domain's memory. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "scratch.h"

#define LARGE (UINT64_C(64) << 20) /* bytes: more than one call of the hypervisor does at once */

static uint64_t size_of(struct scratch *s)
{
    uint64_t size = 0;

    if (xc_get_paging_mempool_size(s->xch, s->domid, &size))
        fail("the pool's size");
    return size;
}

static void test_default(struct scratch *s, uint64_t *size)
{
    puts("Test default mempool size");
    *size = size_of(s);
    printf("mempool size %" PRIu64 " bytes (%" PRIu64 "kB, %" PRIu64 "MB)\n", *size, *size >> 10,
           *size >> 20);
    errno = 0;
    if (*size == 0 || *size % XC_PAGE_SIZE)
        fail("no such size");
}

static void test_use(struct scratch *s, uint64_t size)
{
    xen_pfn_t frame;

    puts("Test that allocate doesn't alter pool size");
    if (scratch_populate(s, &frame))
        fail("a page of memory");
    errno = 0;
    if (size_of(s) != size)
        fail("the size is another");
}

static void test_wrong(struct scratch *s, uint64_t size)
{
    puts("Test bad set size");
    errno = 0;
    if (xc_set_paging_mempool_size(s->xch, s->domid, size + 1) == 0 || errno != EINVAL)
        fail("part of a page is not refused");
    errno = 0;
    if (size_of(s) != size)
        fail("the size is another");
}

static void test_large(struct scratch *s)
{
    puts("Test set continuation");
    if (xc_set_paging_mempool_size(s->xch, s->domid, LARGE))
        fail("a large pool");
    errno = 0;
    if (size_of(s) != LARGE)
        fail("the size is another");
}

int main(void)
{
    xc_interface *xch;
    struct scratch s;
    uint64_t size;

    puts("Paging mempool tests");
    xch = xc_interface_open(NULL, NULL, 0);
    if (!xch) {
        perror("test-paging-mempool: the hypervisor");
        return 1;
    }
    if (!scratch_is_possible(xch, true)) {
        puts("  Skip: no domain here has such a pool");
    } else if (scratch_create(&s, xch, true)) {
        test_default(&s, &size);
        if (!failures) {
            test_use(&s, size);
            test_wrong(&s, size);
            test_large(&s);
        }
        scratch_destroy(&s);
    }
    xc_interface_close(xch);
    return failures != 0;
}
