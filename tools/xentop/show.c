/* SPDX-License-Identifier: MIT */
/* What is printed. The columns and their widths are what programs that read "xentop -b" expect. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "xentop.h"

#define KIB(bytes) ((bytes) / 1024)

struct row {
    const struct pictures *p;
    xenstat_domain *d;
};

/* Sums over a domain's devices. */

static unsigned long long net_sum(xenstat_domain *d, unsigned long long (*get)(xenstat_network *))
{
    unsigned long long sum = 0;

    for (unsigned int i = 0; i < xenstat_domain_num_networks(d); i++)
        sum += get(xenstat_domain_network(d, i));
    return sum;
}

static unsigned long long vbd_sum(xenstat_domain *d, unsigned long long (*get)(xenstat_vbd *))
{
    unsigned long long sum = 0;

    for (unsigned int i = 0; i < xenstat_domain_num_vbds(d); i++)
        sum += get(xenstat_domain_vbd(d, i));
    return sum;
}

static double cpu_percent(const struct row *r)
{
    xenstat_domain *old =
        r->p->old ? xenstat_node_domain(r->p->old, xenstat_domain_id(r->d)) : NULL;
    unsigned long long now_ns = xenstat_domain_cpu_ns(r->d);

    /* A number may have become another domain's. */
    if (!old || !r->p->elapsed_us || now_ns < xenstat_domain_cpu_ns(old))
        return 0;
    return (double)(now_ns - xenstat_domain_cpu_ns(old)) / 10.0 / (double)r->p->elapsed_us;
}

static double memory_percent(const struct row *r, unsigned long long bytes)
{
    return 100.0 * (double)bytes / (double)xenstat_node_tot_mem(r->p->now);
}

/* Values of the columns: a number each, by which rows are put in order. */

static double v_cpu_s(const struct row *r)
{
    return (double)(xenstat_domain_cpu_ns(r->d) / 1000000000ull);
}
static double v_mem(const struct row *r)
{
    return (double)KIB(xenstat_domain_cur_mem(r->d));
}
static double v_mem_pct(const struct row *r)
{
    return memory_percent(r, xenstat_domain_cur_mem(r->d));
}
static double v_maxmem(const struct row *r)
{
    return (double)KIB(xenstat_domain_max_mem(r->d));
}
static double v_maxmem_pct(const struct row *r)
{
    return memory_percent(r, xenstat_domain_max_mem(r->d));
}
static double v_vcpus(const struct row *r)
{
    return xenstat_domain_num_vcpus(r->d);
}
static double v_nets(const struct row *r)
{
    return xenstat_domain_num_networks(r->d);
}
static double v_net_tx(const struct row *r)
{
    return (double)KIB(net_sum(r->d, xenstat_network_tbytes));
}
static double v_net_rx(const struct row *r)
{
    return (double)KIB(net_sum(r->d, xenstat_network_rbytes));
}
static double v_vbds(const struct row *r)
{
    return xenstat_domain_num_vbds(r->d);
}
static double v_vbd_oo(const struct row *r)
{
    return (double)vbd_sum(r->d, xenstat_vbd_oo_reqs);
}
static double v_vbd_rd(const struct row *r)
{
    return (double)vbd_sum(r->d, xenstat_vbd_rd_reqs);
}
static double v_vbd_wr(const struct row *r)
{
    return (double)vbd_sum(r->d, xenstat_vbd_wr_reqs);
}
static double v_vbd_rsect(const struct row *r)
{
    return (double)vbd_sum(r->d, xenstat_vbd_rd_sects);
}
static double v_vbd_wsect(const struct row *r)
{
    return (double)vbd_sum(r->d, xenstat_vbd_wr_sects);
}
static double v_ssid(const struct row *r)
{
    return xenstat_domain_ssid(r->d);
}

static const struct {
    const char *title;
    int width, decimals;
    double (*value)(const struct row *r);
} columns[NR_COLUMNS] = {
    [COL_NAME] = {"NAME", 10, 0, NULL},
    [COL_STATE] = {"STATE", 6, 0, NULL},
    [COL_CPU_S] = {"CPU(sec)", 10, 0, v_cpu_s},
    [COL_CPU_PCT] = {"CPU(%)", 6, 1, cpu_percent},
    [COL_MEM] = {"MEM(k)", 10, 0, v_mem},
    [COL_MEM_PCT] = {"MEM(%)", 6, 1, v_mem_pct},
    [COL_MAXMEM] = {"MAXMEM(k)", 10, 0, v_maxmem},
    [COL_MAXMEM_PCT] = {"MAXMEM(%)", 9, 1, v_maxmem_pct},
    [COL_VCPUS] = {"VCPUS", 5, 0, v_vcpus},
    [COL_NETS] = {"NETS", 4, 0, v_nets},
    [COL_NET_TX] = {"NETTX(k)", 8, 0, v_net_tx},
    [COL_NET_RX] = {"NETRX(k)", 8, 0, v_net_rx},
    [COL_VBDS] = {"VBDS", 4, 0, v_vbds},
    [COL_VBD_OO] = {"VBD_OO", 8, 0, v_vbd_oo},
    [COL_VBD_RD] = {"VBD_RD", 8, 0, v_vbd_rd},
    [COL_VBD_WR] = {"VBD_WR", 8, 0, v_vbd_wr},
    [COL_VBD_RSECT] = {"VBD_RSECT", 10, 0, v_vbd_rsect},
    [COL_VBD_WSECT] = {"VBD_WSECT", 10, 0, v_vbd_wsect},
    [COL_SSID] = {"SSID", 4, 0, v_ssid},
};

const char *column_title(enum column c)
{
    return columns[c].title;
}

static void put_header(FILE *out)
{
    for (int c = 0; c < NR_COLUMNS; c++)
        fprintf(out, "%s%*s", c ? " " : "", columns[c].width, columns[c].title);
    fputc('\n', out);
}

static void put_state(FILE *out, xenstat_domain *d)
{
    fprintf(out, "%c%c%c%c%c%c", xenstat_domain_dying(d) ? 'd' : '-',
            xenstat_domain_shutdown(d) ? 's' : '-', xenstat_domain_blocked(d) ? 'b' : '-',
            xenstat_domain_crashed(d) ? 'c' : '-', xenstat_domain_paused(d) ? 'p' : '-',
            xenstat_domain_running(d) ? 'r' : '-');
}

static bool without_limit(const struct row *r, enum column c)
{
    return (c == COL_MAXMEM || c == COL_MAXMEM_PCT) && xenstat_domain_max_mem(r->d) == ~0ull;
}

static void put_cell(FILE *out, const struct row *r, enum column c, const struct options *o)
{
    int width = columns[c].width;

    if (c == COL_NAME && o->full_name)
        fprintf(out, "%*s", width, xenstat_domain_name(r->d));
    else if (c == COL_NAME)
        fprintf(out, "%*.*s", width, width, xenstat_domain_name(r->d));
    else if (c == COL_STATE)
        put_state(out, r->d);
    else if (without_limit(r, c))
        fprintf(out, "%*s", width, c == COL_MAXMEM ? "no limit" : "n/a");
    else
        fprintf(out, "%*.*f", width, columns[c].decimals, columns[c].value(r));
}

/* What stands below a domain. */

static void put_vcpus(FILE *out, xenstat_domain *d)
{
    fprintf(out, "VCPUs(sec): ");
    for (unsigned int i = 0; i < xenstat_domain_num_vcpus(d); i++) {
        xenstat_vcpu *v = xenstat_domain_vcpu(d, i);

        if (i && i % 5 == 0)
            fprintf(out, "\n            ");
        if (v && xenstat_vcpu_online(v))
            fprintf(out, " %2u: %10llus", i, xenstat_vcpu_ns(v) / 1000000000ull);
    }
    fputc('\n', out);
}

static void put_networks(FILE *out, xenstat_domain *d)
{
    for (unsigned int i = 0; i < xenstat_domain_num_networks(d); i++) {
        xenstat_network *n = xenstat_domain_network(d, i);

        fprintf(out, "Net%u RX: %8llubytes %8llupkts %8lluerr %8lludrop  ", xenstat_network_id(n),
                xenstat_network_rbytes(n), xenstat_network_rpackets(n), xenstat_network_rerrs(n),
                xenstat_network_rdrop(n));
        fprintf(out, "TX: %8llubytes %8llupkts %8lluerr %8lludrop\n", xenstat_network_tbytes(n),
                xenstat_network_tpackets(n), xenstat_network_terrs(n), xenstat_network_tdrop(n));
    }
}

static void put_vbds(FILE *out, xenstat_domain *d)
{
    for (unsigned int i = 0; i < xenstat_domain_num_vbds(d); i++) {
        xenstat_vbd *v = xenstat_domain_vbd(d, i);
        unsigned int dev = xenstat_vbd_dev(v);

        fprintf(out, "VBD %s %4u [%2x:%2x]  OO: %8llu   RD: %8llu   WR: %8llu  ",
                xenstat_vbd_type(v) == 1 ? "BlkBack" : "Unknown", dev, dev >> 8 & 0xff, dev & 0xff,
                xenstat_vbd_oo_reqs(v), xenstat_vbd_rd_reqs(v), xenstat_vbd_wr_reqs(v));
        fprintf(out, "RSECT: %10llu  WSECT: %10llu\n", xenstat_vbd_rd_sects(v),
                xenstat_vbd_wr_sects(v));
    }
}

/* Order: names upwards, all else downwards; equal ones by their ids. */

static enum column sort_by;

static int compare(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    int by_id = (xenstat_domain_id(x->d) > xenstat_domain_id(y->d)) -
                (xenstat_domain_id(x->d) < xenstat_domain_id(y->d));
    int order = 0;

    if (sort_by == COL_NAME) {
        order = strcmp(xenstat_domain_name(x->d), xenstat_domain_name(y->d));
    } else if (columns[sort_by].value) {
        double v = columns[sort_by].value(x), w = columns[sort_by].value(y);

        order = (v < w) - (v > w);
    }
    return order ? order : by_id;
}

static void put_domain(FILE *out, const struct row *r, const struct options *o)
{
    for (int c = 0; c < NR_COLUMNS; c++) {
        if (c)
            fputc(' ', out);
        put_cell(out, r, (enum column)c, o);
    }
    fputc('\n', out);
    if (o->vcpus)
        put_vcpus(out, r->d);
    if (o->networks)
        put_networks(out, r->d);
    if (o->vbds)
        put_vbds(out, r->d);
}

void show_domains(FILE *out, const struct pictures *p, const struct options *o)
{
    unsigned int nr = xenstat_node_num_domains(p->now);
    struct row *rows = calloc(nr + 1, sizeof(*rows));

    if (!rows)
        return;
    for (unsigned int i = 0; i < nr; i++)
        rows[i] = (struct row){p, xenstat_node_domain_by_index(p->now, i)};
    sort_by = o->sort;
    qsort(rows, nr, sizeof(*rows), compare);
    if (!o->repeat_header || !nr)
        put_header(out);
    for (unsigned int i = 0; i < nr; i++) {
        if (o->repeat_header)
            put_header(out);
        put_domain(out, &rows[i], o);
    }
    free(rows);
}

void show_host(FILE *out, const struct pictures *p)
{
    unsigned int nr = xenstat_node_num_domains(p->now), count[6] = {0};
    unsigned long long total = KIB(xenstat_node_tot_mem(p->now)),
                       left = KIB(xenstat_node_free_mem(p->now));
    char when[32] = "";
    time_t t = time(NULL);

    for (unsigned int i = 0; i < nr; i++) {
        xenstat_domain *d = xenstat_node_domain_by_index(p->now, i);

        count[0] += xenstat_domain_running(d);
        count[1] += xenstat_domain_blocked(d);
        count[2] += xenstat_domain_paused(d);
        count[3] += xenstat_domain_crashed(d);
        count[4] += xenstat_domain_dying(d);
        count[5] += xenstat_domain_shutdown(d);
    }
    strftime(when, sizeof(when), "%H:%M:%S", localtime(&t));
    fprintf(out, "xentop - %s   Xen %s\n", when, xenstat_node_xen_version(p->now));
    fprintf(out,
            "%u domains: %u running, %u blocked, %u paused, %u crashed, %u dying, %u shutdown\n",
            nr, count[0], count[1], count[2], count[3], count[4], count[5]);
    fprintf(out, "Mem: %lluk total, %lluk used, %lluk free    CPUs: %u @ %lluMHz\n", total,
            total - left, left, xenstat_node_num_cpus(p->now),
            xenstat_node_cpu_hz(p->now) / 1000000);
}

void show_keys(FILE *out, const struct options *o)
{
    fprintf(out,
            "  Delay %us  Networks %s  vBds %s  VCPUs %s  Repeat header %s  Sort order: %s  Quit",
            o->delay_s, o->networks ? "on" : "off", o->vbds ? "on" : "off", o->vcpus ? "on" : "off",
            o->repeat_header ? "on" : "off", column_title(o->sort));
}
