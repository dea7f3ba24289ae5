/* SPDX-License-Identifier: MIT */
/* Methods about devices, and about the policy of rights. */
#include "xc.h"

#include <stdio.h>

#define GET(format, ...) PyArg_ParseTuple(args, format, __VA_ARGS__)
#define GET_NAMED(format, names, ...)                                                              \
    PyArg_ParseTupleAndKeywords(args, named, format, (char **)names, __VA_ARGS__)

#define CONTEXT_MAX   1024 /* bytes of a context of the policy */
#define DEVICES_MAX   1024
#define DEVICE_FORMAT "%x,%x,%x,%x%n" /* segment, bus, device, function */

/* PCI devices. */

static uint32_t sbdf_of(unsigned int seg, unsigned int bus, unsigned int dev, unsigned int fn)
{
    return (seg & 0xffff) << 16 | (bus & 0xff) << 8 | (dev & 0x1f) << 3 | (fn & 7);
}

/* The first device of the list @text into @sbdf. Returns what follows; NULL: it is no device. */
static const char *next_device(const char *text, uint32_t *sbdf)
{
    unsigned int seg, bus, dev, fn;
    int len = 0;

    if (sscanf(text, DEVICE_FORMAT, &seg, &bus, &dev, &fn, &len) != 4 || seg > 0xffff ||
        bus > 0xff || dev > 0x1f || fn > 7 || (text[len] && text[len] != ','))
        return NULL;
    *sbdf = sbdf_of(seg, bus, dev, fn);
    return text + len + (text[len] == ',');
}

static int assign_one(xc_interface *h, uint32_t dom, uint32_t sbdf)
{
    return xc_assign_device(h, dom, sbdf, 0);
}

/*
 * @call for each device of a list such as "0x0,0x3,0x1d,0x2,0x0,...". The result is 0, or the
 * number of the device that fails; where there is no way to assign any, -1.
 */
static PyObject *each_device(struct xc *x, PyObject *args, PyObject *named,
                             int (*call)(xc_interface *h, uint32_t dom, uint32_t sbdf))
{
    static const char *names[] = {"domid", "pci", NULL};
    const char *text, *at;
    unsigned int dom;
    uint32_t sbdf;

    if (!GET_NAMED("is", names, &dom, &text))
        return NULL;
    for (at = text; at && *at;)
        at = next_device(at, &sbdf);
    if (!at)
        return xc_fail_errno(EINVAL);
    for (at = text; *at;) {
        at = next_device(at, &sbdf);
        if (call(x->h, dom, sbdf))
            return PyLong_FromLong(errno == ENOSYS ? -1 : (int)sbdf);
    }
    return PyLong_FromLong(0);
}

static PyObject *py_assign_device(struct xc *x, PyObject *args, PyObject *named)
{
    return each_device(x, args, named, assign_one);
}

static PyObject *py_deassign_device(struct xc *x, PyObject *args, PyObject *named)
{
    return each_device(x, args, named, xc_deassign_device);
}

static PyObject *py_test_assign_device(struct xc *x, PyObject *args, PyObject *named)
{
    return each_device(x, args, named, xc_test_assign_device);
}

static PyObject *py_get_device_group(struct xc *x, PyObject *args)
{
    unsigned int dom, seg, bus, dev, fn;
    uint32_t *group, nr = 0;
    PyObject *out = NULL;
    char *text;

    if (!GET("iiiii", &dom, &seg, &bus, &dev, &fn))
        return NULL;
    group = calloc(DEVICES_MAX, sizeof(*group));
    text = calloc(DEVICES_MAX, sizeof("00:00.0,"));
    if (!group || !text) {
        PyErr_NoMemory();
    } else if (xc_get_device_group(x->h, dom, sbdf_of(seg, bus, dev, fn), DEVICES_MAX, &nr,
                                   group)) {
        xc_fail(x);
    } else {
        for (uint32_t i = 0; i < nr && i < DEVICES_MAX; i++)
            sprintf(text + strlen(text), "%02x:%02x.%x,", group[i] >> 16 & 0xff,
                    group[i] >> 11 & 0x1f, group[i] >> 8 & 7);
        out = PyUnicode_FromString(text);
    }
    free(group);
    free(text);
    return out;
}

static PyObject *py_physdev_pci_access_modify(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"domid", "bus", "dev", "func", "enable", NULL};
    int bus, dev, fn, enable;
    unsigned int dom;

    if (!GET_NAMED("iiiii", names, &dom, &bus, &dev, &fn, &enable))
        return NULL;
    return xc_zero(x, xc_physdev_pci_access_modify(x->h, dom, bus, dev, fn, enable));
}

static PyObject *py_physdev_map_pirq(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"domid", "index", "pirq", NULL};
    int index, pirq;
    unsigned int dom;

    if (!GET_NAMED("iii", names, &dom, &index, &pirq))
        return NULL;
    return xc_physdev_map_pirq(x->h, dom, index, &pirq) ? xc_fail(x) : PyLong_FromLong(pirq);
}

/* Ports, memory and interrupts of devices. */

static PyObject *py_domain_ioport_permission(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"domid", "first_port", "nr_ports", "allow_access", NULL};
    unsigned int dom, first, nr, allow;

    if (!GET_NAMED("iiii", names, &dom, &first, &nr, &allow))
        return NULL;
    return xc_zero(x, xc_domain_ioport_permission(x->h, dom, first, nr, allow));
}

static PyObject *py_domain_iomem_permission(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"domid", "first_pfn", "nr_pfns", "allow_access", NULL};
    unsigned long first, nr;
    unsigned int dom, allow;

    if (!GET_NAMED("illi", names, &dom, &first, &nr, &allow))
        return NULL;
    return xc_zero(x, xc_domain_iomem_permission(x->h, dom, first, nr, (uint8_t)allow));
}

static PyObject *py_domain_irq_permission(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"domid", "pirq", "allow_access", NULL};
    unsigned int dom, pirq, allow;

    if (!GET_NAMED("iii", names, &dom, &pirq, &allow))
        return NULL;
    return xc_zero(x, xc_domain_irq_permission(x->h, dom, pirq, allow));
}

/* The policy of rights. */

static PyObject *py_flask_context_to_sid(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"context", NULL};
    const char *context;
    Py_ssize_t len;
    uint32_t sid;

    if (!GET_NAMED("s#", names, &context, &len))
        return NULL;
    if (len > CONTEXT_MAX)
        return xc_fail_errno(EINVAL);
    if (xc_flask_context_to_sid(x->h, (char *)context, (uint32_t)len, &sid))
        return xc_fail(x);
    return PyLong_FromUnsignedLong(sid);
}

static PyObject *py_flask_sid_to_context(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"sid", NULL};
    char context[CONTEXT_MAX + 1] = "";
    int sid;

    if (!GET_NAMED("i", names, &sid))
        return NULL;
    if (xc_flask_sid_to_context(x->h, sid, context, CONTEXT_MAX))
        return xc_fail(x);
    return PyUnicode_FromString(context);
}

static PyObject *py_flask_load(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"policy", NULL};
    PyObject *out = NULL;
    Py_buffer policy;

    if (!GET_NAMED("s*", names, &policy))
        return NULL;
    if (policy.len > UINT32_MAX)
        xc_fail_errno(E2BIG);
    else
        out = xc_zero(x, xc_flask_load(x->h, policy.buf, (uint32_t)policy.len));
    PyBuffer_Release(&policy);
    return out;
}

static PyObject *py_flask_getenforce(struct xc *x, PyObject *args)
{
    int mode = xc_flask_getenforce(x->h);

    (void)args;
    return mode < 0 ? xc_fail(x) : PyLong_FromLong(mode);
}

static PyObject *py_flask_setenforce(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"mode", NULL};
    int mode;

    return GET_NAMED("i", names, &mode) ? xc_zero(x, xc_flask_setenforce(x->h, mode)) : NULL;
}

static PyObject *py_flask_access(struct xc *x, PyObject *args, PyObject *named)
{
    static const char *names[] = {"src_context",     "tar_context", "tar_class",
                                  "req_permissions", "decided",     "auditallow",
                                  "auditdeny",       "seqno",       NULL};
    uint32_t class, wanted, allowed, decided, allow, deny, seqno;
    const char *from, *to;

    /* The last four are taken, and of no use. */
    if (!GET_NAMED("ssii|iiii", names, &from, &to, &class, &wanted, &decided, &allow, &deny,
                   &seqno))
        return NULL;
    return xc_zero(x, xc_flask_access(x->h, from, to, (uint16_t) class, wanted, &allowed, &decided,
                                      &allow, &deny, &seqno));
}

PyMethodDef xc_device_methods[] = {
    XC_METHOD(assign_device, XC_NAMED,
              "assign_device(domid, pci): 0, or the device that fails; pci is a list of segment,\n"
              "bus, device and function as \"0x0,0x3,0x1d,0x2\""),
    XC_METHOD(deassign_device, XC_NAMED, "deassign_device(domid, pci): as assign_device"),
    XC_METHOD(test_assign_device, XC_NAMED, "test_assign_device(domid, pci): as assign_device"),
    XC_METHOD(
        get_device_group, METH_VARARGS,
        "get_device_group(dom, seg, bus, dev, func): those that go with it, \"00:01.0,\" each"),
    XC_METHOD(physdev_pci_access_modify, XC_NAMED,
              "physdev_pci_access_modify(domid, bus, dev, func, enable): 0"),
    XC_METHOD(physdev_map_pirq, XC_NAMED, "physdev_map_pirq(domid, index, pirq): the guest's pirq"),
    XC_METHOD(domain_ioport_permission, XC_NAMED,
              "domain_ioport_permission(domid, first_port, nr_ports, allow_access): 0"),
    XC_METHOD(domain_iomem_permission, XC_NAMED,
              "domain_iomem_permission(domid, first_pfn, nr_pfns, allow_access): 0"),
    XC_METHOD(domain_irq_permission, XC_NAMED,
              "domain_irq_permission(domid, pirq, allow_access): 0"),
    XC_METHOD(flask_context_to_sid, XC_NAMED, "flask_context_to_sid(context): a number"),
    XC_METHOD(flask_sid_to_context, XC_NAMED, "flask_sid_to_context(sid): a string"),
    XC_METHOD(flask_load, XC_NAMED, "flask_load(policy): 0"),
    XC_METHOD(flask_getenforce, METH_NOARGS, "flask_getenforce(): 0 permissive, 1 enforcing"),
    XC_METHOD(flask_setenforce, XC_NAMED, "flask_setenforce(mode): 0"),
    XC_METHOD(flask_access, XC_NAMED,
              "flask_access(src_context, tar_context, tar_class, req_permissions): 0 if all are\n"
              "granted"),
    {NULL, NULL, 0, NULL},
};
