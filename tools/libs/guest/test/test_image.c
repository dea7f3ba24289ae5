/* SPDX-License-Identifier: MIT */
/* The header of arm64 kernels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arm/header.h"

#define FILE_SIZE 4096u

struct header {
    uint32_t code[2];
    uint64_t text_offset, image_size, flags, reserved[3];
    char magic[4];
    uint32_t pe;
};

static const struct header good = {
    .text_offset = 0x80000, .image_size = 0x1000000, .magic = {'A', 'R', 'M', 'd'}};

/* Exactly as large as it claims, so that a read past the end is seen. */
static int parse(const struct header *h, size_t size, struct arm_image *img)
{
    uint8_t *file = calloc(1, size ? size : 1);
    int rc;

    assert_non_null(file);
    memcpy(file, h, size < sizeof(*h) ? size : sizeof(*h));
    rc = arm_image_parse(file, size, img);
    free(file);
    return rc;
}

static void a_kernel_tells_its_place_and_size(void **state)
{
    struct arm_image img;

    (void)state;
    assert_int_equal(parse(&good, FILE_SIZE, &img), 0);
    assert_int_equal(img.text_offset, 0x80000);
    assert_int_equal(img.mem_size, 0x1000000);
}

static void an_old_kernel_without_a_size_gets_room(void **state)
{
    struct header h = good;
    struct arm_image img;

    (void)state;
    h.image_size = 0;
    h.text_offset = 0x1234; /* of no meaning then */
    assert_int_equal(parse(&h, FILE_SIZE, &img), 0);
    assert_int_equal(img.text_offset, 0x80000);
    assert_true(img.mem_size > FILE_SIZE);
}

static void the_file_is_the_least_that_it_needs(void **state)
{
    struct header h = good;
    struct arm_image img;

    (void)state;
    h.image_size = 1;
    assert_int_equal(parse(&h, FILE_SIZE, &img), 0);
    assert_int_equal(img.mem_size, FILE_SIZE);
}

static void what_is_no_such_kernel_is_refused(void **state)
{
    struct header h = good;
    struct arm_image img;

    (void)state;
    for (size_t n = 0; n < sizeof(h); n++)
        assert_int_equal(parse(&good, n, &img), -1);
    assert_int_equal(parse(&good, sizeof(h), &img), 0);
    h.magic[3] = 0;
    assert_int_equal(parse(&h, FILE_SIZE, &img), -1);
    h = good;
    h.flags = 1;
    assert_int_equal(parse(&h, FILE_SIZE, &img), -1);
    h = good;
    h.text_offset = 0x200000;
    assert_int_equal(parse(&h, FILE_SIZE, &img), -1);
    h.text_offset = 0x80001;
    assert_int_equal(parse(&h, FILE_SIZE, &img), -1);
    h = good;
    h.image_size = UINT64_MAX;
    assert_int_equal(parse(&h, FILE_SIZE, &img), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kernel_tells_its_place_and_size),
        cmocka_unit_test(an_old_kernel_without_a_size_gets_room),
        cmocka_unit_test(the_file_is_the_least_that_it_needs),
        cmocka_unit_test(what_is_no_such_kernel_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
