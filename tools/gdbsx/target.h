/* SPDX-License-Identifier: MIT */
/* A guest under a debugger. */
#ifndef GDBSX_TARGET_H
#define GDBSX_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xenctrl.h>
#include <xenevtchn.h>

#define MAX_BREAKPOINTS 64
#define NO_VCPU         UINT32_MAX

struct breakpoint {
    uint64_t address;
    uint8_t old; /* the byte under the INT3 */
};

struct target {
    xc_interface *xch;
    uint32_t domid;
    unsigned int width; /* of registers, bytes: 4 or 8 */
    uint32_t nr_vcpus;
    bool attached, running;
    uint32_t stepping; /* the vCPU that runs alone, or NO_VCPU */
    struct breakpoint breakpoints[MAX_BREAKPOINTS];
    unsigned int nr_breakpoints;
    xenevtchn_handle *evtchn; /* tells of stops; NULL: somebody else has the interrupt */
};

enum stop {
    STOP_NONE, /* it runs */
    STOP_TRAP, /* a breakpoint or a step; the vCPU is set */
    STOP_CRASHED,
    STOP_PAUSED, /* by somebody else */
    STOP_GONE,   /* there is no such domain any more */
};

/* The domain and its size; nothing changes there. 0, or -1 with errno (ESRCH: no such domain). */
int target_open(struct target *t, uint32_t domid, unsigned int width);
void target_close(struct target *t);

/* Take the guest, which is paused then, and let go of it: without breakpoints, and running. 0, -1.
 */
int target_attach(struct target *t);
void target_detach(struct target *t);

/* Let it go on; with @vcpu not NO_VCPU only that one, for one instruction. 0, or -1 with errno. */
int target_resume(struct target *t, uint32_t vcpu);
/* Hold it. 0, or -1 with errno. */
int target_pause(struct target *t);
/* Has it stopped meanwhile? By which vCPU: *vcpu. What target_resume() did for a step is undone. */
enum stop target_poll(struct target *t, uint32_t *vcpu);

/* Bytes that were read or written: fewer than @len where the guest has none. */
size_t target_read(struct target *t, uint64_t address, void *data, size_t len);
size_t target_write(struct target *t, uint64_t address, const void *data, size_t len);

/* INT3 at @address and back. 0, or -1 with errno. */
int target_insert(struct target *t, uint64_t address);
int target_remove(struct target *t, uint64_t address);

int target_get_context(struct target *t, uint32_t vcpu, vcpu_guest_context_any_t *context);
int target_set_context(struct target *t, uint32_t vcpu, vcpu_guest_context_any_t *context);

#endif
