/* SPDX-License-Identifier: MIT */
/* Segments as the guest's descriptor tables have them. AMD APM vol 2, 4.8. */
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/desc.h>
#include "private.h"

#define DESC_WRITE   (UINT64_C(1) << 41) /* data: writable; code: readable */
#define DESC_DOWN    (UINT64_C(1) << 42)
#define DESC_CODE    (UINT64_C(1) << 43)
#define DESC_S       (UINT64_C(1) << 44)
#define DESC_PRESENT (UINT64_C(1) << 47)
#define DESC_LONG    (UINT64_C(1) << 53)
#define DESC_BIG     (UINT64_C(1) << 54)
#define DESC_PAGES   (UINT64_C(1) << 55)

/* From the tables which the CPU itself uses. A fault there is a failure, not a crash. */
static bool read_descriptor(uint16_t sel, uint64_t *desc)
{
    const struct vcpu *v = current;
    unsigned long index = sel & ~7UL;
    const uint64_t *p;

    if (sel & 4) {
        if (index / 8 >= v->arch.pv.ldt_ents)
            return false;
        /* Through the guest's own mapping of it: ours may not be there yet. */
        return port_copy_from_guest(desc, (const char *)v->arch.pv.ldt_base + index,
                                    sizeof(*desc)) == 0;
    }
    if (index >= FIRST_RESERVED_GDT_BYTE) {
        if (index > LAST_RESERVED_GDT_BYTE)
            return false;
        *desc = gdt_page(smp_processor_id())[GDT_SLOT(index)].raw;
        return true;
    }
    if (index / 8 >= v->arch.pv.gdt_ents)
        return false;
    p = mfn_to_virt(v->arch.pv.gdt_frames[index >> PAGE_SHIFT]);
    *desc = READ_ONCE(p[(index & ~PAGE_MASK) / 8]);
    return true;
}

static unsigned long desc_base(uint64_t d)
{
    return ((d >> 16) & 0xffffff) | ((d >> 56) & 0xff) << 24;
}

static unsigned long desc_limit(uint64_t d)
{
    unsigned long limit = (d & 0xffff) | ((d >> 48) & 0xf) << 16;

    return d & DESC_PAGES ? limit << PAGE_SHIFT | 0xfff : limit;
}

unsigned int seg_code_mode(uint16_t sel, unsigned long *base)
{
    uint64_t d;

    if (!read_descriptor(sel, &d) || !(d & DESC_PRESENT) || !(d & DESC_S) || !(d & DESC_CODE))
        return 0;
    if (d & DESC_LONG) {
        *base = 0;
        return 8;
    }
    *base = desc_base(d);
    return d & DESC_BIG ? 4 : 2;
}

static uint16_t selector(const struct cpu_user_regs *regs, enum insn_seg seg)
{
    uint16_t s;

    switch (seg) {
    case SEG_CS:
        return regs->cs;
    case SEG_SS:
        return regs->ss;
    case SEG_ES:
        __asm__ volatile("mov %%es, %w0" : "=r"(s));
        return s;
    case SEG_FS:
        __asm__ volatile("mov %%fs, %w0" : "=r"(s));
        return s;
    case SEG_GS:
        __asm__ volatile("mov %%gs, %w0" : "=r"(s));
        return s;
    default:
        __asm__ volatile("mov %%ds, %w0" : "=r"(s));
        return s;
    }
}

static bool linear_64(enum insn_seg seg, unsigned long offset, unsigned long *linear)
{
    *linear = offset;
    if (seg == SEG_FS)
        *linear += rdmsr(MSR_FS_BASE);
    else if (seg == SEG_GS)
        *linear += rdmsr(MSR_GS_BASE);
    return is_canonical(*linear);
}

static bool inside_limit(uint64_t d, unsigned long offset, unsigned int bytes)
{
    unsigned long limit = desc_limit(d), last = offset + bytes - 1;

    if ((d & DESC_CODE) || !(d & DESC_DOWN))
        return last <= limit;
    return offset > limit && last <= (d & DESC_BIG ? 0xffffffffUL : 0xffffUL);
}

bool seg_linear(const struct cpu_user_regs *regs, const struct insn *in, enum insn_seg seg,
                unsigned long offset, unsigned int bytes, bool write, unsigned long *linear)
{
    uint64_t d;

    if (in->long_mode)
        return linear_64(seg, offset, linear);
    if (!read_descriptor(selector(regs, seg), &d) || !(d & DESC_PRESENT) || !(d & DESC_S))
        return false;
    if (write ? (d & DESC_CODE) || !(d & DESC_WRITE) : (d & DESC_CODE) && !(d & DESC_WRITE))
        return false;
    *linear = (uint32_t)(desc_base(d) + offset);
    return inside_limit(d, offset, bytes);
}
