/* SPDX-License-Identifier: MIT */
#include "private.h"

static int reservation(xc_interface *xch, unsigned int cmd, struct xen_memory_reservation r,
                       xen_pfn_t *extents)
{
    return (int)memory_with(xch, cmd, &r,
                            BUF_BOTH(r.extent_start, extents, sizeof(*extents) * r.nr_extents));
}

/* All, or an error. @done: what the inexact function returned. */
static int exact(xc_interface *xch, const char *what, int done, unsigned long nr_extents,
                 unsigned int order)
{
    if (done >= 0 && (unsigned long)done == nr_extents)
        return 0;
    if (done >= 0) {
        xc_report(xch, XC_LOG_MAIN, XTL_DEBUG, -1, "%s: %d of %lu extents of order %u", what, done,
                  nr_extents, order);
        errno = EBUSY;
    }
    return -1;
}

int xc_domain_increase_reservation(xc_interface *xch, uint32_t domid, unsigned long nr_extents,
                                   unsigned int extent_order, unsigned int mem_flags,
                                   xen_pfn_t *extent_start)
{
    struct xen_memory_reservation r = {.nr_extents = nr_extents,
                                       .extent_order = extent_order,
                                       .mem_flags = mem_flags,
                                       .domid = (domid_t)domid};

    return reservation(xch, XENMEM_increase_reservation, r, extent_start);
}

int xc_domain_increase_reservation_exact(xc_interface *xch, uint32_t domid,
                                         unsigned long nr_extents, unsigned int extent_order,
                                         unsigned int mem_flags, xen_pfn_t *extent_start)
{
    int done = xc_domain_increase_reservation(xch, domid, nr_extents, extent_order, mem_flags,
                                              extent_start);

    return exact(xch, "increase_reservation", done, nr_extents, extent_order);
}

int xc_domain_decrease_reservation(xc_interface *xch, uint32_t domid, unsigned long nr_extents,
                                   unsigned int extent_order, xen_pfn_t *extent_start)
{
    struct xen_memory_reservation r = {
        .nr_extents = nr_extents, .extent_order = extent_order, .domid = (domid_t)domid};

    if (!extent_start)
        return fail(EINVAL);
    return reservation(xch, XENMEM_decrease_reservation, r, extent_start);
}

int xc_domain_decrease_reservation_exact(xc_interface *xch, uint32_t domid,
                                         unsigned long nr_extents, unsigned int extent_order,
                                         xen_pfn_t *extent_start)
{
    int done = xc_domain_decrease_reservation(xch, domid, nr_extents, extent_order, extent_start);

    return exact(xch, "decrease_reservation", done, nr_extents, extent_order);
}

int xc_domain_populate_physmap(xc_interface *xch, uint32_t domid, unsigned long nr_extents,
                               unsigned int extent_order, unsigned int mem_flags,
                               xen_pfn_t *extent_start)
{
    struct xen_memory_reservation r = {.nr_extents = nr_extents,
                                       .extent_order = extent_order,
                                       .mem_flags = mem_flags,
                                       .domid = (domid_t)domid};

    return reservation(xch, XENMEM_populate_physmap, r, extent_start);
}

int xc_domain_populate_physmap_exact(xc_interface *xch, uint32_t domid, unsigned long nr_extents,
                                     unsigned int extent_order, unsigned int mem_flags,
                                     xen_pfn_t *extent_start)
{
    int done =
        xc_domain_populate_physmap(xch, domid, nr_extents, extent_order, mem_flags, extent_start);

    return exact(xch, "populate_physmap", done, nr_extents, extent_order);
}

int xc_domain_claim_pages(xc_interface *xch, uint32_t domid, unsigned long nr_pages)
{
    struct xen_memory_reservation r = {.nr_extents = nr_pages, .domid = (domid_t)domid};

    return (int)do_memory(xch, XENMEM_claim_pages, &r);
}

int xc_domain_memory_exchange_pages(xc_interface *xch, uint32_t domid, unsigned long nr_in_extents,
                                    unsigned int in_order, xen_pfn_t *in_extents,
                                    unsigned long nr_out_extents, unsigned int out_order,
                                    xen_pfn_t *out_extents)
{
    struct xen_memory_exchange x = {
        .in = {.nr_extents = nr_in_extents, .extent_order = in_order, .domid = (domid_t)domid},
        .out = {.nr_extents = nr_out_extents, .extent_order = out_order, .domid = (domid_t)domid},
    };

    return (int)memory_with(
        xch, XENMEM_exchange, &x,
        BUF_BOTH(x.in.extent_start, in_extents, sizeof(*in_extents) * nr_in_extents),
        BUF_BOTH(x.out.extent_start, out_extents, sizeof(*out_extents) * nr_out_extents));
}

int xc_domain_add_to_physmap(xc_interface *xch, uint32_t domid, unsigned int space,
                             unsigned long idx, xen_pfn_t gpfn)
{
    struct xen_add_to_physmap arg = {
        .domid = (domid_t)domid, .space = space, .idx = idx, .gpfn = gpfn};

    return (int)do_memory(xch, XENMEM_add_to_physmap, &arg);
}

int xc_domain_add_to_physmap_batch(xc_interface *xch, uint32_t domid, uint32_t foreign_domid,
                                   unsigned int space, unsigned int size, xen_ulong_t *idxs,
                                   xen_pfn_t *gfpns, int *errs)
{
    struct xen_add_to_physmap_batch arg = {
        .domid = (domid_t)domid, .space = (uint16_t)space, .size = (uint16_t)size};

    if (size > UINT16_MAX || space > UINT16_MAX)
        return fail(EINVAL);
    if (space == XENMAPSPACE_gmfn_foreign) {
#if __XEN_INTERFACE_VERSION__ < 0x00040700
        arg.foreign_domid = (domid_t)foreign_domid;
#else
        arg.u.foreign_domid = (domid_t)foreign_domid;
#endif
    } else if (foreign_domid != DOMID_INVALID) {
        return fail(EINVAL);
    }
    return (int)memory_with(xch, XENMEM_add_to_physmap_batch, &arg,
                            BUF_IN(arg.idxs, idxs, sizeof(*idxs) * size),
                            BUF_IN(arg.gpfns, gfpns, sizeof(*gfpns) * size),
                            BUF_OUT(arg.errs, errs, sizeof(*errs) * size));
}

int xc_domain_remove_from_physmap(xc_interface *xch, uint32_t domid, xen_pfn_t gpfn)
{
    struct xen_remove_from_physmap arg = {.domid = (domid_t)domid, .gpfn = gpfn};

    return (int)do_memory(xch, XENMEM_remove_from_physmap, &arg);
}

static int pod(xc_interface *xch, unsigned int cmd, struct xen_pod_target arg, uint64_t *tot_pages,
               uint64_t *pod_cache_pages, uint64_t *pod_entries)
{
    long rc = do_memory(xch, cmd, &arg);

    if (rc < 0)
        return -1;
    if (tot_pages)
        *tot_pages = arg.tot_pages;
    if (pod_cache_pages)
        *pod_cache_pages = arg.pod_cache_pages;
    if (pod_entries)
        *pod_entries = arg.pod_entries;
    return 0;
}

int xc_domain_set_pod_target(xc_interface *xch, uint32_t domid, uint64_t target_pages,
                             uint64_t *tot_pages, uint64_t *pod_cache_pages, uint64_t *pod_entries)
{
    struct xen_pod_target arg = {.domid = (domid_t)domid, .target_pages = target_pages};

    return pod(xch, XENMEM_set_pod_target, arg, tot_pages, pod_cache_pages, pod_entries);
}

int xc_domain_get_pod_target(xc_interface *xch, uint32_t domid, uint64_t *tot_pages,
                             uint64_t *pod_cache_pages, uint64_t *pod_entries)
{
    struct xen_pod_target arg = {.domid = (domid_t)domid};

    return pod(xch, XENMEM_get_pod_target, arg, tot_pages, pod_cache_pages, pod_entries);
}

int xc_domain_setmaxmem(xc_interface *xch, uint32_t domid, uint64_t max_memkb)
{
    return domctl_value(xch, DOMCTL(max_mem, domid, .u.max_mem.max_memkb = max_memkb));
}

int xc_get_paging_mempool_size(xc_interface *xch, uint32_t domid, uint64_t *size)
{
    struct xen_domctl op = DOMCTL(get_paging_mempool_size, domid);
    int rc = do_domctl(xch, &op);

    if (!rc)
        *size = op.u.paging_mempool.size;
    return rc;
}

int xc_set_paging_mempool_size(xc_interface *xch, uint32_t domid, uint64_t size)
{
    int rc;

    do {
        rc = domctl_value(xch,
                          DOMCTL(set_paging_mempool_size, domid, .u.paging_mempool.size = size));
    } while (rc && errno == EAGAIN);
    return rc;
}

int xc_set_broken_page_p2m(xc_interface *xch, uint32_t domid, unsigned long pfn)
{
    return domctl_value(xch, DOMCTL(set_broken_page_p2m, domid, .u.set_broken_page_p2m.pfn = pfn));
}

int xc_domain_p2m_audit(xc_interface *xch, uint32_t domid, uint64_t *orphans, uint64_t *m2p_bad,
                        uint64_t *p2m_bad)
{
    struct xen_domctl op = DOMCTL(audit_p2m, domid);
    int rc = do_domctl(xch, &op);

    *orphans = op.u.audit_p2m.orphans;
    *m2p_bad = op.u.audit_p2m.m2p_bad;
    *p2m_bad = op.u.audit_p2m.p2m_bad;
    return rc;
}

int xc_domain_maximum_gpfn(xc_interface *xch, uint32_t domid, xen_pfn_t *gpfns)
{
    domid_t arg = (domid_t)domid;
    long rc = do_memory(xch, XENMEM_maximum_gpfn, &arg);

    if (rc < 0)
        return -1;
    *gpfns = (xen_pfn_t)rc;
    return 0;
}

int xc_domain_nr_gpfns(xc_interface *xch, uint32_t domid, xen_pfn_t *gpfns)
{
    int rc = xc_domain_maximum_gpfn(xch, domid, gpfns);

    if (!rc)
        *gpfns += 1;
    return rc;
}

int xc_maximum_ram_page(xc_interface *xch, unsigned long *max_mfn)
{
    long rc = memory_bounced(xch, XENMEM_maximum_ram_page, NULL, 0, NULL, 0);

    if (rc < 0)
        return -1;
    *max_mfn = (unsigned long)rc;
    return 0;
}

int xc_machphys_mfn_list(xc_interface *xch, unsigned long max_extents, xen_pfn_t *extent_start)
{
    struct xen_machphys_mfn_list arg = {.max_extents = (unsigned int)max_extents};

    return (int)memory_with(
        xch, XENMEM_machphys_mfn_list, &arg,
        BUF_OUT(arg.extent_start, extent_start, sizeof(*extent_start) * max_extents));
}

int xc_reserved_device_memory_map(xc_interface *xch, uint32_t flags, uint16_t seg, uint8_t bus,
                                  uint8_t devfn, struct xen_reserved_device_memory entries[],
                                  uint32_t *max_entries)
{
    struct xen_reserved_device_memory_map arg = {
        .flags = flags,
        .nr_entries = *max_entries,
        .dev.pci = {.seg = seg, .bus = bus, .devfn = devfn},
    };
    long rc = memory_with(xch, XENMEM_reserved_device_memory_map, &arg,
                          BUF_OUT(arg.buffer, entries, sizeof(entries[0]) * *max_entries));

    *max_entries = arg.nr_entries;
    return (int)rc;
}

#ifdef XC_X86
int xc_domain_set_memory_map(xc_interface *xch, uint32_t domid, struct e820entry entries[],
                             uint32_t nr_entries)
{
    struct xen_foreign_memory_map arg = {.domid = (domid_t)domid, .map.nr_entries = nr_entries};

    return (int)memory_with(xch, XENMEM_set_memory_map, &arg,
                            BUF_IN(arg.map.buffer, entries, sizeof(entries[0]) * nr_entries));
}

int xc_get_machine_memory_map(xc_interface *xch, struct e820entry entries[], uint32_t max_entries)
{
    struct xen_memory_map arg = {.nr_entries = max_entries};
    long rc = memory_with(xch, XENMEM_machine_memory_map, &arg,
                          BUF_OUT(arg.buffer, entries, sizeof(entries[0]) * max_entries));

    return rc < 0 ? -1 : (int)arg.nr_entries;
}

int xc_domain_set_memmap_limit(xc_interface *xch, uint32_t domid, unsigned long map_limitkb)
{
    struct e820entry all = {.addr = 0, .size = (uint64_t)map_limitkb << 10, .type = E820_RAM};

    return xc_domain_set_memory_map(xch, domid, &all, 1);
}
#else
int xc_domain_set_memmap_limit(xc_interface *xch, uint32_t domid, unsigned long map_limitkb)
{
    (void)xch, (void)domid, (void)map_limitkb;
    return fail(ENOSYS);
}
#endif

int xc_domain_cacheflush(xc_interface *xch, uint32_t domid, xen_pfn_t start_pfn, xen_pfn_t nr_pfns)
{
#ifdef XC_X86
    /* Caches are coherent here: nothing to be done. */
    (void)xch, (void)domid, (void)start_pfn, (void)nr_pfns;
    return 0;
#else
    return domctl_value(xch, DOMCTL(cacheflush, domid,
                                    .u.cacheflush = {.start_pfn = start_pfn, .nr_pfns = nr_pfns}));
#endif
}

int xc_domain_setvnuma(xc_interface *xch, uint32_t domid, uint32_t nr_vnodes, uint32_t nr_regions,
                       uint32_t nr_vcpus, xen_vmemrange_t *vmemrange, unsigned int *vdistance,
                       unsigned int *vcpu_to_vnode, unsigned int *vnode_to_pnode)
{
    struct xen_domctl op = DOMCTL(
        setvnumainfo, domid,
        .u.vnuma = {.nr_vnodes = nr_vnodes, .nr_vmemranges = nr_regions, .nr_vcpus = nr_vcpus});
    struct xen_domctl_vnuma *v = &op.u.vnuma;

    if (!nr_vnodes || !nr_regions || !nr_vcpus || !vmemrange || !vdistance || !vcpu_to_vnode ||
        !vnode_to_pnode)
        return fail(EINVAL);
    return domctl_with(
        xch, &op, BUF_IN(v->vmemrange, vmemrange, sizeof(*vmemrange) * nr_regions),
        BUF_IN(v->vdistance, vdistance, sizeof(*vdistance) * nr_vnodes * nr_vnodes),
        BUF_IN(v->vcpu_to_vnode, vcpu_to_vnode, sizeof(*vcpu_to_vnode) * nr_vcpus),
        BUF_IN(v->vnode_to_pnode, vnode_to_pnode, sizeof(*vnode_to_pnode) * nr_vnodes));
}

int xc_domain_getvnuma(xc_interface *xch, uint32_t domid, uint32_t *nr_vnodes,
                       uint32_t *nr_vmemranges, uint32_t *nr_vcpus, xen_vmemrange_t *vmemrange,
                       unsigned int *vdistance, unsigned int *vcpu_to_vnode)
{
    struct xen_vnuma_topology_info arg = {.domid = (domid_t)domid,
                                          .nr_vnodes = *nr_vnodes,
                                          .nr_vcpus = *nr_vcpus,
                                          .nr_vmemranges = *nr_vmemranges};
    size_t nodes = *nr_vnodes;
    long rc = memory_with(
        xch, XENMEM_get_vnumainfo, &arg,
        BUF_OUT(arg.vmemrange.h, vmemrange, sizeof(*vmemrange) * *nr_vmemranges),
        BUF_OUT(arg.vdistance.h, vdistance, sizeof(*vdistance) * nodes * nodes),
        BUF_OUT(arg.vcpu_to_vnode.h, vcpu_to_vnode, sizeof(*vcpu_to_vnode) * *nr_vcpus));

    *nr_vnodes = arg.nr_vnodes;
    *nr_vcpus = arg.nr_vcpus;
    *nr_vmemranges = arg.nr_vmemranges;
    return (int)rc;
}

unsigned long xc_make_page_below_4G(xc_interface *xch, uint32_t domid, unsigned long mfn)
{
    xen_pfn_t old = mfn, new;

    if (xc_domain_decrease_reservation_exact(xch, domid, 1, 0, &old))
        return 0;
    if (xc_domain_increase_reservation_exact(xch, domid, 1, 0, XENMEMF_address_bits(32), &new))
        return 0;
    return new;
}

void *xc_memalign(xc_interface *xch, size_t alignment, size_t size)
{
    void *p;

    (void)xch;
    errno = posix_memalign(&p, alignment, size);
    return errno ? NULL : p;
}

int xc_shadow_control(xc_interface *xch, uint32_t domid, unsigned int sop, unsigned int *mb,
                      unsigned int mode)
{
    struct xen_domctl op =
        DOMCTL(shadow_op, domid, .u.shadow_op = {.op = sop, .mb = mb ? *mb : 0, .mode = mode});
    int rc = do_domctl(xch, &op);

    if (mb)
        *mb = op.u.shadow_op.mb;
    return rc;
}

long long xc_logdirty_control(xc_interface *xch, uint32_t domid, unsigned int sop,
                              xc_hypercall_buffer_t *dirty_bitmap, unsigned long pages,
                              unsigned int mode, xc_shadow_op_stats_t *stats)
{
    struct xen_domctl op =
        DOMCTL(shadow_op, domid, .u.shadow_op = {.op = sop, .pages = pages, .mode = mode});
    int rc;

    if (dirty_bitmap)
        op.u.shadow_op.dirty_bitmap.p =
            (dirty_bitmap->param_shadow ? dirty_bitmap->param_shadow : dirty_bitmap)->hbuf;
    rc = do_domctl(xch, &op);
    if (stats)
        *stats = op.u.shadow_op.stats;
    return rc ? rc : (long long)op.u.shadow_op.pages;
}
