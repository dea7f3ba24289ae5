/* SPDX-License-Identifier: MIT */
/* Instructions that C has no word for. */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include <asm/sysregs.h>
#include <xen/types.h>

static always_inline void cpu_relax(void)
{
    __asm__ volatile("yield" ::: "memory");
}
static always_inline void local_irq_disable(void)
{
    __asm__ volatile("msr daifset, #2" ::: "memory");
}
static always_inline void local_irq_enable(void)
{
    __asm__ volatile("msr daifclr, #2" ::: "memory");
}
static always_inline unsigned long local_save_flags(void)
{
    unsigned long f;

    __asm__ volatile("mrs %0, daif" : "=r"(f)::"memory");
    return f;
}
static always_inline bool local_irq_is_enabled(void)
{
    return !(local_save_flags() & 0x80);
}
static always_inline unsigned long local_irq_save_flags(void)
{
    unsigned long f = local_save_flags();

    local_irq_disable();
    return f;
}
#define local_irq_save(f) ((f) = local_irq_save_flags())
static always_inline void local_irq_restore(unsigned long f)
{
    __asm__ volatile("msr daif, %0" ::"r"(f) : "memory");
}
static always_inline void local_abort_enable(void) /* SError */
{
    __asm__ volatile("msr daifclr, #4" ::: "memory");
}
static always_inline void local_abort_disable(void)
{
    __asm__ volatile("msr daifset, #4" ::: "memory");
}

#define isb()     __asm__ volatile("isb" ::: "memory")
#define dsb(what) __asm__ volatile("dsb " #what ::: "memory")
#define dmb(what) __asm__ volatile("dmb " #what ::: "memory")
#define smp_mb()  dmb(ish)
#define smp_rmb() dmb(ishld)
#define smp_wmb() dmb(ishst)
#define mb()      dsb(sy)
#define rmb()     dsb(ld)
#define wmb()     dsb(st)
#define wfi()     __asm__ volatile("wfi" ::: "memory")
#define wfe()     __asm__ volatile("wfe" ::: "memory")
#define sev()     __asm__ volatile("sev" ::: "memory")

/* Machine's CPUs, by number. */
#define MPIDR_AFFINITY 0xff00ffffffUL
#define BAD_MPIDR      (~UINT64_C(0))
extern uint64_t cpu_mpidr[]; /* [NR_CPUS] affinity fields */
/* NR_CPUS where there is none such. */
unsigned int mpidr_to_cpu(uint64_t mpidr);

/* Registers of devices, in mappings of ioremap(). Ordered among each other, not with memory. */
static always_inline uint8_t mmio_read8(const volatile void *a)
{
    uint8_t v;

    __asm__ volatile("ldrb %w0, %1" : "=r"(v) : "Q"(*(const volatile uint8_t *)a) : "memory");
    return v;
}
static always_inline uint16_t mmio_read16(const volatile void *a)
{
    uint16_t v;

    __asm__ volatile("ldrh %w0, %1" : "=r"(v) : "Q"(*(const volatile uint16_t *)a) : "memory");
    return v;
}
static always_inline uint32_t mmio_read32(const volatile void *a)
{
    uint32_t v;

    __asm__ volatile("ldr %w0, %1" : "=r"(v) : "Q"(*(const volatile uint32_t *)a) : "memory");
    return v;
}
static always_inline void mmio_write8(volatile void *a, uint8_t v)
{
    __asm__ volatile("strb %w1, %0" : "=Q"(*(volatile uint8_t *)a) : "rZ"(v) : "memory");
}
static always_inline void mmio_write16(volatile void *a, uint16_t v)
{
    __asm__ volatile("strh %w1, %0" : "=Q"(*(volatile uint16_t *)a) : "rZ"(v) : "memory");
}
static always_inline void mmio_write32(volatile void *a, uint32_t v)
{
    __asm__ volatile("str %w1, %0" : "=Q"(*(volatile uint32_t *)a) : "rZ"(v) : "memory");
}
#ifdef __aarch64__
static always_inline uint64_t mmio_read64(const volatile void *a)
{
    uint64_t v;

    __asm__ volatile("ldr %0, %1" : "=r"(v) : "Q"(*(const volatile uint64_t *)a) : "memory");
    return v;
}
static always_inline void mmio_write64(volatile void *a, uint64_t v)
{
    __asm__ volatile("str %x1, %0" : "=Q"(*(volatile uint64_t *)a) : "rZ"(v) : "memory");
}
#endif

#endif
