/* SPDX-License-Identifier: MIT */
#include "private.h"

static long call1(xc_interface *xch, unsigned int hypercall, void *op, size_t len)
{
    void *buf = xencall_alloc_buffer(xch->xcall, len);
    long rc;

    if (!buf)
        return -1;
    memcpy(buf, op, len);
    rc = xencall1(xch->xcall, hypercall, (uintptr_t)buf);
    memcpy(op, buf, len);
    xencall_free_buffer(xch->xcall, buf);
    return rc;
}

static long call2(xc_interface *xch, unsigned int hypercall, unsigned int cmd, void *op, size_t len)
{
    void *buf = NULL;
    long rc;

    if (op) {
        buf = xencall_alloc_buffer(xch->xcall, len);
        if (!buf)
            return -1;
        memcpy(buf, op, len);
    }
    rc = xencall2L(xch->xcall, hypercall, cmd, (uintptr_t)buf);
    if (buf)
        memcpy(op, buf, len);
    xencall_free_buffer(xch->xcall, buf);
    return rc;
}

int op_bounced(xc_interface *xch, unsigned int hypercall, void *op, size_t len, struct bounce *b,
               unsigned int nr)
{
    long rc;

    if (bounce_in(xch, b, nr))
        return -1;
    rc = call1(xch, hypercall, op, len);
    bounce_out(xch, b, nr, rc);
    return (int)rc;
}

long memory_bounced(xc_interface *xch, unsigned int cmd, void *arg, size_t len, struct bounce *b,
                    unsigned int nr)
{
    long rc;

    if (bounce_in(xch, b, nr))
        return -1;
    rc = call2(xch, __HYPERVISOR_memory_op, cmd, arg, len);
    bounce_out(xch, b, nr, rc);
    return rc;
}

int cmd_bounced(xc_interface *xch, unsigned int hypercall, unsigned int cmd, void *arg, size_t len,
                struct bounce *b, unsigned int nr)
{
    long rc;

    if (bounce_in(xch, b, nr))
        return -1;
    rc = call2(xch, hypercall, cmd, arg, len);
    bounce_out(xch, b, nr, rc);
    return (int)rc;
}

/* The hypervisor answers a wrong interface version with EACCES; tell it from a missing right. */
static void explain(xc_interface *xch, const char *what, unsigned int cmd)
{
    if (errno == EACCES)
        xc_report(xch, XC_LOG_MAIN, XTL_ERROR, EACCES,
                  "%s %u refused: this toolstack may not fit the hypervisor", what, cmd);
}

int domctl_bounced(xc_interface *xch, struct xen_domctl *op, struct bounce *b, unsigned int nr)
{
    int rc;

    op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    rc = op_bounced(xch, __HYPERVISOR_domctl, op, sizeof(*op), b, nr);
    if (rc < 0)
        explain(xch, "domctl", op->cmd);
    return rc;
}

int sysctl_bounced(xc_interface *xch, struct xen_sysctl *op, struct bounce *b, unsigned int nr)
{
    int rc;

    op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    rc = op_bounced(xch, __HYPERVISOR_sysctl, op, sizeof(*op), b, nr);
    if (rc < 0)
        explain(xch, "sysctl", op->cmd);
    return rc;
}

int xc_domctl(xc_interface *xch, struct xen_domctl *domctl)
{
    return do_domctl(xch, domctl);
}

int xc_sysctl(xc_interface *xch, struct xen_sysctl *sysctl)
{
    return do_sysctl(xch, sysctl);
}

long xc_memory_op(xc_interface *xch, unsigned int cmd, void *arg, size_t len)
{
    return memory_bounced(xch, cmd, arg, len, NULL, 0);
}

static size_t version_size(int cmd, const void *arg)
{
    switch (cmd) {
    case XENVER_version:
    case XENVER_pagesize:
        return 0;
    case XENVER_extraversion:
        return sizeof(xen_extraversion_t);
    case XENVER_compile_info:
        return sizeof(xen_compile_info_t);
    case XENVER_capabilities:
        return sizeof(xen_capabilities_info_t);
    case XENVER_changeset:
        return sizeof(xen_changeset_info_t);
    case XENVER_platform_parameters:
        return sizeof(xen_platform_parameters_t);
    case XENVER_get_features:
        return sizeof(xen_feature_info_t);
    case XENVER_guest_handle:
        return sizeof(xen_domain_handle_t);
    case XENVER_commandline:
        return sizeof(xen_commandline_t);
    case XENVER_build_id:
        return arg ? sizeof(xen_build_id_t) + ((const xen_build_id_t *)arg)->len : 0;
    default:
        return SIZE_MAX;
    }
}

int xc_version(xc_interface *xch, int cmd, void *arg)
{
    size_t len = version_size(cmd, arg);

    if (len == SIZE_MAX)
        return fail(ENOSYS);
    return (int)call2(xch, __HYPERVISOR_xen_version, (unsigned int)cmd, len ? arg : NULL, len);
}

int xc_mmuext_op(xc_interface *xch, struct mmuext_op *op, unsigned int nr_ops, uint32_t dom)
{
    void *arg;
    struct bounce b = {&arg, op, sizeof(*op) * nr_ops, BOUNCE_BOTH, NULL};
    int rc;

    if (bounce_in(xch, &b, 1))
        return -1;
    rc = xencall4(xch->xcall, __HYPERVISOR_mmuext_op, (uintptr_t)arg, nr_ops, 0, dom);
    bounce_out(xch, &b, 1, rc);
    return rc;
}

int xc_gnttab_op(xc_interface *xch, int cmd, void *op, int op_size, int count)
{
    void *arg;
    struct bounce b = {&arg, op, (size_t)op_size * (size_t)count, BOUNCE_BOTH, NULL};
    int rc;

    if (bounce_in(xch, &b, 1))
        return -1;
    rc = xencall3(xch->xcall, __HYPERVISOR_grant_table_op, (unsigned int)cmd, (uintptr_t)arg,
                  (unsigned int)count);
    bounce_out(xch, &b, 1, rc);
    return rc;
}
