/* SPDX-License-Identifier: MIT */
/* The port's state of domains and vCPUs. */
#ifndef ASM_DOMAIN_H
#define ASM_DOMAIN_H

#include <public/xen.h>
#include <xen/spinlock.h>
#include <xen/types.h>

struct vcpu;

/* One page of a guest's memory: what its pointers reach. */
struct sim_p2m_entry {
    uint32_t mfn; /* SIM_P2M_NONE: nothing */
    uint8_t kind; /* enum sim_p2m_kind */
};
#define SIM_P2M_NONE (~0U)
enum sim_p2m_kind { P2M_RAM, P2M_GRANT_RW, P2M_GRANT_RO, P2M_SHARED, P2M_FOREIGN };

/* Guest-physical frames of a translated domain; a PV domain's pointers are machine addresses. */
#define SIM_P2M_FRAMES    8192U
/* Both kinds have a window in which grants are mapped by address. */
#define SIM_WINDOW_BASE   (UINT64_C(1) << 40)
#define SIM_WINDOW_FRAMES 4096U

/* XENMEM_set_memory_map: entries of 20 bytes, as e820 has them. */
#define SIM_MAP_ENTRIES 128U
#define SIM_MAP_ENTRY   20U
struct sim_memory_map {
    uint32_t nr;
    char entry[SIM_MAP_ENTRIES * SIM_MAP_ENTRY];
};

#define SIM_CPUID_LEAVES 4U

struct arch_domain {
    spinlock_t p2m_lock;       /* unranked: entries of both tables */
    struct sim_p2m_entry *p2m; /* [SIM_P2M_FRAMES], translated domains */
    struct sim_p2m_entry *window;
    unsigned int relinquish_stage;
    uint64_t nr_faults;         /* guest copies that failed */
    struct sim_memory_map *map; /* NULL: none was set */
    struct xen_cpuid_leaf cpuid[SIM_CPUID_LEAVES];
    bool policy_set; /* else the host's */
    uint32_t tsc_mode, tsc_incarnation;
    struct script *script; /* server mode: its guest */
};

/* Where CPUs are threads: the call that the vCPU makes when it runs next. */
struct sim_guest_call {
    bool pending;
    uint32_t nr;
    unsigned long args[6];
};

struct arch_vcpu {
    uint64_t nr_kicks;   /* port_vcpu_mark_events_pending() */
    uint64_t nr_entries; /* times it was put on a CPU */
    struct sim_guest_call call;
    uint64_t rng;                   /* of its guest, where CPUs are threads */
    struct vcpu_guest_context *ctx; /* registers, NULL: never set; server mode's guests use them */
};

#endif
