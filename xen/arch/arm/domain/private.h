/* SPDX-License-Identifier: MIT */
#ifndef ARM_DOMAIN_PRIVATE_H
#define ARM_DOMAIN_PRIVATE_H

struct vcpu;

/* Registers as after a reset; the vCPU does not run. */
void vcpu_reset_state(struct vcpu *v);

#endif
