/* SPDX-License-Identifier: MIT */
/* What the files of this port share; sim.h is what its users see. */
#ifndef SIM_PRIVATE_H
#define SIM_PRIVATE_H

#include <xen/domain.h>
#include <asm/host.h>

/* memory.c: RAM of @frames pages, frame table, boot allocator filled. */
void memory_boot(uint64_t frames);

/* cpu.c */
void cpus_boot(unsigned int nr);  /* per-CPU data of all; the caller is CPU 0 */
void cpu_start(unsigned int cpu); /* goes online and idles */
/* Take interrupts and softirqs of @cpu until it is back in its guest or idle. */
void cpu_run(unsigned int cpu);
bool cpu_has_work(unsigned int cpu);
extern s_time_t sim_now;
/* Counts down to the first sign that a spinning CPU will never go on. */
void cpu_spin_reset(void);

extern s_time_t sim_clock_offset; /* of the host's clock, where CPUs are threads */
/* One round of a hypercall on the CPU that @v is current on; v->hcall says whether to go on. */
long sim_call_once(struct vcpu *v, unsigned int nr, const unsigned long *args);

/* guest_memory.c: copies from and to memory that guests write to meanwhile. */
void guest_bytes(void *to, const void *from, size_t len);
void guest_clear(void *to, size_t len);

/* p2m.c. The entry for @addr of @d's pointers, NULL outside; PV memory has none. */
struct sim_p2m_entry *p2m_slot(struct domain *d, uint64_t addr);
int p2m_domain_init(struct domain *d);
void p2m_domain_forget(struct domain *d); /* all entries go */
void p2m_domain_destroy(struct domain *d);

#endif
