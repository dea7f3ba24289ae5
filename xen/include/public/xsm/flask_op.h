/* SPDX-License-Identifier: MIT */
/*
 * The FLASK security policy: HYPERVISOR_xsm_op(struct xen_flask_op *). A sid is a number for a
 * label, the text of which is a context.
 */
#ifndef __FLASK_OP_H__
#define __FLASK_OP_H__

#include "../event_channel.h"

#define XEN_FLASK_INTERFACE_VERSION 1

/* cmd, with the member of u */
#define FLASK_LOAD             1  /* load */
#define FLASK_GETENFORCE       2  /* none: returns it */
#define FLASK_SETENFORCE       3  /* enforce */
#define FLASK_CONTEXT_TO_SID   4  /* sid_context */
#define FLASK_SID_TO_CONTEXT   5  /* sid_context */
#define FLASK_ACCESS           6  /* access */
#define FLASK_CREATE           7  /* transition */
#define FLASK_RELABEL          8  /* transition */
#define FLASK_USER             9  /* gone */
#define FLASK_POLICYVERS       10 /* none: returns it */
#define FLASK_GETBOOL          11 /* boolean */
#define FLASK_SETBOOL          12 /* boolean */
#define FLASK_COMMITBOOLS      13 /* none */
#define FLASK_MLS              14 /* none: returns it */
#define FLASK_DISABLE          15 /* none */
#define FLASK_GETAVC_THRESHOLD 16 /* setavc_threshold */
#define FLASK_SETAVC_THRESHOLD 17 /* setavc_threshold */
#define FLASK_AVC_HASHSTATS    18 /* hash_stats */
#define FLASK_AVC_CACHESTATS   19 /* cache_stats */
#define FLASK_MEMBER           20 /* transition */
#define FLASK_ADD_OCONTEXT     21 /* ocontext */
#define FLASK_DEL_OCONTEXT     22 /* ocontext */
#define FLASK_GET_PEER_SID     23 /* peersid */
#define FLASK_RELABEL_DOMAIN   24 /* relabel */
#define FLASK_DEVICETREE_LABEL 25 /* devicetree_label */

/* A binary policy. */
typedef struct xen_flask_load {
    XEN_GUEST_HANDLE(char) buffer;
    uint32_t size; /* bytes */
} xen_flask_load_t;

typedef struct xen_flask_setenforce {
    uint32_t enforcing; /* boolean */
} xen_flask_setenforce_t;

typedef struct xen_flask_sid_context {
    uint32_t sid;  /* in or out */
    uint32_t size; /* bytes of context; in: room, out: length */
    XEN_GUEST_HANDLE(char) context;
} xen_flask_sid_context_t;

/* Bit masks of permissions. */
typedef struct xen_flask_access {
    uint32_t ssid, tsid, tclass, req;                 /* in */
    uint32_t allowed, audit_allow, audit_deny, seqno; /* out */
} xen_flask_access_t;

typedef struct xen_flask_transition {
    uint32_t ssid, tsid, tclass; /* in */
    uint32_t newsid;             /* out */
} xen_flask_transition_t;

#if __XEN_INTERFACE_VERSION__ < 0x00040800
struct xen_flask_userlist {
    uint32_t start_sid, size;
    union {
        XEN_GUEST_HANDLE(uint32) sids;
        XEN_GUEST_HANDLE(char) user;
    } u;
};
#endif

typedef struct xen_flask_boolean {
    uint32_t bool_id;  /* in; ~0: by name */
    uint8_t enforcing; /* out: value in force */
    uint8_t pending;   /* out: value at the next commit */
    uint8_t new_value; /* in */
    uint8_t commit;    /* in: do it now */
    uint32_t size;     /* bytes of name; 0: do not write it */
    XEN_GUEST_HANDLE(char) name;
} xen_flask_boolean_t;

typedef struct xen_flask_setavc_threshold {
    uint32_t threshold; /* entries */
} xen_flask_setavc_threshold_t;

/* out */
typedef struct xen_flask_hash_stats {
    uint32_t entries, buckets_used, buckets_total, max_chain_len;
} xen_flask_hash_stats_t;

typedef struct xen_flask_cache_stats {
    uint32_t cpu; /* in */
    uint32_t lookups, hits, misses, allocations, reclaims, frees;
} xen_flask_cache_stats_t;

/* Label of a range, inclusive, of interrupts, ports, frames or PCI devices. */
typedef struct xen_flask_ocontext {
    uint32_t ocon; /* kind, as numbered in the policy */
    uint32_t sid;
    uint64_t low, high;
} xen_flask_ocontext_t;

/* Label of the domain at the other end of an event channel. */
typedef struct xen_flask_peersid {
    evtchn_port_t evtchn; /* in */
    uint32_t sid;         /* out */
} xen_flask_peersid_t;

typedef struct xen_flask_relabel {
    uint32_t domid, sid;
} xen_flask_relabel_t;

typedef struct xen_flask_devicetree_label {
    uint32_t sid;
    uint32_t length; /* bytes of path */
    XEN_GUEST_HANDLE(char) path;
} xen_flask_devicetree_label_t;

typedef struct xen_flask_op {
    uint32_t cmd;               /* FLASK_* */
    uint32_t interface_version; /* XEN_FLASK_INTERFACE_VERSION */
    union {
        xen_flask_load_t load;
        xen_flask_setenforce_t enforce;
        xen_flask_sid_context_t sid_context;
        xen_flask_access_t access;
        xen_flask_transition_t transition;
#if __XEN_INTERFACE_VERSION__ < 0x00040800
        struct xen_flask_userlist userlist;
#endif
        xen_flask_boolean_t boolean;
        xen_flask_setavc_threshold_t setavc_threshold;
        xen_flask_hash_stats_t hash_stats;
        xen_flask_cache_stats_t cache_stats;
        xen_flask_ocontext_t ocontext;
        xen_flask_peersid_t peersid;
        xen_flask_relabel_t relabel;
        xen_flask_devicetree_label_t devicetree_label;
    } u;
} xen_flask_op_t;
DEFINE_XEN_GUEST_HANDLE(xen_flask_op_t);

#endif /* __FLASK_OP_H__ */
