/* SPDX-License-Identifier: MIT */
/* xen-memshare: pages that HVM guests share until one of them writes. */
#include <inttypes.h>
#include <strings.h>
#include <sys/mman.h>

#define XC_WANT_COMPAT_MAP_FOREIGN_API
#include <xenctrl.h>

#include "misc.h"

#define REFUSED  255 /* exit status */
#define MAX_ARGS 6

static int usage(int status)
{
    fputs("usage: xen-memshare info                  pages that are shared, and saved by it\n"
          "       xen-memshare enable DOMID          a guest takes part\n"
          "       xen-memshare disable DOMID\n"
          "       xen-memshare nominate DOMID GFN    a page may be shared; prints its handle\n"
          "       xen-memshare share DOMID GFN HANDLE SOURCE SOURCE-GFN SOURCE-HANDLE\n"
          "                                          a page gives way to that of SOURCE\n"
          "       xen-memshare range SOURCE DOMID FIRST-GFN LAST-GFN\n"
          "                                          all that are the same\n"
          "       xen-memshare unshare DOMID GFN     a page is the guest's own again\n"
          "       xen-memshare add-to-physmap DOMID GFN SOURCE SOURCE-GFN SOURCE-HANDLE\n"
          "                                          a page of SOURCE's where there is none\n"
          "       xen-memshare debug-gfn DOMID GFN   tell of a page in the hypervisor's log\n"
          "       xen-memshare audit                 check the hypervisor's books\n",
          stderr);
    return status;
}

static int info(xc_interface *xch, const uint64_t *a)
{
    long used = xc_sharing_used_frames(xch), freed;

    (void)a;
    if (used < 0)
        return failed("xen-memshare", "shared pages"), 1;
    freed = xc_sharing_freed_pages(xch);
    if (freed < 0)
        return failed("xen-memshare", "saved pages"), 1;
    printf("used = %ld\nfreed = %ld\n", used, freed);
    return 0;
}

static int enable(xc_interface *xch, const uint64_t *a)
{
    return xc_memshr_control(xch, (uint32_t)a[0], 1);
}

static int disable(xc_interface *xch, const uint64_t *a)
{
    return xc_memshr_control(xch, (uint32_t)a[0], 0);
}

static int nominate(xc_interface *xch, const uint64_t *a)
{
    uint64_t handle;

    if (xc_memshr_nominate_gfn(xch, (uint32_t)a[0], a[1], &handle))
        return -1;
    printf("handle = 0x%08" PRIx64 "\n", handle);
    return 0;
}

static int share(xc_interface *xch, const uint64_t *a)
{
    return xc_memshr_share_gfns(xch, (uint32_t)a[3], a[4], a[5], (uint32_t)a[0], a[1], a[2]);
}

static int range(xc_interface *xch, const uint64_t *a)
{
    return xc_memshr_range_share(xch, (uint32_t)a[0], (uint32_t)a[1], a[2], a[3]);
}

/* Who maps it to write gets a copy for the guest. */
static int unshare(xc_interface *xch, const uint64_t *a)
{
    void *page =
        xc_map_foreign_range(xch, (uint32_t)a[0], XC_PAGE_SIZE, PROT_READ | PROT_WRITE, a[1]);

    if (!page)
        return -1;
    munmap(page, XC_PAGE_SIZE);
    return 0;
}

static int add_to_physmap(xc_interface *xch, const uint64_t *a)
{
    return xc_memshr_add_to_physmap(xch, (uint32_t)a[2], a[3], a[4], (uint32_t)a[0], a[1]);
}

static int debug_gfn(xc_interface *xch, const uint64_t *a)
{
    return xc_memshr_debug_gfn(xch, (uint32_t)a[0], a[1]);
}

static int audit(xc_interface *xch, const uint64_t *a)
{
    int errors = xc_memshr_audit(xch);

    (void)a;
    if (errors < 0)
        return -1;
    printf("Audit returned %d errors.\n", errors);
    return 0;
}

/* Negative: the call failed, with errno. Domains among the arguments: a bit for each. */
static const struct {
    const char *name;
    int nr_args;
    unsigned int domains;
    int (*run)(xc_interface *xch, const uint64_t *args);
} commands[] = {
    {"info", 0, 0, info},
    {"enable", 1, 1, enable},
    {"disable", 1, 1, disable},
    {"nominate", 2, 1, nominate},
    {"share", 6, 1 | 1 << 3, share},
    {"range", 4, 1 | 1 << 1, range},
    {"unshare", 2, 1, unshare},
    {"add-to-physmap", 5, 1 | 1 << 2, add_to_physmap},
    {"debug-gfn", 2, 1, debug_gfn},
    {"audit", 0, 0, audit},
};
#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static bool parse(const char *text, bool domain, uint64_t *n)
{
    char *end;

    errno = 0;
    *n = strtoull(text, &end, 0);
    return *text >= '0' && *text <= '9' && !*end && !errno &&
           (!domain || *n < DOMID_FIRST_RESERVED);
}

int main(int argc, char **argv)
{
    uint64_t args[MAX_ARGS];
    xc_interface *xch;
    size_t i = 0;
    int rc;

    while (argc > 1 && i < NR_COMMANDS && strcasecmp(argv[1], commands[i].name))
        i++;
    if (argc < 2 || i == NR_COMMANDS || argc != 2 + commands[i].nr_args)
        return usage(1);
    for (int k = 0; k < commands[i].nr_args; k++)
        if (!parse(argv[2 + k], commands[i].domains >> k & 1, &args[k]))
            return usage(1);
    xch = xc_interface_open(NULL, NULL, 0);
    if (!xch)
        return failed("xen-memshare", "the hypervisor");
    rc = commands[i].run(xch, args);
    if (rc < 0) {
        failed("xen-memshare", commands[i].name);
        rc = REFUSED;
    }
    xc_interface_close(xch);
    return rc;
}
