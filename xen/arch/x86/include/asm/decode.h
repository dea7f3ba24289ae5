/* SPDX-License-Identifier: MIT */
/*
 * Instruction decoder for what the hypervisor emulates on behalf of PV guests: reads the bytes at
 * the guest's RIP and finds prefixes, opcode, ModRM operand and immediate.
 * Source: AMD APM vol 3, 1.2 to 1.4 and appendix A; Intel SDM vol 2, chapter 2.
 */
#ifndef ASM_DECODE_H
#define ASM_DECODE_H

#include <public/xen.h>
#include <xen/types.h>

#define INSN_MAX_LEN 15

enum insn_seg { SEG_DEFAULT, SEG_ES, SEG_CS, SEG_SS, SEG_DS, SEG_FS, SEG_GS };

struct insn {
    uint8_t bytes[INSN_MAX_LEN];
    uint8_t fetched; /* valid bytes[] */
    uint8_t len;     /* of the instruction */
    uint8_t map;     /* 0: one byte, 1: 0f xx, 2: 0f 38 xx, 3: 0f 3a xx */
    uint8_t opcode;
    uint8_t rex; /* 0 or 0x4X */
    uint8_t seg; /* enum insn_seg */
    bool opsize16, lock, rep, repne, addr_short, has_modrm, long_mode;
    uint8_t opbytes;      /* operand size: 2, 4, 8 (1 for byte opcodes is the user's to know) */
    uint8_t addrbytes;    /* 4 or 8; 2 in 16-bit code */
    uint8_t mod, reg, rm; /* with REX applied */
    unsigned long ea;     /* memory operand without segment base; mod != 3 */
    bool ea_stack;        /* the base is rSP or rBP: segment SS by default */
    uint64_t imm;         /* sign-extended */
};

/*
 * Decode the instruction at regs->rip of current.
 * @code_base  base of the code segment (0 for 64-bit code).
 * @mode       8: 64-bit, 4: 32-bit, 2: 16-bit code.
 * Returns: 0; -EFAULT with *@fault the address that could not be read; -EINVAL: too long, or an
 *          opcode with operands the decoder does not know.
 */
int insn_decode(struct insn *in, const struct cpu_user_regs *regs, unsigned long code_base,
                unsigned int mode, unsigned long *fault);
/* Register @n (0 rax ... 15 r15) of the frame. */
uint64_t *insn_reg(struct cpu_user_regs *regs, unsigned int n);
/* Read, and write as an instruction with operand size @bytes does (4 clears the upper half). Byte
 * registers: @rex tells whether 4 to 7 are ah..bh or spl..dil. */
uint64_t insn_read_reg(struct cpu_user_regs *regs, unsigned int n, unsigned int bytes, bool rex);
void insn_write_reg(struct cpu_user_regs *regs, unsigned int n, unsigned int bytes, bool rex,
                    uint64_t value);
/* Arithmetic flags after @op (0 add, 1 or, 2 adc, 3 sbb, 4 and, 5 sub, 6 xor, 7 cmp as in opcodes
 * 00 to 3f) on operands of @bytes; returns the result. */
uint64_t insn_alu(unsigned int op, uint64_t a, uint64_t b, unsigned int bytes, uint64_t *rflags);

#endif
