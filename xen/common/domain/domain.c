/* SPDX-License-Identifier: MIT */
/* Domains: creation, lookup, references. */
#include <public/domctl.h>
#include <xen/evtchn.h>
#include <xen/grant.h>
#include <xen/init.h>
#include <xen/irq.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/port/domain.h>
#include <xen/sched.h>
#include <xen/time.h>
#include <xen/vnuma.h>
#include <xen/xsm.h>
#include <asm/current.h>

#include "private.h"

struct domain *dom0, *dom_xen, *dom_io, *dom_cow;
struct domain *domain_list;
DEFINE_SPINLOCK(domain_list_lock, RANK_LIFECYCLE);

/* By domid; written under domain_list_lock, read under RCU. */
static struct domain *by_id[DOMID_FIRST_RESERVED];

struct domain *domain_by_id_rcu(domid_t id)
{
    return id < DOMID_FIRST_RESERVED ? rcu_dereference(by_id[id]) : NULL;
}

struct domain *rcu_lock_domain_by_id(domid_t id)
{
    struct domain *d;

    rcu_read_lock();
    d = domain_by_id_rcu(id);
    if (d == NULL)
        rcu_read_unlock();
    return d;
}

struct domain *rcu_lock_domain_by_any_id(domid_t id)
{
    if (id == DOMID_SELF || id == current->domain->domain_id) {
        rcu_read_lock();
        return current->domain;
    }
    return rcu_lock_domain_by_id(id);
}

int rcu_lock_domain_for(enum xsm_request what, uint32_t cmd, domid_t id, struct domain **d)
{
    int rc;

    *d = rcu_lock_domain_by_any_id(id);
    if (*d == NULL)
        return -ESRCH;
    rc = xsm_check(what, cmd, *d);
    if (rc)
        rcu_unlock_domain(*d);
    return rc;
}

struct vcpu *domain_vcpu(const struct domain *d, unsigned int id)
{
    return id < d->max_vcpus ? __atomic_load_n(&d->vcpu[id], __ATOMIC_ACQUIRE) : NULL;
}

bool domain_get(struct domain *d)
{
    uint32_t n = __atomic_load_n(&d->refcnt, __ATOMIC_RELAXED);

    do {
        if (n == 0)
            return false;
    } while (!__atomic_compare_exchange_n(&d->refcnt, &n, n + 1, false, __ATOMIC_ACQUIRE,
                                          __ATOMIC_RELAXED));
    return true;
}

static void list_insert(struct domain *d)
{
    struct domain **at = &domain_list;

    spin_lock(&domain_list_lock);
    while (*at && (*at)->domain_id < d->domain_id)
        at = &(*at)->next_in_list;
    d->next_in_list = *at;
    rcu_assign_pointer(*at, d);
    rcu_assign_pointer(by_id[d->domain_id], d);
    spin_unlock(&domain_list_lock);
}

static void list_remove(struct domain *d)
{
    struct domain **at = &domain_list;

    spin_lock(&domain_list_lock);
    while (*at != d)
        at = &(*at)->next_in_list;
    rcu_assign_pointer(*at, d->next_in_list);
    rcu_assign_pointer(by_id[d->domain_id], NULL);
    spin_unlock(&domain_list_lock);
}

static struct rangeset *new_rangeset(void)
{
    struct rangeset *r = xmalloc(struct rangeset);

    if (r)
        rangeset_init(r, RANGESET_NO_LIMIT);
    return r;
}

static void free_rangeset(struct rangeset *r)
{
    if (r)
        rangeset_clear(r);
    xfree(r);
}

static struct domain *alloc_domain(domid_t id)
{
    struct domain *d = xzalloc(struct domain);

    if (d == NULL)
        return NULL;
    d->domain_id = id;
    d->refcnt = 1;
    d->shutdown_code = ~0U;
    d->auto_node_affinity = true;
    d->node_affinity = ~UINT64_C(0);
    spin_lock_init(&d->lock, RANK_DOMAIN);
    spin_lock_init(&d->shutdown_lock, RANK_DOMAIN);
    spin_lock_init(&d->watchdog_lock, RANK_DOMAIN);
    spin_lock_init(&d->page_lock, RANK_PAGE_ALLOC);
    page_list_init(&d->page_list);
    page_list_init(&d->xenpage_list);
    page_list_init(&d->extra_page_list);
    return d;
}

/* The parts that only domains with guests have; each is freed by free_parts(). */
static int init_parts(struct domain *d, struct xen_domctl_createdomain *config)
{
    int rc;

    memcpy(d->handle, config->handle, sizeof(d->handle));
    d->options = config->flags;
    d->ssidref = config->ssidref;
    d->is_xenstore = config->flags & XEN_DOMCTL_CDF_xs_domain;
    d->controller_pause_count = 1;
    d->pause_count = 1;
    d->max_vcpus = config->max_vcpus;
    d->vcpu = xzalloc_array(struct vcpu *, d->max_vcpus);
    d->poll_mask = xzalloc_array(unsigned long, (d->max_vcpus + 63) / 64);
    d->iomem_caps = new_rangeset();
    d->irq_caps = new_rangeset();
    if (!d->vcpu || !d->poll_mask || !d->iomem_caps || !d->irq_caps)
        return -ENOMEM;
    rc = pirq_domain_init(d);
    if (rc)
        return rc;
    rc = evtchn_domain_init(d, config->max_evtchn_port);
    if (rc)
        return rc;
    return grant_table_init(d, config->max_grant_frames, config->max_maptrack_frames,
                            config->grant_opts);
}

static void free_parts(struct domain *d)
{
    grant_table_destroy(d);
    evtchn_destroy_final(d);
    pirq_domain_destroy(d);
    free_rangeset(d->irq_caps);
    free_rangeset(d->iomem_caps);
    vnuma_free(d);
    xfree(d->poll_mask);
    xfree(d->vcpu);
}

static struct domain *create_system(domid_t id)
{
    struct domain *d = alloc_domain(id);

    if (d == NULL)
        return ERR_PTR(-ENOMEM);
    if (id == DOMID_IDLE) {
        d->max_vcpus = NR_CPUS;
        d->vcpu = idle_vcpu;
    }
    if (port_domain_create(d, NULL, 0)) {
        xfree(d);
        return ERR_PTR(-ENOMEM);
    }
    return d;
}

static int check_config(const struct xen_domctl_createdomain *config)
{
    const uint32_t known = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap | XEN_DOMCTL_CDF_s3_integrity |
                           XEN_DOMCTL_CDF_oos_off | XEN_DOMCTL_CDF_xs_domain |
                           XEN_DOMCTL_CDF_iommu | XEN_DOMCTL_CDF_nested_virt | XEN_DOMCTL_CDF_vpmu;

    if ((config->flags & ~known) || config->max_vcpus < 1 ||
        (config->grant_opts & ~XEN_DOMCTL_GRANT_version_mask))
        return -EINVAL;
    return 0;
}

int domain_alloc_shared_info(struct domain *d, unsigned int memflags)
{
    d->shared_info = xenheap_alloc_pages(0, memflags);
    if (!d->shared_info)
        return -ENOMEM;
    clear_page(d->shared_info);
    page_share_xen_with_guest(virt_to_page(d->shared_info), d, SHARE_RW);
    return 0;
}

struct domain *domain_create(domid_t id, struct xen_domctl_createdomain *config, unsigned int flags)
{
    struct domain *d;
    int rc;

    if (config == NULL)
        return create_system(id);
    rc = check_config(config);
    if (rc == 0)
        rc = port_sanitise_domain_config(config);
    if (rc)
        return ERR_PTR(rc);
    d = alloc_domain(id);
    if (d == NULL)
        return ERR_PTR(-ENOMEM);
    d->is_privileged = flags & DOMAIN_PRIVILEGED;
    d->creation_s = (unsigned long)NOW();
    if (d->is_privileged && dom0 == NULL)
        dom0 = d; /* before the port looks at is_hardware_domain() */
    rc = port_domain_create(d, config, flags);
    if (rc)
        goto free_domain;
    rc = init_parts(d, config);
    if (rc)
        goto free_parts;
    rc = sched_domain_init(d, config->cpupool_id);
    if (rc)
        goto free_parts;
    list_insert(d);
    return d;
free_parts:
    free_parts(d);
    port_domain_destroy(d);
free_domain:
    if (dom0 == d)
        dom0 = NULL;
    xfree(d);
    return ERR_PTR(rc);
}

/* No reader is left: the memory may go. */
static void free_domain(struct rcu_head *head)
{
    struct domain *d = container_of(head, struct domain, rcu);

    for (unsigned int i = d->max_vcpus; i > 0; i--)
        if (d->vcpu[i - 1])
            vcpu_free(d->vcpu[i - 1]);
    sched_domain_destroy(d);
    free_parts(d);
    port_domain_destroy(d);
    if (d->target)
        domain_put(d->target);
    xfree(d);
}

void domain_put(struct domain *d)
{
    if (__atomic_sub_fetch(&d->refcnt, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    list_remove(d);
    rcu_call(&d->rcu, free_domain);
}

void domain_subsys_init(void)
{
    struct domain *idle = domain_create(DOMID_IDLE, NULL, 0);

    dom_xen = domain_create(DOMID_XEN, NULL, 0);
    dom_io = domain_create(DOMID_IO, NULL, 0);
    dom_cow = domain_create(DOMID_COW, NULL, 0);
    if (IS_ERR(idle) || IS_ERR(dom_xen) || IS_ERR(dom_io) || IS_ERR(dom_cow))
        panic("no memory for the system domains");
    idle_domain = idle;
}
