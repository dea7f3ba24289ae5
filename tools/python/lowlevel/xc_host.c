/* SPDX-License-Identifier: MIT */
/* Methods about the host, the hypervisor, its schedulers and pools of CPUs. */
#include "xc.h"

#define GET(format, ...) PyArg_ParseTuple(args, format, __VA_ARGS__)
#define GET_NAMED(format, names, ...)                                                              \
    PyArg_ParseTupleAndKeywords(args, named, format, (char **)names, __VA_ARGS__)

/* How much of the hypervisor's log is read at a time, bytes; and at most. */
#define RING_STEP (16u << 10)
#define RING_MAX  (256u << 20)

/* The hypervisor. */

static PyObject *py_xeninfo(struct xc *x, PyObject *args)
{
    xen_platform_parameters_t platform;
    xen_capabilities_info_t caps;
    xen_changeset_info_t changeset;
    xen_compile_info_t compile;
    xen_extraversion_t extra;
    xen_commandline_t line;
    long version = xc_version(x->h, XENVER_version, NULL);
    int page = xc_version(x->h, XENVER_pagesize, NULL);
    char params[64];

    (void)args;
    if (version < 0 || page < 0 || xc_version(x->h, XENVER_extraversion, &extra) < 0 ||
        xc_version(x->h, XENVER_compile_info, &compile) < 0 ||
        xc_version(x->h, XENVER_changeset, &changeset) < 0 ||
        xc_version(x->h, XENVER_capabilities, &caps) < 0 ||
        xc_version(x->h, XENVER_platform_parameters, &platform) < 0 ||
        xc_version(x->h, XENVER_commandline, &line) < 0)
        return xc_fail(x);
    snprintf(params, sizeof(params), "virt_start=0x%llx", (unsigned long long)platform.virt_start);
    return Py_BuildValue("{s:i,s:i,s:s,s:s,s:i,s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "xen_major",
                         (int)(version >> 16), "xen_minor", (int)(version & 0xffff), "xen_extra",
                         extra, "xen_caps", caps, "xen_pagesize", page, "platform_params", params,
                         "xen_changeset", changeset, "xen_commandline", line, "cc_compiler",
                         compile.compiler, "cc_compile_by", compile.compile_by, "cc_compile_domain",
                         compile.compile_domain, "cc_compile_date", compile.compile_date);
}

static PyObject *py_buildid(struct xc *x, PyObject *args)
{
    union {
        xen_build_id_t id;
        char room[4096];
    } u = {.id.len = sizeof(u) - sizeof(u.id)};
    char text[2 * sizeof(u) + 1];
    int len = xc_version(x->h, XENVER_build_id, &u.id);

    (void)args;
    if (len < 0 || (size_t)len > sizeof(u) - sizeof(u.id))
        return xc_fail(x);
    for (int i = 0; i < len; i++)
        snprintf(text + 2 * i, 3, "%02hhx", u.id.buf[i]);
    return PyUnicode_FromStringAndSize(text, 2 * len);
}

static PyObject *py_readconsolering(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"clear", "index", "incremental", NULL};
    unsigned int clear = 0, index = 0, incremental = 0, len = 0, count, size = 0;
    PyObject *out = NULL;
    char *text = NULL, *more;

    if (!GET_NAMED("|iii", names, &clear, &index, &incremental))
        return NULL;
    do {
        size += RING_STEP;
        more = realloc(text, size);
        if (!more) {
            PyErr_NoMemory();
            goto out;
        }
        text = more;
        count = size - len;
        if (xc_readconsolering(x->h, text + len, &count, (int)clear, (int)incremental, &index)) {
            xc_fail(x);
            goto out;
        }
        len += count;
        incremental = 1;
    } while (count && len == size && size < RING_MAX);
    out = PyBytes_FromStringAndSize(text, len);
out:
    free(text);
    return out;
}

static PyObject *py_send_debug_keys(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"keys", NULL};
    const char *keys;

    return GET_NAMED("s", names, &keys) ? xc_zero(x, xc_send_debug_keys(x->h, keys)) : NULL;
}

/* The machine. */

static void caps_text(uint32_t caps, char *to, size_t size)
{
    static const struct {
        uint32_t bits;
        const char *name;
    } all[] = {
        {XEN_SYSCTL_PHYSCAP_hvm, "hvm"},
        {XEN_SYSCTL_PHYSCAP_pv, "pv"},
        {XEN_SYSCTL_PHYSCAP_hvm | XEN_SYSCTL_PHYSCAP_directio, "hvm_directio"},
        {XEN_SYSCTL_PHYSCAP_pv | XEN_SYSCTL_PHYSCAP_directio, "pv_directio"},
    };
    size_t n = 0;

    *to = '\0';
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        if ((caps & all[i].bits) == all[i].bits)
            n += (size_t)snprintf(to + n, size - n, "%s%s", n ? " " : "", all[i].name);
}

static PyObject *py_physinfo(struct xc *x, PyObject *args)
{
    const unsigned long long kib = XC_PAGE_SIZE / 1024;
    char words[9 * 8 + 1], caps[64];
    xc_physinfo_t i;

    (void)args;
    if (xc_physinfo(x->h, &i))
        return xc_fail(x);
    for (unsigned int w = 0; w < sizeof(i.hw_cap) / 4; w++)
        snprintf(words + 9 * w, 10, "%08x:", i.hw_cap[w]);
    words[9 * (sizeof(i.hw_cap) / 4) - 1] = '\0';
    caps_text(i.capabilities, caps, sizeof(caps));
    return Py_BuildValue(
        "{s:I,s:I,s:I,s:I,s:K,s:K,s:K,s:I,s:s,s:s}", "nr_nodes", i.nr_nodes, "threads_per_core",
        i.threads_per_core, "cores_per_socket", i.cores_per_socket, "nr_cpus", i.nr_cpus,
        "total_memory", i.total_pages * kib, "free_memory", i.free_pages * kib, "scrub_memory",
        i.scrub_pages * kib, "cpu_khz", i.cpu_khz, "hw_caps", words, "virt_caps", caps);
}

static PyObject *py_getcpuinfo(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"max_cpus", NULL};
    xc_cpuinfo_t *info;
    PyObject *out;
    int max, nr;

    if (!GET_NAMED("i", names, &max))
        return NULL;
    info = max >= 0 && max <= 65536 ? calloc((size_t)max + 1, sizeof(*info)) : NULL;
    if (!info)
        return PyErr_NoMemory();
    out = xc_getcpuinfo(x->h, max, info, &nr) ? xc_fail(x) : PyList_New(0);
    for (int i = 0; out && i < nr && i < max; i++) {
        PyObject *one = Py_BuildValue("{s:K}", "idletime", (unsigned long long)info[i].idletime);

        if (!one || PyList_Append(out, one))
            Py_CLEAR(out);
        Py_XDECREF(one);
    }
    free(info);
    return out;
}

/* False with an exception: there is no room. @none: the number for what is not there. */
static bool add_number(PyObject *list, uint64_t value, uint64_t none)
{
    PyObject *one = value == none ? Py_NewRef(Py_None) : PyLong_FromUnsignedLongLong(value);
    bool ok = one && !PyList_Append(list, one);

    Py_XDECREF(one);
    return ok;
}

static PyObject *py_topologyinfo(struct xc *x, PyObject *args)
{
    PyObject *core = PyList_New(0), *socket = PyList_New(0), *node = PyList_New(0), *out = NULL;
    xc_cputopo_t *topo = NULL;
    unsigned int nr = 0;
    bool ok = core && socket && node;

    (void)args;
    if (ok && (xc_cputopoinfo(x->h, &nr, NULL) || !(topo = calloc(nr + 1, sizeof(*topo))) ||
               xc_cputopoinfo(x->h, &nr, topo))) {
        xc_fail(x);
        ok = false;
    }
    for (unsigned int i = 0; ok && i < nr; i++)
        ok = add_number(core, topo[i].core, XEN_INVALID_CORE_ID) &&
             add_number(socket, topo[i].socket, XEN_INVALID_SOCKET_ID) &&
             add_number(node, topo[i].node, XEN_INVALID_NODE_ID);
    if (ok)
        out = Py_BuildValue("{s:i,s:O,s:O,s:O}", "max_cpu_index", (int)nr - 1, "cpu_to_core", core,
                            "cpu_to_socket", socket, "cpu_to_node", node);
    free(topo);
    Py_XDECREF(core);
    Py_XDECREF(socket);
    Py_XDECREF(node);
    return out;
}

/* Distances of node @i from all; None throughout for a node that is not there. */
static bool add_distances(PyObject *to, const xc_meminfo_t *mem, const uint32_t *dist,
                          unsigned int nr, unsigned int i)
{
    PyObject *row = PyList_New(0);
    bool ok = row;

    for (unsigned int j = 0; ok && j < nr; j++)
        ok = add_number(
            row, mem[i].memsize == XEN_INVALID_MEM_SZ ? XEN_INVALID_NODE_DIST : dist[i * nr + j],
            XEN_INVALID_NODE_DIST);
    ok = ok && !PyList_Append(to, row);
    Py_XDECREF(row);
    return ok;
}

static bool add_node(struct xc *x, PyObject **lists, const xc_meminfo_t *mem, unsigned int i)
{
    uint64_t dma = 0, none = XEN_INVALID_MEM_SZ;

    if (xc_availheap(x->h, 0, 32, (int)i, &dma)) {
        xc_fail(x);
        return false;
    }
    return add_number(lists[0], mem[i].memsize == none ? none : mem[i].memsize >> 20, none) &&
           add_number(lists[1], mem[i].memsize == none ? none : mem[i].memfree >> 20, none) &&
           add_number(lists[2], dma >> 20, none);
}

static PyObject *py_numainfo(struct xc *x, PyObject *args)
{
    PyObject *lists[4] = {PyList_New(0), PyList_New(0), PyList_New(0), PyList_New(0)}, *out = NULL;
    bool ok = lists[0] && lists[1] && lists[2] && lists[3];
    xc_meminfo_t *mem = NULL;
    uint32_t *dist = NULL;
    unsigned int nr = 0;

    (void)args;
    if (ok && (xc_numainfo(x->h, &nr, NULL, NULL) || !(mem = calloc(nr + 1, sizeof(*mem))) ||
               !(dist = calloc((size_t)nr * nr + 1, sizeof(*dist))) ||
               xc_numainfo(x->h, &nr, mem, dist))) {
        xc_fail(x);
        ok = false;
    }
    for (unsigned int i = 0; ok && i < nr; i++)
        ok = add_node(x, lists, mem, i) && add_distances(lists[3], mem, dist, nr, i);
    if (ok)
        out = Py_BuildValue("{s:i,s:O,s:O,s:O,s:O}", "max_node_index", (int)nr - 1, "node_memsize",
                            lists[0], "node_memfree", lists[1], "node_to_dma32_mem", lists[2],
                            "node_to_node_dist", lists[3]);
    free(mem);
    free(dist);
    for (unsigned int i = 0; i < 4; i++)
        Py_XDECREF(lists[i]);
    return out;
}

static PyObject *py_pages_to_kib(struct xc *x, PyObject *args)
{
    unsigned long pages;

    (void)x;
    if (!GET("l", &pages))
        return NULL;
    return PyLong_FromUnsignedLong(pages * (XC_PAGE_SIZE / 1024));
}

/* Schedulers. */

static PyObject *py_sched_id_get(struct xc *x, PyObject *args)
{
    int id;

    (void)args;
    return xc_sched_id(x->h, &id) ? xc_fail(x) : PyLong_FromLong(id);
}

static PyObject *py_sched_credit_domain_set(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"domid", "weight", "cap", NULL};
    struct xen_domctl_sched_credit s = {.weight = 0, .cap = (uint16_t)~0};
    unsigned int dom;

    if (!GET_NAMED("I|HH", names, &dom, &s.weight, &s.cap))
        return NULL;
    return xc_zero(x, xc_sched_credit_domain_set(x->h, dom, &s));
}

static PyObject *py_sched_credit_domain_get(struct xc *x, PyObject *args)
{
    struct xen_domctl_sched_credit s;
    unsigned int dom;

    if (!GET("I", &dom))
        return NULL;
    if (xc_sched_credit_domain_get(x->h, dom, &s))
        return xc_fail(x);
    return Py_BuildValue("{s:H,s:H}", "weight", s.weight, "cap", s.cap);
}

static PyObject *py_sched_credit2_domain_set(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"domid", "weight", "cap", NULL};
    struct xen_domctl_sched_credit2 s = {.weight = 0};
    unsigned int dom;

    if (!GET_NAMED("I|HH", names, &dom, &s.weight, &s.cap))
        return NULL;
    return xc_zero(x, xc_sched_credit2_domain_set(x->h, dom, &s));
}

static PyObject *py_sched_credit2_domain_get(struct xc *x, PyObject *args)
{
    struct xen_domctl_sched_credit2 s;
    unsigned int dom;

    if (!GET("I", &dom))
        return NULL;
    if (xc_sched_credit2_domain_get(x->h, dom, &s))
        return xc_fail(x);
    return Py_BuildValue("{s:H,s:H}", "weight", s.weight, "cap", s.cap);
}

/* Pools of CPUs. */

static PyObject *py_cpupool_create(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"pool", "sched", NULL};
    uint32_t pool = XEN_SYSCTL_CPUPOOL_PAR_ANY, sched = XEN_SCHEDULER_CREDIT;

    if (!GET_NAMED("|ii", names, &pool, &sched))
        return NULL;
    return xc_cpupool_create(x->h, &pool, sched) < 0 ? xc_fail(x) : PyLong_FromLong(pool);
}

static PyObject *py_cpupool_destroy(struct xc *x, PyObject *args)
{
    unsigned int pool;

    return GET("i", &pool) ? xc_zero(x, xc_cpupool_destroy(x->h, pool)) : NULL;
}

static PyObject *pool_dict(const xc_cpupoolinfo_t *i, int nr)
{
    PyObject *out = Py_BuildValue("{s:i,s:i,s:i}", "cpupool", (int)i->cpupool_id, "sched",
                                  (int)i->sched_id, "n_dom", (int)i->n_dom);

    if (out && !xc_put(out, "cpulist", xc_cpus(i->cpumap, nr)))
        Py_CLEAR(out);
    return out;
}

static PyObject *py_cpupool_getinfo(struct xc *x, PyObject *args)
{
    int nr = xc_get_max_cpus(x->h);
    PyObject *out = PyList_New(0);
    xc_cpupoolinfo_t *info;

    (void)args;
    for (uint32_t pool = 0; out; pool++) {
        PyObject *one;

        info = xc_cpupool_getinfo(x->h, pool);
        if (!info)
            break;
        pool = info->cpupool_id;
        one = pool_dict(info, nr);
        xc_cpupool_infofree(x->h, info);
        if (!one || PyList_Append(out, one))
            Py_CLEAR(out);
        Py_XDECREF(one);
    }
    return out;
}

static PyObject *py_cpupool_freeinfo(struct xc *x, PyObject *args)
{
    xc_cpumap_t map = xc_cpupool_freeinfo(x->h);
    PyObject *out;

    (void)args;
    if (!map)
        return xc_fail(x);
    out = xc_cpus(map, xc_get_max_cpus(x->h));
    free(map);
    return out;
}

static PyObject *py_cpupool_addcpu(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"cpupool", "cpu", NULL};
    unsigned int pool;
    int cpu = -1;

    if (!GET_NAMED("i|i", names, &pool, &cpu))
        return NULL;
    return xc_zero(x, xc_cpupool_addcpu(x->h, pool, cpu));
}

static PyObject *py_cpupool_removecpu(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"cpupool", "cpu", NULL};
    unsigned int pool;
    int cpu = -1;

    if (!GET_NAMED("i|i", names, &pool, &cpu))
        return NULL;
    return xc_zero(x, xc_cpupool_removecpu(x->h, pool, cpu));
}

static PyObject *py_cpupool_movedomain(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"cpupool", "domid", NULL};
    unsigned int pool, dom;

    if (!GET_NAMED("ii", names, &pool, &dom))
        return NULL;
    return xc_zero(x, xc_cpupool_movedomain(x->h, pool, dom));
}

PyMethodDef xc_host_methods[] = {
    XC_METHOD(xeninfo, METH_NOARGS,
              "xeninfo(): a dictionary: versions, capabilities, who built it"),
    XC_METHOD(buildid, METH_NOARGS, "buildid(): in hexadecimal"),
    XC_METHOD(readconsolering, XC_NAMED,
              "readconsolering(clear=0, index=0, incremental=0): the hypervisor's log as bytes"),
    XC_METHOD(send_debug_keys, XC_NAMED, "send_debug_keys(keys): 0"),
    XC_METHOD(physinfo, METH_NOARGS, "physinfo(): a dictionary: CPUs, memory in KiB"),
    XC_METHOD(getcpuinfo, XC_NAMED, "getcpuinfo(max_cpus): a list of {'idletime'}"),
    XC_METHOD(topologyinfo, METH_NOARGS, "topologyinfo(): a dictionary: cores, sockets, nodes"),
    XC_METHOD(numainfo, METH_NOARGS, "numainfo(): a dictionary: memory in MiB, distances"),
    XC_METHOD(pages_to_kib, METH_VARARGS, "pages_to_kib(pages): KiB"),
    XC_METHOD(sched_id_get, METH_NOARGS, "sched_id_get(): the scheduler's number"),
    XC_METHOD(sched_credit_domain_set, XC_NAMED,
              "sched_credit_domain_set(domid, weight, cap): 0; what is not given stays"),
    XC_METHOD(sched_credit_domain_get, METH_VARARGS,
              "sched_credit_domain_get(domid): {'weight', 'cap'}"),
    XC_METHOD(sched_credit2_domain_set, XC_NAMED,
              "sched_credit2_domain_set(domid, weight, cap): 0"),
    XC_METHOD(sched_credit2_domain_get, METH_VARARGS,
              "sched_credit2_domain_get(domid): {'weight', 'cap'}"),
    XC_METHOD(cpupool_create, XC_NAMED, "cpupool_create(pool=-1, sched=credit): its number"),
    XC_METHOD(cpupool_destroy, METH_VARARGS, "cpupool_destroy(pool): 0"),
    XC_METHOD(cpupool_getinfo, METH_NOARGS, "cpupool_getinfo(): a list of dictionaries"),
    XC_METHOD(cpupool_freeinfo, METH_NOARGS, "cpupool_freeinfo(): a list of CPUs"),
    XC_METHOD(cpupool_addcpu, XC_NAMED, "cpupool_addcpu(cpupool, cpu=-1): 0; -1 is any free one"),
    XC_METHOD(cpupool_removecpu, XC_NAMED, "cpupool_removecpu(cpupool, cpu=-1): 0"),
    XC_METHOD(cpupool_movedomain, XC_NAMED, "cpupool_movedomain(cpupool, domid): 0"),
    {NULL, NULL, 0, NULL},
};
