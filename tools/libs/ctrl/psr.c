/* SPDX-License-Identifier: MIT */
/* Monitoring and allocation of caches and memory bandwidth. */
#include "private.h"

#ifdef XC_X86
/* Source: Intel SDM vol 3B, 18.18, "Intel Resource Director Technology Monitoring". */
#define MSR_QM_EVTSEL   0xc8d
#define MSR_QM_CTR      0xc8e
#define MSR_TSC         0x10
#define QM_CTR_UNUSABLE (3ull << 62) /* error, or no data */

static int cmt(xc_interface *xch, uint32_t domid, uint32_t cmd, uint32_t *data)
{
    struct xen_domctl op = DOMCTL(psr_cmt_op, domid, .u.psr_cmt_op.cmd = cmd);
    int rc = do_domctl(xch, &op);

    if (!rc && data)
        *data = op.u.psr_cmt_op.data;
    return rc;
}

int xc_psr_cmt_attach(xc_interface *xch, uint32_t domid)
{
    return cmt(xch, domid, XEN_DOMCTL_PSR_CMT_OP_ATTACH, NULL);
}

int xc_psr_cmt_detach(xc_interface *xch, uint32_t domid)
{
    return cmt(xch, domid, XEN_DOMCTL_PSR_CMT_OP_DETACH, NULL);
}

int xc_psr_cmt_get_domain_rmid(xc_interface *xch, uint32_t domid, uint32_t *rmid)
{
    return cmt(xch, domid, XEN_DOMCTL_PSR_CMT_OP_QUERY_RMID, rmid);
}

static int cmt_host(xc_interface *xch, uint32_t cmd, uint32_t cpu, uint32_t *data)
{
    struct xen_sysctl op = SYSCTL(psr_cmt_op, .u.psr_cmt_op.cmd = cmd);
    int rc;

    if (cmd == XEN_SYSCTL_PSR_CMT_get_l3_cache_size)
        op.u.psr_cmt_op.u.l3_cache.cpu = cpu;
    rc = do_sysctl(xch, &op);
    if (!rc)
        *data = (uint32_t)op.u.psr_cmt_op.u.data;
    return rc;
}

int xc_psr_cmt_get_total_rmid(xc_interface *xch, uint32_t *total_rmid)
{
    return cmt_host(xch, XEN_SYSCTL_PSR_CMT_get_total_rmid, 0, total_rmid);
}

int xc_psr_cmt_get_l3_upscaling_factor(xc_interface *xch, uint32_t *upscaling_factor)
{
    return cmt_host(xch, XEN_SYSCTL_PSR_CMT_get_l3_upscaling_factor, 0, upscaling_factor);
}

int xc_psr_cmt_get_l3_event_mask(xc_interface *xch, uint32_t *event_mask)
{
    return cmt_host(xch, XEN_SYSCTL_PSR_CMT_get_l3_event_mask, 0, event_mask);
}

int xc_psr_cmt_get_l3_cache_size(xc_interface *xch, uint32_t cpu, uint32_t *l3_cache_size)
{
    return cmt_host(xch, XEN_SYSCTL_PSR_CMT_get_l3_cache_size, cpu, l3_cache_size);
}

/* 1, 0, or -1 with errno. */
int xc_psr_cmt_enabled(xc_interface *xch)
{
    uint32_t enabled;

    return cmt_host(xch, XEN_SYSCTL_PSR_CMT_enabled, 0, &enabled) ? -1 : (int)enabled;
}

int xc_psr_cmt_get_data(xc_interface *xch, uint32_t rmid, uint32_t cpu, xc_psr_cmt_type type,
                        uint64_t *monitor_data, uint64_t *tsc)
{
    xc_resource_entry_t entries[3] = {
        {.u.cmd = XEN_RESOURCE_OP_MSR_WRITE,
         .idx = MSR_QM_EVTSEL,
         .val = (uint64_t)rmid << 32 | ((uint64_t)type + 1)},
        {.u.cmd = XEN_RESOURCE_OP_MSR_READ, .idx = MSR_QM_CTR},
        {.u.cmd = XEN_RESOURCE_OP_MSR_READ, .idx = MSR_TSC},
    };
    xc_resource_op_t op = {.cpu = cpu, .nr_entries = tsc ? 3 : 2, .entries = entries};

    if ((unsigned int)type > XC_PSR_CMT_LOCAL_MEM_COUNT)
        return fail(EINVAL);
    if (xc_resource_op(xch, 1, &op))
        return -1;
    if (op.result != op.nr_entries || (entries[1].val & QM_CTR_UNUSABLE))
        return fail(EIO);
    *monitor_data = entries[1].val;
    if (tsc)
        *tsc = entries[2].val;
    return 0;
}

static const struct {
    uint32_t get, set;
} psr_cmd[] = {
    [XC_PSR_CAT_L3_CBM] = {XEN_DOMCTL_PSR_GET_L3_CBM, XEN_DOMCTL_PSR_SET_L3_CBM},
    [XC_PSR_CAT_L3_CBM_CODE] = {XEN_DOMCTL_PSR_GET_L3_CODE, XEN_DOMCTL_PSR_SET_L3_CODE},
    [XC_PSR_CAT_L3_CBM_DATA] = {XEN_DOMCTL_PSR_GET_L3_DATA, XEN_DOMCTL_PSR_SET_L3_DATA},
    [XC_PSR_CAT_L2_CBM] = {XEN_DOMCTL_PSR_GET_L2_CBM, XEN_DOMCTL_PSR_SET_L2_CBM},
    [XC_PSR_MBA_THRTL] = {XEN_DOMCTL_PSR_GET_MBA_THRTL, XEN_DOMCTL_PSR_SET_MBA_THRTL},
};

static bool psr_type_known(xc_psr_type type)
{
    return type >= XC_PSR_CAT_L3_CBM && type <= XC_PSR_MBA_THRTL;
}

int xc_psr_set_domain_data(xc_interface *xch, uint32_t domid, xc_psr_type type, uint32_t target,
                           uint64_t data)
{
    if (!psr_type_known(type))
        return fail(EINVAL);
    return domctl_value(
        xch, DOMCTL(psr_alloc, domid,
                    .u.psr_alloc = {.cmd = psr_cmd[type].set, .target = target, .data = data}));
}

int xc_psr_get_domain_data(xc_interface *xch, uint32_t domid, xc_psr_type type, uint32_t target,
                           uint64_t *data)
{
    struct xen_domctl op = DOMCTL(psr_alloc, domid, .u.psr_alloc.target = target);
    int rc;

    if (!psr_type_known(type))
        return fail(EINVAL);
    op.u.psr_alloc.cmd = psr_cmd[type].get;
    rc = do_domctl(xch, &op);
    if (!rc)
        *data = op.u.psr_alloc.data;
    return rc;
}

int xc_psr_get_hw_info(xc_interface *xch, uint32_t socket, xc_psr_feat_type type,
                       xc_psr_hw_info *hw_info)
{
    static const uint32_t cmds[] = {
        [XC_PSR_CAT_L3] = XEN_SYSCTL_PSR_get_l3_info,
        [XC_PSR_CAT_L2] = XEN_SYSCTL_PSR_get_l2_info,
        [XC_PSR_MBA] = XEN_SYSCTL_PSR_get_mba_info,
    };
    struct xen_sysctl op = SYSCTL(psr_alloc, .u.psr_alloc.target = socket);
    struct xen_sysctl_psr_alloc *a = &op.u.psr_alloc;

    if (!hw_info || (unsigned int)type > XC_PSR_MBA)
        return fail(EINVAL);
    a->cmd = cmds[type];
    if (do_sysctl(xch, &op))
        return -1;
    if (type == XC_PSR_MBA) {
        hw_info->mba.cos_max = a->u.mba_info.cos_max;
        hw_info->mba.thrtl_max = a->u.mba_info.thrtl_max;
        hw_info->mba.linear = a->u.mba_info.flags & XEN_SYSCTL_PSR_MBA_LINEAR;
    } else {
        hw_info->cat.cos_max = a->u.cat_info.cos_max;
        hw_info->cat.cbm_len = a->u.cat_info.cbm_len;
        hw_info->cat.cdp_enabled =
            type == XC_PSR_CAT_L3 && (a->u.cat_info.flags & XEN_SYSCTL_PSR_CAT_L3_CDP);
    }
    return 0;
}
#endif
