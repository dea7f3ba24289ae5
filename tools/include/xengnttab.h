/* SPDX-License-Identifier: MIT */
/*
 * libxengnttab: both sides of granting memory. xengnttab_* maps or copies what other domains have
 * granted to this one; xengntshr_* makes memory here that another domain may map.
 *
 * A child after fork() may only close an inherited handle. Functions return -1 (pointers: NULL)
 * with errno on failure.
 *
 * Notification: a mapping or share of one page can name a byte in it, an event channel, or both.
 * When the mapping goes away, even by the death of the process, the byte is cleared and the event
 * sent, so that the peer can tell. Zero must therefore mean "gone" in the ring's protocol.
 */
#ifndef XENGNTTAB_H
#define XENGNTTAB_H

#include <stdint.h>

#include <xen/event_channel.h>
#include <xen/grant_table.h>

struct xentoollog_logger;

/* The user's side */
typedef struct xengntdev_handle xengnttab_handle;

xengnttab_handle *xengnttab_open(struct xentoollog_logger *logger, unsigned open_flags);
int xengnttab_close(xengnttab_handle *xgt);
/* For poll(); it must not be read from or closed. */
int xengnttab_fd(xengnttab_handle *xgt);

/* Map pages at an address of the kernel's choice. @prot: PROT_READ, also with PROT_WRITE. */
void *xengnttab_map_grant_ref(xengnttab_handle *xgt, uint32_t domid, uint32_t ref, int prot);
void *xengnttab_map_grant_refs(xengnttab_handle *xgt, uint32_t count, uint32_t *domids,
                               uint32_t *refs, int prot);
void *xengnttab_map_domain_grant_refs(xengnttab_handle *xgt, uint32_t count, uint32_t domid,
                                      uint32_t *refs, int prot);
/* @notify_offset ~0: no byte. @notify_port ~0: no event. */
void *xengnttab_map_grant_ref_notify(xengnttab_handle *xgt, uint32_t domid, uint32_t ref, int prot,
                                     uint32_t notify_offset, evtchn_port_t notify_port);
/* @start_address and @count as they were mapped. */
int xengnttab_unmap(xengnttab_handle *xgt, void *start_address, uint32_t count);
/* At most so many pages mapped at once. Kernels without a limit accept anything. */
int xengnttab_set_max_grants(xengnttab_handle *xgt, uint32_t nr_grants);

/* Copies, each within one page on both sides. */
struct xengnttab_grant_copy_segment {
    union xengnttab_copy_ptr {
        void *virt;
        struct {
            uint32_t ref;
            uint16_t offset;
            uint16_t domid;
        } foreign;
    } source, dest;
    uint16_t len;
    uint16_t flags; /* GNTCOPY_source_gref or GNTCOPY_dest_gref: which side is foreign */
    int16_t status; /* out: GNTST_* */
};
typedef struct xengnttab_grant_copy_segment xengnttab_grant_copy_segment_t;
/* 0 says only that all segments were tried; each has its own status. */
int xengnttab_grant_copy(xengnttab_handle *xgt, uint32_t count,
                         xengnttab_grant_copy_segment_t *segs);

/* Granted pages as a dma-buf, or a dma-buf as grants. ENOTTY or EINVAL if the kernel cannot. */
#define GNTDEV_DMA_FLAG_WC       (1 << 0)
#define GNTDEV_DMA_FLAG_COHERENT (1 << 1)
int xengnttab_dmabuf_exp_from_refs(xengnttab_handle *xgt, uint32_t domid, uint32_t flags,
                                   uint32_t count, const uint32_t *refs, uint32_t *fd);
/* Waits until all users of the exported buffer are gone; ETIMEDOUT. */
int xengnttab_dmabuf_exp_wait_released(xengnttab_handle *xgt, uint32_t fd, uint32_t wait_to_ms);
int xengnttab_dmabuf_imp_to_refs(xengnttab_handle *xgt, uint32_t domid, uint32_t fd, uint32_t count,
                                 uint32_t *refs);
int xengnttab_dmabuf_imp_release(xengnttab_handle *xgt, uint32_t fd);

/* The owner's side */
typedef struct xengntdev_handle xengntshr_handle;

xengntshr_handle *xengntshr_open(struct xentoollog_logger *logger, unsigned open_flags);
/* Pages that the peer still maps live on in the kernel until it lets go. */
int xengntshr_close(xengntshr_handle *xgs);
int xengntshr_fd(xengntshr_handle *xgs);
/* @count zeroed pages, mapped here; their grants for @domid go to @refs. */
void *xengntshr_share_pages(xengntshr_handle *xgs, uint32_t domid, int count, uint32_t *refs,
                            int writable);
void *xengntshr_share_page_notify(xengntshr_handle *xgs, uint32_t domid, uint32_t *ref,
                                  int writable, uint32_t notify_offset, evtchn_port_t notify_port);
int xengntshr_unshare(xengntshr_handle *xgs, void *start_address, uint32_t count);

#endif
