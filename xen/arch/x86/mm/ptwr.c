/* SPDX-License-Identifier: MIT */
/*
 * Writable page tables (VMASST_TYPE_writable_pagetables): a kernel's plain write to one of its L1
 * tables faults, is decoded, and made as an update of the entry.
 */
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/decode.h>
#include <asm/pv.h>
#include <asm/pv_mm.h>
#include <asm/pv_mmu.h>

#include "pagetable.h"

/* One write of @bytes at byte @offset of the entry. */
struct store {
    struct cpu_user_regs *regs;
    const struct insn *in;
    unsigned int bytes, offset;
};

/* Outcome of the instruction on the old value: what is written and what else changes. */
struct outcome {
    uint64_t value, rflags;
    unsigned int out_reg; /* gets out_value; NO_REG: none */
    uint64_t out_value;
};
#define NO_REG 16U

static uint64_t mask_of(unsigned int bytes)
{
    return bytes == 8 ? ~UINT64_C(0) : (UINT64_C(1) << (bytes * 8)) - 1;
}

/* Width of the memory operand. */
static unsigned int operand_bytes(const struct insn *in)
{
    bool byte_form;

    if (in->map == 0)
        byte_form = !(in->opcode & 1);
    else
        byte_form = in->opcode == 0xb0 || in->opcode == 0xc0;
    return byte_form ? 1 : in->opbytes;
}

static uint64_t reg_value(const struct store *s)
{
    return insn_read_reg(s->regs, s->in->reg, s->bytes, s->in->rex);
}

static void do_alu(const struct store *s, unsigned int op, uint64_t old, uint64_t operand,
                   struct outcome *o)
{
    uint64_t mask = mask_of(s->bytes);

    o->value = insn_alu(op, old, operand & mask, s->bytes, &o->rflags);
}

/* BTS, BTR, BTC: @op as in the group's reg field, 5 to 7. */
static void do_bit(const struct store *s, unsigned int op, uint64_t old, uint64_t nr,
                   struct outcome *o)
{
    uint64_t bit = UINT64_C(1) << (nr & (s->bytes * 8 - 1));

    o->rflags = (o->rflags & ~EFLAGS_CF) | (old & bit ? EFLAGS_CF : 0);
    o->value = op == 5 ? old | bit : op == 6 ? old & ~bit : old ^ bit;
}

static void do_cmpxchg(const struct store *s, uint64_t old, struct outcome *o)
{
    uint64_t acc = s->regs->rax & mask_of(s->bytes);

    insn_alu(7, acc, old, s->bytes, &o->rflags);
    o->value = old;
    if (acc == old) {
        o->value = reg_value(s);
    } else {
        o->out_reg = 0;
        o->out_value = old;
    }
}

static bool one_byte_map(const struct store *s, uint64_t old, struct outcome *o)
{
    const struct insn *in = s->in;

    switch (in->opcode) {
    case 0x88: /* MOV r/m, r */
    case 0x89:
        o->value = reg_value(s);
        return true;
    case 0xc6: /* MOV r/m, imm */
    case 0xc7:
        o->value = in->imm;
        return (in->reg & 7) == 0;
    case 0x86: /* XCHG */
    case 0x87:
        o->value = reg_value(s);
        o->out_reg = in->reg;
        o->out_value = old;
        return true;
    case 0x80: /* ALU r/m, imm */
    case 0x81:
    case 0x83:
        do_alu(s, in->reg & 7, old, in->imm, o);
        return (in->reg & 7) != 7;
    default: /* ALU r/m, r */
        if (in->opcode >= 0x38 || (in->opcode & 7) > 1)
            return false;
        do_alu(s, in->opcode >> 3, old, reg_value(s), o);
        return true;
    }
}

/* Bit strings by register reach beyond the operand: only bits within it. */
static bool bit_by_reg(const struct store *s, unsigned int op, uint64_t old, struct outcome *o)
{
    uint64_t nr = reg_value(s);

    if (nr >= s->bytes * 8)
        return false;
    do_bit(s, op, old, nr, o);
    return true;
}

static bool two_byte_map(const struct store *s, uint64_t old, struct outcome *o)
{
    const struct insn *in = s->in;

    switch (in->opcode) {
    case 0xb0:
    case 0xb1:
        do_cmpxchg(s, old, o);
        return true;
    case 0xab:
        return bit_by_reg(s, 5, old, o);
    case 0xb3:
        return bit_by_reg(s, 6, old, o);
    case 0xbb:
        return bit_by_reg(s, 7, old, o);
    case 0xba:
        do_bit(s, in->reg & 7, old, in->imm, o);
        return (in->reg & 7) >= 5;
    default:
        return false;
    }
}

static bool execute(const struct store *s, uint64_t old, struct outcome *o)
{
    *o = (struct outcome){.rflags = s->regs->rflags, .out_reg = NO_REG};
    if (s->in->map == 0)
        return one_byte_map(s, old, o);
    return s->in->map == 1 && two_byte_map(s, old, o);
}

static bool decode_store(struct store *s, struct insn *in, unsigned long addr)
{
    unsigned long fault;

    if (insn_decode(in, s->regs, 0, 8, &fault) || !in->has_modrm || in->mod == 3 || in->rep)
        return false;
    /* Segment bases are not looked up: where there is one, the fault tells the address. */
    if (in->seg != SEG_FS && in->seg != SEG_GS && in->ea != addr)
        return false;
    s->in = in;
    s->bytes = operand_bytes(in);
    s->offset = addr & 7;
    return s->offset % s->bytes == 0;
}

/* The entry is written only if it is still what the instruction has read; else it faults again. */
static bool store_entry(const struct store *s, pte_t *slot)
{
    unsigned int shift = s->offset * 8;
    uint64_t mask = mask_of(s->bytes) << shift, old = READ_ONCE(slot->e);
    struct domain *d = current->domain;
    struct outcome o;
    pte_t new;
    int rc;

    if (!execute(s, (old & mask) >> shift, &o))
        return false;
    new.e = (old & ~mask) | ((o.value << shift) & mask);
    rc = new.e != old ? l1_change(slot, new, d, d, WRITE_IF_SAME) : 0;
    if (rc)
        return rc == -EAGAIN;
    s->regs->rflags = o.rflags;
    if (o.out_reg != NO_REG)
        insn_write_reg(s->regs, o.out_reg, s->bytes, s->in->rex, o.out_value);
    s->regs->rip += s->in->len;
    s->regs->rflags &= ~EFLAGS_RF;
    return true;
}

bool pv_pt_write_fault(struct vcpu *v, unsigned long addr, struct cpu_user_regs *regs)
{
    struct store s = {.regs = regs};
    struct page_info *pg;
    struct insn in;
    unsigned int level;
    pte_t *slot;
    bool done;
    pte_t e;

    if (!(v->domain->vm_assist & (1UL << VMASST_TYPE_writable_pagetables)) || !pv_kernel_mode(v) ||
        (regs->rflags & EFLAGS_TF))
        return false;
    e = guest_l1_entry(addr);
    if (!(e.e & PTE_PRESENT) || (e.e & PTE_RW) || !mfn_valid(pte_mfn(e)))
        return false;
    pg = mfn_to_page(pte_mfn(e));
    if (pgt_level(READ_ONCE(pg->type_info)) != 1 || page_owner(pg) != v->domain ||
        !decode_store(&s, &in, addr))
        return false;
    level = pt_lock(pg, v->domain);
    if (level == 0)
        return false;
    slot = &page_table(pg)[(addr & (PAGE_SIZE - 1)) / sizeof(pte_t)];
    done = level == 1 && store_entry(&s, slot);
    pt_unlock(pg);
    return done;
}
