/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <stdint.h>

#include <xen/trace.h>

#include "misc.h"
#include "xentrace.h"

#define MAX_MS      (24ul * 3600 * 1000)
#define MAX_PAGES   65535ul /* what the hypervisor can tell */
#define MAX_SECONDS (10ul * 365 * 24 * 3600)

static const char usage_text[] =
    "usage: xentrace [OPTION...] FILE\n"
    "Writes the hypervisor's trace records to a file, in binary, for xentrace_format.\n"
    "  -c, --cpu-mask=CPUS         trace these CPUs: all, ranges such as 0,2-3,5-, or 0x and a\n"
    "                              mask in hexadecimal\n"
    "  -e, --evt-mask=EVENTS       trace these events: gen, sched, dom0op, hvm, all, or a mask\n"
    "  -s, --poll-sleep=MS         milliseconds between two looks into the buffers (100)\n"
    "  -t, --log-thresh=NR         without effect\n"
    "  -S, --trace-buf-size=PAGES  size of the buffer of each CPU (32); it can be set once only\n"
    "                              until the host boots again\n"
    "  -D, --discard-buffers       first drop what is in the buffers\n"
    "  -x, --dont-disable-tracing  leave tracing on at the end\n"
    "  -X, --start-disabled        do not turn tracing on; somebody else will\n"
    "  -T, --time-interval=SECONDS end after this time\n"
    "  -M, --memory-buffer=BYTES   keep the last records in memory, and write them at the end;\n"
    "                              the number can have k, m or g behind it\n"
    "  -r, --reserve-disk-space=BYTES  end when less than this would be free on the disk\n"
    "  -V, --version               the program's version\n"
    "  -?, --help                  this help\n";

static const struct option longopts[] = {
    {"log-thresh", 1, NULL, 't'},      {"poll-sleep", 1, NULL, 's'},
    {"cpu-mask", 1, NULL, 'c'},        {"evt-mask", 1, NULL, 'e'},
    {"trace-buf-size", 1, NULL, 'S'},  {"reserve-disk-space", 1, NULL, 'r'},
    {"time-interval", 1, NULL, 'T'},   {"memory-buffer", 1, NULL, 'M'},
    {"discard-buffers", 0, NULL, 'D'}, {"dont-disable-tracing", 0, NULL, 'x'},
    {"start-disabled", 0, NULL, 'X'},  {"help", 0, NULL, '?'},
    {"version", 0, NULL, 'V'},         {NULL, 0, NULL, 0},
};

static const struct {
    const char *name;
    uint32_t mask;
} classes[] = {
    {"gen", TRC_GEN}, {"sched", TRC_SCHED}, {"dom0op", TRC_DOM0OP},
    {"hvm", TRC_HVM}, {"all", TRC_ALL},
};

static void __attribute__((noreturn)) wrong(const char *argument)
{
    fprintf(stderr, "xentrace: invalid argument: %s\n%s", argument, usage_text);
    exit(EXIT_FAILURE);
}

/* A number in C's notation, with one of @suffixes, which are powers of 1024, or none. */
static uint64_t number(const char *text, uint64_t max, const char *suffixes)
{
    char *end;
    uint64_t n;
    unsigned int shift = 0;

    errno = 0;
    n = strtoull(text, &end, 0);
    if (end == text || *text == '-' || errno)
        wrong(text);
    if (*end) {
        const char *s = strchr(suffixes, *end | 0x20);

        if (!s || end[1])
            wrong(text);
        shift = 10 * (unsigned int)(s - suffixes + 1);
    }
    if (n > max >> shift)
        wrong(text);
    return n << shift;
}

static uint32_t event_mask(const char *text)
{
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
        if (!strcmp(text, classes[i].name))
            return classes[i].mask;
    return (uint32_t)number(text, UINT32_MAX, "");
}

static void parse_one(int opt, struct trace_options *o)
{
    switch (opt) {
    case 't':
        number(optarg, UINT32_MAX, "");
        break;
    case 's':
        o->poll_ms = number(optarg, MAX_MS, "");
        break;
    case 'c':
        o->cpus = optarg;
        break;
    case 'e':
        o->evt_mask = event_mask(optarg);
        o->has_evt_mask = true;
        break;
    case 'S':
        o->pages = number(optarg, MAX_PAGES, "");
        break;
    case 'r':
        o->reserve = number(optarg, INT64_MAX, "kmg");
        break;
    case 'T':
        o->seconds = number(optarg, MAX_SECONDS, "");
        break;
    case 'M':
        o->memory = number(optarg, INT64_MAX, "kmg");
        break;
    case 'D':
        o->discard = true;
        break;
    case 'x':
        o->keep_enabled = true;
        break;
    case 'X':
        o->start_disabled = true;
        break;
    case 'V':
        puts("xentrace v1.2");
        exit(EXIT_SUCCESS);
    default:
        fputs(usage_text, stderr);
        exit(EXIT_FAILURE);
    }
}

void options_parse(int argc, char **argv, struct trace_options *o)
{
    int opt;

    *o = (struct trace_options){.poll_ms = 100, .pages = 32};
    while ((opt = getopt_long(argc, argv, "t:s:c:e:S:r:T:M:DxX?V", longopts, NULL)) != -1)
        parse_one(opt, o);
    if (optind != argc - 1) {
        fputs(usage_text, stderr);
        exit(EXIT_FAILURE);
    }
    o->file = argv[optind];
}
