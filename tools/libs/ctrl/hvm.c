/* SPDX-License-Identifier: MIT */
#include "private.h"

#include <xen/hvm/hvm_op.h>

int xc_hvm_param_set(xc_interface *xch, uint32_t dom, uint32_t param, uint64_t value)
{
    struct xen_hvm_param arg = {.domid = (domid_t)dom, .index = param, .value = value};

    return do_cmd(xch, hvm_op, HVMOP_set_param, &arg);
}

int xc_hvm_param_get(xc_interface *xch, uint32_t dom, uint32_t param, uint64_t *value)
{
    struct xen_hvm_param arg = {.domid = (domid_t)dom, .index = param};
    int rc = do_cmd(xch, hvm_op, HVMOP_get_param, &arg);

    if (!rc)
        *value = arg.value;
    return rc;
}

int xc_set_hvm_param(xc_interface *xch, uint32_t dom, int param, unsigned long value)
{
    return xc_hvm_param_set(xch, dom, (uint32_t)param, value);
}

int xc_get_hvm_param(xc_interface *xch, uint32_t dom, int param, unsigned long *value)
{
    uint64_t v;
    int rc = xc_hvm_param_get(xch, dom, (uint32_t)param, &v);

    if (!rc)
        *value = (unsigned long)v;
    return rc;
}

/* Alternative views. */
#define ALTP2M(name, dom, ...)                                                                     \
    (struct xen_hvm_altp2m_op)                                                                     \
    {                                                                                              \
        .version = HVMOP_ALTP2M_INTERFACE_VERSION, .cmd = HVMOP_altp2m_##name,                     \
        .domain = (domid_t)(dom), ##__VA_ARGS__                                                    \
    }

static int altp2m(xc_interface *xch, struct xen_hvm_altp2m_op *op)
{
    return cmd_bounced(xch, __HYPERVISOR_hvm_op, HVMOP_altp2m, op, sizeof(*op), NULL, 0);
}

static int altp2m_value(xc_interface *xch, struct xen_hvm_altp2m_op op)
{
    return altp2m(xch, &op);
}

int xc_altp2m_get_domain_state(xc_interface *xch, uint32_t dom, bool *state)
{
    struct xen_hvm_altp2m_op op = ALTP2M(get_domain_state, dom);
    int rc = altp2m(xch, &op);

    if (!rc)
        *state = op.u.domain_state.state;
    return rc;
}

int xc_altp2m_set_domain_state(xc_interface *xch, uint32_t dom, bool state)
{
    return altp2m_value(xch, ALTP2M(set_domain_state, dom, .u.domain_state.state = state));
}

int xc_altp2m_set_vcpu_enable_notify(xc_interface *xch, uint32_t domid, uint32_t vcpuid,
                                     xen_pfn_t gfn)
{
    return altp2m_value(
        xch, ALTP2M(vcpu_enable_notify, domid, .u.enable_notify = {.vcpu_id = vcpuid, .gfn = gfn}));
}

int xc_altp2m_set_vcpu_disable_notify(xc_interface *xch, uint32_t domid, uint32_t vcpuid)
{
    return altp2m_value(xch,
                        ALTP2M(vcpu_disable_notify, domid, .u.disable_notify.vcpu_id = vcpuid));
}

int xc_altp2m_create_view(xc_interface *xch, uint32_t domid, xenmem_access_t default_access,
                          uint16_t *view_id)
{
    struct xen_hvm_altp2m_op op =
        ALTP2M(create_p2m, domid,
               .u.view = {.view = (uint16_t)-1, .hvmmem_default_access = (uint16_t)default_access});
    int rc = altp2m(xch, &op);

    if (!rc)
        *view_id = op.u.view.view;
    return rc;
}

int xc_altp2m_destroy_view(xc_interface *xch, uint32_t domid, uint16_t view_id)
{
    return altp2m_value(xch, ALTP2M(destroy_p2m, domid, .u.view.view = view_id));
}

int xc_altp2m_switch_to_view(xc_interface *xch, uint32_t domid, uint16_t view_id)
{
    return altp2m_value(xch, ALTP2M(switch_p2m, domid, .u.view.view = view_id));
}

int xc_altp2m_set_suppress_ve(xc_interface *xch, uint32_t domid, uint16_t view_id, xen_pfn_t gfn,
                              bool sve)
{
    return altp2m_value(xch,
                        ALTP2M(set_suppress_ve, domid,
                               .u.suppress_ve = {.view = view_id, .gfn = gfn, .suppress_ve = sve}));
}

int xc_altp2m_set_supress_ve_multi(xc_interface *xch, uint32_t domid, uint16_t view_id,
                                   xen_pfn_t first_gfn, xen_pfn_t last_gfn, bool sve,
                                   xen_pfn_t *error_gfn, int32_t *error_code)
{
    struct xen_hvm_altp2m_op op = ALTP2M(
        set_suppress_ve_multi, domid,
        .u.suppress_ve_multi = {
            .view = view_id, .first_gfn = first_gfn, .last_gfn = last_gfn, .suppress_ve = sve});
    int rc = altp2m(xch, &op);

    *error_code = op.u.suppress_ve_multi.first_error;
    *error_gfn = op.u.suppress_ve_multi.first_error_gfn;
    return rc;
}

int xc_altp2m_get_suppress_ve(xc_interface *xch, uint32_t domid, uint16_t view_id, xen_pfn_t gfn,
                              bool *sve)
{
    struct xen_hvm_altp2m_op op =
        ALTP2M(get_suppress_ve, domid, .u.suppress_ve = {.view = view_id, .gfn = gfn});
    int rc = altp2m(xch, &op);

    if (!rc)
        *sve = op.u.suppress_ve.suppress_ve;
    return rc;
}

int xc_altp2m_set_mem_access(xc_interface *xch, uint32_t domid, uint16_t view_id, xen_pfn_t gfn,
                             xenmem_access_t access)
{
    return altp2m_value(
        xch, ALTP2M(set_mem_access, domid,
                    .u.mem_access = {.view = view_id, .gfn = gfn, .access = (uint16_t)access}));
}

int xc_altp2m_get_mem_access(xc_interface *xch, uint32_t domid, uint16_t view_id, xen_pfn_t gfn,
                             xenmem_access_t *access)
{
    struct xen_hvm_altp2m_op op =
        ALTP2M(get_mem_access, domid, .u.mem_access = {.view = view_id, .gfn = gfn});
    int rc = altp2m(xch, &op);

    if (!rc)
        *access = (xenmem_access_t)op.u.mem_access.access;
    return rc;
}

int xc_altp2m_set_mem_access_multi(xc_interface *xch, uint32_t domid, uint16_t view_id,
                                   uint8_t *access, uint64_t *gfns, uint32_t nr)
{
    struct xen_hvm_altp2m_op op =
        ALTP2M(set_mem_access_multi, domid, .u.set_mem_access_multi = {.view = view_id, .nr = nr});
    struct xen_hvm_altp2m_set_mem_access_multi *m = &op.u.set_mem_access_multi;

    return cmd_bounced(
        xch, __HYPERVISOR_hvm_op, HVMOP_altp2m, &op, sizeof(op),
        BOUNCES(BUF_IN(m->pfn_list, gfns, sizeof(*gfns) * nr), BUF_IN(m->access_list, access, nr)));
}

int xc_altp2m_change_gfn(xc_interface *xch, uint32_t domid, uint16_t view_id, xen_pfn_t old_gfn,
                         xen_pfn_t new_gfn)
{
    return altp2m_value(
        xch, ALTP2M(change_gfn, domid,
                    .u.change_gfn = {.view = view_id, .old_gfn = old_gfn, .new_gfn = new_gfn}));
}

int xc_altp2m_get_vcpu_p2m_idx(xc_interface *xch, uint32_t domid, uint32_t vcpuid, uint16_t *p2midx)
{
    struct xen_hvm_altp2m_op op = ALTP2M(get_p2m_idx, domid, .u.get_vcpu_p2m_idx.vcpu_id = vcpuid);
    int rc = altp2m(xch, &op);

    if (!rc)
        *p2midx = op.u.get_vcpu_p2m_idx.altp2m_idx;
    return rc;
}

int xc_altp2m_set_visibility(xc_interface *xch, uint32_t domid, uint16_t view_id, bool visible)
{
    return altp2m_value(xch,
                        ALTP2M(set_visibility, domid,
                               .u.set_visibility = {.altp2m_idx = view_id, .visible = visible}));
}
