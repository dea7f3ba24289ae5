/* SPDX-License-Identifier: MIT */
/* Registers of emulated devices: a guest's stage-2 fault finds its handler here. */
#ifndef ASM_MMIO_H
#define ASM_MMIO_H

#include <xen/types.h>

struct cpu_user_regs;
struct domain;
struct vcpu;

/* Size in bytes: 1, 2, 4 or 8; @offset within the region, aligned to size. False: no such access,
 * the guest gets an external abort. Interrupts on, no lock held. */
struct mmio_ops {
    bool (*read)(struct vcpu *v, void *priv, uint64_t offset, unsigned int size, uint64_t *value);
    bool (*write)(struct vcpu *v, void *priv, uint64_t offset, unsigned int size, uint64_t value);
};

struct mmio_region {
    paddr_t base;
    uint64_t size;
    const struct mmio_ops *ops;
    void *priv;
};

#define MMIO_MAX_REGIONS 24
struct mmio_domain {
    unsigned int nr; /* published last: readers take no lock */
    struct mmio_region region[MMIO_MAX_REGIONS];
};

/* 0, -ENOSPC, -EEXIST (overlap). Before the domain runs. */
int mmio_register(struct domain *d, paddr_t base, uint64_t size, const struct mmio_ops *ops,
                  void *priv);

enum mmio_result {
    MMIO_NONE,  /* no region there: the caller's */
    MMIO_DONE,  /* done, stepped over */
    MMIO_ABORT, /* region refused it, or it cannot be decoded: an abort is to be injected */
};
/* A data abort of current at guest-physical @gpa, lower half of ESR_EL2 as @iss. */
enum mmio_result mmio_fault(struct cpu_user_regs *regs, uint32_t iss, paddr_t gpa);

#endif
