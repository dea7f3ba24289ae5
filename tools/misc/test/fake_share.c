/* SPDX-License-Identifier: MIT */
/*
 * The fake hypervisor's traces of vCPUs by the processor, of which each look finds 10 bytes more,
 * and its sharing of pages.
 */
#include <string.h>

#include <xenctrl.h>
#include <xenforeignmemory.h>

#include "fake.h"

#define TRACE_SIZE 4096u

static uint8_t trace[TRACE_SIZE];

xenforeignmemory_handle *xenforeignmemory_open(struct xentoollog_logger *logger,
                                               unsigned int open_flags)
{
    (void)logger, (void)open_flags;
    return (xenforeignmemory_handle *)trace;
}

int xenforeignmemory_close(xenforeignmemory_handle *fmem)
{
    (void)fmem;
    return 0;
}

int xenforeignmemory_resource_size(xenforeignmemory_handle *fmem, domid_t domid, unsigned int type,
                                   unsigned int id, size_t *size)
{
    (void)fmem, (void)domid, (void)id;
    *size = TRACE_SIZE;
    return fails() || type != XENMEM_resource_vmtrace_buf ? -1 : 0;
}

xenforeignmemory_resource_handle *
xenforeignmemory_map_resource(xenforeignmemory_handle *fmem, domid_t domid, unsigned int type,
                              unsigned int id, unsigned long frame, unsigned long nr_frames,
                              void **paddr, int prot, int flags)
{
    (void)fmem, (void)prot, (void)flags;
    fprintf(stderr, "map_resource %u %u %u %lu %lu\n", domid, type, id, frame, nr_frames);
    for (unsigned int i = 0; i < TRACE_SIZE; i++)
        trace[i] = (uint8_t)('a' + i % 26);
    *paddr = trace;
    return (xenforeignmemory_resource_handle *)trace;
}

int xenforeignmemory_unmap_resource(xenforeignmemory_handle *fmem,
                                    xenforeignmemory_resource_handle *fres)
{
    (void)fmem, (void)fres;
    return 0;
}

int xc_vmtrace_set_option(xc_interface *xch, uint32_t domid, uint32_t vcpu, uint64_t key,
                          uint64_t value)
{
    (void)xch;
    fprintf(stderr, "vmtrace_set_option %u %u %lx %lx\n", domid, vcpu, key, value);
    return fails() ? -1 : 0;
}

int xc_vmtrace_reset_and_enable(xc_interface *xch, uint32_t domid, uint32_t vcpu)
{
    (void)xch;
    fprintf(stderr, "vmtrace_reset_and_enable %u %u\n", domid, vcpu);
    return fails() ? -1 : 0;
}

int xc_vmtrace_disable(xc_interface *xch, uint32_t domid, uint32_t vcpu)
{
    (void)xch;
    fprintf(stderr, "vmtrace_disable %u %u\n", domid, vcpu);
    return fails() ? -1 : 0;
}

/* 10, 20, 30, then 5, as it has gone round, and again; the domain is gone after FAKE_LOOKS. */
int xc_vmtrace_output_position(xc_interface *xch, uint32_t domid, uint32_t vcpu, uint64_t *pos)
{
    static const uint64_t positions[] = {10, 20, 30, 30, 5};
    static unsigned int looks;

    (void)xch, (void)domid, (void)vcpu;
    if (getenv("FAKE_LOOKS") && looks >= (unsigned int)atoi(getenv("FAKE_LOOKS"))) {
        errno = ESRCH;
        return -1;
    }
    *pos = positions[looks++ % 5];
    return fails() ? -1 : 0;
}

long xc_sharing_freed_pages(xc_interface *xch)
{
    (void)xch;
    return fails() ? -errno : 12;
}

long xc_sharing_used_frames(xc_interface *xch)
{
    (void)xch;
    return fails() ? -errno : 34;
}

int xc_memshr_control(xc_interface *xch, uint32_t domid, int enable)
{
    (void)xch;
    SAY("memshr_control %u %d\n", domid, enable);
}

int xc_memshr_nominate_gfn(xc_interface *xch, uint32_t domid, unsigned long gfn, uint64_t *handle)
{
    (void)xch;
    *handle = 0x123456789a;
    SAY("memshr_nominate_gfn %u %lx\n", domid, gfn);
}

int xc_memshr_share_gfns(xc_interface *xch, uint32_t source_domain, unsigned long source_gfn,
                         uint64_t source_handle, uint32_t client_domain, unsigned long client_gfn,
                         uint64_t client_handle)
{
    (void)xch;
    SAY("memshr_share_gfns %u %lx %lx %u %lx %lx\n", source_domain, source_gfn, source_handle,
        client_domain, client_gfn, client_handle);
}

int xc_memshr_range_share(xc_interface *xch, uint32_t source_domain, uint32_t client_domain,
                          uint64_t first_gfn, uint64_t last_gfn)
{
    (void)xch;
    SAY("memshr_range_share %u %u %lx %lx\n", source_domain, client_domain, first_gfn, last_gfn);
}

int xc_memshr_add_to_physmap(xc_interface *xch, uint32_t source_domain, unsigned long source_gfn,
                             uint64_t source_handle, uint32_t client_domain,
                             unsigned long client_gfn)
{
    (void)xch;
    SAY("memshr_add_to_physmap %u %lx %lx %u %lx\n", source_domain, source_gfn, source_handle,
        client_domain, client_gfn);
}

int xc_memshr_debug_gfn(xc_interface *xch, uint32_t domid, unsigned long gfn)
{
    (void)xch;
    SAY("memshr_debug_gfn %u %lx\n", domid, gfn);
}

int xc_memshr_audit(xc_interface *xch)
{
    (void)xch;
    return fails() ? -1 : 3;
}
