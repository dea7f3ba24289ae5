/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>

#include <xen/arch-x86/cpuid.h>
#include <xen/event_channel.h>
#include <xen/hvm/hvm_op.h>
#include <xen/memory.h>
#include <xen/sched.h>
#include <xen/version.h>
#include <xen/xen.h>

#include "console.h"
#include "e820.h"
#include "hypercall.h"
#include "io.h"
#include <xen/lib/printf.h>
#include <xen/lib/string.h>

/* Filled by the hypervisor: 32 bytes for each call. Source: xen.h, cpuid.h. */
static char hypercall_page[4096] __attribute__((aligned(4096)));

static long hypercall2(unsigned int call, unsigned long cmd, const void *arg)
{
    const char *entry = hypercall_page + call * 32;
    long rc;

    asm volatile("call *%3" : "=a"(rc), "+b"(cmd), "+c"(arg) : "r"(entry) : "memory", "cc");
    return rc;
}

static uint32_t find_leaves(void)
{
    for (uint32_t base = XEN_CPUID_FIRST_LEAF; base < XEN_CPUID_FIRST_LEAF + 0x10000;
         base += 0x100) {
        struct cpuid_regs r = cpuid(base);

        if (r.b == XEN_CPUID_SIGNATURE_EBX && r.c == XEN_CPUID_SIGNATURE_ECX &&
            r.d == XEN_CPUID_SIGNATURE_EDX && r.a >= base + 2)
            return base;
    }
    fail("no hypervisor with the Xen ABI");
}

void hypercall_init(void)
{
    uint32_t base = find_leaves(), version = cpuid(base + 1).a;

    wrmsr(cpuid(base + 2).b, (uintptr_t)hypercall_page);
    say("HVM loader, on hypervisor %u.%u", version >> 16, version & 0xffff);
}

uint64_t hvm_param_get(uint32_t idx)
{
    struct xen_hvm_param p = {.domid = DOMID_SELF, .index = idx};

    return hypercall2(__HYPERVISOR_hvm_op, HVMOP_get_param, &p) ? 0 : p.value;
}

int hvm_param_set(uint32_t idx, uint64_t value)
{
    struct xen_hvm_param p = {.domid = DOMID_SELF, .index = idx, .value = value};

    return (int)hypercall2(__HYPERVISOR_hvm_op, HVMOP_set_param, &p);
}

int memory_populate(uint32_t gfn)
{
    xen_pfn_t frame = gfn;
    struct xen_memory_reservation r = {.nr_extents = 1, .domid = DOMID_SELF};
    long rc;

    set_xen_guest_handle(r.extent_start, &frame);
    rc = hypercall2(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &r);
    return rc == 1 ? 0 : rc < 0 ? (int)rc : -12; /* -ENOMEM: none was there to give */
}

static int add_to_physmap(unsigned int space, uint64_t idx, uint64_t gfn)
{
    struct xen_add_to_physmap a = {
        .domid = DOMID_SELF, .space = space, .idx = (xen_ulong_t)idx, .gpfn = (xen_pfn_t)gfn};

    return (int)hypercall2(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &a);
}

int memory_move(uint64_t from, uint64_t to)
{
    return add_to_physmap(XENMAPSPACE_gmfn, from, to);
}

int memory_map_shared_info(uint32_t gfn)
{
    return add_to_physmap(XENMAPSPACE_shared_info, 0, gfn);
}

int memory_unmap(uint32_t gfn)
{
    struct xen_remove_from_physmap r = {.domid = DOMID_SELF, .gpfn = gfn};

    return (int)hypercall2(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap, &r);
}

int memory_get_map(struct e820_entry *entries, unsigned int nr)
{
    struct xen_memory_map m = {.nr_entries = nr};
    long rc;

    set_xen_guest_handle(m.buffer, (void *)entries);
    rc = hypercall2(__HYPERVISOR_memory_op, XENMEM_memory_map, &m);
    return rc ? (int)rc : (int)m.nr_entries;
}

int memory_get_vnuma(struct xen_vnuma_topology_info *info)
{
    return (int)hypercall2(__HYPERVISOR_memory_op, XENMEM_get_vnumainfo, info);
}

void evtchn_notify(uint32_t port)
{
    struct evtchn_send s = {.port = port};

    hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &s);
}

void evtchn_poll(uint32_t port)
{
    evtchn_port_t ports[1] = {port};
    struct sched_poll p = {.nr_ports = 1};

    set_xen_guest_handle(p.ports, ports);
    hypercall2(__HYPERVISOR_sched_op, SCHEDOP_poll, &p);
}

void version_text(char *text, size_t size)
{
    long version = hypercall2(__HYPERVISOR_xen_version, XENVER_version, NULL);
    xen_extraversion_t extra = "";

    hypercall2(__HYPERVISOR_xen_version, XENVER_extraversion, extra);
    extra[sizeof(extra) - 1] = '\0';
    snprintf(text, size, "%ld.%ld%s", version >> 16, version & 0xffff, extra);
}

void version_date(char *text, size_t size)
{
    struct xen_compile_info info = {.compile_date = ""};

    hypercall2(__HYPERVISOR_xen_version, XENVER_compile_info, &info);
    info.compile_date[sizeof(info.compile_date) - 1] = '\0';
    strlcpy(text, info.compile_date, size);
}

void version_uuid(uint8_t uuid[16])
{
    memset(uuid, 0, 16);
    hypercall2(__HYPERVISOR_xen_version, XENVER_guest_handle, uuid);
}

void hypercall_crash(void)
{
    struct sched_shutdown s = {.reason = SHUTDOWN_crash};

    hypercall2(__HYPERVISOR_sched_op, SCHEDOP_shutdown, &s);
    for (;;)
        asm volatile("cli; hlt");
}
