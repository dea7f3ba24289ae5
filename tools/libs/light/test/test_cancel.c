/* SPDX-License-Identifier: MIT */
/*
 * Each long operation is started again and again and told to stop after none, one, two ... of its
 * steps, until it ends by itself before that. Whenever it was: it ends, soon, with ERROR_ABORTED or
 * with success, and once the successful one is undone the host is as it was: nodes of the store,
 * files, descriptors, processes, domains.
 *
 * The store is the real daemon. The hypervisor has one guest and does as it is told. The world
 * (the kernel's backends, the console daemon, the guest) moves between the steps.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/loop_impl.h"
#include "core/userdata.h"
#include "domain/domain.h"
#include "save_helper/protocol.h"

#include <xenguest.h>

#include "fake_xc.h"

static libxl_ctx *ctx;
static struct xs_handle *world;
static char script_path[256], image_path[256];

/* The store's daemon has no domains: those special things happen here. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

bool xs_introduce_domain(struct xs_handle *h, unsigned int domid, unsigned long mfn,
                         unsigned int evtchn)
{
    return true;
}

bool xs_resume_domain(struct xs_handle *h, unsigned int domid)
{
    return true;
}

/* Rights need domains that the daemon knows. */
bool xs_set_permissions(struct xs_handle *h, xs_transaction_t t, const char *path,
                        struct xs_permissions *perms, unsigned int nr)
{
    return true;
}

static const char *instead(const char *path)
{
    return strcmp(path, "@releaseDomain") ? path : "/test/release";
}

bool xs_watch(struct xs_handle *h, const char *path, const char *token)
{
    bool (*real)(struct xs_handle *, const char *, const char *) = dlsym(RTLD_NEXT, "xs_watch");

    return real(h, instead(path), token);
}

bool xs_unwatch(struct xs_handle *h, const char *path, const char *token)
{
    bool (*real)(struct xs_handle *, const char *, const char *) = dlsym(RTLD_NEXT, "xs_unwatch");

    return real(h, instead(path), token);
}

/* The world. */

static char *get(const char *fmt, ...)
{
    char path[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(path, sizeof(path), fmt, ap);
    va_end(ap);
    return xs_read(world, XBT_NULL, path, NULL);
}

static void put(const char *value, const char *fmt, ...)
{
    char path[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(path, sizeof(path), fmt, ap);
    va_end(ap);
    assert_true(xs_write(world, XBT_NULL, path, value, (unsigned int)strlen(value)));
}

/* A backend: shows that it is there, and lets go. */
static bool backend_moves(const char *kind)
{
    char dir[128];
    unsigned int nr = 0;
    bool moved = false;

    snprintf(dir, sizeof(dir), "/local/domain/0/backend/%s/%d", kind, GUEST);
    char **ids = xs_directory(world, XBT_NULL, dir, &nr);

    for (unsigned int i = 0; i < nr; i++) {
        char *s = get("%s/%s/state", dir, ids[i]);
        int state = s ? atoi(s) : 0;

        free(s);
        if (state != XENBUS_INITIALISING && state != XENBUS_CLOSING)
            continue;
        put(state == XENBUS_CLOSING ? "6" : "2", "%s/%s/state", dir, ids[i]);
        moved = true;
    }
    free(ids);
    return moved;
}

static bool console_moves(void)
{
    char *ring = get("/local/domain/%d/console/ring-ref", GUEST),
         *tty = get("/local/domain/%d/console/tty", GUEST);
    bool moves = ring && (!tty || !*tty);

    if (moves)
        put("/dev/pts/7", "/local/domain/%d/console/tty", GUEST);
    free(ring);
    free(tty);
    return moves;
}

/* Takes the word, and does as it says some time later. */
static bool guest_moves(void)
{
    static bool suspending;
    char *word;

    if (!guest.exists)
        return suspending = false;
    if (suspending) {
        suspending = false;
        guest.suspended = true;
        put("x", "/test/release");
        return true;
    }
    word = get("/local/domain/%d/control/shutdown", GUEST);
    if (!word || !*word || guest.suspended) {
        free(word);
        return false;
    }
    suspending = !strcmp(word, "suspend");
    put("", "/local/domain/%d/control/shutdown", GUEST);
    free(word);
    return true;
}

static bool world_moves(void)
{
    return backend_moves("vbd") || backend_moves("vif") || backend_moves("qusb") ||
           console_moves() || guest_moves();
}

/* What there is. */

static void dump_nodes(FILE *f, const char *path)
{
    unsigned int nr = 0, len;
    char **names = xs_directory(world, XBT_NULL, path, &nr);
    char *value = xs_read(world, XBT_NULL, path, &len);

    fprintf(f, "%s = %s\n", path, value ? value : "");
    for (unsigned int i = 0; i < nr; i++) {
        char below[512];

        snprintf(below, sizeof(below), "%s/%s", strcmp(path, "/") ? path : "", names[i]);
        dump_nodes(f, below);
    }
    free(value);
    free(names);
}

static void dump_folder(FILE *f, const char *path, bool names)
{
    DIR *d = opendir(path);
    struct dirent *e;
    unsigned int nr = 0;

    assert_non_null(d);
    while ((e = readdir(d))) {
        nr++;
        if (names && e->d_name[0] != '.')
            fprintf(f, "%s/%s\n", path, e->d_name);
    }
    closedir(d);
    fprintf(f, "%s: %u\n", path, nr);
}

static void dump_children(FILE *f)
{
    char path[64], list[256] = "";
    FILE *from;

    snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
    from = fopen(path, "re");
    if (from && fgets(list, sizeof(list), from))
        fprintf(f, "children %s\n", list);
    if (from)
        fclose(from);
}

static char *host_state(void)
{
    size_t len;
    char *text;
    FILE *f = open_memstream(&text, &len);

    dump_nodes(f, "/");
    dump_folder(f, XEN_LIB_DIR, true);
    dump_folder(f, "/proc/self/fd", false);
    fprintf(f, "guest %d suspended %d\n", guest.exists, guest.exists && guest.suspended);
    dump_children(f);
    fclose(f);
    return text;
}

/* An operation in progress. */

static bool over;
static int result;

static void ended(libxl_ctx *c, int rc, void *user)
{
    assert_false(over);
    over = true;
    result = rc;
}

static const libxl_asyncop_how how = {.callback = ended};

#define STEP_MS 10

static bool library_moves(void)
{
    struct pollfd fds[32];
    int nfds = 32, timeout = STEP_MS, r;
    struct timeval now;

    gettimeofday(&now, NULL);
    assert_int_equal(libxl_osevent_beforepoll(ctx, &nfds, fds, &timeout, now), 0);
    r = poll(fds, (nfds_t)nfds, timeout);
    gettimeofday(&now, NULL);
    libxl_osevent_afterpoll(ctx, nfds, fds, now);
    return r > 0;
}

/* The library or the world does something. It must not take long: no time-out may be needed. */
static void step(void)
{
    for (unsigned int idle = 0; idle < 5000 / STEP_MS; idle++)
        if (library_moves() || over || world_moves())
            return;
    fail_msg("nothing happens any more");
}

static int finish(void)
{
    for (unsigned int i = 0; !over; i++) {
        assert_in_range(i, 0, 1000);
        step();
    }
    return result;
}

static void settle(void)
{
    for (unsigned int idle = 0; idle < 3;)
        idle = library_moves() || world_moves() ? 0 : idle + 1;
}

#define DO(call)                                                                                   \
    do {                                                                                           \
        over = false;                                                                              \
        assert_int_equal(call, 0);                                                                 \
        assert_int_equal(finish(), 0);                                                             \
    } while (0)

struct scenario {
    void (*before)(void);
    int (*start)(void);
    void (*after)(int rc); /* undoes what has succeeded, repeats what has not */
    bool runs_on;          /* it cannot be stopped */
};

/* Returns true if it was told to stop in time. */
static bool stopped_after(const struct scenario *s, unsigned int steps)
{
    unsigned int done = 0;
    bool told;
    int rc;

    if (s->before)
        s->before();
    over = false;
    assert_int_equal(s->start(), 0);
    while (!over && done < steps) {
        step();
        done++;
    }
    told = !over;
    if (told)
        assert_int_equal(libxl_ao_abort(ctx, &how), 0);
    rc = finish();
    assert_int_equal(libxl_ao_abort(ctx, &how), ERROR_NOTFOUND);
    assert_true(!rc || (told && rc == ERROR_ABORTED && !s->runs_on));
    s->after(rc);
    settle();
    return told;
}

static void at_each_step(const struct scenario *s)
{
    unsigned int steps = 0, most = 200;
    char *before, *after;

    /* Once to its end: what stays of that, such as empty folders of the store, may stay. */
    assert_false(stopped_after(s, most));
    before = host_state();
    while (stopped_after(s, steps)) {
        after = host_state();
        if (strcmp(before, after))
            fail_msg("stopped after %u steps: before\n%s\nafter\n%s", steps, before, after);
        free(after);
        assert_in_range(++steps, 1, most);
    }
    free(before);
    assert_true(steps > 0);
    print_message("stopped at %u steps\n", steps);
}

/* A guest, with what it is made of. */

static libxl_domain_config config;
static uint32_t domid;

static void make_disk(libxl_device_disk *d)
{
    libxl_device_disk_init(d);
    d->pdev_path = strdup(image_path);
    d->vdev = strdup("xvda");
    d->format = LIBXL_DISK_FORMAT_RAW;
    d->backend = LIBXL_DISK_BACKEND_PHY;
    d->script = strdup(script_path);
    d->readwrite = 1;
}

static void make_nic(libxl_device_nic *n)
{
    libxl_device_nic_init(n);
    n->script = strdup(script_path);
    memcpy(n->mac, "\0\x16\x3e\1\2\3", 6);
}

static void make_config(bool devices)
{
    libxl_domain_config_dispose(&config);
    libxl_domain_config_init(&config);
    config.c_info.type = LIBXL_DOMAIN_TYPE_PV;
    config.c_info.name = strdup("cancelled");
    memset(config.c_info.uuid.uuid, 7, sizeof(config.c_info.uuid.uuid));
    libxl_domain_build_info_init_type(&config.b_info, LIBXL_DOMAIN_TYPE_PV);
    config.b_info.max_vcpus = 1;
    config.b_info.max_memkb = config.b_info.target_memkb = 65536;
    config.b_info.kernel = strdup(image_path);
    if (!devices)
        return;
    config.disks = calloc(1, sizeof(*config.disks));
    make_disk(&config.disks[config.num_disks++]);
    config.nics = calloc(1, sizeof(*config.nics));
    make_nic(&config.nics[config.num_nics++]);
}

static void guest_present(void)
{
    make_config(false);
    DO(libxl_domain_create_new(ctx, &config, &domid, &how, NULL));
}

static void guest_absent(void)
{
    DO(libxl_domain_destroy(ctx, GUEST, &how));
}

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

/* Setting the stage. */

static pid_t store_start(void)
{
    char *daemon = getenv("XENSTORED");
    char *argv[] = {daemon,       "--internal-no-domains",      "--no-fork",
                    "--pid-file", XEN_RUN_DIR "/xenstored.pid", NULL};
    pid_t pid;

    if (!daemon)
        return -1;
    pid = fork();
    if (!pid) {
        execv(daemon, argv);
        _exit(127);
    }
    return pid;
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    FILE *f = fopen(path, "we");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    assert_int_equal(chmod(path, mode), 0);
}

static int stage_up(void **state)
{
    char self[256];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

    for (unsigned int i = 0; i < 100 && !world; i++) {
        world = xs_open(0);
        if (!world)
            usleep(50000);
    }
    if (!world || n < 0)
        return -1;
    self[n] = '\0';
    setenv("LIBXL_SAVE_HELPER", self, 1);
    snprintf(script_path, sizeof(script_path), "%s/script", XEN_RUN_DIR);
    snprintf(image_path, sizeof(image_path), "%s/image", XEN_RUN_DIR);
    write_file(script_path, "#!/bin/sh\nsleep 0.02\n", 0755);
    write_file(image_path, "image\n", 0644);
    stream = open("/dev/null", O_RDWR | O_CLOEXEC);
    libxl_domain_config_init(&config);
    put("", "/local/domain/0/name");
    put("Domain-0", "/local/domain/0/name");
    put("x", "/test/release");
    return libxl_ctx_alloc(&ctx, LIBXL_VERSION, 0,
                           (xentoollog_logger *)xtl_createlogger_stdiostream(
                               stderr, getenv("CANCEL_VERBOSE") ? XTL_DEBUG : XTL_CRITICAL, 0));
}

static int stage_down(void **state)
{
    xentoollog_logger *lg = ctx->lg;

    libxl_domain_config_dispose(&config);
    libxl_device_disk_dispose(&disk);
    libxl_device_nic_dispose(&nic);
    libxl_ctx_free(ctx);
    xtl_logger_destroy(lg);
    xs_close(world);
    close(stream);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(creation),
        cmocka_unit_test(restoration),
        cmocka_unit_test(saving),
        cmocka_unit_test(suspending),
        cmocka_unit_test(shutting_down),
        cmocka_unit_test(disk_adding),
        cmocka_unit_test(disk_removing),
        cmocka_unit_test(nic_adding),
        cmocka_unit_test(usb_devices_have_ports),
        cmocka_unit_test(destruction_runs_on),
    };
    pid_t store;
    int failures;

    if (argc > 1)
        return helper_run(!strcmp(argv[1], "save"));
    store = store_start();
    if (store < 0)
        return 1;
    failures = cmocka_run_group_tests(tests, stage_up, stage_down);
    kill(store, SIGTERM);
    waitpid(store, NULL, 0);
    return failures != 0;
}
