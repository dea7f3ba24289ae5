/* SPDX-License-Identifier: MIT */
/* Disks whose backend is the kernel's: vbd-DOMID-NUMBER/statistics, a file for each count. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "private.h"

static unsigned long long read_count(struct xenstat_vbd *v, const char *dir, const char *device,
                                     const char *name)
{
    char path[512];
    unsigned long long n = 0;
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s/statistics/%s", dir, device, name);
    f = fopen(path, "r");
    if (!f || fscanf(f, "%llu", &n) != 1)
        v->error = true;
    if (f)
        fclose(f);
    return n;
}

static void read_device(struct xenstat_vbd *v, const char *dir, const char *device)
{
    v->type = VBD_TYPE_BLKBACK;
    v->oo_reqs = read_count(v, dir, device, "oo_req");
    v->rd_reqs = read_count(v, dir, device, "rd_req");
    v->wr_reqs = read_count(v, dir, device, "wr_req");
    v->rd_sects = read_count(v, dir, device, "rd_sect");
    v->wr_sects = read_count(v, dir, device, "wr_sect");
}

static int by_number(const void *a, const void *b)
{
    const struct xenstat_vbd *x = a, *y = b;

    return (x->dev > y->dev) - (x->dev < y->dev);
}

int vbds_read(struct xenstat_node *node, const char *dir)
{
    DIR *all = opendir(dir);
    struct dirent *e;
    int rc = 0;

    while (all && !rc && (e = readdir(all))) {
        unsigned int domid, dev;
        struct xenstat_domain *d;
        struct xenstat_vbd *v;

        if (sscanf(e->d_name, "vbd-%u-%u", &domid, &dev) != 2)
            continue;
        d = xenstat_node_domain(node, domid);
        if (!d)
            continue;
        v = array_grow((void **)&d->vbds, &d->nr_vbds, sizeof(*v));
        if (!v) {
            rc = -1;
            break;
        }
        v->dev = dev;
        read_device(v, dir, e->d_name);
    }
    if (all)
        closedir(all);
    for (unsigned int i = 0; i < node->nr_domains; i++)
        if (node->domains[i].nr_vbds)
            qsort(node->domains[i].vbds, node->domains[i].nr_vbds, sizeof(struct xenstat_vbd),
                  by_number);
    return rc;
}

unsigned int xenstat_domain_num_vbds(xenstat_domain *domain)
{
    return domain->nr_vbds;
}

xenstat_vbd *xenstat_domain_vbd(xenstat_domain *domain, unsigned int vbd)
{
    return vbd < domain->nr_vbds ? &domain->vbds[vbd] : NULL;
}

unsigned int xenstat_vbd_type(xenstat_vbd *vbd)
{
    return vbd->type;
}

unsigned int xenstat_vbd_dev(xenstat_vbd *vbd)
{
    return vbd->dev;
}

unsigned long long xenstat_vbd_oo_reqs(xenstat_vbd *vbd)
{
    return vbd->oo_reqs;
}

unsigned long long xenstat_vbd_rd_reqs(xenstat_vbd *vbd)
{
    return vbd->rd_reqs;
}

unsigned long long xenstat_vbd_wr_reqs(xenstat_vbd *vbd)
{
    return vbd->wr_reqs;
}

unsigned long long xenstat_vbd_rd_sects(xenstat_vbd *vbd)
{
    return vbd->rd_sects;
}

unsigned long long xenstat_vbd_wr_sects(xenstat_vbd *vbd)
{
    return vbd->wr_sects;
}

bool xenstat_vbd_error(xenstat_vbd *vbd)
{
    return vbd->error;
}
