/* SPDX-License-Identifier: MIT */
/* Profiling with samples in shared buffers: HYPERVISOR_xenoprof_op(cmd, arg). */
#ifndef __XEN_PUBLIC_XENOPROF_H__
#define __XEN_PUBLIC_XENOPROF_H__

#include "xen.h"

#define XENOPROF_init               0  /* xenoprof_init */
#define XENOPROF_reset_active_list  1  /* none */
#define XENOPROF_reset_passive_list 2  /* none */
#define XENOPROF_set_active         3  /* domid_t */
#define XENOPROF_set_passive        4  /* xenoprof_passive */
#define XENOPROF_reserve_counters   5  /* none */
#define XENOPROF_counter            6  /* xenoprof_counter */
#define XENOPROF_setup_events       7  /* none */
#define XENOPROF_enable_virq        8  /* none */
#define XENOPROF_start              9  /* none */
#define XENOPROF_stop               10 /* none */
#define XENOPROF_disable_virq       11 /* none */
#define XENOPROF_release_counters   12 /* none */
#define XENOPROF_shutdown           13 /* none */
#define XENOPROF_get_buffer         14 /* xenoprof_get_buffer */
#define XENOPROF_set_backtrace      15 /* int: depth */
#define XENOPROF_get_ibs_caps       16 /* int */
#define XENOPROF_ibs_counter        17 /* xenoprof_ibs_counter */
#define XENOPROF_last_op            17

#define MAX_OPROF_EVENTS       32
#define MAX_OPROF_DOMAINS      25
#define XENOPROF_CPU_TYPE_SIZE 64

/* A sample; eip ESCAPE_CODE makes `event` a marker of the stream. */
struct event_log {
    uint64_t eip;
    uint8_t mode; /* 0 user, 1 kernel, 2 hypervisor */
    uint8_t event;
};
#define XENOPROF_ESCAPE_CODE (~xen_mk_ullong(0))
#define XENOPROF_TRACE_BEGIN 1

/* A ring per vCPU; head, tail and size count samples. */
struct xenoprof_buf {
    uint32_t event_head, event_tail, event_size;
    uint32_t vcpu_id;
    uint64_t xen_samples, kernel_samples, user_samples, lost_samples;
    struct event_log event_log[1];
};
#ifndef __XEN__
typedef struct xenoprof_buf xenoprof_buf_t;
DEFINE_XEN_GUEST_HANDLE(xenoprof_buf_t);
#endif

/* out */
typedef struct xenoprof_init {
    int32_t num_events, is_primary;
    char cpu_type[XENOPROF_CPU_TYPE_SIZE];
} xenoprof_init_t;
DEFINE_XEN_GUEST_HANDLE(xenoprof_init_t);

typedef struct xenoprof_get_buffer {
    int32_t max_samples; /* in */
    int32_t nbuf;        /* out */
    int32_t bufsize;     /* out: bytes of each */
    uint64_t buf_gmaddr;
} xenoprof_get_buffer_t;
DEFINE_XEN_GUEST_HANDLE(xenoprof_get_buffer_t);

typedef struct xenoprof_passive {
    uint16_t domain_id;
    int32_t max_samples, nbuf, bufsize; /* as above */
    uint64_t buf_gmaddr;
} xenoprof_passive_t;
DEFINE_XEN_GUEST_HANDLE(xenoprof_passive_t);

typedef struct xenoprof_counter {
    uint32_t ind;
    uint64_t count;
    uint32_t enabled, event;
    uint32_t hypervisor, kernel, user; /* booleans: what is sampled */
    uint64_t unit_mask;
} xenoprof_counter_t;
DEFINE_XEN_GUEST_HANDLE(xenoprof_counter_t);

/* AMD's instruction-based sampling. */
typedef struct xenoprof_ibs_counter {
    uint64_t op_enabled, fetch_enabled;
    uint64_t max_cnt_fetch, max_cnt_op;
    uint64_t rand_en, dispatched_ops;
} xenoprof_ibs_counter_t;
DEFINE_XEN_GUEST_HANDLE(xenoprof_ibs_counter_t);

#endif /* __XEN_PUBLIC_XENOPROF_H__ */
