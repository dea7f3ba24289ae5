/* SPDX-License-Identifier: MIT */
/* What PV guests' traps and domctls need of memory management. Implemented in mm/. */
#ifndef ASM_PV_MM_H
#define ASM_PV_MM_H

#include <asm/domain.h>

struct page_info;
struct vcpu;
struct cpu_user_regs;

/*
 * current wrote to a read-only page at @addr: if that is one of its page tables, emulate. True:
 * dealt with, go on at regs->rip.
 */
bool pv_pt_write_fault(struct vcpu *v, unsigned long addr, struct cpu_user_regs *regs);
/* Drop the references from v's LDT mappings; true if there were any (flush the TLB). */
bool pv_ldt_unmap_all(struct vcpu *v);
/* Take away the guest's root tables of @v: both references. Preemptible: -ERESTART, again. */
int pv_vcpu_drop_page_tables(struct vcpu *v);
/*
 * A page of a dying domain (referenced by the caller): take off its pin, finish what is half done,
 * drop the owner's reference. 0, or -ERESTART, -EINTR: call again.
 */
int pv_page_release(struct page_info *pg);
/* Types of frames for save: array[i] (frame in, type bits XEN_DOMCTL_PFINFO_* out). */
uint64_t pv_page_frame_info(struct domain *d, uint64_t mfn);

#endif
