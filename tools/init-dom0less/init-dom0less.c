/* SPDX-License-Identifier: MIT */
/*
 * init-dom0less: makes the toolstack know the domains which the hypervisor has started from the
 * device tree, and gives them their connection to the store. A domain that has no event channel for
 * it (xen,enhanced is not "enabled") is left alone.
 *
 * usage: init-dom0less
 */
#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>

#include <libxl.h>
#include <libxl_utils.h>
#include <xenctrl.h>
#include <xenforeignmemory.h>
#include <xenguest.h>
#include <xenstore.h>

#include <xen/hvm/params.h>
#include <xen/io/xs_wire.h>

#define STORE_GFN  ((xen_pfn_t)(GUEST_MAGIC_BASE >> XC_PAGE_SHIFT) + 1)
#define PAGE_KB    (XC_PAGE_SIZE / 1024)
#define NO_STORE   (~0ull)
#define PATH_ROOM  160
#define VALUE_ROOM 64

struct domain {
    xc_interface *xch;
    struct xs_handle *xsh;
    libxl_ctx *ctx;
    xenforeignmemory_handle *fmem;
    libxl_dominfo info;
    uint32_t domid;
    uint64_t port; /* of the store's event channel */
    char name[VALUE_ROOM], uuid[VALUE_ROOM];
};

static int complain(const struct domain *d, const char *what)
{
    warn("domain %u: %s", d->domid, what);
    return -1;
}

/* The page through which the guest talks to the store, in its place and empty. */
static int alloc_page(struct domain *d)
{
    xen_pfn_t gfn = STORE_GFN;

    if (xc_domain_setmaxmem(d->xch, d->domid, d->info.max_memkb + PAGE_KB) ||
        xc_domain_populate_physmap_exact(d->xch, d->domid, 1, 0, 0, &gfn) ||
        xc_clear_domain_page(d->xch, d->domid, gfn))
        return complain(d, "no page for the store");
    return 0;
}

/* The guest waits until whoever serves the page says that it is there. */
static int mark_page(struct domain *d)
{
    xen_pfn_t gfn = STORE_GFN;
    struct xenstore_domain_interface *page =
        xenforeignmemory_map(d->fmem, d->domid, PROT_READ | PROT_WRITE, 1, &gfn, NULL);

    if (!page)
        return complain(d, "the store's page cannot be mapped");
    page->connection = XENSTORE_RECONNECT;
    xenforeignmemory_unmap(d->fmem, page, 1);
    return 0;
}

static int share_page(struct domain *d)
{
    if (xc_dom_gnttab_seed(d->xch, d->domid, true, (xen_pfn_t)-1, STORE_GFN, 0, 0))
        return complain(d, "the grant table cannot be seeded");
    if (xc_hvm_param_set(d->xch, d->domid, HVM_PARAM_STORE_PFN, STORE_GFN))
        return complain(d, "the store's page cannot be told to the guest");
    return 0;
}

static int choose_uuid(struct domain *d)
{
    libxl_uuid *u = &d->info.uuid;

    if (libxl_uuid_is_nil(u)) {
        libxl_uuid_generate(u);
        if (xc_domain_sethandle(d->xch, d->domid, libxl_uuid_bytearray(u)))
            return complain(d, "the UUID cannot be set");
    }
    snprintf(d->uuid, sizeof(d->uuid), LIBXL_UUID_FMT, LIBXL_UUID_BYTES(*u));
    return 0;
}

/* The configuration which the toolstack keeps of a domain. */
static int store_config(struct domain *d)
{
    libxl_domain_config c;
    char *json;
    int rc = -1;

    libxl_domain_config_init(&c);
    c.c_info.type = LIBXL_DOMAIN_TYPE_PVH;
    c.c_info.domid = d->domid;
    c.c_info.name = strdup(d->name);
    libxl_uuid_copy(d->ctx, &c.c_info.uuid, &d->info.uuid);
    libxl_domain_build_info_init_type(&c.b_info, LIBXL_DOMAIN_TYPE_PVH);
    c.b_info.max_memkb = d->info.max_memkb;
    c.b_info.target_memkb = d->info.current_memkb;
    c.b_info.max_vcpus = (int)d->info.vcpu_max_id + 1;
    json = libxl_domain_config_to_json(d->ctx, &c);
    if (json)
        rc = libxl_userdata_store(d->ctx, d->domid, "libxl-json", (const uint8_t *)json,
                                  (int)strlen(json) + 1);
    free(json);
    libxl_domain_config_dispose(&c);
    return rc ? complain(d, "its configuration cannot be stored") : 0;
}

/* The store's nodes. */

struct writer {
    struct xs_handle *xsh;
    xs_transaction_t t;
    const char *dir;
    struct xs_permissions perms[2];
    unsigned int nr_perms;
    bool failed;
};

static void put(struct writer *w, const char *node, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static void put(struct writer *w, const char *node, const char *fmt, ...)
{
    char path[PATH_ROOM], value[VALUE_ROOM];
    va_list al;
    int len;

    va_start(al, fmt);
    len = vsnprintf(value, sizeof(value), fmt, al);
    va_end(al);
    snprintf(path, sizeof(path), "%s%s%s", w->dir, *node ? "/" : "", node);
    if (w->failed)
        return;
    w->failed = len < 0 || (size_t)len >= sizeof(value) ||
                !xs_write(w->xsh, w->t, path, value, (unsigned int)len) ||
                !xs_set_permissions(w->xsh, w->t, path, w->perms, w->nr_perms);
}

/* Nodes that are dom0's: the guest may read them, and write those that are its own. */
static struct writer writer_of(const struct domain *d, xs_transaction_t t, const char *dir)
{
    return (struct writer){
        .xsh = d->xsh,
        .t = t,
        .dir = dir,
        .perms = {{.id = 0, .perms = XS_PERM_NONE}, {.id = d->domid, .perms = XS_PERM_READ}},
        .nr_perms = 2};
}

static bool write_own(const struct domain *d, xs_transaction_t t, const char *dir)
{
    static const char *const nodes[] = {
        "control/shutdown",
        "control/feature-poweroff",
        "control/feature-reboot",
        "control/sysrq",
        "device/suspend/event-channel",
        "control/feature-suspend",
        "data",
        "drivers",
        "feature",
        "attr",
    };
    struct writer w = writer_of(d, t, dir);

    w.perms[0].id = d->domid;
    w.nr_perms = 1;
    for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++)
        put(&w, nodes[i], "%s", "");
    return !w.failed;
}

static bool write_cpus(const struct domain *d, struct writer *w)
{
    char node[VALUE_ROOM];

    for (uint32_t i = 0; i <= d->info.vcpu_max_id; i++) {
        snprintf(node, sizeof(node), "cpu/%u/availability", i);
        put(w, node, "%s", i < d->info.vcpu_online ? "online" : "offline");
    }
    return !w->failed;
}

static bool write_domain(const struct domain *d, xs_transaction_t t)
{
    char dir[PATH_ROOM];
    struct writer w = writer_of(d, t, dir);

    snprintf(dir, sizeof(dir), "/local/domain/%u", d->domid);
    put(&w, "", "%s", "");
    put(&w, "vm", "/vm/%s", d->uuid);
    put(&w, "name", "%s", d->name);
    put(&w, "memory/static-max", "%llu", (unsigned long long)d->info.max_memkb);
    put(&w, "memory/target", "%llu", (unsigned long long)d->info.current_memkb);
    put(&w, "memory/videoram", "0");
    put(&w, "device", "%s", "");
    put(&w, "device/suspend", "%s", "");
    put(&w, "control", "%s", "");
    put(&w, "control/platform-feature-multiprocessor-suspend", "1");
    put(&w, "control/platform-feature-xs_reset_watches", "1");
    put(&w, "domid", "%u", d->domid);
    put(&w, "store/port", "%llu", (unsigned long long)d->port);
    put(&w, "store/ring-ref", "%lu", (unsigned long)STORE_GFN);
    return write_cpus(d, &w) && write_own(d, t, dir);
}

static bool write_others(const struct domain *d, xs_transaction_t t)
{
    char dir[PATH_ROOM];
    struct writer w = writer_of(d, t, dir);
    struct timeval now;

    gettimeofday(&now, NULL);
    snprintf(dir, sizeof(dir), "/vm/%s", d->uuid);
    put(&w, "name", "%s", d->name);
    put(&w, "uuid", "%s", d->uuid);
    put(&w, "start_time", "%lld.%02d", (long long)now.tv_sec, (int)(now.tv_usec / 10000));
    snprintf(dir, sizeof(dir), "/libxl/%u", d->domid);
    w.nr_perms = 1;
    put(&w, "type", "pvh");
    put(&w, "dm-version", "qemu_xen");
    return !w.failed;
}

static int write_nodes(const struct domain *d)
{
    bool ok, done = false, again = true;

    while (!done && again) {
        xs_transaction_t t = xs_transaction_start(d->xsh);

        ok = t != XBT_NULL && write_domain(d, t) && write_others(d, t);
        done = t != XBT_NULL && xs_transaction_end(d->xsh, t, !ok) && ok;
        again = ok && errno == EAGAIN;
    }
    return done ? 0 : complain(d, "its nodes cannot be written");
}

static int init_domain(struct domain *d)
{
    printf("Init dom0less domain: %u\n", d->domid);
    if (alloc_page(d) || mark_page(d) || share_page(d) || choose_uuid(d) || store_config(d) ||
        write_nodes(d))
        return -1;
    if (xs_introduce_domain(d->xsh, d->domid, STORE_GFN, (unsigned int)d->port))
        return 0;
    return complain(d, "it cannot be introduced to the store");
}

static int look_at(struct domain *d)
{
    printf("Checking domid: %u\n", d->domid);
    snprintf(d->name, sizeof(d->name), "dom0less-%u", d->domid);
    if (xs_is_domain_introduced(d->xsh, d->domid)) {
        printf("Domain %u has already been initialized\n", d->domid);
        return 0;
    }
    if (xc_hvm_param_get(d->xch, d->domid, HVM_PARAM_STORE_EVTCHN, &d->port))
        return complain(d, "its event channel for the store cannot be read");
    return d->port && d->port != NO_STORE ? init_domain(d) : 0;
}

static int all_domains(struct domain *d)
{
    int nr, rc = 0;
    libxl_dominfo *list = libxl_list_domain(d->ctx, &nr);

    if (!list)
        errx(1, "the list of domains cannot be had");
    for (int i = 0; i < nr && !rc; i++) {
        d->info = list[i];
        d->domid = list[i].domid;
        if (d->domid)
            rc = look_at(d);
    }
    libxl_dominfo_list_free(list, nr);
    return rc;
}

int main(void)
{
    xentoollog_logger *log =
        (xentoollog_logger *)xtl_createlogger_stdiostream(stderr, XTL_PROGRESS, 0);
    struct domain d = {
        .xch = xc_interface_open(NULL, NULL, 0),
        .xsh = xs_open(0),
        .fmem = xenforeignmemory_open(NULL, 0),
    };
    int rc;

    if (!log || !d.xch || !d.xsh || !d.fmem)
        err(1, "the interfaces to the hypervisor and the store cannot be opened");
    if (libxl_ctx_alloc(&d.ctx, LIBXL_VERSION, 0, log))
        errx(1, "libxl cannot be initialised");
    rc = all_domains(&d);
    libxl_ctx_free(d.ctx);
    xenforeignmemory_close(d.fmem);
    xs_close(d.xsh);
    xc_interface_close(d.xch);
    xtl_logger_destroy(log);
    return rc ? 1 : 0;
}
