/* SPDX-License-Identifier: MIT */
/*
 * The per-domain part of the address space: descriptor tables of its vCPUs, at GDT_VIRT() and
 * LDT_VIRT(). Each vCPU has 16 entries for its GDT and 16 for its LDT, in one L1 table.
 */
#ifndef ASM_PERDOMAIN_H
#define ASM_PERDOMAIN_H

#include <asm/page.h>

struct domain;
struct vcpu;

/* The top table. 0, -ENOMEM. */
int perdomain_init(struct domain *d);
/* The L1 table for @v; it may be there already. 0, -ENOMEM, -EINVAL (vcpu_id too high). */
int perdomain_vcpu_init(struct vcpu *v);
/* Free all tables; entries own nothing. No CPU may be on them. */
void perdomain_destroy(struct domain *d);
/* 16 entries each; after perdomain_vcpu_init(). Entries must not be PTE_GLOBAL. */
pte_t *perdomain_gdt_ptes(const struct vcpu *v);
pte_t *perdomain_ldt_ptes(const struct vcpu *v);

/* Fill the hypervisor's slots of a guest's root table. @l4 is a page in the direct map. */
void init_guest_l4_slots(pte_t *l4, const struct domain *d);

#endif
