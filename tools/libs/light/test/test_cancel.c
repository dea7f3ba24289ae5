/* SPDX-License-Identifier: MIT */
/*
 * Each long operation is started again and again and told to stop after none, one, two ... of its
 * steps, until it ends by itself before that. Whenever it was: it ends, soon, with ERROR_ABORTED or
 * with success, and once the successful one is undone the host is as it was: nodes of the store,
 * files, descriptors, processes, domains.
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stage.h"

#include "domain/domain.h"
#include "fake_qmp.h"
#include "save_helper/protocol.h"

#include <xen/hvm/params.h>

/* Creation. */

static const libxl_asyncprogress_how console_how = {.callback = NULL};

static void drop_events(void)
{
    libxl_event *ev;

    while (!libxl_event_check(ctx, &ev, LIBXL_EVENTMASK_ALL, NULL, NULL))
        libxl_event_free(ctx, ev);
}

static int create_start(void)
{
    make_config(true);
    return libxl_domain_create_new(ctx, &config, &domid, &how, &console_how);
}

static void create_after(int rc)
{
    drop_events();
    assert_int_equal(guest.exists, !rc);
    assert_int_equal(domid, rc ? (uint32_t)-1 : GUEST);
    if (!rc)
        guest_absent();
}

static void creation(void **state)
{
    at_each_step(&(struct scenario){.start = create_start, .after = create_after});
}

static void hvm_create_before(void)
{
    fake_qmp_close();
    fake_qmp_open(XEN_RUN_DIR "/qmp-libxl-5");
}

static int hvm_create_start(void)
{
    make_hvm_config();
    return libxl_domain_create_new(ctx, &config, &domid, &how, NULL);
}

static void hvm_creation(void **state)
{
    at_each_step(&(struct scenario){
        .before = hvm_create_before, .start = hvm_create_start, .after = create_after});
    fake_qmp_close();
}

/* A kernel out of a disk that only QEMU can read. The first name is somebody's. */

static int boot_start(void)
{
    make_config(true);
    free(config.b_info.kernel);
    config.b_info.kernel = NULL;
    config.b_info.bootloader = strdup(XEN_RUN_DIR "/loader");
    config.disks[0].format = LIBXL_DISK_FORMAT_QCOW2;
    config.disks[0].backend = LIBXL_DISK_BACKEND_QDISK;
    free(config.disks[0].script);
    config.disks[0].script = NULL;
    free(config.b_info.device_model);
    config.b_info.device_model = strdup("/proc/self/exe");
    return libxl_domain_create_new(ctx, &config, &domid, &how, NULL);
}

static void boot_after(int rc)
{
    settle();
    assert_int_equal(access(XEN_RUN_DIR "/dev/" LOCAL_DISK_NAME, F_OK), -1);
    create_after(rc);
}

static void boot_before(void)
{
    fake_qmp_close();
    fake_qmp_open(XEN_RUN_DIR "/qmp-libxl-5");
}

static void booting_from_a_local_disk(void **state)
{
    write_file(XEN_RUN_DIR "/loader",
               "#!/bin/sh\n"
               "for a; do case $a in --output=*) to=${a#*=};; esac; last=$a; done\n"
               "[ \"$(cat \"$last\")\" = disk ] && printf 'kernel " XEN_RUN_DIR "/image\\0' >$to\n",
               0755);
    mkdir(XEN_RUN_DIR "/dev", 0755);
    write_file(XEN_RUN_DIR "/dev/xvda", "another\n", 0644);
    over = false;
    assert_int_equal(boot_start(), 0);
    assert_int_equal(finish(), ERROR_FAIL); /* who would serve it? */
    put("running", "/local/domain/0/device-model/0/state");
    at_each_step(
        &(struct scenario){.before = boot_before, .start = boot_start, .after = boot_after});
    fake_qmp_close();
}

/* A guest that goes on by another kernel, with its devices anew; or with none, and then it goes. */

static void reset_before(void)
{
    fake_qmp_close();
    make_hvm_config();
    config.nics = calloc(1, sizeof(*config.nics));
    make_nic(&config.nics[config.num_nics++]);
    hvm_present();
    settle(); /* the console has its terminal */
    guest.suspended = true;
}

static int reset_start(void)
{
    return libxl_domain_soft_reset(ctx, &config, GUEST, &how, NULL);
}

static void equipped_anew(void)
{
    char *port = get("/local/domain/%d/store/port", GUEST),
         *ring = get("/local/domain/%d/store/ring-ref", GUEST),
         *vif = get("/local/domain/0/backend/vif/%d/0/state", GUEST),
         *pid = get("/local/domain/%d/image/device-model-pid", GUEST),
         *console = get("/local/domain/%d/console/port", GUEST),
         *tty = get("/local/domain/%d/console/tty", GUEST);

    assert_int_equal(atoi(port), FAKE_PORT + 1);
    assert_int_equal(atoi(console), FAKE_PORT);
    assert_string_equal(tty, "/dev/pts/7");
    free(console);
    free(tty);
    assert_int_equal(atol(ring), 0xfef00 + HVM_PARAM_STORE_PFN);
    assert_string_equal(vif, "2");
    assert_non_null(pid);
    free(port);
    free(ring);
    free(vif);
    free(pid);
}

static void reset_after(int rc)
{
    assert_int_equal(guest.exists, !rc);
    if (rc)
        return;
    assert_int_equal(guest.resets, 1);
    equipped_anew();
    guest_absent();
}

static void soft_reset(void **state)
{
    at_each_step(
        &(struct scenario){.before = reset_before, .start = reset_start, .after = reset_after});
    fake_qmp_close();
    /* Not one that runs, or has no drivers to lose. */
    guest_present();
    assert_int_equal(libxl_domain_soft_reset(ctx, &config, GUEST, NULL, NULL), ERROR_INVAL);
    guest_absent();
}

/* Restoring and saving, with a helper that is this program. */

static int stream = -1;

static int restore_start(void)
{
    libxl_domain_restore_params params;

    libxl_domain_restore_params_init(&params);
    params.stream_version = 2;
    make_config(true);
    return libxl_domain_create_restore(ctx, &config, &domid, stream, -1, &params, &how,
                                       &console_how);
}

static void restoration(void **state)
{
    at_each_step(&(struct scenario){.start = restore_start, .after = create_after});
}

static int save_start(void)
{
    return libxl_domain_suspend(ctx, GUEST, stream, LIBXL_SUSPEND_LIVE, &how);
}

/* It runs, or is suspended: never is it going to be with nobody left who knows. */
static void resumed_after(int rc)
{
    bool suspended = guest.suspended;

    assert_true(rc || suspended);
    settle();
    assert_int_equal(guest.suspended, suspended);
    if (suspended)
        DO(libxl_domain_resume(ctx, GUEST, 1, &how));
}

static void saving(void **state)
{
    guest_present();
    at_each_step(&(struct scenario){.start = save_start, .after = resumed_after});
    guest_absent();
}

static int suspend_start(void)
{
    return libxl_domain_suspend_only(ctx, GUEST, &how);
}

static void suspending(void **state)
{
    guest_present();
    at_each_step(&(struct scenario){.start = suspend_start, .after = resumed_after});
    /* One that is suspended already is asked for nothing. */
    guest.suspended = true;
    DO(suspend_start());
    assert_true(guest.suspended);
    DO(libxl_domain_resume(ctx, GUEST, 1, &how));
    guest_absent();
}

static int shutdown_start(void)
{
    return libxl_domain_shutdown(ctx, GUEST, &how);
}

static void no_request_after(int rc)
{
    char *word = get("/local/domain/%d/control/shutdown", GUEST);

    assert_string_equal(word, "");
    free(word);
}

static void shutting_down(void **state)
{
    guest_present();
    at_each_step(&(struct scenario){.start = shutdown_start, .after = no_request_after});
    guest_absent();
}

/* Devices. */

static libxl_device_disk disk;
static libxl_device_nic nic;

static int disk_start(void)
{
    libxl_device_disk_dispose(&disk);
    make_disk(&disk);
    return libxl_device_disk_add(ctx, GUEST, &disk, &how);
}

static bool disk_present(void)
{
    int nr;
    libxl_device_disk *all = libxl_device_disk_list(ctx, GUEST, &nr);

    libxl_device_disk_list_free(all, nr);
    return nr == 1;
}

static void disk_after(int rc)
{
    assert_int_equal(disk_present(), !rc);
    if (!rc)
        DO(libxl_device_disk_remove(ctx, GUEST, &disk, &how));
}

static void disk_adding(void **state)
{
    guest_present();
    at_each_step(&(struct scenario){.start = disk_start, .after = disk_after});
    guest_absent();
}

static void disk_before(void)
{
    libxl_device_disk_dispose(&disk);
    make_disk(&disk);
    DO(libxl_device_disk_add(ctx, GUEST, &disk, &how));
}

static int unplug_start(void)
{
    return libxl_device_disk_remove(ctx, GUEST, &disk, &how);
}

static void unplug_after(int rc)
{
    assert_int_equal(disk_present(), rc != 0);
    if (rc)
        DO(libxl_device_disk_remove(ctx, GUEST, &disk, &how));
}

static void disk_removing(void **state)
{
    guest_present();
    at_each_step(
        &(struct scenario){.before = disk_before, .start = unplug_start, .after = unplug_after});
    guest_absent();
}

static int nic_start(void)
{
    libxl_device_nic_dispose(&nic);
    make_nic(&nic);
    return libxl_device_nic_add(ctx, GUEST, &nic, &how);
}

static void nic_after(int rc)
{
    if (!rc)
        DO(libxl_device_nic_remove(ctx, GUEST, &nic, &how));
}

static void nic_adding(void **state)
{
    guest_present();
    at_each_step(&(struct scenario){.start = nic_start, .after = nic_after});
    guest_absent();
}

/* A dump of the guest's memory. */

#define CORE XEN_RUN_DIR "/core"

static int dump_start(void)
{
    return libxl_domain_core_dump(ctx, GUEST, CORE, &how);
}

static void dump_after(int rc)
{
    struct stat st;

    if (rc) {
        assert_int_equal(stat(CORE, &st), -1);
        return;
    }
    assert_int_equal(stat(CORE, &st), 0);
    assert_int_equal(st.st_size, fake_dump.pieces * FAKE_DUMP_PIECE);
    unlink(CORE);
}

static void dumping(void **state)
{
    guest_present();
    fake_dump.pieces = 20;
    at_each_step(&(struct scenario){.start = dump_start, .after = dump_after});
    /* One that would go on for ever. */
    fake_dump.pieces = 0;
    over = false;
    assert_int_equal(dump_start(), 0);
    assert_int_equal(libxl_ao_abort(ctx, &how), 0);
    assert_int_equal(finish(), ERROR_ABORTED);
    dump_after(ERROR_ABORTED);
    guest_absent();
}

/* Commands to the device model. */

static char *output;

static int monitor_start(void)
{
    output = NULL;
    return libxl_qemu_monitor_command(ctx, GUEST, "info", &output, &how);
}

static void monitor_after(int rc)
{
    assert_int_equal(output != NULL, !rc);
    free(output);
}

static libxl_device_disk empty_drive(void)
{
    libxl_device_disk d;

    libxl_device_disk_init(&d);
    d.vdev = strdup("hdc");
    d.format = LIBXL_DISK_FORMAT_EMPTY;
    d.is_cdrom = 1;
    d.removable = 1;
    return d;
}

static int eject_start(void)
{
    libxl_device_disk d = empty_drive();
    int rc = libxl_cdrom_insert(ctx, GUEST, &d, &how);

    libxl_device_disk_dispose(&d);
    return rc;
}

/* What QEMU has been told is done, and known to be. */
static void eject_after(int rc)
{
    assert_int_equal(!strcmp(fake_qmp.said, "eject"), !rc);
    fake_qmp.said[0] = '\0';
}

static int controller_start(void)
{
    libxl_device_usbctrl d;
    int rc;

    libxl_device_usbctrl_init(&d);
    d.version = 1;
    rc = libxl_device_usbctrl_add(ctx, GUEST, &d, &how);
    libxl_device_usbctrl_dispose(&d);
    return rc;
}

static void controller_after(int rc)
{
    libxl_device_usbctrl d;

    if (rc) {
        model_has("");
        return;
    }
    model_has("{\"driver\":\"piix3-usb-uhci\",\"id\":\"xenusb-0\"}\n");
    assert_int_equal(libxl_devid_to_device_usbctrl(ctx, GUEST, 0, &d), 0);
    DO(libxl_device_usbctrl_remove(ctx, GUEST, &d, &how));
    libxl_device_usbctrl_dispose(&d);
}

static int stopped(int (*start)(void), const char *once_said)
{
    over = false;
    fake_qmp.said[0] = '\0';
    assert_int_equal(start(), 0);
    while (strcmp(fake_qmp.said, once_said))
        step();
    settle();
    assert_int_equal(libxl_ao_abort(ctx, &how), 0);
    return over ? result : finish();
}

static void commanding(void **state)
{
    make_hvm_config();
    config.disks = calloc(1, sizeof(*config.disks));
    config.disks[config.num_disks++] = empty_drive();
    hvm_present();
    at_each_step(&(struct scenario){.start = monitor_start, .after = monitor_after});
    at_each_step(&(struct scenario){.start = eject_start, .after = eject_after});
    at_each_step(&(struct scenario){.start = controller_start, .after = controller_after});
    /* One that hangs. */
    fake_qmp.mood = FAKE_GREETS;
    assert_int_equal(stopped(monitor_start, "human-monitor-command"), ERROR_ABORTED);
    fake_qmp.mood = FAKE_IS_SILENT;
    assert_int_equal(stopped(monitor_start, ""), ERROR_ABORTED);
    assert_int_equal(stopped(eject_start, ""), ERROR_ABORTED);
    hvm_absent();
}

/* Half a domain is of no use. */

static void create_before(void)
{
    make_config(true);
    DO(libxl_domain_create_new(ctx, &config, &domid, &how, NULL));
}

static int destroy_start(void)
{
    return libxl_domain_destroy(ctx, GUEST, &how);
}

static void destroy_after(int rc)
{
    assert_false(guest.exists);
}

static void destruction_runs_on(void **state)
{
    at_each_step(&(struct scenario){
        .before = create_before, .start = destroy_start, .after = destroy_after, .runs_on = true});
}

/* The helper. */

static void tell(uint32_t kind, uint64_t a, uint64_t b)
{
    struct helper_message m = {.kind = kind, .a = a, .b = b};

    if (send(HELPER_CONTROL_FD, &m, HELPER_HEAD_LEN, 0) < 0)
        _exit(1);
}

static int helper_run(bool save)
{
    struct helper_message m;

    if (save) {
        tell(HELPER_SUSPEND, 0, 0);
        if (recv(HELPER_CONTROL_FD, &m, sizeof(m), 0) <= 0 || m.value != 1)
            return 1;
    } else {
        tell(HELPER_RESULTS, 1, 2);
    }
    tell(HELPER_DONE, 0, 0);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(creation),
        cmocka_unit_test(hvm_creation),
        cmocka_unit_test(booting_from_a_local_disk),
        cmocka_unit_test(soft_reset),
        cmocka_unit_test(restoration),
        cmocka_unit_test(saving),
        cmocka_unit_test(suspending),
        cmocka_unit_test(shutting_down),
        cmocka_unit_test(disk_adding),
        cmocka_unit_test(disk_removing),
        cmocka_unit_test(nic_adding),
        cmocka_unit_test(dumping),
        cmocka_unit_test(commanding),
        cmocka_unit_test(destruction_runs_on),
    };
    int failures;

    if (argc > 1 && !strcmp(argv[1], "-xen-domid"))
        stage_device_model();
    if (argc > 1)
        return helper_run(!strcmp(argv[1], "save"));
    stream = open("/dev/null", O_RDWR | O_CLOEXEC);
    libxl_device_disk_init(&disk);
    libxl_device_nic_init(&nic);
    failures = stage_run(tests, ARRAY_SIZE(tests));
    libxl_device_disk_dispose(&disk);
    libxl_device_nic_dispose(&nic);
    close(stream);
    return failures;
}
