/* SPDX-License-Identifier: MIT */
/*
 * Context switch. What vCPUs have at EL1 stays in the CPU while only the idle vCPU runs there;
 * v->dirty_cpu says where. It is written back when another vCPU comes, or when somebody asks.
 * Interrupt controller and timers are saved at once: somebody else must wake the vCPU.
 */
#include <xen/kernel.h>
#include <xen/percpu.h>
#include <xen/port/context.h>
#include <xen/sched.h>
#include <xen/smp.h>
#include <xen/time.h>
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/p2m.h>
#include <asm/traps.h>
#include <asm/vgic.h>
#include <asm/vtimer.h>

/* entry.S */
void reset_stack_and_jump(void (*fn)(void)) noreturn;
void fp_save(struct fp_state *fp);
void fp_load(const struct fp_state *fp);

DEFINE_PER_CPU(struct vcpu *, current_vcpu);
DEFINE_PER_CPU(unsigned int, cpu_number);
/* Who is to have an SError taken by the hypervisor; NULL: it is the hypervisor's own. */
DEFINE_PER_CPU(struct vcpu *, serror_owner);
/* Whose EL1 state is in the registers; NULL: nobody's. */
static DEFINE_PER_CPU(struct vcpu *, loaded_vcpu);

static void el1_save(struct el1_state *s)
{
    s->sctlr = read_sysreg(sctlr_el1);
    s->tcr = read_sysreg(tcr_el1);
    s->ttbr0 = read_sysreg(ttbr0_el1);
    s->ttbr1 = read_sysreg(ttbr1_el1);
    s->mair = read_sysreg(mair_el1);
    s->amair = read_sysreg(amair_el1);
    s->contextidr = read_sysreg(contextidr_el1);
    s->cpacr = read_sysreg(cpacr_el1);
    s->vbar = read_sysreg(vbar_el1);
    s->esr = read_sysreg(esr_el1);
    s->far = read_sysreg(far_el1);
    s->afsr0 = read_sysreg(afsr0_el1);
    s->afsr1 = read_sysreg(afsr1_el1);
    s->par = read_sysreg(par_el1);
    s->elr = read_sysreg(elr_el1);
    s->spsr = read_sysreg(spsr_el1);
    s->sp_el0 = read_sysreg(sp_el0);
    s->sp_el1 = read_sysreg(sp_el1);
    s->tpidr_el0 = read_sysreg(tpidr_el0);
    s->tpidrro_el0 = read_sysreg(tpidrro_el0);
    s->tpidr_el1 = read_sysreg(tpidr_el1);
    s->csselr = read_sysreg(csselr_el1);
    s->mdscr = read_sysreg(mdscr_el1);
    s->actlr = read_sysreg(actlr_el1);
}

static void el1_load(const struct el1_state *s)
{
    write_sysreg(s->sctlr, sctlr_el1);
    write_sysreg(s->tcr, tcr_el1);
    write_sysreg(s->ttbr0, ttbr0_el1);
    write_sysreg(s->ttbr1, ttbr1_el1);
    write_sysreg(s->mair, mair_el1);
    write_sysreg(s->amair, amair_el1);
    write_sysreg(s->contextidr, contextidr_el1);
    write_sysreg(s->cpacr, cpacr_el1);
    write_sysreg(s->vbar, vbar_el1);
    write_sysreg(s->esr, esr_el1);
    write_sysreg(s->far, far_el1);
    write_sysreg(s->afsr0, afsr0_el1);
    write_sysreg(s->afsr1, afsr1_el1);
    write_sysreg(s->par, par_el1);
    write_sysreg(s->elr, elr_el1);
    write_sysreg(s->spsr, spsr_el1);
    write_sysreg(s->sp_el0, sp_el0);
    write_sysreg(s->sp_el1, sp_el1);
    write_sysreg(s->tpidr_el0, tpidr_el0);
    write_sysreg(s->tpidrro_el0, tpidrro_el0);
    write_sysreg(s->tpidr_el1, tpidr_el1);
    write_sysreg(s->csselr, csselr_el1);
    write_sysreg(s->mdscr, mdscr_el1);
    write_sysreg(s->actlr, actlr_el1);
}

static void save_state(struct vcpu *v)
{
    el1_save(&v->arch.el1);
    fp_save(&v->arch.fp);
    v->arch.hcr_el2 = read_sysreg(hcr_el2);
    v->arch.user_regs = *guest_cpu_user_regs();
    __atomic_store_n(&v->dirty_cpu, VCPU_CPU_CLEAN, __ATOMIC_RELEASE);
}

static void load_state(struct vcpu *v)
{
    v->dirty_cpu = smp_processor_id();
    *guest_cpu_user_regs() = v->arch.user_regs;
    p2m_load(v);
    el1_load(&v->arch.el1);
    fp_load(&v->arch.fp);
    write_sysreg(v->arch.hcr_el2, hcr_el2);
    write_sysreg(v->arch.vmpidr, vmpidr_el2);
    write_sysreg(read_sysreg(midr_el1), vpidr_el2);
}

static void sync_here(void *unused)
{
    unsigned long flags;
    struct vcpu *v;

    local_irq_save(flags);
    v = this_cpu(loaded_vcpu);
    if (v && v != current) {
        save_state(v);
        this_cpu(loaded_vcpu) = NULL;
        write_sysreg(0, vttbr_el2);
        isb();
    }
    local_irq_restore(flags);
}

void port_sync_vcpu_state(struct vcpu *v)
{
    unsigned int cpu = READ_ONCE(v->dirty_cpu);
    cpumask_t mask;

    if (cpu == VCPU_CPU_CLEAN)
        return;
    if (cpu == smp_processor_id()) {
        sync_here(NULL);
        return;
    }
    mask = cpumask_of(cpu);
    on_selected_cpus(&mask, sync_here, NULL, true);
}

static void noreturn leave(struct vcpu *v)
{
    if (is_idle_vcpu(v))
        reset_stack_and_jump(idle_loop);
    leave_to_guest();
}

/* Errors that @prev has caused and that are still on their way are its own, not the next one's. */
static void collect_serrors(struct vcpu *prev)
{
    dsb(sy);
    isb();
    if (likely(!(read_sysreg(isr_el1) & ISR_A)))
        return;
    this_cpu(serror_owner) = prev;
    local_abort_enable();
    isb();
    local_abort_disable();
    this_cpu(serror_owner) = NULL;
}

static void switch_out(struct vcpu *prev)
{
    collect_serrors(prev);
    vtimer_save(prev);
    vgic_save(prev);
}

static void switch_in(struct vcpu *next)
{
    struct vcpu *old = this_cpu(loaded_vcpu);

    if (old != next) {
        if (old)
            save_state(old);
        this_cpu(loaded_vcpu) = next;
        load_state(next);
    }
    vgic_restore(next);
    vtimer_restore(next);
}

void port_context_switch(struct vcpu *prev, struct vcpu *next)
{
    unsigned int dirty = READ_ONCE(next->dirty_cpu);

    if (!is_idle_vcpu(prev))
        switch_out(prev);
    if (unlikely(dirty != smp_processor_id() && dirty != VCPU_CPU_CLEAN)) {
        local_irq_enable();
        port_sync_vcpu_state(next);
        local_irq_disable();
    }
    current = next;
    if (is_idle_vcpu(next))
        local_abort_enable();
    else
        switch_in(next);
    sched_context_switched(prev, next);
    if (!is_idle_vcpu(next))
        vcpu_update_runstate_area(next);
    local_irq_enable();
    leave(next);
}

void port_continue_running(struct vcpu *same)
{
    local_irq_enable();
    leave(same);
}

void port_idle(void)
{
    dsb(sy);
    wfi();
    local_irq_enable();
}
