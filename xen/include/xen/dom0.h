/* SPDX-License-Identifier: MIT */
/* How much of the machine dom0 gets: dom0_mem= and dom0_max_vcpus=. Boot only. */
#ifndef XEN_DOM0_H
#define XEN_DOM0_H

/* Pages to have, and in *@max_pages the most it may have.
 * @missing  where dom0_mem= says nothing; 0: all but a reserve. */
unsigned long dom0_memory_pages(unsigned long missing, unsigned long *max_pages);
/* vCPUs: as many as there are CPUs, unless the option says otherwise; 1 .. @limit. */
unsigned int dom0_vcpu_count(unsigned int limit);

#endif
