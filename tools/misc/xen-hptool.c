/* SPDX-License-Identifier: MIT */
/* xen-hptool: takes CPUs of the host from the hypervisor, and gives them back. */
#include <xenctrl.h>

#include "misc.h"

static int usage(int status)
{
    fputs("usage: xen-hptool cpu-online CPU    start a CPU\n"
          "       xen-hptool cpu-offline CPU   stop a CPU\n"
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

static const struct {
    const char *name;
    bool takes_cpu, on;
} commands[] = {
    {"cpu-online", true, true},
    {"cpu-offline", true, false},
    {"smt-enable", false, true},
    {"smt-disable", false, false},
};

int main(int argc, char **argv)
{
    if (argc < 2 || !strcmp(argv[1], "help"))
        return usage(0);
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        xc_interface *xch;
        int status;

        if (strcmp(argv[1], commands[i].name))
            continue;
        if (argc != 2 + commands[i].takes_cpu)
            return usage(1);
        xch = xc_interface_open(NULL, NULL, 0);
        if (!xch)
            return failed("xen-hptool", "the hypervisor");
        status = commands[i].takes_cpu ? change_cpu(xch, argv[2], commands[i].on)
                                       : change_smt(xch, commands[i].on);
        xc_interface_close(xch);
        return status;
    }
    fprintf(stderr, "xen-hptool: there is no command %s\n", argv[1]);
    return usage(1);
}
