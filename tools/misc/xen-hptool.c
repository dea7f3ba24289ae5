/* SPDX-License-Identifier: MIT */
/* xen-hptool: takes CPUs and memory of the host from the hypervisor, and gives them back. */
#include <xenctrl.h>
#include <xenguest.h>

#include "misc.h"

static int usage(int status)
{
    fputs("usage: xen-hptool cpu-online CPU    start a CPU\n"
          "       xen-hptool cpu-offline CPU   stop a CPU\n"
          "       xen-hptool mem-online MFN    use a page of memory again; MFN is in hexadecimal\n"
          "       xen-hptool mem-offline MFN   use it no more\n"
          "       xen-hptool mem-status MFN    is it in use?\n"
          "       xen-hptool smt-enable        start the second and further threads of all cores\n"
          "       xen-hptool smt-disable       stop them\n",
          status ? stderr : stdout);
    return status;
}

static int change_cpu(xc_interface *xch, const char *text, bool online)
{
    const char *verb = online ? "online" : "offline";
    unsigned long cpu;

    if (!parse_number(text, INT32_MAX, &cpu))
        return usage(1);
    printf("Prepare to %s CPU %lu\n", verb, cpu);
    if (online ? xc_cpu_online(xch, (int)cpu) : xc_cpu_offline(xch, (int)cpu)) {
        fprintf(stderr, "CPU %lu %s failed (error %d: %s)\n", cpu, verb, errno, strerror(errno));
        return 1;
    }
    printf("CPU %lu %sd successfully\n", cpu, verb);
    return 0;
}

static int change_smt(xc_interface *xch, bool enable)
{
    if (enable ? xc_smt_enable(xch) : xc_smt_disable(xch)) {
        fprintf(stderr, "Unable to %s SMT: errno %d, %s\n", enable ? "enable" : "disable", errno,
                strerror(errno));
        return 1;
    }
    printf("%s SMT\n", enable ? "Enabled" : "Disabled");
    return 0;
}

static bool parse_frame(const char *text, unsigned long *mfn)
{
    char *end;

    errno = 0;
    *mfn = strtoul(text, &end, 16);
    return end != text && !*end && !errno;
}

static int mem_online(xc_interface *xch, unsigned long mfn)
{
    uint32_t status;

    printf("Prepare to online MEMORY mfn %lx\n", mfn);
    if (xc_mark_page_online(xch, mfn, mfn, &status))
        return failed("xen-hptool", "Onlining page failed");
    if (status & (PG_ONLINE_FAILED | PG_ONLINE_BROKEN)) {
        fprintf(stderr, "Onlining page mfn %lx is broken, Memory online failed\n", mfn);
        return 1;
    }
    if (status & PG_ONLINE_ONLINED)
        printf("Memory mfn %lx onlined successfully\n", mfn);
    else
        puts("Memory is already onlined!");
    return 0;
}

static int mem_status(xc_interface *xch, unsigned long mfn)
{
    uint32_t status;

    printf("Querying MEMORY mfn %lx status\n", mfn);
    if (xc_query_page_offline_status(xch, mfn, mfn, &status))
        return failed("xen-hptool", "Querying page failed");
    printf("Memory Status %x: [%s%s%s]\n", status,
           status & PG_OFFLINE_STATUS_OFFLINE_PENDING ? " PAGE_OFFLINE_PENDING " : "",
           status & PG_OFFLINE_STATUS_BROKEN ? " PAGE_BROKEND  " : "",
           status & PG_OFFLINE_STATUS_OFFLINED ? " PAGE_OFFLINED " : " PAGE_ONLINED ");
    return 0;
}

/* A page in use goes when its owner gives it back. */
static int tell_pending(unsigned long mfn, uint32_t status)
{
    if (status & PG_OFFLINE_OWNED)
        fprintf(stderr,
                "Memory mfn %lx is of DOM%u. current state is [PG_OFFLINE_PENDING, "
                "PG_OFFLINE_OWNED]\n",
                mfn, status >> PG_OFFLINE_OWNER_SHIFT);
    else
        fprintf(stderr,
                "Memory mfn %lx is the hypervisor's. current state is [PG_OFFLINE_PENDING%s]\n",
                mfn, status & PG_OFFLINE_XENPAGE ? ", PG_OFFLINE_XENPAGE" : "");
    return 1;
}

static int mem_offline(xc_interface *xch, unsigned long mfn)
{
    uint32_t status;

    printf("Prepare to offline MEMORY mfn %lx\n", mfn);
    if (xc_mark_page_offline(xch, mfn, mfn, &status))
        return failed("xen-hptool", "Offlining page failed");
    switch (status & PG_OFFLINE_STATUS_MASK) {
    case PG_OFFLINE_OFFLINED:
        printf("Memory mfn %lx offlined successfully, current state is [PG_OFFLINE_OFFLINED]\n",
               mfn);
        if (status & PG_OFFLINE_BROKEN)
            puts("And this offlined PAGE is already marked broken before!");
        return 0;
    case PG_OFFLINE_PENDING:
        return tell_pending(mfn, status);
    default:
        fprintf(stderr, "Memory mfn %lx offline failed\n", mfn);
        if (status & PG_OFFLINE_ANONYMOUS)
            fputs("the memory is an anonymous page!\n", stderr);
        return 1;
    }
}

static int change_memory(xc_interface *xch, const char *text,
                         int (*run)(xc_interface *xch, unsigned long mfn))
{
    unsigned long mfn = 0;

    return parse_frame(text, &mfn) ? run(xch, mfn) : usage(1);
}

static const struct {
    const char *name;
    bool takes_cpu, on;
    int (*memory)(xc_interface *xch, unsigned long mfn);
} commands[] = {
    {"cpu-online", true, true, NULL},         {"cpu-offline", true, false, NULL},
    {"mem-online", false, true, mem_online},  {"mem-offline", false, false, mem_offline},
    {"mem-status", false, false, mem_status}, {"smt-enable", false, true, NULL},
    {"smt-disable", false, false, NULL},
};

static int run(xc_interface *xch, size_t i, const char *argument)
{
    if (commands[i].memory)
        return change_memory(xch, argument, commands[i].memory);
    return commands[i].takes_cpu ? change_cpu(xch, argument, commands[i].on)
                                 : change_smt(xch, commands[i].on);
}

int main(int argc, char **argv)
{
    if (argc < 2 || !strcmp(argv[1], "help"))
        return usage(0);
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        xc_interface *xch;
        int status;

        if (strcmp(argv[1], commands[i].name))
            continue;
        if (argc != 2 + (commands[i].takes_cpu || commands[i].memory))
            return usage(1);
        xch = xc_interface_open(NULL, NULL, 0);
        if (!xch)
            return failed("xen-hptool", "the hypervisor");
        status = run(xch, i, argv[2]);
        xc_interface_close(xch);
        return status;
    }
    fprintf(stderr, "xen-hptool: there is no command %s\n", argv[1]);
    return usage(1);
}
