/* SPDX-License-Identifier: MIT */
/* Shared by the files of the Python module xen.lowlevel.xc. */
#ifndef PYTHON_LOWLEVEL_XC_H
#define PYTHON_LOWLEVEL_XC_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <xenctrl.h>

struct xc {
    PyObject_HEAD xc_interface *h; /* NULL only while it is made */
};

/* The methods of a file; the last has no name. */
extern PyMethodDef xc_domain_methods[], xc_host_methods[], xc_device_methods[];

#define XC_METHOD(name, kind, text)                                                                \
    {                                                                                              \
#name, (PyCFunction)(void (*)(void))py_##name, kind, text                                  \
    }
#define XC_NAMED (METH_VARARGS | METH_KEYWORDS)

/* The exception for what a call of the library has left: its error, or errno. Returns NULL. */
PyObject *xc_fail(struct xc *x);
/* The exception for an errno. Returns NULL. */
PyObject *xc_fail_errno(int error);
/* 0 of Python's, or an exception if @rc is not 0. */
PyObject *xc_zero(struct xc *x, int rc);

/* @value (a new reference or NULL) into @dict. False with an exception; the reference is gone. */
bool xc_put(PyObject *dict, const char *name, PyObject *value);
/* The set bits of @map below @nr, as a list. */
PyObject *xc_cpus(const uint8_t *map, int nr);

#endif
