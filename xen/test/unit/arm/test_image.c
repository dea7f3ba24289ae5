/* SPDX-License-Identifier: MIT */
#include "arm_test.h"

#include <asm/domain_build.h>

#include <string.h>

struct header {
    uint32_t code0, code1;
    uint64_t text_offset, size, flags, res[3];
    uint32_t magic, res5;
};

static struct header good(void)
{
    return (struct header){
        .code0 = 0x91005a4d, .size = 0x200000, .flags = 0xa, .magic = 0x644d5241};
}

static int parse(const struct header *h, struct arm_image *out)
{
    return arm_image_parse(h, sizeof(*h), out);
}

static void an_image_of_today(void **state)
{
    struct header h = good();
    struct arm_image i;

    assert_int_equal(parse(&h, &i), 0);
    assert_int_equal(i.text_offset, 0);
    assert_int_equal(i.size, 0x200000);
    assert_true(i.any_base);
    assert_true(i.efi);
}

static void an_old_image_without_a_size(void **state)
{
    struct header h = good();
    struct arm_image i;

    h.size = 0;
    h.text_offset = 0x1234000;
    assert_int_equal(parse(&h, &i), 0);
    assert_int_equal(i.text_offset, 0x80000);
    assert_int_equal(i.size, sizeof(h));
    assert_false(i.any_base);
}

static void what_cannot_be_booted(void **state)
{
    struct header h = good();
    struct arm_image i;
    uint32_t zimage[16] = {[9] = 0x016f2818};

    h.flags |= 1;
    assert_int_equal(parse(&h, &i), -EOPNOTSUPP); /* big endian */
    h = good();
    h.magic++;
    assert_int_equal(parse(&h, &i), -EINVAL);
    h = good();
    h.text_offset = 0x200000;
    assert_int_equal(parse(&h, &i), -EINVAL);
    h = good();
    h.text_offset = 0x80008;
    assert_int_equal(parse(&h, &i), -EINVAL);
    h = good();
    h.size = ~UINT64_C(0);
    assert_int_equal(parse(&h, &i), -EINVAL);
    assert_int_equal(arm_image_parse(zimage, sizeof(zimage), &i), -EOPNOTSUPP);
    h = good();
    assert_int_equal(arm_image_parse(&h, sizeof(h) - 1, &i), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_image_of_today),
        cmocka_unit_test(an_old_image_without_a_size),
        cmocka_unit_test(what_cannot_be_booted),
    };

    return RUN_GROUP(tests);
}
