/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include <xenctrl.h>

#include "private.h"

void *array_grow(void **array, unsigned int *nr, size_t size)
{
    char *bigger = realloc(*array, (*nr + 1) * size);

    if (!bigger)
        return NULL;
    *array = bigger;
    return memset(bigger + (size_t)(*nr)++ * size, 0, size);
}

void domain_free(struct xenstat_domain *d)
{
    free(d->name);
    free(d->vcpus);
    free(d->networks);
    free(d->vbds);
}

xenstat_domain *xenstat_node_domain(xenstat_node *node, unsigned int domid)
{
    for (unsigned int i = 0; i < node->nr_domains; i++)
        if (node->domains[i].id == domid)
            return &node->domains[i];
    return NULL;
}

xenstat_domain *xenstat_node_domain_by_index(xenstat_node *node, unsigned index)
{
    return index < node->nr_domains ? &node->domains[index] : NULL;
}

unsigned xenstat_domain_id(xenstat_domain *domain)
{
    return domain->id;
}

char *xenstat_domain_name(xenstat_domain *domain)
{
    return domain->name;
}

unsigned long long xenstat_domain_cpu_ns(xenstat_domain *domain)
{
    return domain->cpu_ns;
}

unsigned int xenstat_domain_num_vcpus(xenstat_domain *domain)
{
    return domain->nr_vcpus;
}

xenstat_vcpu *xenstat_domain_vcpu(xenstat_domain *domain, unsigned int vcpu)
{
    return domain->vcpus && vcpu < domain->nr_vcpus ? &domain->vcpus[vcpu] : NULL;
}

unsigned long long xenstat_domain_cur_mem(xenstat_domain *domain)
{
    return domain->cur_mem;
}

unsigned long long xenstat_domain_max_mem(xenstat_domain *domain)
{
    return domain->max_mem;
}

unsigned int xenstat_domain_ssid(xenstat_domain *domain)
{
    return domain->ssid;
}

static unsigned int has(const struct xenstat_domain *d, uint32_t flag)
{
    return (d->flags & flag) != 0;
}

static bool is_crash(const struct xenstat_domain *d)
{
    return ((d->flags >> XEN_DOMINF_shutdownshift) & XEN_DOMINF_shutdownmask) == SHUTDOWN_crash;
}

unsigned int xenstat_domain_dying(xenstat_domain *domain)
{
    return has(domain, XEN_DOMINF_dying);
}

unsigned int xenstat_domain_crashed(xenstat_domain *domain)
{
    return has(domain, XEN_DOMINF_shutdown) && is_crash(domain);
}

unsigned int xenstat_domain_shutdown(xenstat_domain *domain)
{
    return has(domain, XEN_DOMINF_shutdown) && !is_crash(domain);
}

unsigned int xenstat_domain_paused(xenstat_domain *domain)
{
    return has(domain, XEN_DOMINF_paused);
}

unsigned int xenstat_domain_blocked(xenstat_domain *domain)
{
    return has(domain, XEN_DOMINF_blocked);
}

unsigned int xenstat_domain_running(xenstat_domain *domain)
{
    return has(domain, XEN_DOMINF_running);
}

unsigned int xenstat_vcpu_online(xenstat_vcpu *vcpu)
{
    return vcpu->online;
}

unsigned long long xenstat_vcpu_ns(xenstat_vcpu *vcpu)
{
    return vcpu->ns;
}
