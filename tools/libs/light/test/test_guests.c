/* SPDX-License-Identifier: MIT */
/* What HVM and PVH guests are made of, without a hypervisor: ACPI tables, QEMU's command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "device/device.h"
#include "dm/dm.h"
#include "domain/bootloader.h"
#include "domain/build.h"

static xentoollog_logger *logger;
static libxl_ctx ctx;
static struct scope sc = {.ctx = &ctx, .domid = 7};

static int setup(void **state)
{
    (void)state;
    logger = (xentoollog_logger *)xtl_createlogger_stdiostream(stderr, XTL_CRITICAL, 0);
    ctx.lg = logger;
    return logger ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    scope_free(&sc);
    xtl_logger_destroy(logger);
    return 0;
}

/* ACPI. */

static uint32_t get32(const uint8_t *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof(v));
    return v;
}

static uint64_t get64(const uint8_t *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof(v));
    return v;
}

static unsigned int sum(const uint8_t *p, size_t len)
{
    uint8_t s = 0;

    for (size_t i = 0; i < len; i++)
        s = (uint8_t)(s + p[i]);
    return s;
}

/* The table at the guest's @addr, checked. */
static const uint8_t *table(const uint8_t *blob, uint32_t len, uint64_t addr, const char *signature)
{
    const uint8_t *t = blob + (addr - ACPI_BASE);

    assert_in_range(addr, ACPI_BASE, ACPI_BASE + len - 36);
    assert_memory_equal(t, signature, 4);
    assert_in_range(get32(t + 4), 36, len - (addr - ACPI_BASE));
    assert_int_equal(sum(t, get32(t + 4)), 0);
    return t;
}

static void acpi_tables_lead_from_rsdp_to_every_cpu(void **state)
{
    const uint8_t *xsdt, *fadt, *madt;
    uint32_t len;
    uint8_t *blob;

    (void)state;
    assert_int_equal(acpi_build(&sc, 128, &blob, &len), 0);
    assert_memory_equal(blob, "RSD PTR ", 8);
    assert_int_equal(sum(blob, 20), 0);
    assert_int_equal(sum(blob, 36), 0);
    xsdt = table(blob, len, get64(blob + 24), "XSDT");
    assert_int_equal(get32(xsdt + 4), 36 + 2 * 8);
    fadt = table(blob, len, get64(xsdt + 36), "FACP");
    assert_true(get32(fadt + 112) & 1u << 20);
    table(blob, len, get64(fadt + 140), "DSDT");
    madt = table(blob, len, get64(xsdt + 44), "APIC");
    assert_int_equal(get32(madt + 4), 44 + 128 * 8);
    assert_int_equal(madt[44 + 127 * 8 + 2], 127);
    assert_int_equal(madt[44 + 127 * 8 + 3], 254);
    assert_int_equal(get32(madt + 44 + 127 * 8 + 4), 1);
}

static void acpi_refuses_more_cpus_than_have_short_ids(void **state)
{
    uint32_t len;
    uint8_t *blob;

    (void)state;
    assert_int_equal(acpi_build(&sc, 129, &blob, &len), ERROR_INVAL);
}

/* The device model. */

static void hvm_init(libxl_domain_config *c, unsigned int nr_disks)
{
    libxl_domain_config_init(c);
    c->c_info.type = LIBXL_DOMAIN_TYPE_HVM;
    c->c_info.name = strdup("g");
    libxl_domain_build_info_init_type(&c->b_info, LIBXL_DOMAIN_TYPE_HVM);
    c->b_info.max_vcpus = 1;
    c->b_info.max_memkb = c->b_info.target_memkb = 64 * 1024;
    assert_int_equal(defaults_hvm(&sc, &c->b_info), 0);
    c->disks = calloc(nr_disks, sizeof(*c->disks));
    for (unsigned int i = 0; i < nr_disks; i++)
        libxl_device_disk_init(&c->disks[i]);
    c->num_disks = (int)nr_disks;
}

static void disk_set(libxl_device_disk *d, const char *vdev, const char *path, bool cdrom)
{
    d->vdev = strdup(vdev);
    d->pdev_path = path ? strdup(path) : NULL;
    d->format = path ? LIBXL_DISK_FORMAT_RAW : LIBXL_DISK_FORMAT_EMPTY;
    d->backend = LIBXL_DISK_BACKEND_QDISK;
    d->is_cdrom = cdrom;
    d->readwrite = !cdrom;
}

static int has(const struct dm_args *a, const char *option, const char *value)
{
    for (unsigned int i = 0; i + 1 < a->nr; i++)
        if (!strcmp(a->argv[i], option) && !strcmp(a->argv[i + 1], value))
            return 1;
    return 0;
}

static void hvm_disks_are_on_the_controllers_of_their_names(void **state)
{
    libxl_domain_config c;
    struct dm_args a = {.sc = &sc, .domid = 7, .config = &c};

    (void)state;
    hvm_init(&c, 4);
    disk_set(&c.disks[0], "hda", "/a,b", false);
    disk_set(&c.disks[1], "sdb", "/s", false);
    disk_set(&c.disks[2], "hdc", NULL, true);
    disk_set(&c.disks[3], "xvdz", "/z", false);
    assert_int_equal(dm_args_build(&a), 0);
    assert_true(has(&a, "-xen-domid", "7"));
    assert_true(has(&a, "-machine", "xenfv,suppress-vmdesc=on"));
    assert_true(has(&a, "-m", "56")); /* less the video card's 8 */
    assert_true(has(&a, "-net", "none"));
    assert_true(
        has(&a, "-drive", "file=/a,,b,if=ide,index=0,media=disk,format=raw,cache=writeback"));
    assert_true(has(&a, "-device", "scsi-hd,drive=scsi0-hd1,scsi-id=1"));
    assert_true(has(&a, "-drive", "if=none,readonly=on,id=ide-5632"));
    assert_true(has(&a, "-device", "ide-cd,id=ide-5632,drive=ide-5632,bus=ide.1,unit=0"));
    for (unsigned int i = 0; i < a.nr; i++)
        assert_null(strstr(a.argv[i], "/z"));
    libxl_domain_config_dispose(&c);
}

static void hvm_ide_disk_cannot_be_read_only(void **state)
{
    libxl_domain_config c;
    struct dm_args a = {.sc = &sc, .domid = 7, .config = &c};

    (void)state;
    hvm_init(&c, 1);
    disk_set(&c.disks[0], "hda", "/a", false);
    c.disks[0].readwrite = 0;
    assert_int_equal(dm_args_build(&a), ERROR_INVAL);
    libxl_domain_config_dispose(&c);
}

static void hvm_defaults_refuse_what_cannot_be(void **state)
{
    libxl_domain_build_info b;

    (void)state;
    libxl_domain_build_info_init(&b);
    libxl_domain_build_info_init_type(&b, LIBXL_DOMAIN_TYPE_HVM);
    libxl_defbool_set(&b.device_model_stubdomain, true);
    assert_int_equal(defaults_hvm(&sc, &b), ERROR_NI);
    libxl_domain_build_info_dispose(&b);

    libxl_domain_build_info_init(&b);
    libxl_domain_build_info_init_type(&b, LIBXL_DOMAIN_TYPE_HVM);
    b.u.hvm.vga.kind = LIBXL_VGA_INTERFACE_TYPE_QXL;
    b.video_memkb = 64 * 1024;
    assert_int_equal(defaults_hvm(&sc, &b), ERROR_INVAL);
    libxl_domain_build_info_dispose(&b);

    libxl_domain_build_info_init(&b);
    libxl_domain_build_info_init_type(&b, LIBXL_DOMAIN_TYPE_HVM);
    b.u.hvm.mmio_hole_memkb = 255 * 1024;
    assert_int_equal(defaults_hvm(&sc, &b), ERROR_INVAL);
    libxl_domain_build_info_dispose(&b);
}

static void pv_guest_needs_a_device_model_for_its_qdisk_only(void **state)
{
    libxl_device_disk disk = {.vdev = (char *)(uintptr_t) "xvda"};
    libxl_domain_config c = {.c_info.type = LIBXL_DOMAIN_TYPE_PVH, .disks = &disk, .num_disks = 1};

    (void)state;
    disk.backend = LIBXL_DISK_BACKEND_PHY;
    assert_false(dm_needed(&c));
    disk.backend = LIBXL_DISK_BACKEND_QDISK;
    assert_true(dm_needed(&c));
    disk.backend_domid = 3;
    assert_false(dm_needed(&c));
}

static void a_bootloader_names_kernel_ramdisk_and_arguments(void **state)
{
    static const char zeros[] = "kernel /run/k\0ramdisk /run/r\0args root=/dev/xvda ro\0other x",
                      lines[] = "kernel /run/k2\nargs a=\"b\"\n", none[] = "ramdisk /run/r\0args";
    libxl_domain_build_info b;

    (void)state;
    libxl_domain_build_info_init(&b);
    assert_int_equal(bootloader_take(&sc, zeros, sizeof(zeros), &b), 0);
    assert_string_equal(b.kernel, "/run/k");
    assert_string_equal(b.ramdisk, "/run/r");
    assert_string_equal(b.cmdline, "root=/dev/xvda ro");
    /* Without a zero at its end; what is not said stays. */
    assert_int_equal(bootloader_take(&sc, lines, sizeof(lines) - 1, &b), 0);
    assert_string_equal(b.kernel, "/run/k2");
    assert_string_equal(b.ramdisk, "/run/r");
    assert_string_equal(b.cmdline, "a=\"b\"");
    libxl_domain_build_info_dispose(&b);
    libxl_domain_build_info_init(&b);
    assert_int_equal(bootloader_take(&sc, none, sizeof(none), &b), ERROR_FAIL);
    assert_int_equal(bootloader_take(&sc, "", 0, &b), ERROR_FAIL);
    libxl_domain_build_info_dispose(&b);
}

/* The host of most emulators: RAM to 2 GiB with its end reserved, flash below 4 GiB. */
static const struct e820entry a_host[] = {
    {0, 0x9fc00, E820_RAM},
    {0x9fc00, 0x400, E820_RESERVED},
    {0x100000, 0x7fee0000, E820_RAM},
    {0x7ffe0000, 0x20000, E820_RESERVED},
    {0xfffc0000, 0x40000, E820_RESERVED},
};

static void is_entry(const struct e820entry *e, uint64_t addr, uint64_t end, uint32_t type)
{
    assert_int_equal(e->addr, addr);
    assert_int_equal(e->addr + e->size, end);
    assert_int_equal(e->type, type);
}

static void host_map_of_a_small_guest_has_the_hosts_holes(void **state)
{
    struct e820entry map[8];

    (void)state;
    assert_int_equal(host_map_layout(a_host, 5, 256ULL << 20, map, 8), 4);
    is_entry(&map[0], 0, 256ULL << 20, E820_RAM);
    is_entry(&map[1], 256ULL << 20, 0x7ffe0000, E820_UNUSABLE);
    is_entry(&map[2], 0x7ffe0000, 0x80000000, E820_RESERVED);
    is_entry(&map[3], 0xfffc0000, 0x100000000, E820_RESERVED);
}

static void host_map_of_a_large_guest_goes_on_above(void **state)
{
    struct e820entry map[8];

    (void)state;
    assert_int_equal(host_map_layout(a_host, 5, 3ULL << 30, map, 8), 4);
    is_entry(&map[0], 0, 0x7ffe0000, E820_RAM);
    is_entry(&map[3], 1ULL << 32, (1ULL << 32) + (3ULL << 30) - 0x7ffe0000, E820_RAM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(acpi_tables_lead_from_rsdp_to_every_cpu),
        cmocka_unit_test(acpi_refuses_more_cpus_than_have_short_ids),
        cmocka_unit_test(hvm_disks_are_on_the_controllers_of_their_names),
        cmocka_unit_test(hvm_ide_disk_cannot_be_read_only),
        cmocka_unit_test(hvm_defaults_refuse_what_cannot_be),
        cmocka_unit_test(pv_guest_needs_a_device_model_for_its_qdisk_only),
        cmocka_unit_test(host_map_of_a_small_guest_has_the_hosts_holes),
        cmocka_unit_test(host_map_of_a_large_guest_goes_on_above),
        cmocka_unit_test(a_bootloader_names_kernel_ramdisk_and_arguments),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
