/* SPDX-License-Identifier: MIT */
/* Data aborts of emulated devices: decoded by the syndrome, dispatched by address. */
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/mmio.h>
#include <asm/p2m.h>
#include <asm/regs.h>
#include <xen/domain.h>
#include <xen/kernel.h>

int mmio_register(struct domain *d, paddr_t base, uint64_t size, const struct mmio_ops *ops,
                  void *priv)
{
    struct mmio_domain *m = &d->arch.mmio;

    if (m->nr == MMIO_MAX_REGIONS)
        return -ENOSPC;
    for (unsigned int i = 0; i < m->nr; i++) {
        if (base < m->region[i].base + m->region[i].size && m->region[i].base < base + size)
            return -EEXIST;
    }
    m->region[m->nr] = (struct mmio_region){base, size, ops, priv};
    __atomic_store_n(&m->nr, m->nr + 1, __ATOMIC_RELEASE);
    return 0;
}

static const struct mmio_region *find(const struct domain *d, paddr_t gpa)
{
    const struct mmio_domain *m = &d->arch.mmio;
    unsigned int nr = __atomic_load_n(&m->nr, __ATOMIC_ACQUIRE);

    for (unsigned int i = 0; i < nr; i++) {
        if (gpa - m->region[i].base < m->region[i].size)
            return &m->region[i];
    }
    return NULL;
}

/* What an instruction does: from the syndrome, or read where that does not say. */
struct access {
    unsigned int size, reg;
    bool write, sign, wide;
    unsigned int base; /* general register that changes by @step; 31: none */
    int64_t step;
};

static struct access of_syndrome(uint32_t iss)
{
    return (struct access){
        .size = 1U << ISS_SAS(iss),
        .reg = ISS_SRT(iss),
        .write = iss & ISS_WNR,
        .sign = iss & ISS_SSE,
        .wide = iss & ISS_SF,
        .base = 31,
    };
}

/* LDR and STR, immediate, pre- and post-indexed, of a general register (Arm ARM C4.1.94). */
static bool of_instruction(const struct cpu_user_regs *regs, struct access *a)
{
    uint32_t insn, opc;
    paddr_t at;

    if (regs_aarch32(regs) || !guest_va_to_gpa(regs->pc, false, &at) ||
        guest_phys_read(current->domain, at, &insn, sizeof(insn)))
        return false;
    if ((insn & 0x3f200400) != 0x38000400)
        return false;
    opc = insn >> 22 & 3;
    *a = (struct access){
        .size = 1U << (insn >> 30),
        .reg = insn & 0x1f,
        .write = opc == 0,
        .sign = opc >= 2,
        .wide = opc == 2 || insn >> 30 == 3,
        .base = insn >> 5 & 0x1f,
        .step = (int64_t)((uint64_t)insn << 43) >> 55,
    };
    return a->base != 31 && !(a->sign && a->size == 8); /* not the stack; not a prefetch */
}

static uint64_t extend(const struct access *a, uint64_t value)
{
    unsigned int unused = 64 - a->size * 8;

    if (a->sign)
        value = (uint64_t)((int64_t)(value << unused) >> unused);
    else
        value = value << unused >> unused;
    return a->wide ? value : (uint32_t)value;
}

static bool perform(struct cpu_user_regs *regs, const struct mmio_region *r, uint64_t offset,
                    const struct access *a)
{
    uint64_t value;

    if (a->write) {
        value = get_user_reg(regs, a->reg);
        if (a->size < 8)
            value &= (UINT64_C(1) << a->size * 8) - 1;
        if (!r->ops->write(current, r->priv, offset, a->size, value))
            return false;
    } else {
        if (!r->ops->read(current, r->priv, offset, a->size, &value))
            return false;
        set_user_reg(regs, a->reg, extend(a, value));
    }
    if (a->base != 31)
        set_user_reg(regs, a->base, regs->x[a->base] + (uint64_t)a->step);
    return true;
}

enum mmio_result mmio_fault(struct cpu_user_regs *regs, uint32_t iss, paddr_t gpa)
{
    const struct mmio_region *r = find(current->domain, gpa);
    struct access a;

    if (!r)
        return MMIO_NONE;
    if (iss & ISS_ISV)
        a = of_syndrome(iss);
    else if (!of_instruction(regs, &a))
        return MMIO_ABORT;
    if (!IS_ALIGNED(gpa, a.size) || !perform(regs, r, gpa - r->base, &a))
        return MMIO_ABORT;
    regs_advance(regs);
    return MMIO_DONE;
}
