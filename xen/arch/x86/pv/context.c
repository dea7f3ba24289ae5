/* SPDX-License-Identifier: MIT */
/*
 * Context switch. A vCPU's state stays in the CPU while only the idle vCPU runs there; v->dirty_cpu
 * says where. It is written back when another vCPU comes, or when somebody asks.
 */
#include <xen/kernel.h>
#include <xen/percpu.h>
#include <xen/port/context.h>
#include <xen/sched.h>
#include <xen/time.h>
#include <asm/cpu_policy.h>
#include <asm/current.h>
#include <asm/desc.h>
#include <asm/fpu.h>
#include <asm/page.h>
#include <asm/perdomain.h>
#include <asm/pv_mmu.h>
#include <asm/setup.h>
#include <asm/time.h>
#include <asm/tlb.h>
#include "private.h"

#define DR7_ENABLE    0xffUL
#define GDT_MAP_FLAGS (PAGE_HYPERVISOR_RW & ~PTE_GLOBAL)

/* Whose state is in the registers; NULL: the idle vCPU's, that is, none. */
static DEFINE_PER_CPU(struct vcpu *, loaded_vcpu);
static DEFINE_PER_CPU(uint64_t, loaded_tsc_aux);

static inline unsigned long rdfsbase(void)
{
    unsigned long v;

    __asm__ volatile("rdfsbase %0" : "=r"(v));
    return v;
}
static inline unsigned long rdgsbase(void)
{
    unsigned long v;

    __asm__ volatile("rdgsbase %0" : "=r"(v));
    return v;
}
static inline void wrfsbase(unsigned long v)
{
    __asm__ volatile("wrfsbase %0" ::"r"(v));
}
static inline void wrgsbase(unsigned long v)
{
    __asm__ volatile("wrgsbase %0" ::"r"(v));
}
static inline void swapgs(void)
{
    __asm__ volatile("swapgs" ::: "memory");
}

static void save_bases(struct pv_vcpu *pv, bool kernel)
{
    unsigned long active, other;

    if (likely(get_cpu_info()->cr4 & CR4_FSGSBASE)) {
        pv->fs_base = rdfsbase();
        active = rdgsbase();
        swapgs();
        other = rdgsbase();
    } else {
        pv->fs_base = rdmsr(MSR_FS_BASE);
        active = rdmsr(MSR_GS_BASE);
        other = rdmsr(MSR_KERNEL_GS_BASE);
    }
    pv->gs_base_kernel = kernel ? active : other;
    pv->gs_base_user = kernel ? other : active;
}

static void load_bases(const struct pv_vcpu *pv, bool kernel)
{
    unsigned long active = kernel ? pv->gs_base_kernel : pv->gs_base_user;
    unsigned long other = kernel ? pv->gs_base_user : pv->gs_base_kernel;

    if (likely(get_cpu_info()->cr4 & CR4_FSGSBASE)) {
        wrfsbase(pv->fs_base);
        wrgsbase(other);
        swapgs();
        wrgsbase(active);
    } else {
        wrmsr(MSR_FS_BASE, pv->fs_base);
        wrmsr(MSR_GS_BASE, active);
        wrmsr(MSR_KERNEL_GS_BASE, other);
    }
}

static void save_state(struct vcpu *v)
{
    uint16_t sel[4];

    pv_read_selectors(sel);
    v->arch.pv.ds = sel[0];
    v->arch.pv.es = sel[1];
    v->arch.pv.fs = sel[2];
    v->arch.pv.gs = sel[3];
    save_bases(&v->arch.pv, pv_kernel_mode(v));
    fpu_save(v);
    if (unlikely(v->arch.pv.debugreg[7] & DR7_ENABLE))
        pv_debugregs_off();
    v->arch.user_regs = *guest_cpu_user_regs();
    cpumask_clear(smp_processor_id(), &v->domain->arch.dirty_cpumask);
    __atomic_store_n(&v->dirty_cpu, VCPU_CPU_CLEAN, __ATOMIC_RELEASE);
}

static inline bool any_selector(const struct vcpu *v)
{
    const struct pv_vcpu *pv = &v->arch.pv;

    return pv->ds | pv->es | pv->fs | pv->gs;
}

/* False: some were refused, and are null. */
static bool load_selectors(const struct vcpu *v)
{
    const struct pv_vcpu *pv = &v->arch.pv;
    unsigned int refused = pv_load_selectors(pv->ds, pv->es, pv->fs, pv->gs);

    load_bases(pv, pv_kernel_mode(v));
    return !refused;
}

/* The kernel is told of selectors that were refused. */
static void tell_refused_selectors(const struct vcpu *v)
{
    const struct pv_vcpu *pv = &v->arch.pv;
    const uint16_t sel[4] = {pv->ds, pv->es, pv->fs, pv->gs};

    pv_push_failsafe(guest_cpu_user_regs(), sel);
}

static void set_cr4(const struct vcpu *v)
{
    unsigned long cr4 = pv_guest_cr4(v);

    if (cr4 != get_cpu_info()->cr4) {
        get_cpu_info()->cr4 = cr4;
        write_cr4(cr4);
    }
}

void pv_load_tsc_aux(const struct vcpu *v)
{
    if (v->arch.pv.tsc_aux == this_cpu(loaded_tsc_aux))
        return;
    this_cpu(loaded_tsc_aux) = v->arch.pv.tsc_aux;
    if (cpu_has(XEN_X86_FEATURE_RDTSCP))
        wrmsr(MSR_TSC_AUX, v->arch.pv.tsc_aux);
}

/* @had_selectors: the data segment registers may hold something. False as load_selectors(). */
static bool load_state(struct vcpu *v, unsigned int cpu, bool had_selectors)
{
    v->dirty_cpu = cpu;
    cpumask_set(cpu, &v->domain->arch.dirty_cpumask);
    *guest_cpu_user_regs() = v->arch.user_regs;
    perdomain_gdt_ptes(v)[FIRST_RESERVED_GDT_PAGE] = pte_make(gdt_page_mfn(cpu), GDT_MAP_FLAGS);
    make_cr3(v);
    set_cr4(v);
    tlb_note_flush();
    write_cr3(v->arch.cr3);
    gdt_load_at(GDT_VIRT(v->vcpu_id));
    pv_load_ldt(v);
    pv_load_tsc_aux(v);
    fpu_enter(v);
    if (unlikely(v->arch.pv.debugreg[7] & DR7_ENABLE))
        pv_debugregs_load(v);
    if (unlikely(had_selectors || any_selector(v)))
        return load_selectors(v);
    load_bases(&v->arch.pv, pv_kernel_mode(v));
    return true;
}

/* On the hypervisor's own address space, with nothing of a guest's. */
static void load_nothing(void)
{
    tlb_note_flush();
    write_cr3(virt_to_maddr(idle_l4));
    gdt_load_idle();
    ldt_load(0, 0);
    pv_load_selectors(0, 0, 0, 0);
}

void sync_lazy_state_here(void)
{
    unsigned long flags;
    struct vcpu *v;

    /* An interrupt may do the same: saved twice, the state would not be the vCPU's. */
    local_irq_save(flags);
    v = this_cpu(loaded_vcpu);
    if (v && v != current) {
        save_state(v);
        this_cpu(loaded_vcpu) = NULL;
        load_nothing();
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
        sync_lazy_state_here();
        return;
    }
    mask = cpumask_of(cpu);
    flush_area_mask(&mask, 0, FLUSH_VCPU_STATE);
}

/* The areas are in the kernel's address space: of a vCPU in user mode pv_toggle_mode() does it. */
static void update_areas(struct vcpu *v)
{
    if (unlikely(!time_update_vcpu(v)))
        v->arch.pv.time_area_due = true;
    if (likely(!v->runstate_guest))
        return;
    v->arch.pv.runstate_area_due = !pv_kernel_mode(v);
    if (pv_kernel_mode(v))
        vcpu_update_runstate_area(v);
}

static void leave(struct vcpu *v) noreturn;
static void leave(struct vcpu *v)
{
    if (is_idle_vcpu(v))
        pv_reset_stack_and_jump(idle_loop);
    ret_to_guest_tail();
}

/* False as load_selectors(). */
static bool switch_state(struct vcpu *next, unsigned int cpu)
{
    struct vcpu *old = this_cpu(loaded_vcpu);
    bool had_selectors = false;

    if (is_idle_vcpu(next) || old == next)
        return true;
    if (old) {
        save_state(old);
        had_selectors = any_selector(old);
    }
    this_cpu(loaded_vcpu) = next;
    return load_state(next, cpu, had_selectors);
}

void port_context_switch(struct vcpu *prev, struct vcpu *next)
{
    struct cpu_info *info = get_cpu_info();
    unsigned int dirty = READ_ONCE(next->dirty_cpu);
    bool selectors_ok;

    if (unlikely(dirty != info->cpu && dirty != VCPU_CPU_CLEAN)) {
        local_irq_enable();
        port_sync_vcpu_state(next);
        local_irq_disable();
    }
    info->current_vcpu = next;
    selectors_ok = switch_state(next, info->cpu);
    sched_context_switched(prev, next);
    /* What writes to the guest may fault: with interrupts on. */
    local_irq_enable();
    if (!is_idle_vcpu(next)) {
        if (unlikely(!selectors_ok))
            tell_refused_selectors(next);
        update_areas(next);
    }
    leave(next);
}

void port_continue_running(struct vcpu *same)
{
    local_irq_enable();
    leave(same);
}

void port_idle(void)
{
    safe_halt();
}

/* The bits of CR4 that a guest may set for itself, and of these what the CPU is given. */
#define GUEST_CR4_OWN (CR4_TSD | CR4_DE | CR4_FSGSBASE | CR4_OSXSAVE)

unsigned long pv_guest_cr4(const struct vcpu *v)
{
    unsigned long guest = v->arch.pv.ctrlreg[4];
    unsigned long cr4 = xen_cr4 & ~(CR4_TSD | CR4_DE | CR4_FSGSBASE);

    cr4 |= guest & (CR4_DE | CR4_TSD);
    cr4 |= guest & xen_cr4 & CR4_FSGSBASE;
    return v->domain->arch.vtsc ? cr4 | CR4_TSD : cr4;
}

/* What it wants, within what its policy allows; the rest reads as the hypervisor has it. */
unsigned long pv_fix_guest_cr4(const struct vcpu *v, unsigned long cr4)
{
    const struct cpu_policy *p = v->domain->arch.cpu_policy;
    unsigned long own = CR4_TSD;

    if (cpu_policy_has(p, XEN_X86_FEATURE_DE))
        own |= CR4_DE;
    if (cpu_policy_has(p, XEN_X86_FEATURE_FSGSBASE))
        own |= CR4_FSGSBASE;
    if (cpu_policy_has(p, XEN_X86_FEATURE_XSAVE))
        own |= CR4_OSXSAVE;
    return (xen_cr4 & ~(GUEST_CR4_OWN | CR4_SMEP | CR4_SMAP | CR4_UMIP | CR4_PGE)) | (cr4 & own);
}
