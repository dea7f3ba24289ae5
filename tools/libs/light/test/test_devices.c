/* SPDX-License-Identifier: MIT */
/* Devices of a guest that runs: what the store, the stored configuration and the device model get.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "stage.h"

#include "core/userdata.h"
#include "fake_qmp.h"

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
    char *record = get("/libxl/%d/device/vusb/0/port/%d", GUEST, port);

    assert_string_equal(back, place);
    assert_string_equal(record, place);
    free(back);
    free(record);
}

/* What the stored configuration has. */
static libxl_domain_config stored(void)
{
    struct scope sc = {.ctx = ctx, .domid = GUEST};
    libxl_domain_config c;

    assert_int_equal(config_load(&sc, GUEST, &c), 0);
    scope_free(&sc);
    return c;
}

static void stored_usb(int nr_ctrls, int nr_devs)
{
    libxl_domain_config c = stored();

    assert_int_equal(c.num_usbctrls, nr_ctrls);
    assert_int_equal(c.num_usbdevs, nr_devs);
    libxl_domain_config_dispose(&c);
}

/* The guest is to find it where its driver looks. */
static void front_is_for_the_guests_driver(void)
{
    char *back = get("/local/domain/%d/device/vusb/0/backend", GUEST);

    assert_string_equal(back, "/local/domain/0/backend/qusb/5/0");
    free(back);
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
    front_is_for_the_guests_driver();
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

static libxl_device_usbctrl ctrl_of(libxl_usbctrl_type type, int version, int ports)
{
    libxl_device_usbctrl d;

    libxl_device_usbctrl_init(&d);
    d.type = type;
    d.version = version;
    d.ports = ports;
    return d;
}

static libxl_device_usbdev host_usb(int addr, int ctrl, int port)
{
    libxl_device_usbdev d;

    libxl_device_usbdev_init(&d);
    libxl_device_usbdev_init_type(&d, LIBXL_USBDEV_TYPE_HOSTDEV);
    d.u.hostdev.hostbus = 1;
    d.u.hostdev.hostaddr = (uint8_t)addr;
    d.ctrl = ctrl;
    d.port = port;
    return d;
}

#define UHCI "{\"driver\":\"piix3-usb-uhci\",\"id\":\"xenusb-0\"}\n"
#define XHCI "{\"driver\":\"nec-usb-xhci\",\"id\":\"xenusb-1\",\"p2\":4,\"p3\":4}\n"
#define EHCI "{\"driver\":\"usb-ehci\",\"id\":\"xenusb-2\"}\n"
#define HOSTDEV(ctrl, port, addr)                                                                  \
    "{\"driver\":\"usb-host\",\"id\":\"xenusb-" #ctrl "-port-" #port "\",\"bus\":\"xenusb-" #ctrl  \
    ".0\",\"port\":\"" #port "\",\"hostbus\":1,\"hostaddr\":" #addr "}\n"

static void hvm_guests_have_emulated_controllers(void **state)
{
    libxl_device_usbctrl d;
    libxl_usbctrlinfo info;
    char *node;
    int nr;

    make_hvm_config();
    config.usbctrls = calloc(2, sizeof(*config.usbctrls));
    config.num_usbctrls = 2;
    config.usbctrls[0] = ctrl_of(LIBXL_USBCTRL_TYPE_AUTO, 1, 0);
    config.usbctrls[1] = ctrl_of(LIBXL_USBCTRL_TYPE_DEVICEMODEL, 3, 4);
    config.usbdevs = calloc(1, sizeof(*config.usbdevs));
    config.usbdevs[config.num_usbdevs++] = host_usb(3, 1, 2);
    hvm_present();
    model_has("");
    fake_qmp_started_with(UHCI);
    fake_qmp_started_with(XHCI);
    fake_qmp_started_with(HOSTDEV(1, 2, 3));
    node = get("/libxl/%d/device/vusb/1/type", GUEST);
    assert_string_equal(node, "devicemodel");
    free(node);
    assert_null(get("/local/domain/%d/device/vusb", GUEST));
    libxl_device_usbctrl_list_free(libxl_device_usbctrl_list(ctx, GUEST, &nr), 2);
    assert_int_equal(nr, 2);
    assert_int_equal(libxl_devid_to_device_usbctrl(ctx, GUEST, 0, &d), 0);
    assert_int_equal(libxl_device_usbctrl_getinfo(ctx, GUEST, &d, &info), 0);
    assert_int_equal(info.type, LIBXL_USBCTRL_TYPE_DEVICEMODEL);
    assert_int_equal(info.version, 1);
    assert_int_equal(info.ports, 2);
    assert_int_equal(info.state, 0);
    libxl_usbctrlinfo_dispose(&info);
    libxl_device_usbctrl_dispose(&d);
    d = ctrl_of(LIBXL_USBCTRL_TYPE_AUTO, 2, 8);
    assert_int_equal(libxl_device_usbctrl_add(ctx, GUEST, &d, NULL), ERROR_INVAL);
    d = ctrl_of(LIBXL_USBCTRL_TYPE_AUTO, 3, 16);
    assert_int_equal(libxl_device_usbctrl_add(ctx, GUEST, &d, NULL), ERROR_INVAL);
    d = ctrl_of(LIBXL_USBCTRL_TYPE_AUTO, 0, 0);
    DO(libxl_device_usbctrl_add(ctx, GUEST, &d, &how));
    assert_int_equal(d.devid, 2);
    model_has(UHCI XHCI HOSTDEV(1, 2, 3) EHCI);
    stored_usb(3, 1);
    assert_int_equal(libxl_devid_to_device_usbctrl(ctx, GUEST, 1, &d), 0);
    DO(libxl_device_usbctrl_remove(ctx, GUEST, &d, &how));
    model_has(UHCI EHCI);
    stored_usb(2, 0);
    assert_int_equal(libxl_devid_to_device_usbctrl(ctx, GUEST, 1, &d), ERROR_NOTFOUND);
    hvm_absent();
}

/* hvm_xs_strings.h: with nothing loaded there is nothing to be found. */
static void firmware_finds_the_files_that_were_loaded_for_it(void **state)
{
    char *acpi, *smbios;

    make_hvm_config();
    hvm_present();
    assert_null(get("/local/domain/%d/hvmloader/acpi", GUEST));
    assert_null(get("/local/domain/%d/hvmloader/smbios", GUEST));
    hvm_absent();
    make_hvm_config();
    config.b_info.u.hvm.acpi_firmware = strdup(config.b_info.u.hvm.firmware);
    config.b_info.u.hvm.smbios_firmware = strdup(config.b_info.u.hvm.firmware);
    hvm_present();
    acpi = get("/local/domain/%d/hvmloader/acpi/length", GUEST);
    smbios = get("/local/domain/%d/hvmloader/smbios/length", GUEST);
    assert_string_equal(acpi, "0x6");
    assert_string_equal(smbios, "0x6");
    free(acpi);
    free(smbios);
    acpi = get("/local/domain/%d/hvmloader/acpi/address", GUEST);
    smbios = get("/local/domain/%d/hvmloader/smbios/address", GUEST);
    assert_non_null(acpi);
    assert_non_null(smbios);
    free(acpi);
    free(smbios);
    hvm_absent();
}

static int add_result(libxl_device_usbdev *d)
{
    over = false;
    assert_int_equal(libxl_device_usbdev_add(ctx, GUEST, d, &how), 0);
    return finish();
}

static void devices_are_plugged_into_emulated_controllers(void **state)
{
    libxl_device_usbdev first = host_usb(3, -1, 0), second = host_usb(4, 0, 1);

    make_hvm_config();
    hvm_present();
    /* With no controller there it brings one. */
    fake_qmp.refused = "usb-host";
    assert_int_equal(add_result(&first), ERROR_QMP_GENERIC_ERROR);
    stored_usb(1, 0);
    fake_qmp.refused = NULL;
    first = host_usb(3, -1, 0);
    assert_int_equal(add_result(&first), 0);
    assert_int_equal(first.ctrl, 0);
    assert_int_equal(first.port, 1);
    model_has("{\"driver\":\"usb-ehci\",\"id\":\"xenusb-0\"}\n" HOSTDEV(0, 1, 3));
    stored_usb(1, 1);
    assert_int_equal(libxl_device_usbdev_add(ctx, GUEST, &second, NULL), ERROR_INVAL);
    second.port = 0;
    assert_int_equal(add_result(&second), 0);
    assert_int_equal(second.port, 2);
    DO(libxl_device_usbdev_remove(ctx, GUEST, &first, &how));
    model_has("{\"driver\":\"usb-ehci\",\"id\":\"xenusb-0\"}\n" HOSTDEV(0, 2, 4));
    stored_usb(1, 1);
    hvm_absent();
}

/* Sound cards. */

static libxl_device_vsnd card;

static void make_card(void)
{
    static const uint32_t rates[] = {8000, 44100};
    libxl_vsnd_pcm *pcm;

    libxl_device_vsnd_dispose(&card);
    libxl_device_vsnd_init(&card);
    card.short_name = strdup("Main");
    card.params.channels_max = 5;
    card.params.sample_formats = calloc(2, sizeof(*card.params.sample_formats));
    card.params.sample_formats[card.params.num_sample_formats++] = LIBXL_VSND_PCM_FORMAT_S8;
    card.params.sample_formats[card.params.num_sample_formats++] = LIBXL_VSND_PCM_FORMAT_F64_BE;
    card.pcms = calloc(2, sizeof(*card.pcms));
    card.num_vsnd_pcms = 2;
    libxl_vsnd_pcm_init(&card.pcms[1]);
    pcm = &card.pcms[0];
    libxl_vsnd_pcm_init(pcm);
    pcm->name = strdup("General analog");
    pcm->params.sample_rates = calloc(2, sizeof(rates[0]));
    pcm->params.num_sample_rates = 2;
    memcpy(pcm->params.sample_rates, rates, sizeof(rates));
    pcm->streams = calloc(1, sizeof(*pcm->streams));
    pcm->num_vsnd_streams = 1;
    libxl_vsnd_stream_init(&pcm->streams[0]);
    pcm->streams[0].type = LIBXL_VSND_STREAM_TYPE_C;
    pcm->streams[0].unique_id = strdup("u");
}

static void front_has(const char *key, const char *value)
{
    char *v = get("/local/domain/%d/device/vsnd/0/%s", GUEST, key);

    assert_non_null(v);
    assert_string_equal(v, value);
    free(v);
}

static int card_start(void)
{
    make_card();
    return libxl_device_vsnd_add(ctx, GUEST, &card, &how);
}

static void card_after(int rc)
{
    int nr;
    libxl_device_vsnd *all = libxl_device_vsnd_list(ctx, GUEST, &nr);

    libxl_device_vsnd_list_free(all, nr);
    assert_int_equal(nr, !rc);
    if (!rc)
        DO(libxl_device_vsnd_remove(ctx, GUEST, &card, &how));
}

static void sound_cards_are_described(void **state)
{
    libxl_device_vsnd now;
    libxl_vsndinfo info;

    guest_present();
    DO(card_start());
    front_has("short-name", "Main");
    front_has("sample-formats", "s8,float64_be");
    front_has("channels-max", "5");
    front_has("0/name", "General analog");
    front_has("0/sample-rates", "8000,44100");
    front_has("0/0/type", "c");
    front_has("0/0/unique-id", "u");
    put("17", "/local/domain/%d/device/vsnd/0/0/0/event-channel", GUEST);
    assert_int_equal(libxl_devid_to_device_vsnd(ctx, GUEST, 0, &now), 0);
    assert_string_equal(now.short_name, "Main");
    assert_int_equal(now.params.sample_formats[1], LIBXL_VSND_PCM_FORMAT_F64_BE);
    assert_int_equal(now.num_vsnd_pcms, 2);
    assert_int_equal(now.pcms[0].params.sample_rates[1], 44100);
    assert_int_equal(now.pcms[0].streams[0].type, LIBXL_VSND_STREAM_TYPE_C);
    assert_int_equal(now.pcms[1].num_vsnd_streams, 0);
    assert_int_equal(libxl_device_vsnd_getinfo(ctx, GUEST, &now, &info), 0);
    assert_int_equal(info.pcms[0].streams[0].req_evtch, 17);
    assert_int_equal(info.pcms[0].streams[0].req_rref, -1);
    libxl_vsndinfo_dispose(&info);
    libxl_device_vsnd_dispose(&now);
    card_after(0);
    assert_int_equal(libxl_devid_to_device_vsnd(ctx, GUEST, 0, &now), ERROR_NOTFOUND);
    at_each_step(&(struct scenario){.start = card_start, .after = card_after});
    guest_absent();
}

static void what_no_card_can_have_is_refused(void **state)
{
    guest_present();
    make_card();
    card.params.sample_formats[0] = (libxl_vsnd_pcm_format)99;
    assert_int_equal(libxl_device_vsnd_add(ctx, GUEST, &card, NULL), ERROR_INVAL);
    make_card();
    card.pcms[1].num_vsnd_streams = 33;
    assert_int_equal(libxl_device_vsnd_add(ctx, GUEST, &card, NULL), ERROR_INVAL);
    card.pcms[1].num_vsnd_streams = 0;
    guest_absent();
}

/* PCI devices of the host. */

#define CARD   "0000:00:03.0"
#define CARD_2 "0000:00:04.1"

static void folder(const char *fmt, const char *bdf)
{
    char path[512];

    snprintf(path, sizeof(path), fmt, bdf);
    assert_true(!mkdir(path, 0755) || errno == EEXIST);
}

static void host_pci_make(const char *bdf)
{
    char path[512];

    folder(SYSFS_PCI, "");
    folder(SYSFS_PCI "/devices", "");
    folder(SYSFS_PCI "/drivers", "");
    folder(SYSFS_PCI "/drivers/pciback", "");
    folder(SYSFS_PCI "/devices/%s", bdf);
    folder(SYSFS_PCI "/drivers/pciback/%s", bdf);
    snprintf(path, sizeof(path), SYSFS_PCI "/devices/%s/irq", bdf);
    write_file(path, "11\n", 0644);
    snprintf(path, sizeof(path), SYSFS_PCI "/devices/%s/resource", bdf);
    write_file(path,
               "0xf0000000 0xf0000fff 0x40200\n0xc000 0xc01f 0x40101\n"
               "0x0 0x0 0x0\n",
               0644);
}

/* Two ranges, the interrupt and its number. */
#define RIGHTS 4

static libxl_device_pci pci_at(int dev, int func)
{
    libxl_device_pci pci;

    libxl_device_pci_init(&pci);
    pci.dev = (uint8_t)dev;
    pci.func = (uint8_t)func;
    pci.vfunc_mask = 1;
    return pci;
}

static void pci_list_is(const char *expected)
{
    int nr;
    libxl_device_pci *list = libxl_device_pci_list(ctx, GUEST, &nr);
    char now[128] = "";

    for (int i = 0; i < nr; i++)
        sprintf(now + strlen(now), "%x.%x@%x ", list[i].dev, list[i].func, list[i].vdevfn);
    assert_string_equal(now, expected);
    libxl_device_pci_list_free(list, nr);
}

static void stored_pci(int nr)
{
    libxl_domain_config c = stored();

    assert_int_equal(c.num_pcidevs, nr);
    libxl_domain_config_dispose(&c);
}

#define PLUGGED                                                                                    \
    "{\"driver\":\"xen-pci-passthrough\",\"id\":\"pci-0000-00-03.0\",\"hostaddr\":\"" CARD "\"}\n"
#define PLUGGED_2                                                                                  \
    "{\"driver\":\"xen-pci-passthrough\",\"id\":\"pci-0000-00-04.1\",\"hostaddr\":\"" CARD_2       \
    "\",\"addr\":\"1a.0\",\"permissive\":true}\n"

static void hvm_guests_get_pci_devices(void **state)
{
    libxl_device_pci first = pci_at(3, 0), second = pci_at(4, 1);

    host_pci_make(CARD);
    host_pci_make(CARD_2);
    make_hvm_config();
    hvm_present();
    model_has("");
    DO(libxl_device_pci_add(ctx, GUEST, &first, &how));
    model_has(PLUGGED);
    pci_list_is("3.0@20 ");
    assert_int_equal(guest.rights, RIGHTS);
    assert_int_equal(guest.assigned, 1);
    assert_int_equal(guest.assign_flags, 0);
    assert_int_equal(libxl_device_pci_add(ctx, GUEST, &first, NULL), ERROR_FAIL);
    second.vdevfn = 0x1a << 3;
    second.permissive = true;
    second.rdm_policy = LIBXL_RDM_RESERVE_POLICY_RELAXED;
    DO(libxl_device_pci_add(ctx, GUEST, &second, &how));
    model_has(PLUGGED PLUGGED_2);
    assert_int_equal(guest.assign_flags, XEN_DOMCTL_DEV_RDM_RELAXED);
    pci_list_is("3.0@20 4.1@d0 ");
    stored_pci(2);
    fake_qmp.stays = 2;
    DO(libxl_device_pci_remove(ctx, GUEST, &first, &how));
    model_has(PLUGGED_2);
    pci_list_is("4.1@d0 ");
    DO(libxl_device_pci_remove(ctx, GUEST, &second, &how));
    model_has("");
    pci_list_is("");
    stored_pci(0);
    assert_int_equal(guest.rights, 0);
    assert_int_equal(guest.assigned, 0);
    hvm_absent();
}

/* CD drives. */

#define EJECT "/local/domain/5/device/vbd/5632/eject"

static libxl_event *eject_event(void)
{
    libxl_event *ev;

    settle();
    return libxl_event_check(ctx, &ev, LIBXL_EVENTMASK_ALL, NULL, NULL) ? NULL : ev;
}

static void drives_tell_of_ejects(void **state)
{
    libxl_evgen_disk_eject *drive, *kept;
    libxl_event *ev;
    char *word;

    make_hvm_config();
    config.disks = calloc(1, sizeof(*config.disks));
    make_disk(&config.disks[config.num_disks++]);
    config.disks[0].is_cdrom = 1;
    free(config.disks[0].vdev);
    free(config.disks[0].script);
    config.disks[0].script = NULL;
    config.disks[0].vdev = strdup("hdc");
    config.disks[0].backend = LIBXL_DISK_BACKEND_UNKNOWN;
    hvm_present();
    assert_int_equal(libxl_evenable_disk_eject(ctx, GUEST, "nonsense", 1, &drive), ERROR_INVAL);
    assert_int_equal(libxl_evenable_disk_eject(ctx, GUEST, "hdc", 77, &drive), 0);
    assert_null(eject_event());
    put("eject now", EJECT);
    assert_null(eject_event());
    put("eject", EJECT);
    ev = eject_event();
    assert_non_null(ev);
    assert_int_equal(ev->type, LIBXL_EVENT_TYPE_DISK_EJECT);
    assert_int_equal(ev->domid, GUEST);
    assert_int_equal(ev->for_user, 77);
    assert_string_equal(ev->u.disk_eject.vdev, "hdc");
    assert_string_equal(ev->u.disk_eject.disk.vdev, "hdc");
    assert_string_equal(ev->u.disk_eject.disk.pdev_path, config.disks[0].pdev_path);
    libxl_event_free(ctx, ev);
    word = get(EJECT);
    assert_string_equal(word, "");
    free(word);
    assert_null(eject_event());
    libxl_evdisable_disk_eject(ctx, drive);
    put("eject", EJECT);
    assert_null(eject_event());
    /* It may end with the context, too. */
    assert_int_equal(libxl_evenable_disk_eject(ctx, GUEST, "hdd", 1, &kept), 0);
    hvm_absent();
}

/* A removal that nobody waits for any more: the device is the guest's until the next one. */

static int pci_out_start(void)
{
    libxl_device_pci pci = pci_at(3, 0);

    return libxl_device_pci_remove(ctx, GUEST, &pci, &how);
}

static void pci_in(void)
{
    libxl_device_pci pci = pci_at(3, 0);

    fake_qmp.stays = 2;
    DO(libxl_device_pci_add(ctx, GUEST, &pci, &how));
}

static void pci_out_after(int rc)
{
    stored_pci(rc != 0);
    assert_int_equal(guest.assigned, rc != 0);
    if (!rc)
        return;
    assert_int_equal(rc, ERROR_ABORTED);
    fake_qmp.stays = 0;
    DO(pci_out_start());
    stored_pci(0);
    assert_int_equal(guest.assigned, 0);
}

static void waiting_for_the_guest_to_let_go_can_be_stopped(void **state)
{
    host_pci_make(CARD);
    make_hvm_config();
    hvm_present();
    at_each_step(
        &(struct scenario){.before = pci_in, .start = pci_out_start, .after = pci_out_after});
    model_has("");
    hvm_absent();
}

static int pci_result(int rc)
{
    assert_int_equal(rc, 0);
    return finish();
}

static void what_the_device_model_refuses_is_taken_back(void **state)
{
    libxl_device_pci pci = pci_at(3, 0);

    make_hvm_config();
    hvm_present();
    fake_qmp.refused = "xen-pci-passthrough";
    over = false;
    assert_int_equal(pci_result(libxl_device_pci_add(ctx, GUEST, &pci, &how)),
                     ERROR_QMP_GENERIC_ERROR);
    assert_int_equal(guest.rights, 0);
    assert_int_equal(guest.assigned, 0);
    pci_list_is("");
    fake_qmp.refused = NULL;
    fake_no_iommu = true;
    assert_int_equal(libxl_device_pci_add(ctx, GUEST, &pci, NULL), ERROR_FAIL);
    fake_no_iommu = false;
    hvm_absent();
}

static void hvm_guests_are_made_with_pci_devices(void **state)
{
    make_hvm_config();
    config.pcidevs = calloc(2, sizeof(*config.pcidevs));
    config.pcidevs[config.num_pcidevs++] = pci_at(3, 0);
    config.pcidevs[config.num_pcidevs++] = pci_at(4, 1);
    config.pcidevs[1].vdevfn = 0x1a << 3;
    config.pcidevs[1].permissive = true;
    hvm_present();
    model_has(PLUGGED PLUGGED_2);
    pci_list_is("3.0@20 4.1@d0 ");
    assert_true(guest.iommu);
    assert_int_equal(guest.iommu_opts, XEN_DOMCTL_IOMMU_no_sharept);
    assert_int_equal(guest.rights, 2 * RIGHTS);
    assert_int_equal(guest.assigned, 2);
    hvm_absent();
    config.c_info.passthrough = LIBXL_PASSTHROUGH_SHARE_PT;
    assert_int_equal(libxl_domain_create_new(ctx, &config, &domid, NULL, NULL), ERROR_INVAL);
    fake_shares = true;
    config.c_info.passthrough = LIBXL_PASSTHROUGH_ENABLED;
    hvm_present();
    assert_int_equal(guest.iommu_opts, 0);
    hvm_absent();
    fake_shares = false;
    config.c_info.passthrough = LIBXL_PASSTHROUGH_DISABLED;
    assert_int_equal(libxl_domain_create_new(ctx, &config, &domid, NULL, NULL), ERROR_INVAL);
    config.c_info.passthrough = LIBXL_PASSTHROUGH_DEFAULT;
    fake_no_iommu = true;
    assert_int_equal(libxl_domain_create_new(ctx, &config, &domid, NULL, NULL), ERROR_INVAL);
    fake_no_iommu = false;
}

/* What scripts are called with: that of the backend, then the one of the tap. */
static void scripts_are_told_of_taps(void **state)
{
    static const char calls[] = "online type_if=vif vif5.0 - backend/vif/5/0 gw0\n"
                                "add type_if=tap vif5.0-emu vif5.0-emu backend/vif/5/0 gw0\n";
    const char *script = XEN_RUN_DIR "/vif-script", *path = XEN_RUN_DIR "/vif-calls";
    char got[512] = "";
    FILE *f;

    write_file(script,
               "#!/bin/sh\necho \"$* $vif ${INTERFACE--} $XENBUS_PATH $netdev\" >>" XEN_RUN_DIR
               "/vif-calls\n",
               0755);
    unlink(path);
    make_hvm_config();
    config.nics = calloc(1, sizeof(*config.nics));
    make_nic(&config.nics[config.num_nics++]);
    config.nics[0].nictype = LIBXL_NIC_TYPE_VIF_IOEMU;
    config.nics[0].gatewaydev = strdup("gw0");
    free(config.nics[0].script);
    config.nics[0].script = strdup(script);
    hvm_present();
    f = fopen(path, "r");
    assert_non_null(f);
    assert_in_range(fread(got, 1, sizeof(got) - 1, f), 1, sizeof(got) - 1);
    fclose(f);
    assert_string_equal(got, calls);
    hvm_absent();
}

/* Configurations of PV guests with memory= above maxmem= are in use. */
static void pv_guests_have_the_larger_of_two_sizes(void **state)
{
    char *node;

    make_config(false);
    config.b_info.target_memkb = config.b_info.max_memkb + 4096;
    guest_create();
    node = get("/local/domain/%d/memory/static-max", GUEST);
    assert_int_equal(atol(node), config.b_info.target_memkb);
    free(node);
    guest_absent();
}

static void vcpu_words_are(const char *words)
{
    char *word;

    for (int i = 0; words[i]; i++) {
        word = get("/local/domain/%d/cpu/%d/availability", GUEST, i);
        assert_string_equal(word, words[i] == '1' ? "online" : "offline");
        free(word);
    }
}

static int set_vcpus(const char *bits)
{
    libxl_bitmap map;
    int rc;

    libxl_bitmap_init(&map);
    assert_int_equal(libxl_cpu_bitmap_alloc(ctx, &map, (int)strlen(bits)), 0);
    for (int i = 0; bits[i]; i++)
        if (bits[i] == '1')
            libxl_bitmap_set(&map, i);
    over = false;
    rc = libxl_set_vcpuonline(ctx, GUEST, &map, &how);
    libxl_bitmap_dispose(&map); /* before the operation is over */
    return rc ? rc : finish();
}

static void stored_vcpus_are(const char *bits)
{
    libxl_domain_config c;

    libxl_domain_config_init(&c);
    DO(libxl_retrieve_domain_configuration(ctx, GUEST, &c, &how));
    for (int i = 0; bits[i]; i++)
        assert_int_equal(libxl_bitmap_test(&c.b_info.avail_vcpus, i) != 0, bits[i] == '1');
    libxl_domain_config_dispose(&c);
}

#define CPU(n)                                                                                     \
    "{\"driver\":\"test-cpu\",\"id\":\"cpu-" #n "\",\"core-id\":0,\"socket-id\":" #n "}\n"

static void vcpus_are_plugged_into_the_machine(void **state)
{
    make_hvm_config();
    config.b_info.max_vcpus = 4;
    libxl_cpu_bitmap_alloc(ctx, &config.b_info.avail_vcpus, 4);
    libxl_bitmap_set(&config.b_info.avail_vcpus, 0);
    hvm_present();
    fake_qmp.cpus = 1;
    fake_qmp.cpus_max = 4;
    vcpu_words_are("1000");
    stored_vcpus_are("1000");
    assert_int_equal(set_vcpus("101"), 0);
    model_has(CPU(2));
    vcpu_words_are("1010");
    /* What is there stays there, though the guest is told to leave it alone. */
    assert_int_equal(set_vcpus("11"), 0);
    model_has(CPU(2) CPU(1));
    vcpu_words_are("1100");
    stored_vcpus_are("1110");
    fake_qmp.refused = "test-cpu";
    assert_int_equal(set_vcpus("1111"), ERROR_QMP_GENERIC_ERROR);
    vcpu_words_are("1100");
    assert_int_equal(set_vcpus("11111"), ERROR_FAIL);
    hvm_absent();
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usb_devices_have_ports),
        cmocka_unit_test(hvm_guests_have_emulated_controllers),
        cmocka_unit_test(firmware_finds_the_files_that_were_loaded_for_it),
        cmocka_unit_test(devices_are_plugged_into_emulated_controllers),
        cmocka_unit_test(sound_cards_are_described),
        cmocka_unit_test(what_no_card_can_have_is_refused),
        cmocka_unit_test(hvm_guests_get_pci_devices),
        cmocka_unit_test(waiting_for_the_guest_to_let_go_can_be_stopped),
        cmocka_unit_test(what_the_device_model_refuses_is_taken_back),
        cmocka_unit_test(hvm_guests_are_made_with_pci_devices),
        cmocka_unit_test(scripts_are_told_of_taps),
        cmocka_unit_test(drives_tell_of_ejects),
        cmocka_unit_test(pv_guests_have_the_larger_of_two_sizes),
        cmocka_unit_test(vcpus_are_plugged_into_the_machine),
    };
    int failures;

    if (argc > 1 && !strcmp(argv[1], "-xen-domid"))
        stage_device_model();
    libxl_device_vsnd_init(&card);
    failures = stage_run(tests, ARRAY_SIZE(tests));
    libxl_device_vsnd_dispose(&card);
    return failures;
}
