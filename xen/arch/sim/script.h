/* SPDX-License-Identifier: MIT */
/*
 * The guest that runs in every PV domain which the toolstack has built in server mode: a script
 * instead of code. What it must keep over a suspend lies in the guest's memory, as a kernel's
 * would.
 */
#ifndef SIM_SCRIPT_H
#define SIM_SCRIPT_H

#include <public/xen.h>
#include <public/io/console.h>
#include <public/io/xs_wire.h>
#include <xen/domain.h>

/* Requests to the store, and their req_id. */
enum script_request {
    ASK_WATCH_SHUTDOWN,
    ASK_WATCH_DATA,
    ASK_READ_SHUTDOWN,
    ASK_CLEAR_SHUTDOWN,
    ASK_READ_DATA,
    ASK_ANSWER,
    NR_ASKS
};

enum script_action { ACT_NONE, ACT_SUSPEND, ACT_POWEROFF, ACT_REBOOT, ACT_CRASH };

#define SCRIPT_TEXT 64

struct script {
    struct vcpu *v;
    start_info_t *si;
    mfn_t si_mfn;
    struct xenstore_domain_interface *store;
    mfn_t store_mfn;
    struct xencons_interface *console;
    mfn_t console_mfn;
    uint32_t timer_port;
    unsigned int asks; /* 1 << enum script_request */
    int waiting;       /* for the reply to that request; -1: none */
    enum script_action action;
    enum script_action asked; /* once the store has taken our acknowledgement */
    char data[SCRIPT_TEXT];   /* what was asked in data/ask */
    char in[sizeof(struct xsd_sockmsg) + XENSTORE_PAYLOAD_MAX];
    unsigned int in_len;
};

/* In a page of the guest's own. */
struct script_state {
    uint64_t magic, counter;
};
struct script_state *script_state(struct script *s);
void script_dirty(struct script *s, mfn_t mfn); /* it has written there */
void script_notify(struct script *s, uint32_t port);

/* script_store.c: take what is in the ring, send what is to do. */
void script_store_event(struct script *s);

#endif
