/* SPDX-License-Identifier: MIT */
/*
 * A PV kernel for tests: starts, prints on its console, catches its own faults, ends with a result.
 * One vCPU runs C code; events stay masked unless a test unmasks them.
 */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <public/errno.h>
#include <public/xen.h>
#include <public/event_channel.h>
#include <public/sched.h>
#include <public/vcpu.h>
#include <xen/lib/printf.h>
#include <xen/lib/string.h>

#define PAGE_SIZE     4096UL
#define PAGE_SHIFT    12
#define VIRT_BASE     0xffffffff80000000UL
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Page-table entry bits. */
#define PTE_P   0x001UL
#define PTE_W   0x002UL
#define PTE_U   0x004UL
#define PTE_A   0x020UL
#define PTE_D   0x040UL
#define PTE_PS  0x080UL
#define PTE_G   0x100UL
#define PTE_NX  (1UL << 63)
#define PTE_MFN 0x000ffffffffff000UL
#define PTE_RW  (PTE_P | PTE_W | PTE_U | PTE_A | PTE_D)
#define PTE_RO  (PTE_P | PTE_U | PTE_A | PTE_D)

#define EFLAGS_TF 0x100UL
#define EFLAGS_IF 0x200UL

/* Vectors of entries that are no exception. */
#define ENTRY_EVENT    0x100
#define ENTRY_FAILSAFE 0x101
#define ENTRY_SYSCALL  0x102

/* Registers at an entry, in the order in which entry.S stores them. */
struct regs {
    uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
    uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

struct jmpbuf {
    uint64_t rbx, rbp, r12, r13, r14, r15, rsp, rip;
};
int __attribute__((returns_twice)) jmp_set(struct jmpbuf *buf);
void __attribute__((noreturn)) jmp_to(struct jmpbuf *buf, int value);

/* What the guest does; supplied by each guest. @cmdline is start_info's, ended. */
void guest_main(const char *cmdline);

/* ---- start.c ---- */
extern start_info_t *start_info;
extern shared_info_t *shared_info;
extern struct vcpu_info *vcpu_info; /* of vCPU 0, wherever it is registered */

enum result { RESULT_SUCCESS, RESULT_SKIP, RESULT_ERROR, RESULT_FAILURE };
/* Print the RESULT line, with the formatted reason but for success, and power off. */
void __attribute__((noreturn, format(printf, 2, 3))) finish(enum result res, const char *fmt, ...);
void __attribute__((noreturn)) shutdown(unsigned int reason);
extern void (*last_words)(void); /* called before the RESULT line */

/* Number after "name=" on the command line, else @def. Decimal, or hexadecimal with 0x. */
uint64_t cmdline_number(const char *cmdline, const char *name, uint64_t def);

/* Generator xorshift64*; never seeded with 0. */
struct prng {
    uint64_t state;
};
void prng_seed(struct prng *p, uint64_t seed);
uint64_t prng_next(struct prng *p);
static inline uint64_t prng_below(struct prng *p, uint64_t n)
{
    return prng_next(p) % n;
}

/* ---- console.c: the ring, and the hypervisor's console before and beside it ---- */
void console_init(void);
void console_write(const char *text, size_t len);
void __attribute__((format(printf, 1, 2))) print(const char *fmt, ...);

/* ---- hypercalls ---- */
extern uint8_t hypercall_page[];
/* Through the page for its 64 first slots, by SYSCALL for other numbers. */
long hypercall(unsigned long nr, unsigned long a1, unsigned long a2, unsigned long a3,
               unsigned long a4, unsigned long a5);
#define HCALL_ARG(x)        ((unsigned long)(x))
#define hcall1(nr, a)       hypercall(nr, HCALL_ARG(a), 0, 0, 0, 0)
#define hcall2(nr, a, b)    hypercall(nr, HCALL_ARG(a), HCALL_ARG(b), 0, 0, 0)
#define hcall3(nr, a, b, c) hypercall(nr, HCALL_ARG(a), HCALL_ARG(b), HCALL_ARG(c), 0, 0)
#define hcall4(nr, a, b, c, d)                                                                     \
    hypercall(nr, HCALL_ARG(a), HCALL_ARG(b), HCALL_ARG(c), HCALL_ARG(d), 0)

#define sched_op(cmd, arg)   hcall2(__HYPERVISOR_sched_op, cmd, arg)
#define evtchn_op(cmd, arg)  hcall2(__HYPERVISOR_event_channel_op, cmd, arg)
#define vcpu_op(cmd, v, arg) hcall3(__HYPERVISOR_vcpu_op, cmd, v, arg)
#define memory_op(cmd, arg)  hcall2(__HYPERVISOR_memory_op, cmd, arg)
#define grant_op(cmd, a, n)  hcall3(__HYPERVISOR_grant_table_op, cmd, a, n)

/* ---- traps.c ---- */
/* Register handlers, callbacks and the kernel stack; may be called again to repair them. */
long traps_install(void);
/*
 * Called at each entry, before anything else. True: the entry is dealt with, return to where it
 * came from with the (changed) registers. False: go on to trap_try(), else end with an error.
 */
extern bool (*trap_hook)(struct regs *r);
/* The last entry that ended a trap_try(). */
extern struct regs trap_regs;
extern uint64_t trap_cr2;
/* Run fn(arg); -1 if it came back, else the vector of the exception that ended it. */
int trap_try(void (*fn)(void *arg), void *arg);
/* From a hook: end the running trap_try() with the vector of @r. */
void __attribute__((noreturn)) trap_leave(const struct regs *r);
extern uint64_t trap_count[ENTRY_SYSCALL + 1];
/* Go to user mode with these registers (rip, rsp, rflags, rax); comes back through a trap only. */
void __attribute__((noreturn))
enter_user(uint64_t rip, uint64_t rsp, uint64_t rflags, uint64_t rax);
/* The iret hypercall on a frame of our making. */
void __attribute__((noreturn)) raw_iret(const struct iret_context *frame);
#define KERNEL_STACK_SIZE (8 * PAGE_SIZE)
extern uint8_t entry_stack[KERNEL_STACK_SIZE]; /* for entries from user mode */

/* ---- pages.c ---- */
/* Pages of the image that tests may give away or remap. */
#define POOL_PAGES 512
extern uint8_t pool[POOL_PAGES][PAGE_SIZE];
void *page_alloc(void); /* a zeroed page of the pool; ends with an error when it is empty */

unsigned long virt_to_pfn(const void *va);
unsigned long virt_to_mfn(const void *va); /* by the P2M, so for image addresses only */
unsigned long pfn_to_mfn(unsigned long pfn);
void *mfn_to_virt(unsigned long mfn); /* by the M2P; only for own frames below the image's end */
/* Set the entry that maps @va; the flags flush it. */
long map_va(const void *va, uint64_t pte);
static inline uint64_t pte_of(const void *va, uint64_t flags)
{
    return (virt_to_mfn(va) << PAGE_SHIFT) | flags;
}
long mmu_update(uint64_t ptr, uint64_t val);
long mmuext(unsigned int cmd, unsigned long arg1, unsigned long arg2);
/* Make @table read-only in the kernel's mapping (before a pin), or writable again. */
long make_readonly(void *table);
long make_writable(void *table);
/* Table of @level (4 to 1) that translates @va, walked in the running root; entry's index. */
uint64_t *walk(const void *va, int level, unsigned int *idx);
uint64_t machine_of_pte(const void *va); /* machine address of the L1 entry that maps @va */

/* ---- time ---- */
uint64_t now_ns(void); /* system time by vcpu_info's clock */
static inline void events_mask(bool on)
{
    __asm__ volatile("" ::: "memory");
    *(volatile uint8_t *)&vcpu_info->evtchn_upcall_mask = on;
    __asm__ volatile("" ::: "memory");
}
/* Unmask and take what is pending. */
void events_unmask(void);

#endif
