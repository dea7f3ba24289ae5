/* SPDX-License-Identifier: MIT */
/* A second vCPU: it takes its context, runs, and goes down. */
#include <smoke/smoke.h>

static uint8_t stack[PAGE_SIZE] __attribute__((aligned(4096)));
static volatile unsigned int came_up;

static void second(void)
{
    came_up = 1;
    for (;;)
        vcpu_op(VCPUOP_down, 1, NULL);
}

/* What is refused late leaves nothing of what was fine: the root is an ordinary page again. */
static void refused_contexts(vcpu_guest_context_t *ctx)
{
    uint64_t *root = page_alloc();

    WANT("a page for a root", make_readonly(root), 0);
    ctx->ctrlreg[3] = xen_pfn_to_cr3(virt_to_mfn(root));
    ctx->ctrlreg[1] = xen_pfn_to_cr3(virt_to_mfn(stack));
    REFUSED("a data page as the user's root", vcpu_op(VCPUOP_initialise, 1, ctx));
    WANT("the kernel's is writable again", make_writable(root), 0);
    WANT("and read-only", make_readonly(root), 0);
    ctx->ctrlreg[1] = 0;
    ctx->gdt_frames[0] = virt_to_mfn(root);
    ctx->gdt_ents = 1;
    ctx->ctrlreg[3] = xen_pfn_to_cr3(virt_to_mfn(stack));
    REFUSED("a good GDT and a bad root", vcpu_op(VCPUOP_initialise, 1, ctx));
    WANT("the GDT's page is writable again", make_writable(root), 0);
    ctx->gdt_frames[0] = virt_to_mfn((void *)start_info->pt_base);
    ctx->ctrlreg[3] = ctx->gdt_frames[0] << PAGE_SHIFT;
    REFUSED("a root as GDT", vcpu_op(VCPUOP_initialise, 1, ctx));
    ctx->gdt_ents = 0;
    ctx->flags = 0;
    REFUSED("user mode without a root", vcpu_op(VCPUOP_initialise, 1, ctx));
    ctx->flags = VGCF_in_kernel;
}

void test_smp(void)
{
    static vcpu_guest_context_t ctx;
    uint64_t end = now_ns() + 5000000000;

    if (vcpu_op(VCPUOP_is_up, 1, NULL) == -XEN_ENOENT) {
        skipped("no vCPU 1", 0);
        return;
    }
    WANT("is_up", vcpu_op(VCPUOP_is_up, 1, NULL), 0);
    REFUSED("up without a context", vcpu_op(VCPUOP_up, 1, NULL));
    ctx.flags = VGCF_in_kernel;
    ctx.user_regs.rip = (unsigned long)second;
    ctx.user_regs.rsp = (unsigned long)stack + sizeof(stack) - 8;
    ctx.user_regs.cs = FLAT_KERNEL_CS64;
    ctx.user_regs.ss = FLAT_KERNEL_SS64;
    ctx.user_regs.rflags = 0x202;
    ctx.kernel_ss = FLAT_KERNEL_SS64;
    ctx.kernel_sp = ctx.user_regs.rsp;
    ctx.ctrlreg[3] = xen_pfn_to_cr3(virt_to_mfn(stack));
    REFUSED("a data page as root", vcpu_op(VCPUOP_initialise, 1, &ctx));
    refused_contexts(&ctx);
    ctx.ctrlreg[3] = xen_pfn_to_cr3(virt_to_mfn((void *)start_info->pt_base));
    WANT("initialise", vcpu_op(VCPUOP_initialise, 1, &ctx), 0);
    WANT("a second time", vcpu_op(VCPUOP_initialise, 1, &ctx), -XEN_EEXIST);
    WANT("up", vcpu_op(VCPUOP_up, 1, NULL), 0);
    while (!came_up && now_ns() < end)
        sched_op(SCHEDOP_yield, NULL);
    WANT("it runs", came_up, 1);
    while (vcpu_op(VCPUOP_is_up, 1, NULL) && now_ns() < end)
        sched_op(SCHEDOP_yield, NULL);
    WANT("and goes down", vcpu_op(VCPUOP_is_up, 1, NULL), 0);
}
