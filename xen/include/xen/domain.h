/* SPDX-License-Identifier: MIT */
/* Domains and vCPUs: what they are made of, how they are found, created and destroyed. */
#ifndef XEN_DOMAIN_H
#define XEN_DOMAIN_H

#include <public/xen.h>
#include <public/vcpu.h>
#include <xen/cpumask.h>
#include <xen/frame.h>
#include <xen/lib/list.h>
#include <xen/lib/rangeset.h>
#include <xen/rcu.h>
#include <xen/spinlock.h>
#include <xen/timer.h>
#include <asm/domain.h> /* struct arch_domain, struct arch_vcpu */

struct evtchn_table;
struct grant_table;
struct pirq_table;
struct sched_domain;
struct sched_unit;
struct xen_domctl_createdomain;
struct xen_domctl_getdomaininfo;

/* vcpu.pause_flags: any bit set keeps it from running. */
#define VPF_BLOCKED        (1U << 0) /* SCHEDOP_block or poll */
#define VPF_DOWN           (1U << 1) /* VCPUOP_down, or never brought up */
#define VPF_BLOCKED_IN_XEN (1U << 2)
#define VPF_MIGRATING      (1U << 3) /* scheduler: between CPUs */
#define VPF_MEM_PAGING     (1U << 4)
#define VPF_MEM_ACCESS     (1U << 5)

/* Guest access to hypercalls that must go on later: see hypercall.h. */
struct hypercall_ctx {
    bool restart; /* set by hypercall_continue() */
    bool in_multicall;
    uint8_t nr_args;
    uint32_t op;
    unsigned long args[6];
};

struct vcpu {
    uint32_t vcpu_id;
    uint32_t processor; /* CPU it runs or last ran on [RUNQ lock] */
    struct domain *domain;
    struct vcpu_info *vcpu_info; /* never NULL once created; shared with the guest */
    bool is_running;             /* on a CPU, or its state is not yet saved there */
    bool is_urgent;
    bool is_initialised;
    bool fpu_dirtied; /* its FPU state is in the CPU's registers */
    uint8_t fpu_initialised;
    bool force_context_switch;
    uint8_t nmi_pending; /* port reads these on the way in */
    uint8_t mce_pending;
    uint32_t pause_flags; /* VPF_*, atomic */
    int32_t pause_count;  /* atomic */
    int32_t poll_evtchn;  /* while its bit in poll_mask is set: > 0 that port, else several */
    uint32_t controller_pause_count; /* [RANK_DOMCTL] */

    struct sched_unit *sched;               /* scheduler's own */
    cpumask_t hard_affinity, soft_affinity; /* [domain's pool] */
    uint32_t dirty_cpu; /* CPU whose registers hold its lazy state; VCPU_CPU_CLEAN: none */
    /* Changed with its queue locked, or on its CPU with interrupts off; read by the sequence. */
    struct vcpu_runstate_info runstate;
    unsigned int runstate_seq;          /* odd: a change is under way */
    uint64_t runstate_guest;            /* guest virtual address of its copy, 0: none */
    struct page_info *runstate_page[2]; /* [runstate_lock] the copy's, held; NULL: by address */
    spinlock_t runstate_lock;           /* unranked, interrupts off */

    struct timer singleshot_timer, periodic_timer, poll_timer;
    s_time_t periodic_period; /* ns, 0: off */
    s_time_t periodic_last;

    mfn_t vcpu_info_mfn; /* page registered by the guest, or INVALID_MFN */
    struct evtchn_fifo_vcpu *evtchn_fifo;
    uint32_t virq_to_evtchn[NR_VIRQS]; /* port, 0: none [RANK_EVTCHN] */
    spinlock_t virq_lock;
    uint8_t evtchn_fifo_last_prio;
    struct hypercall_ctx hcall;

    struct arch_vcpu arch;
};
#define VCPU_CPU_CLEAN (~0U)

enum domain_dying { DOMDYING_ALIVE, DOMDYING_DYING, DOMDYING_DEAD };
enum guest_type { GUEST_PV, GUEST_HVM };

struct domain {
    domid_t domain_id;
    uint8_t guest_type; /* enum guest_type */
    bool is_privileged;
    bool is_console_owner;
    bool is_initialised; /* creation_finished by first unpause */
    bool is_shutting_down, is_shut_down;
    bool disable_migrate;
    bool is_xenstore;
    bool debugger_attached;
    uint32_t is_dying; /* enum domain_dying */
    uint32_t refcnt;   /* atomic; the list holds one */
    uint32_t options;  /* XEN_DOMCTL_CDF_* */
    uint32_t max_vcpus;
    struct vcpu **vcpu; /* [max_vcpus]; entries appear under RANK_DOMCTL */
    spinlock_t lock;    /* RANK_DOMAIN */
    spinlock_t shutdown_lock;
    uint32_t shutdown_code;
    int32_t pause_count;             /* atomic */
    uint32_t controller_pause_count; /* [RANK_DOMCTL; from 0 to 1 by a debugger's trap too] */

    struct shared_info *shared_info; /* a page of the hypervisor's, shared */
    unsigned long vm_assist;

    spinlock_t page_lock; /* RANK_PAGE_ALLOC */
    struct page_list_head page_list, xenpage_list, extra_page_list;
    uint64_t tot_pages, max_pages, xenheap_pages, extra_pages, outstanding_pages;

    struct evtchn_table *evtchn;
    struct grant_table *grant;
    struct pirq_table *pirq;
    uint32_t nr_pirqs;
    struct rangeset *iomem_caps; /* frames */
    struct rangeset *irq_caps;   /* pirqs */

    struct sched_domain *sched;
    uint64_t node_affinity; /* bitmap of nodes */
    bool auto_node_affinity;
    int64_t time_offset_s;
    struct timer watchdog[2];
    uint32_t watchdog_inuse_map;
    spinlock_t watchdog_lock;
    unsigned long *poll_mask; /* bitmap of vcpus which poll */
    uint32_t suspend_evtchn;
    struct domain *target; /* domain which this one is device model of */
    xen_domain_handle_t handle;
    uint32_t ssidref;
    unsigned long creation_s;    /* NOW() at creation, ns */
    struct domain *next_in_list; /* RCU list in order of domid */
    struct rcu_head rcu;
    uint32_t destroy_stage; /* cursor of relinquish */
    uint64_t release_left;  /* cursor of domain_release_pages() */
    char console_line[160]; /* CONSOLEIO_write: a line not yet complete [RANK_CONSOLE] */
    uint8_t console_line_len;
    struct vnuma *vnuma;         /* NULL: none. RCU, set under RANK_DOMCTL */
    struct log_dirty *log_dirty; /* written pages; NULL: not logged. RCU, set under RANK_DOMCTL */

    struct arch_domain arch;
};

extern struct domain *dom0;                       /* the hardware domain */
extern struct domain *dom_xen, *dom_io, *dom_cow; /* owners of special pages */
extern struct domain *idle_domain; /* its vCPU n runs where nothing else does on CPU n */
extern struct vcpu *idle_vcpu[NR_CPUS];
#define is_idle_vcpu(v)       ((v)->domain->domain_id == DOMID_IDLE)
#define is_idle_domain(d)     ((d)->domain_id == DOMID_IDLE)
#define is_system_domain(d)   ((d)->domain_id >= DOMID_FIRST_RESERVED)
#define is_control_domain(d)  ((d)->is_privileged)
#define is_hardware_domain(d) ((d) == dom0)
#define is_pv_domain(d)       ((d)->guest_type == GUEST_PV)
#define is_hvm_domain(d)      ((d)->guest_type == GUEST_HVM)

void domain_subsys_init(void);
/*
 * Create a domain with no memory and no vCPU.
 * @config    NULL for the system domains. Checked by the caller except arch parts.
 * @flags     DOMAIN_PRIVILEGED for dom0.
 * Locks:     RANK_DOMCTL (not at boot).
 * Returns:   the domain (on the list, paused by the controller), or ERR_PTR.
 */
#define DOMAIN_PRIVILEGED 1U
struct domain *domain_create(domid_t id, struct xen_domctl_createdomain *config,
                             unsigned int flags);
/* For ports: the page that @d shares with the hypervisor, empty, from memory as @memflags say;
 * freed by the port with the domain. 0, -ENOMEM. */
int domain_alloc_shared_info(struct domain *d, unsigned int memflags);
/* vCPU @id of @d, down and without state. NULL: no memory or there is one. */
struct vcpu *vcpu_create(struct domain *d, unsigned int id);
/* Dismantle: -ERESTART until all stages are done. Locks: RANK_DOMCTL. */
int domain_kill(struct domain *d);
/* For ports: drop the owner's reference of each page on @list, which has @len; pages that others
 * still use stay on it. -ERESTART until done; one list at a time. */
int domain_release_pages(struct domain *d, struct page_list_head *list, uint64_t len);
/* The same where more than that reference is to be dropped: by @release, 0 or -ERESTART. */
int domain_release_pages_by(struct domain *d, struct page_list_head *list, uint64_t len,
                            int (*release)(struct page_info *pg));
/* Tell the toolstack (VIRQ_DOM_EXC), stop all vCPUs, remember @reason (SHUTDOWN_*). */
int domain_shutdown(struct domain *d, uint32_t reason);
void domain_shutdown_check(void);
void domain_resume(struct domain *d);
/* A guest in an impossible state: log, dump, shut it down with SHUTDOWN_crash. */
void domain_crash_at(struct domain *d, const char *file, int line, const char *fmt, ...)
    __printf(4, 5);
#define domain_crash(d, ...) domain_crash_at(d, __FILE__, __LINE__, __VA_ARGS__)
/* Back to the state before start: XEN_DOMCTL_soft_reset. */
int domain_soft_reset(struct domain *d);

/* Lookup. rcu_lock_* pins until rcu_unlock_domain(); get_domain_* takes a reference. */
struct domain *domain_by_id_rcu(domid_t id); /* under rcu_read_lock() */
struct domain *rcu_lock_domain_by_id(domid_t id);
struct domain *rcu_lock_domain_by_any_id(domid_t id); /* DOMID_SELF too */
static inline void rcu_unlock_domain(struct domain *d)
{
    (void)d;
    rcu_read_unlock();
}
bool __must_check domain_get(struct domain *d); /* false: being destroyed */
void domain_put(struct domain *d);
extern struct domain *domain_list;
#define for_each_domain(d)                                                                         \
    for ((d) = rcu_dereference(domain_list); (d); (d) = rcu_dereference((d)->next_in_list))
#define for_each_vcpu(d, v)                                                                        \
    for (unsigned int v##_i = 0; v##_i < (d)->max_vcpus; v##_i++)                                  \
        if (((v) = __atomic_load_n(&(d)->vcpu[v##_i], __ATOMIC_ACQUIRE)) == NULL)                  \
            continue;                                                                              \
        else
/* NULL where there is none; @id checked here. */
struct vcpu *domain_vcpu(const struct domain *d, unsigned int id);

/* vcpu_info: map the guest's page @gfn at @offset for @v (VCPUOP_register_vcpu_info). */
int vcpu_map_info(struct vcpu *v, gfn_t gfn, unsigned int offset);
/* Forget what @v has registered (vcpu_info, runstate), and the pages held for it. */
void vcpu_drop_areas(struct vcpu *v);
/* Common half of VCPUOP_initialise is the port's; brings the vCPU up: VCPUOP_up. */
long do_vcpu_op(int cmd, unsigned int vcpu_id, void *arg);
void domain_get_info(struct domain *d, struct xen_domctl_getdomaininfo *out);
/* The runstate area of @v in guest memory, updated at each change (best effort). */
void vcpu_update_runstate_area(struct vcpu *v);
/* Send a virq to the domain that has bound it globally (VIRQ_DOM_EXC ...). */
void send_global_virq(uint32_t virq);
int set_global_virq_handler(struct domain *d, uint32_t virq);

#endif
