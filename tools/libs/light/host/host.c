/* SPDX-License-Identifier: MIT */
/* The host: its CPUs, memory, version. */
#include <dirent.h>
#include <stdio.h>

#include "core/internal.h"
#include "device/pci.h"

#include <xen/version.h>

int physinfo_get(struct scope *sc, xc_physinfo_t *out)
{
    if (!xc_physinfo(sc->ctx->xch, out))
        return 0;
    LOG_ERRNO(sc, "cannot get the host's information");
    return ERROR_FAIL;
}

int cpus_max(struct scope *sc)
{
    int n = xc_get_max_cpus(sc->ctx->xch);

    if (n > 0)
        return n;
    LOG_ERRNO(sc, "cannot get the number of CPUs");
    return ERROR_FAIL;
}

static void take_caps(const xc_physinfo_t *xp, libxl_physinfo *p)
{
    uint32_t c = xp->capabilities;

    p->cap_hvm = c & XEN_SYSCTL_PHYSCAP_hvm;
    p->cap_pv = c & XEN_SYSCTL_PHYSCAP_pv;
    p->cap_hvm_directio = c & XEN_SYSCTL_PHYSCAP_directio;
    p->cap_hap = c & XEN_SYSCTL_PHYSCAP_hap;
    p->cap_shadow = c & XEN_SYSCTL_PHYSCAP_shadow;
    p->cap_iommu_hap_pt_share = c & XEN_SYSCTL_PHYSCAP_iommu_hap_pt_share;
    p->cap_vmtrace = c & XEN_SYSCTL_PHYSCAP_vmtrace;
    p->cap_vpmu = c & XEN_SYSCTL_PHYSCAP_vpmu;
    p->cap_gnttab_v1 = c & XEN_SYSCTL_PHYSCAP_gnttab_v1;
    p->cap_gnttab_v2 = c & XEN_SYSCTL_PHYSCAP_gnttab_v2;
}

static void take_sharing(struct scope *sc, libxl_physinfo *p)
{
    long freed = xc_sharing_freed_pages(sc->ctx->xch), used = xc_sharing_used_frames(sc->ctx->xch);

    /* A hypervisor without sharing has shared nothing. */
    p->sharing_freed_pages = freed < 0 ? 0 : (uint64_t)freed;
    p->sharing_used_frames = used < 0 ? 0 : (uint64_t)used;
}

int libxl_get_physinfo(libxl_ctx *ctx, libxl_physinfo *p)
{
    xc_physinfo_t xp;
    int rc;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    libxl_physinfo_init(p);
    rc = physinfo_get(sc, &xp);
    if (!rc) {
        p->threads_per_core = xp.threads_per_core;
        p->cores_per_socket = xp.cores_per_socket;
        p->max_cpu_id = xp.max_cpu_id;
        p->nr_cpus = xp.nr_cpus;
        p->cpu_khz = xp.cpu_khz;
        p->total_pages = xp.total_pages;
        p->free_pages = xp.free_pages;
        p->scrub_pages = xp.scrub_pages;
        p->outstanding_pages = xp.outstanding_pages;
        p->max_possible_mfn = xp.max_mfn;
        p->nr_nodes = xp.nr_nodes;
        memcpy(p->hw_cap, xp.hw_cap, sizeof(p->hw_cap));
        take_caps(&xp, p);
        take_sharing(sc, p);
    }
    API_LEAVE;
    return rc;
}

int libxl_get_max_cpus(libxl_ctx *ctx)
{
    int n;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    n = cpus_max(sc);
    API_LEAVE;
    return n;
}

int libxl_get_online_cpus(libxl_ctx *ctx)
{
    int n = xc_get_online_cpus(ctx->xch);

    return n < 0 ? ERROR_FAIL : n;
}

int libxl_get_max_nodes(libxl_ctx *ctx)
{
    int n = xc_get_max_nodes(ctx->xch);

    return n < 0 ? ERROR_FAIL : n;
}

static xc_cputopo_t *cputopo_get(struct scope *sc, unsigned int *nr)
{
    xc_cputopo_t *topo;

    *nr = 0;
    if (xc_cputopoinfo(sc->ctx->xch, nr, NULL))
        goto fail;
    topo = scope_alloc(sc, *nr * sizeof(*topo));
    if (!xc_cputopoinfo(sc->ctx->xch, nr, topo))
        return topo;
fail:
    LOG_ERRNO(sc, "cannot get the CPU topology");
    return NULL;
}

static uint32_t or_invalid(uint32_t v, uint32_t unknown)
{
    return v == unknown ? LIBXL_CPUTOPOLOGY_INVALID_ENTRY : v;
}

libxl_cputopology *libxl_get_cpu_topology(libxl_ctx *ctx, int *nb_cpu_out)
{
    libxl_cputopology *list = NULL;
    xc_cputopo_t *topo;
    unsigned int nr;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    topo = cputopo_get(sc, &nr);
    if (topo) {
        list = xmalloc0(nr * sizeof(*list));
        for (unsigned int i = 0; i < nr; i++) {
            list[i].core = or_invalid(topo[i].core, XEN_INVALID_CORE_ID);
            list[i].socket = or_invalid(topo[i].socket, XEN_INVALID_SOCKET_ID);
            list[i].node = or_invalid(topo[i].node, XEN_INVALID_NODE_ID);
        }
        *nb_cpu_out = (int)nr;
    }
    API_LEAVE;
    return list;
}

void libxl_cputopology_list_free(libxl_cputopology *list, int nb_cpu)
{
    (void)nb_cpu;
    free(list);
}

#define PCI_DEVICES 4096 /* more are left out */

/* How many devices the kernel knows; at most @room. */
static unsigned int pci_devices(physdev_pci_device_t *devs, unsigned int room)
{
    DIR *dir = opendir(SYSFS_PCI "/devices");
    unsigned int nr = 0, seg, bus, dev, func;
    struct dirent *e;

    while (dir && nr < room && (e = readdir(dir)))
        if (sscanf(e->d_name, "%x:%x:%x.%x", &seg, &bus, &dev, &func) == 4)
            devs[nr++] = (physdev_pci_device_t){
                .seg = (uint16_t)seg,
                .bus = (uint8_t)bus,
                .devfn = (uint8_t)((dev & 0x1f) << 3 | (func & 7)),
            };
    if (dir)
        closedir(dir);
    return nr;
}

static libxl_pcitopology *pci_nodes(struct scope *sc, int *num_devs)
{
    physdev_pci_device_t *devs = scope_alloc(sc, PCI_DEVICES * sizeof(*devs));
    unsigned int nr = pci_devices(devs, PCI_DEVICES);
    uint32_t *nodes = scope_alloc(sc, (nr + 1) * sizeof(*nodes));
    libxl_pcitopology *list;

    if (xc_pcitopoinfo(sc->ctx->xch, nr, devs, nodes)) {
        LOG_ERRNO(sc, "PCI topology info hypercall failed");
        return NULL;
    }
    list = xmalloc0((nr + 1) * sizeof(*list));
    for (unsigned int i = 0; i < nr; i++) {
        bool known = nodes[i] != XEN_INVALID_NODE_ID && nodes[i] != XEN_INVALID_DEV;

        list[i] = (libxl_pcitopology){
            .seg = devs[i].seg,
            .bus = devs[i].bus,
            .devfn = devs[i].devfn,
            .node = known ? nodes[i] : LIBXL_PCITOPOLOGY_INVALID_ENTRY,
        };
    }
    *num_devs = (int)nr;
    return list;
}

libxl_pcitopology *libxl_get_pci_topology(libxl_ctx *ctx, int *num_devs)
{
    libxl_pcitopology *list;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    *num_devs = 0;
    list = pci_nodes(sc, num_devs);
    API_LEAVE;
    return list;
}

void libxl_pcitopology_list_free(libxl_pcitopology *list, int num_devs)
{
    (void)num_devs;
    free(list);
}

libxl_numainfo *libxl_get_numainfo(libxl_ctx *ctx, int *nr)
{
    libxl_numainfo *list = NULL;
    unsigned int n = 0;
    xc_meminfo_t *mem;
    uint32_t *dist;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    if (xc_numainfo(ctx->xch, &n, NULL, NULL)) {
        LOG_ERRNO(sc, "cannot get the number of nodes");
        goto out;
    }
    mem = scope_alloc(sc, n * sizeof(*mem));
    dist = scope_alloc(sc, (size_t)n * n * sizeof(*dist));
    if (xc_numainfo(ctx->xch, &n, mem, dist)) {
        LOG_ERRNO(sc, "cannot get the nodes");
        goto out;
    }
    list = xmalloc0(n * sizeof(*list));
    for (unsigned int i = 0; i < n; i++) {
        list[i].size =
            mem[i].memsize == XEN_INVALID_MEM_SZ ? LIBXL_NUMAINFO_INVALID_ENTRY : mem[i].memsize;
        list[i].free = mem[i].memfree;
        list[i].num_dists = (int)n;
        list[i].dists = xmalloc0(n * sizeof(*list[i].dists));
        for (unsigned int j = 0; j < n; j++)
            list[i].dists[j] = dist[i * n + j];
    }
    *nr = (int)n;
out:
    API_LEAVE;
    return list;
}

void libxl_numainfo_list_free(libxl_numainfo *list, int nr)
{
    for (int i = 0; i < nr; i++)
        libxl_numainfo_dispose(&list[i]);
    free(list);
}

/* The version: asked for once, since it cannot change. */

union version_answer {
    xen_extraversion_t extra;
    xen_compile_info_t compile;
    xen_capabilities_info_t caps;
    xen_changeset_info_t changeset;
    xen_platform_parameters_t params;
    xen_commandline_t cmdline;
    char build_id[sizeof(xen_build_id_t) + 256];
};

static char *build_id_hex(const xen_build_id_t *id, unsigned int len)
{
    char *hex = xmalloc0((size_t)len * 2 + 1);

    for (unsigned int i = 0; i < len; i++)
        snprintf(hex + i * 2, 3, "%02hhx", id->buf[i]);
    return hex;
}

static void version_strings(xc_interface *xch, libxl_version_info *v, union version_answer *u)
{
    xen_build_id_t *id = (void *)u->build_id;
    int r;

    if (!xc_version(xch, XENVER_extraversion, &u->extra))
        v->xen_version_extra = xstrdup(u->extra);
    if (!xc_version(xch, XENVER_compile_info, &u->compile)) {
        v->compiler = xstrdup(u->compile.compiler);
        v->compile_by = xstrdup(u->compile.compile_by);
        v->compile_domain = xstrdup(u->compile.compile_domain);
        v->compile_date = xstrdup(u->compile.compile_date);
    }
    if (!xc_version(xch, XENVER_capabilities, &u->caps))
        v->capabilities = xstrdup(u->caps);
    if (!xc_version(xch, XENVER_changeset, &u->changeset))
        v->changeset = xstrdup(u->changeset);
    if (!xc_version(xch, XENVER_commandline, &u->cmdline))
        v->commandline = xstrdup(u->cmdline);
    id->len = sizeof(u->build_id) - sizeof(*id);
    r = xc_version(xch, XENVER_build_id, id); /* its length */
    v->build_id = build_id_hex(id, r > 0 && (unsigned int)r <= id->len ? (unsigned int)r : 0);
}

const libxl_version_info *libxl_get_version_info(libxl_ctx *ctx)
{
    libxl_version_info *v = &ctx->version;
    union version_answer *u;
    int r;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    if (!ctx->version_known) {
        libxl_version_info_init(v);
        u = scope_alloc(sc, sizeof(*u));
        r = xc_version(ctx->xch, XENVER_version, NULL);
        v->xen_version_major = r >> 16;
        v->xen_version_minor = r & 0xffff;
        version_strings(ctx->xch, v, u);
        if (!xc_version(ctx->xch, XENVER_platform_parameters, &u->params))
            v->virt_start = u->params.virt_start;
        v->pagesize = xc_version(ctx->xch, XENVER_pagesize, NULL);
        ctx->version_known = true;
    }
    API_LEAVE;
    return v;
}

int libxl_send_debug_keys(libxl_ctx *ctx, char *keys)
{
    int rc = 0;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    if (xc_send_debug_keys(ctx->xch, keys)) {
        LOG_ERRNO(sc, "cannot send the debug keys");
        rc = ERROR_FAIL;
    }
    API_LEAVE;
    return rc;
}

/* The hypervisor's message ring, line by line. */

#define CONSOLE_CHUNK 16384

struct libxl__xen_console_reader {
    char *buf;
    unsigned int len, at;
};

libxl_xen_console_reader *libxl_xen_console_read_start(libxl_ctx *ctx, int clear)
{
    struct libxl__xen_console_reader *cr = xmalloc0(sizeof(*cr));
    uint32_t index = 0;
    unsigned int nr;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    /* The ring may be larger than one answer; what is cleared is what was read. */
    do {
        cr->buf = xrealloc(cr->buf, cr->len + CONSOLE_CHUNK + 1);
        nr = CONSOLE_CHUNK;
        if (xc_readconsolering(ctx->xch, cr->buf + cr->len, &nr, clear, 1, &index)) {
            LOG_ERRNO(sc, "cannot read the hypervisor's messages");
            libxl_xen_console_read_finish(ctx, cr);
            cr = NULL;
            goto out;
        }
        cr->len += nr;
    } while (nr == CONSOLE_CHUNK);
    cr->buf[cr->len] = '\0';
out:
    API_LEAVE;
    return cr;
}

/* 1: *line_r is a line; 0: there is no more. Lines live until the next call. */
int libxl_xen_console_read_line(libxl_ctx *ctx, libxl_xen_console_reader *cr, char **line_r)
{
    char *line = cr->buf + cr->at, *end;
    static __thread char *last;
    size_t len;

    (void)ctx;
    *line_r = NULL;
    if (cr->at >= cr->len)
        return 0;
    end = memchr(line, '\n', cr->len - cr->at);
    len = end ? (size_t)(end - line) + 1 : cr->len - cr->at;
    cr->at += (unsigned int)len;
    last = xrealloc(last, len + 1);
    memcpy(last, line, len);
    last[len] = '\0';
    *line_r = last;
    return 1;
}

void libxl_xen_console_read_finish(libxl_ctx *ctx, libxl_xen_console_reader *cr)
{
    (void)ctx;
    free(cr->buf);
    free(cr);
}
