/* SPDX-License-Identifier: MIT */
/*
 * Preloaded for test_xc.py: calls of libxenctrl that write down what they are told, in fake_said.
 * Domain 9 is none: ESRCH; domain 8 fails with an error of the library's.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xenctrl.h>
#include <xenguest.h>

char fake_said[4096];
static xc_error last;

static int said(uint32_t dom, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(fake_said, sizeof(fake_said), format, args);
    va_end(args);
    errno = ESRCH;
    if (dom == 8) {
        last.code = XC_INTERNAL_ERROR;
        strcpy(last.message, "eight");
    }
    return dom == 9 || dom == 8 ? -1 : 0;
}

xc_interface *xc_interface_open(xentoollog_logger *log, xentoollog_logger *dom, unsigned int flags)
{
    (void)log, (void)dom, (void)flags;
    errno = ENODEV;
    return getenv("FAKE_NO_XEN") ? NULL : malloc(1);
}
int xc_interface_close(xc_interface *h)
{
    free(h);
    return 0;
}
const xc_error *xc_get_last_error(xc_interface *h)
{
    (void)h;
    return &last;
}
void xc_clear_last_error(xc_interface *h)
{
    (void)h;
    last.code = XC_ERROR_NONE;
}

#define FAKE(name, args, ...)                                                                      \
    int xc_##name args                                                                             \
    {                                                                                              \
        (void)h;                                                                                   \
        return said(__VA_ARGS__);                                                                  \
    }
#define H   xc_interface *h
#define DOM xc_interface *h, uint32_t d
FAKE(domain_pause, (DOM), d, "pause %u", d)
FAKE(domain_unpause, (DOM), d, "unpause %u", d)
FAKE(domain_destroy, (DOM), d, "destroy %u", d)
FAKE(domain_max_vcpus, (DOM, unsigned int n), d, "vcpus %u %u", d, n)
FAKE(domain_resume, (DOM, int fast), d, "resume %u %d", d, fast)
FAKE(domain_shutdown, (DOM, int why), d, "shutdown %u %d", d, why)
FAKE(domain_setmaxmem, (DOM, uint64_t kb), d, "maxmem %u %lu", d, kb)
FAKE(domain_set_memmap_limit, (DOM, unsigned long kb), d, "memmap %u %lu", d, kb)
FAKE(domain_set_pod_target, (DOM, uint64_t n, uint64_t *a, uint64_t *b, uint64_t *c), d,
     "target %u %lu %d", d, n, a || b || c)
FAKE(domain_set_time_offset, (DOM, int32_t s), d, "time %u %d", d, s)
FAKE(domain_set_tsc_info, (DOM, uint32_t m, uint64_t ns, uint32_t khz, uint32_t i), d,
     "tsc %u %u %lu %u %u", d, m, ns, khz, i)
FAKE(memshr_control, (DOM, int on), d, "memshr %u %d", d, on)
FAKE(domain_dumpcore, (DOM, const char *f), d, "dump %u %s", d, f)
FAKE(domain_sethandle, (DOM, xen_domain_handle_t n), d, "handle %u %02x%02x", d, n[0], n[15])
FAKE(domain_set_target, (DOM, uint32_t t), d, "target %u %u", d, t)
FAKE(domain_send_trigger, (DOM, uint32_t t, uint32_t v), d, "trigger %u %u %u", d, t, v)
FAKE(evtchn_reset, (DOM), d, "reset %u", d)
FAKE(dom_gnttab_seed, (DOM, bool hvm, xen_pfn_t a, xen_pfn_t b, uint32_t e, uint32_t f), d,
     "seed %u %d %lx %lx %u %u", d, hvm, a, b, e, f)
FAKE(hvm_param_set, (DOM, uint32_t p, uint64_t v), d, "param %u %u %lx", d, p, v)
FAKE(assign_device, (DOM, uint32_t s, uint32_t flag), s & 15, "assign %u %x %u", d, s, flag)
FAKE(deassign_device, (DOM, uint32_t s), s & 15, "deassign %u %x", d, s)
FAKE(test_assign_device, (DOM, uint32_t s), s & 15, "test %u %x", d, s)
FAKE(physdev_pci_access_modify, (DOM, int b, int v, int f, int e), d, "access %u %d %d %d %d", d, b,
     v, f, e)
FAKE(domain_ioport_permission, (DOM, uint32_t a, uint32_t n, uint32_t on), d, "port %u %u %u %u", d,
     a, n, on)
FAKE(domain_iomem_permission, (DOM, unsigned long a, unsigned long n, uint8_t on), d,
     "mem %u %lx %lx %u", d, a, n, on)
FAKE(domain_irq_permission, (DOM, uint32_t irq, bool on), d, "irq %u %u %d", d, irq, on)
FAKE(flask_setenforce, (H, int mode), 0, "enforce %d", mode)
FAKE(flask_load, (H, char *p, uint32_t n), 0, "load %u %02x", n, (uint8_t)p[0])
FAKE(flask_access,
     (H, const char *a, const char *b, uint16_t c, uint32_t r, uint32_t *o1, uint32_t *o2,
      uint32_t *o3, uint32_t *o4, uint32_t *o5),
     0, "may %s %s %u %u %d", a, b, c, r, o1 &&o2 &&o3 &&o4 &&o5)
FAKE(sched_credit_domain_set, (DOM, struct xen_domctl_sched_credit *s), d, "credit %u %u %u", d,
     s->weight, s->cap)
FAKE(sched_credit2_domain_set, (DOM, struct xen_domctl_sched_credit2 *s), d, "credit2 %u %u %u", d,
     s->weight, s->cap)
FAKE(cpupool_destroy, (H, uint32_t p), p, "pool %u", p)
FAKE(cpupool_addcpu, (H, uint32_t p, int cpu), p, "add %u %d", p, cpu)
FAKE(cpupool_removecpu, (H, uint32_t p, int cpu), p, "remove %u %d", p, cpu)
FAKE(cpupool_movedomain, (H, uint32_t p, uint32_t d), p, "move %u %u", p, d)
FAKE(send_debug_keys, (H, const char *keys), 0, "keys %s", keys)

int xc_domain_create(H, uint32_t *d, struct xen_domctl_createdomain *c)
{
    int rc = said(*d, "create %u %u %02x%02x %x %u %d %d %d %u %x", *d, c->ssidref, c->handle[0],
                  c->handle[15], c->flags, c->max_vcpus, c->max_evtchn_port, c->max_grant_frames,
                  c->max_maptrack_frames, c->grant_opts, c->arch.emulation_flags);

    (void)h;
    *d = 70;
    return rc;
}
int xc_domain_getinfo(H, uint32_t first, unsigned int max, xc_dominfo_t *i)
{
    (void)h;
    memset(i, 0, sizeof(*i));
    *i = (xc_dominfo_t){.domid = first,
                        .hvm = 1,
                        .shutdown = 1,
                        .shutdown_reason = 3,
                        .nr_pages = 5,
                        .max_memkb = 1ul << 40,
                        .cpu_time = 7,
                        .cpupool = 2,
                        .max_vcpu_id = -1,
                        .nr_online_vcpus = 6,
                        .handle = {1, 2}};
    return said(first, "info %u %u", first, max) ? -1 : max > 0;
}
int xc_get_max_cpus(H)
{
    (void)h;
    return 20;
}
xc_cpumap_t xc_cpumap_alloc(H)
{
    (void)h;
    return calloc(1, 3);
}
int xc_vcpu_getinfo(DOM, uint32_t v, xc_vcpuinfo_t *i)
{
    (void)h;
    memset(i, 0, sizeof(*i));
    i->online = 1;
    i->cpu_time = 7;
    i->cpu = 3;
    return said(d, "vcpu %u %u", d, v);
}
int xc_vcpu_getaffinity(DOM, int v, xc_cpumap_t hard, xc_cpumap_t soft, uint32_t flags)
{
    (void)h, (void)d, (void)v;
    hard[0] = 0x81;
    hard[2] = 0xff; /* CPUs from 20 on are none */
    return soft || flags != XEN_VCPUAFFINITY_HARD;
}
int xc_vcpu_setaffinity(DOM, int v, xc_cpumap_t hard, xc_cpumap_t soft, uint32_t flags)
{
    (void)h, (void)soft;
    return said(d, "pin %u %d %02x%02x%02x %u", d, v, hard[0], hard[1], hard[2], flags);
}
int xc_numainfo(H, unsigned int *nr, xc_meminfo_t *mem, uint32_t *dist)
{
    (void)h;
    *nr = 2;
    for (unsigned int i = 0; mem && i < 2; i++)
        mem[i] = (xc_meminfo_t){.memsize = i ? XEN_INVALID_MEM_SZ : 3u << 20, .memfree = 2u << 20};
    for (unsigned int i = 0; dist && i < 4; i++)
        dist[i] = 10 + i;
    return 0;
}
int xc_availheap(H, int min, int max, int node, uint64_t *bytes)
{
    (void)h, (void)min, (void)node;
    *bytes = (uint64_t)max << 20;
    return 0;
}
/* A log of 32 KiB and three bytes. */
int xc_readconsolering(H, char *to, unsigned int *nr, int clear, int incremental, uint32_t *index)
{
    static const unsigned int all = 32768 + 3;

    (void)h;
    said(0, "ring %d %d", clear, incremental);
    if (*nr > all - *index)
        *nr = all - *index;
    memset(to, 'a', *nr);
    *index += *nr;
    return 0;
}
int xc_get_device_group(DOM, uint32_t s, uint32_t max, uint32_t *nr, uint32_t *group)
{
    (void)h;
    *nr = 2;
    group[0] = 0x010203;
    group[1] = 0x00f900;
    return said(d, "group %u %x %u", d, s, max);
}
int xc_shadow_control(DOM, unsigned int op, unsigned int *mb, unsigned int mode)
{
    (void)h;
    said(d, "shadow %u %u %d %u", d, op, mb ? (int)*mb : -1, mode);
    if (mb)
        *mb = 33;
    return d == 9 ? -1 : 7;
}
