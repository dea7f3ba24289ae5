/* SPDX-License-Identifier: MIT */
/* xen-cpuid: the features of the processor, as the hypervisor sees them and lets guests see them.
 */
#include <getopt.h>
#include <inttypes.h>

#include <xenctrl.h>
#include <xenguest.h>

#include "cpuid_names.h"
#include "misc.h"

#define MAX_WORDS 64 /* more than any hypervisor has */

static int usage(int status)
{
    fputs("usage: xen-cpuid [info]          sets of features, as numbers\n"
          "       xen-cpuid detail          and by their names\n"
          "       xen-cpuid [-v] SET...     names of the features in SET: words in hexadecimal\n"
          "                                 with colons between them\n"
          "       xen-cpuid -p [DOMID]      leaves of CPUID, and MSRs, that guests see\n",
          status ? stderr : stdout);
    return status;
}

/* The name at bit @bit of @names, or "<bit>". */
static void print_name(const char *names, unsigned int bit)
{
    size_t len;

    for (unsigned int i = 0; i < bit && *names; i++) {
        names += strcspn(names, " ");
        names += *names == ' ';
    }
    len = strcspn(names, " ");
    if (!len || (len == 1 && *names == '-'))
        printf(" <%u>", bit);
    else
        printf(" %.*s", (int)len, names);
}

static void print_words(const uint32_t *set, uint32_t nr)
{
    for (uint32_t i = 0; i < nr; i++) {
        printf("  [%02u] %-24s", i, i < nr_feature_words ? feature_words[i].where : "<UNKNOWN>");
        for (unsigned int bit = 0; bit < 32; bit++)
            if (set[i] >> bit & 1)
                print_name(i < nr_feature_words ? feature_words[i].names : "", bit);
        putchar('\n');
    }
}

static void print_set(const char *name, const uint32_t *set, uint32_t nr, bool detail)
{
    printf("%-24s        ", name);
    for (uint32_t i = 0; i < nr; i++)
        printf("%08x%c", set[i], i + 1 < nr ? ':' : '\n');
    if (detail)
        print_words(set, nr);
}

static void print_static_sets(uint32_t nr, bool detail)
{
    static const struct {
        const char *name;
        enum xc_static_cpu_featuremask which;
    } sets[] = {
        {"Known", XC_FEATUREMASK_KNOWN},
        {"Special", XC_FEATUREMASK_SPECIAL},
        {"PV Max", XC_FEATUREMASK_PV_MAX},
        {"PV Default", XC_FEATUREMASK_PV_DEF},
        {"HVM Shadow Max", XC_FEATUREMASK_HVM_SHADOW_MAX},
        {"HVM Shadow Default", XC_FEATUREMASK_HVM_SHADOW_DEF},
        {"HVM Hap Max", XC_FEATUREMASK_HVM_HAP_MAX},
        {"HVM Hap Default", XC_FEATUREMASK_HVM_HAP_DEF},
    };

    puts("\nStatic sets:");
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
        const uint32_t *set = xc_get_static_cpu_featuremask(sets[i].which);

        if (set)
            print_set(sets[i].name, set, nr, detail);
    }
}

/* The maximum sets are of newer hypervisors. */
static int print_dynamic_sets(xc_interface *xch, uint32_t max, bool detail)
{
    static const struct {
        const char *name;
        uint32_t which;
    } sets[] = {
        {"Raw", XEN_SYSCTL_cpu_featureset_raw},
        {"Host", XEN_SYSCTL_cpu_featureset_host},
        {"PV Default", XEN_SYSCTL_cpu_featureset_pv},
        {"HVM Default", XEN_SYSCTL_cpu_featureset_hvm},
        {"PV Max", XEN_SYSCTL_cpu_featureset_pv_max},
        {"HVM Max", XEN_SYSCTL_cpu_featureset_hvm_max},
    };

    puts("\nDynamic sets:");
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
        uint32_t set[MAX_WORDS] = {0}, words = max;

        if (!xc_get_cpu_featureset(xch, sets[i].which, &words, set))
            print_set(sets[i].name, set, words < max ? words : max, detail);
        else if (errno == EOPNOTSUPP)
            printf("%s featureset not supported by Xen\n", sets[i].name);
        else
            return failed("xen-cpuid", sets[i].name);
    }
    return 0;
}

static int print_sets(xc_interface *xch, bool detail)
{
    uint32_t nr = xc_get_cpu_featureset_size(), hypervisor;

    if (xc_get_cpu_featureset(xch, 0, &hypervisor, NULL))
        return failed("xen-cpuid", "sets of features");
    if (nr > MAX_WORDS)
        nr = MAX_WORDS;
    if (hypervisor > MAX_WORDS)
        hypervisor = MAX_WORDS;
    printf("nr_features: %u\n", hypervisor);
    if (!detail) {
        printf("       %24s ", "KEY");
        for (unsigned int i = 0; i < nr_feature_words; i++)
            printf("%-8s ", feature_words[i].key);
        putchar('\n');
    }
    print_static_sets(nr, detail);
    return print_dynamic_sets(xch, hypervisor, detail);
}

/* A set that is given as text: what is not one ends it. */
static void explain(const char *text)
{
    uint32_t set[MAX_WORDS], nr = 0, max = xc_get_cpu_featureset_size();
    const char *p = text;
    int len;

    if (max > MAX_WORDS)
        max = MAX_WORDS;
    while (nr < max && sscanf(p, "%8x%n", &set[nr], &len) == 1) {
        nr++;
        p += len;
        if (*p != ':' && *p != '-')
            break;
        p++;
    }
    if (!nr) {
        fprintf(stderr, "'%s' unrecognized - skipping\n", text);
        return;
    }
    if (*p)
        fprintf(stderr, "'%s' unrecognized - ignoring\n", p);
    print_set("Raw", set, nr, true);
}

struct policy {
    xc_cpu_policy_t *policy;
    xen_cpuid_leaf_t *leaves;
    xen_msr_entry_t *msrs;
    uint32_t max_leaves, max_msrs;
};

/* Leaves of nothing are left out. */
static int print_policy(xc_interface *xch, const char *name, struct policy *p)
{
    uint32_t nr_leaves = p->max_leaves, nr_msrs = p->max_msrs;

    if (xc_cpu_policy_serialise(xch, p->policy, p->leaves, &nr_leaves, p->msrs, &nr_msrs))
        return failed("xen-cpuid", name);
    printf("%s policy: %u leaves, %u MSRs\n CPUID:\n", name, nr_leaves, nr_msrs);
    printf("  %-8s %-8s -> %-8s %-8s %-8s %-8s\n", "leaf", "subleaf", "eax", "ebx", "ecx", "edx");
    for (uint32_t i = 0; i < nr_leaves; i++) {
        const xen_cpuid_leaf_t *l = &p->leaves[i];

        if (l->a | l->b | l->c | l->d)
            printf("  %08x:%08x -> %08x:%08x:%08x:%08x\n", l->leaf, l->subleaf, l->a, l->b, l->c,
                   l->d);
    }
    printf(" MSRs:\n  %-8s -> %-16s\n", "index", "value");
    for (uint32_t i = 0; i < nr_msrs; i++)
        printf("  %08x -> %016" PRIx64 "\n", p->msrs[i].idx, p->msrs[i].val);
    return 0;
}

static int print_host_policies(xc_interface *xch, struct policy *p)
{
    static const char *const names[] = {
        [XEN_SYSCTL_cpu_policy_raw] = "Raw",
        [XEN_SYSCTL_cpu_policy_host] = "Host",
        [XEN_SYSCTL_cpu_policy_pv_max] = "PV Max",
        [XEN_SYSCTL_cpu_policy_hvm_max] = "HVM Max",
        [XEN_SYSCTL_cpu_policy_pv_default] = "PV Default",
        [XEN_SYSCTL_cpu_policy_hvm_default] = "HVM Default",
    };

    printf("Xen reports there are maximum %u leaves and %u MSRs\n", p->max_leaves, p->max_msrs);
    for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (!xc_cpu_policy_get_system(xch, i, p->policy)) {
            if (print_policy(xch, names[i], p))
                return 1;
        } else if (errno == EOPNOTSUPP) {
            printf("%s policy not supported by Xen\n", names[i]);
        } else {
            return failed("xen-cpuid", names[i]);
        }
    }
    return 0;
}

static int print_domain_policy(xc_interface *xch, uint32_t domid, struct policy *p)
{
    char name[32];

    snprintf(name, sizeof(name), "Domain %u", domid);
    if (xc_cpu_policy_get_domain(xch, domid, p->policy))
        return failed("xen-cpuid", name);
    return print_policy(xch, name, p);
}

static int print_policies(xc_interface *xch, const char *domain)
{
    struct policy p = {0};
    unsigned long domid = 0;
    int status = 1;

    if (domain && !parse_number(domain, DOMID_FIRST_RESERVED - 1, &domid))
        return usage(1);
    if (xc_cpu_policy_get_size(xch, &p.max_leaves, &p.max_msrs))
        return failed("xen-cpuid", "the size of policies");
    p.policy = xc_cpu_policy_init();
    p.leaves = calloc(p.max_leaves + 1u, sizeof(*p.leaves));
    p.msrs = calloc(p.max_msrs + 1u, sizeof(*p.msrs));
    if (!p.policy || !p.leaves || !p.msrs)
        failed("xen-cpuid", "memory");
    else
        status =
            domain ? print_domain_policy(xch, (uint32_t)domid, &p) : print_host_policies(xch, &p);
    if (p.policy)
        xc_cpu_policy_destroy(p.policy);
    free(p.leaves);
    free(p.msrs);
    return status;
}

enum mode { SETS, DETAIL, EXPLAIN, POLICIES };

static int run(enum mode mode, char **args)
{
    xc_interface *xch;
    int status;

    if (mode == EXPLAIN) {
        while (*args)
            explain(*args++);
        return 0;
    }
    xch = xc_interface_open(NULL, NULL, 0);
    if (!xch)
        return failed("xen-cpuid", "the hypervisor");
    status = mode == POLICIES ? print_policies(xch, args[0]) : print_sets(xch, mode == DETAIL);
    xc_interface_close(xch);
    return status;
}

int main(int argc, char **argv)
{
    static const struct option longopts[] = {
        {"help", 0, NULL, 'h'},    {"info", 0, NULL, 'i'},   {"detail", 0, NULL, 'd'},
        {"verbose", 0, NULL, 'v'}, {"policy", 0, NULL, 'p'}, {NULL, 0, NULL, 0},
    };
    enum mode mode = EXPLAIN;
    bool verbose = false;
    int opt;

    while ((opt = getopt_long(argc, argv, "hidvp", longopts, NULL)) != -1) {
        switch (opt) {
        case 'p':
            mode = POLICIES;
            break;
        case 'i':
            mode = SETS;
            break;
        case 'd':
        case 'v':
            mode = DETAIL;
            verbose = true;
            break;
        case 'h':
            return usage(0);
        default:
            return usage(1);
        }
    }
    argv += optind;
    if (mode == EXPLAIN && (!argv[0] || !strcmp(argv[0], "info")))
        mode = SETS;
    if (mode == EXPLAIN && !strcmp(argv[0], "detail"))
        mode = DETAIL;
    if (verbose && mode == SETS)
        mode = DETAIL;
    return run(mode, argv);
}
