/* SPDX-License-Identifier: MIT */
/* Scheduling calls of guests: HYPERVISOR_sched_op(cmd, arg). */
#ifndef __XEN_PUBLIC_SCHED_H__
#define __XEN_PUBLIC_SCHED_H__

#include "event_channel.h"

#define SCHEDOP_yield           0 /* none */
#define SCHEDOP_block           1 /* none: unmasks events, sleeps until one is pending */
#define SCHEDOP_shutdown        2 /* sched_shutdown */
#define SCHEDOP_poll            3 /* sched_poll */
#define SCHEDOP_remote_shutdown 4 /* sched_remote_shutdown; control domain */
#define SCHEDOP_shutdown_code   5 /* sched_shutdown: note the reason, go on running */
#define SCHEDOP_watchdog        6 /* sched_watchdog */
#define SCHEDOP_pin_override    7 /* sched_pin_override; hardware domain */

/* Why a domain stopped. */
#define SHUTDOWN_poweroff   0
#define SHUTDOWN_reboot     1
#define SHUTDOWN_suspend    2
#define SHUTDOWN_crash      3
#define SHUTDOWN_watchdog   4
#define SHUTDOWN_soft_reset 5 /* set up devices anew, keep memory and vCPUs */
#define SHUTDOWN_MAX        5

typedef struct sched_shutdown {
    unsigned int reason; /* SHUTDOWN_* */
} sched_shutdown_t;
DEFINE_XEN_GUEST_HANDLE(sched_shutdown_t);

typedef struct sched_remote_shutdown {
    domid_t domain_id;
    unsigned int reason; /* SHUTDOWN_* */
} sched_remote_shutdown_t;
DEFINE_XEN_GUEST_HANDLE(sched_remote_shutdown_t);

/* Sleeps until a port is pending, masked or not, or until the time. */
typedef struct sched_poll {
    XEN_GUEST_HANDLE(evtchn_port_t) ports;
    unsigned int nr_ports;
    uint64_t timeout; /* ns of system time; 0: none */
} sched_poll_t;
DEFINE_XEN_GUEST_HANDLE(sched_poll_t);

typedef struct sched_watchdog {
    uint32_t id;      /* 0: a new one, whose id is returned */
    uint32_t timeout; /* s; 0 ends the watchdog */
} sched_watchdog_t;
DEFINE_XEN_GUEST_HANDLE(sched_watchdog_t);

/* Pins the calling vCPU for a short time. */
typedef struct sched_pin_override {
    int32_t pcpu; /* negative: back to the normal affinity */
} sched_pin_override_t;
DEFINE_XEN_GUEST_HANDLE(sched_pin_override_t);

#endif /* __XEN_PUBLIC_SCHED_H__ */
