/* SPDX-License-Identifier: MIT */
#include <lib/guest.h>
#include <public/callback.h>

bool (*trap_hook)(struct regs *r);
struct regs trap_regs;
uint64_t trap_cr2;
uint64_t trap_count[ENTRY_SYSCALL + 1];
uint8_t entry_stack[KERNEL_STACK_SIZE] __attribute__((aligned(4096), section(".bss.page")));

static struct jmpbuf try_buf;
static bool trying;

void trap_entry(struct regs *r);

#define ENTRY(v) void trap_##v(void);
/* clang-format off */
ENTRY(0) ENTRY(1) ENTRY(2) ENTRY(3) ENTRY(4) ENTRY(5) ENTRY(6) ENTRY(7) ENTRY(8) ENTRY(9)
ENTRY(10) ENTRY(11) ENTRY(12) ENTRY(13) ENTRY(14) ENTRY(16) ENTRY(17) ENTRY(18) ENTRY(19)
ENTRY(80)
    /* clang-format on */
    void entry_event(void);
void entry_failsafe(void);
void entry_syscall(void);

#define GATE(v, dpl)                                                                               \
    {                                                                                              \
        v, (dpl) | 4, FLAT_KERNEL_CS64, (unsigned long)trap_##v                                    \
    }
static const trap_info_t gates[] = {
    GATE(0, 0),   GATE(1, 0),  GATE(2, 0),  GATE(3, 3),
    GATE(4, 3),   GATE(5, 0),  GATE(6, 0),  GATE(7, 0),
    GATE(8, 0),   GATE(9, 0),  GATE(10, 0), GATE(11, 0),
    GATE(12, 0),  GATE(13, 0), GATE(14, 0), GATE(16, 0),
    GATE(17, 0),  GATE(18, 0), GATE(19, 0), {0x80, 3, FLAT_KERNEL_CS64, (unsigned long)trap_80},
    {0, 0, 0, 0},
};

static long callback(uint16_t type, void (*entry)(void), uint16_t flags)
{
    callback_register_t cb = {.type = type, .flags = flags, .address = (unsigned long)entry};

    return hcall2(__HYPERVISOR_callback_op, CALLBACKOP_register, &cb);
}

long traps_install(void)
{
    long rc = hcall1(__HYPERVISOR_set_trap_table, gates);

    if (!rc)
        rc = callback(CALLBACKTYPE_event, entry_event, 0);
    if (!rc)
        rc = callback(CALLBACKTYPE_failsafe, entry_failsafe, CALLBACKF_mask_events);
    if (!rc)
        rc = callback(CALLBACKTYPE_syscall, entry_syscall, CALLBACKF_mask_events);
    if (!rc)
        rc = hcall2(__HYPERVISOR_stack_switch, FLAT_KERNEL_SS64, entry_stack + KERNEL_STACK_SIZE);
    return rc;
}

void trap_leave(const struct regs *r)
{
    trap_regs = *r;
    if (!trying)
        finish(RESULT_ERROR, "trap_leave without trap_try");
    trying = false;
    jmp_to(&try_buf, (int)r->vector + 1);
}

static void __attribute__((noreturn)) die(const struct regs *r)
{
    print("entry %lx error %lx rip %lx cs %lx rflags %lx rsp %lx cr2 %lx\n", (long)r->vector,
          (long)r->error, (long)r->rip, (long)r->cs, (long)r->rflags, (long)r->rsp, (long)trap_cr2);
    print("rax %lx rcx %lx rdx %lx rsi %lx rdi %lx\n", (long)r->rax, (long)r->rcx, (long)r->rdx,
          (long)r->rsi, (long)r->rdi);
    finish(RESULT_ERROR, "unexpected entry %lu at %lx", (long)r->vector, (long)r->rip);
}

void trap_entry(struct regs *r)
{
    if (r->vector == 14)
        trap_cr2 = vcpu_info->arch.cr2;
    if (r->vector < ARRAY_SIZE(trap_count))
        trap_count[r->vector]++;
    if (trap_hook && trap_hook(r))
        return;
    if (r->vector == ENTRY_EVENT) { /* nobody wants it: take note of it and go on masked */
        vcpu_info->evtchn_upcall_pending = 0;
        __atomic_store_n(&vcpu_info->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
        r->rflags &= ~EFLAGS_IF;
        return;
    }
    if (!trying)
        die(r);
    trap_leave(r);
}

int trap_try(void (*fn)(void *arg), void *arg)
{
    int rc = jmp_set(&try_buf);

    if (rc)
        return rc - 1;
    trying = true;
    fn(arg);
    trying = false;
    return -1;
}
