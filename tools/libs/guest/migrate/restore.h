/* SPDX-License-Identifier: MIT */
/*
 * Restoring: what the reader of records (restore.c), memory (restore_pages.c) and the kinds of
 * guest share. Nothing in a stream is believed: each function that takes a record checks all of it,
 * reports what is wrong and returns -1.
 */
#ifndef GUEST_MIGRATE_RESTORE_H
#define GUEST_MIGRATE_RESTORE_H

#include "m2p.h"

struct restore;

struct restore_kind {
    /* A record of this kind of guest only; ENOTSUP: it is none. */
    int (*record)(struct restore *r, const struct record *rec);
    /* A page table with machine frames in it; the frames that it names are there. */
    int (*convert)(struct restore *r, unsigned int level, const uint64_t *from, uint64_t *to);
    /* All is read: make the guest runnable. */
    int (*finish)(struct restore *r);
    void (*free)(struct restore *r);
};
extern const struct restore_kind restore_pv, restore_hvm;

struct blob {
    void *data; /* malloc()ed */
    uint32_t len;
};
/* Takes a record's contents from @skip on. */
int blob_take(struct restore *r, struct blob *b, const struct record *rec, uint32_t skip);

#define NO_FRAME (~0ull)
#define PENDING  (~0ull - 1)

struct restore_vcpu {
    struct blob basic, extended, xsave, msrs;
};

struct restore {
    xc_interface *xch;
    int fd;
    uint32_t domid;
    xc_dominfo_t info;
    const struct restore_kind *kind;
    struct restore_callbacks *cb;
    xc_stream_type_t stream_type;
    uint32_t version;
    bool static_done, verify;
    uint64_t nr_different; /* pages, when verifying */
    struct blob cpuid, msr;

    /* Memory: the guest's frames have numbers below nr_pfns. See frame_maps(). */
    uint64_t nr_pfns;
    struct frame_chunk **chunk;

    /* The rings: ports are given; frames are found out, for who maps them (gfn or mfn). */
    unsigned int store_port, console_port;
    uint32_t store_domid, console_domid;
    uint64_t store_frame, console_frame;

    /* PV. */
    bool pv_known;
    uint64_t *list; /* the frames with the guest's list of frames */
    uint64_t nr_list;
    struct blob shared;
    struct restore_vcpu *vcpu; /* info.max_vcpu_id + 1 */

    /* HVM. */
    struct blob context, params;

    /* Of a checkpointed stream: records since the last checkpoint. */
    bool keeping;
    struct record *kept;
    unsigned int nr_kept, room_kept;
};

/* Frames of the guest have numbers below @nr. */
int restore_room(struct restore *r, uint64_t nr);
void restore_frames_free(struct restore *r);
/* What maps frame @pfn (NO_FRAME: nothing), and its FRAME_* type (FRAME_NONE until it is known). */
uint64_t frame_maps(const struct restore *r, uint64_t pfn);
unsigned int frame_type(const struct restore *r, uint64_t pfn);
/* For @pfn below nr_pfns. What frame_set_maps() sets has been made, or has a type with memory. */
int frame_make(struct restore *r, uint64_t pfn);
int frame_set_type(struct restore *r, uint64_t pfn, unsigned int type);
void frame_set_maps(struct restore *r, uint64_t pfn, uint64_t frame);
/* The first frame from @pfn on of which something may be known; at the end nr_pfns or more. */
uint64_t frame_next(const struct restore *r, uint64_t pfn);
/* A PAGE_DATA record. */
int restore_pages(struct restore *r, const struct record *rec);
/*
 * At the end: give back what the guest has given back since it was sent. Not before, as a sender
 * may say of a page that it is not there when it only cannot send it yet.
 */
int restore_drop(struct restore *r);
/* What maps frame @pfn of the guest, of a type without contents refused: or NO_FRAME, reported. */
uint64_t restore_frame(struct restore *r, uint64_t pfn, const char *what);

#endif
