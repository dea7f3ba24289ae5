/* SPDX-License-Identifier: MIT */
/* vm_event: monitoring, paging and sharing of HVM guests. */
#include <sys/mman.h>

#include "private.h"

static int vm_event(xc_interface *xch, uint32_t domid, uint32_t mode, uint32_t what, uint32_t *port)
{
    struct xen_domctl op = DOMCTL(vm_event_op, domid, .u.vm_event_op = {.op = what, .mode = mode});
    int rc = do_domctl(xch, &op);

    if (!rc && port)
        *port = op.u.vm_event_op.u.enable.port;
    return rc;
}

int xc_vm_event_get_version(xc_interface *xch)
{
    struct xen_domctl op =
        DOMCTL(vm_event_op, DOMID_INVALID, .u.vm_event_op.op = XEN_VM_EVENT_GET_VERSION);
    int rc = do_domctl(xch, &op);

    return rc ? rc : (int)op.u.vm_event_op.u.version;
}

/* The ring's page, which may have to be put where the guest's parameter says. */
static void *ring_map(xc_interface *xch, uint32_t domid, xen_pfn_t pfn)
{
    int err = 0;
    void *ring = xc_map_foreign_bulk(xch, domid, PROT_READ | PROT_WRITE, &pfn, &err, 1);
    xen_pfn_t fresh = pfn;

    if (ring && !err)
        return ring;
    if (ring)
        munmap(ring, XC_PAGE_SIZE);
    if (xc_domain_populate_physmap_exact(xch, domid, 1, 0, 0, &fresh))
        return NULL;
    return xc_map_foreign_pages(xch, domid, PROT_READ | PROT_WRITE, &pfn, 1);
}

void *xc_monitor_enable(xc_interface *xch, uint32_t domid, uint32_t *port)
{
    uint64_t value;
    xen_pfn_t pfn;
    void *ring = NULL;
    int saved;

    if (!port) {
        errno = EINVAL;
        return NULL;
    }
    /* The guest must not get at the ring's page before it is taken out of its map. */
    if (xc_domain_pause(xch, domid))
        return NULL;
    if (xc_hvm_param_get(xch, domid, HVM_PARAM_MONITOR_RING_PFN, &value))
        goto unpause;
    pfn = value;
    ring = ring_map(xch, domid, pfn);
    if (!ring)
        goto unpause;
    memset(ring, 0, XC_PAGE_SIZE);
    if (vm_event(xch, domid, XEN_DOMCTL_VM_EVENT_OP_MONITOR, XEN_VM_EVENT_ENABLE, port) ||
        xc_domain_decrease_reservation_exact(xch, domid, 1, 0, &pfn)) {
        saved = errno;
        munmap(ring, XC_PAGE_SIZE);
        ring = NULL;
        errno = saved;
    }
unpause:
    saved = errno;
    xc_domain_unpause(xch, domid);
    errno = saved;
    return ring;
}

int xc_monitor_disable(xc_interface *xch, uint32_t domid)
{
    return vm_event(xch, domid, XEN_DOMCTL_VM_EVENT_OP_MONITOR, XEN_VM_EVENT_DISABLE, NULL);
}

int xc_monitor_resume(xc_interface *xch, uint32_t domid)
{
    return vm_event(xch, domid, XEN_DOMCTL_VM_EVENT_OP_MONITOR, XEN_VM_EVENT_RESUME, NULL);
}

#define ENABLE(on) ((on) ? XEN_DOMCTL_MONITOR_OP_ENABLE : XEN_DOMCTL_MONITOR_OP_DISABLE)
#define MONITOR(dom, on, what, ...)                                                                \
    DOMCTL(monitor_op, dom,                                                                        \
           .u.monitor_op = {                                                                       \
               .op = ENABLE(on), .event = XEN_DOMCTL_MONITOR_EVENT_##what, ##__VA_ARGS__})

int xc_monitor_get_capabilities(xc_interface *xch, uint32_t domid, uint32_t *capabilities)
{
    struct xen_domctl op =
        DOMCTL(monitor_op, domid, .u.monitor_op.op = XEN_DOMCTL_MONITOR_OP_GET_CAPABILITIES);
    int rc;

    if (!capabilities)
        return fail(EINVAL);
    rc = do_domctl(xch, &op);
    if (!rc)
        *capabilities = op.u.monitor_op.event;
    return rc;
}

int xc_monitor_write_ctrlreg(xc_interface *xch, uint32_t domid, uint16_t index, bool enable,
                             bool sync, uint64_t bitmask, bool onchangeonly)
{
    return domctl_value(xch, MONITOR(domid, enable, WRITE_CTRLREG,
                                     .u.mov_to_cr = {.index = (uint8_t)index,
                                                     .sync = sync,
                                                     .onchangeonly = onchangeonly,
                                                     .bitmask = bitmask}));
}

int xc_monitor_mov_to_msr(xc_interface *xch, uint32_t domid, uint32_t msr, bool enable,
                          bool onchangeonly)
{
    return domctl_value(xch, MONITOR(domid, enable, MOV_TO_MSR,
                                     .u.mov_to_msr = {.msr = msr, .onchangeonly = onchangeonly}));
}

int xc_monitor_singlestep(xc_interface *xch, uint32_t domid, bool enable)
{
    return domctl_value(xch, MONITOR(domid, enable, SINGLESTEP));
}

int xc_monitor_software_breakpoint(xc_interface *xch, uint32_t domid, bool enable)
{
    return domctl_value(xch, MONITOR(domid, enable, SOFTWARE_BREAKPOINT));
}

int xc_monitor_descriptor_access(xc_interface *xch, uint32_t domid, bool enable)
{
    return domctl_value(xch, MONITOR(domid, enable, DESC_ACCESS));
}

int xc_monitor_guest_request(xc_interface *xch, uint32_t domid, bool enable, bool sync,
                             bool allow_userspace)
{
    return domctl_value(
        xch,
        MONITOR(domid, enable, GUEST_REQUEST,
                .u.guest_request = {.sync = sync, .allow_userspace = enable && allow_userspace}));
}

int xc_monitor_inguest_pagefault(xc_interface *xch, uint32_t domid, bool disable)
{
    /* The event is that faults are kept from the guest: to disable these is to enable it. */
    return domctl_value(xch, MONITOR(domid, disable, INGUEST_PAGEFAULT));
}

int xc_monitor_debug_exceptions(xc_interface *xch, uint32_t domid, bool enable, bool sync)
{
    return domctl_value(xch,
                        MONITOR(domid, enable, DEBUG_EXCEPTION, .u.debug_exception.sync = sync));
}

int xc_monitor_cpuid(xc_interface *xch, uint32_t domid, bool enable)
{
    return domctl_value(xch, MONITOR(domid, enable, CPUID));
}

int xc_monitor_privileged_call(xc_interface *xch, uint32_t domid, bool enable)
{
    return domctl_value(xch, MONITOR(domid, enable, PRIVILEGED_CALL));
}

int xc_monitor_emul_unimplemented(xc_interface *xch, uint32_t domid, bool enable)
{
    return domctl_value(xch, MONITOR(domid, enable, EMUL_UNIMPLEMENTED));
}

int xc_monitor_vmexit(xc_interface *xch, uint32_t domid, bool enable, bool sync)
{
    return domctl_value(xch, MONITOR(domid, enable, VMEXIT, .u.vmexit.sync = sync));
}

int xc_monitor_emulate_each_rep(xc_interface *xch, uint32_t domid, bool enable)
{
    return domctl_value(xch, DOMCTL(monitor_op, domid,
                                    .u.monitor_op = {.op = XEN_DOMCTL_MONITOR_OP_EMULATE_EACH_REP,
                                                     .event = enable}));
}

int xc_set_mem_access(xc_interface *xch, uint32_t domid, xenmem_access_t access, uint64_t first_pfn,
                      uint32_t nr)
{
    struct xen_mem_access_op arg = {.op = XENMEM_access_op_set_access,
                                    .domid = (domid_t)domid,
                                    .access = (uint8_t)access,
                                    .pfn = first_pfn,
                                    .nr = nr};

    return (int)do_memory(xch, XENMEM_access_op, &arg);
}

int xc_set_mem_access_multi(xc_interface *xch, uint32_t domid, uint8_t *access, uint64_t *pages,
                            uint32_t nr)
{
    /* @pfn as the default, ~0, is for single settings; the lists count here. */
    struct xen_mem_access_op arg = {.op = XENMEM_access_op_set_access_multi,
                                    .domid = (domid_t)domid,
                                    .access = XENMEM_access_default + 1,
                                    .pfn = ~0ULL,
                                    .nr = nr};

    return (int)memory_with(xch, XENMEM_access_op, &arg,
                            BUF_IN(arg.pfn_list, pages, sizeof(*pages) * nr),
                            BUF_IN(arg.access_list, access, nr));
}

int xc_get_mem_access(xc_interface *xch, uint32_t domid, uint64_t pfn, xenmem_access_t *access)
{
    struct xen_mem_access_op arg = {
        .op = XENMEM_access_op_get_access, .domid = (domid_t)domid, .pfn = pfn};
    long rc = do_memory(xch, XENMEM_access_op, &arg);

    if (!rc)
        *access = (xenmem_access_t)arg.access;
    return (int)rc;
}

int xc_mem_paging_enable(xc_interface *xch, uint32_t domid, uint32_t *port)
{
    if (!port)
        return fail(EINVAL);
    return vm_event(xch, domid, XEN_DOMCTL_VM_EVENT_OP_PAGING, XEN_VM_EVENT_ENABLE, port);
}

int xc_mem_paging_disable(xc_interface *xch, uint32_t domid)
{
    return vm_event(xch, domid, XEN_DOMCTL_VM_EVENT_OP_PAGING, XEN_VM_EVENT_DISABLE, NULL);
}

int xc_mem_paging_resume(xc_interface *xch, uint32_t domid)
{
    return vm_event(xch, domid, XEN_DOMCTL_VM_EVENT_OP_PAGING, XEN_VM_EVENT_RESUME, NULL);
}

static int paging(xc_interface *xch, uint32_t domid, uint8_t op, uint64_t gfn, void *buffer)
{
    struct xen_mem_paging_op arg = {.op = op, .domain = (domid_t)domid, .gfn = gfn};

    return (int)memory_with(xch, XENMEM_paging_op, &arg, BUF_IN(arg.buffer, buffer, XC_PAGE_SIZE));
}

int xc_mem_paging_nominate(xc_interface *xch, uint32_t domid, uint64_t gfn)
{
    return paging(xch, domid, XENMEM_paging_op_nominate, gfn, NULL);
}

int xc_mem_paging_evict(xc_interface *xch, uint32_t domid, uint64_t gfn)
{
    return paging(xch, domid, XENMEM_paging_op_evict, gfn, NULL);
}

int xc_mem_paging_prep(xc_interface *xch, uint32_t domid, uint64_t gfn)
{
    return paging(xch, domid, XENMEM_paging_op_prep, gfn, NULL);
}

int xc_mem_paging_load(xc_interface *xch, uint32_t domid, uint64_t gfn, void *buffer)
{
    if (!buffer)
        return fail(EINVAL);
    return paging(xch, domid, XENMEM_paging_op_prep, gfn, buffer);
}

int xc_memshr_ring_enable(xc_interface *xch, uint32_t domid, uint32_t *port)
{
    if (!port)
        return fail(EINVAL);
    return vm_event(xch, domid, XEN_DOMCTL_VM_EVENT_OP_SHARING, XEN_VM_EVENT_ENABLE, port);
}

int xc_memshr_ring_disable(xc_interface *xch, uint32_t domid)
{
    return vm_event(xch, domid, XEN_DOMCTL_VM_EVENT_OP_SHARING, XEN_VM_EVENT_DISABLE, NULL);
}

int xc_memshr_domain_resume(xc_interface *xch, uint32_t domid)
{
    return vm_event(xch, domid, XEN_DOMCTL_VM_EVENT_OP_SHARING, XEN_VM_EVENT_RESUME, NULL);
}
