/* SPDX-License-Identifier: MIT */
/*
 * Which frame of a PV guest is which frame of the machine: the hypervisor's table from machine to
 * guest, and the guest's own from guest to machine. Either may change at any time, and the guest's
 * may say anything: only where both agree is there a frame.
 */
#ifndef GUEST_MIGRATE_M2P_H
#define GUEST_MIGRATE_M2P_H

#include "stream.h"

#define NO_PFN (~0ull)

struct m2p {
    const uint64_t *map;
    unsigned long max_mfn;
    size_t bytes;
};
int m2p_map(xc_interface *xch, struct m2p *m);
void m2p_unmap(struct m2p *m);

struct guest_p2m {
    uint64_t *frames; /* machine frames of the list's pages */
    uint64_t nr_frames;
    uint64_t nr_pfns;
    const volatile uint64_t *map;
    /* What the guest said of its list when it was looked up. */
    uint64_t cr3, vaddr, list, generation;
};
/*
 * Find and map the list of a 64-bit guest. @info: its shared_info page. Reports errors; EAGAIN: the
 * guest is changing the list just now.
 */
int guest_p2m_map(xc_interface *xch, uint32_t domid, const shared_info_x86_64_t *info,
                  const struct m2p *m, struct guest_p2m *p);
void guest_p2m_unmap(struct guest_p2m *p);
/* Is what the guest says still what it said then? */
bool guest_p2m_same(const struct guest_p2m *p, const shared_info_x86_64_t *info);

/* The guest's frame that is @mfn, or NO_PFN. */
uint64_t guest_pfn(const struct m2p *m, const struct guest_p2m *p, uint64_t mfn);

#define FRAME_TYPES_MAX 1024u
/* Types of @nr <= FRAME_TYPES_MAX frames: FRAME_* per entry. */
int frame_types(xc_interface *xch, uint32_t domid, const xen_pfn_t *frames, unsigned int nr,
                uint8_t *types);

#endif
