/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>

#include <xen/xen.h>

#include "acpi.h"
#include "console.h"
#include "cpu.h"
#include "io.h"
#include "layout.h"
#include "memory.h"
#include "mtrr.h"
#include "pci.h"
#include "start.h"
#include <xen/lib/compiler.h>
#include <xen/lib/string.h>

/* SDM vol 3A, 11.11; vol 4 */
#define CPUID_1_MTRR      (1u << 12)
#define MTRR_CAP          0xfe
#define MTRR_CAP_FIXED    0x100u
#define MTRR_BASE(n)      (0x200 + 2 * (n))
#define MTRR_MASK(n)      (0x201 + 2 * (n))
#define MTRR_MASK_ON      0x800u
#define MTRR_FIX_64K      0x250 /* 0 to 0x7ffff */
#define MTRR_FIX_16K_80   0x258 /* 0x80000 to 0x9ffff */
#define MTRR_FIX_16K_A0   0x259 /* 0xa0000 to 0xbffff */
#define MTRR_FIX_4K_FIRST 0x268 /* 0xc0000 */
#define MTRR_FIX_4K_LAST  0x26f /* to 0xfffff */
#define MTRR_DEFAULT      0x2ff
#define MTRR_ON           0x800u
#define MTRR_FIXED_ON     0x400u
#define TYPE_WB           6u
#define EIGHT_WB          0x0606060606060606ull

#define CR0_CD 0x40000000u
#define CR0_NW 0x20000000u

/* SDM vol 3A, 10.4 to 10.6 */
#define LAPIC_ID        0x020
#define LAPIC_SPURIOUS  0x0f0
#define LAPIC_ICR_LOW   0x300
#define LAPIC_ICR_HIGH  0x310
#define LAPIC_LINT0     0x350
#define LAPIC_LINT1     0x360
#define SPURIOUS_ON     0x1ffu
#define LINT_EXTINT     0x700u
#define LINT_NMI        0x400u
#define ICR_INIT        0x4500u
#define ICR_STARTUP     0x4600u
#define ICR_BUSY        0x1000u
#define IOAPIC_DATA     0x10
#define IOAPIC_INDEX_ID 0

static void enable_caches(void)
{
    uint32_t cr0;

    asm volatile("mov %%cr0, %0" : "=r"(cr0));
    asm volatile("wbinvd; mov %0, %%cr0" : : "r"(cr0 & ~(CR0_CD | CR0_NW)) : "memory");
}

static void set_fixed(void)
{
    wrmsr(MTRR_FIX_64K, EIGHT_WB);
    wrmsr(MTRR_FIX_16K_80, EIGHT_WB);
    wrmsr(MTRR_FIX_16K_A0, 0);
    for (uint32_t msr = MTRR_FIX_4K_FIRST; msr <= MTRR_FIX_4K_LAST; msr++)
        wrmsr(msr, EIGHT_WB);
}

static void set_variable(unsigned int nr_registers)
{
    uint64_t address_mask = (1ull << (cpuid(0x80000008).a & 0xff)) - 1;
    struct mtrr_range part[32];
    unsigned int max = nr_registers < ARRAY_SIZE(part) ? nr_registers : ARRAY_SIZE(part);
    unsigned int nr = mtrr_split(part, max, pci_layout.mem);

    nr += mtrr_split(part + nr, max - nr, pci_layout.high);
    for (unsigned int i = 0; i < nr; i++) {
        wrmsr(MTRR_BASE(i), part[i].start); /* type 0: uncached */
        wrmsr(MTRR_MASK(i), (~(part[i].size - 1) & address_mask) | MTRR_MASK_ON);
    }
}

void cpu_set_mtrrs(void)
{
    uint64_t cap;

    enable_caches();
    if (!(cpuid(1).d & CPUID_1_MTRR))
        return;
    cap = rdmsr(MTRR_CAP);
    wrmsr(MTRR_DEFAULT, 0);
    if (cap & MTRR_CAP_FIXED)
        set_fixed();
    set_variable(cap & 0xff);
    wrmsr(MTRR_DEFAULT, MTRR_ON | TYPE_WB | (cap & MTRR_CAP_FIXED ? MTRR_FIXED_ON : 0));
}

void cpu_set_apics(void)
{
    write32(LAPIC_ADDR + LAPIC_SPURIOUS, SPURIOUS_ON);
    write32(LAPIC_ADDR + LAPIC_LINT0, LINT_EXTINT);
    write32(LAPIC_ADDR + LAPIC_LINT1, LINT_NMI);
    write32(IOAPIC_ADDR, IOAPIC_INDEX_ID);
    write32(IOAPIC_ADDR + IOAPIC_DATA, IOAPIC_ID << 24);
}

/* The other vCPUs, one at a time: they share ap_stack of start.S. */

static volatile bool ap_done;

void ap_main(void)
{
    cpu_set_mtrrs();
    ap_done = true;
}

static void send_ipi(unsigned int vcpu, uint32_t command)
{
    write32(LAPIC_ADDR + LAPIC_ICR_HIGH, (uint32_t)apic_id_of(vcpu) << 24);
    write32(LAPIC_ADDR + LAPIC_ICR_LOW, command);
    while (read32(LAPIC_ADDR + LAPIC_ICR_LOW) & ICR_BUSY)
        cpu_relax();
}

static void start_one(unsigned int vcpu)
{
    ap_done = false;
    send_ipi(vcpu, ICR_INIT);
    send_ipi(vcpu, ICR_STARTUP | REAL_MODE_VECTOR);
    while (!ap_done)
        cpu_relax();
    send_ipi(vcpu, ICR_INIT); /* it waits for the next start-up IPI */
}

void cpu_start_others(void)
{
    memcpy((void *)REAL_MODE_ADDR, ap_start, (size_t)(ap_start_end - ap_start));
    for (unsigned int vcpu = 1; vcpu < memory.nr_vcpus; vcpu++)
        start_one(vcpu);
    say("%u vCPUs have their memory types", memory.nr_vcpus);
}

/* Source: xen.h, struct vcpu_time_info: ns = (ticks << shift) * mul >> 32. */
unsigned int cpu_mhz(const struct shared_info *shared)
{
    const volatile struct vcpu_time_info *t = &shared->vcpu_info[0].time;
    uint32_t mul = t->tsc_to_system_mul;
    int shift = t->tsc_shift;
    uint64_t mhz;

    if (!mul || shift < -16 || shift > 31)
        return 0;
    mhz = shift < 0 ? (1000ull << 32 << -shift) / mul : (1000ull << 32) / mul >> shift;
    return (unsigned int)mhz;
}
