/* SPDX-License-Identifier: MIT */
/* vCPUs: creation, registers in and out. */
#include <asm/domain.h>
#include <asm/sysregs.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/port/context.h>
#include <xen/port/domain.h>
#include "private.h"

/* Stage 2 on; interrupts and SErrors come to us; waiting, SMC, set/way cache maintenance, ID and
 * implementation-defined registers are trapped. EL1 is AArch64. */
#define HCR_GUEST                                                                                  \
    (HCR_VM | HCR_SWIO | HCR_PTW | HCR_FMO | HCR_IMO | HCR_AMO | HCR_FB | HCR_BSU_IS | HCR_TWI |   \
     HCR_TWE | HCR_TID3 | HCR_TSC | HCR_TIDCP | HCR_TACR | HCR_TSW | HCR_RW)

#define MPIDR_RES1 0x80000000UL

/* A group of 16 is what one GICv3 SGI can reach; tools number CPUs in device trees alike. */
static uint64_t vcpu_mpidr(unsigned int id)
{
    return MPIDR_RES1 | (id & 0xf) | ((uint64_t)id >> 4) << 8;
}

void vcpu_reset_state(struct vcpu *v)
{
    memset(&v->arch.user_regs, 0, sizeof(v->arch.user_regs));
    memset(&v->arch.el1, 0, sizeof(v->arch.el1));
    memset(&v->arch.fp, 0, sizeof(v->arch.fp));
    v->arch.user_regs.cpsr = PSR_GUEST64_INIT;
    v->arch.el1.sctlr = SCTLR_GUEST_INIT;
    v->arch.el1.actlr = read_sysreg(actlr_el1);
    v->arch.hcr_el2 = HCR_GUEST;
    v->arch.vmpidr = vcpu_mpidr(v->vcpu_id);
}

int port_vcpu_create(struct vcpu *v)
{
    int rc;

    v->dirty_cpu = VCPU_CPU_CLEAN;
    if (is_system_domain(v->domain))
        return 0;
    vcpu_reset_state(v);
    rc = vgic_vcpu_init(v);
    if (rc)
        return rc;
    rc = vtimer_vcpu_init(v);
    if (rc)
        vgic_vcpu_free(v);
    return rc;
}

void port_vcpu_destroy(struct vcpu *v)
{
    if (is_system_domain(v->domain))
        return;
    vtimer_vcpu_free(v);
    vgic_vcpu_free(v);
}

/* EL0 or EL1, 64 bits: there is no AArch32 below our guests' kernels. */
static bool mode_ok(uint64_t cpsr)
{
    switch (cpsr & (PSR_MODE_BIT | 0xf)) {
    case PSR_MODE_EL0t:
    case PSR_MODE_EL1t:
    case PSR_MODE_EL1h:
        return true;
    default:
        return false;
    }
}

int port_set_vcpu_context(struct vcpu *v, struct vcpu_guest_context *ctx)
{
    const struct vcpu_guest_core_regs *in = &ctx->user_regs;
    struct cpu_user_regs *r = &v->arch.user_regs;
    struct el1_state *el1 = &v->arch.el1;

    if (!mode_ok(in->cpsr))
        return -EINVAL;
    memcpy(r->x, &in->x0, sizeof(r->x));
    r->pc = in->pc64;
    r->cpsr = (uint32_t)in->cpsr;
    el1->spsr = in->spsr_el1;
    el1->sp_el0 = in->sp_el0;
    el1->sp_el1 = in->sp_el1;
    el1->elr = in->elr_el1;
    el1->sctlr = ctx->sctlr;
    el1->tcr = ctx->ttbcr;
    el1->ttbr0 = ctx->ttbr0;
    el1->ttbr1 = ctx->ttbr1;
    v->is_initialised = true;
    if (ctx->flags & VGCF_online)
        __atomic_fetch_and(&v->pause_flags, ~VPF_DOWN, __ATOMIC_SEQ_CST);
    else
        __atomic_fetch_or(&v->pause_flags, VPF_DOWN, __ATOMIC_SEQ_CST);
    return 0;
}

void port_get_vcpu_context(struct vcpu *v, struct vcpu_guest_context *ctx)
{
    struct vcpu_guest_core_regs *out = &ctx->user_regs;
    const struct cpu_user_regs *r = &v->arch.user_regs;
    const struct el1_state *el1 = &v->arch.el1;

    memset(ctx, 0, sizeof(*ctx));
    port_sync_vcpu_state(v);
    memcpy(&out->x0, r->x, sizeof(r->x));
    out->pc64 = r->pc;
    out->cpsr = r->cpsr;
    out->spsr_el1 = el1->spsr;
    out->sp_el0 = el1->sp_el0;
    out->sp_el1 = el1->sp_el1;
    out->elr_el1 = el1->elr;
    ctx->sctlr = el1->sctlr;
    ctx->ttbcr = el1->tcr;
    ctx->ttbr0 = el1->ttbr0;
    ctx->ttbr1 = el1->ttbr1;
    if (!(v->pause_flags & VPF_DOWN))
        ctx->flags |= VGCF_online;
}

int port_vcpu_reset(struct vcpu *v)
{
    port_sync_vcpu_state(v);
    vcpu_reset_state(v);
    vgic_vcpu_reset(v);
    vtimer_vcpu_reset(v);
    v->is_initialised = false;
    return 0;
}

/* Guests' vCPUs come up by PSCI. */
long port_vcpu_op(int cmd, struct vcpu *v, void *arg)
{
    return -ENOSYS;
}
