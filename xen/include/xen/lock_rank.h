/* SPDX-License-Identifier: MIT */
/* Every lock of the hypervisor from outermost to innermost. */
#ifndef XEN_LOCK_RANK_H
#define XEN_LOCK_RANK_H

/* A CPU takes locks in rising rank. Two of one rank: lower domid, then lower index, first. */
enum lock_rank {
    RANK_NONE,       /* unranked: not checked */
    RANK_DOMCTL,     /* one domctl or sysctl at a time; never on a hot path */
    RANK_LIFECYCLE,  /* domain list: creation and destruction */
    RANK_CPUPOOL,    /* pools and their CPUs */
    RANK_DOMAIN,     /* d->lock: vcpu array, shutdown state, pause counts of the control domain */
    RANK_GRANT,      /* d->grant: version and size; read-held by map and copy */
    RANK_GRANT_ENT,  /* one active entry: pins and frame */
    RANK_MAPTRACK,   /* free list of map handles */
    RANK_EVTCHN,     /* d->evtchn: port table, bind and close */
    RANK_PORT,       /* one port: state and peer */
    RANK_PIRQ,       /* d->pirq: guest interrupts */
    RANK_P2M,        /* d->p2m; for PV: the page-table lock of the domain */
    RANK_PAGE,       /* one page's type state */
    RANK_SHADOW,     /* shadow page tables of one domain; nobody waits for a CPU under it */
    RANK_PAGE_ALLOC, /* d->page_lock: page lists and counts of one domain */
    RANK_VGIC,       /* a vCPU's virtual interrupts */
    RANK_IRQ,        /* one interrupt descriptor */
    RANK_SCHED,      /* scheduler-wide data */
    RANK_RUNQ,       /* one run queue */
    RANK_TIMER,      /* one CPU's timers */
    RANK_TASKLET,    /* one CPU's tasklets */
    RANK_RCU,
    RANK_HEAP_SMALL, /* xmalloc pools */
    RANK_HEAP,       /* one node of the buddy allocator */
    RANK_MAPPINGS,   /* the hypervisor's own page tables */
    RANK_APIC,       /* I/O APIC and MSI registers, PCI config access */
    RANK_CONSOLE,    /* leaf: anything may be held while printing */
    NR_LOCK_RANKS
};

#endif
