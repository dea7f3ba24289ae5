/* SPDX-License-Identifier: MIT */
/* The gntdev device: grants mapped in dom0's window, whose frames the clients map. */
#include <public/grant_table.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <asm/sim.h>

#include "../../../tools/include/sysdep/xendev.h"
#include "private.h"
#include "server.h"

#define NR_MAX 1024U

static bool slot_used[SIM_WINDOW_FRAMES];

static uint64_t slot_addr(unsigned int slot)
{
    return SIM_WINDOW_BASE + ((uint64_t)slot << PAGE_SHIFT);
}

/* @nr free slots in a row; -ENOMEM. */
static int slots_take(unsigned int nr)
{
    static unsigned int next; /* behind the last that were found */
    unsigned int run = 0;

    for (unsigned int n = 0, i = next; n < 2 * SIM_WINDOW_FRAMES; n++, i++) {
        if (i == SIM_WINDOW_FRAMES)
            i = run = 0;
        run = slot_used[i] ? 0 : run + 1;
        if (run == nr) {
            next = i + 1;
            memset(&slot_used[i + 1 - nr], 1, nr);
            return (int)(i + 1 - nr);
        }
    }
    return -ENOMEM;
}

static long grant_op(unsigned int cmd, void *op)
{
    return server_kernel_call(__HYPERVISOR_grant_table_op, cmd, (unsigned long)op, 1);
}

static void unmap_some(struct client_grants *g, unsigned int nr)
{
    for (unsigned int i = 0; i < nr; i++) {
        struct gnttab_unmap_grant_ref op = {.host_addr = slot_addr(g->slot + i),
                                            .handle = g->handle[i]};

        if (grant_op(GNTTABOP_unmap_grant_ref, &op) || op.status)
            sim_fail("dom0 cannot unmap a grant: %d", op.status);
    }
    memset(&slot_used[g->slot], 0, g->nr);
}

static int map_all(struct client_grants *g, const struct dev_grant_ref *refs)
{
    for (unsigned int i = 0; i < g->nr; i++) {
        struct gnttab_map_grant_ref op = {.host_addr = slot_addr(g->slot + i),
                                          .flags = GNTMAP_host_map,
                                          .ref = refs[i].ref,
                                          .dom = (domid_t)refs[i].domid};

        if (grant_op(GNTTABOP_map_grant_ref, &op) || op.status) {
            unmap_some(g, i);
            return -EINVAL;
        }
        g->handle[i] = op.handle;
    }
    return 0;
}

static long map_refs(struct client *c, uint64_t arg, struct dev_grant_map *map)
{
    struct dev_grant_ref refs[NR_MAX];
    struct client_grants *g;
    int slot, rc;

    if (!map->count || map->count > NR_MAX)
        return -EINVAL;
    if (server_get(c->pid, refs, arg + offsetof(struct dev_grant_map, refs),
                   map->count * sizeof(refs[0])))
        return -EFAULT;
    g = host_malloc(sizeof(*g) + map->count * sizeof(g->handle[0]));
    if (!g)
        return -ENOMEM;
    slot = slots_take(map->count);
    if (slot < 0) {
        host_free(g);
        return slot;
    }
    g->slot = (unsigned int)slot;
    g->nr = map->count;
    map->index = (uint64_t)slot << PAGE_SHIFT;
    rc = map_all(g, refs);
    if (rc == 0 && server_put(c->pid, arg, map, offsetof(struct dev_grant_map, refs))) {
        unmap_some(g, g->nr);
        rc = -EFAULT;
    }
    if (rc) {
        host_free(g);
        return rc;
    }
    g->next = c->grants;
    c->grants = g;
    return 0;
}

static void release(struct client *c, struct client_grants **at)
{
    struct client_grants *g = *at;
    struct sim_p2m_entry *e = p2m_slot(dom0, slot_addr(g->slot + g->clear_at / PAGE_SIZE));

    (void)c;
    if (g->clear_byte && e && e->mfn != SIM_P2M_NONE)
        ((char *)mfn_to_virt(mk_mfn(e->mfn)))[g->clear_at % PAGE_SIZE] = 0;
    if (g->send_event)
        evtchn_notify_port(g->port);
    unmap_some(g, g->nr);
    *at = g->next;
    host_free(g);
}

/* The set that @index is in. */
static struct client_grants **find(struct client *c, uint64_t index)
{
    struct client_grants **at = &c->grants;

    while (*at && (index >> PAGE_SHIFT < (*at)->slot ||
                   index >> PAGE_SHIFT >= (uint64_t)(*at)->slot + (*at)->nr))
        at = &(*at)->next;
    return at;
}

static long unmap(struct client *c, uint64_t arg)
{
    struct dev_grant_unmap op;
    struct client_grants **at;

    if (server_get(c->pid, &op, arg, sizeof(op)))
        return -EFAULT;
    at = find(c, op.index);
    if (!*at || op.index != (uint64_t)(*at)->slot << PAGE_SHIFT || op.count != (*at)->nr)
        return -ENOENT;
    release(c, at);
    return 0;
}

static long notify(struct client *c, uint64_t arg)
{
    struct dev_grant_notify op;
    struct client_grants *g;

    if (server_get(c->pid, &op, arg, sizeof(op)))
        return -EFAULT;
    if (op.action & ~(DEV_NOTIFY_CLEAR_BYTE | DEV_NOTIFY_SEND_EVENT))
        return -EINVAL;
    g = *find(c, op.index);
    if (!g)
        return -ENOENT;
    g->clear_byte = op.action & DEV_NOTIFY_CLEAR_BYTE;
    g->send_event = op.action & DEV_NOTIFY_SEND_EVENT;
    g->clear_at = (uint32_t)(op.index - ((uint64_t)g->slot << PAGE_SHIFT));
    g->port = op.port;
    return 0;
}

long gntdev_ioctl(struct client *c, uint64_t request, uint64_t arg)
{
    struct dev_grant_map map;

    switch (request) {
    case DEV_GNTDEV_MAP:
        return server_get(c->pid, &map, arg, sizeof(map)) ? -EFAULT : map_refs(c, arg, &map);
    case DEV_GNTDEV_UNMAP:
        return unmap(c, arg);
    case DEV_GNTDEV_NOTIFY:
        return notify(c, arg);
    default:
        return -ENOTTY;
    }
}

long gntdev_mmap(struct client *c, uint64_t index, uint64_t count, uint64_t frames)
{
    struct client_grants *g = *find(c, index);

    if (!g || index != (uint64_t)g->slot << PAGE_SHIFT || count != g->nr)
        return -EINVAL;
    for (unsigned int i = 0; i < g->nr; i++) {
        uint64_t mfn = p2m_slot(dom0, slot_addr(g->slot + i))->mfn;

        if (server_put(c->pid, frames + i * sizeof(mfn), &mfn, sizeof(mfn)))
            return -EFAULT;
    }
    return 0;
}

void gntdev_close(struct client *c)
{
    while (c->grants)
        release(c, &c->grants);
}
