/* SPDX-License-Identifier: MIT */
/* What the scheduler asks of a port. */
#ifndef XEN_PORT_CONTEXT_H
#define XEN_PORT_CONTEXT_H

#include <xen/compiler.h>

struct vcpu;

/*
 * Leave @prev, go on as @next, on this CPU. Called by schedule() at the end of softirq_run()
 * with interrupts off; saves and loads guest state (lazily where @next is idle), calls
 * sched_context_switched(prev, next) with the new stack, and does not return: it goes to the
 * guest, or to idle_loop(). In sim it switches coroutines.
 */
void port_context_switch(struct vcpu *prev, struct vcpu *next) noreturn;
/* The same vCPU goes on: leave by its tail (to the guest or the idle loop). */
void port_continue_running(struct vcpu *same) noreturn;
/* Write back lazily kept state of @v, from whichever CPU holds it. */
void port_sync_vcpu_state(struct vcpu *v);
/* Idle this CPU until an interrupt; called with interrupts off, returns with them on. */
void port_idle(void);

#endif
