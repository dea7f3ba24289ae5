/* SPDX-License-Identifier: MIT */
/* Methods about domains and their vCPUs. */
#include "xc.h"

#include <xenguest.h>

#define GET(format, ...) PyArg_ParseTuple(args, format, __VA_ARGS__)
#define GET_NAMED(format, names, ...)                                                              \
    PyArg_ParseTupleAndKeywords(args, named, format, (char **)names, __VA_ARGS__)

/* Methods with a domain alone. */
#define ONE_DOMAIN(name, call)                                                                     \
    static PyObject *py_##name(struct xc *x, PyObject *args)                                       \
    {                                                                                              \
        unsigned int dom;                                                                          \
        return GET("i", &dom) ? xc_zero(x, call(x->h, dom)) : NULL;                                \
    }
ONE_DOMAIN(domain_pause, xc_domain_pause)
ONE_DOMAIN(domain_unpause, xc_domain_unpause)
ONE_DOMAIN(domain_destroy, xc_domain_destroy)

/* Those with a domain and a number. */
#define DOMAIN_AND(name, format, type, call)                                                       \
    static PyObject *py_##name(struct xc *x, PyObject *args)                                       \
    {                                                                                              \
        unsigned int dom;                                                                          \
        type value;                                                                                \
        return GET("i" format, &dom, &value) ? xc_zero(x, call) : NULL;                            \
    }
DOMAIN_AND(domain_max_vcpus, "i", unsigned int, xc_domain_max_vcpus(x->h, dom, value))
DOMAIN_AND(domain_resume, "i", int, xc_domain_resume(x->h, dom, value))
DOMAIN_AND(domain_shutdown, "i", int, xc_domain_shutdown(x->h, dom, value))
DOMAIN_AND(domain_setmaxmem, "i", unsigned int, xc_domain_setmaxmem(x->h, dom, value))
DOMAIN_AND(domain_set_memmap_limit, "i", unsigned int, xc_domain_set_memmap_limit(x->h, dom, value))
DOMAIN_AND(domain_set_target_mem, "i", unsigned int,
           xc_domain_set_pod_target(x->h, dom, value / 4, NULL, NULL, NULL))
DOMAIN_AND(domain_set_time_offset, "i", int, xc_domain_set_time_offset(x->h, dom, value))
DOMAIN_AND(domain_set_tsc_info, "i", unsigned int,
           xc_domain_set_tsc_info(x->h, dom, value, 0, 0, 0))
DOMAIN_AND(dom_set_memshr, "i", int, xc_memshr_control(x->h, dom, value))
DOMAIN_AND(domain_dumpcore, "s", const char *, xc_domain_dumpcore(x->h, dom, value))

/* Nothing is to be done before a domain is destroyed. */
static PyObject *py_domain_destroy_hook(struct xc *x, PyObject *args)
{
    (void)x;
    (void)args;
    return PyLong_FromLong(0);
}

/* A list of 16 numbers. False with an exception. */
static bool handle_of(PyObject *list, xen_domain_handle_t to)
{
    if (!PyList_Check(list) || PyList_GET_SIZE(list) != sizeof(xen_domain_handle_t)) {
        xc_fail_errno(EINVAL);
        return false;
    }
    for (unsigned int i = 0; i < sizeof(xen_domain_handle_t); i++) {
        long byte = PyLong_AsLong(PyList_GET_ITEM(list, i));

        if (PyErr_Occurred()) {
            PyErr_Clear();
            xc_fail_errno(EINVAL);
            return false;
        }
        to[i] = (uint8_t)byte;
    }
    return true;
}

static PyObject *py_domain_sethandle(struct xc *x, PyObject *args)
{
    xen_domain_handle_t handle;
    unsigned int dom;
    PyObject *list;

    if (!GET("iO", &dom, &list) || !handle_of(list, handle))
        return NULL;
    return xc_zero(x, xc_domain_sethandle(x->h, dom, handle));
}

static PyObject *py_domain_create(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"domid",     "ssidref",           "handle", "flags", "target",
                                  "max_vcpus", "max_grant_version", NULL};
    struct xen_domctl_createdomain config = {
        .handle = {0xde, 0xad, 0xbe, 0xef, 0xde, 0xad, 0xbe, 0xef, 0xde, 0xad, 0xbe, 0xef, 0xde,
                   0xad, 0xbe, 0xef},
        .max_vcpus = 1,
        .max_evtchn_port = -1,
        .max_grant_frames = -1,
        .max_maptrack_frames = -1,
    };
    unsigned int dom = 0, target = 0, grants = 2;
    PyObject *handle = NULL;
    uint32_t made;

    if (!GET_NAMED("|iiOiiii", names, &dom, &config.ssidref, &handle, &config.flags, &target,
                   &config.max_vcpus, &grants) ||
        (handle && !handle_of(handle, config.handle)))
        return NULL;
    config.grant_opts = XEN_DOMCTL_GRANT_version(grants);
#ifdef __x86_64__
    if (config.flags & XEN_DOMCTL_CDF_hvm)
        config.arch.emulation_flags = XEN_X86_EMU_ALL & ~XEN_X86_EMU_VPCI;
#endif
    made = dom;
    if (xc_domain_create(x->h, &made, &config) ||
        (target && xc_domain_set_target(x->h, made, target)))
        return xc_fail(x);
    return PyLong_FromUnsignedLong(made);
}

/* What domains are. */

static PyObject *bytes_list(const uint8_t *bytes, unsigned int nr)
{
    PyObject *list = PyList_New(nr);

    for (unsigned int i = 0; list && i < nr; i++) {
        PyObject *one = PyLong_FromLong(bytes[i]);

        if (!one)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, i, one);
    }
    return list;
}

static PyObject *domain_dict(const xc_dominfo_t *i)
{
    PyObject *out = Py_BuildValue(
        "{s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:L,s:L,s:L,s:i,s:i,s:i}", "domid", (int)i->domid,
        "online_vcpus", (int)i->nr_online_vcpus, "max_vcpu_id", (int)i->max_vcpu_id, "hvm",
        (int)i->hvm, "dying", (int)i->dying, "crashed", (int)i->crashed, "shutdown",
        (int)i->shutdown, "paused", (int)i->paused, "blocked", (int)i->blocked, "running",
        (int)i->running, "mem_kb", (long long)i->nr_pages * (XC_PAGE_SIZE / 1024), "cpu_time",
        (long long)i->cpu_time, "maxmem_kb", (long long)i->max_memkb, "ssidref", (int)i->ssidref,
        "shutdown_reason", (int)i->shutdown_reason, "cpupool", (int)i->cpupool);

    if (out && !xc_put(out, "handle", bytes_list(i->handle, sizeof(i->handle))))
        Py_CLEAR(out);
    return out;
}

static PyObject *py_domain_getinfo(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"first_dom", "max_doms", NULL};
    unsigned int first = 0;
    int max = 1024, nr;
    xc_dominfo_t *info;
    PyObject *out;

    if (!GET_NAMED("|ii", names, &first, &max))
        return NULL;
    info = max >= 0 && max <= 65536 ? calloc((size_t)max + 1, sizeof(*info)) : NULL;
    if (!info)
        return PyErr_NoMemory();
    nr = xc_domain_getinfo(x->h, first, (unsigned int)max, info);
    out = nr < 0 ? xc_fail(x) : PyList_New(nr);
    for (int i = 0; out && i < nr; i++) {
        PyObject *one = domain_dict(info + i);

        if (!one)
            Py_CLEAR(out);
        else
            PyList_SET_ITEM(out, i, one);
    }
    free(info);
    return out;
}

/* vCPUs. */

static PyObject *py_vcpu_getinfo(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"domid", "vcpu", NULL};
    unsigned int dom, vcpu = 0;
    int nr = xc_get_max_cpus(x->h);
    xc_vcpuinfo_t info;
    PyObject *out = NULL;
    xc_cpumap_t map;

    if (!GET_NAMED("i|i", names, &dom, &vcpu))
        return NULL;
    if (nr < 0)
        return xc_fail(x);
    map = xc_cpumap_alloc(x->h);
    if (!map)
        return PyErr_NoMemory();
    if (xc_vcpu_getinfo(x->h, dom, vcpu, &info) ||
        xc_vcpu_getaffinity(x->h, dom, (int)vcpu, map, NULL, XEN_VCPUAFFINITY_HARD))
        xc_fail(x);
    else
        out = Py_BuildValue("{s:i,s:i,s:i,s:L,s:i}", "online", (int)info.online, "blocked",
                            (int)info.blocked, "running", (int)info.running, "cpu_time",
                            (long long)info.cpu_time, "cpu", (int)info.cpu);
    if (out && !xc_put(out, "cpumap", xc_cpus(map, nr)))
        Py_CLEAR(out);
    free(map);
    return out;
}

/* False with an exception: the list has what is no CPU. */
static bool cpumap_of(PyObject *list, int nr, xc_cpumap_t map)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        long cpu = PyLong_AsLong(PyList_GET_ITEM(list, i));

        if (cpu == -1 && PyErr_Occurred())
            return false;
        if (cpu < 0 || cpu >= nr) {
            xc_fail_errno(EINVAL);
            return false;
        }
        map[cpu / 8] |= (uint8_t)(1 << cpu % 8);
    }
    return true;
}

static PyObject *py_vcpu_setaffinity(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"domid", "vcpu", "cpumap", NULL};
    PyObject *list = NULL, *out = NULL;
    int vcpu = 0, nr = xc_get_max_cpus(x->h);
    unsigned int dom;
    xc_cpumap_t map;

    if (!GET_NAMED("i|iO", names, &dom, &vcpu, &list))
        return NULL;
    if (nr < 0)
        return xc_fail(x);
    map = xc_cpumap_alloc(x->h);
    if (!map)
        return PyErr_NoMemory();
    if (!list || !PyList_Check(list) || cpumap_of(list, nr, map))
        out = xc_zero(x, xc_vcpu_setaffinity(x->h, dom, vcpu, map, NULL, XEN_VCPUAFFINITY_HARD));
    free(map);
    return out;
}

static PyObject *py_domain_send_trigger(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"domid", "trigger", "vcpu", NULL};
    unsigned int dom, trigger, vcpu = 0;

    if (!GET_NAMED("ii|i", names, &dom, &trigger, &vcpu))
        return NULL;
    return xc_zero(x, xc_domain_send_trigger(x->h, dom, trigger, vcpu));
}

/* Event channels, grants, parameters, shadow memory. */

static PyObject *py_evtchn_alloc_unbound(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"domid", "remote_dom", NULL};
    unsigned int dom, remote;
    int port;

    if (!GET_NAMED("ii", names, &dom, &remote))
        return NULL;
    port = xc_evtchn_alloc_unbound(x->h, dom, remote);
    return port < 0 ? xc_fail(x) : PyLong_FromLong(port);
}

static PyObject *py_evtchn_reset(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"dom", NULL};
    unsigned int dom;

    return GET_NAMED("i", names, &dom) ? xc_zero(x, xc_evtchn_reset(x->h, dom)) : NULL;
}

static PyObject *py_gnttab_hvm_seed(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"domid",         "console_gmfn",   "xenstore_gmfn",
                                  "console_domid", "xenstore_domid", NULL};
    unsigned int dom, console_dom, store_dom;
    unsigned long console, store;

    if (!GET_NAMED("ikkii", names, &dom, &console, &store, &console_dom, &store_dom))
        return NULL;
    if (xc_dom_gnttab_seed(x->h, dom, true, console, store, console_dom, store_dom))
        return xc_fail(x);
    Py_RETURN_NONE;
}

static PyObject *py_hvm_get_param(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"domid", "param", NULL};
    unsigned int dom, param;
    uint64_t value;

    if (!GET_NAMED("ii", names, &dom, &param))
        return NULL;
    if (xc_hvm_param_get(x->h, dom, param, &value))
        return xc_fail(x);
    return PyLong_FromUnsignedLongLong(value);
}

static PyObject *py_hvm_set_param(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"domid", "param", "value", NULL};
    unsigned int dom, param;
    long long value;

    if (!GET_NAMED("iiL", names, &dom, &param, &value))
        return NULL;
    return xc_zero(x, xc_hvm_param_set(x->h, dom, param, (uint64_t)value));
}

static PyObject *py_shadow_control(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"dom", "op", NULL};
    unsigned int dom, op = 0;

    if (!GET_NAMED("i|i", names, &dom, &op))
        return NULL;
    return xc_shadow_control(x->h, dom, op, NULL, 0) < 0 ? xc_fail(x) : PyLong_FromLong(0);
}

static PyObject *py_shadow_mem_control(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"dom", "mb", NULL};
    unsigned int dom, op, mb;
    int wanted = -1;

    if (!GET_NAMED("i|i", names, &dom, &wanted))
        return NULL;
    op = wanted < 0 ? XEN_DOMCTL_SHADOW_OP_GET_ALLOCATION : XEN_DOMCTL_SHADOW_OP_SET_ALLOCATION;
    mb = wanted < 0 ? 0 : (unsigned int)wanted;
    if (xc_shadow_control(x->h, dom, op, &mb, 0) < 0)
        return xc_fail(x);
    return PyLong_FromUnsignedLong(mb);
}

PyMethodDef xc_domain_methods[] = {
    XC_METHOD(domain_create, XC_NAMED,
              "domain_create(domid=0, ssidref=0, handle, flags=0, target=0, max_vcpus=1,\n"
              "max_grant_version=2): its number; domid 0 is any"),
    XC_METHOD(domain_max_vcpus, METH_VARARGS, "domain_max_vcpus(dom, max): 0"),
    XC_METHOD(domain_dumpcore, METH_VARARGS, "domain_dumpcore(dom, file): 0"),
    XC_METHOD(domain_pause, METH_VARARGS, "domain_pause(dom): 0"),
    XC_METHOD(domain_unpause, METH_VARARGS, "domain_unpause(dom): 0"),
    XC_METHOD(domain_destroy, METH_VARARGS, "domain_destroy(dom): 0"),
    XC_METHOD(domain_destroy_hook, METH_VARARGS, "domain_destroy_hook(dom): 0, and does nothing"),
    XC_METHOD(domain_resume, METH_VARARGS, "domain_resume(dom, fast): 0; fast: the guest helps"),
    XC_METHOD(domain_shutdown, METH_VARARGS, "domain_shutdown(dom, reason): 0"),
    XC_METHOD(domain_sethandle, METH_VARARGS, "domain_sethandle(dom, list of 16 bytes): 0"),
    XC_METHOD(domain_getinfo, XC_NAMED,
              "domain_getinfo(first_dom=0, max_doms=1024): a list of dictionaries"),
    XC_METHOD(domain_setmaxmem, METH_VARARGS, "domain_setmaxmem(dom, KiB): 0"),
    XC_METHOD(domain_set_target_mem, METH_VARARGS, "domain_set_target_mem(dom, KiB): 0"),
    XC_METHOD(domain_set_memmap_limit, METH_VARARGS, "domain_set_memmap_limit(dom, KiB): 0"),
    XC_METHOD(domain_set_time_offset, METH_VARARGS, "domain_set_time_offset(dom, seconds): 0"),
    XC_METHOD(domain_set_tsc_info, METH_VARARGS,
              "domain_set_tsc_info(dom, mode): 0; 0 default, 1 always emulated, 2 never"),
    XC_METHOD(domain_send_trigger, XC_NAMED, "domain_send_trigger(domid, trigger, vcpu=0): 0"),
    XC_METHOD(vcpu_getinfo, XC_NAMED, "vcpu_getinfo(domid, vcpu=0): a dictionary"),
    XC_METHOD(vcpu_setaffinity, XC_NAMED, "vcpu_setaffinity(domid, vcpu=0, cpumap=[]): 0"),
    XC_METHOD(evtchn_alloc_unbound, XC_NAMED, "evtchn_alloc_unbound(domid, remote_dom): a port"),
    XC_METHOD(evtchn_reset, XC_NAMED, "evtchn_reset(dom): 0"),
    XC_METHOD(
        gnttab_hvm_seed, XC_NAMED,
        "gnttab_hvm_seed(domid, console_gmfn, xenstore_gmfn, console_domid, xenstore_domid):\n"
        "None; the first grants of a guest"),
    XC_METHOD(hvm_get_param, XC_NAMED, "hvm_get_param(domid, param): its value"),
    XC_METHOD(hvm_set_param, XC_NAMED, "hvm_set_param(domid, param, value): 0"),
    XC_METHOD(shadow_control, XC_NAMED, "shadow_control(dom, op=0): 0"),
    XC_METHOD(shadow_mem_control, XC_NAMED, "shadow_mem_control(dom, mb=-1): MiB; -1 only asks"),
    XC_METHOD(dom_set_memshr, METH_VARARGS, "dom_set_memshr(dom, enable): 0"),
    {NULL, NULL, 0, NULL},
};
