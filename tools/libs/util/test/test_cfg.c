/* SPDX-License-Identifier: MIT */
/* Configuration files, disk specifications, rates. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "libxlutil.h"

static char report[4096];
static FILE *sink;

static XLU_Config *read_text(const char *text, int *e)
{
    XLU_Config *cfg;

    memset(report, 0, sizeof(report));
    rewind(sink);
    cfg = xlu_cfg_init(sink, "F");
    *e = xlu_cfg_readdata(cfg, text, (int)strlen(text));
    fflush(sink);
    return cfg;
}

static void values(void **state)
{
    int e, nr;
    XLU_Config *cfg = read_text("# comment\na = 'x\\n\"'; b=0x1f\nc=[1, [2,'y'],\n 3, ]\n"
                                "c += [4]\na += 'z' # end\nd.e.f=5",
                                &e);
    XLU_ConfigList *list, *inner;
    const char *s;
    long l;

    (void)state;
    assert_int_equal(e, 0);
    assert_int_equal(xlu_cfg_get_string(cfg, "a", &s, 0), 0);
    assert_string_equal(s, "x\n\"z");
    assert_int_equal(xlu_cfg_get_long(cfg, "b", &l, 0), 0);
    assert_int_equal(l, 31);
    assert_int_equal(xlu_cfg_get_bounded_long(cfg, "b", 0, 30, &l, 1), EINVAL);
    assert_int_equal(xlu_cfg_get_long(cfg, "a", &l, 1), EINVAL);
    assert_int_equal(xlu_cfg_get_long(cfg, "nope", &l, 0), ESRCH);
    assert_int_equal(xlu_cfg_get_long(cfg, "d.e.f", &l, 0), 0);
    assert_int_equal(xlu_cfg_get_list(cfg, "c", &list, &nr, 0), 0);
    assert_int_equal(nr, 4);
    assert_string_equal(xlu_cfg_get_listitem(list, 3), "4");
    assert_null(xlu_cfg_get_listitem(list, 1));
    assert_null(xlu_cfg_get_listitem2(list, 4));
    assert_int_equal(xlu_cfg_value_get_list(cfg, xlu_cfg_get_listitem2(list, 1), &inner, 0), 0);
    assert_string_equal(xlu_cfg_get_listitem(inner, 1), "y");
    assert_int_equal(xlu_cfg_get_string(cfg, "c", &s, 1), EINVAL);
    xlu_cfg_destroy(cfg);
}

static void errors_name_the_line(void **state)
{
    static const struct {
        const char *text, *message;
    } bad[] = {
        {"a=1\nb=oops oops\n", "F:2: config parsing error near `oops'"},
        {"a=1\nb=[1,\n2\n", "F:"},
        {"a='x", "F:1: config parsing error near `'': lexical error"},
        {"A=1", "F:1: config parsing error near `A': lexical error"},
        {"a==1", "F:1:"},
        {"a=[1 2]", "F:1:"},
        {"a=1\na+=[1]", "F:2:"},
        {"a='\\q'", "F:1:"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        int e;
        XLU_Config *cfg = read_text(bad[i].text, &e);

        assert_int_equal(e, EINVAL);
        assert_non_null(strstr(report, bad[i].message));
        xlu_cfg_destroy(cfg);
    }
}

static int disk(const char *spec, libxl_device_disk *d)
{
    XLU_Config *cfg = xlu_cfg_init(sink, "F");
    int e = xlu_disk_parse(cfg, 1, &spec, d);

    xlu_cfg_destroy(cfg);
    return e;
}

static void disks(void **state)
{
    static const struct {
        const char *spec, *target, *vdev;
        libxl_disk_format format;
        int rw, cdrom;
    } good[] = {
        {"phy:/dev/vg/v,xvda,w", "/dev/vg/v", "xvda", LIBXL_DISK_FORMAT_RAW, 1, 0},
        {"/dev/vg/v,,hda", "/dev/vg/v", "hda", LIBXL_DISK_FORMAT_RAW, 1, 0},
        {"/i.iso,,hdc,cdrom", "/i.iso", "hdc", LIBXL_DISK_FORMAT_RAW, 0, 1},
        {"raw:/i.iso,hdc:cdrom,ro", "/i.iso", "hdc", LIBXL_DISK_FORMAT_RAW, 0, 1},
        {"tap2:qcow2:/x,xvda,w", "/x", "xvda", LIBXL_DISK_FORMAT_QCOW2, 1, 0},
        {"vdev=xvdb,format=raw,target=/a,b", "/a,b", "xvdb", LIBXL_DISK_FORMAT_RAW, 1, 0},
        {"/x, raw, xvda, r", "/x", "xvda", LIBXL_DISK_FORMAT_RAW, 0, 0},
    };
    static const char *const bad[] = {"",
                                      "/x",
                                      "/x,zz,xvda",
                                      "/x,raw,xvda,q",
                                      "target=/x",
                                      "/x,raw,xvda,w,bogus=1",
                                      "/x,raw,xvda,w,more"};
    libxl_device_disk d;

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(disk(good[i].spec, &d), 0);
        assert_string_equal(d.pdev_path, good[i].target);
        assert_string_equal(d.vdev, good[i].vdev);
        assert_int_equal(d.format, good[i].format);
        assert_int_equal(d.readwrite, good[i].rw);
        assert_int_equal(d.is_cdrom, good[i].cdrom);
        libxl_device_disk_dispose(&d);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(disk(bad[i], &d), EINVAL);
}

static void rates(void **state)
{
    XLU_Config *cfg = xlu_cfg_init(sink, "F");
    libxl_device_nic nic;

    (void)state;
    libxl_device_nic_init(&nic);
    assert_int_equal(xlu_vif_parse_rate(cfg, "10Mb/s", &nic), 0);
    assert_int_equal(nic.rate_bytes_per_interval, 62500);
    assert_int_equal(nic.rate_interval_usecs, 50000);
    assert_int_equal(xlu_vif_parse_rate(cfg, "1MB/s@20ms", &nic), 0);
    assert_int_equal(nic.rate_bytes_per_interval, 20000);
    assert_int_equal(xlu_vif_parse_rate(cfg, "10", &nic), EINVAL);
    assert_int_equal(xlu_vif_parse_rate(cfg, "1MB/s@0s", &nic), EINVAL);
    assert_int_equal(xlu_vif_parse_rate(cfg, "99999999999999999999GB/s", &nic), EINVAL);
    xlu_cfg_destroy(cfg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(errors_name_the_line),
        cmocka_unit_test(disks),
        cmocka_unit_test(rates),
    };

    sink = fmemopen(report, sizeof(report), "w");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
