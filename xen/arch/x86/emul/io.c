/* SPDX-License-Identifier: MIT */
/* IN, OUT, INS and OUTS of PV guests. */
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <asm/cpu.h>
#include <asm/current.h>
#include "private.h"

#define MAX_REPEATS 256 /* then interrupts have a turn */

bool pv_port_allowed(const struct vcpu *v, unsigned int port, unsigned int bytes)
{
    uint8_t map[2];
    unsigned int bits, mask = (1U << bytes) - 1;

    unsigned int ring = 3;

    /* The kernel is in ring 1 as far as I/O goes, in ring 0 with the architectural IOPL. */
    if (pv_kernel_mode(v))
        ring = v->domain->vm_assist & (1UL << VMASST_TYPE_architectural_iopl) ? 0 : 1;
    if (ring <= v->arch.pv.iopl)
        return true;
    if (port + bytes > v->arch.pv.iobmp_limit)
        return false;
    map[1] = 0xff;
    if (port_copy_from_guest(&map[0], v->arch.pv.iobmp + port / 8, 1))
        return false;
    if ((port & 7) + bytes > 8 && port_copy_from_guest(&map[1], v->arch.pv.iobmp + port / 8 + 1, 1))
        return false;
    bits = (map[0] | (unsigned int)map[1] << 8) >> (port & 7);
    return !(bits & mask);
}

static void store_result(struct cpu_user_regs *regs, unsigned int bytes, uint32_t value)
{
    insn_write_reg(regs, 0, bytes, true, value);
}

static int one_port(struct vcpu *v, struct cpu_user_regs *regs, const struct insn *in)
{
    bool by_dx = in->opcode & 8, out = in->opcode & 2;
    unsigned int bytes = in->opcode & 1 ? (in->opbytes == 8 ? 4 : in->opbytes) : 1;
    unsigned int port = by_dx ? (uint16_t)regs->rdx : (uint8_t)in->imm;

    if (!pv_port_allowed(v, port, bytes))
        return EMUL_NO;
    if (out)
        pv_port_write(v, port, bytes, (uint32_t)regs->rax);
    else
        store_result(regs, bytes, pv_port_read(v, port, bytes));
    return EMUL_DONE;
}

static uint64_t address_mask(const struct insn *in)
{
    return in->addrbytes == 8 ? ~UINT64_C(0) : in->addrbytes == 4 ? 0xffffffffU : 0xffffU;
}

static void advance(struct cpu_user_regs *regs, const struct insn *in, uint64_t *reg, long by)
{
    uint64_t mask = address_mask(in), next = (*reg + (uint64_t)by) & mask;

    *reg = in->addrbytes == 2 ? (*reg & ~mask) | next : next;
}

/* One element. EMUL_DONE, or what ends the instruction. */
static int string_element(struct vcpu *v, struct cpu_user_regs *regs, const struct insn *in,
                          unsigned int port, unsigned int bytes)
{
    bool out = in->opcode & 2;
    uint64_t *index = out ? &regs->rsi : &regs->rdi;
    enum insn_seg seg = !out ? SEG_ES : in->seg == SEG_DEFAULT ? SEG_DS : (enum insn_seg)in->seg;
    unsigned long linear, left;
    uint32_t value = 0;

    if (!seg_linear(regs, in, seg, *index & address_mask(in), bytes, !out, &linear))
        return EMUL_NO;
    if (out) {
        left = port_copy_from_guest(&value, (const void *)linear, bytes);
        if (!left)
            pv_port_write(v, port, bytes, value);
    } else {
        /* Look before the read takes effect on the device. */
        left = port_copy_from_guest(&value, (const void *)linear, bytes);
        if (!left)
            left = port_copy_to_guest((void *)linear, &value, bytes);
        if (!left) {
            value = pv_port_read(v, port, bytes);
            left = port_copy_to_guest((void *)linear, &value, bytes);
        }
    }
    if (left) {
        pv_inject_page_fault(regs, linear + bytes - left, out ? 0 : 2);
        return EMUL_FAULTED;
    }
    advance(regs, in, index, regs->rflags & EFLAGS_DF ? -(long)bytes : (long)bytes);
    return EMUL_DONE;
}

static int string_ports(struct vcpu *v, struct cpu_user_regs *regs, const struct insn *in)
{
    unsigned int bytes = in->opcode & 1 ? (in->opbytes == 8 ? 4 : in->opbytes) : 1;
    unsigned int port = (uint16_t)regs->rdx;
    bool repeat = in->rep || in->repne;
    int rc;

    if (!pv_port_allowed(v, port, bytes))
        return EMUL_NO;
    if (!repeat)
        return string_element(v, regs, in, port, bytes);
    for (unsigned int n = 0; n < MAX_REPEATS; n++) {
        if (!(regs->rcx & address_mask(in)))
            return EMUL_DONE;
        rc = string_element(v, regs, in, port, bytes);
        if (rc != EMUL_DONE)
            return rc;
        advance(regs, in, &regs->rcx, -1);
    }
    return EMUL_AGAIN;
}

int emulate_io(struct vcpu *v, struct cpu_user_regs *regs, const struct insn *in)
{
    switch (in->opcode) {
    case 0x6c ... 0x6f:
        return string_ports(v, regs, in);
    case 0xe4 ... 0xe7:
    case 0xec ... 0xef:
        return one_port(v, regs, in);
    default:
        return EMUL_NO;
    }
}
