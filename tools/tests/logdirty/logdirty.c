/* SPDX-License-Identifier: MIT */
/*
 * Log-dirty of a running domain, as live migration uses it: logdirty DOMID BUSY IDLE SECONDS MB.
 * BUSY and IDLE are frames of the guest's that it writes all the time, and never. MB: memory for
 * shadow tables, 0 for the default. Exit status 0: all is as it should be.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <xenctrl.h>

static xc_interface *xch;
static uint32_t domid;
static unsigned long nr_pages;
DECLARE_HYPERCALL_BUFFER(unsigned long, map); /* nr_pages bits */

static void stop(const char *what)
{
    printf("logdirty: %s (errno %d: %s)\n", what, errno, strerror(errno));
    xc_shadow_control(xch, domid, XEN_DOMCTL_SHADOW_OP_OFF, NULL, 0);
    exit(1);
}

static bool is_set(unsigned long pfn)
{
    return map[pfn / (8 * sizeof(long))] >> pfn % (8 * sizeof(long)) & 1;
}

static unsigned long count_set(void)
{
    unsigned long n = 0;

    for (unsigned long i = 0; i < nr_pages; i++)
        n += is_set(i);
    return n;
}

static xc_shadow_op_stats_t get_map(unsigned int op, unsigned int mode)
{
    xc_shadow_op_stats_t stats;
    long long rc;

    memset(map, 0xff, (nr_pages + 7) / 8);
    rc = xc_logdirty_control(xch, domid, op, HYPERCALL_BUFFER(map), nr_pages, mode, &stats);
    if (rc != (long long)nr_pages)
        stop(op == XEN_DOMCTL_SHADOW_OP_CLEAN ? "CLEAN" : "PEEK");
    return stats;
}

static unsigned int allocation(void)
{
    unsigned int mb = ~0U;

    if (xc_shadow_control(xch, domid, XEN_DOMCTL_SHADOW_OP_GET_ALLOCATION, &mb, 0))
        stop("GET_ALLOCATION");
    return mb;
}

static void refused(unsigned int op, unsigned int mode, int error, const char *what)
{
    if (xc_shadow_control(xch, domid, op, NULL, mode) == 0 || errno != error)
        stop(what);
}

static void turn_on(unsigned int mb)
{
    refused(XEN_DOMCTL_SHADOW_OP_CLEAN, 0, EINVAL, "CLEAN while off");
    refused(XEN_DOMCTL_SHADOW_OP_PEEK, 0, EINVAL, "PEEK while off");
    refused(XEN_DOMCTL_SHADOW_OP_ENABLE, XEN_DOMCTL_SHADOW_ENABLE_TRANSLATE, EINVAL,
            "a wrong mode");
    refused(99, 0, EINVAL, "a wrong operation");
    if (allocation() != 0)
        stop("memory in use while off");
    if (mb && xc_shadow_control(xch, domid, XEN_DOMCTL_SHADOW_OP_SET_ALLOCATION, &mb, 0))
        stop("SET_ALLOCATION");
    if (xc_shadow_control(xch, domid, XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY, NULL, 0))
        stop("ENABLE_LOGDIRTY");
    refused(XEN_DOMCTL_SHADOW_OP_ENABLE, XEN_DOMCTL_SHADOW_ENABLE_LOG_DIRTY, EINVAL, "twice on");
    refused(XEN_DOMCTL_SHADOW_OP_SET_ALLOCATION, 0, EINVAL, "no memory while on");
    printf("on, %u MiB of shadows\n", allocation());
}

static void resize(unsigned int mb)
{
    if (xc_shadow_control(xch, domid, XEN_DOMCTL_SHADOW_OP_SET_ALLOCATION, &mb, 0) ||
        allocation() != mb)
        stop("SET_ALLOCATION while on");
}

/* PEEK keeps what it shows; CLEAN does not. */
static void peek(unsigned long busy)
{
    xc_shadow_op_stats_t stats;

    for (unsigned int i = 0; i < 100; i++) {
        usleep(300000);
        get_map(XEN_DOMCTL_SHADOW_OP_PEEK, 0);
        if (is_set(busy))
            break;
    }
    if (!is_set(busy))
        stop("PEEK does not see the busy page");
    if (xc_domain_pause(xch, domid))
        stop("pause");
    get_map(XEN_DOMCTL_SHADOW_OP_PEEK, 0);
    if (!is_set(busy))
        stop("PEEK has cleared");
    stats = get_map(XEN_DOMCTL_SHADOW_OP_CLEAN, 0);
    if (!is_set(busy))
        stop("CLEAN does not see the busy page");
    printf("paused: %u faults, %u dirty, %lu bits\n", stats.fault_count, stats.dirty_count,
           count_set());
    if (stats.dirty_count == 0 || stats.fault_count == 0)
        stop("counts are zero");
    stats = get_map(XEN_DOMCTL_SHADOW_OP_CLEAN, XEN_DOMCTL_SHADOW_LOGDIRTY_FINAL);
    if (is_set(busy) || count_set() > 16)
        stop("a paused domain writes");
    if (xc_domain_unpause(xch, domid))
        stop("unpause");
}

static void rounds(unsigned long busy, unsigned long idle, unsigned int seconds)
{
    unsigned int n = 0, busy_seen = 0, idle_seen = 0;
    unsigned long long faults = 0, dirty = 0;
    time_t end = time(NULL) + seconds;

    while (time(NULL) < end) {
        xc_shadow_op_stats_t stats;

        usleep(100000);
        stats = get_map(XEN_DOMCTL_SHADOW_OP_CLEAN, 0);
        n++;
        busy_seen += is_set(busy);
        idle_seen += is_set(idle);
        faults += stats.fault_count;
        dirty += stats.dirty_count;
    }
    printf("%u rounds: busy page in %u, idle page in %u, %llu faults, %llu marks\n", n, busy_seen,
           idle_seen, faults, dirty);
    /* A round may be shorter than the process's wait for its CPU. */
    if (n < 10 || busy_seen < n / 4)
        stop("the busy page is missing");
    if (idle_seen)
        stop("the idle page is there");
    if (dirty < n)
        stop("too few marks");
}

int main(int argc, char **argv)
{
    unsigned long busy, idle;
    xen_pfn_t last;

    if (argc != 6)
        return 2;
    domid = (uint32_t)atoi(argv[1]);
    busy = strtoul(argv[2], NULL, 10);
    idle = strtoul(argv[3], NULL, 10);
    xch = xc_interface_open(NULL, NULL, 0);
    if (!xch || xc_domain_maximum_gpfn(xch, domid, &last))
        stop("cannot reach the domain");
    nr_pages = last + 1;
    if (busy >= nr_pages || idle >= nr_pages)
        stop("no such page");
    map = xc_hypercall_buffer_alloc_pages(xch, map, nr_pages / 8 / 4096 + 1);
    if (!map)
        stop("no memory");
    turn_on((unsigned int)atoi(argv[5]));
    get_map(XEN_DOMCTL_SHADOW_OP_CLEAN, 0);
    peek(busy);
    if (atoi(argv[5])) {
        resize(5);
        resize((unsigned int)atoi(argv[5]));
    }
    rounds(busy, idle, (unsigned int)atoi(argv[4]));
    if (xc_shadow_control(xch, domid, XEN_DOMCTL_SHADOW_OP_OFF, NULL, 0))
        stop("OFF");
    if (xc_shadow_control(xch, domid, XEN_DOMCTL_SHADOW_OP_OFF, NULL, 0))
        stop("OFF again");
    if (allocation() != 0)
        stop("memory in use after OFF");
    puts("off");
    return 0;
}
