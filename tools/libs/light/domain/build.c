/* SPDX-License-Identifier: MIT */
/* From a domain without anything to one whose kernel or firmware is in place. */
#include "domain/arch.h"
#include "domain/build.h"
#include "domain/numa.h"

#include <xen/hvm/params.h>

static int set_affinities(struct scope *sc, uint32_t domid, const libxl_domain_build_info *b)
{
    int rc = numa_place(sc, domid, b);

    if (!rc && b->cpumap.size && !b->num_vcpu_hard_affinity)
        rc = libxl_set_vcpuaffinity_all(sc->ctx, domid, (unsigned int)b->max_vcpus, &b->cpumap,
                                        NULL);
    for (int i = 0; i < b->num_vcpu_hard_affinity && i < b->max_vcpus && !rc; i++)
        if (b->vcpu_hard_affinity[i].size)
            rc = libxl_set_vcpuaffinity(sc->ctx, domid, (uint32_t)i, &b->vcpu_hard_affinity[i],
                                        NULL);
    for (int i = 0; i < b->num_vcpu_soft_affinity && i < b->max_vcpus && !rc; i++)
        if (b->vcpu_soft_affinity[i].size)
            rc = libxl_set_vcpuaffinity(sc->ctx, domid, (uint32_t)i, NULL,
                                        &b->vcpu_soft_affinity[i]);
    if (!rc && b->nodemap.size)
        rc = libxl_domain_set_nodeaffinity(sc->ctx, domid, (libxl_bitmap *)(uintptr_t)&b->nodemap);
    return rc;
}

static bool wants_scheduling(const libxl_domain_sched_params *p)
{
    return p->weight != -1 || p->cap != -1 || p->period != -1 || p->budget != -1 ||
           p->extratime != -1;
}

static int permit_ports(struct scope *sc, uint32_t domid, const libxl_ioport_range *io)
{
    if (!xc_domain_ioport_permission(sc->ctx->xch, domid, io->first, io->number, 1))
        return 0;
    LOG_ERRNO(sc, "the guest cannot have the I/O ports %x to %x", io->first,
              io->first + io->number - 1);
    return ERROR_FAIL;
}

/* Frames that a guest numbers itself are where it asks for them, or where they are on the host. */
static int permit_memory(struct scope *sc, uint32_t domid, bool pv, const libxl_iomem_range *io)
{
    uint64_t gfn = io->gfn == (uint64_t)-1 ? io->start : io->gfn;
    xc_interface *xch = sc->ctx->xch;

    if (xc_domain_iomem_permission(xch, domid, io->start, io->number, 1) ||
        (!pv && xc_domain_memory_mapping(xch, domid, gfn, io->start, io->number, 1))) {
        LOG_ERRNO(sc, "the guest cannot have the I/O memory of %llu frames from %llx",
                  (unsigned long long)io->number, (unsigned long long)io->start);
        return ERROR_FAIL;
    }
    return 0;
}

static int permit_io(struct scope *sc, uint32_t domid, const libxl_domain_build_info *b)
{
    bool pv = b->type == LIBXL_DOMAIN_TYPE_PV;
    int rc = 0;

    for (int i = 0; i < b->num_ioports && !rc; i++)
        rc = permit_ports(sc, domid, &b->ioports[i]);
    for (int i = 0; i < b->num_irqs && !rc; i++) {
        if (!arch_give_irq(sc->ctx->xch, domid, b->irqs[i]))
            continue;
        LOG_ERRNO(sc, "the guest cannot have interrupt %u", b->irqs[i]);
        rc = ERROR_FAIL;
    }
    for (int i = 0; i < b->num_iomem && !rc; i++)
        rc = permit_memory(sc, domid, pv, &b->iomem[i]);
    return rc;
}

static int assign_nodes(struct scope *sc, uint32_t domid, const libxl_domain_config *config)
{
    for (int i = 0; i < config->num_dtdevs; i++) {
        if (!xc_assign_dt_device(sc->ctx->xch, domid, config->dtdevs[i].path))
            continue;
        LOG_ERRNO(sc, "the guest cannot have the device %s", config->dtdevs[i].path);
        return ERROR_FAIL;
    }
    return 0;
}

static int set_limits(struct scope *sc, uint32_t domid, const libxl_domain_build_info *b)
{
    xc_interface *xch = sc->ctx->xch;

    if (xc_domain_max_vcpus(xch, domid, (unsigned int)b->max_vcpus)) {
        LOG_ERRNO(sc, "cannot have %d vCPUs", b->max_vcpus);
        return ERROR_FAIL;
    }
    if (xc_domain_setmaxmem(xch, domid, b->target_memkb + MAXMEM_SLACK_KB)) {
        LOG_ERRNO(sc, "cannot set the memory limit");
        return ERROR_FAIL;
    }
    if (b->type != LIBXL_DOMAIN_TYPE_PV &&
        xc_set_paging_mempool_size(xch, domid, b->shadow_memkb * 1024)) {
        LOG_ERRNO(sc, "cannot give the domain memory for page tables");
        return ERROR_FAIL;
    }
    if (b->type == LIBXL_DOMAIN_TYPE_PV && libxl_defbool_val(b->u.pv.e820_host))
        return host_map_set(sc, domid, b->max_memkb + b->u.pv.slack_memkb);
    if (b->type == LIBXL_DOMAIN_TYPE_PV &&
        xc_domain_set_memmap_limit(xch, domid, b->max_memkb + b->u.pv.slack_memkb)) {
        LOG_ERRNO(sc, "cannot set the size of the memory map");
        return ERROR_FAIL;
    }
    return 0;
}

int build_prepare(struct scope *sc, uint32_t domid, const libxl_domain_config *config)
{
    const libxl_domain_build_info *b = &config->b_info;
    int rc = set_limits(sc, domid, b);

    if (!rc)
        rc = set_affinities(sc, domid, b);
    if (!rc && wants_scheduling(&b->sched_params))
        rc = libxl_domain_sched_params_set(sc->ctx, domid, &b->sched_params);
    if (!rc)
        rc = permit_io(sc, domid, b);
    if (!rc)
        rc = assign_nodes(sc, domid, config);
    return rc ? rc : arch_cpu_policy(sc, domid, b);
}

static int alloc_port(struct scope *sc, uint32_t domid, unsigned int *out)
{
    int port = (int)xc_evtchn_alloc_unbound(sc->ctx->xch, domid, TOOLSTACK_DOMID);

    if (port < 0) {
        LOG_ERRNO(sc, "cannot allocate an event channel");
        return ERROR_FAIL;
    }
    *out = (unsigned int)port;
    return 0;
}

static int load_files(struct scope *sc, struct xc_dom_image *dom, const libxl_domain_build_info *b)
{
    if (xc_dom_kernel_file(dom, b->kernel)) {
        LOG_ERROR(sc, "cannot load kernel %s: %s", b->kernel, strerror(errno));
        return ERROR_FAIL;
    }
    if (b->ramdisk && *b->ramdisk && xc_dom_module_file(dom, b->ramdisk, NULL)) {
        LOG_ERROR(sc, "cannot load ramdisk %s: %s", b->ramdisk, strerror(errno));
        return ERROR_FAIL;
    }
    return 0;
}

static int run_step(struct scope *sc, struct xc_dom_image *dom, const char *what,
                    int (*step)(struct xc_dom_image *dom))
{
    if (!step(dom))
        return 0;
    LOG_ERRNO(sc, "cannot %s", what);
    return ERROR_FAIL;
}

static int load_image(struct scope *sc, struct xc_dom_image *dom, uint32_t domid,
                      const libxl_domain_config *config, struct build_result *out)
{
    const libxl_domain_build_info *b = &config->b_info;
    uint64_t kb = b->type == LIBXL_DOMAIN_TYPE_PV ? b->target_memkb : b->max_memkb;
    int rc;

    if (xc_dom_boot_xen_init(dom, sc->ctx->xch, domid) || xc_dom_parse_image(dom) ||
        xc_dom_mem_init(dom, (unsigned int)((kb - b->video_memkb) / 1024))) {
        LOG_ERRNO(sc, "cannot parse the kernel");
        return ERROR_FAIL;
    }
    (void)((rc = run_step(sc, dom, "allocate memory", xc_dom_boot_mem_init)) ||
           (rc = arch_describe(sc, config, out, dom)) ||
           (rc = run_step(sc, dom, "build the image", xc_dom_build_image)) ||
           (rc = arch_emulate(sc, domid, dom, out)) || (rc = arch_describe(sc, config, out, dom)) ||
           (rc = run_step(sc, dom, "set up the first vCPU", xc_dom_boot_image)) ||
           (rc = run_step(sc, dom, "seed the grant table", xc_dom_gnttab_init)));
    return rc;
}

static struct xc_dom_image *image_new(struct scope *sc, const libxl_domain_build_info *b,
                                      const struct build_result *out)
{
    bool pv = b->type == LIBXL_DOMAIN_TYPE_PV;
    struct xc_dom_image *dom =
        xc_dom_allocate(sc->ctx->xch, b->cmdline ? b->cmdline : "", pv ? b->u.pv.features : NULL);

    if (!dom) {
        LOG_ERRNO(sc, "cannot start the domain builder");
        return NULL;
    }
    dom->container_type = pv ? XC_DOM_PV_CONTAINER : XC_DOM_HVM_CONTAINER;
    dom->xenstore_evtchn = out->store_port;
    dom->console_evtchn = out->console_port;
    dom->xenstore_domid = TOOLSTACK_DOMID;
    dom->console_domid = TOOLSTACK_DOMID;
    dom->claim_enabled = libxl_defbool_val(b->claim_mode);
    dom->max_vcpus = (unsigned int)b->max_vcpus;
    return dom;
}

static int build_image(struct scope *sc, uint32_t domid, const libxl_domain_config *config,
                       struct build_result *out, struct xc_dom_image *dom)
{
    const libxl_domain_build_info *b = &config->b_info;
    int rc;

    if (b->type == LIBXL_DOMAIN_TYPE_PV) {
        rc = load_files(sc, dom, b);
        return rc ? rc : load_image(sc, dom, domid, config, out);
    }
    if (b->type == LIBXL_DOMAIN_TYPE_HVM)
        rc = hvm_load_firmware(sc, dom, b);
    else
        rc = load_files(sc, dom, b);
    if (!rc)
        rc = hvm_layout(sc, domid, config, dom);
    if (!rc)
        rc = load_image(sc, dom, domid, config, out);
    return rc ? rc : hvm_built(sc, domid, config, dom);
}

int build_domain(struct scope *sc, uint32_t domid, const libxl_domain_config *config,
                 struct build_result *out)
{
    const libxl_domain_build_info *b = &config->b_info;
    struct xc_dom_image *dom;
    int rc = alloc_port(sc, domid, &out->store_port);

    if (!rc)
        rc = alloc_port(sc, domid, &out->console_port);
    if (rc)
        return rc;
    dom = image_new(sc, b, out);
    if (!dom)
        return ERROR_FAIL;
    rc = build_image(sc, domid, config, out, dom);
    if (!rc) {
        const char *os = xc_dom_guest_os(dom); /* the builder's own */

        out->store_frame = xc_dom_p2m(dom, dom->xenstore_pfn);
        out->console_frame = xc_dom_p2m(dom, dom->console_pfn);
        out->os = scope_strdup(sc, os && *os ? os : "linux");
    }
    xc_dom_release(dom);
    return rc;
}

/* Parameters and the memory map, which are the hypervisor's and not in the guest's memory. */
static int lay_out_again(struct scope *sc, uint32_t domid, const libxl_domain_config *config)
{
    struct xc_dom_image *dom = xc_dom_allocate(sc->ctx->xch, "", NULL);
    int rc;

    if (!dom) {
        LOG_ERRNO(sc, "cannot start the domain builder");
        return ERROR_FAIL;
    }
    rc = hvm_layout(sc, domid, config, dom);
    xc_dom_release(dom);
    return rc;
}

int build_for_restore(struct scope *sc, uint32_t domid, const libxl_domain_config *config,
                      struct build_result *out)
{
    int rc = alloc_port(sc, domid, &out->store_port);

    if (!rc)
        rc = alloc_port(sc, domid, &out->console_port);
    if (!rc && config->b_info.type != LIBXL_DOMAIN_TYPE_PV)
        rc = lay_out_again(sc, domid, config);
    return rc;
}

/* A ring of the guest's is where it was; it learns of the port from its platform. */
static int ring_again(struct scope *sc, uint32_t domid, uint32_t frame_param, uint32_t port_param,
                      unsigned int port, unsigned long *frame)
{
    xc_interface *xch = sc->ctx->xch;
    uint64_t value = 0;

    if (xc_hvm_param_get(xch, domid, frame_param, &value) ||
        xc_hvm_param_set(xch, domid, port_param, port)) {
        LOG_ERRNO(sc, "cannot set up the guest's rings");
        return ERROR_FAIL;
    }
    *frame = (unsigned long)value;
    return 0;
}

/* By another number than the last one's the console daemon knows that its port is a new one. */
static int ports_again(struct scope *sc, uint32_t domid, unsigned int old_console,
                       struct build_result *out)
{
    int rc = alloc_port(sc, domid, &out->store_port);

    if (!rc)
        rc = alloc_port(sc, domid, &out->console_port);
    if (!rc && out->console_port == old_console) {
        out->console_port = out->store_port;
        out->store_port = old_console;
    }
    return rc;
}

/* What is half said in the ring to xenstored is of the old kernel's conversation. */
int build_after_reset(struct scope *sc, uint32_t domid, unsigned int old_console,
                      struct build_result *out)
{
    xc_interface *xch = sc->ctx->xch;
    int rc = ports_again(sc, domid, old_console, out);

    if (!rc)
        rc = ring_again(sc, domid, HVM_PARAM_STORE_PFN, HVM_PARAM_STORE_EVTCHN, out->store_port,
                        &out->store_frame);
    if (!rc)
        rc = ring_again(sc, domid, HVM_PARAM_CONSOLE_PFN, HVM_PARAM_CONSOLE_EVTCHN,
                        out->console_port, &out->console_frame);
    if (rc)
        return rc;
    if (xc_clear_domain_page(xch, domid, out->store_frame) ||
        xc_dom_gnttab_seed(xch, domid, true, out->console_frame, out->store_frame, TOOLSTACK_DOMID,
                           TOOLSTACK_DOMID)) {
        LOG_ERRNO(sc, "cannot set up the guest's rings");
        return ERROR_FAIL;
    }
    out->os = scope_strdup(sc, "linux");
    return 0;
}
