/* SPDX-License-Identifier: MIT */
/*
 * xen-mceinj: makes a machine check that is none, to see what hypervisor and guests do about it:
 * the registers of a bank are given values, then the CPU gets the exception or the interrupt.
 */
#include <getopt.h>
#include <inttypes.h>

#include <xenctrl.h>
#include <xenstore.h>
#include <xen/arch-x86/xen-mca.h>

#include "misc.h"

/* Intel SDM vol 3B, 16.3: registers, and bits of MCG_STATUS and of a bank's status. */
#define MCG_STATUS      0x17a
#define BANK_STATUS(b)  (0x401 + 4 * (b))
#define BANK_ADDR(b)    (0x402 + 4 * (b))
#define BANK_MISC(b)    (0x403 + 4 * (b))
#define MCG_RIPV        (UINT64_C(1) << 0)
#define MCG_MCIP        (UINT64_C(1) << 2)
#define MCG_LMCE        (UINT64_C(1) << 3)
#define MISC_PHYSICAL   0x86 /* the address is physical, and good to 6 bits */
#define DEFAULT_ADDRESS 0x180020
#define NO_DOMAIN       DOMID_XEN

static const struct error {
    const char *name;
    unsigned int bank;
    uint64_t status;
    bool cmci; /* an interrupt, not the exception */
} errors[] = {
    {"MCE_SRAO_MEM", 7, 0xbd2000008000017a, false},
    {"MCE_SRAO_LLC", 8, 0xbd000000004000cf, false},
    {"CMCI_UCNA_LLC", 9, 0xbc20000080000136, true},
    {"AMD L1 icache parity", 1, 0x9400000000000151, false},
    {"MCE_SRAO_MEM (Fatal)", 7, 0xbf2000008000017a, false},
};
#define NR_ERRORS (sizeof(errors) / sizeof(errors[0]))

struct request {
    const struct error *error;
    unsigned int cpu;
    uint32_t domid; /* or NO_DOMAIN: the address is the host's */
    uint64_t address;
    bool dump, local;
};

static int usage(int status)
{
    FILE *f = status ? stderr : stdout;

    fputs("usage: xen-mceinj [OPTION...]\n"
          "  -t, --type=ERROR     the error (0):\n",
          f);
    for (size_t i = 0; i < NR_ERRORS; i++)
        fprintf(f, "                       %2zu : %s\n", i, errors[i].name);
    fputs("  -c, --cpu=CPU        where it happens (0)\n"
          "  -p, --page=ADDRESS   where in memory it is (0x180020)\n"
          "  -d, --domain=DOMID   and that of this domain; by default, of the host\n"
          "  -l, --lmce           only that CPU gets it (Intel)\n"
          "  -D, --dump           only show the address\n"
          "  -h, --help           this help\n",
          f);
    return status;
}

static int set_register(xc_interface *xch, const struct request *rq, uint32_t reg, uint64_t value)
{
    struct xen_mc mc = {.cmd = XEN_MC_msrinject, .interface_version = XEN_MCA_INTERFACE_VERSION};
    struct xen_mc_msrinject *inj = &mc.u.mc_msrinject;

    inj->mcinj_cpunr = rq->cpu;
    inj->mcinj_flags = MC_MSRINJ_F_INTERPOSE;
    inj->mcinj_domid = (domid_t)rq->domid;
    inj->mcinj_count = 1;
    inj->mcinj_msr[0].reg = reg;
    inj->mcinj_msr[0].value = value;
    if (reg == BANK_ADDR(rq->error->bank) && rq->domid != NO_DOMAIN)
        inj->mcinj_flags |= MC_MSRINJ_F_GPADDR;
    return xc_mca_op(xch, &mc) ? failed("xen-mceinj", "a register") : 0;
}

static int set_registers(xc_interface *xch, const struct request *rq)
{
    uint64_t global = rq->error->cmci ? 0 : MCG_RIPV | MCG_MCIP | (rq->local ? MCG_LMCE : 0);

    return set_register(xch, rq, MCG_STATUS, global) ||
           set_register(xch, rq, BANK_STATUS(rq->error->bank), rq->error->status) ||
           set_register(xch, rq, BANK_MISC(rq->error->bank), MISC_PHYSICAL) ||
           set_register(xch, rq, BANK_ADDR(rq->error->bank), rq->address);
}

static int raise_exception(xc_interface *xch, const struct request *rq)
{
    struct xen_mc mc = {.cmd = XEN_MC_mceinject, .interface_version = XEN_MCA_INTERFACE_VERSION};

    mc.u.mc_mceinject.mceinj_cpunr = rq->cpu;
    return xc_mca_op(xch, &mc) ? failed("xen-mceinj", "the exception") : 0;
}

/* A call that names CPUs: the one, or with XEN_MC_INJECT_CPU_BROADCAST all. */
static int raise_on(xc_interface *xch, const struct request *rq, unsigned int flags)
{
    int size = xc_get_cpumap_size(xch), rc;
    xc_cpumap_t map = size > 0 ? xc_cpumap_alloc(xch) : NULL;

    if (!map)
        return failed("xen-mceinj", "the host's CPUs");
    if (rq->cpu >= (unsigned int)size * 8) {
        fprintf(stderr, "xen-mceinj: there is no CPU %u\n", rq->cpu);
        free(map);
        return 1;
    }
    xc_cpumap_setcpu((int)rq->cpu, map);
    rc = xc_mca_op_inject_v2(xch, flags, map, (unsigned int)size * 8);
    free(map);
    return rc ? failed("xen-mceinj", "the error") : 0;
}

static int inject(xc_interface *xch, const struct request *rq)
{
    if (set_registers(xch, rq))
        return 1;
    if (rq->error->cmci)
        return raise_on(xch, rq, XEN_MC_INJECT_TYPE_CMCI | XEN_MC_INJECT_CPU_BROADCAST);
    return rq->local ? raise_on(xch, rq, XEN_MC_INJECT_TYPE_LMCE) : raise_exception(xch, rq);
}

/* Whether the guest has the address, by the memory that it is to have. */
static int check_address(const struct request *rq)
{
    struct xs_handle *xs;
    char path[64], *text;
    uint64_t end;

    if (rq->domid == NO_DOMAIN)
        return 0;
    xs = xs_open(0);
    if (!xs)
        return failed("xen-mceinj", "the store");
    snprintf(path, sizeof(path), "/local/domain/%u/memory/target", rq->domid);
    text = xs_read(xs, XBT_NULL, path, NULL);
    xs_close(xs);
    if (!text)
        return failed("xen-mceinj", path);
    end = strtoull(text, NULL, 10) * 1024;
    free(text);
    printf("get domain %u max gpa is: 0x%" PRIx64 "\n", rq->domid, end);
    if (rq->address < end)
        return 0;
    fprintf(stderr, "xen-mceinj: the address is above 0x%" PRIx64 "\n", end);
    return 1;
}

static bool parse_one(int opt, struct request *rq)
{
    unsigned long n = 0;
    char *end;

    switch (opt) {
    case 'D':
        rq->dump = true;
        return true;
    case 'l':
        rq->local = true;
        return true;
    case 'c':
        if (!parse_number(optarg, INT32_MAX, &n))
            return false;
        rq->cpu = (unsigned int)n;
        return true;
    case 'd':
        if (!parse_number(optarg, DOMID_FIRST_RESERVED - 1, &n))
            return false;
        rq->domid = (uint32_t)n;
        return true;
    case 'p':
        errno = 0;
        rq->address = strtoull(optarg, &end, 0);
        return *optarg >= '0' && *optarg <= '9' && !*end && !errno;
    case 't':
        if (!parse_number(optarg, NR_ERRORS - 1, &n))
            return false;
        rq->error = &errors[n];
        return true;
    default:
        return false;
    }
}

static int run(xc_interface *xch, const struct request *rq)
{
    if (check_address(rq))
        return 1;
    printf("get gaddr of error inject is: 0x%" PRIx64 "\n", rq->address);
    if (!rq->dump)
        return inject(xch, rq);
    if (rq->domid == NO_DOMAIN)
        printf("Xen: gaddr=0x%" PRIx64 "\n", rq->address);
    else
        printf("Dom%u: gaddr=0x%" PRIx64 "\n", rq->domid, rq->address);
    return 0;
}

int main(int argc, char **argv)
{
    static const struct option longopts[] = {
        {"cpu", 1, NULL, 'c'},  {"domain", 1, NULL, 'd'}, {"dump", 0, NULL, 'D'},
        {"help", 0, NULL, 'h'}, {"page", 1, NULL, 'p'},   {"type", 1, NULL, 't'},
        {"lmce", 0, NULL, 'l'}, {NULL, 0, NULL, 0},
    };
    struct request rq = {.error = errors, .domid = NO_DOMAIN, .address = DEFAULT_ADDRESS};
    xc_interface *xch;
    int opt, status;

    while ((opt = getopt_long(argc, argv, "c:Dd:t:hp:l", longopts, NULL)) != -1) {
        if (opt == 'h')
            return usage(0);
        if (!parse_one(opt, &rq))
            return usage(1);
    }
    if (optind != argc)
        return usage(1);
    if (rq.local && rq.error->cmci) {
        fputs("xen-mceinj: an interrupt cannot be local\n", stderr);
        return 1;
    }
    xch = xc_interface_open(NULL, NULL, 0);
    if (!xch)
        return failed("xen-mceinj", "the hypervisor");
    status = run(xch, &rq);
    xc_interface_close(xch);
    return status;
}
