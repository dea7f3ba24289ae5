/* SPDX-License-Identifier: MIT */
/*
 * A library of a guest of two vCPUs and a page and a half of memory, whose program is NOPs. While
 * it is debugged and not paused each vCPU goes on by one byte at each call here, up to an INT3, or
 * for one step. What changes the guest's pauses is noted in the file FAKE_CALLS.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xenctrl.h>
#include <xenevtchn.h>

#define BASE  0xffffffff81000000
#define SIZE  6144
#define VCPUS 2
#define TF    0x100u

static uint8_t memory[SIZE];
static vcpu_guest_context_any_t contexts[VCPUS];
static int pauses, vcpu_pauses[VCPUS], event[VCPUS];
static bool debugged;

static void note(const char *what, uint32_t argument)
{
    FILE *f = fopen(getenv("FAKE_CALLS"), "a");

    if (!f)
        abort();
    fprintf(f, "%s %u\n", what, argument);
    fclose(f);
}

static void trap(unsigned int vcpu, int vector)
{
    if (!debugged)
        abort();
    event[vcpu] = vector;
    pauses++;
}

static void run(void)
{
    for (unsigned int i = 0; i < VCPUS && debugged && pauses == 0; i++) {
        struct cpu_user_regs *r = &contexts[i].c.user_regs;

        if (vcpu_pauses[i])
            continue;
        if (r->rip < BASE || r->rip >= BASE + SIZE)
            r->rip = BASE;
        if (memory[r->rip++ - BASE] == 0xcc)
            trap(i, 3);
        else if (r->rflags & TF)
            trap(i, 1);
    }
}

xc_interface *xc_interface_open(xentoollog_logger *logger, xentoollog_logger *dombuild_logger,
                                unsigned open_flags)
{
    (void)logger, (void)dombuild_logger, (void)open_flags;
    memset(memory, 0x90, sizeof(memory));
    pauses = getenv("FAKE_PAUSED") != NULL;
    memcpy(memory + SIZE - 128, (uint64_t[]){BASE + 0x123}, 8);
    for (unsigned int i = 0; i < VCPUS; i++) {
        struct cpu_user_regs *r = &contexts[i].c.user_regs;

        r->rsp = BASE + SIZE - 256;
        r->rax = 0x1111 * (i + 1);
        r->r15 = 15;
        r->cs = 0xe033;
        r->gs = 0x44;
        r->rflags = 0x202;
        contexts[i].c.fs_base = 0xf5;
        contexts[i].c.gs_base_kernel = 0x95;
        r->rip = BASE + 16 + 0x800 * i;
    }
    return calloc(1, 1);
}

int xc_interface_close(xc_interface *xch)
{
    free(xch);
    return 0;
}

int xc_domain_getinfo(xc_interface *xch, uint32_t first, unsigned int max, xc_dominfo_t *info)
{
    (void)xch, (void)max;
    memset(info, 0, sizeof(*info));
    run();
    info->domid = first == 3 && !getenv("FAKE_OTHER") ? 3 : 7;
    info->max_vcpu_id = VCPUS - 1;
    info->paused = pauses != 0;
    return 1;
}

int xc_domain_setdebugging(xc_interface *xch, uint32_t domid, unsigned int enable)
{
    (void)xch, (void)domid;
    note("debugging", enable);
    if (getenv("FAKE_REFUSES")) {
        errno = EPERM;
        return -1;
    }
    debugged = enable;
    return 0;
}

int xc_domain_pause(xc_interface *xch, uint32_t domid)
{
    (void)xch;
    note("pause", domid);
    pauses++;
    return 0;
}

int xc_domain_unpause(xc_interface *xch, uint32_t domid)
{
    (void)xch;
    note("unpause", domid);
    if (pauses == 0)
        abort();
    pauses--;
    return 0;
}

int xc_vcpu_getcontext(xc_interface *xch, uint32_t domid, uint32_t vcpu,
                       vcpu_guest_context_any_t *ctxt)
{
    (void)xch, (void)domid;
    if (vcpu >= VCPUS) {
        errno = EINVAL;
        return -1;
    }
    *ctxt = contexts[vcpu];
    return 0;
}

int xc_vcpu_setcontext(xc_interface *xch, uint32_t domid, uint32_t vcpu,
                       vcpu_guest_context_any_t *ctxt)
{
    (void)xch, (void)domid;
    if (pauses == 0 || vcpu >= VCPUS)
        abort();
    contexts[vcpu] = *ctxt;
    return 0;
}

static int memory_io(struct xen_domctl_gdbsx_memio *op)
{
    uint64_t offset = op->gva - BASE;
    uint32_t len = op->len;

    op->remain = len;
    if (offset >= SIZE) {
        errno = EFAULT;
        return -1;
    }
    if (len > SIZE - offset)
        len = (uint32_t)(SIZE - offset);
    if (op->gwr)
        memcpy(memory + offset, (void *)op->uva, len);
    else
        memcpy((void *)op->uva, memory + offset, len);
    op->remain -= len;
    return op->remain ? -1 : 0;
}

int xc_domctl(xc_interface *xch, struct xen_domctl *op)
{
    uint32_t vcpu = op->u.gdbsx_pauseunp_vcpu.vcpu;

    (void)xch;
    if (op->domain != 3 || op->interface_version != XEN_DOMCTL_INTERFACE_VERSION)
        abort();
    switch (op->cmd) {
    case XEN_DOMCTL_gdbsx_guestmemio:
        return memory_io(&op->u.gdbsx_guest_memio);
    case XEN_DOMCTL_gdbsx_pausevcpu:
        note("pause-vcpu", vcpu);
        vcpu_pauses[vcpu]++;
        return 0;
    case XEN_DOMCTL_gdbsx_unpausevcpu:
        note("unpause-vcpu", vcpu);
        if (vcpu_pauses[vcpu]-- == 0)
            abort();
        return 0;
    case XEN_DOMCTL_gdbsx_domstatus:
        if (getenv("FAKE_WITHOUT")) {
            errno = ENOSYS;
            return -1;
        }
        op->u.gdbsx_domstatus.vcpu_ev = 0;
        for (uint32_t i = 0; i < VCPUS && !op->u.gdbsx_domstatus.vcpu_ev; i++) {
            op->u.gdbsx_domstatus.vcpu_ev = (uint32_t)event[i];
            op->u.gdbsx_domstatus.vcpu_id = i;
            event[i] = 0;
        }
        return 0;
    default:
        abort();
    }
}

void *xc__hypercall_buffer_alloc(xc_interface *xch, xc_hypercall_buffer_t *b, size_t size)
{
    (void)xch;
    return b->hbuf = malloc(size);
}

void xc__hypercall_buffer_free(xc_interface *xch, xc_hypercall_buffer_t *b)
{
    (void)xch;
    free(b->hbuf);
}

xenevtchn_handle *xenevtchn_open(struct xentoollog_logger *logger, unsigned int flags)
{
    (void)logger, (void)flags;
    return NULL;
}
