/* SPDX-License-Identifier: MIT */
/* Machines that want something of their own; most need no entry. */
#ifndef ASM_PLATFORM_H
#define ASM_PLATFORM_H

#include <xen/types.h>

struct cpu_user_regs;
struct domain;

struct platform {
    const char *name;
    const char *const *compatible; /* of the root node; NULL ends it */
    uint32_t quirks;
    /* Devices that dom0 must not see, by their compatible strings. NULL: none. */
    const char *const *hidden;
    int (*init)(void);   /* once, DT relocated, heap up; may be NULL */
    void (*reset)(void); /* before PSCI's; may be NULL, may return */
    void (*poweroff)(void);
    /* A guest's SMC of the SiP or OEM range. False: not ours, answer "unknown function". */
    bool (*smc)(struct cpu_user_regs *regs);
};
#define PLATFORM_QUIRK_GICV2_64K_STRIDE (1U << 0) /* GICC registers 64K apart */
#define PLATFORM_QUIRK_CAVIUM_23154     (1U << 1) /* ICC_IAR1_EL1 wants nops and a barrier */

/* Set by platform_init(): the first that matches the root's compatible, or a generic one. */
extern const struct platform *platform;
void platform_init(void);
bool platform_quirk(uint32_t quirk);
bool platform_hides(const void *fdt, int node);
/* Both return where the platform has none, or where it did not help. */
void platform_reset(void);
void platform_poweroff(void);
/* A guest's SMC or HVC that is none of PSCI's or of the architecture's. */
bool platform_smc(struct cpu_user_regs *regs);
/* Choice of a descriptor by the root node of @fdt; never NULL. For tests. */
const struct platform *platform_match(const void *fdt);

#endif
