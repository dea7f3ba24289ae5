/* SPDX-License-Identifier: MIT */
#ifndef X86_DOMAIN_PRIVATE_H
#define X86_DOMAIN_PRIVATE_H

#include <xen/domain.h>

#define VM_ASSIST_VALID                                                                            \
    (1UL << VMASST_TYPE_4gb_segments | 1UL << VMASST_TYPE_4gb_segments_notify |                    \
     1UL << VMASST_TYPE_writable_pagetables | 1UL << VMASST_TYPE_pae_extended_cr3 |                \
     1UL << VMASST_TYPE_architectural_iopl | 1UL << VMASST_TYPE_runstate_update_flag |             \
     1UL << VMASST_TYPE_m2p_strict)

/* Release what a vCPU that does not run holds of its guest: page tables, GDT, LDT. -ERESTART. */
int vcpu_drop_guest_state(struct vcpu *v);
/* TSC mode of a domain (XEN_DOMCTL_settscinfo). 0 or -EINVAL. */
struct xen_domctl_tsc_info;
int domain_set_tsc_info(struct domain *d, const struct xen_domctl_tsc_info *info);
void domain_get_tsc_info(struct domain *d, struct xen_domctl_tsc_info *info);

/* Register files beyond vcpu_guest_context: XEN_DOMCTL_{get,set}{vcpuextstate,_vcpu_msrs,...}. */
struct xen_domctl;
long domctl_vcpu_state(struct xen_domctl *op, struct domain *d, bool *copyback);

#endif
