/* SPDX-License-Identifier: MIT */
/*
 * The hostile guest: hypercalls, page tables, instructions and frames by a generator. What it does
 * depends on the seed alone, as far as the hypervisor's answers are the same.
 *
 * It spares itself: memory that calls may write is the arena, frames that they may take are those
 * of the sandbox; what would end or stop the domain is left out, or is rare.
 */
#ifndef HOSTILE_H
#define HOSTILE_H

#include <lib/guest.h>

#define ARENA_PAGES   8
#define SANDBOX_PAGES 48

extern struct prng rng;
extern bool verbose;
extern uint8_t *arena;   /* consecutive pages, for arguments; an unmapped one follows */
extern uint8_t *sandbox; /* consecutive pages, to be mapped and forged */
extern unsigned long sandbox_mfn[SANDBOX_PAGES];
extern unsigned long table_mfn[8]; /* live page tables of the kernel's own mapping */
extern unsigned int nr_tables;

static inline uint64_t rnd(uint64_t n)
{
    return prng_below(&rng, n);
}
static inline bool one_in(uint64_t n)
{
    return rnd(n) == 0;
}

/* values.c: numbers of a kind, good or at a boundary or wild */
uint64_t any_value(void);
uint64_t any_address(void);
uint64_t any_mfn(void);
uint64_t any_pte(void);
uint64_t any_pte_address(void); /* machine address of an entry, with a command in bits 1:0 */
uint64_t any_descriptor(void);
uint16_t any_domid(void);
void *arena_place(void); /* somewhere in the arena, seldom near its end */
/*
 * Lay out a structure: one letter per field, each naturally aligned, '|' aligns to 8.
 * b s w i l: any of 8, 16 (small), 16, 32, 64 bits; n N: small of 32, 64; d domid; p port; v vCPU;
 * g grant; h handle; m mfn; a address; x address of a list of frames; M, P, D: PTE address, PTE,
 * descriptor; V: the interface version of domctl and sysctl.
 * Returns the size, aligned to 8.
 */
size_t lay_out(uint8_t *at, const char *fields);
void fill_frames(uint64_t *list, unsigned int n);

/* One hypercall with its arguments; a trap in the guest is no harm. */
struct call {
    unsigned long nr, a[5];
};
/* calls.c: something structured, or something wild */
void make_call(struct call *c);
/* Would the call end, stop or silence this guest? */
bool is_deadly(const struct call *c);
/* Put back what a call may have broken. */
void repair(const struct call *c);
/* main.c: the trap hook: an arena page that is lost is replaced; else false */
bool recover(struct regs *r);
/* paging.c: a step of a forgery; false: the hypervisor let something pass (reported) */
void paging_step(void);
/* insns.c */
void insn_step(void);
/* frames.c: iret frames, user mode without tables, callbacks */
void frame_step(void);

#endif
