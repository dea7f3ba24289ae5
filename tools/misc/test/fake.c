/* SPDX-License-Identifier: MIT */
/*
 * The fake hypervisor's host. FAKE_PM_ERRNO: calls of power management fail, from FAKE_PM_CPU on.
 */
#include <string.h>

#include <xenctrl.h>
#include <xenhypfs.h>

#include "fake.h"

static char nothing;

static bool pm_fails(int cpu)
{
    const char *number = getenv("FAKE_PM_ERRNO"), *first = getenv("FAKE_PM_CPU");

    if (!number || (first && cpu < atoi(first)))
        return fails();
    errno = atoi(number);
    return true;
}

#define SAY_PM(cpu, ...)                                                                           \
    do {                                                                                           \
        if (pm_fails(cpu))                                                                         \
            return -1;                                                                             \
        SAY(__VA_ARGS__);                                                                          \
    } while (0)

xc_interface *xc_interface_open(xentoollog_logger *logger, xentoollog_logger *dombuild_logger,
                                unsigned int open_flags)
{
    (void)logger, (void)dombuild_logger, (void)open_flags;
    return (xc_interface *)&nothing;
}

int xc_interface_close(xc_interface *xch)
{
    (void)xch;
    return 0;
}

void *xc__hypercall_buffer_alloc(xc_interface *xch, xc_hypercall_buffer_t *b, size_t size)
{
    (void)xch;
    return b->hbuf = calloc(1, size);
}

void xc__hypercall_buffer_free(xc_interface *xch, xc_hypercall_buffer_t *b)
{
    (void)xch;
    free(b->hbuf);
}

/* Locks and counters. */

static const xc_lockprof_data_t locks[] = {
    {"heap", LOCKPROF_TYPE_GLOBAL, -1, 1234, 5, 1234567890, 1500},
    {"domain_lock", LOCKPROF_TYPE_PERDOM, 3, 10, 0, 2000000001, 0},
    {"else", 7, 2, 1, 1, 1, 1},
};

int xc_lockprof_reset(xc_interface *xch)
{
    (void)xch;
    SAY("lockprof_reset\n");
}

int xc_lockprof_query_number(xc_interface *xch, uint32_t *n_elems)
{
    (void)xch;
    *n_elems = getenv("FAKE_MORE") ? 2 : 3;
    return fails() ? -1 : 0;
}

int xc_lockprof_query(xc_interface *xch, uint32_t *n_elems, uint64_t *time,
                      xc_hypercall_buffer_t *data)
{
    uint32_t room = *n_elems, nr = room < 3 ? room : 3;

    (void)xch;
    memcpy(data->hbuf, locks, nr * sizeof(locks[0]));
    *n_elems = getenv("FAKE_MORE") ? room + 35 : 3;
    *time = 12345678901;
    return fails() ? -1 : 0;
}

static const xc_perfc_desc_t counters[] = {{"page faults", 1}, {"calls", 12}, {"zeros", 2}};
static const xc_perfc_val_t values[] = {77, 1, 0, 3, 0, 5, 0, 7, 0, 0, 0, 4000000000, 12, 0, 0};

int xc_perfc_reset(xc_interface *xch)
{
    (void)xch;
    SAY("perfc_reset\n");
}

int xc_perfc_query_number(xc_interface *xch, int *nbr_desc, int *nbr_val)
{
    (void)xch;
    *nbr_desc = 3;
    *nbr_val = 15;
    return fails() ? -1 : 0;
}

int xc_perfc_query(xc_interface *xch, xc_hypercall_buffer_t *desc, xc_hypercall_buffer_t *val)
{
    (void)xch;
    memcpy(desc->hbuf, counters, sizeof(counters));
    memcpy(val->hbuf, values, sizeof(values));
    return fails() ? -1 : 0;
}

/* Coverage is the one sysctl that a program makes itself. */
int xc_sysctl(xc_interface *xch, struct xen_sysctl *op)
{
    static const char data[] = "coverage\n";

    (void)xch;
    if (fails())
        return -1;
    if (op->cmd != XEN_SYSCTL_coverage_op)
        abort();
    switch (op->u.coverage_op.cmd) {
    case XEN_SYSCTL_COVERAGE_get_size:
        op->u.coverage_op.size = sizeof(data) - 1;
        return 0;
    case XEN_SYSCTL_COVERAGE_read:
        if (op->u.coverage_op.size < sizeof(data) - 1)
            abort();
        memcpy((void *)op->u.coverage_op.buffer.p, data, sizeof(data) - 1);
        return 0;
    default:
        SAY("coverage_reset\n");
    }
}

/* Domains. */

int xc_gnttab_query_size(xc_interface *xch, struct gnttab_query_size *query)
{
    (void)xch;
    query->nr_frames = 4;
    query->max_nr_frames = 64;
    query->status = query->dom == 9 ? GNTST_bad_domain : GNTST_okay;
    return fails() ? -1 : 0;
}

int xc_watchdog(xc_interface *xch, uint32_t id, uint32_t timeout)
{
    (void)xch;
    if (fails())
        return -1;
    printf("call watchdog %u %u\n", id, timeout);
    fflush(stdout);
    return id ? 0 : 5;
}

int xc_evtchn_status(xc_interface *xch, xc_evtchn_status_t *status)
{
    static const xc_evtchn_status_t ports[] = {
        {.status = EVTCHNSTAT_closed},
        {.status = EVTCHNSTAT_unbound, .vcpu = 0, .u.unbound.dom = 3},
        {.status = EVTCHNSTAT_interdomain, .vcpu = 1, .u.interdomain = {4, 17}},
        {.status = EVTCHNSTAT_pirq, .vcpu = 2, .u.pirq = 9},
        {.status = EVTCHNSTAT_virq, .vcpu = 3, .u.virq = 2},
        {.status = EVTCHNSTAT_ipi, .vcpu = 0},
    };

    (void)xch;
    if (fails())
        return -1;
    if (status->port >= sizeof(ports) / sizeof(ports[0])) {
        errno = EINVAL;
        return -1;
    }
    status->status = ports[status->port].status;
    status->vcpu = ports[status->port].vcpu;
    status->u = ports[status->port].u;
    return 0;
}

/* CPUs. */

int xc_cpu_online(xc_interface *xch, int cpu)
{
    (void)xch;
    SAY("cpu_online %d\n", cpu);
}

int xc_cpu_offline(xc_interface *xch, int cpu)
{
    (void)xch;
    SAY("cpu_offline %d\n", cpu);
}

int xc_smt_enable(xc_interface *xch)
{
    (void)xch;
    SAY("smt_enable\n");
}

int xc_smt_disable(xc_interface *xch)
{
    (void)xch;
    SAY("smt_disable\n");
}

int xc_microcode_update(xc_interface *xch, const void *buf, size_t len)
{
    (void)xch;
    SAY("microcode_update %zu %.3s\n", len, (const char *)buf);
}

int xc_physinfo(xc_interface *xch, xc_physinfo_t *info)
{
    (void)xch;
    memset(info, 0, sizeof(*info));
    info->nr_cpus = 2;
    info->max_cpu_id = 1;
    info->free_pages = getenv("FAKE_FREE") ? strtoull(getenv("FAKE_FREE"), NULL, 0) : 5000;
    info->total_pages = 100000;
    return fails() ? -1 : 0;
}

int xc_cputopoinfo(xc_interface *xch, unsigned *max_cpus, xc_cputopo_t *cputopo)
{
    (void)xch;
    if (cputopo) {
        cputopo[0] = (xc_cputopo_t){0, 0, 0};
        cputopo[1] = (xc_cputopo_t){1, 0, 1};
        if (*max_cpus > 2)
            cputopo[2].core = XEN_INVALID_CORE_ID;
    }
    *max_cpus = 3;
    return fails() ? -1 : 0;
}

int xc_pm_get_max_px(xc_interface *xch, int cpuid, int *max_px)
{
    (void)xch;
    *max_px = 2;
    return pm_fails(cpuid) ? -1 : 0;
}

/* With FAKE_GROW counters grow from look to look. */
static unsigned int grown(unsigned int looks)
{
    return getenv("FAKE_GROW") ? looks : 0;
}

int xc_pm_get_pxstat(xc_interface *xch, int cpuid, struct xc_px_stat *pxpt)
{
    static const uint64_t transitions[] = {0, 3, 4, 0};
    static const struct xc_px_val states[] = {{2000, 123456789, 7}, {1000, 5000000, 8}};
    static unsigned int looks[2];

    (void)xch;
    pxpt->total = 2;
    pxpt->usable = 2;
    pxpt->last = 0;
    pxpt->cur = (uint8_t)(cpuid & 1);
    memcpy(pxpt->trans_pt, transitions, sizeof(transitions));
    memcpy(pxpt->pt, states, sizeof(states));
    for (int i = 0; i < 2; i++) {
        pxpt->pt[i].residency += grown(looks[cpuid & 1]) * 150000000u * (unsigned int)(i + 1);
        pxpt->pt[i].count += grown(looks[cpuid & 1]) * 3u * (unsigned int)(i + 1);
    }
    looks[cpuid & 1]++;
    return pm_fails(cpuid) ? -1 : 0;
}

int xc_pm_get_max_cx(xc_interface *xch, int cpuid, int *max_cx)
{
    (void)xch;
    *max_cx = 3;
    return pm_fails(cpuid) ? -1 : 0;
}

int xc_pm_get_cxstat(xc_interface *xch, int cpuid, struct xc_cx_stat *cxpt)
{
    static const uint64_t triggers[] = {0, 100, 2000}, ns[] = {0, 7000000, 123456789012};
    static unsigned int looks[2];

    (void)xch;
    cxpt->nr = 3;
    cxpt->last = 1;
    cxpt->idle_time = 98765432109;
    memcpy(cxpt->triggers, triggers, sizeof(triggers));
    memcpy(cxpt->residencies, ns, sizeof(ns));
    for (unsigned int i = 0; i < 3; i++) {
        cxpt->triggers[i] += grown(looks[cpuid & 1]) * 10 * (i + 1);
        cxpt->residencies[i] += grown(looks[cpuid & 1]) * 100000000ull * (i + 1);
    }
    for (uint32_t i = 0; cxpt->pc && i < cxpt->nr_pc; i++)
        cxpt->pc[i] = (i + 1) * 1000000ULL * (1 + grown(looks[cpuid & 1]) * 50);
    for (uint32_t i = 0; cxpt->cc && i < cxpt->nr_cc; i++)
        cxpt->cc[i] = (i + 1) * 2000000ULL * (1 + grown(looks[cpuid & 1]) * 50);
    looks[cpuid & 1]++;
    if (!getenv("FAKE_PC"))
        cxpt->nr_pc = cxpt->nr_cc = 0;
    return pm_fails(cpuid) ? -1 : 0;
}

int xc_get_cpufreq_para(xc_interface *xch, int cpuid, struct xc_get_cpufreq_para *p)
{
    static const char governors[3][CPUFREQ_NAME_LEN] = {"userspace ", "performance ", "ondemand "};
    const char *governor = getenv("FAKE_GOVERNOR");

    (void)xch;
    if (pm_fails(cpuid))
        return -1;
    if (p->cpu_num != 2 || p->freq_num != 2 || p->gov_num != 3) {
        p->cpu_num = 2;
        p->freq_num = 2;
        p->gov_num = 3;
        errno = EAGAIN;
        return -1;
    }
    p->affected_cpus[0] = 0;
    p->affected_cpus[1] = 1;
    p->scaling_available_frequencies[0] = 2000000;
    p->scaling_available_frequencies[1] = 1000000;
    memcpy(p->scaling_available_governors, governors, sizeof(governors));
    strcpy(p->scaling_driver, "acpi-cpufreq");
    strcpy(p->scaling_governor, governor ? governor : "ondemand");
    p->cpuinfo_cur_freq = 1000000;
    p->cpuinfo_max_freq = 2000000;
    p->cpuinfo_min_freq = 1000000;
    p->scaling_cur_freq = 1000000;
    p->scaling_max_freq = 2000000;
    p->scaling_min_freq = 1000000;
    if (governor) {
        p->u.userspace.scaling_setspeed = 1000000;
    } else {
        p->u.ondemand = (xc_ondemand_t){10000000, 10000, 20000, 80};
    }
    p->turbo_enabled = 1;
    return 0;
}

int xc_get_cpufreq_avgfreq(xc_interface *xch, int cpuid, int *avg_freq)
{
    (void)xch;
    *avg_freq = 1234567;
    return pm_fails(cpuid) ? -1 : 0;
}

int xc_set_cpufreq_gov(xc_interface *xch, int cpuid, char *govname)
{
    (void)xch;
    SAY_PM(cpuid, "set_cpufreq_gov %d %s\n", cpuid, govname);
}

int xc_set_cpufreq_para(xc_interface *xch, int cpuid, int ctrl_type, int ctrl_value)
{
    (void)xch;
    SAY_PM(cpuid, "set_cpufreq_para %d %d %d\n", cpuid, ctrl_type, ctrl_value);
}

int xc_get_cpuidle_max_cstate(xc_interface *xch, uint32_t *value)
{
    (void)xch;
    *value = getenv("FAKE_CSTATE") ? 2 : XEN_SYSCTL_CX_UNLIMITED;
    return pm_fails(0) ? -1 : 0;
}

int xc_get_cpuidle_max_csubstate(xc_interface *xch, uint32_t *value)
{
    (void)xch;
    *value = getenv("FAKE_CSTATE") ? 1 : XEN_SYSCTL_CX_UNLIMITED;
    return pm_fails(0) ? -1 : 0;
}

int xc_set_cpuidle_max_cstate(xc_interface *xch, uint32_t value)
{
    (void)xch;
    SAY_PM(0, "set_cpuidle_max_cstate %u\n", value);
}

int xc_set_cpuidle_max_csubstate(xc_interface *xch, uint32_t value)
{
    (void)xch;
    SAY_PM(0, "set_cpuidle_max_csubstate %u\n", value);
}

int xc_enable_turbo(xc_interface *xch, int cpuid)
{
    (void)xch;
    SAY_PM(cpuid, "enable_turbo %d\n", cpuid);
}

int xc_disable_turbo(xc_interface *xch, int cpuid)
{
    (void)xch;
    SAY_PM(cpuid, "disable_turbo %d\n", cpuid);
}

int xc_set_sched_opt_smt(xc_interface *xch, uint32_t value)
{
    (void)xch;
    SAY_PM(0, "set_sched_opt_smt %u\n", value);
}

int xc_sched_credit_params_get(xc_interface *xch, uint32_t cpupool_id,
                               struct xen_sysctl_credit_schedule *schedule)
{
    (void)xch, (void)cpupool_id;
    *schedule = (struct xen_sysctl_credit_schedule){30, 1000, 50};
    return pm_fails(0) ? -1 : 0;
}

int xc_sched_credit_params_set(xc_interface *xch, uint32_t cpupool_id,
                               struct xen_sysctl_credit_schedule *s)
{
    (void)xch;
    SAY_PM(0, "sched_credit_params_set %u %u %u %u\n", cpupool_id, s->tslice_ms, s->ratelimit_us,
           s->vcpu_migr_delay_us);
}

/* The file system: /, /dir with blob, number and text, which can be written. */

static const struct entry {
    const char *folder, *name, *contents;
    struct xenhypfs_dirent dirent;
} entries[] = {
    {"/", "buildinfo", NULL, {NULL, 0, xenhypfs_type_dir, 0, 0}},
    {"/", "params", NULL, {NULL, 0, xenhypfs_type_dir, 0, 0}},
    {"/buildinfo", "config", "A=y\nB=\1\x80\t\\\n", {NULL, 12, xenhypfs_type_string, 1, 0}},
    {"/buildinfo", "empty", NULL, {NULL, 0, xenhypfs_type_dir, 0, 0}},
    {"/params", "flag", "0", {NULL, 1, xenhypfs_type_bool, 0, XENHYPFS_FLAG_WRITABLE}},
    {"/params", "count", "12", {NULL, 4, xenhypfs_type_uint, 0, 0}},
    {"/params", "delta", "-1", {NULL, 4, xenhypfs_type_int, 0, XENHYPFS_FLAG_WRITABLE}},
    {"/params", "bytes", "\1\2", {NULL, 2, xenhypfs_type_blob, 0, 0}},
};
#define NR_ENTRIES (sizeof(entries) / sizeof(entries[0]))

static const struct entry *find(const char *path)
{
    char whole[64];

    for (size_t i = 0; i < NR_ENTRIES; i++) {
        snprintf(whole, sizeof(whole), "%s/%s", entries[i].folder[1] ? entries[i].folder : "",
                 entries[i].name);
        if (!strcmp(whole, path))
            return &entries[i];
    }
    errno = ENOENT;
    return NULL;
}

xenhypfs_handle *xenhypfs_open(struct xentoollog_logger *logger, unsigned int open_flags)
{
    (void)logger, (void)open_flags;
    return (xenhypfs_handle *)&nothing;
}

int xenhypfs_close(xenhypfs_handle *fshdl)
{
    (void)fshdl;
    return 0;
}

char *xenhypfs_read(xenhypfs_handle *fshdl, const char *path)
{
    const struct entry *e = find(path);

    (void)fshdl;
    if (!e || fails())
        return NULL;
    errno = !e->contents ? EISDIR : e->dirent.type == xenhypfs_type_blob ? EDOM : 0;
    return errno ? NULL : strdup(e->contents);
}

struct xenhypfs_dirent *xenhypfs_readdir(xenhypfs_handle *fshdl, const char *path,
                                         unsigned int *num_entries)
{
    struct xenhypfs_dirent *list = calloc(NR_ENTRIES, sizeof(*list));

    (void)fshdl;
    *num_entries = 0;
    if ((strcmp(path, "/") && !find(path)) || fails())
        return NULL;
    if (strcmp(path, "/") && find(path)->dirent.type != xenhypfs_type_dir) {
        errno = ENOTDIR;
        return NULL;
    }
    for (size_t i = 0; i < NR_ENTRIES; i++)
        if (!strcmp(entries[i].folder, path)) {
            list[*num_entries] = entries[i].dirent;
            list[(*num_entries)++].name = strdup(entries[i].name);
        }
    return list;
}

int xenhypfs_write(xenhypfs_handle *fshdl, const char *path, const char *val)
{
    const struct entry *e = find(path);

    (void)fshdl;
    if (!e)
        return -1;
    if (!(e->dirent.flags & XENHYPFS_FLAG_WRITABLE)) {
        errno = EACCES;
        return -1;
    }
    SAY("hypfs_write %s %s\n", path, val);
}
