/* SPDX-License-Identifier: MIT */
/* What a debugger in the control domain asks for: XEN_DOMCTL_gdbsx_*. */
#include <public/domctl.h>
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <xen/log_dirty.h>
#include <xen/mm.h>
#include <xen/sched.h>
#include <xen/softirq.h>
#include <asm/current.h>
#include <asm/debugger.h>
#include <asm/page_type.h>
#include <asm/pv.h>
#include <asm/pv_mmu.h>
#include <asm/traps.h>

#define BREAKPOINT_LEN 1 /* bytes of INT3 */

bool debugger_takes_trap(struct cpu_user_regs *regs, unsigned int vector)
{
    struct vcpu *v = current;

    if (!READ_ONCE(v->domain->debugger_attached) || !pv_kernel_mode(v))
        return false;
    WRITE_ONCE(v->arch.pv.debug_event, (uint8_t)vector);
    if (domain_pause_by_debugger(v->domain)) {
        send_global_virq(VIRQ_DEBUGGER);
    } else if (vector == TRAP_BP) {
        /* Another vCPU's trap came first. This one comes again, if its INT3 is still there then. */
        WRITE_ONCE(v->arch.pv.debug_event, 0);
        regs->rip -= BREAKPOINT_LEN;
    }
    return true;
}

static long get_status(struct domain *d, struct xen_domctl_gdbsx_domstatus *out)
{
    struct vcpu *v;

    *out = (struct xen_domctl_gdbsx_domstatus){
        .paused = READ_ONCE(d->controller_pause_count) != 0,
        .vcpu_id = UINT32_MAX,
    };
    if (!out->paused)
        return 0;
    for_each_vcpu (d, v) {
        out->vcpu_ev = __atomic_exchange_n(&v->arch.pv.debug_event, 0, __ATOMIC_SEQ_CST);
        if (!out->vcpu_ev)
            continue;
        out->vcpu_id = v->vcpu_id;
        d->arch.debug_vcpu = v->vcpu_id;
        break;
    }
    return 0;
}

/* The page of the guest at @va, with a reference, one of a writable type if @write. NULL: none. */
static struct page_info *page_at(struct domain *d, unsigned long va, bool write)
{
    struct vcpu *v = domain_vcpu(d, d->arch.debug_vcpu);
    pte_t e = v ? guest_l1_entry_of(v->arch.guest_table, va) : (pte_t){0};
    struct page_info *pg;

    if (!(e.e & PTE_PRESENT))
        return NULL;
    pg = page_get_from_mfn(pte_mfn(e), d);
    if (pg && write && page_get_type(pg, PGT_WRITABLE)) {
        page_put(pg);
        pg = NULL;
    }
    return pg;
}

/* @len bytes, within one page. Bytes that could not be copied. */
static size_t copy_piece(struct domain *d, unsigned long va, void *buffer, size_t len, bool write)
{
    struct page_info *pg = page_at(d, va, write);
    char *at;

    if (!pg)
        return len;
    at = (char *)page_to_virt(pg) + (va & ~PAGE_MASK);
    if (!write) {
        len = port_copy_to_guest(buffer, at, len);
        page_put(pg);
        return len;
    }
    len = port_copy_from_guest(at, buffer, len);
    log_dirty_mark_mfn(d, page_to_mfn(pg));
    page_put_with_type(pg);
    return len;
}

static long access_memory(struct domain *d, struct xen_domctl_gdbsx_memio *op)
{
    size_t piece, left = 0;

    for (op->remain = op->len; op->remain && !left; op->remain -= (uint32_t)(piece - left)) {
        if (op->remain != op->len && hypercall_preempt_check())
            break;
        piece = min((uint64_t)op->remain, PAGE_SIZE - (op->gva & ~PAGE_MASK));
        left = copy_piece(d, op->gva, (void *)op->uva, piece, op->gwr);
        op->gva += piece - left;
        op->uva += piece - left;
    }
    if (left)
        return -EFAULT;
    op->len = op->remain;
    return op->remain ? -ERESTART : 0;
}

static long pause_vcpu(struct domain *d, const struct xen_domctl_gdbsx_pauseunp_vcpu *op, bool on)
{
    struct vcpu *v = domain_vcpu(d, op->vcpu);

    if (!v)
        return -EINVAL;
    return on ? vcpu_pause_by_controller(v) : vcpu_unpause_by_controller(v);
}

long debugger_domctl(struct xen_domctl *op, struct domain *d, bool *copyback)
{
    if (d == current->domain)
        return -EINVAL;
    switch (op->cmd) {
    case XEN_DOMCTL_gdbsx_pausevcpu:
        return pause_vcpu(d, &op->u.gdbsx_pauseunp_vcpu, true);
    case XEN_DOMCTL_gdbsx_unpausevcpu:
        return pause_vcpu(d, &op->u.gdbsx_pauseunp_vcpu, false);
    case XEN_DOMCTL_gdbsx_domstatus:
        *copyback = true;
        return get_status(d, &op->u.gdbsx_domstatus);
    default:
        *copyback = true;
        return access_memory(d, &op->u.gdbsx_guest_memio);
    }
}
