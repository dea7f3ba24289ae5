/* SPDX-License-Identifier: MIT */
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <asm/cpu.h>
#include <asm/decode.h>
#include <asm/page.h>

/* What follows an opcode. */
#define MODRM 1U
#define IMM8  2U /* sign-extended byte */
#define IMMZ  4U /* 2 or 4 bytes, by operand size */
#define IMM16 8U
#define MOFFS 16U /* an address */
#define IMMV  32U /* 2, 4 or 8 bytes */
#define GRP3  64U /* f6, f7: an immediate only with /0 and /1 */
#define NONE  128U
#define REL   256U

uint64_t *insn_reg(struct cpu_user_regs *regs, unsigned int n)
{
    uint64_t *const reg[16] = {&regs->rax, &regs->rcx, &regs->rdx, &regs->rbx,
                               &regs->rsp, &regs->rbp, &regs->rsi, &regs->rdi,
                               &regs->r8,  &regs->r9,  &regs->r10, &regs->r11,
                               &regs->r12, &regs->r13, &regs->r14, &regs->r15};

    return reg[n & 15];
}

static uint64_t size_mask(unsigned int bytes)
{
    return bytes >= 8 ? ~UINT64_C(0) : (UINT64_C(1) << (8 * bytes)) - 1;
}

uint64_t insn_read_reg(struct cpu_user_regs *regs, unsigned int n, unsigned int bytes, bool rex)
{
    if (bytes == 1 && !rex && n >= 4 && n < 8)
        return (*insn_reg(regs, n - 4) >> 8) & 0xff;
    return *insn_reg(regs, n) & size_mask(bytes);
}

void insn_write_reg(struct cpu_user_regs *regs, unsigned int n, unsigned int bytes, bool rex,
                    uint64_t value)
{
    uint64_t *r;

    if (bytes == 1 && !rex && n >= 4 && n < 8) {
        r = insn_reg(regs, n - 4);
        *r = (*r & ~0xff00UL) | (value & 0xff) << 8;
        return;
    }
    r = insn_reg(regs, n);
    if (bytes >= 4)
        *r = value & size_mask(bytes);
    else
        *r = (*r & ~size_mask(bytes)) | (value & size_mask(bytes));
}

uint64_t insn_alu(unsigned int op, uint64_t a, uint64_t b, unsigned int bytes, uint64_t *rflags)
{
    uint64_t mask = size_mask(bytes), sign = (mask >> 1) + 1, carry = 0, r, f = 0;

    a &= mask;
    b &= mask;
    if (op == 2 || op == 3)
        carry = *rflags & EFLAGS_CF;
    switch (op) {
    case 0:
    case 2:
        r = (a + b + carry) & mask;
        f = (((a & b) | ((a | b) & ~r)) & sign) ? EFLAGS_CF : 0;
        f |= ((a ^ r) & (b ^ r) & sign) ? 0x800 : 0;
        f |= (a ^ b ^ r) & 0x10;
        break;
    case 3:
    case 5:
    case 7:
        r = (a - b - carry) & mask;
        f = (((~a & b) | ((~a | b) & r)) & sign) ? EFLAGS_CF : 0;
        f |= ((a ^ b) & (a ^ r) & sign) ? 0x800 : 0;
        f |= (a ^ b ^ r) & 0x10;
        break;
    case 1:
        r = a | b;
        break;
    case 4:
        r = a & b;
        break;
    default:
        r = a ^ b;
        break;
    }
    f |= r ? 0 : 0x40;
    f |= (r & sign) ? 0x80 : 0;
    f |= __builtin_parity((unsigned int)(r & 0xff)) ? 0 : 0x04;
    *rflags = (*rflags & ~0x8d5UL) | f;
    return r;
}

struct fetch {
    struct insn *in;
    unsigned long address; /* linear, of bytes[0] */
    unsigned long *fault;
    int error;
};

/* In one piece where that works; else byte by byte up to where it does not. */
static void fetch_all(struct fetch *f)
{
    struct insn *in = f->in;

    in->fetched = INSN_MAX_LEN;
    if (port_copy_from_guest(in->bytes, (const void *)f->address, INSN_MAX_LEN) == 0)
        return;
    for (in->fetched = 0; in->fetched < INSN_MAX_LEN; in->fetched++) {
        if (port_copy_from_guest(&in->bytes[in->fetched], (const void *)(f->address + in->fetched),
                                 1))
            return;
    }
}

static uint64_t take(struct fetch *f, unsigned int nr)
{
    struct insn *in = f->in;
    uint64_t v = 0;

    if (in->len + nr > INSN_MAX_LEN) {
        f->error = f->error ? f->error : -EINVAL;
        return 0;
    }
    if (in->len + nr > in->fetched) {
        *f->fault = f->address + in->fetched;
        f->error = f->error ? f->error : -EFAULT;
        return 0;
    }
    for (unsigned int i = 0; i < nr; i++)
        v |= (uint64_t)in->bytes[in->len + i] << (8 * i);
    in->len += nr;
    return v;
}

static uint64_t take_signed(struct fetch *f, unsigned int nr)
{
    unsigned int shift = 64 - 8 * nr;

    return (uint64_t)((int64_t)(take(f, nr) << shift) >> shift);
}

/* clang-format off */
static bool legacy_prefix(struct insn *in, uint8_t b, unsigned int mode)
{
    switch (b) {
    case 0x26: in->seg = SEG_ES; return true;
    case 0x2e: in->seg = SEG_CS; return true;
    case 0x36: in->seg = SEG_SS; return true;
    case 0x3e: in->seg = SEG_DS; return true;
    case 0x64: in->seg = SEG_FS; return true;
    case 0x65: in->seg = SEG_GS; return true;
    case 0x66: in->opsize16 = true; return true;
    case 0x67: in->addr_short = true; return true;
    case 0xf0: in->lock = true; return true;
    case 0xf2: in->repne = true; in->rep = false; return true;
    case 0xf3: in->rep = true; in->repne = false; return true;
    default: return false;
    }
}
/* clang-format on */

static void read_prefixes(struct fetch *f, unsigned int mode)
{
    struct insn *in = f->in;
    uint8_t b = (uint8_t)take(f, 1);

    while (!f->error) {
        if (legacy_prefix(in, b, mode))
            in->rex = 0;
        else if (mode == 8 && (b & 0xf0) == 0x40)
            in->rex = b;
        else
            break;
        b = (uint8_t)take(f, 1);
    }
    in->opcode = b;
    if (b != 0x0f)
        return;
    in->opcode = (uint8_t)take(f, 1);
    in->map = 1;
    if (in->opcode == 0x38 || in->opcode == 0x3a) {
        in->map = in->opcode == 0x38 ? 2 : 3;
        in->opcode = (uint8_t)take(f, 1);
    }
}

static void set_sizes(struct insn *in, unsigned int mode)
{
    in->long_mode = mode == 8;
    if (in->rex & 8)
        in->opbytes = 8;
    else
        in->opbytes = (mode == 2) != in->opsize16 ? 2 : 4;
    if (mode == 8)
        in->addrbytes = in->addr_short ? 4 : 8;
    else
        in->addrbytes = (mode == 2) != in->addr_short ? 2 : 4;
}

/* clang-format off */
/* Form of one-byte opcodes, by row of 16 where a whole row is alike. */
static unsigned int form_one_byte(uint8_t op)
{
    if (op < 0x40) {
        switch (op & 7) {
        case 0 ... 3: return MODRM;
        case 4: return IMM8;
        case 5: return IMMZ;
        default: return NONE;
        }
    }
    switch (op) {
    case 0x63: case 0x84 ... 0x8f: case 0xd0 ... 0xd3: case 0xd8 ... 0xdf: case 0xfe: case 0xff:
        return MODRM;
    case 0x68: return IMMZ;
    case 0x69: return MODRM | IMMZ;
    case 0x6a: return IMM8;
    case 0x6b: return MODRM | IMM8;
    case 0x70 ... 0x7f: case 0xe0 ... 0xe3: case 0xeb: return IMM8;
    case 0x80: case 0x82: case 0x83: case 0xc0: case 0xc1: case 0xc6: return MODRM | IMM8;
    case 0x81: case 0xc7: return MODRM | IMMZ;
    case 0xa0 ... 0xa3: return MOFFS;
    case 0xa8: case 0xb0 ... 0xb7: case 0xcd: case 0xd4: case 0xd5: case 0xe4 ... 0xe7:
        return IMM8;
    case 0xa9: return IMMZ;
    case 0xb8 ... 0xbf: return IMMV;
    case 0xc2: case 0xca: return IMM16;
    case 0xe8: case 0xe9: return IMMZ;
    case 0xf6: return MODRM | GRP3 | IMM8;
    case 0xf7: return MODRM | GRP3 | IMMZ;
    case 0x62: case 0x9a: case 0xc4: case 0xc5: case 0xc8: case 0xea: return 0;
    default: return NONE;
    }
}

static unsigned int form_two_byte(uint8_t op)
{
    switch (op) {
    case 0x04 ... 0x0c: case 0x0e: case 0x30 ... 0x37: case 0x77: case 0xa0 ... 0xa2:
    case 0xa8 ... 0xaa: case 0xc8 ... 0xcf:
        return NONE;
    case 0x70 ... 0x73: case 0xa4: case 0xac: case 0xba: case 0xc2: case 0xc4 ... 0xc6:
        return MODRM | IMM8;
    case 0x80 ... 0x8f:
        return IMMZ;
    default:
        return MODRM;
    }
}
/* clang-format on */

static unsigned long ea_16bit(struct fetch *f, struct cpu_user_regs *r)
{
    struct insn *in = f->in;
    const uint64_t base[8] = {r->rbx + r->rsi, r->rbx + r->rdi, r->rbp + r->rsi, r->rbp + r->rdi,
                              r->rsi,          r->rdi,          r->rbp,          r->rbx};
    uint64_t ea = base[in->rm & 7];

    in->ea_stack = in->rm == 2 || in->rm == 3 || in->rm == 6;
    if (in->mod == 0 && in->rm == 6) {
        in->ea_stack = false;
        ea = take(f, 2);
    } else if (in->mod) {
        ea += take_signed(f, in->mod == 1 ? 1 : 2);
    }
    return ea & 0xffff;
}

static unsigned long ea_sib(struct fetch *f, struct cpu_user_regs *r)
{
    struct insn *in = f->in;
    uint8_t sib = (uint8_t)take(f, 1);
    unsigned int base = (sib & 7) | (in->rex & 1) << 3;
    unsigned int index = ((sib >> 3) & 7) | (in->rex & 2) << 2;
    unsigned long ea = index == 4 ? 0 : *insn_reg(r, index) << (sib >> 6);

    if ((base & 7) == 5 && in->mod == 0)
        return ea + take_signed(f, 4);
    in->ea_stack = base == 4 || base == 5;
    return ea + *insn_reg(r, base);
}

/* RIP-relative operands are relative to the end of the instruction: added later. */
static void read_modrm(struct fetch *f, struct cpu_user_regs *r, bool *rip_relative)
{
    struct insn *in = f->in;
    uint8_t m = (uint8_t)take(f, 1);
    unsigned int rm = m & 7;

    in->has_modrm = true;
    in->mod = m >> 6;
    in->reg = ((m >> 3) & 7) | (in->rex & 4) << 1;
    in->rm = rm | (in->rex & 1) << 3;
    if (in->mod == 3)
        return;
    if (in->addrbytes == 2) {
        in->ea = ea_16bit(f, r);
        return;
    }
    if (rm == 4) {
        in->ea = ea_sib(f, r);
    } else if (rm == 5 && in->mod == 0) {
        in->ea = take_signed(f, 4);
        *rip_relative = in->long_mode;
        return;
    } else {
        in->ea = *insn_reg(r, in->rm);
        in->ea_stack = in->rm == 5;
    }
    if (in->mod)
        in->ea += take_signed(f, in->mod == 1 ? 1 : 4);
}

static void read_immediate(struct fetch *f, unsigned int form)
{
    struct insn *in = f->in;

    if ((form & GRP3) && (in->reg & 7) > 1)
        return;
    if (form & IMM8)
        in->imm = take_signed(f, 1);
    else if (form & IMM16)
        in->imm = take(f, 2);
    else if (form & IMMZ)
        in->imm = take_signed(f, in->opbytes == 2 ? 2 : 4);
    else if (form & IMMV)
        in->imm = take(f, in->opbytes);
    else if (form & MOFFS)
        in->ea = take(f, in->addrbytes);
}

int insn_decode(struct insn *in, const struct cpu_user_regs *regs, unsigned long code_base,
                unsigned int mode, unsigned long *fault)
{
    struct cpu_user_regs *r = (struct cpu_user_regs *)regs; /* read only, below */
    struct fetch f = {.in = in, .address = code_base + regs->rip, .fault = fault};
    bool rip_relative = false;
    unsigned int form;

    *in = (struct insn){.mod = 3};
    fetch_all(&f);
    read_prefixes(&f, mode);
    if (f.error)
        return f.error;
    set_sizes(in, mode);
    form = in->map == 0   ? form_one_byte(in->opcode)
           : in->map == 1 ? form_two_byte(in->opcode)
           : in->map == 2 ? MODRM
                          : MODRM | IMM8;
    if (!form)
        return -EINVAL;
    if (form & MODRM)
        read_modrm(&f, r, &rip_relative);
    read_immediate(&f, form);
    if (f.error)
        return f.error;
    if (rip_relative)
        in->ea += regs->rip + in->len;
    in->ea &= size_mask(in->addrbytes);
    return 0;
}
