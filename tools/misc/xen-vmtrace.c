/* SPDX-License-Identifier: MIT */
/*
 * xen-vmtrace DOMID VCPU: what the processor traces of a vCPU (Intel PT), to standard output, until
 * there is a signal or the domain is gone. The domain has vmtrace_buf_kb in its configuration.
 */
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xenctrl.h>
#include <xenforeignmemory.h>

#include "misc.h"

/* Intel SDM vol 3C, 32.2.7: IA32_RTIT_CTL, its OS, User and BranchEn. */
#define RTIT_CTL        0x570
#define RTIT_CTL_OS     (1u << 2)
#define RTIT_CTL_USER   (1u << 3)
#define RTIT_CTL_BRANCH (1u << 13)
#define LOOK_US         100000

static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
    (void)sig;
    stopped = 1;
}

static int write_bytes(const uint8_t *data, size_t len)
{
    if (!len || fwrite(data, len, 1, stdout) == 1)
        return 0;
    return failed("xen-vmtrace", "standard output");
}

/* What came since @last in a buffer that goes round. */
static int write_new(const uint8_t *buffer, size_t size, uint64_t last, uint64_t pos)
{
    if (pos > size) {
        fputs("xen-vmtrace: the position is outside the buffer\n", stderr);
        return 1;
    }
    if (pos >= last)
        return write_bytes(buffer + last, pos - last);
    return write_bytes(buffer + last, size - last) || write_bytes(buffer, pos);
}

/* Leaves errno as it is. */
static bool is_there(xc_interface *xch, uint32_t domid)
{
    xc_dominfo_t info;
    int error = errno;
    bool there = xc_domain_getinfo(xch, domid, 1, &info) == 1 && info.domid == domid && !info.dying;

    errno = error;
    return there;
}

static int follow(xc_interface *xch, uint32_t domid, uint32_t vcpu, const uint8_t *buffer,
                  size_t size)
{
    uint64_t last = 0, pos;
    int rc = 0;

    while (!rc && !stopped) {
        if (xc_vmtrace_output_position(xch, domid, vcpu, &pos))
            return is_there(xch, domid) ? failed("xen-vmtrace", "the position") : 0;
        rc = write_new(buffer, size, last, pos);
        if (!rc && pos == last) {
            if (fflush(stdout))
                return failed("xen-vmtrace", "standard output");
            if (!is_there(xch, domid))
                return 0;
            usleep(LOOK_US);
        }
        last = pos;
    }
    return rc;
}

static int trace(xc_interface *xch, uint32_t domid, uint32_t vcpu, const uint8_t *buffer,
                 size_t size)
{
    int rc;

    if (xc_vmtrace_set_option(xch, domid, vcpu, RTIT_CTL,
                              RTIT_CTL_BRANCH | RTIT_CTL_USER | RTIT_CTL_OS))
        return failed("xen-vmtrace", "what is to be traced");
    if (xc_vmtrace_reset_and_enable(xch, domid, vcpu))
        return failed("xen-vmtrace", "tracing cannot be turned on");
    rc = follow(xch, domid, vcpu, buffer, size);
    if (fflush(stdout))
        rc = failed("xen-vmtrace", "standard output");
    if (xc_vmtrace_disable(xch, domid, vcpu) && is_there(xch, domid))
        rc = failed("xen-vmtrace", "tracing cannot be turned off");
    return rc;
}

static int run(xc_interface *xch, uint32_t domid, uint32_t vcpu)
{
    xenforeignmemory_handle *fmem = xenforeignmemory_open(NULL, 0);
    xenforeignmemory_resource_handle *buffer = NULL;
    void *mapped = NULL;
    size_t size;
    int rc = 1;

    if (!fmem)
        return failed("xen-vmtrace", "memory of guests");
    if (xenforeignmemory_resource_size(fmem, (domid_t)domid, XENMEM_resource_vmtrace_buf, vcpu,
                                       &size)) {
        failed("xen-vmtrace", "the vCPU's buffer");
        goto out;
    }
    buffer = xenforeignmemory_map_resource(fmem, (domid_t)domid, XENMEM_resource_vmtrace_buf, vcpu,
                                           0, size / XC_PAGE_SIZE, &mapped, PROT_READ, 0);
    if (!buffer) {
        failed("xen-vmtrace", "the vCPU's buffer");
        goto out;
    }
    rc = trace(xch, domid, vcpu, mapped, size);
    xenforeignmemory_unmap_resource(fmem, buffer);
out:
    xenforeignmemory_close(fmem);
    return rc;
}

int main(int argc, char **argv)
{
    static const int signals[] = {SIGHUP, SIGTERM, SIGINT, SIGALRM};
    struct sigaction sa = {.sa_handler = on_signal};
    unsigned long domid, vcpu;
    xc_interface *xch;
    int status;

    if (argc != 3 || !parse_number(argv[1], DOMID_FIRST_RESERVED - 1, &domid) ||
        !parse_number(argv[2], UINT16_MAX, &vcpu)) {
        fputs("usage: xen-vmtrace DOMID VCPU >FILE\n", stderr);
        return 1;
    }
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        sigaction(signals[i], &sa, NULL);
    xch = xc_interface_open(NULL, NULL, 0);
    if (!xch)
        return failed("xen-vmtrace", "the hypervisor");
    status = run(xch, (uint32_t)domid, (uint32_t)vcpu);
    xc_interface_close(xch);
    return status;
}
