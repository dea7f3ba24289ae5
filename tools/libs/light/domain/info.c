/* SPDX-License-Identifier: MIT */
/* What domains there are, their names and states. */
#include <ctype.h>
#include <stdio.h>

#include "core/domains.h"
#include "core/store.h"

#define PAGE_KB   (XC_PAGE_SIZE / 1024)
#define BATCH_MAX 1024 /* domains asked for in one hypercall */

int domain_get(struct scope *sc, uint32_t domid, xc_domaininfo_t *out)
{
    int r = xc_domain_getinfolist(sc->ctx->xch, domid, 1, out);

    if (r < 0) {
        LOG_ERRNO(sc, "cannot get the domain's information");
        return ERROR_FAIL;
    }
    return r == 1 && out->domain == domid ? 0 : ERROR_DOMAIN_NOTFOUND;
}

int domain_uuid(struct scope *sc, uint32_t domid, libxl_uuid *out)
{
    xc_domaininfo_t xd;
    int rc = domain_get(sc, domid, &xd);

    if (!rc)
        memcpy(out->uuid, xd.handle, sizeof(out->uuid));
    return rc;
}

char *domain_name(struct scope *sc, uint32_t domid)
{
    return store_readf(sc, XBT_NULL, "/local/domain/%u/name", domid);
}

/* The store knows a PVH guest from an HVM one; the hypervisor does not. */
libxl_domain_type domain_type(struct scope *sc, uint32_t domid)
{
    libxl_domain_type type;
    xc_domaininfo_t xd;
    char *s;

    if (domain_get(sc, domid, &xd))
        return LIBXL_DOMAIN_TYPE_INVALID;
    if (!(xd.flags & XEN_DOMINF_hvm_guest))
        return LIBXL_DOMAIN_TYPE_PV;
    s = store_readf(sc, XBT_NULL, "/libxl/%u/type", domid);
    if (s && !libxl_domain_type_from_string(s, &type))
        return type;
    return LIBXL_DOMAIN_TYPE_PVH;
}

xc_domaininfo_t *domains_get(struct scope *sc, unsigned int *nr)
{
    xc_domaininfo_t *all = NULL;
    unsigned int n = 0;
    uint32_t first = 0;
    int r;

    do {
        all = xrealloc(all, (n + BATCH_MAX) * sizeof(*all));
        r = xc_domain_getinfolist(sc->ctx->xch, first, BATCH_MAX, all + n);
        if (r < 0) {
            LOG_ERRNO(sc, "cannot list domains");
            free(all);
            return NULL;
        }
        n += (unsigned int)r;
        if (r)
            first = all[n - 1].domain + 1;
    } while (r == BATCH_MAX);
    *nr = n;
    return all;
}

static libxl_shutdown_reason reason_of(const xc_domaininfo_t *xd)
{
    return (libxl_shutdown_reason)((xd->flags >> XEN_DOMINF_shutdownshift) &
                                   XEN_DOMINF_shutdownmask);
}

void dominfo_fill(const xc_domaininfo_t *xd, libxl_dominfo *out)
{
    bool ended = xd->flags & XEN_DOMINF_shutdown;

    libxl_dominfo_init(out);
    memcpy(out->uuid.uuid, xd->handle, sizeof(out->uuid.uuid));
    out->domid = xd->domain;
    out->ssidref = xd->ssidref;
    out->dying = xd->flags & XEN_DOMINF_dying;
    out->shutdown = ended;
    out->paused = xd->flags & XEN_DOMINF_paused;
    out->blocked = (xd->flags & XEN_DOMINF_blocked) && !out->paused; /* one of the two is shown */
    out->running = xd->flags & XEN_DOMINF_running;
    out->never_stop = xd->flags & XEN_DOMINF_xs_domain;
    if (ended)
        out->shutdown_reason = reason_of(xd);
    out->outstanding_memkb = xd->outstanding_pages * PAGE_KB;
    out->current_memkb = xd->tot_pages * PAGE_KB;
    out->shared_memkb = xd->shr_pages * PAGE_KB;
    out->paged_memkb = xd->paged_pages * PAGE_KB;
    out->max_memkb = xd->max_pages * PAGE_KB;
    out->cpu_time = xd->cpu_time;
    out->vcpu_max_id = xd->max_vcpu_id;
    out->vcpu_online = xd->nr_online_vcpus;
    out->cpupool = xd->cpupool;
    out->gpaddr_bits = xd->gpaddr_bits;
    out->domain_type =
        xd->flags & XEN_DOMINF_hvm_guest ? LIBXL_DOMAIN_TYPE_HVM : LIBXL_DOMAIN_TYPE_PV;
}

/* The label is not to be had without a security policy. */
static void add_label(struct scope *sc, libxl_dominfo *info)
{
    char *label = NULL;
    size_t len = 0;

    if (info->ssidref && !libxl_flask_sid_to_context(sc->ctx, info->ssidref, &label, &len))
        info->ssid_label = label;
}

libxl_dominfo *libxl_list_domain(libxl_ctx *ctx, int *nb_domain_out)
{
    libxl_dominfo *list = NULL;
    xc_domaininfo_t *xd;
    unsigned int nr;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    *nb_domain_out = 0;
    xd = domains_get(sc, &nr);
    if (xd) {
        list = xmalloc0(nr * sizeof(*list));
        for (unsigned int i = 0; i < nr; i++) {
            dominfo_fill(&xd[i], &list[i]);
            add_label(sc, &list[i]);
        }
        *nb_domain_out = (int)nr;
        free(xd);
    }
    API_LEAVE;
    return list;
}

void libxl_dominfo_list_free(libxl_dominfo *list, int nb_domain)
{
    for (int i = 0; i < nb_domain; i++)
        libxl_dominfo_dispose(&list[i]);
    free(list);
}

int libxl_domain_info(libxl_ctx *ctx, libxl_dominfo *info_r, uint32_t domid)
{
    xc_domaininfo_t xd;
    int rc;
    API_ENTER(ctx, domid);

    rc = domain_get(sc, domid, &xd);
    if (!rc && info_r) {
        dominfo_fill(&xd, info_r);
        add_label(sc, info_r);
        if (info_r->domain_type == LIBXL_DOMAIN_TYPE_HVM)
            info_r->domain_type = domain_type(sc, domid);
    }
    API_LEAVE;
    return rc;
}

libxl_vminfo *libxl_list_vm(libxl_ctx *ctx, int *nb_vm_out)
{
    libxl_vminfo *list = NULL;
    xc_domaininfo_t *xd;
    unsigned int nr;
    int n = 0;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    xd = domains_get(sc, &nr);
    if (xd) {
        list = xmalloc0(nr * sizeof(*list));
        for (unsigned int i = 0; i < nr; i++) {
            if (libxl_is_stubdom(ctx, xd[i].domain, NULL))
                continue;
            memcpy(list[n].uuid.uuid, xd[i].handle, sizeof(list[n].uuid.uuid));
            list[n++].domid = xd[i].domain;
        }
        free(xd);
    }
    *nb_vm_out = n;
    API_LEAVE;
    return list;
}

void libxl_vminfo_list_free(libxl_vminfo *list, int nb_vm)
{
    (void)nb_vm;
    free(list);
}

char *libxl_domid_to_name(libxl_ctx *ctx, uint32_t domid)
{
    char *name;
    API_ENTER(ctx, domid);

    name = domain_name(sc, domid);
    if (name)
        name = xstrdup(name);
    API_LEAVE;
    return name;
}

/* By our xenstored, which knows without asking for each domain. False: it is another one. */
static bool name_find(struct scope *sc, const char *name, uint32_t *domid, int *rc)
{
    /* Words end in a NUL, which is part of the request. */
    char *text, *at, *end;
    xc_domaininfo_t xd;

    *rc = ERROR_INVAL;
    if (!*name || strlen(name) > 1024)
        return false;
    text = xs_control_command(sc->ctx->xsh, "domain-by-name", (void *)(uintptr_t)name,
                              (unsigned int)strlen(name) + 1);
    if (!text)
        return false;
    for (at = text; *rc && isdigit((unsigned char)*at); at = end + strspn(end, " ")) {
        uint32_t id = (uint32_t)strtoul(at, &end, 10);

        if (domain_get(sc, id, &xd))
            continue;
        *domid = id;
        *rc = 0;
    }
    free(text);
    return true;
}

int libxl_name_to_domid(libxl_ctx *ctx, const char *name, uint32_t *domid)
{
    xc_domaininfo_t *xd = NULL;
    unsigned int nr;
    int rc;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    if (!name_find(sc, name, domid, &rc))
        xd = domains_get(sc, &nr);
    for (unsigned int i = 0; xd && i < nr && rc; i++) {
        char *other = domain_name(sc, xd[i].domain);

        if (other && !strcmp(other, name)) {
            *domid = xd[i].domain;
            rc = 0;
        }
    }
    free(xd);
    API_LEAVE;
    return rc;
}

static bool is_number(const char *s)
{
    if (!*s)
        return false;
    while (isdigit((unsigned char)*s))
        s++;
    return !*s;
}

int libxl_domain_qualifier_to_domid(libxl_ctx *ctx, const char *name, uint32_t *domid)
{
    unsigned long v;

    if (!is_number(name))
        return libxl_name_to_domid(ctx, name, domid);
    v = strtoul(name, NULL, 10);
    if (v >= DOMID_FIRST_RESERVED)
        return ERROR_INVAL;
    *domid = (uint32_t)v; /* which need not exist */
    return 0;
}

int libxl_domid_valid_guest(uint32_t domid)
{
    return domid > 0 && domid < DOMID_FIRST_RESERVED;
}

int libxl_is_stubdom(libxl_ctx *ctx, uint32_t domid, uint32_t *target_domid)
{
    char *target;
    int is = 0;
    API_ENTER(ctx, domid);

    target = store_readf(sc, XBT_NULL, "/local/domain/%u/target", domid);
    if (target && is_number(target)) {
        char *back = store_readf(sc, XBT_NULL, "/local/domain/%s/image/device-model-domid", target);

        is = back && strtoul(back, NULL, 10) == domid;
        if (is && target_domid)
            *target_domid = (uint32_t)strtoul(target, NULL, 10);
    }
    API_LEAVE;
    return is;
}

int libxl_get_stubdom_id(libxl_ctx *ctx, int guest_domid)
{
    char *s;
    int id = 0;
    API_ENTER(ctx, (uint32_t)guest_domid);

    s = store_readf(sc, XBT_NULL, "/local/domain/%d/image/device-model-domid", guest_domid);
    if (s && is_number(s))
        id = atoi(s);
    API_LEAVE;
    return id;
}

uint32_t libxl_vm_get_start_time(libxl_ctx *ctx, uint32_t domid)
{
    char *vm, *s = NULL;
    uint32_t t;
    API_ENTER(ctx, domid);

    vm = store_vm(sc, domid);
    if (vm)
        s = store_readf(sc, XBT_NULL, "%s/start_time", vm);
    t = s ? (uint32_t)strtoul(s, NULL, 10) : (uint32_t)-1;
    API_LEAVE;
    return t;
}
