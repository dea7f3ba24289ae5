/* SPDX-License-Identifier: MIT */
/*
 * The Python module xen.lowlevel.xc: the hypervisor, by libxenctrl. Names, arguments and results
 * are the stock module's; help(xen.lowlevel.xc.xc) tells them.
 */
#include "xc.h"

#define MODULE "xen.lowlevel.xc"

static PyObject *module_error;

static PyObject *raise_error(PyObject *args)
{
    if (args)
        PyErr_SetObject(module_error, args);
    Py_XDECREF(args);
    return NULL;
}

PyObject *xc_fail_errno(int error)
{
    return raise_error(Py_BuildValue("(is)", error, strerror(error)));
}

PyObject *xc_fail(struct xc *x)
{
    int error = errno;
    const xc_error *last = xc_get_last_error(x->h);
    PyObject *args;

    if (!last || last->code == XC_ERROR_NONE)
        return xc_fail_errno(error);
    args = Py_BuildValue("(iss)", last->code, xc_error_code_to_desc(last->code), last->message);
    xc_clear_last_error(x->h);
    return raise_error(args);
}

PyObject *xc_zero(struct xc *x, int rc)
{
    return rc ? xc_fail(x) : PyLong_FromLong(0);
}

bool xc_put(PyObject *dict, const char *name, PyObject *value)
{
    int rc = value ? PyDict_SetItemString(dict, name, value) : -1;

    Py_XDECREF(value);
    return !rc;
}

PyObject *xc_cpus(const uint8_t *map, int nr)
{
    PyObject *list = PyList_New(0);

    for (int i = 0; list && i < nr; i++) {
        PyObject *cpu;

        if (!(map[i / 8] & (1 << i % 8)))
            continue;
        cpu = PyLong_FromLong(i);
        if (!cpu || PyList_Append(list, cpu))
            Py_CLEAR(list);
        Py_XDECREF(cpu);
    }
    return list;
}

/* The arguments have no meaning. There is no object without a connection. */
static PyObject *xc_new(PyTypeObject *type, PyObject *args, PyObject *named)
{
    struct xc *x = (struct xc *)type->tp_alloc(type, 0);

    (void)args;
    (void)named;
    if (!x)
        return NULL;
    x->h = xc_interface_open(NULL, NULL, 0);
    if (x->h)
        return (PyObject *)x;
    xc_fail_errno(errno);
    Py_DECREF(x);
    return NULL;
}

static void xc_dealloc(struct xc *x)
{
    if (x->h)
        xc_interface_close(x->h);
    Py_TYPE(x)->tp_free((PyObject *)x);
}

static PyTypeObject xc_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = MODULE ".xc",
    .tp_basicsize = sizeof(struct xc),
    .tp_dealloc = (destructor)xc_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "The hypervisor.",
    .tp_new = xc_new,
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = MODULE,
    .m_size = -1,
};

/* The methods of all files; they live as long as the type. */
static bool methods_join(void)
{
    PyMethodDef *parts[] = {xc_domain_methods, xc_host_methods, xc_device_methods}, *all;
    size_t nr = 1, n = 0;

    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        for (PyMethodDef *m = parts[i]; m->ml_name; m++)
            nr++;
    all = calloc(nr, sizeof(*all));
    if (!all) {
        PyErr_NoMemory();
        return false;
    }
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        for (PyMethodDef *m = parts[i]; m->ml_name; m++)
            all[n++] = *m;
    xc_type.tp_methods = all;
    return true;
}

PyMODINIT_FUNC PyInit_xc(void)
{
    PyObject *m;

    if ((!xc_type.tp_methods && !methods_join()) || PyType_Ready(&xc_type))
        return NULL;
    m = PyModule_Create(&module);
    if (!m)
        return NULL;
    module_error = PyErr_NewException(MODULE ".Error", PyExc_RuntimeError, NULL);
    if (!module_error || PyModule_AddObjectRef(m, "Error", module_error) ||
        PyModule_AddObjectRef(m, "xc", (PyObject *)&xc_type) ||
        PyModule_AddIntConstant(m, "XEN_SCHEDULER_CREDIT", XEN_SCHEDULER_CREDIT) ||
        PyModule_AddIntConstant(m, "XEN_SCHEDULER_CREDIT2", XEN_SCHEDULER_CREDIT2)) {
        Py_DECREF(m);
        return NULL;
    }
    return m;
}
