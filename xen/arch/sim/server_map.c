/* SPDX-License-Identifier: MIT */
/* privcmd: hypercalls, and mappings of foreign frames. */
#include <public/memory.h>
#include <xen/hypercall.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/log_dirty.h>
#include <xen/mm.h>
#include <xen/port/p2m.h>

#include "../../../tools/include/sysdep/xendev.h"
#include "private.h"
#include "server.h"

#define BATCH_MAX    65536U
#define RESOURCE_MAX 64U

static long hypercall(struct client *c, uint64_t arg)
{
    struct dev_hypercall hc;
    unsigned long args[6] = {0};

    if (server_get(c->pid, &hc, arg, sizeof(hc)))
        return -EFAULT;
    for (unsigned int i = 0; i < 5; i++)
        args[i] = hc.arg[i];
    return server_call(c->pid, (unsigned int)hc.op, args);
}

static struct client_map *map_new(uint64_t addr, unsigned int nr)
{
    struct client_map *m = host_malloc(sizeof(*m) + nr * sizeof(m->frame[0]));

    if (m) {
        m->addr = addr;
        m->nr = nr;
        m->writable = true;
        memset(m->frame, 0xff, nr * sizeof(m->frame[0]));
    }
    return m;
}

static void map_add(struct client *c, struct client_map *m)
{
    m->next = c->maps;
    c->maps = m;
}

static void frame_drop(struct client_map *m, unsigned int i)
{
    struct page_info *pg;

    if (m->frame[i] == NOT_MAPPED)
        return;
    pg = mfn_to_page(mk_mfn(m->frame[i]));
    m->frame[i] = NOT_MAPPED;
    /* It may have been written to the last moment. */
    if (m->writable && page_owner(pg))
        log_dirty_mark_mfn(page_owner(pg), page_to_mfn(pg));
    page_put(pg);
}

/* All pages from @first on, @nr of them, which lie in @m. True: nothing is left. */
static bool map_drop(struct client_map *m, unsigned int first, unsigned int nr)
{
    bool left = false;

    for (unsigned int i = 0; i < m->nr; i++) {
        if (i >= first && i - first < nr)
            frame_drop(m, i);
        left |= m->frame[i] != NOT_MAPPED;
    }
    return !left;
}

void privcmd_unmap(struct client *c, uint64_t addr, uint64_t len)
{
    struct client_map **at = &c->maps, *m;

    while ((m = *at) != NULL) {
        uint64_t end = m->addr + ((uint64_t)m->nr << PAGE_SHIFT);
        uint64_t from = max(addr, m->addr), to = min(addr + len, end);

        if (from < to && map_drop(m, (unsigned int)((from - m->addr) >> PAGE_SHIFT),
                                  (unsigned int)PFN_UP(to - from))) {
            *at = m->next;
            host_free(m);
        } else {
            at = &m->next;
        }
    }
}

void privcmd_close(struct client *c)
{
    privcmd_unmap(c, 0, UINT64_MAX);
}

void privcmd_mark_mapped(struct domain *d)
{
    for (unsigned int i = 0; i < SERVER_MAX_CLIENTS; i++)
        for (const struct client_map *m = server_client(i)->maps; m; m = m->next)
            for (unsigned int j = 0; m->writable && j < m->nr; j++)
                if (m->frame[j] != NOT_MAPPED && page_owner(mfn_to_page(mk_mfn(m->frame[j]))) == d)
                    log_dirty_mark_mfn(d, mk_mfn(m->frame[j]));
}

/* Foreign frames of @d (PV: machine frames), one by one; errors stand in @err. */
static void take_frames(struct domain *d, struct client_map *m, const uint64_t *gfn, int *err)
{
    for (unsigned int i = 0; i < m->nr; i++) {
        struct page_info *pg = port_get_page_from_gfn(d, mk_gfn(gfn[i]));

        err[i] = pg ? 0 : -EINVAL;
        if (pg)
            m->frame[i] = (uint32_t)page_to_mfn(pg).nr;
    }
}

static struct domain *foreign(domid_t id)
{
    if (id != DOMID_XEN)
        return rcu_lock_domain_by_id(id);
    rcu_read_lock();
    return dom_xen;
}

/* The client's array gets what it is to map: frame numbers, ~0 where there is none. */
static int frames_out(struct client *c, const struct client_map *m, uint64_t to)
{
    for (unsigned int i = 0; i < m->nr; i += 64) {
        uint64_t part[64];
        unsigned int n = min(m->nr - i, 64U);

        for (unsigned int j = 0; j < n; j++)
            part[j] = m->frame[i + j] == NOT_MAPPED ? UINT64_MAX : m->frame[i + j];
        if (server_put(c->pid, to + i * sizeof(part[0]), part, n * sizeof(part[0])))
            return -EFAULT;
    }
    return 0;
}

static long batch_with(struct client *c, const struct dev_map_batch *b, uint64_t frames,
                       uint64_t *gfn, int *err)
{
    struct client_map *m;
    struct domain *d;
    long rc = 0;

    if (server_get(c->pid, gfn, (uint64_t)b->frames, b->num * sizeof(*gfn)))
        return -EFAULT;
    d = foreign(b->dom);
    if (!d)
        return -ESRCH;
    m = map_new(b->addr, b->num);
    if (m) {
        take_frames(d, m, gfn, err);
        map_add(c, m);
    }
    rcu_unlock_domain(d);
    if (!m)
        return -ENOMEM;
    if (server_put(c->pid, (uint64_t)b->err, err, b->num * sizeof(*err)) ||
        frames_out(c, m, frames)) {
        privcmd_unmap(c, b->addr, (uint64_t)b->num << PAGE_SHIFT);
        rc = -EFAULT;
    }
    return rc;
}

static long map_batch(struct client *c, uint64_t arg, uint64_t frames)
{
    struct dev_map_batch b;
    uint64_t *gfn;
    int *err;
    long rc = -ENOMEM;

    if (server_get(c->pid, &b, arg, sizeof(b)))
        return -EFAULT;
    if (!b.num || b.num > BATCH_MAX || (b.addr & ~PAGE_MASK))
        return -EINVAL;
    gfn = host_malloc(b.num * sizeof(*gfn));
    err = host_malloc(b.num * sizeof(*err));
    if (gfn && err)
        rc = batch_with(c, &b, frames, gfn, err);
    host_free(gfn);
    host_free(err);
    return rc;
}

static long resource_frames(const struct dev_map_resource *r, uint64_t *frame, uint32_t *nr)
{
    struct xen_mem_acquire_resource op = {
        .domid = r->dom, .type = (uint16_t)r->type, .id = r->id, .frame = r->idx};
    long rc;

    op.nr_frames = frame ? (uint32_t)r->num : 0;
    op.frame_list.p = frame;
    rc = server_kernel_call(__HYPERVISOR_memory_op, XENMEM_acquire_resource, (unsigned long)&op);
    *nr = op.nr_frames;
    return rc;
}

static long map_resource(struct client *c, uint64_t arg, uint64_t frames)
{
    uint64_t frame[RESOURCE_MAX];
    struct dev_map_resource r;
    struct client_map *m;
    uint32_t nr;
    long rc;

    if (server_get(c->pid, &r, arg, sizeof(r)))
        return -EFAULT;
    if (!r.num && !r.addr) {
        rc = resource_frames(&r, NULL, &nr);
        r.num = nr;
        return rc ?: server_put(c->pid, arg, &r, sizeof(r));
    }
    if (!r.num || r.num > RESOURCE_MAX || (r.addr & ~PAGE_MASK))
        return -EINVAL;
    rc = resource_frames(&r, frame, &nr);
    if (rc)
        return rc;
    m = map_new(r.addr, (unsigned int)r.num);
    if (!m)
        return -ENOMEM;
    m->writable = false; /* no page of the guest's own */
    for (unsigned int i = 0; i < m->nr; i++)
        if (mfn_valid(mk_mfn(frame[i])) &&
            page_get_owner_and_reference(mfn_to_page(mk_mfn(frame[i]))))
            m->frame[i] = (uint32_t)frame[i];
    map_add(c, m);
    return frames_out(c, m, frames);
}

long privcmd_ioctl(struct client *c, uint64_t request, uint64_t arg, uint64_t frames)
{
    switch (request) {
    case DEV_PRIVCMD_HYPERCALL:
        return hypercall(c, arg);
    case DEV_PRIVCMD_MAP_BATCH:
        return map_batch(c, arg, frames);
    case DEV_PRIVCMD_MAP_RESOURCE:
        return map_resource(c, arg, frames);
    case DEV_PRIVCMD_DM_OP:
        return -EOPNOTSUPP; /* there are no HVM guests */
    default:
        return -ENOTTY;
    }
}
