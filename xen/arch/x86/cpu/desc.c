/* SPDX-License-Identifier: MIT */
/* Descriptor tables and task state of each CPU. AMD APM vol 2, 4.8, 8.2, 12.2.5. */
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/percpu.h>
#include <asm/apic.h>
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/desc.h>

extern char exception_stubs[], cpu0_stack[];
#define STUB_SIZE 16

#define DESC_CODE64    0x00af9b000000ffffUL /* ring 0, accessed */
#define DESC_DATA      0x00cf93000000ffffUL
#define DESC_CODE32_R3 0x00cffb000000ffffUL
#define DESC_DATA_R3   0x00cff3000000ffffUL
#define DESC_CODE64_R3 0x00affb000000ffffUL
#define DESC_TYPE_LDT  0x2UL
#define DESC_TYPE_TSS  0x9UL

static struct idt_gate idt[256] __aligned(4096) __ro_after_init;
static struct seg_desc gdt_page0[512] __aligned(4096);
static DEFINE_PER_CPU(struct tss64, tss) __aligned(128);
static DEFINE_PER_CPU(struct seg_desc *, gdt_of_cpu);

struct seg_desc *gdt_page(unsigned int cpu)
{
    return per_cpu(gdt_of_cpu, cpu);
}

mfn_t gdt_page_mfn(unsigned int cpu)
{
    return virt_to_mfn(gdt_page(cpu));
}

/* System descriptors take two entries. */
static void set_system_desc(struct seg_desc *d, unsigned long base, uint32_t limit, uint64_t type)
{
    d[0].raw = (limit & 0xffff) | (base & 0xffffff) << 16 | type << 40 | 1UL << 47 |
               ((uint64_t)limit >> 16 & 0xf) << 48 | (base >> 24 & 0xff) << 56;
    d[1].raw = base >> 32;
}

static void fill_gdt(struct seg_desc *g, const struct tss64 *t)
{
    g[GDT_SLOT(XEN_CS64)].raw = DESC_CODE64;
    g[GDT_SLOT(XEN_DS)].raw = DESC_DATA;
    g[GDT_SLOT(GUEST_CS32 & ~3)].raw = DESC_CODE32_R3;
    g[GDT_SLOT(GUEST_DS32 & ~3)].raw = DESC_DATA_R3;
    g[GDT_SLOT(GUEST_CS64 & ~3)].raw = DESC_CODE64_R3;
    set_system_desc(&g[GDT_SLOT(XEN_TSS)], (unsigned long)t, sizeof(*t) - 1, DESC_TYPE_TSS);
}

static void fill_tss(struct tss64 *t, char *stack)
{
    struct cpu_info *info = (struct cpu_info *)(stack + STACK_SIZE) - 1;

    *t = (struct tss64){.rsp0 = (unsigned long)&info->guest_regs.es, .iomap = sizeof(*t)};
    for (unsigned int i = 0; i < 4; i++)
        t->ist[i] = (unsigned long)stack + (i + 1) * PAGE_SIZE;
}

int desc_cpu_prepare(unsigned int cpu, void *stack)
{
    struct seg_desc *g = cpu ? xenheap_alloc_page() : gdt_page0;

    if (!g)
        return -ENOMEM;
    clear_page(g);
    fill_tss(&per_cpu(tss, cpu), stack);
    fill_gdt(g, &per_cpu(tss, cpu));
    per_cpu(gdt_of_cpu, cpu) = g;
    return 0;
}

void gdt_load_idle(void)
{
    gdt_load_at((unsigned long)this_cpu(gdt_of_cpu) - FIRST_RESERVED_GDT_BYTE);
}

static void load_selectors(void)
{
    __asm__ volatile("pushq %q0\n"
                     "leaq 1f(%%rip), %%rax\n"
                     "pushq %%rax\n"
                     "lretq\n"
                     "1: movl %k1, %%ss\n"
                     "   movl %k1, %%ds\n"
                     "   movl %k1, %%es\n"
                     "   movl %k1, %%fs\n"
                     "   movl %k1, %%gs\n" ::"i"(XEN_CS64),
                     "r"(0)
                     : "rax", "memory");
}

void ldt_load(unsigned long base, unsigned int nr)
{
    struct seg_desc *d = &this_cpu(gdt_of_cpu)[GDT_SLOT(XEN_LDT)];

    if (nr)
        set_system_desc(d, base, nr * 8 - 1, DESC_TYPE_LDT);
    lldt(nr ? XEN_LDT : 0);
}

void desc_cpu_load(void)
{
    const struct desc_ptr p = {.limit = sizeof(idt) - 1, .base = (unsigned long)idt};
    struct seg_desc *g = this_cpu(gdt_of_cpu);

    /* A busy task cannot be loaded. */
    set_system_desc(&g[GDT_SLOT(XEN_TSS)], (unsigned long)&this_cpu(tss), sizeof(struct tss64) - 1,
                    DESC_TYPE_TSS);
    gdt_load_idle();
    load_selectors();
    lidt(&p);
    ltr(XEN_TSS);
    lldt(0);
}

static void __init set_gate(unsigned int vector, unsigned int dpl, unsigned int ist)
{
    unsigned long at = (unsigned long)exception_stubs + vector * STUB_SIZE;

    idt[vector].lo = (at & 0xffff) | (uint64_t)XEN_CS64 << 16 | (uint64_t)ist << 32 | 0xeUL << 40 |
                     (uint64_t)dpl << 45 | 1UL << 47 | (at >> 16 & 0xffff) << 48;
    idt[vector].hi = at >> 32;
}

void __init desc_boot_init(void)
{
    for (unsigned int v = 0; v < 256; v++)
        set_gate(v, 0, 0);
    set_gate(TRAP_BP, 3, 0);
    set_gate(TRAP_OF, 3, 0);
    set_gate(VECTOR_GUEST_INT80, 3, 0);
    set_gate(TRAP_DF, 0, IST_DF);
    set_gate(TRAP_NMI, 0, IST_NMI);
    set_gate(TRAP_MC, 0, IST_MCE);
    set_gate(TRAP_DB, 0, IST_DB);
    if (desc_cpu_prepare(0, cpu0_stack))
        panic("no descriptor tables\n");
    desc_cpu_load();
}
