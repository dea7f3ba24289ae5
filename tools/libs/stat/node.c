/* SPDX-License-Identifier: MIT */
/* The picture: the host, its domains and their vCPUs from the hypervisor, names from xenstore. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xenctrl.h>

#include <xenstore.h>

#include "private.h"

struct xenstat_handle {
    xc_interface *xc;
    struct xs_handle *xs;
};

#define AT_ONCE  256u
#define NET_FILE "/proc/net/dev"
#define VBD_DIR  "/sys/bus/xen-backend/devices"

xenstat_handle *xenstat_init(void)
{
    xenstat_handle *h = calloc(1, sizeof(*h));

    if (!h)
        return NULL;
    h->xc = xc_interface_open(NULL, NULL, 0);
    h->xs = h->xc ? xs_open(XS_OPEN_READONLY) : NULL;
    if (h->xs)
        return h;
    xenstat_uninit(h);
    return NULL;
}

void xenstat_uninit(xenstat_handle *handle)
{
    if (!handle)
        return;
    if (handle->xs)
        xs_close(handle->xs);
    if (handle->xc)
        xc_interface_close(handle->xc);
    free(handle);
}

static int host_read(xenstat_handle *h, struct xenstat_node *node)
{
    xc_physinfo_t p = {0};

    if (xc_physinfo(h->xc, &p))
        return -1;
    node->nr_cpus = p.nr_cpus;
    node->cpu_hz = p.cpu_khz * 1000ull;
    node->tot_mem = (unsigned long long)p.total_pages * XC_PAGE_SIZE;
    node->free_mem = (unsigned long long)p.free_pages * XC_PAGE_SIZE;
    return 0;
}

static int version_read(xenstat_handle *h, struct xenstat_node *node)
{
    int v = xc_version(h->xc, XENVER_version, NULL);
    xen_extraversion_t extra = "";

    if (v < 0 || xc_version(h->xc, XENVER_extraversion, extra) < 0)
        return -1;
    extra[sizeof(extra) - 1] = '\0';
    return asprintf(&node->version, "%d.%d%s", v >> 16, v & 0xffff, extra) < 0 ? -1 : 0;
}

static char *name_of(xenstat_handle *h, unsigned int domid)
{
    char path[64];

    snprintf(path, sizeof(path), "/local/domain/%u/name", domid);
    return xs_read(h->xs, XBT_NULL, path, NULL);
}

/* A domain that is just being made, or taken down, has no name, and is left out. */
static int domain_read(xenstat_handle *h, struct xenstat_node *node, const xc_domaininfo_t *info)
{
    char *name = name_of(h, info->domain);
    struct xenstat_domain *d;

    if (!name)
        return 0;
    d = array_grow((void **)&node->domains, &node->nr_domains, sizeof(*d));
    if (!d) {
        free(name);
        return -1;
    }
    d->id = info->domain;
    d->name = name;
    d->flags = info->flags;
    d->cpu_ns = info->cpu_time;
    d->nr_vcpus = info->max_vcpu_id + 1;
    d->cur_mem = (unsigned long long)info->tot_pages * XC_PAGE_SIZE;
    d->max_mem =
        info->max_pages >= UINT32_MAX ? ~0ull : (unsigned long long)info->max_pages * XC_PAGE_SIZE;
    d->ssid = info->ssidref;
    return 0;
}

static int domains_read(xenstat_handle *h, struct xenstat_node *node)
{
    xc_domaininfo_t *info = malloc(AT_ONCE * sizeof(*info));
    uint32_t next = 0;
    int nr = info ? (int)AT_ONCE : -1, rc = info ? 0 : -1;

    while (!rc && nr == (int)AT_ONCE) {
        nr = xc_domain_getinfolist(h->xc, next, AT_ONCE, info);
        if (nr < 0)
            rc = -1;
        for (int i = 0; i < nr && !rc; i++) {
            next = info[i].domain + 1u;
            rc = domain_read(h, node, &info[i]);
        }
    }
    free(info);
    return rc;
}

/* One that has never been made is offline. */
static int vcpus_read(xenstat_handle *h, struct xenstat_domain *d)
{
    d->vcpus = calloc(d->nr_vcpus, sizeof(*d->vcpus));
    if (!d->vcpus)
        return -1;
    for (unsigned int i = 0; i < d->nr_vcpus; i++) {
        xc_vcpuinfo_t info;

        if (xc_vcpu_getinfo(h->xc, d->id, i, &info))
            continue;
        d->vcpus[i].online = info.online;
        d->vcpus[i].ns = info.cpu_time;
    }
    return 0;
}

static int proc_networks(struct xenstat_node *node)
{
    FILE *f = fopen(NET_FILE, "r");
    char *text = NULL;
    size_t room = 0;
    int rc = 0;

    /* The text has no zero bytes: this reads all of it. */
    if (f && getdelim(&text, &room, '\0', f) > 0)
        rc = networks_read(node, text);
    free(text);
    if (f)
        fclose(f);
    return rc;
}

xenstat_node *xenstat_get_node(xenstat_handle *handle, unsigned int flags)
{
    struct xenstat_node *node = calloc(1, sizeof(*node));
    int rc = node ? host_read(handle, node) : -1;

    if (!rc)
        rc = domains_read(handle, node);
    if (!rc && (flags & XENSTAT_XEN_VERSION))
        rc = version_read(handle, node);
    for (unsigned int i = 0; !rc && (flags & XENSTAT_VCPU) && i < node->nr_domains; i++)
        rc = vcpus_read(handle, &node->domains[i]);
    if (!rc && (flags & XENSTAT_NETWORK))
        rc = proc_networks(node);
    if (!rc && (flags & XENSTAT_VBD))
        rc = vbds_read(node, VBD_DIR);
    if (!rc)
        return node;
    xenstat_free_node(node);
    return NULL;
}

void xenstat_free_node(xenstat_node *node)
{
    if (!node)
        return;
    for (unsigned int i = 0; i < node->nr_domains; i++)
        domain_free(&node->domains[i]);
    free(node->domains);
    free(node->version);
    free(node);
}

const char *xenstat_node_xen_version(xenstat_node *node)
{
    return node->version;
}

unsigned long long xenstat_node_tot_mem(xenstat_node *node)
{
    return node->tot_mem;
}

unsigned long long xenstat_node_free_mem(xenstat_node *node)
{
    return node->free_mem;
}

/* Transcendent memory, of which this spoke, is no more. */
long xenstat_node_freeable_mb(xenstat_node *node)
{
    (void)node;
    return 0;
}

unsigned int xenstat_node_num_domains(xenstat_node *node)
{
    return node->nr_domains;
}

unsigned int xenstat_node_num_cpus(xenstat_node *node)
{
    return node->nr_cpus;
}

unsigned long long xenstat_node_cpu_hz(xenstat_node *node)
{
    return node->cpu_hz;
}
