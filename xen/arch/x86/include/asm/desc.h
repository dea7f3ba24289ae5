/* SPDX-License-Identifier: MIT */
/*
 * Segments, gates and task state. AMD APM vol 2, 4.8 and 12.2.
 *
 * Every GDT has 14 pages of the guest's and then one of ours, of which each CPU has its own; the
 * selectors below are the same everywhere. A vCPU's GDT is at GDT_VIRT(vcpu_id): its address
 * space must map the CPU's page (gdt_page(cpu)) at GDT_VIRT() + FIRST_RESERVED_GDT_BYTE before
 * it is loaded. While an idle vCPU runs, gdt_load_idle()'s is in force.
 */
#ifndef ASM_DESC_H
#define ASM_DESC_H

#include <asm/layout.h>

#define FIRST_RESERVED_GDT_PAGE  14
#define FIRST_RESERVED_GDT_BYTE  (4096 * FIRST_RESERVED_GDT_PAGE)
#define FIRST_RESERVED_GDT_ENTRY (FIRST_RESERVED_GDT_BYTE / 8)
#define LAST_RESERVED_GDT_BYTE   (FIRST_RESERVED_GDT_BYTE + 4095)

#define XEN_CS64   0xe008 /* ours */
#define XEN_DS     0xe010
#define GUEST_CS32 0xe023 /* FLAT_RING3_CS32: SYSRET to 32 bits */
#define GUEST_DS32 0xe02b /* FLAT_RING3_DS32, _SS32, _SS64 */
#define GUEST_CS64 0xe033 /* FLAT_RING3_CS64 */
#define XEN_TSS    0xe040 /* two entries */
#define XEN_LDT    0xe050 /* two entries */

#define IST_DF  1
#define IST_NMI 2
#define IST_MCE 3
#define IST_DB  4

#ifndef __ASSEMBLY__
struct seg_desc {
    uint64_t raw;
};

struct tss64 {
    uint32_t reserved0;
    uint64_t rsp0, rsp1, rsp2;
    uint64_t reserved1;
    uint64_t ist[7]; /* IST n is ist[n - 1] */
    uint64_t reserved2;
    uint16_t reserved3, iomap;
} __packed;

struct idt_gate {
    uint64_t lo, hi;
};

struct desc_ptr {
    uint16_t limit;
    uint64_t base;
} __packed;

static inline void lgdt(const struct desc_ptr *p)
{
    __asm__ volatile("lgdt %0" ::"m"(*p) : "memory");
}
static inline void lidt(const struct desc_ptr *p)
{
    __asm__ volatile("lidt %0" ::"m"(*p));
}
static inline void ltr(uint16_t sel)
{
    __asm__ volatile("ltr %0" ::"rm"(sel) : "memory");
}
static inline void lldt(uint16_t sel)
{
    __asm__ volatile("lldt %0" ::"rm"(sel) : "memory");
}

/* The page of descriptors of ours for @cpu: 512 entries, from FIRST_RESERVED_GDT_ENTRY on. */
struct seg_desc *gdt_page(unsigned int cpu);
mfn_t gdt_page_mfn(unsigned int cpu);
/* Entry in this CPU's page for a selector of ours. */
#define GDT_SLOT(sel) (((sel)-FIRST_RESERVED_GDT_BYTE) / 8)
/* Load the GDT of this CPU which has no guest part. */
void gdt_load_idle(void);
/* Load the GDT at @base (GDT_VIRT(vcpu_id)), whose page 14 is this CPU's. */
static inline void gdt_load_at(unsigned long base)
{
    struct desc_ptr p = {.limit = LAST_RESERVED_GDT_BYTE, .base = base};

    lgdt(&p);
}
/* LDTR of this CPU: @nr entries at @base; 0 entries: the null selector. */
void ldt_load(unsigned long base, unsigned int nr);

/* Allocate and fill @cpu's page, task state and stacks; the boot CPU's are static. 0, -ENOMEM. */
int desc_cpu_prepare(unsigned int cpu, void *stack);
/* Load GDT, IDT, task state on this CPU. */
void desc_cpu_load(void);
/* Fill the IDT; load it all on the boot CPU. */
void desc_boot_init(void);
#endif

#endif
