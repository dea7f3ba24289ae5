/* SPDX-License-Identifier: MIT */
/* Exceptions of the kernel itself: vector, error code, frame, and the way back. */
#include <smoke/smoke.h>

static struct regs seen;

/* Note the frame and go on where rbx says. */
static bool note_and_skip(struct regs *r)
{
    if (r->vector == ENTRY_EVENT)
        return false;
    seen = *r;
    r->rip = r->rbx;
    r->rflags &= ~EFLAGS_TF;
    return true;
}

/* Run some instructions, of which the last may fault; gives the address of the first. */
#define PROVOKE(insn, ...)                                                                         \
    ({                                                                                             \
        uint64_t at_;                                                                              \
        seen.vector = ~0UL;                                                                        \
        __asm__ volatile("lea 1f(%%rip), %0; lea 2f(%%rip), %%rbx; 1: " insn "; 2:"                \
                         : "=&r"(at_)                                                              \
                         : __VA_ARGS__                                                             \
                         : "rbx", "rax", "rcx", "rdx", "memory", "cc");                            \
        at_;                                                                                       \
    })

static void simple(void)
{
    uint64_t at;

    at = PROVOKE("int3");
    WANT("int3: vector", seen.vector, 3);
    WANT("int3: rip", seen.rip, at + 1);
    WANT("int3: cs", seen.cs & 0xffff, FLAT_KERNEL_CS64 & ~3);
    WANT("int3: ss", seen.ss, FLAT_KERNEL_SS64);
    WANT("int3: events masked in the frame", seen.rflags & EFLAGS_IF, 0);
    at = PROVOKE("ud2");
    WANT("ud2: vector", seen.vector, 6);
    WANT("ud2: rip", seen.rip, at);
    at = PROVOKE("xor %%edx, %%edx; xor %%ecx, %%ecx; mov $1, %%eax; div %%ecx");
    WANT("div: vector", seen.vector, 0);
    WANT_TRUE("div: rip", seen.rip > at);
    PROVOKE("int $0x80");
    WANT("int 0x80: vector", seen.vector, 0x80);
    at = PROVOKE("int $0x81");
    WANT("int 0x81: vector", seen.vector, 13);
    WANT("int 0x81: rip", seen.rip, at);
    at = PROVOKE("mov %1, %%ds", "r"(0x1234));
    WANT("mov ds: vector", seen.vector, 13);
    WANT("mov ds: error", seen.error, 0x1234 & ~3);
    at = PROVOKE("pushfq; orl $0x100, (%%rsp); popfq; nop");
    WANT("single step: vector", seen.vector, 1);
    at = PROVOKE("mov (%1), %%rax", "r"(1UL << 63));
    WANT("non-canonical: vector", seen.vector, 13);
    WANT("non-canonical: error", seen.error, 0);
}

static void page_faults(void)
{
    unsigned int idx;
    void *l4 = walk(NULL, 4, &idx);
    uint64_t at;

    at = PROVOKE("mov (%1), %%rax", "r"(0x123458UL));
    WANT("read: vector", seen.vector, 14);
    WANT("read: rip", seen.rip, at);
    WANT("read: cr2", trap_cr2, 0x123458);
    WANT("read: error", seen.error & ~4, 0);
    PROVOKE("mov %%rax, (%1)", "r"(0x123459UL));
    WANT("write: error", seen.error & ~4, 2);
    PROVOKE("movb $0, (%1)", "r"(l4));
    WANT("write to the root table: vector", seen.vector, 14);
    WANT("write to the root table: error", seen.error & ~4, 3);
    WANT("write to the root table: cr2", trap_cr2, l4);
    PROVOKE("mov (%1), %%rax", "r"(HYPERVISOR_VIRT_START + (12UL << 39)));
    WANT("hypervisor: vector", seen.vector, 14);
    PROVOKE("mov %%rax, (%1)", "r"(HYPERVISOR_VIRT_START));
    WANT("write to the M2P: vector", seen.vector, 14);
    seen.vector = 99;
    (void)machine_to_phys_mapping[virt_to_mfn(l4)];
    WANT("read of the M2P", seen.vector, 99);
}

static uint8_t mask_seen;
static bool note_mask(struct regs *r)
{
    if (r->vector == ENTRY_EVENT) { /* such as the console's: not what is looked at here */
        vcpu_info->evtchn_upcall_pending = 0;
        __atomic_store_n(&vcpu_info->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
        return true;
    }
    if (r->vector != 3 && r->vector != 0x80)
        return false;
    mask_seen = vcpu_info->evtchn_upcall_mask;
    seen = *r;
    return true;
}

/* Entries with bit 2 mask events, the frame keeps what they were, iret restores it. */
static void masking(void)
{
    trap_hook = note_mask;
    events_unmask();
    PROVOKE("int3");
    WANT("mask in the handler", mask_seen, 1);
    WANT("IF in the frame", seen.rflags & EFLAGS_IF, EFLAGS_IF);
    WANT("mask after iret", vcpu_info->evtchn_upcall_mask, 0);
    PROVOKE("int $0x80");
    WANT("mask of a trap gate", mask_seen, 0);
    events_mask(true);
}

static void fpu(void)
{
    WANT("fpu_taskswitch", hcall1(__HYPERVISOR_fpu_taskswitch, 1), 0);
    PROVOKE("fninit");
    WANT("x87 after taskswitch", seen.vector, 7);
    WANT("fpu_taskswitch 0", hcall1(__HYPERVISOR_fpu_taskswitch, 0), 0);
    PROVOKE("fninit");
    WANT("x87 after that", seen.vector, ~0UL);
}

void test_traps(void)
{
    trap_info_t bad[] = {{1, 0, FLAT_KERNEL_CS64, HYPERVISOR_VIRT_START + 4096}, {0}};

    trap_hook = note_and_skip;
    simple();
    page_faults();
    fpu();
    masking();
    hcall1(__HYPERVISOR_set_trap_table, bad);
    REFUSED("a trap table at 0x1000", hcall1(__HYPERVISOR_set_trap_table, 0x1000));
    WANT("traps again", traps_install(), 0);
}

/* Privileged instructions: emulated, or #GP; never done. */
void test_privileged(void)
{
    uint32_t a, b, c, d;
    uint64_t cr;

    trap_hook = note_and_skip;
    PROVOKE("in $0x60, %%al");
    WANT("in: vector", seen.vector, 13);
    PROVOKE("out %%al, $0x80");
    WANT("out: vector", seen.vector, 13);
    PROVOKE("mov $0xcf8, %%edx; in (%%dx), %%eax");
    WANT_TRUE("in cf8", seen.vector == 13 || seen.vector == ~0UL);
    PROVOKE("hlt");
    WANT("hlt: vector", seen.vector, 13);
    PROVOKE("mov $0x12345678, %%ecx; rdmsr");
    WANT("rdmsr: vector", seen.vector, 13);
    PROVOKE("mov $0x12345678, %%ecx; xor %%eax, %%eax; xor %%edx, %%edx; wrmsr");
    WANT("wrmsr: vector", seen.vector, 13);
    PROVOKE("lgdt (%1)", "r"(entry_stack));
    WANT("lgdt: vector", seen.vector, 13);
    PROVOKE("ltr %%ax");
    WANT("ltr: vector", seen.vector, 13);
    PROVOKE("invd");
    WANT("invd: vector", seen.vector, 13);
    PROVOKE("mov %1, %%cr8", "r"(0UL));
    WANT_TRUE("cr8: vector", seen.vector == 13 || seen.vector == 6);
    seen.vector = 99;
    __asm__ volatile("mov %%cr0, %0" : "=r"(cr));
    WANT_TRUE("cr0 is read", (cr & 0x80000001) == 0x80000001 && seen.vector == 99);
    __asm__ volatile("mov %%cr3, %0" : "=r"(cr));
    WANT("cr3", cr >> 12, virt_to_mfn((void *)start_info->pt_base));
    __asm__ volatile("mov %%cr4, %0" : "=r"(cr));
    WANT_TRUE("cr4 has PAE", cr & 0x20);
    __asm__ volatile(XEN_CPUID : "=a"(a), "=b"(b), "=c"(c), "=d"(d) : "a"(0x40000000), "c"(0));
    WANT_TRUE("forced cpuid: signature", b == 0x566e6558 && c == 0x65584d4d && d == 0x4d4d566e);
    WANT_TRUE("forced cpuid: leaves", a >= 0x40000002 && a < 0x40000100);
    __asm__ volatile(XEN_CPUID : "=a"(a), "=b"(b), "=c"(c), "=d"(d) : "a"(1), "c"(0));
    WANT("forced cpuid: no VMX", c & (1U << 5), 0);
    WANT_TRUE("forced cpuid: FPU, TSC, PAE", (d & 0x51) == 0x51);
    __asm__ volatile(XEN_CPUID : "=a"(a), "=b"(b), "=c"(c), "=d"(d) : "a"(0x80000001), "c"(0));
    WANT("forced cpuid: no SVM", c & (1U << 2), 0);
    WANT_TRUE("forced cpuid: long mode, syscall", d & (1U << 29) && d & (1U << 11));
    PROVOKE(".byte 0x0f,0x0b,0x78,0x65,0x6e; ud2");
    WANT("the prefix before another instruction", seen.vector, 6);
}
