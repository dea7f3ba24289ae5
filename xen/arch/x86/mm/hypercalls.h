/* SPDX-License-Identifier: MIT */
/* The hypercalls of PV memory management; arguments as in public/xen.h. */
#ifndef X86_MM_HYPERCALLS_H
#define X86_MM_HYPERCALLS_H

#include <public/xen.h>
#include <xen/types.h>

long do_mmu_update(struct mmu_update *ureqs, unsigned int count, unsigned int *pdone,
                   unsigned int foreigndom);
long do_mmuext_op(struct mmuext_op *uops, unsigned int count, unsigned int *pdone,
                  unsigned int foreigndom);
long do_update_va_mapping(unsigned long va, uint64_t val, unsigned long flags);
long do_update_va_mapping_otherdomain(unsigned long va, uint64_t val, unsigned long flags,
                                      unsigned int domid);

/*
 * Frame of the two calls that work on a list: finish what the last one left over, and find out how
 * far it got. 0, -ERESTART (the same call again), or an error.
 */
int mmu_batch_begin(unsigned int *count, const unsigned int *pdone, unsigned int *done);
/* Tell the guest how far we got; on -ERESTART arrange for the rest. */
long mmu_batch_end(unsigned int op, const void *reqs, size_t req_size, unsigned int count,
                   unsigned int *pdone, unsigned int foreigndom, unsigned int done, int rc);

#endif
