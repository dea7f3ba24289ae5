/* SPDX-License-Identifier: MIT */
/* Devices of a guest that runs: what the store, the stored configuration and the device model get.
 */
#include <stdio.h>
#include <unistd.h>

#include "stage.h"

#include "core/userdata.h"

/* USB devices of the host, at the ports of a controller. */

static void host_usb_make(const char *place, const char *bus, const char *dev)
{
    const char *files[][2] = {{"busnum", bus}, {"devnum", dev}};
    char path[512];

    mkdir(SYSFS_USB, 0755);
    snprintf(path, sizeof(path), SYSFS_USB "/%s", place);
    assert_int_equal(mkdir(path, 0755), 0);
    for (unsigned int i = 0; i < 2; i++) {
        FILE *f;

        snprintf(path, sizeof(path), SYSFS_USB "/%s/%s", place, files[i][0]);
        f = fopen(path, "w");
        assert_non_null(f);
        fprintf(f, "%s\n", files[i][1]);
        fclose(f);
    }
}

static int usb_add(int bus, int addr, int ctrl, int port)
{
    libxl_device_usbdev d;
    int rc;

    libxl_device_usbdev_init(&d);
    libxl_device_usbdev_init_type(&d, LIBXL_USBDEV_TYPE_HOSTDEV);
    d.u.hostdev.hostbus = (uint8_t)bus;
    d.u.hostdev.hostaddr = (uint8_t)addr;
    d.ctrl = ctrl;
    d.port = port;
    rc = libxl_device_usbdev_add(ctx, GUEST, &d, NULL);
    libxl_device_usbdev_dispose(&d);
    return rc;
}

static void port_has(int port, const char *place)
{
    char *back = get("/local/domain/0/backend/qusb/%d/0/port/%d", GUEST, port);
    char *record = get("/libxl/%d/device/qusb/0/port/%d", GUEST, port);

    assert_string_equal(back, place);
    assert_string_equal(record, place);
    free(back);
    free(record);
}

/* What the stored configuration has. */
static void stored_usb(int nr_ctrls, int nr_devs)
{
    struct scope sc = {.ctx = ctx, .domid = GUEST};
    libxl_domain_config stored;

    assert_int_equal(config_load(&sc, GUEST, &stored), 0);
    assert_int_equal(stored.num_usbctrls, nr_ctrls);
    assert_int_equal(stored.num_usbdevs, nr_devs);
    libxl_domain_config_dispose(&stored);
    scope_free(&sc);
}

static void usb_devices_have_ports(void **state)
{
    libxl_device_usbctrl ctrl;
    libxl_device_usbdev *list, d;
    int nr;

    host_usb_make("usb1", "1", "1");
    host_usb_make("1-2", "1", "3");
    host_usb_make("1-2:1.0", "1", "9");
    host_usb_make("1-1.4", "1", "4");
    guest_present();
    libxl_device_usbctrl_init(&ctrl);
    ctrl.type = LIBXL_USBCTRL_TYPE_QUSB;
    ctrl.ports = 2;
    DO(libxl_device_usbctrl_add(ctx, GUEST, &ctrl, &how));
    assert_int_equal(usb_add(1, 9, 0, 1), ERROR_INVAL);
    assert_int_equal(usb_add(1, 1, 0, 1), ERROR_INVAL);
    assert_int_equal(usb_add(1, 3, 1, 1), ERROR_INVAL);
    assert_int_equal(usb_add(1, 3, 0, 3), ERROR_INVAL);
    assert_int_equal(usb_add(1, 3, -1, 1), ERROR_INVAL);
    assert_int_equal(usb_add(1, 3, 0, 2), 0);
    port_has(1, "");
    port_has(2, "1-2");
    assert_int_equal(usb_add(1, 3, -1, 0), ERROR_INVAL);
    assert_int_equal(usb_add(1, 4, 0, 2), ERROR_INVAL);
    assert_int_equal(usb_add(1, 4, -1, 0), 0);
    port_has(1, "1-1.4");
    list = libxl_device_usbdev_list(ctx, GUEST, &nr);
    assert_int_equal(nr, 2);
    assert_int_equal(list[1].port, 2);
    assert_int_equal(list[1].u.hostdev.hostaddr, 3);
    assert_int_equal(libxl_device_usbdev_remove(ctx, GUEST, &list[1], NULL), 0);
    assert_int_equal(libxl_device_usbdev_remove(ctx, GUEST, &list[1], NULL), ERROR_INVAL);
    libxl_device_usbdev_list_free(list, nr);
    port_has(2, "");
    assert_int_equal(libxl_ctrlport_to_device_usbdev(ctx, GUEST, 0, 2, &d), ERROR_FAIL);
    assert_int_equal(libxl_ctrlport_to_device_usbdev(ctx, GUEST, 0, 1, &d), 0);
    assert_int_equal(d.u.hostdev.hostaddr, 4);
    stored_usb(1, 1);
    DO(libxl_device_usbctrl_destroy(ctx, GUEST, &ctrl, &how));
    libxl_device_usbctrl_dispose(&ctrl);
    stored_usb(0, 0);
    guest_absent();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usb_devices_have_ports),
    };

    return stage_run(tests, ARRAY_SIZE(tests));
}
