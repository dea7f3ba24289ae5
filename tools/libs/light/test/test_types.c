/* SPDX-License-Identifier: MIT */
/* The generated types: initial values, JSON there and back, copies, keyed unions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/types.h"

static void same_json(const libxl_domain_config *a, const libxl_domain_config *b)
{
    char *x = type_to_json(NULL, &type_domain_config, a);
    char *y = type_to_json(NULL, &type_domain_config, b);

    assert_string_equal(x, y);
    free(x);
    free(y);
}

static void fill(libxl_domain_config *d)
{
    libxl_domain_config_init(d);
    d->c_info.type = LIBXL_DOMAIN_TYPE_PV;
    d->c_info.name = strdup("a \"name\"\n\t\x01 \xc3\xa4");
    libxl_uuid_generate(&d->c_info.uuid);
    libxl_defbool_set(&d->c_info.hap, false);
    libxl_domain_build_info_init_type(&d->b_info, LIBXL_DOMAIN_TYPE_PV);
    d->b_info.max_memkb = UINT64_MAX - 1;
    d->b_info.target_memkb = 1ull << 40;
    d->b_info.u.pv.slack_memkb = 5;
    d->b_info.num_irqs = 2;
    d->b_info.irqs = calloc(2, sizeof(*d->b_info.irqs));
    d->b_info.irqs[1] = UINT32_MAX;
    libxl_bitmap_alloc(NULL, &d->b_info.avail_vcpus, 9);
    libxl_bitmap_set(&d->b_info.avail_vcpus, 8);
    assert_int_equal(libxl_cpuid_parse_config(&d->b_info.cpuid, "sse3=0"), 0);
    assert_int_equal(libxl_cpuid_parse_config(&d->b_info.cpuid, "rdcl-no=1"), 0);
    d->num_disks = 1;
    d->disks = calloc(1, sizeof(*d->disks));
    libxl_device_disk_init(&d->disks[0]);
    d->disks[0].vdev = strdup("xvda");
    d->disks[0].format = LIBXL_DISK_FORMAT_RAW;
    d->on_crash = LIBXL_ACTION_ON_SHUTDOWN_PRESERVE;
}

static void cpuid_is(const char *flag, const char *json)
{
    libxl_domain_config d;
    char *text;

    libxl_domain_config_init(&d);
    assert_int_equal(libxl_cpuid_parse_config(&d.b_info.cpuid, flag), 0);
    text = libxl_domain_config_to_json(NULL, &d);
    if (!strstr(text, json))
        fail_msg("%s: %s", flag, text);
    free(text);
    libxl_domain_config_dispose(&d);
}

static void flags_of_cpuid(void **state)
{
    libxl_domain_config d;

    (void)state;
    cpuid_is("family=0x10", "\"eax\": \"xxxx00000001xxxxxxxx1111xxxxxxxx\"");
    cpuid_is("family=s", "\"eax\": \"xxxx00000000xxxxxxxxssssxxxxxxxx\"");
    cpuid_is("model=0x12", "\"eax\": \"xxxxxxxxxxxx0001xxxxxxxx0010xxxx\"");
    cpuid_is("sse3=2", "\"ecx\": \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx0\"");
    cpuid_is("srso-msr-fix=0", "\"leaf\": 2147483681");
    cpuid_is("taa-no=0", "\"index\": 266");
    cpuid_is("its-no=k", "\"policy\": \"xkxxxxxxxxxxxx");
    libxl_domain_config_init(&d);
    assert_int_equal(libxl_cpuid_parse_config(&d.b_info.cpuid, "sse3"), 1);
    assert_int_equal(libxl_cpuid_parse_config(&d.b_info.cpuid, "FPU=0"), 2);
    assert_int_equal(libxl_cpuid_parse_config(&d.b_info.cpuid, "taa-no=maybe"), 3);
    libxl_domain_config_dispose(&d);
}

static void json_comes_back_the_same(void **state)
{
    libxl_domain_config a, b;
    char *json;

    (void)state;
    fill(&a);
    json = libxl_domain_config_to_json(NULL, &a);
    libxl_domain_config_init(&b);
    assert_int_equal(libxl_domain_config_from_json(NULL, &b, json), 0);
    same_json(&a, &b);
    assert_int_equal(b.b_info.type, LIBXL_DOMAIN_TYPE_PV);
    assert_int_equal(b.b_info.irqs[1], UINT32_MAX);
    free(json);
    libxl_domain_config_dispose(&a);
    libxl_domain_config_dispose(&b);
}

static void a_copy_outlives_its_source(void **state)
{
    libxl_domain_config a, b, c;

    (void)state;
    fill(&a);
    libxl_domain_config_copy(NULL, &b, &a);
    libxl_domain_config_copy(NULL, &c, &a);
    libxl_domain_config_dispose(&a);
    same_json(&b, &c);
    libxl_domain_config_dispose(&b);
    libxl_domain_config_dispose(&b); /* twice is allowed */
    libxl_domain_config_dispose(&c);
}

static void initial_values_are_left_out(void **state)
{
    libxl_domain_sched_params p;
    char *json;

    (void)state;
    libxl_domain_sched_params_init(&p);
    assert_int_equal(p.weight, -1);
    json = libxl_domain_sched_params_to_json(NULL, &p);
    assert_string_equal(json, "{\n\n}\n");
    free(json);
    p.cap = 0;
    json = libxl_domain_sched_params_to_json(NULL, &p);
    assert_string_equal(json, "{\n    \"cap\": 0\n}\n");
    free(json);
}

static void bad_json_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "{",
        "[]",
        "{\"c_info\": 1}",
        "{\"c_info\": {\"name\": 1}}",
        "{\"c_info\": {\"type\": \"nonsense\"}}",
        "{\"c_info\": {\"uuid\": \"x\"}}",
        "{\"b_info\": {\"max_vcpus\": 99999999999}}",
        "{\"b_info\": {\"avail_vcpus\": [-1]}}",
        "{\"b_info\": {\"avail_vcpus\": [4294967295]}}",
        "{\"b_info\": {\"irqs\": [1, \"x\"]}}",
        "{\"disks\": [1]}",
        "{\"nics\": [{\"mac\": \"00:11\"}]}",
        "{\"b_info\": {\"cpuid\": {\"cpuid\": [{\"leaf\": 1, \"eax\": \"short\"}]}}}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        libxl_domain_config d;

        libxl_domain_config_init(&d);
        assert_int_not_equal(libxl_domain_config_from_json(NULL, &d, bad[i]), 0);
        libxl_domain_config_dispose(&d);
    }
}

/* What is taken can be copied and shown. */
static void take_or_refuse(const char *json, size_t *taken)
{
    libxl_domain_config d, copy;
    char *again;

    libxl_domain_config_init(&d);
    if (!libxl_domain_config_from_json(NULL, &d, json)) {
        libxl_domain_config_copy(NULL, &copy, &d);
        same_json(&copy, &d);
        again = libxl_domain_config_to_json(NULL, &copy);
        assert_non_null(again);
        free(again);
        libxl_domain_config_dispose(&copy);
        ++*taken;
    }
    libxl_domain_config_dispose(&d);
}

static void damaged_json_is_taken_or_refused(void **state)
{
    static const char instead[] = "09-{}[]\",:\\ \x01\x80\xff";
    size_t taken = 0, tried = 0;
    libxl_domain_config d;
    char *json;

    (void)state;
    fill(&d);
    json = libxl_domain_config_to_json(NULL, &d);
    libxl_domain_config_dispose(&d);
    for (size_t i = 0; json[i]; i++) {
        char was = json[i];

        json[i] = '\0';
        take_or_refuse(json, &taken);
        for (size_t k = 0; k < sizeof(instead) - 1; k++, tried++) {
            json[i] = instead[k];
            take_or_refuse(json, &taken);
        }
        json[i] = (char)(was ^ 1);
        take_or_refuse(json, &taken);
        json[i] = was;
    }
    assert_true(taken > 100 && taken < tried / 2);
    free(json);
}

static void enums_have_names(void **state)
{
    libxl_domain_type type;

    (void)state;
    assert_string_equal(libxl_domain_type_to_string(LIBXL_DOMAIN_TYPE_PVH), "pvh");
    assert_null(libxl_domain_type_to_string((libxl_domain_type)77));
    assert_int_equal(libxl_domain_type_from_string("HVM", &type), 0);
    assert_int_equal(type, LIBXL_DOMAIN_TYPE_HVM);
    assert_int_equal(libxl_domain_type_from_string("x", &type), ERROR_INVAL);
    assert_string_equal(libxl_error_to_string(ERROR_NI), "ni");
}

static void bitmaps(void **state)
{
    libxl_bitmap a, b, r;
    char *hex;

    (void)state;
    libxl_bitmap_alloc(NULL, &a, 16);
    libxl_bitmap_alloc(NULL, &b, 8);
    libxl_bitmap_set(&a, 15);
    libxl_bitmap_set(&a, 3);
    libxl_bitmap_set(&a, 16); /* outside: nothing */
    libxl_bitmap_set(&a, -1);
    libxl_bitmap_set(&b, 3);
    assert_int_equal(libxl_bitmap_count_set(&a), 2);
    libxl_bitmap_and(NULL, &r, &a, &b);
    assert_int_equal(libxl_bitmap_count_set(&r), 1);
    assert_true(libxl_bitmap_equal(&r, &b, 0));
    libxl_bitmap_dispose(&r);
    hex = libxl_bitmap_to_hex_string(NULL, &a);
    assert_string_equal(hex, "0x8008");
    free(hex);
    libxl_bitmap_dispose(&a);
    libxl_bitmap_dispose(&b);
}

/* A generator as YAJL's, which writes its calls down; the library finds it by its names. */
static char calls[512];

static int note(const char *s, size_t len)
{
    size_t used = strlen(calls);

    snprintf(calls + used, sizeof(calls) - used, "%.*s", (int)len, s);
    return 0;
}

int yajl_gen_map_open(void *gen);
int yajl_gen_map_close(void *gen);
int yajl_gen_array_open(void *gen);
int yajl_gen_array_close(void *gen);
int yajl_gen_null(void *gen);
int yajl_gen_bool(void *gen, int b);
int yajl_gen_integer(void *gen, long long v);
int yajl_gen_string(void *gen, const unsigned char *s, size_t len);
int libxl_device_disk_gen_json(void *gen, const libxl_device_disk *p);

#define NOTES(name, text)                                                                          \
    int yajl_gen_##name(void *gen)                                                                 \
    {                                                                                              \
        return gen ? note(text, 1) : 1;                                                            \
    }
NOTES(map_open, "{")
NOTES(map_close, "}")
NOTES(array_open, "[")
NOTES(array_close, "]")
NOTES(null, "0")

int yajl_gen_bool(void *gen, int b)
{
    (void)gen;
    return note(b ? "T" : "F", 1);
}

int yajl_gen_integer(void *gen, long long v)
{
    char text[32];

    (void)gen;
    return note(text, (size_t)snprintf(text, sizeof(text), "%lld,", v));
}

int yajl_gen_string(void *gen, const unsigned char *s, size_t len)
{
    (void)gen;
    note((const char *)s, len);
    return note(",", 1);
}

static void json_goes_into_a_generator(void **state)
{
    libxl_device_disk disk;

    (void)state;
    libxl_device_disk_init(&disk);
    disk.vdev = strdup("xvda");
    disk.readwrite = 1;
    disk.direct_io_safe = true;
    calls[0] = '\0';
    assert_int_equal(libxl_device_disk_gen_json(calls, &disk), 0);
    assert_string_equal(calls, "{vdev,xvda,readwrite,1,direct_io_safe,T}");
    assert_int_not_equal(libxl_device_disk_gen_json(NULL, &disk), 0);
    libxl_device_disk_dispose(&disk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_goes_into_a_generator),
        cmocka_unit_test(flags_of_cpuid),
        cmocka_unit_test(json_comes_back_the_same),
        cmocka_unit_test(a_copy_outlives_its_source),
        cmocka_unit_test(initial_values_are_left_out),
        cmocka_unit_test(bad_json_is_refused),
        cmocka_unit_test(damaged_json_is_taken_or_refused),
        cmocka_unit_test(enums_have_names),
        cmocka_unit_test(bitmaps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
