/* SPDX-License-Identifier: MIT */
#include "private.h"

int xc_domain_create(xc_interface *xch, uint32_t *pdomid, struct xen_domctl_createdomain *config)
{
    struct xen_domctl op = DOMCTL(createdomain, *pdomid, .u.createdomain = *config);
    int rc = do_domctl(xch, &op);

    if (rc)
        return rc;
    *pdomid = op.domain;
    *config = op.u.createdomain;
    return 0;
}

int xc_domain_destroy(xc_interface *xch, uint32_t domid)
{
    int rc;

    do {
        rc = domctl_value(xch, DOMCTL(destroydomain, domid));
    } while (rc && errno == EAGAIN);
    return rc;
}

int xc_domain_soft_reset(xc_interface *xch, uint32_t domid)
{
    int rc;

    do {
        rc = domctl_value(xch, DOMCTL(soft_reset, domid));
    } while (rc && errno == EAGAIN);
    return rc;
}

int xc_domain_pause(xc_interface *xch, uint32_t domid)
{
    return domctl_value(xch, DOMCTL(pausedomain, domid));
}

int xc_domain_unpause(xc_interface *xch, uint32_t domid)
{
    return domctl_value(xch, DOMCTL(unpausedomain, domid));
}

int xc_domain_shutdown(xc_interface *xch, uint32_t domid, int reason)
{
    sched_remote_shutdown_t arg = {.domain_id = (domid_t)domid, .reason = (unsigned int)reason};

    return do_cmd(xch, sched_op, SCHEDOP_remote_shutdown, &arg);
}

int xc_watchdog(xc_interface *xch, uint32_t id, uint32_t timeout)
{
    sched_watchdog_t arg = {.id = id, .timeout = timeout};

    return do_cmd(xch, sched_op, SCHEDOP_watchdog, &arg);
}

int xc_domain_max_vcpus(xc_interface *xch, uint32_t domid, unsigned int max)
{
    return domctl_value(xch, DOMCTL(max_vcpus, domid, .u.max_vcpus.max = max));
}

int xc_domain_sethandle(xc_interface *xch, uint32_t domid, xen_domain_handle_t handle)
{
    struct xen_domctl op = DOMCTL(setdomainhandle, domid);

    memcpy(op.u.setdomainhandle.handle, handle, sizeof(xen_domain_handle_t));
    return do_domctl(xch, &op);
}

int xc_domain_setdebugging(xc_interface *xch, uint32_t domid, unsigned int enable)
{
    return domctl_value(xch, DOMCTL(setdebugging, domid, .u.setdebugging.enable = !!enable));
}

int xc_domain_set_target(xc_interface *xch, uint32_t domid, uint32_t target)
{
    return domctl_value(xch, DOMCTL(set_target, domid, .u.set_target.target = (domid_t)target));
}

int xc_domain_send_trigger(xc_interface *xch, uint32_t domid, uint32_t trigger, uint32_t vcpu)
{
    return domctl_value(
        xch, DOMCTL(sendtrigger, domid, .u.sendtrigger = {.trigger = trigger, .vcpu = vcpu}));
}

int xc_domain_subscribe_for_suspend(xc_interface *xch, uint32_t domid, evtchn_port_t port)
{
    return domctl_value(xch, DOMCTL(subscribe, domid, .u.subscribe.port = port));
}

int xc_domain_set_virq_handler(xc_interface *xch, uint32_t domid, int virq)
{
    return domctl_value(xch,
                        DOMCTL(set_virq_handler, domid, .u.set_virq_handler.virq = (uint32_t)virq));
}

int xc_domain_set_access_required(xc_interface *xch, uint32_t domid, unsigned int required)
{
    return domctl_value(xch, DOMCTL(set_access_required, domid,
                                    .u.access_required.access_required = (uint8_t)required));
}

int xc_domain_debug_control(xc_interface *xch, uint32_t domid, uint32_t sop, uint32_t vcpu)
{
    return domctl_value(xch, DOMCTL(debug_op, domid, .u.debug_op = {.op = sop, .vcpu = vcpu}));
}

int xc_domain_getinfolist(xc_interface *xch, uint32_t first_domain, unsigned int max_domains,
                          xc_domaininfo_t *info)
{
    struct xen_sysctl op =
        SYSCTL(getdomaininfolist, .u.getdomaininfolist = {.first_domain = (domid_t)first_domain,
                                                          .max_domains = max_domains});

    if (sysctl_with(xch, &op,
                    BUF_OUT(op.u.getdomaininfolist.buffer, info, sizeof(*info) * max_domains)) < 0)
        return -1;
    return (int)op.u.getdomaininfolist.num_domains;
}

static void info_unpack(xc_dominfo_t *out, const xc_domaininfo_t *in)
{
    *out = (xc_dominfo_t){
        .domid = in->domain,
        .ssidref = in->ssidref,
        .dying = !!(in->flags & XEN_DOMINF_dying),
        .shutdown = !!(in->flags & XEN_DOMINF_shutdown),
        .paused = !!(in->flags & XEN_DOMINF_paused),
        .blocked = !!(in->flags & XEN_DOMINF_blocked),
        .running = !!(in->flags & XEN_DOMINF_running),
        .hvm = !!(in->flags & XEN_DOMINF_hvm_guest),
        .debugged = !!(in->flags & XEN_DOMINF_debugged),
        .xenstore = !!(in->flags & XEN_DOMINF_xs_domain),
        .hap = !!(in->flags & XEN_DOMINF_hap),
        .shutdown_reason = (in->flags >> XEN_DOMINF_shutdownshift) & XEN_DOMINF_shutdownmask,
        .nr_pages = in->tot_pages,
        .nr_outstanding_pages = in->outstanding_pages,
        .nr_shared_pages = in->shr_pages,
        .nr_paged_pages = in->paged_pages,
        .shared_info_frame = in->shared_info_frame,
        .cpu_time = in->cpu_time,
        .max_memkb = in->max_pages << (XC_PAGE_SHIFT - 10),
        .nr_online_vcpus = in->nr_online_vcpus,
        .max_vcpu_id = in->max_vcpu_id,
        .cpupool = in->cpupool,
        .gpaddr_bits = in->gpaddr_bits,
        .arch_config = in->arch_config,
    };
    memcpy(out->handle, in->handle, sizeof(out->handle));
    if (out->shutdown && out->shutdown_reason == SHUTDOWN_crash) {
        out->shutdown = 0;
        out->crashed = 1;
    }
}

int xc_domain_getinfo(xc_interface *xch, uint32_t first_domid, unsigned int max_doms,
                      xc_dominfo_t *info)
{
    xc_domaininfo_t batch[32];
    unsigned int done = 0;

    while (done < max_doms && first_domid < DOMID_FIRST_RESERVED) {
        unsigned int want = max_doms - done < 32 ? max_doms - done : 32;
        int got = xc_domain_getinfolist(xch, first_domid, want, batch);

        if (got < 0)
            return done ? (int)done : -1;
        for (int i = 0; i < got; i++)
            info_unpack(&info[done++], &batch[i]);
        if ((unsigned int)got < want)
            break;
        first_domid = (uint32_t)batch[got - 1].domain + 1;
    }
    return (int)done;
}

/* Exactly @domid: 0, or -1 with errno. */
static int info_of(xc_interface *xch, uint32_t domid, xc_domaininfo_t *info)
{
    struct xen_domctl op = DOMCTL(getdomaininfo, domid);

    if (do_domctl(xch, &op) < 0)
        return -1;
    if (op.domain != domid)
        return fail(ESRCH);
    *info = op.u.getdomaininfo;
    return 0;
}

long xc_get_tot_pages(xc_interface *xch, uint32_t domid)
{
    xc_domaininfo_t info;

    return info_of(xch, domid, &info) ? -1 : (long)info.tot_pages;
}

int xc_domain_get_guest_width(xc_interface *xch, uint32_t domid, unsigned int *guest_width)
{
    struct xen_domctl op = DOMCTL(get_address_size, domid);
    int rc = do_domctl(xch, &op);

    if (!rc)
        *guest_width = op.u.address_size.size / 8;
    return rc;
}

long long xc_domain_get_cpu_usage(xc_interface *xch, uint32_t domid, int vcpu)
{
    xc_vcpuinfo_t info;

    if (xc_vcpu_getinfo(xch, domid, (uint32_t)vcpu, &info))
        return -1;
    return (long long)info.cpu_time;
}

int xc_domain_set_time_offset(xc_interface *xch, uint32_t domid, int32_t time_offset_seconds)
{
    struct xen_domctl op = DOMCTL(settimeoffset, domid);

    op.u.settimeoffset.time_offset_seconds = time_offset_seconds;
    return do_domctl(xch, &op);
}

int xc_domain_set_tsc_info(xc_interface *xch, uint32_t domid, uint32_t tsc_mode,
                           uint64_t elapsed_nsec, uint32_t gtsc_khz, uint32_t incarnation)
{
    return domctl_value(xch, DOMCTL(settscinfo, domid,
                                    .u.tsc_info = {.tsc_mode = tsc_mode,
                                                   .elapsed_nsec = elapsed_nsec,
                                                   .gtsc_khz = gtsc_khz,
                                                   .incarnation = incarnation}));
}

int xc_domain_get_tsc_info(xc_interface *xch, uint32_t domid, uint32_t *tsc_mode,
                           uint64_t *elapsed_nsec, uint32_t *gtsc_khz, uint32_t *incarnation)
{
    struct xen_domctl op = DOMCTL(gettscinfo, domid);
    int rc = do_domctl(xch, &op);

    if (rc)
        return rc;
    *tsc_mode = op.u.tsc_info.tsc_mode;
    *elapsed_nsec = op.u.tsc_info.elapsed_nsec;
    *gtsc_khz = op.u.tsc_info.gtsc_khz;
    *incarnation = op.u.tsc_info.incarnation;
    return 0;
}
