/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stage.h"

#include "core/loop_impl.h"
#include "device/device.h"
#include "fake_qmp.h"

libxl_ctx *ctx;
struct xs_handle *world;
static char script_path[256], image_path[256], self_path[256];

/* The store's daemon has no domains: those special things happen here. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

bool xs_introduce_domain(struct xs_handle *h, unsigned int domid, unsigned long mfn,
                         unsigned int evtchn)
{
    return true;
}

bool xs_release_domain(struct xs_handle *h, unsigned int domid)
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

char *get(const char *fmt, ...)
{
    char path[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(path, sizeof(path), fmt, ap);
    va_end(ap);
    return xs_read(world, XBT_NULL, path, NULL);
}

void put(const char *value, const char *fmt, ...)
{
    char path[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(path, sizeof(path), fmt, ap);
    va_end(ap);
    assert_true(xs_write(world, XBT_NULL, path, value, (unsigned int)strlen(value)));
}

/* A backend: shows that it is there, and lets go. */
static bool backend_moves(const char *kind, int of)
{
    char dir[128];
    unsigned int nr = 0;
    bool moved = false;

    snprintf(dir, sizeof(dir), "/local/domain/0/backend/%s/%d", kind, of);
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

/* This domain's own disk: its driver, and the device in the file system. */
static bool local_disk_moves(void)
{
    char *state;
    bool connects, gone;

    if (backend_moves("qdisk", 0))
        return true;
    state = get("/local/domain/0/backend/qdisk/0/%d/state", LOCAL_DISK);
    connects = state && *state == '2';
    gone = !state && !unlink(XEN_RUN_DIR "/dev/" LOCAL_DISK_NAME);
    free(state);
    if (connects) {
        put("4", "/local/domain/0/backend/qdisk/0/%d/state", LOCAL_DISK);
        write_file(XEN_RUN_DIR "/dev/" LOCAL_DISK_NAME, "disk\n", 0644);
    }
    return connects || gone;
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

static bool device_model_moves(void)
{
    char *dir = get("/local/domain/0/device-model/%d", GUEST),
         *state = get("/local/domain/0/device-model/%d/state", GUEST);
    bool moves = dir && !state;

    if (moves)
        fake_qmp_restarted();
    if (moves)
        put("running", "/local/domain/0/device-model/%d/state", GUEST);
    free(dir);
    free(state);
    return moves || fake_qmp_moves();
}

static bool world_moves(void)
{
    static const char *const served[] = {"vbd", "vif", "qusb", "vsnd", "pci"};

    for (unsigned int i = 0; i < ARRAY_SIZE(served); i++)
        if (backend_moves(served[i], GUEST))
            return true;
    return local_disk_moves() || console_moves() || guest_moves() || device_model_moves();
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

char *host_state(void)
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

bool over;
int result;

static void ended(libxl_ctx *c, int rc, void *user)
{
    assert_false(over);
    over = true;
    result = rc;
}

const libxl_asyncop_how how = {.callback = ended};

#define STEP_MS 10

bool library_moves(void)
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
void step(void)
{
    for (unsigned int idle = 0; idle < 5000 / STEP_MS; idle++)
        if (library_moves() || over || world_moves())
            return;
    fail_msg("nothing happens any more");
}

int finish(void)
{
    for (unsigned int i = 0; !over; i++) {
        assert_in_range(i, 0, 1000);
        step();
    }
    return result;
}

void settle(void)
{
    for (unsigned int idle = 0; idle < 3;)
        idle = library_moves() || world_moves() ? 0 : idle + 1;
}

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

void at_each_step(const struct scenario *s)
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

libxl_domain_config config;
uint32_t domid;

void make_disk(libxl_device_disk *d)
{
    libxl_device_disk_init(d);
    d->pdev_path = strdup(image_path);
    d->vdev = strdup("xvda");
    d->format = LIBXL_DISK_FORMAT_RAW;
    d->backend = LIBXL_DISK_BACKEND_PHY;
    d->script = strdup(script_path);
    d->readwrite = 1;
}

void make_nic(libxl_device_nic *n)
{
    libxl_device_nic_init(n);
    n->script = strdup(script_path);
    memcpy(n->mac, "\0\x16\x3e\1\2\3", 6);
}

void make_config(bool devices)
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

void make_hvm_config(void)
{
    make_config(false);
    config.c_info.type = LIBXL_DOMAIN_TYPE_HVM;
    libxl_domain_build_info_dispose(&config.b_info);
    libxl_domain_build_info_init(&config.b_info);
    libxl_domain_build_info_init_type(&config.b_info, LIBXL_DOMAIN_TYPE_HVM);
    config.b_info.max_vcpus = 1;
    config.b_info.max_memkb = config.b_info.target_memkb = 65536;
    config.b_info.device_model = strdup(self_path);
    config.b_info.u.hvm.firmware = strdup(image_path);
    config.b_info.u.hvm.system_firmware = strdup(image_path);
    libxl_defbool_set(&config.b_info.u.hvm.vkb_device, false);
    libxl_defbool_set(&config.b_info.u.hvm.vnc.enable, false);
}

void guest_present(void)
{
    make_config(false);
    guest_create();
}

void guest_create(void)
{
    DO(libxl_domain_create_new(ctx, &config, &domid, &how, NULL));
}

void guest_absent(void)
{
    DO(libxl_domain_destroy(ctx, GUEST, &how));
}

void hvm_present(void)
{
    fake_qmp_open(XEN_RUN_DIR "/qmp-libxl-5");
    guest_create();
}

void hvm_absent(void)
{
    guest_absent();
    fake_qmp_close();
}

/* There until it is killed, but not for ever. */
_Noreturn void stage_device_model(void)
{
    signal(SIGHUP, SIG_DFL); /* who started the test may have had it ignored */
    alarm(300);
    for (;;)
        pause();
}

void model_has(const char *what)
{
    char *devices = fake_qmp_devices();

    if (strcmp(devices, what))
        fail_msg("the device model has\n%sand not\n%s", devices, what);
    free(devices);
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

void write_file(const char *path, const char *text, mode_t mode)
{
    FILE *f = fopen(path, "we");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    assert_int_equal(chmod(path, mode), 0);
}

static int stage_up(void **state)
{
    ssize_t n = readlink("/proc/self/exe", self_path, sizeof(self_path) - 1);

    for (unsigned int i = 0; i < 100 && !world; i++) {
        world = xs_open(0);
        if (!world)
            usleep(50000);
    }
    if (!world || n < 0)
        return -1;
    self_path[n] = '\0';
    setenv("LIBXL_SAVE_HELPER", self_path, 1);
    snprintf(script_path, sizeof(script_path), "%s/script", XEN_RUN_DIR);
    snprintf(image_path, sizeof(image_path), "%s/image", XEN_RUN_DIR);
    write_file(script_path, "#!/bin/sh\nsleep 0.02\n", 0755);
    write_file(image_path, "image\n", 0644);
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
    libxl_ctx_free(ctx);
    xtl_logger_destroy(lg);
    xs_close(world);
    return 0;
}

int stage_run(const struct CMUnitTest *tests, size_t nr)
{
    pid_t store = store_start();
    int failures;

    if (store < 0)
        return 1;
    failures = _cmocka_run_group_tests("libxl", tests, nr, stage_up, stage_down);
    kill(store, SIGTERM);
    waitpid(store, NULL, 0);
    return failures != 0;
}
