/* SPDX-License-Identifier: MIT */
/*
 * Handles whose file is a file: what is there now decides, by its name, whether calls are made
 * (free), refused (confined), unknown (old), or mean nothing to the file (others).
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <xencall.h>
#include <xenctrl.h>
#include <xenevtchn.h>
#include <xengnttab.h>

#include "fake.h"

static int own = -1;

static int own_file(void)
{
    return own = open("free", O_RDWR | O_CREAT, 0600);
}

static int answer(int fd)
{
    char link[64], target[256];
    const char *name;
    ssize_t n;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    n = readlink(link, target, sizeof(target) - 1);
    target[n > 0 ? n : 0] = '\0';
    name = strrchr(target, '/');
    name = name ? name + 1 : "";
    if (!strcmp(name, "free"))
        return 0;
    errno = !strcmp(name, "confined") ? EACCES : !strcmp(name, "old") ? ENOSYS : ENOTTY;
    return -1;
}

xenevtchn_port_or_error_t xenevtchn_bind_unbound_port(xenevtchn_handle *xce, uint32_t domid)
{
    static bool bound;

    (void)domid;
    if (!bound) {
        bound = true;
        return 3;
    }
    return getenv("FAKE_NOTIFY") ? -1 : answer(xenevtchn_fd(xce));
}

int xenevtchn_notify(xenevtchn_handle *xce, evtchn_port_t port)
{
    if (port != 3)
        abort();
    return answer(xenevtchn_fd(xce));
}

xengnttab_handle *xengnttab_open(struct xentoollog_logger *logger, unsigned int flags)
{
    (void)logger, (void)flags;
    return own_file() < 0 ? NULL : (xengnttab_handle *)&own;
}

int xengnttab_close(xengnttab_handle *xgt)
{
    (void)xgt;
    return close(own);
}

int xengnttab_fd(xengnttab_handle *xgt)
{
    (void)xgt;
    return own;
}

int xengnttab_grant_copy(xengnttab_handle *xgt, uint32_t count,
                         xengnttab_grant_copy_segment_t *segments)
{
    if (count != 1 || segments->len == 0)
        abort();
    return answer(xengnttab_fd(xgt));
}

struct xencall_handle *xc_interface_xcall_handle(xc_interface *xch)
{
    return (struct xencall_handle *)xch;
}

int xencall_fd(xencall_handle *xcall)
{
    (void)xcall;
    return own_file();
}

int xc_get_online_cpus(xc_interface *xch)
{
    (void)xch;
    return answer(own) ? -1 : 4;
}
