/* SPDX-License-Identifier: MIT */
/* A domain's grant table: creation, growth, version, end. */
#include <public/domctl.h>
#include <xen/console.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/cmdline.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/param.h>

#include "private.h"

static unsigned int opt_max_frames = 64;
PARAM_UINT("gnttab_max_frames", opt_max_frames);
static unsigned int opt_max_maptrack = 1024;
PARAM_UINT("gnttab_max_maptrack_frames", opt_max_maptrack);
static unsigned int opt_max_version = 2;

bool opt_grant_transitive = true, opt_grant_transfer = true;

static int parse_gnttab(const char *s)
{
    int transitive = opt_grant_transitive, transfer = opt_grant_transfer;
    unsigned int version = opt_max_version;
    struct cmdline_opt item;

    while ((s = cmdline_next_item(s, &item))) {
        if (cmdline_name_eq(item.name, "max-ver:1"))
            version = 1;
        else if (cmdline_name_eq(item.name, "max-ver:2"))
            version = 2;
        else if (cmdline_name_eq(item.name, "transitive"))
            transitive = cmdline_bool(&item);
        else if (cmdline_name_eq(item.name, "transfer"))
            transfer = cmdline_bool(&item);
        else
            return -EINVAL;
        if (transitive < 0 || transfer < 0)
            return -EINVAL;
    }
    opt_max_version = version;
    opt_grant_transitive = transitive;
    opt_grant_transfer = transfer;
    return 0;
}
PARAM_FN("gnttab", parse_gnttab);

#define LIMIT_FRAMES   0x10000U
#define LIMIT_MAPTRACK 0x100000U

static uint32_t active_chunks_for(uint32_t nr_frames)
{
    return (uint32_t)DIV_ROUND_UP(nr_frames * V1_PER_PAGE, ACTIVE_PER_CHUNK);
}

static uint32_t status_for(uint32_t nr_frames)
{
    return (uint32_t)DIV_ROUND_UP(nr_frames * V2_PER_PAGE, STATUS_PER_PAGE);
}

static struct active_entry *new_chunk(void)
{
    struct active_entry *chunk = xenheap_alloc_page();

    if (chunk == NULL)
        return NULL;
    clear_page(chunk);
    for (unsigned int i = 0; i < ACTIVE_PER_CHUNK; i++)
        spin_lock_init(&chunk[i].lock, RANK_GRANT_ENT);
    return chunk;
}

static void *new_shared_page(struct domain *d)
{
    void *va = xenheap_alloc_page();

    if (va) {
        clear_page(va);
        page_share_xen_with_guest(virt_to_page(va), d, SHARE_RW);
    }
    return va;
}

/* Nobody but us holds it; relinquishing the domain's memory may have unshared it already. */
static void free_shared_page(void *va)
{
    struct page_info *pg = virt_to_page(va);

    if (page_owner(pg))
        page_put_alloc_ref(pg);
    xenheap_free_page(va);
}

int table_grow_status(struct domain *d, uint32_t nr_status)
{
    struct grant_table *gt = d->grant;

    if (nr_status > gt->max_status)
        return -EINVAL;
    for (; gt->nr_status < nr_status; gt->nr_status++) {
        gt->status[gt->nr_status] = new_shared_page(d);
        if (gt->status[gt->nr_status] == NULL)
            return -ENOMEM;
    }
    return 0;
}

int table_grow(struct domain *d, uint32_t nr_frames)
{
    struct grant_table *gt = d->grant;
    uint32_t chunks = active_chunks_for(nr_frames);

    if (nr_frames > gt->max_frames)
        return -EINVAL;
    for (; gt->nr_chunks < chunks; gt->nr_chunks++) {
        gt->active[gt->nr_chunks] = new_chunk();
        if (gt->active[gt->nr_chunks] == NULL)
            return -ENOMEM;
    }
    if (gt->version == 2 && table_grow_status(d, status_for(nr_frames)))
        return -ENOMEM;
    for (; gt->nr_frames < nr_frames; gt->nr_frames++) {
        gt->frame[gt->nr_frames] = new_shared_page(d);
        if (gt->frame[gt->nr_frames] == NULL)
            return -ENOMEM;
    }
    return 0;
}

/* gt->lock is held. */
static bool table_in_use(struct grant_table *gt)
{
    bool found = false;

    for (grant_ref_t ref = 0; ref < gt->nr_chunks * ACTIVE_PER_CHUNK && !found; ref++) {
        struct active_entry *act = active_lock(gt, ref);

        found = !pins_none(&act->pins);
        active_unlock(act);
    }
    return found;
}

/* The entries that the domain builder has filled keep their meaning. */
static void convert_reserved(struct grant_table *gt, uint32_t version)
{
    grant_entry_v1_t v1[GNTTAB_NR_RESERVED_ENTRIES];

    if (gt->nr_frames == 0)
        return;
    for (unsigned int i = 0; i < GNTTAB_NR_RESERVED_ENTRIES; i++) {
        if (gt->version == 2)
            v1[i] = (grant_entry_v1_t){.flags = entry_v2(gt, i)->hdr.flags,
                                       .domid = entry_v2(gt, i)->hdr.domid,
                                       .frame = (uint32_t)entry_v2(gt, i)->full_page.frame};
        else
            v1[i] = *entry_v1(gt, i);
    }
    for (uint32_t i = 0; i < gt->nr_frames; i++)
        clear_page(gt->frame[i]);
    for (unsigned int i = 0; i < GNTTAB_NR_RESERVED_ENTRIES; i++) {
        if ((v1[i].flags & GTF_type_mask) != GTF_permit_access)
            continue;
        if (version == 2) {
            grant_entry_v2_t *e = (grant_entry_v2_t *)gt->frame[0] + i;

            e->full_page.frame = v1[i].frame;
            e->hdr.domid = v1[i].domid;
            e->hdr.flags = v1[i].flags;
        } else {
            ((grant_entry_v1_t *)gt->frame[0])[i] = v1[i];
        }
    }
}

/* All of the status pages, or -EBUSY: the guest has mapped one. */
static int unshare_status(struct domain *d)
{
    const struct grant_table *gt = d->grant;
    uint32_t i;

    for (i = 0; i < gt->nr_status; i++)
        if (page_unshare_xen(virt_to_page(gt->status[i])))
            break;
    if (i == gt->nr_status)
        return 0;
    while (i-- > 0)
        page_share_xen_with_guest(virt_to_page(gt->status[i]), d, SHARE_RW);
    return -EBUSY;
}

/* Unshared ones, or of a domain that has ended. */
static void free_status(struct grant_table *gt)
{
    while (gt->nr_status > 0)
        free_shared_page(gt->status[--gt->nr_status]);
}

int table_set_version(struct domain *d, uint32_t version)
{
    struct grant_table *gt = d->grant;
    int rc;

    if (version != 1 && version != 2)
        return -EINVAL;
    if (version == gt->version)
        return 0;
    if (version > gt->max_version)
        return -ENOSYS;
    if (table_in_use(gt))
        return -EBUSY;
    /* What has been allocated in vain waits for the next try: it may be mapped already. */
    rc = version == 2 ? table_grow_status(d, status_for(gt->nr_frames)) : unshare_status(d);
    if (rc)
        return rc;
    convert_reserved(gt, version);
    if (version == 1)
        free_status(gt);
    WRITE_ONCE(gt->version, (uint8_t)version);
    return 0;
}

static int alloc_arrays(struct grant_table *gt)
{
    gt->max_status = status_for(gt->max_frames);
    gt->max_chunks = active_chunks_for(gt->max_frames);
    gt->frame = xzalloc_array(void *, gt->max_frames);
    gt->status = xzalloc_array(grant_status_t *, gt->max_status);
    gt->active = xzalloc_array(struct active_entry *, gt->max_chunks);
    gt->maptrack = vzalloc(max_t(size_t, gt->max_maptrack, 1) * sizeof(*gt->maptrack));
    return gt->frame && gt->status && gt->active && gt->maptrack ? 0 : -ENOMEM;
}

unsigned int grant_max_version(void)
{
    return opt_max_version;
}

int grant_table_init(struct domain *d, int max_grant_frames, int max_maptrack_frames,
                     unsigned int options)
{
    struct grant_table *gt;
    unsigned int max_version = options & XEN_DOMCTL_GRANT_version_mask;
    int rc;

    if (max_version > opt_max_version)
        return -EINVAL;
    gt = xzalloc(struct grant_table);
    if (gt == NULL)
        return -ENOMEM;
    rwlock_init(&gt->lock, RANK_GRANT);
    spin_lock_init(&gt->maptrack_lock, RANK_MAPTRACK);
    gt->version = 1;
    gt->max_version = (uint8_t)(max_version ? max_version : opt_max_version);
    gt->max_frames = max_grant_frames < 0 ? opt_max_frames : (uint32_t)max_grant_frames;
    gt->max_maptrack = max_maptrack_frames < 0 ? opt_max_maptrack : (uint32_t)max_maptrack_frames;
    gt->max_frames = max(min(gt->max_frames, LIMIT_FRAMES), 1U);
    gt->max_maptrack = min(gt->max_maptrack, LIMIT_MAPTRACK);
    gt->maptrack_free = MAPTRACK_END;
    d->grant = gt;
    rc = alloc_arrays(gt);
    if (rc == 0) {
        write_lock(&gt->lock);
        rc = table_grow(d, 1);
        write_unlock(&gt->lock);
    }
    if (rc)
        grant_table_destroy(d);
    return rc;
}

void grant_table_destroy(struct domain *d)
{
    struct grant_table *gt = d->grant;

    if (gt == NULL)
        return;
    maptrack_free_all(gt);
    vfree(gt->maptrack);
    free_status(gt);
    while (gt->nr_frames > 0)
        free_shared_page(gt->frame[--gt->nr_frames]);
    for (uint32_t i = 0; i < gt->nr_chunks; i++)
        xenheap_free_page(gt->active[i]);
    xfree(gt->frame);
    xfree(gt->status);
    xfree(gt->active);
    xfree(gt);
    d->grant = NULL;
}

unsigned int grant_max_frames(const struct domain *d)
{
    return d->grant->max_frames;
}

int grant_shared_frame(struct domain *d, unsigned int idx, mfn_t *mfn)
{
    struct grant_table *gt = d->grant;
    int rc = 0;

    if (gt == NULL || idx >= gt->max_frames)
        return -EINVAL;
    write_lock(&gt->lock);
    if (idx >= gt->nr_frames)
        rc = table_grow(d, idx + 1);
    if (rc == 0)
        *mfn = virt_to_mfn(gt->frame[idx]);
    write_unlock(&gt->lock);
    return rc;
}

int grant_status_frame(struct domain *d, unsigned int idx, mfn_t *mfn)
{
    struct grant_table *gt = d->grant;
    int rc = -EINVAL;

    if (gt == NULL)
        return -EINVAL;
    write_lock(&gt->lock);
    if (gt->version == 2 && idx < gt->max_status) {
        rc = table_grow_status(d, idx + 1);
        if (rc == 0)
            *mfn = virt_to_mfn(gt->status[idx]);
    }
    write_unlock(&gt->lock);
    return rc;
}

/* Entries in use, for the debug key and for who waits for a domain to go. */
static void dump_domain(struct domain *d)
{
    struct grant_table *gt = d->grant;

    read_lock(&gt->lock);
    printk("      -------- active --------       -------- shared --------\n");
    printk("grant-table for remote d%d (v%u)\n  %u frames (%u max), %u maptrack frames (%u max)\n",
           d->domain_id, gt->version, gt->nr_frames, gt->max_frames, gt->nr_maptrack,
           gt->max_maptrack);
    for (grant_ref_t ref = 0; ref < nr_entries(gt); ref++) {
        struct active_entry *act = active_lock(gt, ref);

        if (!pins_none(&act->pins) && act->transitive)
            printk("[0x%03x] %5u to d%u [0x%03x] w=%u r=%u\n", ref, act->domid, act->next_domid,
                   act->next_ref, act->pins.host_w, act->pins.host_r);
        else if (!pins_none(&act->pins))
            printk("[0x%03x] %5u 0x%06lx w=%u r=%u dw=%u dr=%u\n", ref, act->domid, act->mfn.nr,
                   act->pins.host_w, act->pins.host_r, act->pins.dev_w, act->pins.dev_r);
        active_unlock(act);
    }
    read_unlock(&gt->lock);
}

void grant_warn_active(struct domain *d)
{
    bool found;

    if (!d->grant)
        return;
    read_lock(&d->grant->lock);
    found = table_in_use(d->grant);
    read_unlock(&d->grant->lock);
    if (found)
        printk(XENLOG_G_DEBUG "d%d has active grants\n", d->domain_id);
}

void grant_dump(unsigned char key)
{
    struct domain *d;

    (void)key;
    rcu_read_lock();
    for_each_domain (d)
        if (d->grant)
            dump_domain(d);
    rcu_read_unlock();
}

static int grant_keys_init(void)
{
    keyhandler_register('g', grant_dump, "print grant table usage");
    return 0;
}
INITCALL(grant_keys_init);
