/* SPDX-License-Identifier: MIT */
/*
 * Block devices. The frontend grants pages with the data; requests name them. Sectors are of 512
 * bytes here, whatever the disk's own sector size is.
 *
 * In xenstore, the frontend writes ring-ref (or ring-page-order and ring-ref0...), event-channel
 * and protocol; the backend writes sectors, sector-size, physical-sector-size, info (VDISK_*), and
 * what it can: feature-barrier, feature-flush-cache, feature-discard (discard-granularity,
 * discard-alignment, discard-secure), feature-persistent, feature-max-indirect-segments,
 * multi-queue-max-queues.
 */
#ifndef __XEN_PUBLIC_IO_BLKIF_H__
#define __XEN_PUBLIC_IO_BLKIF_H__

#include "ring.h"
#include "../grant_table.h"

/* Types a user of this header may choose otherwise. */
#ifndef blkif_vdev_t
#define blkif_vdev_t uint16_t
#endif
#define blkif_sector_t uint64_t

/* operation */
#define BLKIF_OP_READ            0
#define BLKIF_OP_WRITE           1
#define BLKIF_OP_WRITE_BARRIER   2 /* not reordered with any other */
#define BLKIF_OP_FLUSH_DISKCACHE 3 /* what is complete reaches the medium */
#define BLKIF_OP_RESERVED_1      4
#define BLKIF_OP_DISCARD         5 /* blkif_request_discard */
#define BLKIF_OP_INDIRECT        6 /* blkif_request_indirect */

#define BLKIF_MAX_SEGMENTS_PER_REQUEST       11
#define BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST 8

/* Part of a page: sectors first_sect to last_sect, inclusive. */
struct blkif_request_segment {
    grant_ref_t gref;
    uint8_t first_sect, last_sect;
};

typedef struct blkif_request {
    uint8_t operation, nr_segments;
    blkif_vdev_t handle;
    uint64_t id; /* returned in the response */
    blkif_sector_t sector_number;
    struct blkif_request_segment seg[BLKIF_MAX_SEGMENTS_PER_REQUEST];
} blkif_request_t;

#define BLKIF_DISCARD_SECURE (1 << 0) /* blkif_request_discard.flag: erase */

typedef struct blkif_request_discard {
    uint8_t operation, flag;
    blkif_vdev_t handle;
    uint64_t id;
    blkif_sector_t sector_number;
    uint64_t nr_sectors;
} blkif_request_discard_t;

/* The segments are in pages of their own. */
typedef struct blkif_request_indirect {
    uint8_t operation;
    uint8_t indirect_op; /* BLKIF_OP_READ or BLKIF_OP_WRITE */
    uint16_t nr_segments;
    uint64_t id;
    blkif_sector_t sector_number;
    blkif_vdev_t handle;
    grant_ref_t indirect_grefs[BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST];
#ifdef __i386__
    uint64_t pad; /* as long as on x86-64 */
#endif
} blkif_request_indirect_t;

/* status */
#define BLKIF_RSP_OKAY       0
#define BLKIF_RSP_ERROR      (-1)
#define BLKIF_RSP_EOPNOTSUPP (-2)

typedef struct blkif_response {
    uint64_t id;
    uint8_t operation; /* of the request */
    int16_t status;    /* BLKIF_RSP_* */
} blkif_response_t;

DEFINE_RING_TYPES(blkif, struct blkif_request, struct blkif_response);

/* The backend's "info" node */
#define VDISK_CDROM     0x1
#define VDISK_REMOVABLE 0x2
#define VDISK_READONLY  0x4

#endif /* __XEN_PUBLIC_IO_BLKIF_H__ */
