/* SPDX-License-Identifier: MIT */
#include <public/hvm/hvm_op.h>
#include <public/hvm/params.h>
#include <public/memory.h>
#include <public/platform.h>
#include <xen/hypercall.h>
#include <xen/port/p2m.h>

#include "paths.h"

long do_hvm_op(unsigned long cmd, void *arg); /* made visible by the Makefile */

static long param_get(const struct path *p)
{
    struct xen_hvm_param op = {.domid = 1, .index = p->call};

    return do_hvm_op(HVMOP_get_param, &op);
}

static long param_set(const struct path *p)
{
    struct xen_hvm_param op = {.domid = 1, .index = p->call};

    return do_hvm_op(HVMOP_set_param, &op);
}

static long platform(const struct path *p)
{
    struct xen_platform_op op = {.cmd = p->call, .interface_version = XENPF_INTERFACE_VERSION};

    return do_platform_op(&op);
}

/* A page of 1's for the caller, who may change his own map. */
static long foreign_page(const struct path *p)
{
    return port_add_to_physmap(current->domain, XENMAPSPACE_gmfn_foreign, 0, mk_gfn(0), 1);
}

#define PARAM(verb, fn, request, name)                                                             \
    {                                                                                              \
        verb " " #name, fn, HVM_PARAM_##name,                                                      \
        {                                                                                          \
            request, HVM_PARAM_##name, &one                                                        \
        }                                                                                          \
    }
#define READ(name)    PARAM("read", param_get, XSM_PARAM_READ, name)
#define PRIVATE(name) PARAM("read", param_get, XSM_PARAM, name)
#define SET(name)     PARAM("set", param_set, XSM_PARAM, name)

const struct path paths[] = {
    READ(CALLBACK_IRQ),
    READ(STORE_PFN),
    READ(STORE_EVTCHN),
    READ(CONSOLE_PFN),
    READ(CONSOLE_EVTCHN),
    PRIVATE(PAGING_RING_PFN),
    PRIVATE(MONITOR_RING_PFN),
    PRIVATE(SHARING_RING_PFN),
    SET(CALLBACK_IRQ),
    SET(STORE_PFN),
    SET(CONSOLE_EVTCHN),
    SET(MONITOR_RING_PFN),
    {"platform settime32", platform, XENPF_settime32, {XSM_PLATFORM_OP, XENPF_settime32}},
    {"platform settime64", platform, XENPF_settime64, {XSM_PLATFORM_OP, XENPF_settime64}},
    {"platform, unread", platform, XENPF_settime64, {XSM_PLATFORM_OP, XSM_CMD_UNREAD}},
    {"a page of another", foreign_page, 0, {XSM_MEMORY_GUEST, XENMEM_add_to_physmap_batch, &one}},
    {NULL},
};
