/* SPDX-License-Identifier: MIT */
/* xentrace: the hypervisor's trace records, to a file. */
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#define XC_WANT_COMPAT_MAP_FOREIGN_API
#include <xenctrl.h>
#include <xenevtchn.h>
#include <xen/trace.h>
#include <xen/xen.h>

#include "misc.h"
#include "xentrace.h"

/* A buffer in use: the hypervisor adds records at prod, we take them at cons. See xen/trace.h. */
struct buffer {
    uint32_t cpu;
    volatile struct t_buf *meta;
    const uint8_t *data;
};

static struct {
    xc_interface *xch;
    xenevtchn_handle *xce;
    struct buffer *buffers;
    unsigned int nr;
    uint32_t data_size; /* of each buffer */
} trace;

static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
    (void)sig;
    stopped = 1;
}

static void catch_signals(void)
{
    struct sigaction sa = {.sa_handler = on_signal}; /* poll() is to be interrupted */
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGALRM};

    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        sigaction(signals[i], &sa, NULL);
}

static int parse_hex(const char *digits, xc_cpumap_t map, int nr_cpus)
{
    char *end;
    unsigned long mask;

    errno = 0;
    mask = strtoul(digits, &end, 16);
    if (*end || end == digits || errno || mask > UINT32_MAX || !mask)
        return -1;
    for (int cpu = 0; cpu < 32; cpu++)
        if (mask >> cpu & 1) {
            if (cpu >= nr_cpus)
                return -1;
            xc_cpumap_setcpu(cpu, map);
        }
    return 0;
}

/* "N", "N-M", "-M" or "N-", up to a comma or the end, at *@text, which moves on. */
static int parse_range(const char **text, xc_cpumap_t map, int nr_cpus)
{
    const char *p = *text;
    char *end = (char *)(uintptr_t)p;
    unsigned long first = 0, last;

    if (*p != '-') {
        first = strtoul(p, &end, 10);
        if (end == p || *p < '0' || *p > '9')
            return -1;
    }
    last = first;
    if (*end == '-') {
        p = end + 1;
        last = (unsigned long)nr_cpus - 1;
        if (*p >= '0' && *p <= '9')
            last = strtoul(p, &end, 10);
        else
            end++;
    }
    if ((*end && *end != ',') || last < first || last >= (unsigned long)nr_cpus)
        return -1;
    for (; first <= last; first++)
        xc_cpumap_setcpu((int)first, map);
    *text = *end ? end + 1 : end;
    return 0;
}

static int parse_cpus(const char *text, xc_cpumap_t map, int nr_cpus)
{
    const char *p = text;

    if (!strcmp(text, "all"))
        p = "0-";
    if (!strncmp(text, "0x", 2))
        return parse_hex(text + 2, map, nr_cpus);
    do {
        if (parse_range(&p, map, nr_cpus))
            return -1;
    } while (*p);
    return 0;
}

static void tell_mask(xc_cpumap_t map, int bytes)
{
    int i = bytes - 1;

    while (i > 0 && !map[i])
        i--;
    fprintf(stderr, "change cpumask to 0x%x", map[i]);
    while (i-- > 0)
        fprintf(stderr, "%02x", map[i]);
    fputc('\n', stderr);
}

static int set_cpus(const char *text)
{
    int nr_cpus = xc_get_max_cpus(trace.xch), rc = 1;
    xc_cpumap_t map = nr_cpus > 0 ? xc_cpumap_alloc(trace.xch) : NULL;

    if (!map)
        return failed("xentrace", "the host's CPUs");
    if (parse_cpus(text, map, nr_cpus))
        fprintf(stderr, "xentrace: %s: not CPUs that the host has\n", text);
    else if (xc_tbuf_set_cpu_mask(trace.xch, map))
        failed("xentrace", "the mask of CPUs");
    else
        rc = 0;
    if (!rc)
        tell_mask(map, (nr_cpus + 7) / 8);
    free(map);
    return rc;
}

static int set_masks(const struct trace_options *o)
{
    if (o->has_evt_mask) {
        if (xc_tbuf_set_evt_mask(trace.xch, o->evt_mask))
            return failed("xentrace", "the mask of events");
        fprintf(stderr, "change evtmask to 0x%" PRIx32 "\n", o->evt_mask);
    }
    return o->cpus ? set_cpus(o->cpus) : 0;
}

/* The buffer of a CPU whose frames are at info's word @offset. */
static int map_buffer(struct buffer *b, const struct t_info *info, size_t offset)
{
    const uint32_t *mfns = (const uint32_t *)info + offset;
    xen_pfn_t *frames = calloc(info->tbuf_size, sizeof(*frames));
    void *mapped = NULL;

    for (unsigned int i = 0; frames && i < info->tbuf_size; i++)
        frames[i] = mfns[i];
    if (frames)
        mapped = xc_map_foreign_pages(trace.xch, DOMID_XEN, PROT_READ | PROT_WRITE, frames,
                                      info->tbuf_size);
    free(frames);
    if (!mapped)
        return failed("xentrace", "a trace buffer");
    b->meta = mapped;
    b->data = (const uint8_t *)mapped + sizeof(struct t_buf);
    return 0;
}

static int map_all(const struct t_info *info, size_t info_bytes, uint32_t nr_cpus)
{
    if (!info->tbuf_size || sizeof(*info) + nr_cpus * sizeof(info->mfn_offset[0]) > info_bytes) {
        fputs("xentrace: the hypervisor's buffers have no size\n", stderr);
        return 1;
    }
    trace.data_size = (uint32_t)(info->tbuf_size * XC_PAGE_SIZE - sizeof(struct t_buf));
    trace.buffers = calloc(nr_cpus, sizeof(*trace.buffers));
    if (!trace.buffers)
        return failed("xentrace", "memory");
    for (uint32_t cpu = 0; cpu < nr_cpus; cpu++) {
        size_t offset = info->mfn_offset[cpu];

        if (!offset) /* no such CPU */
            continue;
        if ((offset + info->tbuf_size) * sizeof(uint32_t) > info_bytes) {
            fputs("xentrace: the hypervisor's list of buffers is cut off\n", stderr);
            return 1;
        }
        if (map_buffer(&trace.buffers[trace.nr], info, offset))
            return 1;
        trace.buffers[trace.nr++].cpu = cpu;
    }
    return 0;
}

/* Turns tracing on and maps the buffers. */
static int start(const struct trace_options *o)
{
    unsigned long mfn, size;
    struct t_info *info;
    xc_physinfo_t host = {0};
    int rc;

    if (xc_tbuf_enable(trace.xch, o->pages, &mfn, &size))
        return failed("xentrace", "trace buffers");
    if (o->start_disabled)
        xc_tbuf_disable(trace.xch);
    if (xc_physinfo(trace.xch, &host))
        return failed("xentrace", "the host's CPUs");
    info = xc_map_foreign_range(trace.xch, DOMID_XEN, (int)size, PROT_READ, mfn);
    if (!info)
        return failed("xentrace", "the list of trace buffers");
    rc = map_all(info, size, host.max_cpu_id + 1);
    munmap(info, size);
    return rc;
}

/* Takes what is new in a buffer. Positions go up to twice the size, to tell full from empty. */
static int take(struct buffer *b, bool discard)
{
    uint32_t size = trace.data_size, prod = b->meta->prod, cons = b->meta->cons, used, at, first;
    struct piece pieces[2] = {{NULL, 0}, {NULL, 0}};
    int rc = 0;

    __atomic_thread_fence(__ATOMIC_ACQUIRE); /* prod, then the records */
    used = prod >= cons ? prod - cons : prod + 2 * size - cons;
    if (prod >= 2 * size || cons >= 2 * size || used > size) {
        fprintf(stderr, "xentrace: the buffer of CPU %u is damaged\n", b->cpu);
        return -1;
    }
    if (!used)
        return 0;
    at = cons % size;
    first = used < size - at ? used : size - at;
    pieces[0] = (struct piece){b->data + at, first};
    if (used > first)
        pieces[1] = (struct piece){b->data, used - first};
    if (!discard)
        rc = trace_out_window(b->cpu, pieces);
    __atomic_thread_fence(__ATOMIC_SEQ_CST); /* the records, then cons */
    b->meta->cons = prod;
    return rc;
}

static int take_all(bool discard)
{
    for (unsigned int i = 0; i < trace.nr; i++)
        if (take(&trace.buffers[i], discard))
            return -1;
    return 0;
}

/* Until the hypervisor says that a buffer is half full, or it is time to look. */
static int wait_for_records(unsigned long ms)
{
    struct pollfd p = {.fd = xenevtchn_fd(trace.xce), .events = POLLIN};
    int r = poll(&p, 1, (int)ms);
    xenevtchn_port_or_error_t port;

    if (r < 0)
        return errno == EINTR ? 0 : failed("xentrace", "poll");
    if (!r || !(p.revents & POLLIN))
        return 0;
    port = xenevtchn_pending(trace.xce);
    if (port < 0 || xenevtchn_unmask(trace.xce, (evtchn_port_t)port))
        return failed("xentrace", "the event channel");
    return 0;
}

static int follow(const struct trace_options *o)
{
    int rc = o->discard ? take_all(true) : 0;

    if (o->seconds)
        alarm((unsigned int)o->seconds);
    while (!rc && !stopped) {
        rc = take_all(false);
        if (!rc && !stopped)
            rc = wait_for_records(o->poll_ms);
    }
    if (!o->keep_enabled && xc_tbuf_disable(trace.xch))
        return failed("xentrace", "tracing cannot be turned off");
    return rc ? rc : take_all(false);
}

int main(int argc, char **argv)
{
    struct trace_options o;
    int rc;

    options_parse(argc, argv, &o);
    trace.xch = xc_interface_open(NULL, NULL, 0);
    if (!trace.xch)
        return failed("xentrace", "the hypervisor");
    if (trace_out_open(&o))
        return EXIT_FAILURE;
    catch_signals();
    if (set_masks(&o))
        return EXIT_FAILURE;
    trace.xce = xenevtchn_open(NULL, 0);
    if (!trace.xce)
        return failed("xentrace", "event channels");
    if (xenevtchn_bind_virq(trace.xce, VIRQ_TBUF) < 0)
        return failed("xentrace", "VIRQ_TBUF");
    if (start(&o))
        return EXIT_FAILURE;
    rc = follow(&o);
    if (trace_out_close())
        rc = -1;
    return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}
