/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_PRIVATE_H
#define DOMAIN_PRIVATE_H

#include <xen/domain.h>

extern struct domain *idle_domain;
extern spinlock_t domain_list_lock;

/* The last use of a vCPU is over. */
void vcpu_free(struct vcpu *v);

#endif
