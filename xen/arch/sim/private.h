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

/* guest_copy.c: another way to what dom0's pointers mean, or NULL. Bytes not copied. */
enum copy_way { FROM_GUEST, TO_GUEST, CLEAR };
extern size_t (*sim_dom0_copy)(uint64_t addr, void *ours, size_t len, enum copy_way way);
/* Mark in the log what others than the domain can write at any moment; or NULL. */
extern void (*sim_mark_mapped)(struct domain *d);
s_time_t sim_next_deadline(void); /* STIME_MAX: none */

/* pv_tables.c and pv_control.c */
void pv_calls_register(void); /* mmu_update and mmuext_op exist from now on */
void pv_page_freed(mfn_t mfn);
uint64_t pv_page_frame_info(struct domain *d, uint64_t mfn); /* XEN_DOMCTL_PFINFO_* */
/* The frame behind @va in tables of @d's; false: none. */
bool pv_walk(struct domain *d, uint64_t cr3_mfn, uint64_t va, mfn_t *out);
void pv_domain_destroy(struct domain *d);

/* script.c: let the guest in @v, which is current on its CPU, run until it blocks or ends. */
void script_run(struct vcpu *v);
#define SIM_TSC_KHZ 1000000U

/* p2m.c: machine-to-physical table in the machine's own memory, so that it can be mapped. Between
 * memory_boot() and heap_init(). */
void m2p_boot_in_ram(void);
/* Its size, a multiple of 2 MiB, and its first frame; 0: it is elsewhere. */
uint64_t sim_m2p_frames(uint64_t *first);
void m2p_share(void); /* through dom_xen, read-only */

/* p2m.c. The entry for @addr of @d's pointers, NULL outside; PV memory has none. */
struct sim_p2m_entry *p2m_slot(struct domain *d, uint64_t addr);
int p2m_domain_init(struct domain *d);
void p2m_domain_forget(struct domain *d); /* all entries go */
void p2m_domain_destroy(struct domain *d);

#endif
