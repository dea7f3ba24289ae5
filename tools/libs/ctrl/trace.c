/* SPDX-License-Identifier: MIT */
#include "private.h"

static int tbuf(xc_interface *xch, struct xen_sysctl_tbuf_op *arg)
{
    struct xen_sysctl op = SYSCTL(tbuf_op, .u.tbuf_op = *arg);
    int rc = do_sysctl(xch, &op);

    *arg = op.u.tbuf_op;
    return rc;
}

int xc_tbuf_get_size(xc_interface *xch, unsigned long *size)
{
    struct xen_sysctl_tbuf_op arg = {.cmd = XEN_SYSCTL_TBUFOP_get_info};
    int rc = tbuf(xch, &arg);

    if (!rc)
        *size = arg.size;
    return rc;
}

int xc_tbuf_set_size(xc_interface *xch, unsigned long size)
{
    return tbuf(xch, &(struct xen_sysctl_tbuf_op){.cmd = XEN_SYSCTL_TBUFOP_set_size,
                                                  .size = (uint32_t)size});
}

int xc_tbuf_enable(xc_interface *xch, unsigned long pages, unsigned long *mfn, unsigned long *size)
{
    struct xen_sysctl_tbuf_op info = {.cmd = XEN_SYSCTL_TBUFOP_get_info};

    /* A size that was set before cannot be changed; the one there is, is told below. */
    if (pages)
        xc_tbuf_set_size(xch, pages);
    if (tbuf(xch, &(struct xen_sysctl_tbuf_op){.cmd = XEN_SYSCTL_TBUFOP_enable}) ||
        tbuf(xch, &info))
        return -1;
    *mfn = info.buffer_mfn;
    *size = info.size;
    return 0;
}

int xc_tbuf_disable(xc_interface *xch)
{
    return tbuf(xch, &(struct xen_sysctl_tbuf_op){.cmd = XEN_SYSCTL_TBUFOP_disable});
}

int xc_tbuf_set_cpu_mask(xc_interface *xch, xc_cpumap_t mask)
{
    struct xen_sysctl op = SYSCTL(tbuf_op, .u.tbuf_op.cmd = XEN_SYSCTL_TBUFOP_set_cpu_mask);
    struct xenctl_bitmap *map = &op.u.tbuf_op.cpu_mask;
    int size = xc_get_cpumap_size(xch);

    if (size <= 0)
        return -1;
    map->nr_bits = (uint32_t)size * 8;
    return sysctl_with(xch, &op, BUF_IN(map->bitmap, mask, (size_t)size));
}

int xc_tbuf_set_evt_mask(xc_interface *xch, uint32_t mask)
{
    return tbuf(
        xch, &(struct xen_sysctl_tbuf_op){.cmd = XEN_SYSCTL_TBUFOP_set_evt_mask, .evt_mask = mask});
}

#define VMTRACE(what, dom, vcpu_, ...)                                                             \
    DOMCTL(vmtrace_op, dom,                                                                        \
           .u.vmtrace_op = {.cmd = XEN_DOMCTL_vmtrace_##what, .vcpu = (vcpu_), ##__VA_ARGS__})

int xc_vmtrace_enable(xc_interface *xch, uint32_t domid, uint32_t vcpu)
{
    return domctl_value(xch, VMTRACE(enable, domid, vcpu));
}

int xc_vmtrace_disable(xc_interface *xch, uint32_t domid, uint32_t vcpu)
{
    return domctl_value(xch, VMTRACE(disable, domid, vcpu));
}

int xc_vmtrace_reset_and_enable(xc_interface *xch, uint32_t domid, uint32_t vcpu)
{
    return domctl_value(xch, VMTRACE(reset_and_enable, domid, vcpu));
}

int xc_vmtrace_output_position(xc_interface *xch, uint32_t domid, uint32_t vcpu, uint64_t *pos)
{
    struct xen_domctl op = VMTRACE(output_position, domid, vcpu);
    int rc = do_domctl(xch, &op);

    if (!rc)
        *pos = op.u.vmtrace_op.value;
    return rc;
}

int xc_vmtrace_get_option(xc_interface *xch, uint32_t domid, uint32_t vcpu, uint64_t key,
                          uint64_t *value)
{
    struct xen_domctl op = VMTRACE(get_option, domid, vcpu, .key = key);
    int rc = do_domctl(xch, &op);

    if (!rc)
        *value = op.u.vmtrace_op.value;
    return rc;
}

int xc_vmtrace_set_option(xc_interface *xch, uint32_t domid, uint32_t vcpu, uint64_t key,
                          uint64_t value)
{
    return domctl_value(xch, VMTRACE(set_option, domid, vcpu, .key = key, .value = value));
}
