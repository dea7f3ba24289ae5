/* SPDX-License-Identifier: MIT */
/* Registers as a trap saves them. */
#ifndef ASM_REGS_H
#define ASM_REGS_H

#include <public/xen.h>
#include <xen/types.h>

struct cpu_user_regs {
    uint64_t x[31];
    uint64_t sp; /* of the hypervisor, where it was interrupted; unused for a guest */
    uint64_t pc;
    uint64_t cpsr;
    uint64_t esr; /* of the trap */
    uint64_t far; /* only of traps from the hypervisor */
};
_Static_assert(sizeof(struct cpu_user_regs) == 288, "a frame of entry.S, a multiple of 16");

/* Was the guest in AArch32 state? Then it was at EL0: EL1 is always 64 bits wide. */
static inline bool regs_aarch32(const struct cpu_user_regs *r)
{
    return r->cpsr & PSR_MODE_BIT;
}
static inline bool regs_kernel_mode(const struct cpu_user_regs *r)
{
    return !regs_aarch32(r) && (r->cpsr & 0xf) != PSR_MODE_EL0t;
}

/* Register @n as an instruction names it: 31 is the zero register. */
static inline uint64_t get_user_reg(const struct cpu_user_regs *r, unsigned int n)
{
    if (n >= 31)
        return 0;
    return regs_aarch32(r) ? (uint32_t)r->x[n] : r->x[n];
}
static inline void set_user_reg(struct cpu_user_regs *r, unsigned int n, uint64_t v)
{
    if (n < 31)
        r->x[n] = v;
}

/* Trapped instruction is done: go on behind it (T32's IT state included). */
void regs_advance(struct cpu_user_regs *r);

#endif
