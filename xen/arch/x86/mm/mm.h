/* SPDX-License-Identifier: MIT */
/* Between the parts of x86 memory management that are not about guests' page tables. */
#ifndef X86_MM_MM_H
#define X86_MM_MM_H

#include <xen/frame.h>

/* First frame of the 2 MiB of M2P that cover GiB @chunk of memory, or INVALID_MFN. */
mfn_t m2p_block_mfn(unsigned int chunk);
static inline unsigned int m2p_nr_blocks(void)
{
    return (unsigned int)((max_page + (1UL << 18) - 1) >> 18);
}
/* Has the M2P an entry for @mfn (RAM or not)? */
bool m2p_covers(mfn_t mfn);

#endif
