/* SPDX-License-Identifier: MIT */
/*
 * Stage 2: from guest frames to machine frames. What a frame is (its type) and what the guest may
 * do with it (its access) are kept apart: the entry's permissions are the lesser of both.
 */
#ifndef ASM_P2M_H
#define ASM_P2M_H

#include <asm/page.h>
#include <xen/frame.h>
#include <xen/spinlock.h>

struct domain;
struct vcpu;

enum p2m_type {
    p2m_invalid, /* nothing is there */
    p2m_ram_rw,
    p2m_ram_ro,
    p2m_mmio_dev,   /* a device's registers: nGnRE */
    p2m_mmio_nc,    /* a device's memory: normal, not cached */
    p2m_mmio_c,     /* ... cached */
    p2m_xen_rw,     /* a page of the hypervisor's, shared with the guest */
    p2m_foreign_rw, /* another domain's page; the entry holds a reference */
    p2m_foreign_ro,
    p2m_grant_rw, /* the grant code holds the page */
    p2m_grant_ro,
};
static inline bool p2m_is_ram(enum p2m_type t)
{
    return t == p2m_ram_rw || t == p2m_ram_ro;
}
static inline bool p2m_is_foreign(enum p2m_type t)
{
    return t == p2m_foreign_rw || t == p2m_foreign_ro;
}
static inline bool p2m_is_grant(enum p2m_type t)
{
    return t == p2m_grant_rw || t == p2m_grant_ro;
}
static inline bool p2m_is_mmio(enum p2m_type t)
{
    return t == p2m_mmio_dev || t == p2m_mmio_nc || t == p2m_mmio_c;
}

/* Bits as in XENMEM_access_*: what is allowed. */
enum p2m_access { P2M_ACCESS_R = 1, P2M_ACCESS_W = 2, P2M_ACCESS_X = 4, P2M_ACCESS_RWX = 7 };

struct p2m {
    rwlock_t lock; /* RANK_P2M */
    pte_t *root;   /* 1 << root_order pages, side by side */
    uint64_t vttbr;
    uint16_t vmid;
    bool need_flush;              /* entries were taken away; [lock, for writing] */
    struct page_list_head tables; /* all but the root [lock] */
    struct page_list_head pool;   /* free pages for tables [lock] */
    uint64_t nr_pool, nr_tables;
    uint64_t max_gfn;       /* highest that was ever mapped */
    uint64_t relinquish_at; /* cursor of p2m_domain_relinquish() */
    uint32_t *last_vcpu;    /* [NR_CPUS] of this domain, that ran there; ~0: none */
};

/* Boot: width of addresses, VTCR_EL2. Each CPU then loads it. */
void p2m_boot_init(void);
void p2m_cpu_init(void);
extern unsigned int p2m_ipa_bits;

int p2m_domain_init(struct domain *d); /* 0, -ENOMEM, -ENOSPC (no VMID) */
/* Drop what foreign entries hold, all mappings, the tables and the pool. -ERESTART to be called
 * again. */
int p2m_domain_relinquish(struct domain *d);
void p2m_domain_destroy(struct domain *d);

/*
 * Map @nr frames from @gfn on to those from @mfn on, by superpages where alignment allows.
 * What was mapped there is replaced (a foreign page's reference is dropped), except grants.
 * Ownership: for p2m_foreign_* the caller gives a reference of each frame to the entry.
 * Returns: 0, -EINVAL (beyond the guest's address width), -EBUSY (a grant), -ENOMEM (then a part
 *          may be mapped; what was not keeps its reference with the caller only for nr == 1).
 *          TLBs are flushed.
 */
int __must_check p2m_map(struct domain *d, gfn_t gfn, uint64_t nr, mfn_t mfn, enum p2m_type t);
/* Remove @nr frames that map to @mfn on (INVALID_MFN: to whatever); others are left. Flushes. */
int p2m_unmap(struct domain *d, gfn_t gfn, uint64_t nr, mfn_t mfn);
/* What @gfn maps to, INVALID_MFN with p2m_invalid: nothing. @order: of the entry (or gap), may be
 * NULL. Nothing keeps it so unless the p2m is locked. */
mfn_t p2m_lookup(struct domain *d, gfn_t gfn, enum p2m_type *t, unsigned int *order);
/* The same with a reference on the page; NULL where it is not memory with an owner. */
struct page_info *p2m_get_page(struct domain *d, gfn_t gfn, enum p2m_type *t);
/* The guest is to use device frames as they are (dom0, XEN_DOMCTL_memory_mapping). */
int p2m_map_mmio(struct domain *d, gfn_t gfn, uint64_t nr, mfn_t mfn, enum p2m_type t);
/* XEN_DOMCTL_cacheflush and boot: clean and invalidate the guest's RAM in [first, first + nr).
 * -ERESTART with *first moved on. */
int p2m_cache_flush(struct domain *d, gfn_t *first, uint64_t nr);
/* Pages set aside for tables: XEN_DOMCTL_{get,set}_paging_mempool_size. -ERESTART, -ENOMEM, -EBUSY,
 * -EINVAL (the domain is dying). */
int p2m_set_pool(struct domain *d, uint64_t pages);

/* Make this CPU translate by @v's p2m (context switch; interrupts off). */
void p2m_load(struct vcpu *v);

/* A stage-2 fault of current. True: resolved, try again. */
bool p2m_resolve_fault(struct domain *d, gfn_t gfn, bool write, bool exec);

/* Copies to and from any domain's memory by guest-physical address, over page limits; read-only
 * and foreign frames as for the guest itself. 0, -EFAULT. */
int guest_phys_write(struct domain *d, paddr_t gpa, const void *from, size_t len);
int guest_phys_read(struct domain *d, paddr_t gpa, void *to, size_t len);
/* As write, and clean to memory: images for a guest whose caches are off. */
int guest_phys_load(struct domain *d, paddr_t gpa, const void *from, size_t len);
/* Guest-physical address of current's @gva: for decoding and for dumps. False: no translation. */
bool guest_va_to_gpa(uint64_t gva, bool write, paddr_t *gpa);

#endif
