/* SPDX-License-Identifier: MIT */
/*
 * The Python module xen.lowlevel.xs: a connection to xenstore. Names, arguments and results are the
 * stock module's; help(xen.lowlevel.xs.xs) tells them.
 *
 * The lock of the interpreter is dropped while the daemon is asked. A watch's token is any object:
 * what the daemon is told is the object's address, and the list of watches keeps the object alive.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <xen/io/xs_wire.h>
#include <xenstore.h>

#define MODULE     "xen.lowlevel.xs"
#define TOKEN_SIZE 24 /* an address in hexadecimal */

struct store {
    PyObject_HEAD struct xs_handle *h; /* NULL: closed */
    PyObject *watches;                 /* a list of tuples: path, token */
    unsigned int busy;                 /* calls that have dropped the interpreter's lock */
};

static PyObject *store_error;

/* Sets the exception for @error, an errno. */
static PyObject *fail(int error)
{
    PyObject *args = Py_BuildValue("(is)", error, strerror(error));

    if (args)
        PyErr_SetObject(store_error, args);
    Py_XDECREF(args);
    return NULL;
}

/* Sets the exception if the connection is closed. */
static struct xs_handle *handle_of(struct store *s)
{
    if (!s->h)
        fail(EINVAL);
    return s->h;
}

static xs_transaction_t transaction_of(const char *text)
{
    return (xs_transaction_t)strtoul(text, NULL, 16);
}

/* Do @call, which sets @result, without the interpreter's lock; errno is that of the call. */
#define ASK(s, result, call)                                                                       \
    do {                                                                                           \
        int error_;                                                                                \
        (s)->busy++;                                                                               \
        Py_BEGIN_ALLOW_THREADS errno = 0;                                                          \
        (result) = (call);                                                                         \
        error_ = errno;                                                                            \
        Py_END_ALLOW_THREADS(s)->busy--;                                                           \
        errno = error_;                                                                            \
    } while (0)

static PyObject *none_or_error(bool ok)
{
    if (!ok)
        return fail(errno);
    Py_RETURN_NONE;
}

/* Paths and their values. */

static bool path_args(struct store *s, PyObject *args, xs_transaction_t *t, const char **path)
{
    const char *text;

    if (!handle_of(s) || !PyArg_ParseTuple(args, "ss", &text, path))
        return false;
    *t = transaction_of(text);
    return true;
}

static PyObject *store_read(struct store *s, PyObject *args)
{
    xs_transaction_t t;
    const char *path;
    unsigned int len;
    PyObject *out;
    void *data;

    if (!path_args(s, args, &t, &path))
        return NULL;
    ASK(s, data, xs_read(s->h, t, path, &len));
    if (!data && errno == ENOENT)
        Py_RETURN_NONE;
    if (!data)
        return fail(errno);
    out = PyBytes_FromStringAndSize(data, len);
    free(data);
    return out;
}

static PyObject *store_write(struct store *s, PyObject *args)
{
    const char *text, *path, *data;
    Py_ssize_t len;
    bool ok;

    if (!handle_of(s) || !PyArg_ParseTuple(args, "sss#", &text, &path, &data, &len))
        return NULL;
    if (len > XENSTORE_PAYLOAD_MAX)
        return fail(E2BIG);
    ASK(s, ok, xs_write(s->h, transaction_of(text), path, data, (unsigned int)len));
    return none_or_error(ok);
}

static PyObject *names_of(char **names, unsigned int nr)
{
    PyObject *out = PyList_New(nr);

    for (unsigned int i = 0; out && i < nr; i++) {
        PyObject *name =
            PyUnicode_DecodeUTF8(names[i], (Py_ssize_t)strlen(names[i]), "surrogateescape");

        if (!name)
            Py_CLEAR(out);
        else
            PyList_SET_ITEM(out, i, name);
    }
    return out;
}

static PyObject *store_ls(struct store *s, PyObject *args)
{
    xs_transaction_t t;
    const char *path;
    unsigned int nr;
    PyObject *out;
    char **names;

    if (!path_args(s, args, &t, &path))
        return NULL;
    ASK(s, names, xs_directory(s->h, t, path, &nr));
    if (!names && errno == ENOENT)
        Py_RETURN_NONE;
    if (!names)
        return fail(errno);
    out = names_of(names, nr);
    free(names);
    return out;
}

static PyObject *store_mkdir(struct store *s, PyObject *args)
{
    xs_transaction_t t;
    const char *path;
    bool ok;

    if (!path_args(s, args, &t, &path))
        return NULL;
    ASK(s, ok, xs_mkdir(s->h, t, path));
    return none_or_error(ok);
}

/* What is not there is removed. */
static PyObject *store_rm(struct store *s, PyObject *args)
{
    xs_transaction_t t;
    const char *path;
    bool ok;

    if (!path_args(s, args, &t, &path))
        return NULL;
    ASK(s, ok, xs_rm(s->h, t, path));
    return none_or_error(ok || errno == ENOENT);
}

/* Permissions. */

static PyObject *store_get_permissions(struct store *s, PyObject *args)
{
    struct xs_permissions *perms;
    xs_transaction_t t;
    const char *path;
    unsigned int nr;
    PyObject *out;

    if (!path_args(s, args, &t, &path))
        return NULL;
    ASK(s, perms, xs_get_permissions(s->h, t, path, &nr));
    if (!perms)
        return fail(errno);
    out = PyList_New(nr);
    for (unsigned int i = 0; out && i < nr; i++) {
        PyObject *one = Py_BuildValue("{sIsisi}", "dom", perms[i].id, "read",
                                      (int)(perms[i].perms & XS_PERM_READ), "write",
                                      (int)(perms[i].perms & XS_PERM_WRITE));

        if (!one)
            Py_CLEAR(out);
        else
            PyList_SET_ITEM(out, i, one);
    }
    free(perms);
    return out;
}

/* False, with an exception: it is no dictionary of "dom", "read" and "write". */
static bool permission_of(PyObject *one, PyObject *no_args, struct xs_permissions *to)
{
    static char *names[] = {"dom", "read", "write", NULL};
    int dom, can_read = 0, can_write = 0;

    if (!PyDict_Check(one)) {
        PyErr_SetString(PyExc_TypeError, "permissions are a list of dictionaries");
        return false;
    }
    if (!PyArg_ParseTupleAndKeywords(no_args, one, "i|ii", names, &dom, &can_read, &can_write))
        return false;
    to->id = (unsigned int)dom;
    to->perms = (can_read ? XS_PERM_READ : 0) | (can_write ? XS_PERM_WRITE : 0);
    return true;
}

/* PyMem memory, or NULL with an exception. */
static struct xs_permissions *permissions_of(PyObject *list, unsigned int nr)
{
    struct xs_permissions *perms = PyMem_New(struct xs_permissions, nr);
    PyObject *no_args = PyTuple_New(0);
    bool ok = perms && no_args;

    if (!perms)
        PyErr_NoMemory();
    for (unsigned int i = 0; ok && i < nr; i++)
        ok = permission_of(PyList_GET_ITEM(list, i), no_args, perms + i);
    Py_XDECREF(no_args);
    if (ok)
        return perms;
    PyMem_Free(perms);
    return NULL;
}

static PyObject *store_set_permissions(struct store *s, PyObject *args)
{
    struct xs_permissions *perms;
    const char *text, *path;
    PyObject *list;
    Py_ssize_t nr;
    bool ok;

    if (!handle_of(s) || !PyArg_ParseTuple(args, "ssO", &text, &path, &list))
        return NULL;
    nr = PyList_Check(list) ? PyList_GET_SIZE(list) : 0;
    if (nr <= 0 || nr > XENSTORE_PAYLOAD_MAX)
        return fail(EINVAL);
    perms = permissions_of(list, (unsigned int)nr);
    if (!perms)
        return NULL;
    ASK(s, ok, xs_set_permissions(s->h, transaction_of(text), path, perms, (unsigned int)nr));
    PyMem_Free(perms);
    return none_or_error(ok);
}

/* Transactions. */

static PyObject *store_transaction_start(struct store *s, PyObject *no_args)
{
    xs_transaction_t t;
    char text[24];

    (void)no_args;
    if (!handle_of(s))
        return NULL;
    ASK(s, t, xs_transaction_start(s->h));
    if (t == XBT_NULL)
        return fail(errno);
    snprintf(text, sizeof(text), "%lX", (unsigned long)t);
    return PyUnicode_FromString(text);
}

static PyObject *store_transaction_end(struct store *s, PyObject *args, PyObject *named)
{
    static char *names[] = {"transaction", "abort", NULL};
    const char *text;
    int abort = 0;
    bool ok;

    if (!handle_of(s) || !PyArg_ParseTupleAndKeywords(args, named, "s|i", names, &text, &abort))
        return NULL;
    ASK(s, ok, xs_transaction_end(s->h, transaction_of(text), abort));
    if (!ok && errno != EAGAIN)
        return fail(errno);
    return PyBool_FromLong(ok);
}

/* Watches. */

static void token_text(PyObject *token, char *to)
{
    snprintf(to, TOKEN_SIZE, "%lx", (unsigned long)token);
}

static PyObject *store_watch(struct store *s, PyObject *args)
{
    char text[TOKEN_SIZE];
    PyObject *token, *pair;
    const char *path;
    bool ok;
    int rc;

    if (!handle_of(s) || !PyArg_ParseTuple(args, "sO", &path, &token))
        return NULL;
    /* The first event may come before this function goes on. */
    pair = Py_BuildValue("(sO)", path, token);
    rc = pair ? PyList_Append(s->watches, pair) : -1;
    if (rc) {
        Py_XDECREF(pair);
        return NULL;
    }
    token_text(token, text);
    ASK(s, ok, xs_watch(s->h, path, text));
    if (!ok) {
        int error = errno;

        for (Py_ssize_t i = PyList_GET_SIZE(s->watches); i-- > 0;) {
            if (PyList_GET_ITEM(s->watches, i) == pair) {
                PyList_SetSlice(s->watches, i, i + 1, NULL);
                break;
            }
        }
        errno = error;
    }
    Py_DECREF(pair);
    return none_or_error(ok);
}

static void forget_watch(struct store *s, const char *path, PyObject *token)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(s->watches); i++) {
        PyObject *pair = PyList_GET_ITEM(s->watches, i);

        if (PyTuple_GET_ITEM(pair, 1) == token &&
            !PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(pair, 0), path)) {
            PyList_SetSlice(s->watches, i, i + 1, NULL);
            return;
        }
    }
}

static PyObject *store_unwatch(struct store *s, PyObject *args)
{
    char text[TOKEN_SIZE];
    const char *path;
    PyObject *token;
    bool ok;

    if (!handle_of(s) || !PyArg_ParseTuple(args, "sO", &path, &token))
        return NULL;
    token_text(token, text);
    ASK(s, ok, xs_unwatch(s->h, path, text));
    if (!ok)
        return fail(errno);
    forget_watch(s, path, token);
    Py_RETURN_NONE;
}

/* Path and token of an event; NULL without an exception: its watch is gone meanwhile. */
static PyObject *event_of(struct store *s, char **event)
{
    char text[TOKEN_SIZE];

    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(s->watches); i++) {
        PyObject *token = PyTuple_GET_ITEM(PyList_GET_ITEM(s->watches, i), 1);

        token_text(token, text);
        if (!strcmp(text, event[XS_WATCH_TOKEN]))
            return Py_BuildValue("(sO)", event[XS_WATCH_PATH], token);
    }
    return NULL;
}

static PyObject *next_event(struct store *s, bool wait)
{
    PyObject *out = NULL;
    unsigned int nr;
    char **event;

    if (!handle_of(s))
        return NULL;
    while (!out && !PyErr_Occurred()) {
        ASK(s, event, wait ? xs_read_watch(s->h, &nr) : xs_check_watch(s->h));
        if (!event && !wait && errno == EAGAIN)
            Py_RETURN_NONE;
        if (!event && errno == EINTR && !PyErr_CheckSignals())
            continue;
        if (!event)
            return PyErr_Occurred() ? NULL : fail(errno);
        out = event_of(s, event);
        free(event);
    }
    return out;
}

static PyObject *store_read_watch(struct store *s, PyObject *no_args)
{
    (void)no_args;
    return next_event(s, true);
}

static PyObject *store_check_watch(struct store *s, PyObject *no_args)
{
    (void)no_args;
    return next_event(s, false);
}

static PyObject *store_fileno(struct store *s, PyObject *no_args)
{
    (void)no_args;
    return handle_of(s) ? PyLong_FromLong(xs_fileno(s->h)) : NULL;
}

/* Domains. */

static PyObject *store_get_domain_path(struct store *s, PyObject *args)
{
    PyObject *out;
    char *path;
    int domid;

    if (!handle_of(s) || !PyArg_ParseTuple(args, "i", &domid))
        return NULL;
    ASK(s, path, xs_get_domain_path(s->h, (unsigned int)domid));
    if (!path)
        return fail(errno);
    out = PyUnicode_FromString(path);
    free(path);
    return out;
}

static PyObject *store_introduce_domain(struct store *s, PyObject *args)
{
    unsigned int domid, port;
    unsigned long page;
    bool ok;

    if (!handle_of(s) || !PyArg_ParseTuple(args, "IkI", &domid, &page, &port))
        return NULL;
    ASK(s, ok, xs_introduce_domain(s->h, domid, page, port));
    return none_or_error(ok);
}

static PyObject *store_set_target(struct store *s, PyObject *args)
{
    unsigned int domid, target;
    bool ok;

    if (!handle_of(s) || !PyArg_ParseTuple(args, "II", &domid, &target))
        return NULL;
    ASK(s, ok, xs_set_target(s->h, domid, target));
    return none_or_error(ok);
}

static PyObject *store_resume_domain(struct store *s, PyObject *args)
{
    unsigned int domid;
    bool ok;

    if (!handle_of(s) || !PyArg_ParseTuple(args, "I", &domid))
        return NULL;
    ASK(s, ok, xs_resume_domain(s->h, domid));
    return none_or_error(ok);
}

static PyObject *store_release_domain(struct store *s, PyObject *args)
{
    unsigned int domid;
    bool ok;

    if (!handle_of(s) || !PyArg_ParseTuple(args, "I", &domid))
        return NULL;
    ASK(s, ok, xs_release_domain(s->h, domid));
    return none_or_error(ok);
}

/* The connection. */

static PyObject *store_close(struct store *s, PyObject *no_args)
{
    (void)no_args;
    if (!handle_of(s))
        return NULL;
    /* Another thread is in the library with it. */
    if (s->busy)
        return fail(EBUSY);
    xs_close(s->h);
    s->h = NULL;
    PyList_SetSlice(s->watches, 0, PyList_GET_SIZE(s->watches), NULL);
    Py_RETURN_NONE;
}

static int store_init(struct store *s, PyObject *args, PyObject *named)
{
    static char *names[] = {"readonly", NULL};
    int readonly = 0; /* of no meaning for years */

    if (!PyArg_ParseTupleAndKeywords(args, named, "|i", names, &readonly))
        return -1;
    if (s->h)
        return 0;
    if (!s->watches)
        s->watches = PyList_New(0);
    if (!s->watches)
        return -1;
    s->h = xs_open(0);
    if (!s->h) {
        fail(errno);
        return -1;
    }
    return 0;
}

static void store_dealloc(struct store *s)
{
    if (s->h)
        xs_close(s->h);
    Py_XDECREF(s->watches);
    Py_TYPE(s)->tp_free((PyObject *)s);
}

#define METHOD(name, kind, text)                                                                   \
    {                                                                                              \
#name, (PyCFunction)(void (*)(void))store_##name, kind, text                               \
    }

static PyMethodDef store_methods[] = {
    METHOD(read, METH_VARARGS, "read(transaction, path): the value as bytes; None: there is none"),
    METHOD(write, METH_VARARGS, "write(transaction, path, data): data is a string or bytes"),
    METHOD(ls, METH_VARARGS, "ls(transaction, path): a list of names; None: there is no such path"),
    METHOD(mkdir, METH_VARARGS, "mkdir(transaction, path): nothing if it is there"),
    METHOD(rm, METH_VARARGS, "rm(transaction, path): with all below; nothing if it is not there"),
    METHOD(get_permissions, METH_VARARGS,
           "get_permissions(transaction, path): a list of {'dom', 'read', 'write'}, owner first"),
    METHOD(set_permissions, METH_VARARGS,
           "set_permissions(transaction, path, list): as get_permissions gives it"),
    METHOD(transaction_start, METH_NOARGS, "transaction_start(): a handle, which is a string"),
    METHOD(transaction_end, METH_VARARGS | METH_KEYWORDS,
           "transaction_end(transaction, abort=0): False: somebody was faster, try again"),
    METHOD(watch, METH_VARARGS, "watch(path, token): token is any object"),
    METHOD(unwatch, METH_VARARGS, "unwatch(path, token): token is the same object"),
    METHOD(read_watch, METH_NOARGS, "read_watch(): (path, token) of an event; waits for one"),
    METHOD(check_watch, METH_NOARGS,
           "check_watch(): (path, token) of an event; None: there is none"),
    METHOD(fileno, METH_NOARGS, "fileno(): the descriptor to poll for events"),
    METHOD(get_domain_path, METH_VARARGS,
           "get_domain_path(domid): where its nodes are, whether or not there is such a domain"),
    METHOD(introduce_domain, METH_VARARGS,
           "introduce_domain(domid, page, port): it can talk to the daemon from now on"),
    METHOD(set_target, METH_VARARGS,
           "set_target(domid, target): the domain has the target's rights, too"),
    METHOD(resume_domain, METH_VARARGS, "resume_domain(domid): its shutdown can be told again"),
    METHOD(release_domain, METH_VARARGS, "release_domain(domid): the daemon forgets it"),
    METHOD(close, METH_NOARGS, "close(): the connection; what is asked afterwards fails"),
    {NULL, NULL, 0, NULL},
};

static PyTypeObject store_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = MODULE ".xs",
    .tp_basicsize = sizeof(struct store),
    .tp_dealloc = (destructor)store_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "A connection to xenstore. A transaction is a string; \"\" is none.",
    .tp_methods = store_methods,
    .tp_init = (initproc)store_init,
    .tp_new = PyType_GenericNew,
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = MODULE,
    .m_size = -1,
};

PyMODINIT_FUNC PyInit_xs(void)
{
    PyObject *m;

    if (PyType_Ready(&store_type))
        return NULL;
    m = PyModule_Create(&module);
    if (!m)
        return NULL;
    store_error = PyErr_NewException(MODULE ".Error", PyExc_RuntimeError, NULL);
    if (!store_error || PyModule_AddObjectRef(m, "Error", store_error) ||
        PyModule_AddObjectRef(m, "xs", (PyObject *)&store_type)) {
        Py_DECREF(m);
        return NULL;
    }
    return m;
}
