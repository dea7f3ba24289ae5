/* SPDX-License-Identifier: MIT */
/* libxl's own records of a stream: whole, cut at each byte, and wrong in each field. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "save_helper/stream.h"

static char dir[] = "/tmp/test_stream.XXXXXX", from[64], to[64], to_new[80];
static FILE *stream;
static int fd;

void complain(const char *fmt, ...)
{
    (void)fmt;
}

static int setup(void **state)
{
    (void)state;
    strcpy(dir + strlen(dir) - 6, "XXXXXX");
    if (!mkdtemp(dir))
        return -1;
    snprintf(from, sizeof(from), "%s/from", dir);
    snprintf(to, sizeof(to), "%s/to", dir);
    snprintf(to_new, sizeof(to_new), "%s.new", to);
    stream = tmpfile();
    fd = fileno(stream);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fclose(stream);
    unlink(from);
    unlink(to);
    return rmdir(dir); /* fails if anything else is left */
}

static void write_file(const char *path, const void *data, size_t len)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, len, f), len);
    fclose(f);
}

static void check_file(const char *path, const char *want)
{
    char got[64] = "";
    FILE *f = fopen(path, "r");

    assert_non_null(f);
    assert_int_equal(fread(got, 1, sizeof(got) - 1, f), strlen(want));
    fclose(f);
    assert_string_equal(got, want);
}

static void rewind_stream(void)
{
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
}

static void state_comes_through(void **state)
{
    (void)state;
    write_file(from, "thirteen byte", 13);
    assert_int_equal(put_header(fd), 0);
    assert_int_equal(put_record(fd, LIBXL_RECORD_LIBXC_CONTEXT), 0);
    assert_int_equal(put_emulator(fd, from), 0);
    assert_int_equal(put_record(fd, LIBXL_RECORD_END), 0);
    assert_int_equal(lseek(fd, 0, SEEK_CUR), 16 + 8 + (8 + 8 + 16) + 8);
    rewind_stream();
    assert_int_equal(get_header(fd), 0);
    assert_int_equal(get_record(fd, LIBXL_RECORD_LIBXC_CONTEXT), 0);
    assert_int_equal(get_emulator(fd, to, LIBXL_RECORD_END), 0);
    check_file(to, "thirteen byte");
}

static void a_cut_leaves_the_last_state(void **state)
{
    off_t len;

    (void)state;
    write_file(from, "later", 5);
    assert_int_equal(put_emulator(fd, from), 0);
    assert_int_equal(put_record(fd, LIBXL_RECORD_CHECKPOINT_END), 0);
    len = lseek(fd, 0, SEEK_CUR);
    write_file(to, "earlier", 7);
    for (off_t cut = len - 1; cut >= 0; cut--) {
        assert_int_equal(ftruncate(fd, cut), 0);
        rewind_stream();
        assert_int_equal(get_emulator(fd, to, LIBXL_RECORD_CHECKPOINT_END), -1);
        assert_int_equal(errno, EPIPE);
        check_file(to, "earlier");
        assert_int_equal(access(to_new, F_OK), -1);
    }
}

static void no_state_leaves_no_file(void **state)
{
    (void)state;
    assert_int_equal(put_record(fd, LIBXL_RECORD_END), 0);
    rewind_stream();
    assert_int_equal(get_emulator(fd, to, LIBXL_RECORD_END), 0);
    assert_int_equal(access(to, F_OK), -1);
    assert_int_equal(put_emulator(fd, from), -1);
    write_file(from, "", 0);
    assert_int_equal(put_emulator(fd, from), -1);
}

static const struct wrong {
    struct libxl_record r;
    struct libxl_emulator e;
    const char *file;
} wrong[] = {
    {{LIBXL_RECORD_EMULATOR_CONTEXT, 16}, {LIBXL_EMULATOR_QEMU, 0}, ""}, /* no device model */
    {{LIBXL_RECORD_EMULATOR_XENSTORE, 16}, {LIBXL_EMULATOR_QEMU, 0}, ""},
    {{LIBXL_RECORD_EMULATOR_CONTEXT, 16}, {1, 0}, to}, /* another one */
    {{LIBXL_RECORD_EMULATOR_CONTEXT, 16}, {LIBXL_EMULATOR_QEMU, 1}, to},
    {{LIBXL_RECORD_EMULATOR_CONTEXT, 7}, {LIBXL_EMULATOR_QEMU, 0}, to},   /* too short */
    {{LIBXL_RECORD_EMULATOR_CONTEXT, ~0u}, {LIBXL_EMULATOR_QEMU, 0}, to}, /* too long */
    {{LIBXL_RECORD_END, 8}, {0, 0}, to},
    {{LIBXL_RECORD_CHECKPOINT_END, 0}, {0, 0}, to},
    {{LIBXL_RECORD_CHECKPOINT_STATE, 0}, {0, 0}, to},
    {{LIBXL_RECORD_LIBXC_CONTEXT, 0}, {0, 0}, to},
    {{77, 0}, {0, 0}, to},
};

static void wrong_records_are_refused(void **state)
{
    static const char rest[64];

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        rewind_stream();
        assert_int_equal(stream_put(fd, &wrong[i].r, sizeof(wrong[i].r)), 0);
        assert_int_equal(stream_put(fd, &wrong[i].e, sizeof(wrong[i].e)), 0);
        assert_int_equal(stream_put(fd, rest, sizeof(rest)), 0);
        rewind_stream();
        assert_int_equal(get_emulator(fd, wrong[i].file, LIBXL_RECORD_END), -1);
        assert_int_equal(errno, EINVAL);
        assert_int_equal(access(to, F_OK), -1);
    }
}

static void what_was_in_xenstore_is_skipped(void **state)
{
    struct libxl_record r = {LIBXL_RECORD_EMULATOR_XENSTORE, 8 + 5};
    struct libxl_emulator e = {LIBXL_EMULATOR_QEMU, 0};

    (void)state;
    assert_int_equal(stream_put(fd, &r, sizeof(r)), 0);
    assert_int_equal(stream_put(fd, &e, sizeof(e)), 0);
    assert_int_equal(stream_put(fd, "k\0vv\0\0\0", 8), 0);
    assert_int_equal(put_record(fd, LIBXL_RECORD_END), 0);
    rewind_stream();
    assert_int_equal(get_emulator(fd, to, LIBXL_RECORD_END), 0);
    assert_int_equal(access(to, F_OK), -1);
}

/* libxl's stream around libxc's in @inner, for others to check. */
static int record(const char *inner, const char *state, const char *out)
{
    char chunk[4096];
    FILE *f = fopen(inner, "rb");
    size_t n;
    int rc = -1;

    stream = fopen(out, "wb");
    if (f && stream) {
        fd = fileno(stream);
        rc = put_header(fd) || put_record(fd, LIBXL_RECORD_LIBXC_CONTEXT);
        while (!rc && (n = fread(chunk, 1, sizeof(chunk), f)))
            rc = stream_put(fd, chunk, n);
        rc = rc || put_emulator(fd, state) || put_record(fd, LIBXL_RECORD_END);
    }
    if (f)
        fclose(f);
    return !stream || fclose(stream) || rc;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(state_comes_through, setup, teardown),
        cmocka_unit_test_setup_teardown(a_cut_leaves_the_last_state, setup, teardown),
        cmocka_unit_test_setup_teardown(no_state_leaves_no_file, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_records_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_in_xenstore_is_skipped, setup, teardown),
    };

    if (argc == 5 && !strcmp(argv[1], "record"))
        return record(argv[2], argv[3], argv[4]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
