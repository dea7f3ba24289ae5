/* SPDX-License-Identifier: MIT */
/*
 * depriv-fd-checker [CLASS FD INFO]...: can a file that a confined device model has open, and that
 * is handed on to us, still reach other domains? CLASS is evtchn, gntdev, privcmd or tun; INFO is
 * repeated in what is printed. It is to be run as who may do all: then the file alone decides.
 */
#include <errno.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <xencall.h>
#include <xenctrl.h>
#include <xenevtchn.h>
#include <xengnttab.h>

#include "misc.h"

#define USAGE_STATUS   8
#define TROUBLE_STATUS 255

struct check {
    const char *class, *info;
    int fd;
};

/* It cannot be told. Ends the program. */
static void trouble(const struct check *c, const char *phase, const char *what)
{
    fprintf(stderr, "trouble: %s %s %d (%s) %s: %s\n", c->class, phase, c->fd, c->info, what,
            strerror(errno));
    exit(TROUBLE_STATUS);
}

static void say(const struct check *c, const char *result, const char *what, const char *why)
{
    printf("%s %s %d %s (%s) %s\n", c->class, result, c->fd, what, why, c->info);
    fflush(stdout);
}

static void say_blocked(const struct check *c, const char *what)
{
    say(c, "pass", what, "blocked");
}

static void say_succeeded(const struct check *c, const char *what)
{
    say(c, "fail", what, "unexpectedly succeeded");
}

/* The library's own file, which must be there, becomes the one that is looked at. */
static void take_place(const struct check *c, const void *handle, const char *what, int own)
{
    if (!handle)
        trouble(c, "setup", what);
    say(c, "checking", "dup-hack", "in progress");
    if (dup2(c->fd, own) != own)
        trouble(c, "dup-hack", "dup2");
}

static void check_evtchn(const struct check *c)
{
    xenevtchn_handle *evtchn = xenevtchn_open(NULL, 0);
    xenevtchn_port_or_error_t port = evtchn ? xenevtchn_bind_unbound_port(evtchn, 0) : -1;

    if (evtchn && port < 0)
        trouble(c, "setup", "xenevtchn_bind_unbound_port");
    take_place(c, evtchn, "xenevtchn_open", evtchn ? xenevtchn_fd(evtchn) : -1);
    if (xenevtchn_bind_unbound_port(evtchn, 0) >= 0)
        say_succeeded(c, "xenevtchn_bind_unbound_port");
    else if (xenevtchn_notify(evtchn, (evtchn_port_t)port) == 0)
        say_succeeded(c, "xenevtchn_notify");
    else
        say_blocked(c, "xenevtchn_notify");
    xenevtchn_close(evtchn);
}

/* Whether the copy is made does not matter: a file that is confined refuses to ask for it. */
static void check_gntdev(const struct check *c)
{
    static char page[XC_PAGE_SIZE] __attribute__((aligned(XC_PAGE_SIZE)));
    xengnttab_grant_copy_segment_t segment = {
        .source.virt = page, .len = 1, .flags = GNTCOPY_dest_gref};
    xengnttab_handle *gnttab = xengnttab_open(NULL, 0);

    take_place(c, gnttab, "xengnttab_open", gnttab ? xengnttab_fd(gnttab) : -1);
    if (xengnttab_grant_copy(gnttab, 1, &segment) == 0)
        say_succeeded(c, "xengnttab_grant_copy okay");
    else if (errno == EPERM || errno == EACCES || errno == ENOTTY)
        say_blocked(c, "xengnttab_grant_copy");
    else
        trouble(c, "test (restricted)", "xengnttab_grant_copy");
    xengnttab_close(gnttab);
}

static void check_privcmd(const struct check *c)
{
    xc_interface *xch = xc_interface_open(NULL, NULL, 0);

    take_place(c, xch, "xc_interface_open", xch ? xencall_fd(xc_interface_xcall_handle(xch)) : -1);
    if (xc_get_online_cpus(xch) >= 0)
        say_succeeded(c, "xc_get_online_cpus");
    else if (errno == EPERM || errno == EACCES)
        say_blocked(c, "xc_get_online_cpus");
    else
        trouble(c, "test (restricted)", "xc_get_online_cpus");
    xc_interface_close(xch);
}

/* Of a network device the host's administrator knows whether it is the guest's. */
static void check_tun(const struct check *c)
{
    struct ifreq device;

    say(c, "checking", "check", "in progress");
    memset(&device, 0, sizeof(device));
    if (ioctl(c->fd, TUNGETIFF, &device))
        trouble(c, "check", "TUNGETIFF");
    printf("%s maybe %d %.*s %s\n", c->class, c->fd, IFNAMSIZ, device.ifr_name, c->info);
}

static void run(const struct check *c)
{
    static const struct {
        const char *class;
        void (*check)(const struct check *);
    } classes[] = {{"evtchn", check_evtchn},
                   {"gntdev", check_gntdev},
                   {"privcmd", check_privcmd},
                   {"tun", check_tun}};

    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
        if (!strcmp(classes[i].class, c->class)) {
            classes[i].check(c);
            return;
        }
    say(c, "fail", "unknown class", "");
}

static int misused(const char *what)
{
    fprintf(stderr, "depriv-fd-checker: %s\n", what);
    return USAGE_STATUS;
}

int main(int argc, char **argv)
{
    unsigned long fd;
    struct check c;

    for (int i = 1; i < argc; i += 3) {
        if (i + 1 == argc)
            return misused("need fd after class");
        if (i + 2 == argc)
            return misused("need info after fd");
        if (!parse_number(argv[i + 1], INT32_MAX, &fd))
            return misused("an fd is no number");
        c = (struct check){.class = argv[i], .fd = (int)fd, .info = argv[i + 2]};
        run(&c);
    }
    return 0;
}
