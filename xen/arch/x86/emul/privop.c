/* SPDX-License-Identifier: MIT */
/* Privileged instructions of PV guests, which all run in ring 3 and so fault with #GP. */
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <xen/port/context.h>
#include <xen/port/p2m.h>
#include <xen/sched.h>
#include <asm/cpu_policy.h>
#include <asm/current.h>
#include <asm/decode.h>
#include <asm/desc.h>
#include <asm/fpu.h>
#include <asm/page_type.h>
#include <asm/pv.h>
#include <asm/pv_mmu.h>
#include "private.h"

/* Code segment of the faulting instruction: decoder mode, and base. */
static unsigned int code_mode(const struct cpu_user_regs *regs, unsigned long *base)
{
    *base = 0;
    if (regs->cs == GUEST_CS64)
        return 8;
    return seg_code_mode(regs->cs, base);
}

static int finish(struct cpu_user_regs *regs, const struct insn *in)
{
    unsigned long ip = regs->rip + in->len;

    regs->rip = in->long_mode ? ip : (uint32_t)ip;
    regs->rflags &= ~EFLAGS_RF;
    if (regs->rflags & EFLAGS_TF) {
        current->arch.pv.debugreg[6] |= 1UL << 14;
        pv_inject_exception(regs, TRAP_DB, 0);
    }
    return 1;
}

static int emulate_rdtsc(struct vcpu *v, struct cpu_user_regs *regs, bool aux)
{
    uint64_t tsc;

    if ((v->arch.pv.ctrlreg[4] & CR4_TSD) && !pv_kernel_mode(v))
        return 0;
    tsc = v->domain->arch.vtsc ? pv_guest_tsc(v) : rdtsc();
    regs->rax = (uint32_t)tsc;
    regs->rdx = tsc >> 32;
    if (aux)
        regs->rcx = (uint32_t)v->arch.pv.tsc_aux;
    return 1;
}

static int emulate_rdmsr(struct vcpu *v, struct cpu_user_regs *regs)
{
    uint64_t value;

    if (pv_read_msr(v, (uint32_t)regs->rcx, &value))
        return 0;
    regs->rax = (uint32_t)value;
    regs->rdx = value >> 32;
    return 1;
}

static int emulate_wrmsr(struct vcpu *v, struct cpu_user_regs *regs)
{
    uint64_t value = (uint32_t)regs->rax | regs->rdx << 32;

    return pv_write_msr(v, (uint32_t)regs->rcx, value) == 0;
}

static int emulate_xsetbv(struct vcpu *v, struct cpu_user_regs *regs)
{
    if ((uint32_t)regs->rcx || !(v->arch.pv.ctrlreg[4] & CR4_OSXSAVE))
        return 0;
    return fpu_set_xcr0(v, (uint32_t)regs->rax | regs->rdx << 32) == 0;
}

static int emulate_cpuid(struct vcpu *v, struct cpu_user_regs *regs)
{
    struct cpuid_leaf l;

    cpu_policy_cpuid(v, (uint32_t)regs->rax, (uint32_t)regs->rcx, &l);
    regs->rax = l.a;
    regs->rbx = l.b;
    regs->rcx = l.c;
    regs->rdx = l.d;
    return 1;
}

static int read_cr(struct vcpu *v, unsigned int cr, uint64_t *value)
{
    switch (cr) {
    case 0:
    case 2:
    case 4:
        *value = v->arch.pv.ctrlreg[cr];
        return 1;
    case 3:
        *value = mfn_to_maddr(v->arch.guest_table);
        return 1;
    default:
        return 0;
    }
}

static int new_cr3(mfn_t root)
{
    int rc = pv_put_old_guest_table(current);

    if (rc == 0)
        rc = pv_new_guest_cr3(root);
    if (rc == -ERESTART)
        return EMUL_AGAIN;
    /* -EINTR: loaded; the old one's release goes on later. */
    return rc == 0 || rc == -EINTR ? EMUL_DONE : EMUL_NO;
}

static int write_cr(struct vcpu *v, unsigned int cr, uint64_t value)
{
    unsigned long cr4;

    switch (cr) {
    case 0:
        if ((value ^ v->arch.pv.ctrlreg[0]) & ~CR0_TS)
            return 0;
        pv_set_ts(v, value & CR0_TS);
        return 1;
    case 2:
        v->arch.pv.ctrlreg[2] = value;
        v->vcpu_info->arch.cr2 = value;
        return 1;
    case 3:
        return new_cr3(mk_mfn(PFN_DOWN(value)));
    case 4:
        v->arch.pv.ctrlreg[4] = pv_fix_guest_cr4(v, value);
        cr4 = pv_guest_cr4(v);
        get_cpu_info()->cr4 = cr4;
        write_cr4(cr4);
        return 1;
    default:
        return 0;
    }
}

/* 0f 20 to 0f 23: the operand is always a whole register, whatever mod says. */
static int emulate_mov_special(struct vcpu *v, struct cpu_user_regs *regs, const struct insn *in)
{
    uint64_t *r = insn_reg(regs, in->rm);

    switch (in->opcode) {
    case 0x20:
        return read_cr(v, in->reg, r);
    case 0x22:
        return write_cr(v, in->reg, *r);
    case 0x21:
        if (in->reg > 7 || in->reg == 4 || in->reg == 5)
            return 0;
        *r = pv_get_debugreg(v, in->reg);
        return 1;
    default:
        return pv_set_debugreg(v, in->reg, *r) == 0;
    }
}

/* 0f 01 with a register or memory operand: SMSW, LMSW, INVLPG, XSETBV, RDTSCP. */
static int emulate_group7(struct vcpu *v, struct cpu_user_regs *regs, const struct insn *in)
{
    uint64_t cr0 = v->arch.pv.ctrlreg[0];
    unsigned int op = in->reg & 7, rm = in->rm & 7;

    if (in->mod == 3 && op == 2 && rm == 1)
        return emulate_xsetbv(v, regs);
    if (in->mod == 3 && op == 7 && rm == 1)
        return emulate_rdtsc(v, regs, true);
    if (in->mod == 3 && op == 4) {
        insn_write_reg(regs, in->rm, in->opbytes, true, cr0);
        return 1;
    }
    if (in->mod == 3 && op == 6) {
        uint64_t msw = *insn_reg(regs, in->rm) & 0xf;

        return write_cr(v, 0, (cr0 & ~0xeUL) | msw | (cr0 & CR0_PE));
    }
    if (in->mod != 3 && op == 7) {
        if (guest_may_access(in->ea))
            invlpg(in->ea);
        return 1;
    }
    return 0;
}

/* What the guest's user mode may do, too. */
static int emulate_any_mode(struct vcpu *v, struct cpu_user_regs *regs, const struct insn *in)
{
    if (in->map == 0)
        return emulate_io(v, regs, in);
    if (in->map != 1)
        return 0;
    if (in->opcode == 0x31)
        return emulate_rdtsc(v, regs, false);
    if (in->opcode == 0xa2)
        return emulate_cpuid(v, regs);
    if (in->opcode == 0x01 && in->mod == 3 && (in->reg & 7) == 7 && (in->rm & 7) == 1)
        return emulate_rdtsc(v, regs, true);
    return 0;
}

static int emulate_two_byte(struct vcpu *v, struct cpu_user_regs *regs, const struct insn *in)
{
    switch (in->opcode) {
    case 0x01:
        return emulate_group7(v, regs, in);
    case 0x06:
        pv_set_ts(v, false);
        return 1;
    case 0x09:
        if (is_hardware_domain(v->domain))
            wbinvd();
        return 1;
    case 0x20 ... 0x23:
        return emulate_mov_special(v, regs, in);
    case 0x30:
        return emulate_wrmsr(v, regs);
    case 0x32:
        return emulate_rdmsr(v, regs);
    default:
        return 0;
    }
}

static int emulate_kernel_mode(struct vcpu *v, struct cpu_user_regs *regs, const struct insn *in)
{
    if (in->map == 1)
        return emulate_two_byte(v, regs, in);
    if (in->map != 0)
        return 0;
    /* CLI and STI have no say over the virtual interrupt mask: ignored for a kernel with iopl. */
    if (in->opcode == 0xfa || in->opcode == 0xfb)
        return 1;
    return 0;
}

int pv_emulate_privileged(struct cpu_user_regs *regs)
{
    struct vcpu *v = current;
    unsigned long base, fault;
    unsigned int mode = code_mode(regs, &base);
    struct insn in;
    int rc;

    if (!mode)
        return 0;
    rc = insn_decode(&in, regs, base, mode, &fault);
    if (rc == -EFAULT) {
        pv_inject_page_fault(regs, fault, 0x10);
        return 1;
    }
    if (rc || in.lock)
        return 0;
    rc = emulate_any_mode(v, regs, &in);
    if (rc == 0 && pv_kernel_mode(v))
        rc = emulate_kernel_mode(v, regs, &in);
    if (rc == EMUL_DONE)
        return finish(regs, &in);
    return rc == EMUL_AGAIN || rc == EMUL_FAULTED;
}

/* ud2a, "xen", cpuid: the instruction after the prefix as the hypervisor shows it. */
int pv_emulate_forced(struct cpu_user_regs *regs)
{
    static const uint8_t wanted[7] = {0x0f, 0x0b, 'x', 'e', 'n', 0x0f, 0xa2};
    uint8_t bytes[7];

    if (port_copy_from_guest(bytes, (const void *)regs->rip, sizeof(bytes)))
        return 0;
    for (unsigned int i = 0; i < sizeof(bytes); i++)
        if (bytes[i] != wanted[i])
            return 0;
    emulate_cpuid(current, regs);
    regs->rip += sizeof(bytes);
    regs->rflags &= ~EFLAGS_RF;
    return 1;
}
