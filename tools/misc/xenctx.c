/* SPDX-License-Identifier: MIT */
/* xenctx: registers, code and stack of a guest's vCPUs, while it is paused. */
#include <getopt.h>
#include <strings.h>

#include "misc.h"
#include "xenctx.h"

#define WRONG        255 /* exit status */
#define MAX_LINE     128u
#define DEFAULT_LINE 32u
#define MAX_PAGES    1024ul
#define KERNEL_64    UINT64_C(0xffffffff80000000)

static const char usage_text[] =
    "usage: xenctx [OPTION...] DOMID [VCPU]\n"
    "Shows the registers, code and stack of a guest's vCPU, 0 by default.\n"
    "  -s, --symbol-table=FILE        names of the kernel's addresses: its System.map\n"
    "  -k, --kernel-start=ADDRESS     the kernel is above it (0xffffffff80000000)\n"
    "  -a, --all                      control and debug registers too\n"
    "  -C, --all-vcpus                all vCPUs that are online\n"
    "  -f, --frame-pointers           the kernel was compiled with frame pointers: follow them\n"
    "  -S, --stack-trace              the trace has all words of the stack\n"
    "  -n, --display-stack-pages=NR   go through so many pages of the stack (1)\n"
    "  -l, --lines=NR                 lines of the stack (5); MAX: all\n"
    "  -b, --bytes-per-line=NR        bytes in each of them (32)\n"
    "  -D, --decode-as-ascii          and as text\n"
    "  -t, --tag-stack-dump           and with addresses\n"
    "  -m, --memory=ADDRESS           show memory there instead\n"
    "  -d, --dump-as-stack=ADDRESS    show what is there as a stack\n"
    "  -h, --help                     this help\n";

static const struct option longopts[] = {
    {"frame-pointers", 0, NULL, 'f'},
    {"symbol-table", 1, NULL, 's'},
    {"stack-trace", 0, NULL, 'S'},
    {"kernel-start", 1, NULL, 'k'},
    {"all", 0, NULL, 'a'},
    {"all-vcpus", 0, NULL, 'C'},
    {"display-stack-pages", 1, NULL, 'n'},
    {"bytes-per-line", 1, NULL, 'b'},
    {"lines", 1, NULL, 'l'},
    {"decode-as-ascii", 0, NULL, 'D'},
    {"tag-stack-dump", 0, NULL, 't'},
    {"memory", 1, NULL, 'm'},
    {"dump-as-stack", 1, NULL, 'd'},
    {"help", 0, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static void __attribute__((noreturn)) wrong(const char *what, const char *argument)
{
    fprintf(stderr, "xenctx: unsupported value for %s: %s\n", what, argument);
    exit(WRONG);
}

static uint64_t address(const char *what, const char *text)
{
    char *end;
    uint64_t n;

    errno = 0;
    n = strtoull(text, &end, 0);
    if (end == text || *end || errno)
        wrong(what, text);
    return n;
}

static unsigned int count(const char *what, const char *text, unsigned long min, unsigned long max)
{
    unsigned long n;

    if (!parse_number(text, max, &n) || n < min)
        wrong(what, text);
    return (unsigned int)n;
}

static void parse_show(int opt, struct ctx_options *o)
{
    switch (opt) {
    case 'n':
        o->pages = count("--display-stack-pages", optarg, 1, MAX_PAGES);
        break;
    case 'b':
        o->line_bytes = count("--bytes-per-line", optarg, 4, MAX_LINE);
        break;
    case 'l':
        o->lines = !strcasecmp(optarg, "max") ? UINT32_MAX : count("--lines", optarg, 0, INT32_MAX);
        break;
    case 'D':
        o->ascii = true;
        break;
    case 't':
        o->tag = true;
        break;
    case 'm':
        o->has_memory = true;
        o->memory = address("--memory", optarg);
        break;
    case 'd':
        o->has_dump = true;
        o->dump = address("--dump-as-stack", optarg);
        break;
    case 'h':
        fputs(usage_text, stdout);
        exit(WRONG);
    default:
        fputs(usage_text, stderr);
        exit(WRONG);
    }
}

static void parse_one(int opt, struct ctx_options *o)
{
    switch (opt) {
    case 'f':
        o->frame_pointers = true;
        break;
    case 's':
        if (symbols_read(optarg))
            exit(WRONG);
        break;
    case 'S':
        o->stack_trace = true;
        break;
    case 'k':
        o->kernel_start = address("--kernel-start", optarg);
        break;
    case 'a':
        o->all_registers = true;
        break;
    case 'C':
        o->all_vcpus = true;
        break;
    default:
        parse_show(opt, o);
        break;
    }
}

static int show_vcpu(struct guest *g, const struct ctx_options *o, bool hvm)
{
    if (registers_get(g, hvm))
        return 1;
    if (o->has_memory) {
        show_memory(g, o, o->memory);
    } else if (o->has_dump) {
        show_stack(g, o, o->dump);
        show_trace(g, o, o->dump, false);
    } else {
        registers_print(g, o);
        show_code(g);
        /* A stack of the user's says nothing about the kernel. */
        if (g->regs.width == 4 || g->regs.rsp >= o->kernel_start) {
            show_stack(g, o, g->regs.rsp);
            show_trace(g, o, g->regs.rsp, true);
        }
    }
    guest_forget(g);
    return 0;
}

static int show_all(struct guest *g, const struct ctx_options *o, const xc_dominfo_t *info)
{
    xc_vcpuinfo_t vcpu;
    int rc = 0;

    for (g->vcpu = 0; g->vcpu <= info->max_vcpu_id && !rc; g->vcpu++) {
        if (xc_vcpu_getinfo(g->xch, g->domid, g->vcpu, &vcpu))
            return failed("xenctx", "a vCPU");
        if (vcpu.online) {
            printf("vcpu%u:\n", g->vcpu);
            rc = show_vcpu(g, o, info->hvm);
            putchar('\n');
        } else {
            printf("vcpu%u offline\n\n", g->vcpu);
        }
    }
    return rc;
}

static int show(struct guest *g, const struct ctx_options *o)
{
    xc_dominfo_t info;
    int rc, nr = xc_domain_getinfo(g->xch, g->domid, 1, &info);

    if (nr < 0)
        return failed("xenctx", "the domain");
    if (nr != 1 || info.domid != g->domid) {
        fprintf(stderr, "xenctx: there is no domain %u\n", g->domid);
        return 1;
    }
    if (xc_domain_pause(g->xch, g->domid))
        return failed("xenctx", "pause");
    rc = o->all_vcpus ? show_all(g, o, &info) : show_vcpu(g, o, info.hvm);
    fflush(stdout);
    if (xc_domain_unpause(g->xch, g->domid))
        rc = failed("xenctx", "unpause");
    return rc;
}

int main(int argc, char **argv)
{
    struct ctx_options o = {
        .kernel_start = KERNEL_64, .pages = 1, .line_bytes = DEFAULT_LINE, .lines = 5};
    struct guest g = {0};
    unsigned long domid, vcpu = 0;
    int opt, rc;

    while ((opt = getopt_long(argc, argv, "fs:hak:SCn:b:l:Dtm:d:", longopts, NULL)) != -1)
        parse_one(opt, &o);
    if (o.frame_pointers && o.has_dump)
        wrong("--frame-pointers", "not with --dump-as-stack");
    argc -= optind;
    argv += optind;
    if (argc < 1 || argc > 2 || !parse_number(argv[0], DOMID_FIRST_RESERVED - 1, &domid) ||
        (argc == 2 && !parse_number(argv[1], UINT16_MAX, &vcpu))) {
        fputs(usage_text, stderr);
        return WRONG;
    }
    if (o.all_vcpus && argc == 2)
        wrong("--all-vcpus", "not with VCPU");
    if (!domid) {
        fputs("cannot trace dom0\n", stderr);
        return WRONG;
    }
    g.domid = (uint32_t)domid;
    g.vcpu = (unsigned int)vcpu;
    g.xch = xc_interface_open(NULL, NULL, 0);
    if (!g.xch)
        return failed("xenctx", "the hypervisor"), WRONG;
    rc = show(&g, &o);
    xc_interface_close(g.xch);
    return rc ? WRONG : 0;
}
