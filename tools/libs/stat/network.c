/* SPDX-License-Identifier: MIT */
/* Network cards: the host's ends, vifDOMID.NUMBER. What such an end receives, the guest has sent.
 */
#include <stdio.h>
#include <string.h>

#include "private.h"

/* Source: Linux, Documentation/networking/statistics, the columns of /proc/net/dev. */
static bool take_line(const char *line, unsigned int *domid, struct xenstat_network *n)
{
    return sscanf(line, " vif%u.%u: %llu %llu %llu %llu %*u %*u %*u %*u %llu %llu %llu %llu", domid,
                  &n->id, &n->t.bytes, &n->t.packets, &n->t.errs, &n->t.drop, &n->r.bytes,
                  &n->r.packets, &n->r.errs, &n->r.drop) == 10;
}

int networks_read(struct xenstat_node *node, const char *text)
{
    for (const char *line = text; line && *line; line = strchr(line, '\n')) {
        struct xenstat_network n, *to;
        struct xenstat_domain *d;
        unsigned int domid;

        line += *line == '\n';
        if (!take_line(line, &domid, &n))
            continue;
        d = xenstat_node_domain(node, domid);
        if (!d)
            continue;
        to = array_grow((void **)&d->networks, &d->nr_networks, sizeof(*to));
        if (!to)
            return -1;
        *to = n;
    }
    return 0;
}

unsigned int xenstat_domain_num_networks(xenstat_domain *domain)
{
    return domain->nr_networks;
}

xenstat_network *xenstat_domain_network(xenstat_domain *domain, unsigned int network)
{
    return network < domain->nr_networks ? &domain->networks[network] : NULL;
}

unsigned int xenstat_network_id(xenstat_network *network)
{
    return network->id;
}

unsigned long long xenstat_network_rbytes(xenstat_network *network)
{
    return network->r.bytes;
}

unsigned long long xenstat_network_rpackets(xenstat_network *network)
{
    return network->r.packets;
}

unsigned long long xenstat_network_rerrs(xenstat_network *network)
{
    return network->r.errs;
}

unsigned long long xenstat_network_rdrop(xenstat_network *network)
{
    return network->r.drop;
}

unsigned long long xenstat_network_tbytes(xenstat_network *network)
{
    return network->t.bytes;
}

unsigned long long xenstat_network_tpackets(xenstat_network *network)
{
    return network->t.packets;
}

unsigned long long xenstat_network_terrs(xenstat_network *network)
{
    return network->t.errs;
}

unsigned long long xenstat_network_tdrop(xenstat_network *network)
{
    return network->t.drop;
}
