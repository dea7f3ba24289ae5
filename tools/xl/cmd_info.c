/* SPDX-License-Identifier: MIT */
/* The host: info, dmesg, debug-keys, and the security policy. */
#include <getopt.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "xl.h"

static void info_node(void)
{
    struct utsname u;

    if (uname(&u) < 0)
        return;
    printf("host                   : %s\n", u.nodename);
    printf("release                : %s\n", u.release);
    printf("version                : %s\n", u.version);
    printf("machine                : %s\n", u.machine);
}

static void info_caps(const libxl_physinfo *p)
{
    const struct {
        bool has;
        const char *name;
    } caps[] = {
        {p->cap_pv, " pv"},
        {p->cap_hvm, " hvm"},
        {p->cap_hvm && p->cap_hvm_directio, " hvm_directio"},
        {p->cap_pv && p->cap_hvm_directio, " pv_directio"},
        {p->cap_hap, " hap"},
        {p->cap_shadow, " shadow"},
        {p->cap_iommu_hap_pt_share, " iommu_hap_pt_share"},
        {p->cap_vmtrace, " vmtrace"},
        {p->cap_vpmu, " vpmu"},
        {p->cap_gnttab_v1, " gnttab-v1"},
        {p->cap_gnttab_v2, " gnttab-v2"},
    };

    printf("virt_caps              :");
    for (unsigned int i = 0; i < ARRAY_SIZE(caps); i++)
        if (caps[i].has)
            fputs(caps[i].name, stdout);
    printf("\n");
}

static void info_cpus(const libxl_physinfo *p)
{
    printf("nr_cpus                : %u\n", p->nr_cpus);
    printf("max_cpu_id             : %u\n", p->max_cpu_id);
    printf("nr_nodes               : %u\n", p->nr_nodes);
    printf("cores_per_socket       : %u\n", p->cores_per_socket);
    printf("threads_per_core       : %u\n", p->threads_per_core);
    printf("cpu_mhz                : %u.%03u\n", p->cpu_khz / 1000, p->cpu_khz % 1000);
    printf("hw_caps                : %08x:%08x:%08x:%08x:%08x:%08x:%08x:%08x\n", p->hw_cap[0],
           p->hw_cap[1], p->hw_cap[2], p->hw_cap[3], p->hw_cap[4], p->hw_cap[5], p->hw_cap[6],
           p->hw_cap[7]);
    info_caps(p);
}

static void info_memory(const libxl_physinfo *p, const libxl_version_info *v)
{
    uint64_t per_mb = v->pagesize > 0 ? (1 << 20) / (unsigned int)v->pagesize : 256;

    printf("total_memory           : %llu\n", (unsigned long long)(p->total_pages / per_mb));
    printf("free_memory            : %llu\n",
           (unsigned long long)((p->free_pages - p->outstanding_pages) / per_mb));
    printf("sharing_freed_memory   : %llu\n",
           (unsigned long long)(p->sharing_freed_pages / per_mb));
    printf("sharing_used_memory    : %llu\n",
           (unsigned long long)(p->sharing_used_frames / per_mb));
    printf("outstanding_claims     : %llu\n", (unsigned long long)(p->outstanding_pages / per_mb));
}

static int info_physical(void)
{
    const libxl_version_info *v = libxl_get_version_info(ctx);
    libxl_physinfo p;
    libxl_bitmap cpus;

    libxl_physinfo_init(&p);
    if (!v || libxl_get_physinfo(ctx, &p)) {
        fprintf(stderr, "libxl_physinfo failed.\n");
        return EXIT_BAD;
    }
    info_cpus(&p);
    info_memory(&p, v);
    libxl_physinfo_dispose(&p);
    libxl_bitmap_init(&cpus);
    if (!libxl_get_freecpus(ctx, &cpus)) {
        printf("free_cpus              : %d\n", libxl_bitmap_count_set(&cpus));
        libxl_bitmap_dispose(&cpus);
    }
    return EXIT_OK;
}

static void info_topology(void)
{
    int nr;
    libxl_cputopology *t = libxl_get_cpu_topology(ctx, &nr);

    if (!t) {
        fprintf(stderr, "libxl_get_topologyinfo failed.\n");
        return;
    }
    printf("cpu_topology           :\ncpu:    core    socket     node\n");
    for (int i = 0; i < nr; i++)
        if (t[i].core != LIBXL_CPUTOPOLOGY_INVALID_ENTRY)
            printf("%3d:    %4u     %4u     %4u\n", i, t[i].core, t[i].socket, t[i].node);
    libxl_cputopology_list_free(t, nr);
}

static void info_devices(void)
{
    int nr;
    libxl_pcitopology *t = libxl_get_pci_topology(ctx, &nr);

    if (!t) {
        fprintf(stderr, "libxl_get_pci_topology failed.\n");
        return;
    }
    printf("device topology        :\ndevice           node\n");
    for (int i = 0; i < nr; i++)
        if (t[i].node != LIBXL_PCITOPOLOGY_INVALID_ENTRY)
            printf("%04x:%02x:%02x.%01x      %u\n", t[i].seg, t[i].bus, (t[i].devfn >> 3) & 0x1f,
                   t[i].devfn & 7, t[i].node);
    if (!nr)
        printf("No device topology data available\n");
    libxl_pcitopology_list_free(t, nr);
}

static void info_nodes(void)
{
    int nr;
    libxl_numainfo *n = libxl_get_numainfo(ctx, &nr);

    if (!n) {
        fprintf(stderr, "libxl_get_numainfo failed.\n");
        return;
    }
    printf("numa_info              :\nnode:    memsize    memfree    distances\n");
    for (int i = 0; i < nr; i++) {
        if (n[i].size == LIBXL_NUMAINFO_INVALID_ENTRY)
            continue;
        printf("%4d:    %6llu     %6llu      ", i, (unsigned long long)(n[i].size >> 20),
               (unsigned long long)(n[i].free >> 20));
        for (int j = 0; j < n[i].num_dists; j++)
            printf("%s%u", j ? "," : "", n[i].dists[j]);
        printf("\n");
    }
    libxl_numainfo_list_free(n, nr);
}

static void info_xen(void)
{
    const libxl_version_info *v = libxl_get_version_info(ctx);
    const char *sched;

    if (!v)
        return;
    sched = libxl_scheduler_to_string((libxl_scheduler)libxl_get_scheduler(ctx));
    printf("xen_major              : %d\n", v->xen_version_major);
    printf("xen_minor              : %d\n", v->xen_version_minor);
    printf("xen_extra              : %s\n", v->xen_version_extra);
    printf("xen_version            : %d.%d%s\n", v->xen_version_major, v->xen_version_minor,
           v->xen_version_extra);
    printf("xen_caps               : %s\n", v->capabilities);
    printf("xen_scheduler          : %s\n", sched ? sched : "unknown");
    printf("xen_pagesize           : %u\n", v->pagesize);
    printf("platform_params        : virt_start=0x%llx\n", (unsigned long long)v->virt_start);
    printf("xen_changeset          : %s\n", v->changeset);
    printf("xen_commandline        : %s\n", v->commandline);
    printf("cc_compiler            : %s\n", v->compiler);
    printf("cc_compile_by          : %s\n", v->compile_by);
    printf("cc_compile_domain      : %s\n", v->compile_domain);
    printf("cc_compile_date        : %s\n", v->compile_date);
    printf("build_id               : %s\n", v->build_id);
}

static int info_all(bool numa)
{
    info_node();
    if (info_physical())
        return EXIT_BAD;
    if (numa) {
        info_topology();
        info_devices();
        info_nodes();
    }
    info_xen();
    printf("xend_config_format     : 4\n");
    return EXIT_OK;
}

/* The value behind "KEY   : " at the beginning of a line of @text. */
static void print_value(char *text, const char *key)
{
    size_t n = strlen(key);
    char *save = NULL;

    for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
        const char *at = l + n;

        if (strncmp(l, key, n) || *at != ' ')
            continue;
        at += strspn(at, " ");
        if (*at == ':')
            puts(at[1] ? at + 2 : "");
        return;
    }
}

/* "xl info xen_version" and the like are there for scripts. */
static int info_one(const char *key)
{
    FILE *terminal = stdout, *f;
    char *text = NULL;
    size_t len = 0;
    int rc;

    f = open_memstream(&text, &len);
    if (!f) {
        perror("xl info");
        return EXIT_BAD;
    }
    stdout = f;
    rc = info_all(false);
    stdout = terminal;
    fclose(f);
    if (!rc)
        print_value(text, key);
    free(text);
    return rc;
}

int main_info(int argc, char **argv)
{
    static const struct option longopts[] = {
        {"help", 0, NULL, 'h'}, {"numa", 0, NULL, 'n'}, {NULL, 0, NULL, 0}};
    bool numa = false;
    int opt;

    while ((opt = command_getopt(argc, argv, "hn", longopts, "info", 0)) != -1)
        numa = numa || opt == 'n';
    return optind < argc ? info_one(argv[optind]) : info_all(numa);
}

int main_dmesg(int argc, char **argv)
{
    libxl_xen_console_reader *cr;
    static const struct option longopts[] = {
        {"clear", 0, NULL, 'c'}, {"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0}};
    bool clear = false;
    char *line;
    int opt, r;

    while ((opt = command_getopt(argc, argv, "ch", longopts, "dmesg", 0)) != -1)
        clear = clear || opt == 'c';
    cr = libxl_xen_console_read_start(ctx, clear);
    if (!cr)
        return EXIT_BAD;
    while ((r = libxl_xen_console_read_line(ctx, cr, &line)) > 0)
        fputs(line, stdout);
    libxl_xen_console_read_finish(ctx, cr);
    return r < 0 ? EXIT_BAD : EXIT_OK;
}

int main_debug_keys(int argc, char **argv)
{
    no_options(argc, argv, "debug-keys", 1);
    if (!libxl_send_debug_keys(ctx, argv[optind]))
        return EXIT_OK;
    fprintf(stderr, "cannot send debug keys: %s\n", argv[optind]);
    return EXIT_BAD;
}

int main_top(int argc, char **argv)
{
    no_options(argc, argv, "top", 0);
    execlp("xentop", "xentop", (char *)NULL);
    perror("xentop");
    return EXIT_BAD;
}

static bool no_flask(void)
{
    bool none = libxl_flask_getenforce(ctx) == ERROR_INVAL;

    if (none)
        fprintf(stderr, "Flask XSM disabled\n");
    return none;
}

int main_getenforce(int argc, char **argv)
{
    int r;

    (void)argc;
    (void)argv;
    r = libxl_flask_getenforce(ctx);
    if (r < 0) {
        printf("%s\n", r == ERROR_INVAL ? "Flask XSM Disabled" : "Failed to get enforcing mode");
        return EXIT_MINUS_ONE;
    }
    printf("%s\n", r ? "Enforcing" : "Permissive");
    return EXIT_OK;
}

int main_setenforce(int argc, char **argv)
{
    const char *s;
    int mode;

    no_options(argc, argv, "setenforce", 1);
    s = argv[optind];
    if (!strcmp(s, "0") || !strcasecmp(s, "permissive")) {
        mode = 0;
    } else if (!strcmp(s, "1") || !strcasecmp(s, "enforcing")) {
        mode = 1;
    } else {
        command_help("setenforce");
        return EXIT_USAGE;
    }
    if (no_flask())
        return EXIT_MINUS_ONE;
    if (!libxl_flask_setenforce(ctx, mode))
        return EXIT_OK;
    fprintf(stderr, "Failed to set enforcing mode\n");
    return EXIT_MINUS_ONE;
}

int main_loadpolicy(int argc, char **argv)
{
    void *policy = NULL;
    int len, rc;

    if (argc < 2 || !strcmp(argv[1], "-h") || !strcmp(argv[1], "--help")) {
        command_help("loadpolicy");
        return argc < 2 ? EXIT_USAGE : EXIT_OK;
    }
    rc = libxl_read_file_contents(ctx, argv[1], &policy, &len);
    if (rc || !policy) {
        fprintf(stderr, "Error occurred opening policy file '%s': %s\n", argv[1],
                rc ? strerror(rc) : "it is empty");
        return EXIT_MINUS_ONE;
    }
    if (no_flask()) {
        free(policy);
        return EXIT_MINUS_ONE;
    }
    rc = libxl_flask_loadpolicy(ctx, policy, (uint32_t)len);
    free(policy);
    if (!rc) {
        printf("Successfully loaded policy.\n");
        return EXIT_OK;
    }
    fprintf(stderr, "Operation not permitted\n");
    return EXIT_MINUS_ONE;
}

int main_set_parameters(int argc, char **argv)
{
    no_options(argc, argv, "set-parameters", 1);
    if (!libxl_set_parameters(ctx, argv[optind]))
        return EXIT_OK;
    fprintf(stderr, "cannot set parameters: %s\n", argv[optind]);
    return EXIT_BAD;
}
