/* SPDX-License-Identifier: MIT */
/* Wild frames for the iret hypercall, to a user mode whose page tables map nothing. */
#include <hostile/hostile.h>

static uint16_t any_selector(void)
{
    static const uint16_t good[] = {
        FLAT_RING3_CS64, FLAT_RING3_SS64, FLAT_RING3_CS32, 0,      3,      0xe008, 0xe010,
        0xe019,          0xe030,          0xe038,          0xe040, 0xe048, 0xfff8};

    return one_in(4) ? (uint16_t)prng_next(&rng) : good[rnd(ARRAY_SIZE(good))];
}

static void iret(void *arg)
{
    raw_iret(arg);
}

static bool leave(struct regs *r)
{
    if (r->vector == ENTRY_EVENT)
        return false;
    if (recover(r))
        return true;
    trap_leave(r);
}

static void *user_root(void)
{
    static void *root;

    if (!root) {
        root = page_alloc();
        make_readonly(root);
        mmuext(MMUEXT_PIN_L4_TABLE, virt_to_mfn(root), 0);
    }
    return root;
}

void frame_step(void)
{
    struct iret_context *f =
        (struct iret_context *)(arena + rnd(ARENA_PAGES * PAGE_SIZE / 8 - 16) * 8);

    f->rax = any_value();
    f->r11 = any_value();
    f->rcx = any_value();
    f->flags = one_in(2) ? VGCF_in_syscall : any_value();
    f->rip = any_address();
    f->cs = any_selector() | 3; /* to user mode, whose faults come back on the entry stack */
    f->rflags = any_value();
    f->rsp = any_address();
    f->ss = any_selector();
    mmuext(MMUEXT_NEW_USER_BASEPTR, virt_to_mfn(user_root()), 0);
    trap_hook = leave;
    trap_try(iret, f);
    trap_hook = recover;
    events_mask(true);
}
