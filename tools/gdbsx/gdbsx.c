/* SPDX-License-Identifier: MIT */
/*
 * gdbsx -a DOMID 32|64 PORT [-d]: gdb's "target remote" for the kernel of a guest.
 * gdbsx -c DOMID 32|64 [VCPU] [-d]: registers of its vCPUs.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "session.h"

static int usage(void)
{
    fputs("Usage 1: gdbsx -a domid <32|64> PORT [-d]\n"
          "         gdb connects to PORT: gdbsx -a 3 64 9999, then target remote HOST:9999\n\n"
          "Usage 2: gdbsx -c domid <32|64> [vcpu#] [-d]\n"
          "         the registers of one vCPU, or of all\n\n"
          "-d shows the packets.\n",
          stderr);
    return 1;
}

static int failed(const char *what)
{
    fprintf(stderr, "gdbsx: %s: %s\n", what, strerror(errno));
    return 1;
}

static bool parse(const char *text, unsigned long max, unsigned long *number)
{
    char *end;

    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    *number = strtoul(text, &end, 10);
    return !*end && !errno && *number <= max;
}

/* As accept4(), with errno ECANCELED once @quit_fd can be read. */
static int accept_one(int listener, int quit_fd)
{
    struct pollfd fds[2] = {{.fd = listener, .events = POLLIN}, {.fd = quit_fd, .events = POLLIN}};

    if (poll(fds, 2, -1) < 0)
        return -1;
    if (fds[1].revents) {
        errno = ECANCELED;
        return -1;
    }
    return accept4(listener, NULL, NULL, SOCK_CLOEXEC);
}

/* The connection of one gdb; the port is free again then. -1 with errno. */
static int wait_for_gdb(unsigned long port, int quit_fd)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), fd = -1, on = 1, error;

    if (listener < 0)
        return -1;
    address.sin_addr.s_addr = htonl(INADDR_ANY);
    (void)setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0 &&
        listen(listener, 1) == 0) {
        printf("Listening on port %lu\n", port);
        fflush(stdout);
        fd = accept_one(listener, quit_fd);
    }
    error = errno;
    close(listener);
    if (fd >= 0)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    errno = error;
    return fd;
}

static struct target target;

/* A file that can be read once the program is to end. Nothing of ours may stay in the guest then.
 */
static int catch_signals(void)
{
    sigset_t set;

    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

static int attach(unsigned long port, bool debug)
{
    int quit_fd = catch_signals(), fd, status = 0;

    if (quit_fd < 0)
        return failed("signals");
    if (target_attach(&target))
        return failed("the guest cannot be debugged");
    fd = wait_for_gdb(port, quit_fd);
    if (fd >= 0) {
        session_run(&target, fd, quit_fd, debug);
        close(fd);
    } else if (errno != ECANCELED) {
        status = failed("the port");
    }
    target_detach(&target);
    return status;
}

#define TRACE_WORDS 512                 /* of the stack that are looked at */
#define TRACE_MOST  32                  /* of them shown */
#define TEXT_SPAN   (UINT64_C(8) << 20) /* bytes that a kernel's text has on each side of its rip */

/* Where the kernel may have come from: words of the stack that could be in its text. */
static void print_trace(const struct cpu_user_regs *r)
{
    uint64_t words[TRACE_WORDS];
    size_t nr = target_read(&target, r->rsp, words, sizeof(words)) / sizeof(words[0]);

    printf("\nCall Trace:\n   [%016" PRIx64 "]\n", r->rip);
    for (size_t i = 0, shown = 1; i < nr && shown < TRACE_MOST; i++) {
        if (words[i] - (r->rip - TEXT_SPAN) >= 2 * TEXT_SPAN)
            continue;
        printf("   [%016" PRIx64 "]\n", words[i]);
        shown++;
    }
}

static void print_registers(uint32_t vcpu, const struct cpu_user_regs *r)
{
    const struct {
        const char *name;
        uint64_t value;
    } rest[] = {{"rax", r->rax}, {"rbx", r->rbx}, {"rcx", r->rcx}, {"rdx", r->rdx},
                {"rsi", r->rsi}, {"rdi", r->rdi}, {"r08", r->r8},  {"r09", r->r9},
                {"r10", r->r10}, {"r11", r->r11}, {"r12", r->r12}, {"r13", r->r13},
                {"r14", r->r14}, {"r15", r->r15}, {"rbp", r->rbp}};

    printf("\n--> VCPU:%u\n", vcpu);
    printf("rip:%016" PRIx64 " rsp:%016" PRIx64 " flags:%08" PRIx64 "\n", r->rip, r->rsp,
           r->rflags);
    for (unsigned int i = 0; i < sizeof(rest) / sizeof(rest[0]); i++)
        printf("%s:%016" PRIx64 "%c", rest[i].name, rest[i].value, i % 3 == 2 ? '\n' : ' ');
    printf("cs:%08x ds:%08x fs:%08x gs:%08x\n", r->cs, r->ds, r->fs, r->gs);
}

static int dump(uint32_t first, uint32_t end_vcpu)
{
    vcpu_guest_context_any_t context;

    printf("===> Context for DOMID:%u\n", target.domid);
    for (uint32_t i = first; i < end_vcpu; i++) {
        if (target_get_context(&target, i, &context))
            return failed("the vCPU");
        print_registers(i, &context.c.user_regs);
        print_trace(&context.c.user_regs);
    }
    return 0;
}

int main(int argc, char **argv)
{
    bool debug = argc > 1 && !strcmp(argv[argc - 1], "-d"), is_dump;
    unsigned long domid, bits, last = 0;
    int status;

    argc -= debug;
    is_dump = argc > 1 && !strcmp(argv[1], "-c");
    if (argc < 4 || (!is_dump && strcmp(argv[1], "-a")) || !(is_dump ? argc <= 5 : argc == 5) ||
        !parse(argv[2], DOMID_FIRST_RESERVED - 1, &domid) || !parse(argv[3], 64, &bits) ||
        (bits != 32 && bits != 64) ||
        (argc == 5 && !parse(argv[4], is_dump ? UINT32_MAX - 1 : UINT16_MAX, &last)))
        return usage();
    if (target_open(&target, (uint32_t)domid, (unsigned int)bits / 8))
        return failed("the domain");
    if (!is_dump)
        status = attach(last, debug);
    else if (argc == 5)
        status = dump((uint32_t)last, (uint32_t)last + 1);
    else
        status = dump(0, target.nr_vcpus);
    target_close(&target);
    return status;
}
