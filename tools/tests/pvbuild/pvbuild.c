/* SPDX-License-Identifier: MIT */
/*
 * Builds a PV guest with libxenctrl and libxenguest alone, runs it for some seconds and prints its
 * console. No xenstore, no devices. For dom0.
 *
 * pvbuild [-m MIB] [-t SECONDS] [-v VCPUS] [-u TEXT] KERNEL [RAMDISK] [COMMAND-LINE]
 *
 * -u: succeed as soon as TEXT has come. Status 0 if it came (without -u: if anything did).
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define XC_WANT_COMPAT_MAP_FOREIGN_API
#include <xenctrl.h>
#include <xenguest.h>
#include <xenevtchn.h>
#include <xen/io/console.h>

struct options {
    unsigned int mem_mb, seconds, vcpus;
    const char *until, *kernel, *ramdisk, *cmdline;
};

struct guest {
    xc_interface *xch;
    xenevtchn_handle *xce;
    uint32_t domid;
    int console_remote, xenstore_remote, console_local;
    struct xencons_interface *ring;
};

static int options_parse(struct options *o, int argc, char **argv)
{
    int c;

    *o = (struct options){
        .mem_mb = 128, .seconds = 20, .vcpus = 1, .cmdline = "console=hvc0 earlyprintk=xen"};
    while ((c = getopt(argc, argv, "m:t:v:u:")) != -1) {
        switch (c) {
        case 'm':
            o->mem_mb = (unsigned int)atoi(optarg);
            break;
        case 't':
            o->seconds = (unsigned int)atoi(optarg);
            break;
        case 'v':
            o->vcpus = (unsigned int)atoi(optarg);
            break;
        case 'u':
            o->until = optarg;
            break;
        default:
            return -1;
        }
    }
    if (optind >= argc)
        return -1;
    o->kernel = argv[optind++];
    o->ramdisk = optind < argc && *argv[optind] ? argv[optind] : NULL;
    if (++optind < argc)
        o->cmdline = argv[optind];
    return 0;
}

static int guest_create(struct guest *g, const struct options *o)
{
    struct xen_domctl_createdomain config = {
        .max_vcpus = o->vcpus,
        .max_evtchn_port = 1023,
        .max_grant_frames = 32,
        .max_maptrack_frames = 0,
        .grant_opts = XEN_DOMCTL_GRANT_version(1),
    };

    for (unsigned int i = 0; i < sizeof(config.handle); i++)
        config.handle[i] = (uint8_t)(0xb0 + i);
    g->domid = 0;
    if (xc_domain_create(g->xch, &g->domid, &config))
        return -1;
    if (xc_domain_max_vcpus(g->xch, g->domid, o->vcpus) ||
        xc_domain_setmaxmem(g->xch, g->domid, ((uint64_t)o->mem_mb << 10) + 1024))
        return -1;
    g->xenstore_remote = xc_evtchn_alloc_unbound(g->xch, g->domid, 0);
    g->console_remote = xc_evtchn_alloc_unbound(g->xch, g->domid, 0);
    return g->xenstore_remote < 0 || g->console_remote < 0 ? -1 : 0;
}

static int guest_build(struct guest *g, const struct options *o)
{
    unsigned long store_mfn, console_mfn;

    if (xc_linux_build(g->xch, g->domid, o->mem_mb, o->kernel, o->ramdisk, o->cmdline, NULL, 0,
                       (unsigned int)g->xenstore_remote, &store_mfn,
                       (unsigned int)g->console_remote, &console_mfn))
        return -1;
    g->ring =
        xc_map_foreign_range(g->xch, g->domid, XC_PAGE_SIZE, PROT_READ | PROT_WRITE, console_mfn);
    g->console_local =
        xenevtchn_bind_interdomain(g->xce, g->domid, (evtchn_port_t)g->console_remote);
    return g->ring && g->console_local >= 0 ? 0 : -1;
}

/* Moves what is in the ring to @text and to standard output. */
static void drain(struct guest *g, char *text, size_t room, size_t *len)
{
    struct xencons_interface *ring = g->ring;
    XENCONS_RING_IDX cons = ring->out_cons, prod = ring->out_prod;

    xen_mb();
    if (prod == cons || prod - cons > sizeof(ring->out))
        return;
    while (cons != prod) {
        char c = ring->out[MASK_XENCONS_IDX(cons++, ring->out)];

        putchar(c);
        if (*len < room - 1)
            text[(*len)++] = c;
    }
    xen_mb();
    ring->out_cons = cons;
    xenevtchn_notify(g->xce, (evtchn_port_t)g->console_local);
    fflush(stdout);
}

static int watch(struct guest *g, const struct options *o)
{
    static char text[1 << 20];
    size_t len = 0;
    time_t end = time(NULL) + o->seconds;
    xc_dominfo_t info;

    while (time(NULL) < end) {
        drain(g, text, sizeof(text), &len);
        text[len] = '\0';
        if (o->until && strstr(text, o->until))
            return 0;
        if (xc_domain_getinfo(g->xch, g->domid, 1, &info) != 1 || info.domid != g->domid ||
            info.shutdown || info.crashed || info.dying) {
            printf("\npvbuild: the guest has ended (crashed %u, reason %u)\n", info.crashed,
                   info.shutdown_reason);
            break;
        }
        usleep(5000);
    }
    return o->until || !len;
}

int main(int argc, char **argv)
{
    struct options o;
    struct guest g = {.domid = DOMID_INVALID};
    int rc = 1;

    if (options_parse(&o, argc, argv)) {
        fprintf(stderr, "pvbuild [-m MIB] [-t SECONDS] [-v VCPUS] [-u TEXT] KERNEL [RAMDISK] "
                        "[COMMAND-LINE]\n");
        return 2;
    }
    g.xch = xc_interface_open(NULL, NULL, 0);
    g.xce = xenevtchn_open(NULL, 0);
    if (!g.xch || !g.xce) {
        perror("pvbuild: open");
        return 2;
    }
    if (guest_create(&g, &o) || guest_build(&g, &o) || xc_domain_unpause(g.xch, g.domid))
        perror("pvbuild");
    else
        rc = watch(&g, &o);
    if (g.ring)
        munmap(g.ring, XC_PAGE_SIZE);
    xenevtchn_close(g.xce);
    if (g.domid != DOMID_INVALID && xc_domain_destroy(g.xch, g.domid))
        perror("pvbuild: destroy");
    xc_interface_close(g.xch);
    printf("\npvbuild: status %d\n", rc);
    return rc;
}
