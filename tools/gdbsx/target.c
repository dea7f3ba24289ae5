/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "target.h"

#define INT3      0xcc
#define EFLAGS_TF (UINT64_C(1) << 8) /* AMD APM vol 2, 3.1.6 */
#define PIECE     4096               /* bytes of the guest's memory by one call */

static int operate(struct target *t, struct xen_domctl *op, uint32_t cmd)
{
    op->cmd = cmd;
    op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    op->domain = (domid_t)t->domid;
    return xc_domctl(t->xch, op);
}

/* 1: it is there, 0: it is not, -1. */
static int get_info(struct target *t, xc_dominfo_t *info)
{
    int n = xc_domain_getinfo(t->xch, t->domid, 1, info);

    return n < 0 ? n : n == 1 && info->domid == t->domid && !info->dying;
}

int target_open(struct target *t, uint32_t domid, unsigned int width)
{
    xc_dominfo_t info;
    int there;

    *t = (struct target){.domid = domid, .width = width, .stepping = NO_VCPU};
    t->xch = xc_interface_open(NULL, NULL, 0);
    if (!t->xch)
        return -1;
    there = get_info(t, &info);
    if (there == 1) {
        t->nr_vcpus = info.max_vcpu_id + 1;
        return 0;
    }
    if (there == 0)
        errno = ESRCH;
    target_close(t);
    return -1;
}

void target_close(struct target *t)
{
    if (t->evtchn)
        xenevtchn_close(t->evtchn);
    if (t->xch)
        xc_interface_close(t->xch);
    t->evtchn = NULL;
    t->xch = NULL;
}

static void listen_for_stops(struct target *t)
{
    t->evtchn = xenevtchn_open(NULL, 0);
    if (!t->evtchn || xenevtchn_bind_virq(t->evtchn, VIRQ_DEBUGGER) >= 0)
        return;
    xenevtchn_close(t->evtchn);
    t->evtchn = NULL;
}

int target_attach(struct target *t)
{
    struct xen_domctl op = {0};

    /* Not every hypervisor is built with what a debugger needs. */
    if (operate(t, &op, XEN_DOMCTL_gdbsx_domstatus))
        return -1;
    if (xc_domain_setdebugging(t->xch, t->domid, 1))
        return -1;
    if (target_pause(t)) {
        int error = errno;

        (void)xc_domain_setdebugging(t->xch, t->domid, 0);
        errno = error;
        return -1;
    }
    t->attached = true;
    listen_for_stops(t);
    return 0;
}

static int pause_vcpu(struct target *t, uint32_t vcpu, bool pause)
{
    struct xen_domctl op = {0};

    op.u.gdbsx_pauseunp_vcpu.vcpu = vcpu;
    return operate(t, &op, pause ? XEN_DOMCTL_gdbsx_pausevcpu : XEN_DOMCTL_gdbsx_unpausevcpu);
}

/* Others than @vcpu below @end. */
static void unpause_others(struct target *t, uint32_t vcpu, uint32_t end)
{
    for (uint32_t i = 0; i < end; i++)
        if (i != vcpu)
            (void)pause_vcpu(t, i, false);
}

static int pause_others(struct target *t, uint32_t vcpu)
{
    for (uint32_t i = 0; i < t->nr_vcpus; i++) {
        if (i == vcpu || pause_vcpu(t, i, true) == 0)
            continue;
        /* A vCPU that was never made cannot run either, but it has no pause to take back. */
        unpause_others(t, vcpu, i);
        return -1;
    }
    return 0;
}

static int set_trap_flag(struct target *t, uint32_t vcpu, bool on)
{
    vcpu_guest_context_any_t context;

    if (target_get_context(t, vcpu, &context))
        return -1;
    if (on)
        context.c.user_regs.rflags |= EFLAGS_TF;
    else
        context.c.user_regs.rflags &= ~EFLAGS_TF;
    return target_set_context(t, vcpu, &context);
}

int target_pause(struct target *t)
{
    if (xc_domain_pause(t->xch, t->domid))
        return -1;
    t->running = false;
    return 0;
}

static int unpause(struct target *t)
{
    if (xc_domain_unpause(t->xch, t->domid))
        return -1;
    t->running = true;
    return 0;
}

static void end_step(struct target *t)
{
    uint32_t vcpu = t->stepping;

    if (vcpu == NO_VCPU)
        return;
    t->stepping = NO_VCPU;
    (void)set_trap_flag(t, vcpu, false);
    unpause_others(t, vcpu, t->nr_vcpus);
}

int target_resume(struct target *t, uint32_t vcpu)
{
    if (vcpu == NO_VCPU)
        return unpause(t);
    if (set_trap_flag(t, vcpu, true))
        return -1;
    if (pause_others(t, vcpu)) {
        (void)set_trap_flag(t, vcpu, false);
        return -1;
    }
    t->stepping = vcpu;
    if (unpause(t) == 0)
        return 0;
    end_step(t);
    return -1;
}

static void drain(struct target *t)
{
    struct pollfd ready = {.events = POLLIN};
    xenevtchn_port_or_error_t port;

    if (!t->evtchn)
        return;
    ready.fd = xenevtchn_fd(t->evtchn);
    if (poll(&ready, 1, 0) != 1)
        return;
    port = xenevtchn_pending(t->evtchn);
    if (port >= 0)
        (void)xenevtchn_unmask(t->evtchn, (evtchn_port_t)port);
}

enum stop target_poll(struct target *t, uint32_t *vcpu)
{
    struct xen_domctl op = {0};
    xc_dominfo_t info;
    enum stop stop = STOP_PAUSED;

    drain(t);
    if (get_info(t, &info) != 1) {
        t->running = false;
        return STOP_GONE;
    }
    if (!info.paused && !info.shutdown)
        return STOP_NONE;
    if (operate(t, &op, XEN_DOMCTL_gdbsx_domstatus) == 0 && op.u.gdbsx_domstatus.vcpu_ev &&
        op.u.gdbsx_domstatus.vcpu_id < t->nr_vcpus) {
        *vcpu = op.u.gdbsx_domstatus.vcpu_id;
        stop = STOP_TRAP;
    } else if (info.shutdown) {
        stop = STOP_CRASHED;
        /* so that whoever resumes it finds one pause, whatever it was that ended it */
        if (!info.paused && target_pause(t))
            return STOP_GONE;
    }
    t->running = false;
    end_step(t);
    return stop;
}

/* One piece, which lies in one page. Bytes done. */
static size_t copy_piece(struct target *t, uint64_t address, void *buffer, size_t len, bool write)
{
    struct xen_domctl op = {0};

    op.u.gdbsx_guest_memio.gva = address;
    op.u.gdbsx_guest_memio.uva = (uintptr_t)buffer;
    op.u.gdbsx_guest_memio.len = (uint32_t)len;
    op.u.gdbsx_guest_memio.gwr = write;
    op.u.gdbsx_guest_memio.remain = (uint32_t)len;
    if (operate(t, &op, XEN_DOMCTL_gdbsx_guestmemio) && op.u.gdbsx_guest_memio.remain == 0)
        return 0;
    return op.u.gdbsx_guest_memio.remain > len ? 0 : len - op.u.gdbsx_guest_memio.remain;
}

static size_t copy(struct target *t, uint64_t address, void *out, const void *in, size_t len)
{
    DECLARE_HYPERCALL_BUFFER(char, buffer);
    size_t done = 0, piece, copied;

    buffer = xc_hypercall_buffer_alloc(t->xch, buffer, PIECE);
    if (!buffer)
        return 0;
    for (; done < len; done += copied) {
        piece = PIECE - (size_t)((address + done) % PIECE);
        if (piece > len - done)
            piece = len - done;
        if (in)
            memcpy(buffer, (const char *)in + done, piece);
        copied = copy_piece(t, address + done, buffer, piece, in);
        if (out)
            memcpy((char *)out + done, buffer, copied);
        if (copied < piece) {
            done += copied;
            break;
        }
    }
    xc_hypercall_buffer_free(t->xch, buffer);
    return done;
}

size_t target_read(struct target *t, uint64_t address, void *data, size_t len)
{
    return copy(t, address, data, NULL, len);
}

size_t target_write(struct target *t, uint64_t address, const void *data, size_t len)
{
    return copy(t, address, NULL, data, len);
}

static struct breakpoint *find_breakpoint(struct target *t, uint64_t address)
{
    for (unsigned int i = 0; i < t->nr_breakpoints; i++)
        if (t->breakpoints[i].address == address)
            return &t->breakpoints[i];
    return NULL;
}

int target_insert(struct target *t, uint64_t address)
{
    struct breakpoint new = {.address = address};
    const uint8_t int3 = INT3;

    if (find_breakpoint(t, address))
        return 0;
    if (t->nr_breakpoints == MAX_BREAKPOINTS) {
        errno = ENOSPC;
        return -1;
    }
    if (target_read(t, address, &new.old, 1) != 1 || target_write(t, address, &int3, 1) != 1) {
        errno = EFAULT;
        return -1;
    }
    t->breakpoints[t->nr_breakpoints++] = new;
    return 0;
}

int target_remove(struct target *t, uint64_t address)
{
    struct breakpoint *b = find_breakpoint(t, address);

    if (!b)
        return 0;
    if (target_write(t, address, &b->old, 1) != 1) {
        errno = EFAULT;
        return -1;
    }
    *b = t->breakpoints[--t->nr_breakpoints];
    return 0;
}

void target_detach(struct target *t)
{
    bool gone = false;

    if (!t->attached)
        return;
    t->attached = false;
    if (t->running)
        gone = target_pause(t) != 0;
    if (!gone) {
        end_step(t);
        while (t->nr_breakpoints && target_remove(t, t->breakpoints[0].address) == 0)
            ;
        (void)xc_domain_setdebugging(t->xch, t->domid, 0);
        (void)xc_domain_unpause(t->xch, t->domid);
    }
}

int target_get_context(struct target *t, uint32_t vcpu, vcpu_guest_context_any_t *context)
{
    return xc_vcpu_getcontext(t->xch, t->domid, vcpu, context);
}

int target_set_context(struct target *t, uint32_t vcpu, vcpu_guest_context_any_t *context)
{
    return xc_vcpu_setcontext(t->xch, t->domid, vcpu, context);
}
