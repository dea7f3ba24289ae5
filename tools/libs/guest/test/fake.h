/* SPDX-License-Identifier: MIT */
/*
 * A machine of a few frames under the functions of libxenctrl that saving and restoring need: its
 * frames are pages of a file, so that mapping and unmapping are the real calls. Domains are 64-bit
 * PV guests with one vCPU, or HVM guests, of which frame numbers are the guest's own.
 */
#ifndef GUEST_TEST_FAKE_H
#define GUEST_TEST_FAKE_H

#include "migrate/stream.h"

#include <xen/hvm/params.h>

#define MACHINE_FRAMES 256u
#define MAX_PINS       16u
#define CONTEXT_BYTES  64u

struct fake_domain {
    uint32_t id;
    bool suspended;
    bool hvm;
    uint64_t owned[MACHINE_FRAMES / 64]; /* bits */
    uint64_t shared_mfn;
    uint8_t type[MACHINE_FRAMES]; /* FRAME_*, by mfn */
    vcpu_guest_context_x86_64_t vcpu;
    bool vcpu_set;
    struct xen_domctl_ext_vcpucontext ext;
    unsigned int nr_pins;
    uint64_t pin[MAX_PINS];
    uint64_t seeded_console, seeded_store;
    uint64_t tsc_ns;
    uint32_t cpuid_leaves;
    uint64_t param[HVM_NR_PARAMS];
    uint8_t context[CONTEXT_BYTES];
    bool context_set;
    /* The log of dirty pages. */
    bool logging;
    uint64_t dirty; /* bits of the first 64 frames of the guest */
};

struct fake {
    int fd;
    char *base; /* all frames, mapped */
    uint64_t used[MACHINE_FRAMES / 64];
    struct fake_domain *dom[2];
    bool no_log; /* the hypervisor does not log dirty pages */
    unsigned int messages;
};
extern struct fake fake;

void fake_open(void);
void fake_close(void);
/* Forget all domains. */
void fake_reset(void);
/* A new domain without memory but its shared page, which the caller frees. */
struct fake_domain *fake_domain_new(unsigned int slot, uint32_t id);
uint64_t fake_alloc(struct fake_domain *d);
void *fake_frame(uint64_t mfn);
/* The machine-to-guest table. */
uint64_t *fake_m2p(void);

/*
 * A guest that knows where its memory is. Frames of it: start_info, the rings, the page of its
 * list, root to leaf page table, a descriptor table, then data. 64 frames, of which some are not
 * there.
 */
enum {
    PFN_START_INFO,
    PFN_STORE,
    PFN_CONSOLE,
    PFN_LIST,
    PFN_L4,
    PFN_L3,
    PFN_L2,
    PFN_L1,
    PFN_GDT,
    PFN_LISTS,     /* the list of lists, for guests that have one */
    PFN_LIST_LIST, /* a page of that */
    PFN_DATA,
    NR_PFNS = 64,
    NR_DATA = 6,
};
#define PFN_HOLE   (NR_PFNS - 1)
#define LIST_VADDR 0xffffc90000000000ull
struct fake_domain *fake_guest_new(unsigned int slot, uint32_t id, bool linear_list);
/* The same data, without what PV guests have. */
struct fake_domain *fake_hvm_new(unsigned int slot, uint32_t id);
uint64_t fake_mfn_of(const struct fake_domain *d, uint64_t pfn);
void *fake_guest_frame(const struct fake_domain *d, uint64_t pfn);

/* The stream of a guest, as saved here: malloc()ed; NULL if it failed. */
struct stream_bytes {
    char *data;
    size_t len;
};
int fake_restore(uint32_t id, const void *data, size_t len, xc_stream_type_t type,
                 unsigned long *store, unsigned long *console);

#endif
