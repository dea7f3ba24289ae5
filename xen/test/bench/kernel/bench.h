/* SPDX-License-Identifier: MIT */
/*
 * Two PV guests: the peer, made first, grants two pages to the other, which measures. Costs are
 * ticks of the TSC; under QEMU's "-icount shift=0" one is an instruction.
 */
#ifndef BENCH_H
#define BENCH_H

#include <lib/guest.h>
#include <public/grant_table.h>

#define PEER_REF_CONTROL 8 /* grants of the peer */
#define PEER_REF_DATA    9

enum peer_mode {
    PEER_ANSWER, /* sleep until an event comes, send one back */
    PEER_TAKE,   /* stay runnable; yield, and take events as they come */
};

/* In the peer's page PEER_REF_CONTROL. */
struct control {
    uint32_t port; /* the peer's, for the other to bind; set last */
    uint32_t mode;
    uint32_t taken; /* events seen */
};

static inline uint64_t ticks(void)
{
    uint32_t lo, hi;

    __asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi)::"memory");
    return ((uint64_t)hi << 32) | lo;
}

/* Measure @step @times; print the name and the least cost, or end the guest where it fails. */
void measure(const char *name, unsigned int times, long (*step)(void));

/* grants.c: the one frame of the grant table, mapped. */
grant_entry_v1_t *grants_setup(void);
long grant_map(void *at, domid_t dom, grant_ref_t ref, grant_handle_t *handle);
long grant_unmap(void *at, grant_handle_t handle);

/* events.c: @port is pending; it is not any more. Sleep until it is. */
bool event_take(unsigned int port);
void event_wait(unsigned int port);
long event_send(unsigned int port);

void __attribute__((noreturn)) peer_run(domid_t other);
void bench_local(void);
void bench_memory(void);
void bench_peer(domid_t peer);

#endif
