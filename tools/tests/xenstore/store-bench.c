/* SPDX-License-Identifier: MIT */
/*
 * store-bench PID GUESTS SECONDS: what the daemon PID, which listens on the usual socket, needs for
 * the trees of so many guests and for transactions among them. One line: KiB before the trees and
 * with them, their nodes, then transactions, reads and lists of directories, each per second and
 * per second of the daemon's processor time.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <xenstore.h>

static struct xs_handle *xs;
static int daemon_pid;
static unsigned int nr_guests;
static unsigned long nr_nodes;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Of the whole process, in seconds: /proc/PID/schedstat begins with nanoseconds. */
static double cpu_time(void)
{
    unsigned long long ns = 0;
    char path[64];
    FILE *f;

    snprintf(path, sizeof(path), "/proc/%d/schedstat", daemon_pid);
    f = fopen(path, "r");
    if (!f || fscanf(f, "%llu", &ns) != 1)
        die(path);
    fclose(f);
    return (double)ns / 1e9;
}

static unsigned long resident_kib(void)
{
    char path[64], line[256];
    unsigned long kib = 0;
    FILE *f;

    snprintf(path, sizeof(path), "/proc/%d/status", daemon_pid);
    f = fopen(path, "r");
    if (!f)
        die(path);
    while (fgets(line, sizeof(line), f))
        if (sscanf(line, "VmRSS: %lu", &kib) == 1)
            break;
    fclose(f);
    return kib;
}

static void put(xs_transaction_t t, const char *value, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static void put(xs_transaction_t t, const char *value, const char *fmt, ...)
{
    char path[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(path, sizeof(path), fmt, ap);
    va_end(ap);
    if (!xs_write(xs, t, path, value, (unsigned int)strlen(value)))
        die(path);
    nr_nodes++;
}

static void commit(xs_transaction_t t)
{
    if (!xs_transaction_end(xs, t, false))
        die("transaction");
}

static xs_transaction_t begin(void)
{
    xs_transaction_t t = xs_transaction_start(xs);

    if (t == XBT_NULL)
        die("transaction");
    return t;
}

/* A device's three directories, as a toolstack and the two drivers leave them. */
static void make_device(unsigned int g, const char *kind, unsigned int id)
{
    static const char *const back[] = {"frontend-id", "online",   "state",  "mode",
                                       "params",      "type",     "script", "hotplug-status",
                                       "feature-a",   "feature-b"};
    static const char *const front[] = {"backend-id", "state",         "handle",
                                        "ring-ref",   "event-channel", "protocol"};
    xs_transaction_t t = begin();

    for (size_t i = 0; i < sizeof(back) / sizeof(*back); i++) {
        put(t, "some value", "/local/domain/0/backend/%s/%u/%u/%s", kind, g, id, back[i]);
        put(t, "some value", "/libxl/%u/device/%s/%u/%s", g, kind, id, back[i]);
    }
    for (size_t i = 0; i < sizeof(front) / sizeof(*front); i++)
        put(t, "4", "/local/domain/%u/device/%s/%u/%s", g, kind, id, front[i]);
    commit(t);
}

static void make_guest(unsigned int g)
{
    static const char *const keys[] = {"name",
                                       "domid",
                                       "vm",
                                       "memory/target",
                                       "memory/static-max",
                                       "memory/videoram",
                                       "control/shutdown",
                                       "control/platform",
                                       "cpu/0/availability",
                                       "cpu/1/availability",
                                       "store/port",
                                       "store/ring-ref",
                                       "console/port",
                                       "console/ring-ref",
                                       "console/tty",
                                       "console/limit",
                                       "console/type",
                                       "data/x"};
    xs_transaction_t t = begin();

    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
        put(t, "a value of the guest", "/local/domain/%u/%s", g, keys[i]);
    put(t, "guest", "/vm/00000000-0000-0000-0000-%012u/name", g);
    put(t, "uuid", "/vm/00000000-0000-0000-0000-%012u/uuid", g);
    put(t, "pv", "/libxl/%u/type", g);
    commit(t);
    make_device(g, "vbd", 51712);
    make_device(g, "vbd", 51728);
    make_device(g, "vif", 0);
}

static char *get(xs_transaction_t t, const char *fmt, unsigned int g)
{
    char path[256];
    unsigned int len;
    char *value;

    snprintf(path, sizeof(path), fmt, g);
    value = xs_read(xs, t, path, &len);
    if (!value)
        die(path);
    return value;
}

/* What a device's driver does when it connects: two reads, three writes. */
static void transaction(unsigned int g)
{
    xs_transaction_t t = begin();

    free(get(t, "/local/domain/%u/device/vbd/51712/backend-id", g));
    free(get(t, "/local/domain/%u/device/vbd/51712/state", g));
    put(t, "8", "/local/domain/%u/device/vbd/51712/ring-ref", g);
    put(t, "9", "/local/domain/%u/device/vbd/51712/event-channel", g);
    put(t, "3", "/local/domain/%u/device/vbd/51712/state", g);
    commit(t);
}

static void reading(unsigned int g)
{
    free(get(XBT_NULL, "/local/domain/%u/device/vbd/51712/state", g));
}

static void listing(unsigned int g)
{
    char path[64];
    unsigned int nr;
    char **list;

    snprintf(path, sizeof(path), "/local/domain/%u", g);
    list = xs_directory(xs, XBT_NULL, path, &nr);
    if (!list)
        die(path);
    free(list);
}

static void measure(void (*what)(unsigned int guest), double seconds)
{
    double start = now(), cpu = cpu_time(), t;
    uint32_t rng = 1;
    unsigned long n = 0;

    do {
        rng = rng * 1664525 + 1013904223;
        what(1 + (rng >> 8) % nr_guests);
        n++;
        t = now() - start;
    } while (t < seconds);
    printf(" %.0f %.0f", (double)n / t, (double)n / (cpu_time() - cpu));
}

int main(int argc, char **argv)
{
    unsigned long kib;
    double seconds;

    if (argc != 4)
        return 2;
    daemon_pid = atoi(argv[1]);
    nr_guests = (unsigned int)atoi(argv[2]);
    seconds = atof(argv[3]);
    xs = xs_open(0);
    if (!xs || !nr_guests)
        die("no store");
    kib = resident_kib();
    for (unsigned int g = 1; g <= nr_guests; g++)
        make_guest(g);
    printf("%lu %lu %lu", kib, resident_kib(), nr_nodes);
    measure(transaction, seconds);
    measure(reading, seconds);
    measure(listing, seconds);
    printf("\n");
    xs_close(xs);
    return 0;
}
