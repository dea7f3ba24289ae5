/* SPDX-License-Identifier: MIT */
/* Maps of many frames, over libraries that note what they are asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/mman.h>

/* cmocka has a "fail" of its own */
#include "../frames.h"
#include "../private.h"

#include <cmocka.h>

static struct xc_interface_core interface;
static xen_pfn_t asked[64];
static size_t nr_asked;
static char mapped;

void *xenforeignmemory_map(xenforeignmemory_handle *fmem, uint32_t dom, int prot, size_t pages,
                           const xen_pfn_t arr[], int err[])
{
    (void)fmem;
    assert_int_equal(dom, 7);
    assert_int_equal(prot, PROT_READ);
    assert_null(err);
    assert_in_range(pages, 1, 64);
    nr_asked = pages;
    memcpy(asked, arr, pages * sizeof(*arr));
    return &mapped;
}

int domctl_bounced(xc_interface *xch, struct xen_domctl *op, struct bounce *b, unsigned int nr)
{
    xen_pfn_t *frames = b->user;

    assert_ptr_equal(xch, &interface);
    assert_int_equal(op->cmd, XEN_DOMCTL_getpageframeinfo3);
    assert_int_equal(op->domain, 7);
    assert_int_equal(nr, 1);
    assert_ptr_equal(b->slot, &op->u.getpageframeinfo3.array.p);
    assert_int_equal(b->len, op->u.getpageframeinfo3.num * sizeof(*frames));
    assert_int_equal(b->dir, BOUNCE_BOTH);
    for (unsigned int i = 0; i < op->u.getpageframeinfo3.num; i++)
        frames[i] = frames[i] == 0x11 ? XEN_DOMCTL_PFINFO_L4TAB : XEN_DOMCTL_PFINFO_NOTAB;
    return 0;
}

static void ranges_follow_each_other(void **state)
{
    struct frame_range ranges[] = {{1, 0x100, 9}, {2, 0x50, 9}, {3, 0x100000000, 9}};

    (void)state;
    assert_ptr_equal(xc_map_foreign_ranges(&interface, 7, 0x6000, PROT_READ, 0x2000, ranges, 3),
                     &mapped);
    assert_int_equal(nr_asked, 6);
    assert_int_equal(asked[0], 0x100);
    assert_int_equal(asked[1], 0x101);
    assert_int_equal(asked[2], 0x50);
    assert_int_equal(asked[3], 0x51);
    assert_int_equal(asked[5], 0x100000001);
    assert_ptr_equal(xc_map_foreign_ranges(&interface, 7, 0x3000, PROT_READ, 0x1000, ranges, 3),
                     &mapped);
    assert_int_equal(nr_asked, 3);
    assert_int_equal(asked[1], 0x50);
}

static void sizes_must_fit(void **state)
{
    static const struct {
        size_t size, chunk;
        int nr;
    } wrong[] = {{0x6000, 0x2000, 2},          {0x4000, 0x2000, 3}, {0, 0x1000, 0},
                 {0x1000, 0x1000, -1},         {0x1800, 0x800, 3},  {0, 0, 1},
                 {0, SIZE_MAX - 0xfff, 0x1000}};
    struct frame_range ranges[3] = {0};

    (void)state;
    nr_asked = 0;
    for (unsigned int i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        errno = 0;
        assert_null(xc_map_foreign_ranges(&interface, 7, wrong[i].size, PROT_READ, wrong[i].chunk,
                                          ranges, wrong[i].nr));
        assert_int_equal(errno, EINVAL);
    }
    assert_int_equal(nr_asked, 0);
}

static void frames_become_their_types(void **state)
{
    xen_pfn_t frames[] = {0x10, 0x11, 0x12};

    (void)state;
    assert_int_equal(xc_get_pfn_type_batch(&interface, 7, 3, frames), 0);
    assert_int_equal(frames[0], XEN_DOMCTL_PFINFO_NOTAB);
    assert_int_equal(frames[1], XEN_DOMCTL_PFINFO_L4TAB);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_follow_each_other),
        cmocka_unit_test(sizes_must_fit),
        cmocka_unit_test(frames_become_their_types),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
