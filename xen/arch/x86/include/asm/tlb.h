/* SPDX-License-Identifier: MIT */
/* The TLB clock, for those who load CR3 (see mm/tlb.c; flushes: asm/page.h). */
#ifndef ASM_TLB_H
#define ASM_TLB_H

#include <xen/types.h>

struct cpumask;

/* This CPU is about to drop all its guest translations (a load of CR3). Interrupts off. */
void tlb_note_flush(void);
/* Take out of @mask the CPUs that have flushed since a page was stamped. */
void tlb_filter_mask(struct cpumask *mask, uint32_t stamp);
/* PV context switch: write back the lazily kept state of a vCPU that this CPU holds. Interrupts
 * off or in the flush IPI. */
void sync_lazy_state_here(void);

#endif
