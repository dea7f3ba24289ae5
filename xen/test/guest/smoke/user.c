/* SPDX-License-Identifier: MIT */
/* User mode: its own root table, entries from it, debug registers. */
#include <smoke/smoke.h>

#define USER_CODE 0x400000UL
#define USER_DATA 0x401000UL

/* What user mode runs, by entry. */
extern uint8_t user_code[], user_syscall[], user_int3[], user_hypercall[], user_peek[], user_step[];
__asm__(".balign 4096\n"
        "user_code:\n"
        "user_syscall: mov $0x1234, %eax; syscall; 1: jmp 1b\n"
        "user_int3: int3; jmp .\n"
        "user_hypercall: mov $17, %eax; xor %edi, %edi; syscall; jmp .\n"
        "user_peek: mov (%rax), %rbx; ud2\n"
        "user_step: nop; nop; ud2\n"
        ".balign 4096\n");

static uint64_t *user_root;

static uint64_t user_at(const uint8_t *label)
{
    return USER_CODE + (label - user_code);
}

static bool build(void)
{
    uint64_t *l1 = page_alloc(), *l2 = page_alloc(), *l3 = page_alloc();
    uint8_t *data = page_alloc();

    user_root = page_alloc();
    l1[0] = pte_of(user_code, PTE_RO);
    l1[1] = pte_of(data, PTE_RW);
    l2[2] = pte_of(l1, PTE_RW);
    l3[0] = pte_of(l2, PTE_RW);
    user_root[0] = pte_of(l3, PTE_RW);
    make_readonly(l1);
    make_readonly(l2);
    make_readonly(l3);
    make_readonly(user_root);
    WANT("pin the user's root", mmuext(MMUEXT_PIN_L4_TABLE, virt_to_mfn(user_root), 0), 0);
    WANT("user base pointer", mmuext(MMUEXT_NEW_USER_BASEPTR, virt_to_mfn(user_root), 0), 0);
    return true;
}

static uint64_t user_rax, user_flags;
static void go(void *rip)
{
    enter_user((uint64_t)rip, USER_DATA + 4096, user_flags, user_rax);
}

static int user(const uint8_t *label)
{
    return trap_try(go, (void *)user_at(label));
}

static void entries(void)
{
    WANT("syscall", user(user_syscall), ENTRY_SYSCALL);
    WANT("syscall: rax", trap_regs.rax, 0x1234);
    WANT("syscall: rip", trap_regs.rip, user_at(user_syscall) + 7);
    WANT("syscall: rsp", trap_regs.rsp, USER_DATA + 4096);
    WANT("syscall: cs", trap_regs.cs & 0xffff, FLAT_USER_CS64);
    WANT("syscall: events masked", vcpu_info->evtchn_upcall_mask, 1);
    events_mask(true);
    WANT("int3", user(user_int3), 3);
    WANT("int3: rip", trap_regs.rip, user_at(user_int3) + 1);
    WANT("int3: cs", trap_regs.cs & 0xffff, FLAT_USER_CS64);
    WANT("int3: ss", trap_regs.ss, FLAT_USER_SS64);
    WANT("a hypercall from user mode", user(user_hypercall), ENTRY_SYSCALL);
    user_rax = (uint64_t)&user_root;
    WANT("user reads the kernel", user(user_peek), 14);
    WANT("error code", trap_regs.error, 4);
    WANT("cr2", trap_cr2, &user_root);
    user_rax = HYPERVISOR_VIRT_START;
    WANT("user reads the M2P", user(user_peek), 14);
    user_rax = 1UL << 63;
    WANT("user reads a wild address", user(user_peek), 13);
    user_rax = USER_DATA;
    WANT("user reads its data", user(user_peek), 6);
    user_flags = EFLAGS_TF | 2;
    WANT("single step", user(user_step), 1);
    WANT("one step", trap_regs.rip, user_at(user_step) + 1);
    user_flags = 2;
}

static bool count_failsafe(struct regs *r)
{
    if (r->vector == ENTRY_EVENT)
        return false;
    trap_leave(r);
}

static void frame(void *arg)
{
    raw_iret(arg);
}

/* Frames that the processor would refuse: the guest gets a fault or its failsafe callback. */
static void bad_frames(void)
{
    static struct iret_context f;
    int v;

    trap_hook = count_failsafe;
    f = (struct iret_context){.rip = user_at(user_int3),
                              .cs = 0x1237,
                              .ss = FLAT_USER_SS64,
                              .rflags = 2,
                              .rsp = USER_DATA + 4096};
    v = trap_try(frame, &f);
    WANT_TRUE("iret to a wild CS", v == ENTRY_FAILSAFE || v == 13);
    f.cs = FLAT_USER_CS64;
    f.ss = 0x5557;
    v = trap_try(frame, &f);
    WANT_TRUE("iret to a wild SS", v == ENTRY_FAILSAFE || v == 13 || v == 3);
    f.ss = FLAT_USER_SS64;
    f.rip = 1UL << 63;
    v = trap_try(frame, &f);
    WANT_TRUE("iret to a wild RIP", v == ENTRY_FAILSAFE || v == 13 || v == 14);
    f.rip = user_at(user_int3);
    f.rflags = 0x3202 | 0x4000 | 0x20000; /* IOPL 3, NT, VM */
    v = trap_try(frame, &f);
    WANT("iret with wild flags", v, 3);
    WANT("IOPL and VM are off", trap_regs.rflags & 0x23000, 0);
    f.rflags = 2;
    f.flags = VGCF_in_syscall;
    f.rcx = f.rip;
    WANT("iret by sysret", trap_try(frame, &f), 3);
    trap_hook = NULL;
}

void test_user(void)
{
    user_flags = 2;
    if (!build())
        return;
    entries();
    bad_frames();
    mmuext(MMUEXT_NEW_USER_BASEPTR, 0, 0);
    WANT("unpin", mmuext(MMUEXT_UNPIN_TABLE, virt_to_mfn(user_root), 0), 0);
    WANT("a data page again", make_writable(user_root), 0);
}

static void poke(void *p)
{
    *(volatile uint64_t *)p = 1;
}

void test_debug(void)
{
    static uint64_t watched[8] __attribute__((aligned(64)));

    WANT("set dr0", hcall2(__HYPERVISOR_set_debugreg, 0, &watched[1]), 0);
    WANT("get dr0", hcall1(__HYPERVISOR_get_debugreg, 0), &watched[1]);
    WANT("set dr7", hcall2(__HYPERVISOR_set_debugreg, 7, 0x90001), 0); /* write, 8 bytes, local */
    WANT("a watched write", trap_try(poke, &watched[1]), 1);
    WANT_TRUE("dr6", (hcall1(__HYPERVISOR_get_debugreg, 6) & 0xf) == 1);
    WANT("another write", trap_try(poke, &watched[2]), -1);
    WANT("dr7 off", hcall2(__HYPERVISOR_set_debugreg, 7, 0), 0);
    WANT("no watch any more", trap_try(poke, &watched[1]), -1);
    REFUSED("dr0 in the hypervisor", hcall2(__HYPERVISOR_set_debugreg, 0, HYPERVISOR_VIRT_START));
    REFUSED("dr9", hcall2(__HYPERVISOR_set_debugreg, 9, 0));
    REFUSED("I/O breakpoint", hcall2(__HYPERVISOR_set_debugreg, 7, 0x20001));
    REFUSED("get dr9", hcall1(__HYPERVISOR_get_debugreg, 9));
}
