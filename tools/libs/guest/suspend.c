/* SPDX-License-Identifier: MIT */
/* Suspending and resuming a guest that plays along. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "xenctrl.h"
#include "xenevtchn.h"

#include "xenguest.h"

#include "../ctrl/report.h"

#define LOCK_PATH "/var/run/xen/suspend-evtchn-%u.lock"

/*
 * The lock's file goes when it is released, so one that was locked may be gone from the directory
 * already: then it is no lock.
 */
static int lock_take(xc_interface *xch, uint32_t domid)
{
    char path[64];
    struct stat mine, there;
    int fd;

    snprintf(path, sizeof(path), LOCK_PATH, domid);
    for (;;) {
        fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0)
            return xc_report_error(xch, XC_INTERNAL_ERROR, "cannot open %s", path);
        if (flock(fd, LOCK_EX | LOCK_NB)) {
            xc_report_error(xch, XC_INTERNAL_ERROR, "cannot lock %s", path);
            close(fd);
            return -1;
        }
        if (!fstat(fd, &mine) && !stat(path, &there) && mine.st_ino == there.st_ino &&
            mine.st_dev == there.st_dev)
            return fd;
        close(fd);
    }
}

static void lock_drop(uint32_t domid, int *lockfd)
{
    char path[64];

    if (*lockfd < 0)
        return;
    snprintf(path, sizeof(path), LOCK_PATH, domid);
    unlink(path);
    close(*lockfd);
    *lockfd = -1;
}

int xc_suspend_evtchn_release(xc_interface *xch, struct xenevtchn_handle *xce, uint32_t domid,
                              int suspend_evtchn, int *lockfd)
{
    (void)xch;
    if (suspend_evtchn >= 0)
        xenevtchn_unbind(xce, (evtchn_port_t)suspend_evtchn);
    lock_drop(domid, lockfd);
    return 0;
}

int xc_suspend_evtchn_init_sane(xc_interface *xch, struct xenevtchn_handle *xce, uint32_t domid,
                                int port, int *lockfd)
{
    int local = -1, saved;

    *lockfd = lock_take(xch, domid);
    if (*lockfd < 0)
        return -1;
    local = xenevtchn_bind_interdomain(xce, domid, (evtchn_port_t)port);
    if (local < 0) {
        xc_report_error(xch, XC_INTERNAL_ERROR, "cannot bind to port %d of domain %u", port, domid);
        goto fail;
    }
    if (xc_domain_subscribe_for_suspend(xch, domid, (evtchn_port_t)port)) {
        xc_report_error(xch, XC_INTERNAL_ERROR, "cannot subscribe to domain %u's suspend", domid);
        goto fail;
    }
    return local;
fail:
    saved = errno;
    xc_suspend_evtchn_release(xch, xce, domid, local, lockfd);
    errno = saved;
    return -1;
}

int xc_suspend_evtchn_init_exclusive(xc_interface *xch, struct xenevtchn_handle *xce,
                                     uint32_t domid, int port, int *lockfd)
{
    int local = xc_suspend_evtchn_init_sane(xch, xce, domid, port, lockfd);
    int saved;

    if (local < 0)
        return -1;
    if (xc_await_suspend(xch, xce, local)) {
        saved = errno;
        xc_suspend_evtchn_release(xch, xce, domid, local, lockfd);
        errno = saved;
        return -1;
    }
    return local;
}

int xc_await_suspend(xc_interface *xch, struct xenevtchn_handle *xce, int suspend_evtchn)
{
    int port;

    do {
        port = xenevtchn_pending(xce);
        if (port < 0)
            return xc_report_error(xch, XC_INTERNAL_ERROR, "waiting for the suspend event");
        if (xenevtchn_unmask(xce, (evtchn_port_t)port) < 0)
            return xc_report_error(xch, XC_INTERNAL_ERROR, "unmasking the suspend event");
    } while (port != suspend_evtchn);
    return 0;
}

static void set_result(vcpu_guest_context_any_t *ctxt, unsigned int width, uint32_t result)
{
#ifdef XC_X86
    if (width == 8)
        ctxt->x64.user_regs.rax = result;
    else
        ctxt->x32.user_regs.eax = result;
#else
    (void)width;
    ctxt->c.user_regs.x0 = result;
#endif
}

/* What the guest's suspend call returns: 1 for "cancelled", which it then carries on from. */
static int set_cancelled(xc_interface *xch, uint32_t domid)
{
    vcpu_guest_context_any_t *ctxt;
    unsigned int width = 8;
    xc_dominfo_t info;
    uint64_t callback = 0;
    int rc;

    if (xc_domain_getinfo(xch, domid, 1, &info) != 1 || info.domid != domid) {
        errno = ESRCH;
        return -1;
    }
    /* One that runs is in no such call: its registers are its own. */
    if (!info.shutdown || info.shutdown_reason != SHUTDOWN_suspend)
        return 0;
    /* A guest without drivers of ours has made no such call. */
    if (info.hvm && (xc_hvm_param_get(xch, domid, HVM_PARAM_CALLBACK_IRQ, &callback) || !callback))
        return 0;
    if (!info.hvm && xc_domain_get_guest_width(xch, domid, &width))
        return -1;
    ctxt = calloc(1, sizeof(*ctxt));
    if (!ctxt)
        return -1;
    rc = xc_vcpu_getcontext(xch, domid, 0, ctxt);
    if (!rc) {
        set_result(ctxt, width, 1);
        rc = xc_vcpu_setcontext(xch, domid, 0, ctxt);
    }
    free(ctxt);
    return rc;
}

int xc_domain_resume(xc_interface *xch, uint32_t domid, int fast)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_resumedomain, .domain = (domid_t)domid};
    xc_dominfo_t info;

    if (fast) {
        if (set_cancelled(xch, domid))
            return xc_report_error(xch, XC_INTERNAL_ERROR, "cannot set domain %u's result", domid);
        return xc_domctl(xch, &op);
    }
    if (xc_domain_getinfo(xch, domid, 1, &info) != 1 || info.domid != domid) {
        errno = ESRCH;
        return -1;
    }
    if (!info.hvm) {
        errno = EOPNOTSUPP;
        return xc_report_error(xch, XC_INTERNAL_ERROR,
                               "domain %u can only be resumed with its own help", domid);
    }
    return xc_domctl(xch, &op);
}
