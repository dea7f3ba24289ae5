/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_PRIVATE_H
#define DOMAIN_PRIVATE_H

#include <xen/domain.h>

extern struct domain *idle_domain;
extern spinlock_t domain_list_lock;

/* runstate.c: the area of @v, by the guest's request or no more. */
long vcpu_register_runstate(struct vcpu *v, void *arg);
void vcpu_drop_runstate_area(struct vcpu *v);

/* The last use of a vCPU is over. */
void vcpu_free(struct vcpu *v);

#endif
