/* SPDX-License-Identifier: MIT */
/* The decoders against the real tools. Buffers have exact sizes, so that the sanitizer sees. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xen/lib/bzimage.h>
#include <xen/lib/checksum.h>
#include <xen/lib/decompress.h>
#include <xen/lib/elf.h>
#include <xen/lib/errno.h>

struct blob {
    uint8_t *p;
    size_t len;
};

static char dir[] = "/tmp/test_decompress.XX"
                    "XXXX";
static void *scratch;

static bool read_all(const char *path, struct blob *b)
{
    FILE *f = fopen(path, "rb");
    struct stat st;

    if (!f)
        return false;
    assert_int_equal(fstat(fileno(f), &st), 0);
    b->len = (size_t)st.st_size;
    b->p = malloc(b->len ? b->len : 1);
    assert_int_equal(fread(b->p, 1, b->len, f), b->len);
    fclose(f);
    return true;
}

/* Run a filter program over @plain. */
static struct blob pack(const char *command, const struct blob *plain)
{
    char in[64], out[64], line[256];
    struct blob packed;
    FILE *f;

    snprintf(in, sizeof(in), "%s/in", dir);
    snprintf(out, sizeof(out), "%s/out", dir);
    f = fopen(in, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(plain->p, 1, plain->len, f), plain->len);
    fclose(f);
    snprintf(line, sizeof(line), "%s < %s > %s 2>/dev/null", command, in, out);
    assert_int_equal(system(line), 0);
    assert_true(read_all(out, &packed));
    return packed;
}

/* Unpack into a buffer of @cap bytes and compare. Returns: the decoder's result. */
static int unpack(const struct blob *packed, size_t cap, const struct blob *plain)
{
    uint8_t *in = malloc(packed->len ? packed->len : 1), *out = malloc(cap ? cap : 1);
    size_t len = 12345;
    int rc;

    memcpy(in, packed->p, packed->len);
    rc = decompress(in, packed->len, out, cap, &len, scratch);
    if (!rc && plain) {
        assert_int_equal(len, plain->len);
        assert_memory_equal(out, plain->p, len);
    }
    if (rc)
        assert_int_equal(len, 12345);
    free(in);
    free(out);
    return rc;
}

enum kind { ZEROS, TEXT, CODE, NOISE, MIXED, NR_KINDS };

static uint8_t make_byte(enum kind kind, size_t i, uint64_t *seed)
{
    static const char words[] = "the quick brown fox jumps over a lazy dog, again and again; ";
    uint64_t r = next_random(seed);

    switch (kind) {
    case ZEROS:
        return 0;
    case TEXT:
        return r % 16 ? (uint8_t)words[(i + r / 16 % 2) % (sizeof(words) - 1)] : (uint8_t)(r >> 40);
    case CODE:
        return r % 5 == 0 ? 0xe8 + (r >> 20) % 2 : r % 3 == 0 ? 0xff * ((r >> 30) & 1) : r >> 50;
    case NOISE:
        return (uint8_t)(r >> 33);
    default:
        return make_byte((enum kind)(i / 3000 % 4), i, seed);
    }
}

static struct blob make_plain(enum kind kind, size_t len)
{
    struct blob b = {malloc(len ? len : 1), len};
    uint64_t seed = 0x9e3779b97f4a7c15ull + len;

    for (size_t i = 0; i < len; i++)
        b.p[i] = make_byte(kind, i, &seed);
    return b;
}

static const size_t sizes[] = {0, 1, 7, 4096, 300000};

/* What holds of any packed data. */
static void check_one(const struct blob *packed, const struct blob *plain)
{
    struct blob longer = {malloc(packed->len + 4), packed->len + 4};

    assert_int_equal(unpack(packed, plain->len, plain), 0);
    assert_int_equal(unpack(packed, plain->len + 100, plain), 0);
    if (plain->len)
        assert_int_equal(unpack(packed, plain->len - 1, plain), -E2BIG);
    /* Linux appends the size. */
    memcpy(longer.p, packed->p, packed->len);
    for (int i = 0; i < 4; i++)
        longer.p[packed->len + i] = (uint8_t)(plain->len >> (8 * i));
    assert_int_equal(unpack(&longer, plain->len, plain), 0);
    free(longer.p);
}

static void round_trips(const char *const *commands, size_t nr)
{
    for (size_t c = 0; c < nr; c++) {
        for (int kind = 0; kind < NR_KINDS; kind++) {
            for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
                struct blob plain = make_plain((enum kind)kind, sizes[s]);
                struct blob packed = pack(commands[c], &plain);

                check_one(&packed, &plain);
                free(packed.p);
                free(plain.p);
            }
        }
    }
}

static void xz_round_trips(void **state)
{
    static const char *const commands[] = {
        "xz -0 --check=none",
        "xz -6 --check=crc32",
        "xz --check=crc32 --x86 --lzma2=preset=6",
        "xz -1e --check=crc64 --block-size=30000",
        "xz --check=sha256 --x86 --lzma2=lc=0,lp=2,pb=0,dict=64KiB",
        "xz -T2 --check=crc64 --lzma2=lc=4,pb=4",
    };

    (void)state;
    round_trips(commands, ARRAY_SIZE(commands));
}

static void lzma_round_trips(void **state)
{
    static const char *const commands[] = {"xz --format=lzma -1", "xz --format=lzma -6"};

    (void)state;
    for (size_t c = 0; c < ARRAY_SIZE(commands); c++) {
        for (int kind = 0; kind < NR_KINDS; kind++) {
            struct blob plain = make_plain((enum kind)kind, 70001);
            struct blob packed = pack(commands[c], &plain);

            assert_int_equal(unpack(&packed, plain.len + 1, &plain), 0);
            assert_int_equal(unpack(&packed, plain.len - 1, &plain), -E2BIG);
            free(packed.p);
            free(plain.p);
        }
    }
}

static void gzip_round_trips(void **state)
{
    static const char *const commands[] = {"gzip -1", "gzip -6 -n", "gzip -9"};

    (void)state;
    round_trips(commands, ARRAY_SIZE(commands));
}

static void lz4_round_trips(void **state)
{
    static const char *const commands[] = {"lz4 -l -1", "lz4 -l -9", "lz4 -1 -BD -B4",
                                           "lz4 -9 -BX --content-size", "lz4 --no-frame-crc"};

    (void)state;
    round_trips(commands, ARRAY_SIZE(commands));
}

static void zstd_round_trips(void **state)
{
    static const char *const commands[] = {"zstd -1 --no-check", "zstd -3 --check", "zstd -9",
                                           "zstd -19", "zstd --fast=3"};

    (void)state;
    round_trips(commands, ARRAY_SIZE(commands));
}

static void members_and_frames_follow_each_other(void **state)
{
    static const char *const commands[] = {"xz", "gzip", "lz4 -1", "lz4 -l", "zstd"};
    struct blob plain = make_plain(MIXED, 20000), twice = {malloc(40000), 40000};

    (void)state;
    memcpy(twice.p, plain.p, plain.len);
    memcpy(twice.p + plain.len, plain.p, plain.len);
    for (size_t c = 0; c < ARRAY_SIZE(commands); c++) {
        struct blob one = pack(commands[c], &plain);
        struct blob two = {malloc(2 * one.len), 2 * one.len};

        memcpy(two.p, one.p, one.len);
        memcpy(two.p + one.len, one.p, one.len);
        assert_int_equal(unpack(&two, twice.len, &twice), 0);
        free(one.p);
        free(two.p);
    }
    free(plain.p);
    free(twice.p);
}

/* @certain: the format has a checksum over its contents, so that damage cannot go unseen. */
static void damage(const char *command, bool certain)
{
    for (int kind = TEXT; kind < NR_KINDS; kind++) {
        struct blob plain = make_plain((enum kind)kind, 3000), packed = pack(command, &plain);
        uint64_t seed = 42;

        for (size_t len = 0; len < packed.len; len += 1 + packed.len / 300) {
            struct blob cut = {packed.p, len};

            unpack(&cut, plain.len, certain ? &plain : NULL);
        }
        for (size_t i = 0; i < 1500; i++) {
            size_t at = i < 200 ? i % packed.len : next_random(&seed) % packed.len;
            uint8_t old = packed.p[at];

            packed.p[at] ^= (uint8_t)(1u << (next_random(&seed) >> 30) % 8);
            unpack(&packed, plain.len, certain ? &plain : NULL);
            packed.p[at] = old;
        }
        free(packed.p);
        free(plain.p);
    }
}

static void damage_is_survived(void **state)
{
    (void)state;
    damage("xz --check=crc32 --x86 --lzma2", true);
    damage("xz --check=none", false);
    damage("xz --format=lzma", false);
    damage("gzip -9", true);
    damage("lz4 -l", false);
    damage("lz4 -9 --content-size", false);
    damage("zstd -19 --check", false);
    damage("zstd -1 --no-check", false);
}

/* Long data take another way, from a length on and with any rest. */
static void crc32_of_long_data(struct crc32_table *t32)
{
    static uint8_t data[CRC32_FOLD_WORDS * 16 + 7];
    static const size_t lens[] = {CRC32_FOLD_MIN * 8 - 1, CRC32_FOLD_MIN * 8,
                                  CRC32_FOLD_MIN * 8 + 9, CRC32_FOLD_WORDS * 8 + 3, sizeof(data)};
    uint32_t x = 1;

    for (size_t i = 0; i < sizeof(data); i++) {
        x = x * 1664525 + 1013904223;
        data[i] = (uint8_t)(x >> 24);
    }
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        assert_true(crc32(t32, 0, data, lens[i]) == crc32_small(0, data, lens[i]));
        assert_true(crc32(t32, 0x12345678, data, lens[i]) ==
                    crc32_small(0x12345678, data, lens[i]));
    }
}

static void checksums(void **state)
{
    static struct crc32_table t32;
    static struct crc64_table t64;

    (void)state;
    crc32_init(&t32);
    crc64_init(&t64);
    assert_true(crc32(&t32, 0, "123456789", 9) == 0xcbf43926);
    assert_true(crc32_small(0, "123456789", 9) == 0xcbf43926);
    assert_true(crc32(&t32, crc32(&t32, 0, "1234", 4), "56789", 5) == 0xcbf43926);
    crc32_of_long_data(&t32);
    assert_true(crc64(&t64, 0, "123456789", 9) == 0x995dc9bbdf1939faull);
    assert_true(xxh32("", 0, 0) == 0x02cc5d05);
    assert_true(xxh64("", 0, 0) == 0xef46db3751d8e999ull);
}

static void unknown_formats(void **state)
{
    uint64_t size;
    uint8_t out[4];
    size_t len;

    (void)state;
    assert_int_equal(decompress("\x7f"
                                "ELF",
                                4, out, 4, &len, scratch),
                     -ENOENT);
    assert_int_equal(decompress("", 0, out, 4, &len, scratch), -ENOENT);
    assert_int_equal(decompress_size_hint("xyz", 3, &size), -ENOENT);
}

static void size_hints(void **state)
{
    static const char *const commands[] = {"xz", "xz --block-size=5000", "gzip",
                                           "zstd --stream-size=20000"};
    struct blob plain = make_plain(MIXED, 20000);

    (void)state;
    for (size_t c = 0; c < ARRAY_SIZE(commands); c++) {
        struct blob packed = pack(commands[c], &plain);
        uint64_t size = 0;

        assert_int_equal(decompress_size_hint(packed.p, packed.len, &size), 0);
        assert_int_equal(size, plain.len);
        free(packed.p);
    }
    free(plain.p);
}

/* XEN_TEST_KERNEL names a folder with a vmlinuz and the vmlinux that is in it. */
static void stock_kernel(void **state)
{
    const char *folder = getenv("XEN_TEST_KERNEL");
    char path[256];
    struct blob image, plain;
    struct bzimage bz;
    struct blob payload;
    uint64_t size;

    (void)state;
    snprintf(path, sizeof(path), "%s/vmlinuz", folder ? folder : "");
    if (!folder || !read_all(path, &image))
        skip();
    strcpy(strrchr(path, '/'), "/vmlinux");
    if (!read_all(path, &plain)) {
        free(image.p);
        skip();
    }
    assert_int_equal(bzimage_parse(image.p, image.len, &bz), 0);
    payload = (struct blob){(uint8_t *)(uintptr_t)bz.payload, bz.payload_len};
    assert_int_equal(decompress_size_hint(payload.p, payload.len, &size), 0);
    assert_int_equal(size, plain.len);
    assert_int_equal(unpack(&payload, plain.len, &plain), 0);
    free(image.p);
    free(plain.p);
}

static int set_up(void **state)
{
    (void)state;
    scratch = malloc(decompress_scratch());
    return scratch && mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
    char line[64];

    (void)state;
    free(scratch);
    snprintf(line, sizeof(line), "rm -r %s", dir);
    return system(line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksums),
        cmocka_unit_test(unknown_formats),
        cmocka_unit_test(size_hints),
        cmocka_unit_test(xz_round_trips),
        cmocka_unit_test(lzma_round_trips),
        cmocka_unit_test(gzip_round_trips),
        cmocka_unit_test(lz4_round_trips),
        cmocka_unit_test(zstd_round_trips),
        cmocka_unit_test(members_and_frames_follow_each_other),
        cmocka_unit_test(damage_is_survived),
        cmocka_unit_test(stock_kernel),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
