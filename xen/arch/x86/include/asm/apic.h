/* SPDX-License-Identifier: MIT */
/* The local APIC, in either mode. Intel SDM vol 3A, chapter 10. */
#ifndef ASM_APIC_H
#define ASM_APIC_H

#include <xen/types.h>
#include <asm/cpu.h>

/* Offsets of registers in the page; an MSR each from 0x800 in x2APIC mode. */
#define APIC_ID          0x020
#define APIC_VERSION     0x030
#define APIC_TPR         0x080
#define APIC_EOI         0x0b0
#define APIC_LDR         0x0d0
#define APIC_DFR         0x0e0
#define APIC_SVR         0x0f0
#define APIC_ISR         0x100 /* eight registers */
#define APIC_IRR         0x200
#define APIC_ESR         0x280
#define APIC_LVT_CMCI    0x2f0
#define APIC_ICR         0x300
#define APIC_ICR2        0x310
#define APIC_LVT_TIMER   0x320
#define APIC_LVT_THERMAL 0x330
#define APIC_LVT_PERF    0x340
#define APIC_LVT_LINT0   0x350
#define APIC_LVT_LINT1   0x360
#define APIC_LVT_ERROR   0x370
#define APIC_TIMER_INIT  0x380
#define APIC_TIMER_COUNT 0x390
#define APIC_TIMER_DIV   0x3e0

#define APIC_SVR_ENABLE     (1U << 8)
#define APIC_LVT_MASKED     (1U << 16)
#define APIC_LVT_NMI        (4U << 8)
#define APIC_TIMER_DEADLINE (2U << 17)
#define APIC_TIMER_DIV_1    0xbU

/* Vectors that are the hypervisor's, on all CPUs; what is below is given out to interrupts. */
#define VECTOR_LEGACY        0x20 /* the 8259s, masked: 16 vectors */
#define VECTOR_DYNAMIC_FIRST 0x31
#define VECTOR_DYNAMIC_LAST  0xef
#define VECTOR_GUEST_INT80   0x80 /* not for interrupts: system calls of 32-bit programs */
#define VECTOR_TIME_SYNC     0xf7
#define VECTOR_TIMER         0xf8
#define VECTOR_EVENT_CHECK   0xf9
#define VECTOR_CALL_FUNCTION 0xfa
#define VECTOR_FLUSH         0xfb
#define VECTOR_ERROR         0xfe
#define VECTOR_SPURIOUS      0xff

extern bool apic_x2;
extern volatile uint32_t *apic_page; /* NULL in x2APIC mode, and before apic_boot_init() */

static always_inline uint32_t apic_read(unsigned int reg)
{
    if (apic_x2)
        return (uint32_t)rdmsr(0x800 + (reg >> 4));
    return apic_page[reg / 4];
}
static always_inline void apic_write(unsigned int reg, uint32_t value)
{
    if (apic_x2)
        wrmsr(0x800 + (reg >> 4), value);
    else
        apic_page[reg / 4] = value;
}
/* The interrupt in service with the highest priority is done. */
static always_inline void apic_eoi(void)
{
    apic_write(APIC_EOI, 0);
}

struct cpumask;
/* Interrupt @vector on each online CPU of @mask. Any context. */
void apic_send_vector(const struct cpumask *mask, uint8_t vector);
/* INIT to the CPU with @apicid; waits until it is sent. Interrupts off or on. */
void apic_send_init(uint32_t apicid);
/* Start it in real mode at page @vector of the first MiB. */
void apic_send_startup(uint32_t apicid, uint8_t vector);
/* NMI to all CPUs but this, to stop them: takes no lock, any context, nothing before the APIC is
 * mapped. */
void apic_send_nmi_others(void);

/* The IPI whose handler is flush_area_interrupt() (asm/page.h), to the CPUs of @mask, not this. */
void apic_send_flush(const struct cpumask *mask);

#endif
