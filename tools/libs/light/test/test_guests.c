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
#include "domain/numa.h"

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

static libxl_domain_build_info pvh(int vcpus)
{
    libxl_domain_build_info b;

    libxl_domain_build_info_init(&b);
    libxl_domain_build_info_init_type(&b, LIBXL_DOMAIN_TYPE_PVH);
    b.max_vcpus = vcpus;
    return b;
}

static void acpi_tables_lead_from_rsdp_to_every_cpu(void **state)
{
    libxl_domain_build_info b = pvh(128);
    struct xc_dom_image dom = {0};
    const uint8_t *xsdt, *fadt, *madt;
    uint32_t len;
    uint8_t *blob;

    (void)state;
    assert_int_equal(acpi_build(&sc, &b, &dom, &blob, &len), 0);
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
    libxl_domain_build_info_dispose(&b);
}

static void acpi_refuses_more_cpus_than_have_short_ids(void **state)
{
    libxl_domain_build_info b = pvh(129);
    struct xc_dom_image dom = {0};
    uint32_t len;
    uint8_t *blob;

    (void)state;
    assert_int_equal(acpi_build(&sc, &b, &dom, &blob, &len), ERROR_INVAL);
    libxl_domain_build_info_dispose(&b);
}

/* Virtual NUMA. */

/* @nr nodes of @kb with two vCPUs each, vCPU 2n and 2n + 1 of node n; 20 and more apart. */
static libxl_domain_build_info numa(int nr, uint64_t kb)
{
    libxl_domain_build_info b = pvh(2 * nr);

    b.max_memkb = b.target_memkb = kb * (uint64_t)nr;
    b.video_memkb = 0;
    b.num_vnuma_nodes = nr;
    b.vnuma_nodes = calloc((size_t)nr, sizeof(*b.vnuma_nodes));
    for (int i = 0; i < nr; i++) {
        libxl_vnode_info *n = &b.vnuma_nodes[i];

        libxl_vnode_info_init(n);
        n->memkb = kb;
        n->pnode = 0;
        n->num_distances = nr;
        n->distances = calloc((size_t)nr, sizeof(*n->distances));
        for (int j = 0; j < nr; j++)
            n->distances[j] = i == j ? 10 : 20 + (uint32_t)i;
        libxl_bitmap_alloc(sc.ctx, &n->vcpus, 2 * nr);
        libxl_bitmap_set(&n->vcpus, 2 * i);
        libxl_bitmap_set(&n->vcpus, 2 * i + 1);
    }
    return b;
}

static void expect_range(const xen_vmemrange_t *r, uint64_t start, uint64_t end, unsigned int node)
{
    assert_int_equal(r->start, start);
    assert_int_equal(r->end, end);
    assert_int_equal(r->nid, node);
    assert_int_equal(r->flags, 0);
}

#define GIB (1ULL << 30)

static void nodes_lie_around_the_hole(void **state)
{
    libxl_domain_build_info b = numa(2, 2 << 20);
    struct xc_dom_image dom = {.lowmem_end = 3 * GIB};

    (void)state;
    b.video_memkb = 8 << 10;
    assert_int_equal(vnuma_check(&sc, &b, 1), 0);
    vnuma_place(&sc, &b, &dom);
    assert_int_equal(dom.nr_vnodes, 2);
    assert_int_equal(dom.nr_vmemranges, 3);
    expect_range(&dom.vmemranges[0], 0, 2 * GIB - (8 << 20), 0);
    expect_range(&dom.vmemranges[1], 2 * GIB - (8 << 20), 3 * GIB, 1);
    expect_range(&dom.vmemranges[2], 4 * GIB, 5 * GIB - (8 << 20), 1);
    libxl_domain_build_info_dispose(&b);
}

static void a_node_may_end_where_the_hole_begins(void **state)
{
    libxl_domain_build_info b = numa(3, 1 << 20);
    struct xc_dom_image dom = {.lowmem_end = 2 * GIB};

    (void)state;
    vnuma_place(&sc, &b, &dom);
    assert_int_equal(dom.nr_vmemranges, 3);
    expect_range(&dom.vmemranges[1], GIB, 2 * GIB, 1);
    expect_range(&dom.vmemranges[2], 4 * GIB, 5 * GIB, 2);
    libxl_domain_build_info_dispose(&b);
}

static void what_is_wrong_with_nodes_is_found(void **state)
{
    libxl_domain_build_info b = numa(2, 1 << 20);
    libxl_vnode_info *n = b.vnuma_nodes;

    (void)state;
#define WRONG(change, back)                                                                        \
    do {                                                                                           \
        change;                                                                                    \
        assert_int_equal(vnuma_check(&sc, &b, 1), ERROR_VNUMA_CONFIG_INVALID);                     \
        back;                                                                                      \
        assert_int_equal(vnuma_check(&sc, &b, 1), 0);                                              \
    } while (0)
    WRONG(b.type = LIBXL_DOMAIN_TYPE_PV, b.type = LIBXL_DOMAIN_TYPE_PVH);
    WRONG(n[1].pnode = 1, n[1].pnode = 0);
    WRONG(n[1].num_distances = 1, n[1].num_distances = 2);
    WRONG(n[0].distances[1] = 9, n[0].distances[1] = 20);
    WRONG(n[0].memkb++, n[0].memkb--);
    WRONG(n[0].memkb = 0, n[0].memkb = 1 << 20);
    WRONG(b.target_memkb--, b.target_memkb++);
    WRONG(b.video_memkb = 1 << 20, b.video_memkb = 0);
    WRONG(libxl_bitmap_reset(&n[1].vcpus, 3), libxl_bitmap_set(&n[1].vcpus, 3));
    WRONG(libxl_bitmap_set(&n[1].vcpus, 0), libxl_bitmap_reset(&n[1].vcpus, 0));
    WRONG(b.max_vcpus = 3, b.max_vcpus = 4);
    WRONG(b.max_vcpus = 5, b.max_vcpus = 4);
#undef WRONG
    libxl_domain_build_info_dispose(&b);
}

static void acpi_tells_of_nodes(void **state)
{
    libxl_domain_build_info b = numa(64, 64 << 10);
    struct xc_dom_image dom = {.lowmem_end = 3 * GIB};
    const uint8_t *xsdt, *srat, *slit, *at;
    uint32_t len;
    uint8_t *blob;

    (void)state;
    vnuma_place(&sc, &b, &dom);
    assert_int_equal(acpi_build(&sc, &b, &dom, &blob, &len), 0);
    xsdt = table(blob, len, get64(blob + 24), "XSDT");
    assert_int_equal(get32(xsdt + 4), 36 + 4 * 8);
    srat = table(blob, len, get64(xsdt + 52), "SRAT");
    assert_int_equal(get32(srat + 4), 48 + 128 * 16 + dom.nr_vmemranges * 40);
    at = srat + 48 + 127 * 16;
    assert_int_equal(at[1], 16);
    assert_int_equal(at[2], 63);
    assert_int_equal(at[3], 254);
    at += 16 + (dom.nr_vmemranges - 1) * 40;
    assert_int_equal(at[0], 1);
    assert_int_equal(get32(at + 2), 63);
    assert_int_equal(get64(at + 8) + get64(at + 16), 5 * GIB);
    assert_int_equal(get32(at + 28), 1);
    slit = table(blob, len, get64(xsdt + 60), "SLIT");
    assert_int_equal(get64(slit + 36), 64);
    assert_int_equal(slit[44], 10);
    assert_int_equal(slit[44 + 64 * 5 + 7], 25);
    libxl_domain_build_info_dispose(&b);
}

/* Memory reserved for devices. */

static void ram_goes_out_of_the_way_of_devices(void **state)
{
    struct xc_dom_image dom = {.lowmem_end = 3 * GIB};
    struct rdm_list rdm = {.nr = 3,
                           .range = {{GIB, GIB + 4096, false},
                                     {2 * GIB + (256 << 20), 2 * GIB + (257 << 20), true},
                                     {3 * GIB + 4096, 3 * GIB + 8192, true}}};

    (void)state;
    assert_int_equal(rdm_resolve(&sc, &rdm, 2 * GIB, &dom), 0);
    assert_int_equal(dom.lowmem_end, 2 * GIB + (256 << 20));
    assert_int_equal(dom.highmem_end, 4 * GIB + (768 << 20));
    assert_int_equal(rdm.nr, 2);
    assert_int_equal(rdm.range[0].start, dom.lowmem_end);
    assert_int_equal(rdm.range[1].start, 3 * GIB + 4096);
}

static void what_is_strict_and_in_the_way_is_an_error(void **state)
{
    struct xc_dom_image dom = {.lowmem_end = 3 * GIB, .highmem_end = 5 * GIB};
    struct rdm_list below = {.nr = 1, .range = {{GIB, GIB + 4096, true}}},
                    above = {.nr = 1, .range = {{5 * GIB - 4096, 6 * GIB, true}}},
                    behind = {.nr = 1, .range = {{5 * GIB, 6 * GIB, true}}};

    (void)state;
    assert_int_equal(rdm_resolve(&sc, &below, 2 * GIB, &dom), ERROR_FAIL);
    assert_int_equal(rdm_resolve(&sc, &above, 2 * GIB, &dom), ERROR_FAIL);
    assert_int_equal(rdm_resolve(&sc, &behind, 2 * GIB, &dom), 0);
    assert_int_equal(behind.nr, 1);
    assert_int_equal(dom.lowmem_end, 3 * GIB);
    assert_int_equal(dom.highmem_end, 5 * GIB);
}

/* Fields that have moved. */

static void old_places_are_looked_into(void **state)
{
    libxl_domain_build_info b;

    (void)state;
    libxl_domain_build_info_init(&b);
    libxl_domain_build_info_init_type(&b, LIBXL_DOMAIN_TYPE_PV);
    b.u.pv.kernel = strdup("/old");
    b.u.pv.ramdisk = strdup("/old");
    b.ramdisk = strdup("/new");
    assert_int_equal(libxl__domain_build_info_copy_deprecated(&ctx, &b), 0);
    assert_string_equal(b.kernel, "/old");
    assert_string_equal(b.ramdisk, "/new");
    libxl_domain_build_info_dispose(&b);

    libxl_domain_build_info_init(&b);
    libxl_domain_build_info_init_type(&b, LIBXL_DOMAIN_TYPE_HVM);
    libxl_defbool_set(&b.u.hvm.apic, false);
    libxl_defbool_set(&b.u.hvm.acpi, false);
    libxl_defbool_set(&b.acpi, true);
    libxl_defbool_set(&b.u.hvm.altp2m, true);
    assert_int_equal(libxl__domain_build_info_copy_deprecated(&ctx, &b), 0);
    assert_false(libxl_defbool_val(b.apic));
    assert_true(libxl_defbool_val(b.acpi));
    assert_int_equal(b.altp2m, LIBXL_ALTP2M_MODE_MIXED);
    libxl_domain_build_info_dispose(&b);
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

static void hvm_usb_controllers_are_qemus(void **state)
{
    libxl_domain_config c;
    struct dm_args a = {.sc = &sc, .domid = 7, .config = &c};

    (void)state;
    hvm_init(&c, 1);
    disk_set(&c.disks[0], "hda", "/a", false);
    c.num_usbctrls = 2;
    c.usbctrls = calloc(2, sizeof(*c.usbctrls));
    for (int i = 0; i < 2; i++) {
        libxl_device_usbctrl_init(&c.usbctrls[i]);
        c.usbctrls[i].type =
            i ? LIBXL_USBCTRL_TYPE_DEVICEMODEL : LIBXL_USBCTRL_TYPE_QUSB; /* not QEMU's */
        c.usbctrls[i].devid = i;
        c.usbctrls[i].version = 3;
        c.usbctrls[i].ports = 5;
    }
    c.usbdevs = calloc(1, sizeof(*c.usbdevs));
    libxl_device_usbdev_init(&c.usbdevs[c.num_usbdevs]);
    libxl_device_usbdev_init_type(&c.usbdevs[c.num_usbdevs], LIBXL_USBDEV_TYPE_HOSTDEV);
    c.usbdevs[c.num_usbdevs].ctrl = 1;
    c.usbdevs[c.num_usbdevs].port = 2;
    c.usbdevs[c.num_usbdevs].u.hostdev.hostbus = 3;
    c.usbdevs[c.num_usbdevs++].u.hostdev.hostaddr = 4;
    c.b_info.u.hvm.usbdevice_list = calloc(4, sizeof(char *));
    c.b_info.u.hvm.usbdevice_list[0] = strdup("tablet");
    c.b_info.u.hvm.usbdevice_list[1] = strdup("host:8.2");
    c.b_info.u.hvm.usbdevice_list[2] = strdup("host:046d:c077");
    assert_int_equal(dm_args_build(&a), 0);
    assert_true(
        has(&a, "-device", "{\"driver\":\"nec-usb-xhci\",\"id\":\"xenusb-1\",\"p2\":5,\"p3\":5}"));
    assert_true(has(&a, "-device",
                    "{\"driver\":\"usb-host\",\"id\":\"xenusb-1-port-2\",\"bus\":\"xenusb-1.0\","
                    "\"port\":\"2\",\"hostbus\":3,\"hostaddr\":4}"));
    for (unsigned int i = 0; i < a.nr; i++)
        assert_null(strstr(a.argv[i], "xenusb-0"));
    assert_true(has(&a, "-usbdevice", "tablet"));
    assert_true(has(&a, "-device", "usb-host,hostbus=8,hostaddr=2"));
    assert_true(has(&a, "-device", "usb-host,vendorid=0x46d,productid=0xc077"));
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

static void hvm_guest_without_a_kernel_boots_its_disks(void **state)
{
    libxl_domain_config c;
    struct dm_args a = {.sc = &sc, .domid = 7, .config = &c};

    (void)state;
    hvm_init(&c, 1);
    disk_set(&c.disks[0], "hda", "/a", false);
    c.b_info.kernel = strdup("");
    assert_int_equal(dm_args_build(&a), 0);
    for (unsigned int i = 0; i < a.nr; i++)
        assert_string_not_equal(a.argv[i], "-kernel");
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

/* Nodes of the host. */

static const struct numa_search two_nodes = {
    .node = {{1000, 2}, {800, 2}},
    .nr_nodes = 2,
    .need_kb = 500,
    .need_cpus = 1,
};

static void the_fewest_nodes_are_chosen(void **state)
{
    struct numa_search s = two_nodes;

    (void)state;
    assert_int_equal(numa_choose(&s), 1); /* more memory */
    s.need_cpus = 3;
    assert_int_equal(numa_choose(&s), 3);
    s.need_cpus = 5;
    assert_int_equal(numa_choose(&s), 0);
    s.need_cpus = 1;
    s.need_kb = 1001;
    assert_int_equal(numa_choose(&s), 3);
    s.need_kb = 1801;
    assert_int_equal(numa_choose(&s), 0);
}

static void of_equals_the_emptier_node_is_chosen(void **state)
{
    static const uint64_t vcpus[] = {3, 1, 3};
    struct numa_search s = two_nodes;

    (void)state;
    s.vcpu_nodes = vcpus;
    s.nr_vcpus = 3;
    assert_int_equal(numa_choose(&s), 2);
    s.need_kb = 900; /* it has not that much */
    assert_int_equal(numa_choose(&s), 1);
    s.nr_vcpus = 1;
    s.need_kb = 500;
    assert_int_equal(numa_choose(&s), 1);
}

static void nodes_that_are_not_for_the_guest_are_left_out(void **state)
{
    struct numa_search s = two_nodes;

    (void)state;
    s.node[0].cpus = 0;
    assert_int_equal(numa_choose(&s), 2);
    s.need_kb = 900;
    assert_int_equal(numa_choose(&s), 0);
}

/* The nodes of a large host are more than all their sets can be looked at. */
static void a_large_host_takes_no_long_search(void **state)
{
    struct numa_search s = {.nr_nodes = NUMA_NODES_MAX, .need_kb = 10, .need_cpus = 1};

    (void)state;
    for (int i = 0; i < NUMA_NODES_MAX; i++)
        s.node[i] = (struct numa_node){5, 1};
    s.node[63].free_kb = 9;
    s.node[62].free_kb = 7;
    assert_int_equal(numa_choose(&s), 3ULL << 62);
    s.need_kb = 5 * 62 + 16;
    assert_int_equal(numa_choose(&s), 0);
    s.node[63].free_kb = 400;
    assert_int_equal(numa_choose(&s), 1ULL << 63);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ram_goes_out_of_the_way_of_devices),
        cmocka_unit_test(what_is_strict_and_in_the_way_is_an_error),
        cmocka_unit_test(old_places_are_looked_into),
        cmocka_unit_test(acpi_tables_lead_from_rsdp_to_every_cpu),
        cmocka_unit_test(acpi_refuses_more_cpus_than_have_short_ids),
        cmocka_unit_test(nodes_lie_around_the_hole),
        cmocka_unit_test(a_node_may_end_where_the_hole_begins),
        cmocka_unit_test(what_is_wrong_with_nodes_is_found),
        cmocka_unit_test(acpi_tells_of_nodes),
        cmocka_unit_test(hvm_disks_are_on_the_controllers_of_their_names),
        cmocka_unit_test(hvm_usb_controllers_are_qemus),
        cmocka_unit_test(hvm_ide_disk_cannot_be_read_only),
        cmocka_unit_test(hvm_guest_without_a_kernel_boots_its_disks),
        cmocka_unit_test(hvm_defaults_refuse_what_cannot_be),
        cmocka_unit_test(pv_guest_needs_a_device_model_for_its_qdisk_only),
        cmocka_unit_test(host_map_of_a_small_guest_has_the_hosts_holes),
        cmocka_unit_test(host_map_of_a_large_guest_goes_on_above),
        cmocka_unit_test(the_fewest_nodes_are_chosen),
        cmocka_unit_test(of_equals_the_emptier_node_is_chosen),
        cmocka_unit_test(nodes_that_are_not_for_the_guest_are_left_out),
        cmocka_unit_test(a_large_host_takes_no_long_search),
        cmocka_unit_test(a_bootloader_names_kernel_ramdisk_and_arguments),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
