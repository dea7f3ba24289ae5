/* SPDX-License-Identifier: MIT */
/* libxenctrl and libxenguest of test_cancel: a hypervisor with one guest, which does as it is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "domain/domain.h"

#include <xenguest.h>

#include "fake_xc.h"

struct fake_guest guest;
bool fake_no_iommu, fake_shares;
struct fake_dump fake_dump;

xc_interface *xc_interface_open(xentoollog_logger *a, xentoollog_logger *b, unsigned int c)
{
    (void)a;
    (void)b;
    (void)c;
    return (xc_interface *)&guest;
}

int xc_interface_close(xc_interface *xch)
{
    (void)xch;
    return 0;
}

int xc_domain_max_vcpus(xc_interface *xch, uint32_t domid, unsigned int max)
{
    (void)xch;
    (void)domid;
    guest.max_vcpus = max;
    return 0;
}

int xc_domain_dumpcore_via_callback(xc_interface *xch, uint32_t domid, void *arg,
                                    dumpcore_rtn_t dump_rtn)
{
    char piece[FAKE_DUMP_PIECE] = {0};

    assert_int_equal(domid, GUEST);
    for (unsigned int i = 0; !fake_dump.pieces || i < fake_dump.pieces; i++) {
        usleep(1000);
        if (dump_rtn(xch, arg, piece, sizeof(piece)))
            return -1;
    }
    return 0;
}

xc_cpupoolinfo_t *xc_cpupool_getinfo(xc_interface *xch, uint32_t poolid)
{
    xc_cpupoolinfo_t *info = calloc(1, sizeof(*info));

    (void)xch;
    if (info) {
        info->cpupool_id = poolid;
        info->sched_id = XEN_SCHEDULER_CREDIT2;
    }
    return info;
}

/* One node. */
int xc_numainfo(xc_interface *xch, unsigned int *max_nodes, xc_meminfo_t *meminfo,
                uint32_t *distance)
{
    (void)xch;
    *max_nodes = 1;
    if (meminfo)
        *meminfo = (xc_meminfo_t){1 << 30, 1 << 29};
    if (distance)
        *distance = 10;
    return 0;
}

static void describe(uint32_t domid, xc_domaininfo_t *info)
{
    memset(info, 0, sizeof(*info));
    info->domain = (domid_t)domid;
    info->max_vcpu_id = domid == GUEST && guest.max_vcpus ? guest.max_vcpus - 1 : 0;
    info->nr_online_vcpus = 1;
    if (domid == GUEST && guest.suspended)
        info->flags = XEN_DOMINF_shutdown | (SHUTDOWN_suspend << XEN_DOMINF_shutdownshift);
    if (domid == GUEST && guest.hvm)
        info->flags |= XEN_DOMINF_hvm_guest;
    if (domid == GUEST)
        memcpy(info->handle, guest.handle, sizeof(info->handle));
}

int xc_domain_getinfolist(xc_interface *xch, uint32_t first, unsigned int max,
                          xc_domaininfo_t *info)
{
    int nr = 0;

    (void)xch;
    if (first == 0 && max)
        describe(0, &info[nr++]);
    if (first <= GUEST && guest.exists && (unsigned int)nr < max)
        describe(GUEST, &info[nr++]);
    return nr;
}

int xc_domain_create(xc_interface *xch, uint32_t *domid, struct xen_domctl_createdomain *config)
{
    (void)xch;
    assert_false(guest.exists);
    guest = (struct fake_guest){.exists = true,
                                .hvm = config->flags & XEN_DOMCTL_CDF_hvm,
                                .iommu = config->flags & XEN_DOMCTL_CDF_iommu,
                                .iommu_opts = config->iommu_opts};
    memcpy(guest.handle, config->handle, sizeof(guest.handle));
    *domid = GUEST;
    return 0;
}

int xc_domain_destroy(xc_interface *xch, uint32_t domid)
{
    (void)xch;
    assert_int_equal(domid, GUEST);
    guest.exists = false;
    return 0;
}

int xc_domain_soft_reset(xc_interface *xch, uint32_t domid)
{
    (void)xch;
    assert_int_equal(domid, GUEST);
    assert_true(guest.suspended);
    guest.suspended = false;
    guest.ports = 0;
    guest.resets++;
    return 0;
}

int xc_hvm_param_get(xc_interface *xch, uint32_t domid, uint32_t param, uint64_t *value)
{
    (void)xch;
    *value = domid == GUEST ? 0xfef00 + param : 0;
    return 0;
}

int xc_domain_resume(xc_interface *xch, uint32_t domid, int fast)
{
    (void)xch;
    (void)domid;
    (void)fast;
    guest.suspended = false;
    return 0;
}

int xc_physinfo(xc_interface *xch, xc_physinfo_t *info)
{
    (void)xch;
    memset(info, 0, sizeof(*info));
    info->nr_cpus = 2;
    info->max_node_id = 0;
    info->total_pages = info->free_pages = 1 << 20;
    info->capabilities = XEN_SYSCTL_PHYSCAP_pv | XEN_SYSCTL_PHYSCAP_hvm | XEN_SYSCTL_PHYSCAP_hap;
    if (!fake_no_iommu)
        info->capabilities |= XEN_SYSCTL_PHYSCAP_directio;
    if (fake_shares)
        info->capabilities |= XEN_SYSCTL_PHYSCAP_iommu_hap_pt_share;
    return 0;
}

int xc_version(xc_interface *xch, int cmd, void *arg)
{
    (void)xch;
    if (cmd == XENVER_capabilities)
        strcpy(arg, "xen-3.0-x86_64 ");
    return 0;
}

/* What only has to succeed. */
#define SUCCEEDS(type, name, ...)                                                                  \
    type name(__VA_ARGS__);                                                                        \
    type name(__VA_ARGS__)                                                                         \
    {                                                                                              \
        return 0;                                                                                  \
    }
#pragma GCC diagnostic ignored "-Wunused-parameter"
SUCCEEDS(int, xc_domain_pause, xc_interface *x, uint32_t d)
SUCCEEDS(int, xc_domain_unpause, xc_interface *x, uint32_t d)
SUCCEEDS(int, xc_domain_setmaxmem, xc_interface *x, uint32_t d, uint64_t kb)
SUCCEEDS(int, xc_domain_set_memmap_limit, xc_interface *x, uint32_t d, unsigned long kb)
SUCCEEDS(int, xc_domain_node_setaffinity, xc_interface *x, uint32_t d, xc_nodemap_t m)
SUCCEEDS(int, xc_vcpu_setaffinity, xc_interface *x, uint32_t d, int v, xc_cpumap_t h, xc_cpumap_t s,
         uint32_t f)
SUCCEEDS(int, xc_cpuid_apply_policy, xc_interface *x, uint32_t d, bool restore,
         const uint32_t *features, unsigned int nr, bool pae, bool itsc, bool nested,
         const struct xc_xend_cpuid *xend, const struct xc_msr *msr)
SUCCEEDS(int, xc_shadow_control, xc_interface *x, uint32_t d, unsigned int op, unsigned int *mb,
         unsigned int mode)
SUCCEEDS(int, xc_domain_set_tsc_info, xc_interface *x, uint32_t d, uint32_t mode, uint64_t ns,
         uint32_t khz, uint32_t incarnation)
SUCCEEDS(int, xc_sched_id, xc_interface *x, int *id)
SUCCEEDS(int, xc_sched_credit2_domain_get, xc_interface *x, uint32_t d,
         struct xen_domctl_sched_credit2 *s)
SUCCEEDS(int, xc_domain_set_time_offset, xc_interface *x, uint32_t d, int32_t s)
SUCCEEDS(int, xc_dom_kernel_file, struct xc_dom_image *dom, const char *f)
SUCCEEDS(int, xc_dom_module_file, struct xc_dom_image *dom, const char *f, const char *c)
SUCCEEDS(int, xc_dom_boot_xen_init, struct xc_dom_image *dom, xc_interface *x, uint32_t d)
SUCCEEDS(int, xc_dom_parse_image, struct xc_dom_image *dom)
SUCCEEDS(int, xc_dom_mem_init, struct xc_dom_image *dom, unsigned int mb)
SUCCEEDS(int, xc_dom_boot_mem_init, struct xc_dom_image *dom)
SUCCEEDS(int, xc_dom_build_image, struct xc_dom_image *dom)
SUCCEEDS(int, xc_dom_boot_image, struct xc_dom_image *dom)
SUCCEEDS(int, xc_dom_gnttab_init, struct xc_dom_image *dom)

SUCCEEDS(int, xc_hvm_param_set, xc_interface *x, uint32_t d, uint32_t param, uint64_t value)
SUCCEEDS(int, xc_clear_domain_pages, xc_interface *x, uint32_t d, unsigned long pfn, int nr)
SUCCEEDS(int, xc_dom_gnttab_seed, xc_interface *x, uint32_t d, bool hvm, xen_pfn_t console,
         xen_pfn_t store, uint32_t console_domid, uint32_t store_domid)
SUCCEEDS(int, xc_domain_set_memory_map, xc_interface *x, uint32_t d, struct e820entry e[],
         uint32_t nr)
SUCCEEDS(int, xc_set_paging_mempool_size, xc_interface *x, uint32_t d, uint64_t size)
SUCCEEDS(int, xc_domain_set_target, xc_interface *x, uint32_t d, uint32_t target)

/* Any page of the guest. */
void *xc_map_foreign_range(xc_interface *xch, uint32_t domid, int size, int prot, unsigned long mfn)
{
    return mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* Devices of the machine. */

static int right(uint32_t domid, bool allow)
{
    assert_int_equal(domid, GUEST);
    guest.rights += allow ? 1 : -1;
    return 0;
}

int xc_domain_ioport_permission(xc_interface *xch, uint32_t domid, uint32_t first, uint32_t nr,
                                uint32_t allow)
{
    return right(domid, allow);
}

int xc_domain_iomem_permission(xc_interface *xch, uint32_t domid, unsigned long first,
                               unsigned long nr, uint8_t allow)
{
    return right(domid, allow);
}

int xc_domain_irq_permission(xc_interface *xch, uint32_t domid, uint32_t pirq, bool allow)
{
    return right(domid, allow);
}

int xc_physdev_map_pirq(xc_interface *xch, uint32_t domid, int index, int *pirq)
{
    *pirq = index;
    return right(domid, true);
}

int xc_physdev_unmap_pirq(xc_interface *xch, uint32_t domid, int pirq)
{
    return right(domid, false);
}

int xc_reserved_device_memory_map(xc_interface *xch, uint32_t flags, uint16_t seg, uint8_t bus,
                                  uint8_t devfn, struct xen_reserved_device_memory entries[],
                                  uint32_t *nr)
{
    *nr = 0;
    return 0;
}

int xc_test_assign_device(xc_interface *xch, uint32_t domid, uint32_t sbdf)
{
    errno = ENOSYS;
    return fake_no_iommu ? -1 : 0;
}

int xc_assign_device(xc_interface *xch, uint32_t domid, uint32_t sbdf, uint32_t flags)
{
    errno = ENOSYS;
    if (fake_no_iommu)
        return -1;
    guest.assigned++;
    guest.assign_flags = flags;
    return 0;
}

int xc_deassign_device(xc_interface *xch, uint32_t domid, uint32_t sbdf)
{
    guest.assigned--;
    return 0;
}

/* No guest here has any. */
int xc_domain_getvnuma(xc_interface *xch, uint32_t domid, uint32_t *nodes, uint32_t *ranges,
                       uint32_t *vcpus, xen_vmemrange_t *range, unsigned int *distance,
                       unsigned int *node)
{
    errno = EOPNOTSUPP;
    return -1;
}

int xc_get_max_cpus(xc_interface *xch)
{
    return 2;
}

int xc_get_max_nodes(xc_interface *xch)
{
    return 1;
}

xc_evtchn_port_or_error_t xc_evtchn_alloc_unbound(xc_interface *xch, uint32_t domid, uint32_t to)
{
    return FAKE_PORT + guest.ports++;
}

const char *xc_domain_get_native_protocol(xc_interface *xch, uint32_t domid)
{
    return "x86_64-abi";
}

struct xc_dom_image *xc_dom_allocate(xc_interface *xch, const char *cmdline, const char *features)
{
    return calloc(1, sizeof(struct xc_dom_image));
}

void xc_dom_release(struct xc_dom_image *dom)
{
    free(dom);
}

char *xc_dom_guest_os(struct xc_dom_image *dom)
{
    return (char *)"linux";
}

bool xc_dom_translated(const struct xc_dom_image *dom)
{
    return true;
}
