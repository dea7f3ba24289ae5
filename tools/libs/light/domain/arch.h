/* SPDX-License-Identifier: MIT */
/* What a guest's creation does otherwise on each kind of host: arch_x86.c here, ../arm/. */
#ifndef LIBXL_DOMAIN_ARCH_H
#define LIBXL_DOMAIN_ARCH_H

#include "domain/domain.h"

struct xc_dom_image;

/* Before the other defaults: kinds of guest that are others here. */
int arch_defaults(struct scope *sc, libxl_domain_config *config);
/* Virtio disks, which have their other defaults: registers and interrupts. */
int arch_place_disks(struct scope *sc, libxl_domain_config *config);
/* The creation's dc->arch, and flags; what the hypervisor has answered there. */
int arch_to_create(struct scope *sc, const libxl_domain_config *config,
                   struct xen_domctl_createdomain *dc, struct build_result *out);
void arch_created(const struct xen_domctl_createdomain *dc, struct build_result *out);
/* Of the vCPUs, which exist. */
int arch_cpu_policy(struct scope *sc, uint32_t domid, const libxl_domain_build_info *b);
/* Let the guest use an interrupt of the host. -1 with errno: it cannot. */
int arch_give_irq(xc_interface *xch, uint32_t domid, uint32_t irq);
/* What the guest reads about its machine, when it has memory, and again when all is placed. */
int arch_describe(struct scope *sc, const libxl_domain_config *config,
                  const struct build_result *out, struct xc_dom_image *dom);
/* What the hypervisor emulates for the guest, whose shared pages are in place. */
int arch_emulate(struct scope *sc, uint32_t domid, const struct xc_dom_image *dom,
                 struct build_result *out);

#endif
