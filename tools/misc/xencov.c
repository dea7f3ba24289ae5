/* SPDX-License-Identifier: MIT */
/* xencov read [FILE]|reset: what of the hypervisor has run, as its build wrote it down. */
#include <fcntl.h>
#include <unistd.h>

#include <xenctrl.h>

#include "misc.h"

#define MOST (128U << 20) /* bytes; more is no answer */

static int operate(xc_interface *xch, struct xen_sysctl *op, uint32_t cmd)
{
    op->cmd = XEN_SYSCTL_coverage_op;
    op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    op->u.coverage_op.cmd = cmd;
    return xc_sysctl(xch, op);
}

static int write_out(const char *path, const void *data, uint32_t len)
{
    FILE *f = path ? fopen(path, "w") : stdout;
    bool good;

    if (!f)
        return failed("xencov", path);
    good = fwrite(data, 1, len, f) == len && !fflush(f);
    if (path && fclose(f))
        good = false;
    return good ? 0 : failed("xencov", path ? path : "writing");
}

static int read_out(xc_interface *xch, const char *path)
{
    struct xen_sysctl op = {0};
    DECLARE_HYPERCALL_BUFFER(char, data);
    uint32_t room;
    int status;

    if (operate(xch, &op, XEN_SYSCTL_COVERAGE_get_size))
        return failed("xencov", "the size");
    room = op.u.coverage_op.size;
    if (room > MOST) {
        errno = EFBIG;
        return failed("xencov", "the size");
    }
    data = xc_hypercall_buffer_alloc(xch, data, room);
    if (!data)
        return failed("xencov", "memory");
    set_xen_guest_handle(op.u.coverage_op.buffer, data);
    op.u.coverage_op.size = room;
    if (operate(xch, &op, XEN_SYSCTL_COVERAGE_read) || op.u.coverage_op.size > room)
        status = failed("xencov", "reading");
    else
        status = write_out(path, data, op.u.coverage_op.size);
    xc_hypercall_buffer_free(xch, data);
    return status;
}

int main(int argc, char **argv)
{
    const char *command = argc > 1 ? argv[1] : "", *path = argc > 2 ? argv[2] : NULL;
    bool reset = !strcmp(command, "reset");
    struct xen_sysctl op = {0};
    xc_interface *xch;
    int status;

    if (argc > 3 || (reset ? argc > 2 : strcmp(command, "read"))) {
        fputs("usage: xencov read [FILE]|reset\n", stderr);
        return 1;
    }
    xch = xc_interface_open(NULL, NULL, 0);
    if (!xch)
        return failed("xencov", "the hypervisor");
    if (reset)
        status = operate(xch, &op, XEN_SYSCTL_COVERAGE_reset) ? failed("xencov", "reset") : 0;
    else
        status = read_out(xch, path && strcmp(path, "-") ? path : NULL);
    xc_interface_close(xch);
    return status;
}
