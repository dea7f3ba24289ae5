/* SPDX-License-Identifier: MIT */
/*
 * FPU, SSE, AVX state. A vCPU's registers are loaded when it first uses them after a switch
 * (CR0.TS raises #NM) and saved when it leaves the CPU, if it used them.
 */
#ifndef ASM_FPU_H
#define ASM_FPU_H

#include <xen/domain.h>

#define XSTATE_FP        (1UL << 0)
#define XSTATE_SSE       (1UL << 1)
#define XSTATE_YMM       (1UL << 2)
#define XSTATE_BNDREGS   (1UL << 3)
#define XSTATE_BNDCSR    (1UL << 4)
#define XSTATE_OPMASK    (1UL << 5)
#define XSTATE_ZMM       (1UL << 6)
#define XSTATE_HI_ZMM    (1UL << 7)
#define XSTATE_PKRU      (1UL << 9)
#define XSTATE_FP_SSE    (XSTATE_FP | XSTATE_SSE)
#define XSAVE_HDR_OFFSET 512
#define XSAVE_MIN_SIZE   576

extern uint64_t xfeature_mask;  /* XCR0 bits the hypervisor lets guests have; 0: no XSAVE */
extern unsigned int xsave_size; /* bytes of an area with all of them, standard format */

/* Set up CR0, CR4 and XCR0 of this CPU. On each CPU; the first also sets the globals. */
void fpu_cpu_init(void);
/* 0, -ENOMEM. The area is in the state after FNINIT. */
int fpu_vcpu_init(struct vcpu *v);
void fpu_vcpu_destroy(struct vcpu *v);
/* @v leaves this CPU: save what it used, so that CR0.TS is set. */
void fpu_save(struct vcpu *v);
/* @v comes to this CPU: its XCR0, which it can read, but not yet its state. */
void fpu_enter(const struct vcpu *v);
/* current used the FPU with CR0.TS set by us: load its state. */
void fpu_load(struct vcpu *v);
/* Back to the state after FNINIT, for a vCPU that does not run. */
void fpu_reset(struct vcpu *v);
/* FXSAVE image of @v, which does not run (get and set context). */
void fpu_get_fxsave(const struct vcpu *v, void *image512);
void fpu_set_fxsave(struct vcpu *v, const void *image512);
/* Is @xcr0 a valid value, and within xfeature_mask? */
bool xcr0_valid(uint64_t xcr0);
/* XSETBV of current. 0 or -EINVAL. */
int fpu_set_xcr0(struct vcpu *v, uint64_t xcr0);
/* Size of a standard-format area with the components @mask. */
unsigned int xstate_size(uint64_t mask);

#endif
