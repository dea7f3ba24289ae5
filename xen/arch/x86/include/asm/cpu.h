/* SPDX-License-Identifier: MIT */
/* Instructions that C has no word for. */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include <xen/types.h>

static always_inline void cpu_relax(void)
{
    __asm__ volatile("pause" ::: "memory");
}
static always_inline void local_irq_disable(void)
{
    __asm__ volatile("cli" ::: "memory");
}
static always_inline void local_irq_enable(void)
{
    __asm__ volatile("sti" ::: "memory");
}
static always_inline unsigned long local_save_flags(void)
{
    unsigned long f;

    __asm__ volatile("pushfq; popq %0" : "=r"(f)::"memory");
    return f;
}
static always_inline bool local_irq_is_enabled(void)
{
    return local_save_flags() & 0x200;
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
    if (f & 0x200)
        local_irq_enable();
    else
        local_irq_disable();
}
static always_inline void safe_halt(void)
{
    __asm__ volatile("sti; hlt" ::: "memory");
}
static always_inline void halt(void)
{
    __asm__ volatile("hlt" ::: "memory");
}

#define smp_mb()  __asm__ volatile("lock addl $0, -4(%%rsp)" ::: "memory", "cc")
#define smp_rmb() barrier()
#define smp_wmb() barrier()
#define mb()      __asm__ volatile("mfence" ::: "memory")
#define rmb()     __asm__ volatile("lfence" ::: "memory")
#define wmb()     __asm__ volatile("sfence" ::: "memory")

static always_inline uint64_t rdmsr(uint32_t msr)
{
    uint32_t lo, hi;

    __asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
    return lo | (uint64_t)hi << 32;
}
static always_inline void wrmsr(uint32_t msr, uint64_t v)
{
    __asm__ volatile("wrmsr" ::"c"(msr), "a"((uint32_t)v), "d"((uint32_t)(v >> 32)) : "memory");
}
/* With a fault handler: 0, or -EFAULT and *v = 0. In arch/x86/extable.c's users. */
int rdmsr_safe(uint32_t msr, uint64_t *v);
int wrmsr_safe(uint32_t msr, uint64_t v);

static always_inline uint64_t rdtsc(void)
{
    uint32_t lo, hi;

    __asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
    return lo | (uint64_t)hi << 32;
}
static always_inline uint64_t rdtsc_ordered(void)
{
    uint32_t lo, hi;

    __asm__ volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi)::"memory");
    return lo | (uint64_t)hi << 32;
}

struct cpuid_leaf {
    uint32_t a, b, c, d;
};
static always_inline struct cpuid_leaf cpuid_count(uint32_t leaf, uint32_t sub)
{
    struct cpuid_leaf r;

    __asm__ volatile("cpuid" : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d) : "0"(leaf), "2"(sub));
    return r;
}
static always_inline struct cpuid_leaf cpuid(uint32_t leaf)
{
    return cpuid_count(leaf, 0);
}

#define DEFINE_CR(n)                                                                               \
    static always_inline unsigned long read_cr##n(void)                                            \
    {                                                                                              \
        unsigned long v;                                                                           \
        __asm__ volatile("mov %%cr" #n ", %0" : "=r"(v));                                          \
        return v;                                                                                  \
    }                                                                                              \
    static always_inline void write_cr##n(unsigned long v)                                         \
    {                                                                                              \
        __asm__ volatile("mov %0, %%cr" #n ::"r"(v) : "memory");                                   \
    }
DEFINE_CR(0)
DEFINE_CR(2)
DEFINE_CR(3)
DEFINE_CR(4)
#undef DEFINE_CR

#define DR6_DEFAULT 0xffff0ff0UL /* no condition. AMD APM vol 2, 13.1.1.3 */
static always_inline void write_dr6(unsigned long v)
{
    __asm__ volatile("mov %0, %%db6" ::"r"(v));
}
static always_inline void clts(void)
{
    __asm__ volatile("clts");
}
static always_inline void invlpg(unsigned long va)
{
    __asm__ volatile("invlpg (%0)" ::"r"(va) : "memory");
}
static always_inline void wbinvd(void)
{
    __asm__ volatile("wbinvd" ::: "memory");
}

#define DEFINE_IO(sfx, type)                                                                       \
    static always_inline type in##sfx(uint16_t port)                                               \
    {                                                                                              \
        type v;                                                                                    \
        __asm__ volatile("in" #sfx " %w1, %0" : "=a"(v) : "Nd"(port));                             \
        return v;                                                                                  \
    }                                                                                              \
    static always_inline void out##sfx(type v, uint16_t port)                                      \
    {                                                                                              \
        __asm__ volatile("out" #sfx " %0, %w1" ::"a"(v), "Nd"(port));                              \
    }
DEFINE_IO(b, uint8_t)
DEFINE_IO(w, uint16_t)
DEFINE_IO(l, uint32_t)
#undef DEFINE_IO

/* Features of the boot CPU (CPUID words by the public featureset order), filled early. */
#include <public/arch-x86/cpufeatureset.h>
#define NR_FEATURE_WORDS 19
extern uint32_t host_features[NR_FEATURE_WORDS];
static inline bool cpu_has(unsigned int feature) /* XEN_X86_FEATURE_* */
{
    return host_features[feature / 32] & (1U << (feature % 32));
}
extern unsigned int host_phys_bits; /* width of machine addresses */

#define MSR_APIC_BASE      0x0000001b
#define MSR_MISC_ENABLE    0x000001a0
#define MSR_PAT            0x00000277
#define MSR_EFER           0xc0000080
#define MSR_STAR           0xc0000081
#define MSR_LSTAR          0xc0000082
#define MSR_CSTAR          0xc0000083
#define MSR_SYSCALL_MASK   0xc0000084
#define MSR_FS_BASE        0xc0000100
#define MSR_GS_BASE        0xc0000101
#define MSR_KERNEL_GS_BASE 0xc0000102
#define MSR_TSC_AUX        0xc0000103
#define EFER_SCE           (1UL << 0)
#define EFER_LME           (1UL << 8)
#define EFER_LMA           (1UL << 10)
#define EFER_NXE           (1UL << 11)
#define EFER_SVME          (1UL << 12)

#define CR0_PE         (1UL << 0)
#define CR0_MP         (1UL << 1)
#define CR0_EM         (1UL << 2)
#define CR0_TS         (1UL << 3)
#define CR0_ET         (1UL << 4)
#define CR0_NE         (1UL << 5)
#define CR0_WP         (1UL << 16)
#define CR0_AM         (1UL << 18)
#define CR0_PG         (1UL << 31)
#define CR4_VME        (1UL << 0)
#define CR4_PVI        (1UL << 1)
#define CR4_TSD        (1UL << 2)
#define CR4_DE         (1UL << 3)
#define CR4_PSE        (1UL << 4)
#define CR4_PAE        (1UL << 5)
#define CR4_MCE        (1UL << 6)
#define CR4_PGE        (1UL << 7)
#define CR4_PCE        (1UL << 8)
#define CR4_OSFXSR     (1UL << 9)
#define CR4_OSXMMEXCPT (1UL << 10)
#define CR4_UMIP       (1UL << 11)
#define CR4_FSGSBASE   (1UL << 16)
#define CR4_OSXSAVE    (1UL << 18)
#define CR4_SMEP       (1UL << 20)
#define CR4_SMAP       (1UL << 21)

#define EFLAGS_CF   (1UL << 0)
#define EFLAGS_MBS  (1UL << 1)
#define EFLAGS_TF   (1UL << 8)
#define EFLAGS_IF   (1UL << 9)
#define EFLAGS_DF   (1UL << 10)
#define EFLAGS_IOPL (3UL << 12)
#define EFLAGS_NT   (1UL << 14)
#define EFLAGS_RF   (1UL << 16)
#define EFLAGS_VM   (1UL << 17)
#define EFLAGS_AC   (1UL << 18)
#define EFLAGS_VIF  (1UL << 19)
#define EFLAGS_VIP  (1UL << 20)
#define EFLAGS_ID   (1UL << 21)

enum trap_nr {
    TRAP_DE,
    TRAP_DB,
    TRAP_NMI,
    TRAP_BP,
    TRAP_OF,
    TRAP_BR,
    TRAP_UD,
    TRAP_NM,
    TRAP_DF,
    TRAP_TS = 10,
    TRAP_NP,
    TRAP_SS,
    TRAP_GP,
    TRAP_PF,
    TRAP_MF = 16,
    TRAP_AC,
    TRAP_MC,
    TRAP_XM,
    TRAP_CP = 21,
};

#endif
