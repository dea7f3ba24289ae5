/* SPDX-License-Identifier: MIT */
/* Following a domain: what its configuration says when it powers off, reboots or crashes. */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "xl.h"

#define DUMP_DIR "/var/lib/xen/dump"

enum next { NEXT_WAIT, NEXT_END, NEXT_GONE, NEXT_RESTART, NEXT_RESET };

/* The log takes the place of the terminal. */
static int redirect(const char *name)
{
    char *path;
    int log, null;

    if (libxl_create_logfile(ctx, name, &path))
        return -1;
    log = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
    null = open("/dev/null", O_RDONLY);
    free(path);
    if (log < 0 || null < 0)
        return -1;
    fflush(NULL);
    dup2(null, 0);
    dup2(log, 1);
    dup2(log, 2);
    if (log > 2)
        close(log);
    if (null > 2)
        close(null);
    setvbuf(stdout, NULL, _IOLBF, 0);
    return 0;
}

int daemonize(const char *log_name)
{
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid < 0) {
        perror("fork");
        exit(EXIT_BAD);
    }
    if (pid)
        return 1;
    setsid();
    ctx_reopen_after_fork();
    if (redirect(log_name)) {
        fprintf(stderr, "xl: no log file %s\n", log_name);
        exit(EXIT_BAD);
    }
    if (chdir("/"))
        perror("chdir");
    return 0;
}

int monitor_daemonize(struct monitor *m)
{
    char *name;
    int r;

    if (asprintf(&name, "xl-%s", m->config.c_info.name) < 0)
        exit(EXIT_BAD);
    r = daemonize(name);
    free(name);
    return r;
}

/* The stored configuration may have changed since: devices have come, the name is another. */
static void refresh(struct monitor *m)
{
    libxl_domain_config now;

    libxl_domain_config_init(&now);
    if (libxl_retrieve_domain_configuration(ctx, m->domid, &now, NULL)) {
        libxl_domain_config_dispose(&now);
        return;
    }
    libxl_domain_config_dispose(&m->config);
    m->config = now;
}

static void core_dump(struct monitor *m)
{
    char *file, when[32];
    time_t now = time(NULL);
    struct tm tm;

    mkdir(DUMP_DIR, 0700);
    strftime(when, sizeof(when), "%Y-%m%d-%H%M.%S", localtime_r(&now, &tm));
    if (asprintf(&file, DUMP_DIR "/%s-%s.%u.core", when, m->config.c_info.name, m->domid) < 0)
        return;
    printf("dumping core to %s\n", file);
    if (libxl_domain_core_dump(ctx, m->domid, file, NULL))
        printf("core dump failed.\n");
    free(file);
}

static libxl_action_on_shutdown action_for(const libxl_domain_config *d, int reason)
{
    switch (reason) {
    case LIBXL_SHUTDOWN_REASON_POWEROFF:
        return d->on_poweroff;
    case LIBXL_SHUTDOWN_REASON_REBOOT:
        return d->on_reboot;
    case LIBXL_SHUTDOWN_REASON_CRASH:
        return d->on_crash;
    case LIBXL_SHUTDOWN_REASON_WATCHDOG:
        return d->on_watchdog;
    case LIBXL_SHUTDOWN_REASON_SOFT_RESET:
        return d->on_soft_reset;
    default:
        printf("Unknown shutdown reason code %d. Destroying domain.\n", reason);
        return LIBXL_ACTION_ON_SHUTDOWN_DESTROY;
    }
}

/* Aside for inspection; the new one gets the old one's UUID. */
static int keep_aside(struct monitor *m)
{
    char suffix[32];
    time_t now = time(NULL);
    libxl_uuid uuid;
    struct tm tm;

    strftime(suffix, sizeof(suffix), "-%Y%m%dT%H%MZ", gmtime_r(&now, &tm));
    libxl_uuid_generate(&uuid);
    return libxl_domain_preserve(ctx, m->domid, &m->config.c_info, suffix, uuid);
}

static void destroy(const struct monitor *m)
{
    printf("Domain %u needs to be cleaned up: destroying the domain\n", m->domid);
    if (libxl_domain_destroy(ctx, m->domid, NULL))
        printf("the domain could not be destroyed\n");
}

static enum next act(struct monitor *m, libxl_action_on_shutdown action)
{
    switch (action) {
    case LIBXL_ACTION_ON_SHUTDOWN_PRESERVE:
        return NEXT_WAIT;
    case LIBXL_ACTION_ON_SHUTDOWN_RESTART_RENAME:
        refresh(m);
        if (!keep_aside(m))
            return NEXT_RESTART;
        destroy(m);
        return NEXT_RESTART;
    case LIBXL_ACTION_ON_SHUTDOWN_COREDUMP_RESTART:
        core_dump(m);
        refresh(m);
        destroy(m);
        return NEXT_RESTART;
    case LIBXL_ACTION_ON_SHUTDOWN_RESTART:
        refresh(m);
        destroy(m);
        return NEXT_RESTART;
    case LIBXL_ACTION_ON_SHUTDOWN_COREDUMP_DESTROY:
        core_dump(m);
        destroy(m);
        return NEXT_END;
    case LIBXL_ACTION_ON_SHUTDOWN_SOFT_RESET:
        refresh(m);
        return NEXT_RESET;
    default:
        destroy(m);
        return NEXT_END;
    }
}

static enum next on_shutdown(struct monitor *m, int reason)
{
    libxl_action_on_shutdown action;

    printf("Domain %u has shut down, reason code %d 0x%x\n", m->domid, reason, reason);
    if (reason == LIBXL_SHUTDOWN_REASON_SUSPEND)
        return NEXT_WAIT; /* whoever suspended it looks after it */
    action = action_for(&m->config, reason);
    printf("Action for shutdown reason code %d is %s\n", reason,
           libxl_action_on_shutdown_to_string(action));
    return act(m, action);
}

static int of_domain(const libxl_event *ev, void *user)
{
    return ev->domid == *(const uint32_t *)user;
}

/* What the guest may do to its drives. */
static libxl_evgen_disk_eject **drives_watch(const struct monitor *m)
{
    const libxl_domain_config *d = &m->config;
    libxl_evgen_disk_eject **drives =
        must_alloc(calloc((size_t)d->num_disks + 1, sizeof(libxl_evgen_disk_eject *)));

    for (int i = 0; i < d->num_disks; i++)
        if (d->disks[i].removable &&
            libxl_evenable_disk_eject(ctx, m->domid, d->disks[i].vdev, 0, &drives[i]))
            drives[i] = NULL;
    return drives;
}

static void drives_leave(libxl_evgen_disk_eject **drives, int nr)
{
    for (int i = 0; i < nr; i++)
        if (drives[i])
            libxl_evdisable_disk_eject(ctx, drives[i]);
    free(drives);
}

static enum next on_event(struct monitor *m, libxl_event *ev)
{
    switch (ev->type) {
    case LIBXL_EVENT_TYPE_DOMAIN_SHUTDOWN:
        return on_shutdown(m, ev->u.domain_shutdown.shutdown_reason);
    case LIBXL_EVENT_TYPE_DOMAIN_DEATH:
        printf("Domain %u has been destroyed.\n", m->domid);
        return NEXT_GONE;
    case LIBXL_EVENT_TYPE_DISK_EJECT:
        libxl_cdrom_insert(ctx, m->domid, &ev->u.disk_eject.disk, NULL);
        return NEXT_WAIT;
    default:
        return NEXT_WAIT;
    }
}

/* Until this incarnation is over. */
static enum next follow(struct monitor *m)
{
    libxl_evgen_domain_death *death;
    libxl_evgen_disk_eject **drives;
    enum next next = NEXT_WAIT;
    int nr_drives = m->config.num_disks;
    libxl_event *ev;

    printf("Waiting for domain %s (domid %u) to die [pid %ld]\n", m->config.c_info.name, m->domid,
           (long)getpid());
    if (libxl_evenable_domain_death(ctx, m->domid, 0, &death))
        return NEXT_END;
    drives = drives_watch(m);
    while (next == NEXT_WAIT) {
        if (libxl_event_wait(ctx, &ev, LIBXL_EVENTMASK_ALL, of_domain, &m->domid)) {
            next = NEXT_END;
            break;
        }
        next = on_event(m, ev);
        libxl_event_free(ctx, ev);
    }
    drives_leave(drives, nr_drives);
    libxl_evdisable_domain_death(ctx, death);
    return next;
}

static int restart(struct monitor *m)
{
    printf("Done. Rebooting now\n");
    if (libxl_domain_create_new(ctx, &m->config, &m->domid, NULL, NULL))
        return EXIT_LIBXL;
    return libxl_domain_unpause(ctx, m->domid, NULL) ? EXIT_LIBXL : EXIT_OK;
}

/* The same domain goes on, by another kernel. */
static int soft_reset(struct monitor *m)
{
    if (libxl_domain_soft_reset(ctx, &m->config, m->domid, NULL, NULL))
        return EXIT_LIBXL;
    return libxl_domain_unpause(ctx, m->domid, NULL) ? EXIT_LIBXL : EXIT_OK;
}

int monitor_run(struct monitor *m)
{
    enum next next;

    while ((next = follow(m)) == NEXT_RESTART || next == NEXT_RESET)
        if (next == NEXT_RESET ? soft_reset(m) : restart(m))
            return EXIT_LIBXL;
    if (next != NEXT_GONE)
        printf("Done. Exiting now\n");
    return EXIT_OK;
}
