/* SPDX-License-Identifier: MIT */
/* Saving: what the rounds over memory (save.c) and the kinds of guest share. */
#ifndef GUEST_MIGRATE_SAVE_H
#define GUEST_MIGRATE_SAVE_H

#include "m2p.h"

struct save;

struct save_kind {
    uint32_t stream_type;
    /* Find out about the guest; sets nr_pfns. */
    int (*start)(struct save *s);
    /* Records before the CPU policy, and those right after the static ones. */
    int (*write_static)(struct save *s);
    int (*write_start)(struct save *s);
    /* The guest is stopped: is what was found out at the start still true? */
    int (*check)(struct save *s);
    /* What to map for a frame of the guest; false: nothing is there. */
    bool (*frame)(struct save *s, uint64_t pfn, xen_pfn_t *out);
    /* A page table with guest frame numbers in it. ENXIO: an entry is no frame of the guest. */
    int (*convert)(struct save *s, unsigned int level, const uint64_t *from, uint64_t *to);
    /* Records after memory. */
    int (*write_end)(struct save *s);
    void (*finish)(struct save *s);
};
extern const struct save_kind save_pv, save_hvm;

struct save {
    xc_interface *xch;
    int fd;
    uint32_t domid;
    xc_dominfo_t info;
    const struct save_kind *kind;
    struct save_callbacks *cb;
    bool live, debug, checkpointed;
    bool stopped; /* the guest */
    uint64_t nr_pfns;
    struct save_batch *batch;
    /* Of a live save. */
    bool logging;
    xc_hypercall_buffer_t dirty_buf;
    unsigned long *dirty;    /* the log's bits, in dirty_buf */
    unsigned long *deferred; /* pages that could not be sent while the guest ran */
    uint64_t nr_deferred;
    struct precopy_stats stats;
    /* PV only. */
    struct m2p m2p;
    struct guest_p2m p2m;
    shared_info_x86_64_t *shared; /* mapped */
};

/* The pages of @bits, or all if that is NULL. @what: for the progress display. */
int save_pages(struct save *s, const unsigned long *bits, const char *what);
void save_pages_free(struct save *s);

int save_policy(struct save *s);
int save_tsc(struct save *s);

#define BITS_PER_WORD (8 * sizeof(unsigned long))
#define BIT_WORDS(nr) (((nr) + BITS_PER_WORD - 1) / BITS_PER_WORD)
static inline bool bit_is_set(const unsigned long *bits, uint64_t i)
{
    return bits[i / BITS_PER_WORD] >> (i % BITS_PER_WORD) & 1;
}
static inline void bit_set(unsigned long *bits, uint64_t i)
{
    bits[i / BITS_PER_WORD] |= 1ul << (i % BITS_PER_WORD);
}
static inline void bit_clear(unsigned long *bits, uint64_t i)
{
    bits[i / BITS_PER_WORD] &= ~(1ul << (i % BITS_PER_WORD));
}

#endif
