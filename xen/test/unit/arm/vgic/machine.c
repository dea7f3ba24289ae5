/* SPDX-License-Identifier: MIT */
/* The model behind machine.h. */
#include "../locks.h"
#include "machine.h"

#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/its.h>
#include <asm/mmio.h>
#include <asm/p2m.h>
#include <asm/sysreg_trap.h>
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/sched.h>
#include <xen/smp.h>

#include "../../../../arch/arm/vgic/private.h"

#define MAX_CPUS    16
#define MAX_HW      256
#define MAX_DEVICES 4
#define MAX_EVENTS  256

/* libc's, which these headers do not declare */
void *calloc(size_t n, size_t size);
void free(void *p);

struct irq_desc {
    unsigned int hw;
};

struct vcpu *current;
unsigned int this_pcpu;
uint64_t hcr_el2;
struct gic_info gic_info;
struct its_info its_info;

static struct {
    unsigned int lpi, cpu;
} events[MAX_DEVICES][MAX_EVENTS];
static unsigned int nr_devices;
static uint8_t memory[GUEST_MEMORY_BYTES];
static struct domain *d;
static struct vcpu *vcpus[MAX_CPUS];
static struct gic_lr lrs[MAX_CPUS][GIC_MAX_LRS];
static uint32_t hcr[MAX_CPUS];
static struct irq_desc descs[MAX_HW];
static bool hw_active[MAX_HW], hw_enabled[MAX_HW];
static unsigned int kicks[MAX_CPUS];

static void on_cpu(unsigned int cpu)
{
    this_pcpu = cpu;
    current = vcpus[cpu];
}

/* The hardware */

static void lr_write(unsigned int lr, const struct gic_lr *v)
{
    BUG_ON(lr >= gic_info.nr_lrs || (v->hw && v->state == 3));
    for (unsigned int i = 0; i < gic_info.nr_lrs; i++) /* unpredictable otherwise */
        BUG_ON(i != lr && v->state && lrs[this_pcpu][i].state &&
               lrs[this_pcpu][i].virq == v->virq && lrs[this_pcpu][i].source == v->source);
    lrs[this_pcpu][lr] = *v;
}

static void lr_read(unsigned int lr, struct gic_lr *v)
{
    *v = lrs[this_pcpu][lr];
}

static unsigned int lr_state(unsigned int lr)
{
    return lrs[this_pcpu][lr].state;
}

static uint32_t lr_empty(void)
{
    uint32_t empty = 0;

    for (unsigned int i = 0; i < gic_info.nr_lrs; i++)
        empty |= (uint32_t)!lrs[this_pcpu][i].state << i;
    return empty;
}

static void lr_clear(unsigned int lr)
{
    lrs[this_pcpu][lr] = (struct gic_lr){0};
}

static void hcr_write(uint32_t v)
{
    hcr[this_pcpu] = v;
}

static void if_save(struct vgic_cpu_state *s)
{
    hcr[this_pcpu] = 0;
}

static void if_load(const struct vgic_cpu_state *s, uint32_t v)
{
    hcr[this_pcpu] = v;
}

static void if_reset(struct vgic_cpu_state *s)
{
    *s = (struct vgic_cpu_state){0};
}

static bool lets_through(uint8_t priority)
{
    return true;
}

static const struct gic_hyp_ops hyp_ops = {
    .lr_write = lr_write,
    .lr_read = lr_read,
    .lr_state = lr_state,
    .lr_empty = lr_empty,
    .lr_clear = lr_clear,
    .hcr_write = hcr_write,
    .save = if_save,
    .load = if_load,
    .reset = if_reset,
    .lets_through = lets_through,
};
const struct gic_hyp_ops *gic_hyp = &hyp_ops;

void gic_guest_enable(struct irq_desc *desc, bool on)
{
    hw_enabled[desc->hw] = on;
}
void gic_guest_configure(struct irq_desc *desc, bool edge)
{
}
void gic_guest_route(struct irq_desc *desc, unsigned int cpu)
{
}
void gic_set_active(unsigned int irq, bool active)
{
    hw_active[irq] = active;
}
unsigned int irq_desc_number(const struct irq_desc *desc)
{
    return desc->hw;
}

void *its_device_map(uint32_t device, unsigned int bits)
{
    BUG_ON(device >= MAX_DEVICES || 1U << bits > MAX_EVENTS);
    nr_devices++;
    return calloc(1, 1);
}
void its_device_unmap(uint32_t device, unsigned int bits, void *table)
{
    for (unsigned int i = 0; i < MAX_EVENTS; i++)
        BUG_ON(events[device][i].lpi);
    nr_devices--;
    free(table);
}
void its_event_map(uint32_t device, uint32_t event, unsigned int lpi, unsigned int cpu)
{
    BUG_ON(events[device][event].lpi);
    events[device][event].lpi = lpi;
    events[device][event].cpu = cpu;
}
void its_event_move(uint32_t device, uint32_t event, unsigned int cpu)
{
    BUG_ON(!events[device][event].lpi);
    events[device][event].cpu = cpu;
}
void its_event_unmap(uint32_t device, uint32_t event)
{
    BUG_ON(!events[device][event].lpi);
    events[device][event].lpi = 0;
}

/* What the sources want of the rest */

void *memcpy(void *to, const void *from, size_t n);
int guest_phys_read(struct domain *dom, paddr_t gpa, void *to, size_t len)
{
    if (gpa < GUEST_MEMORY || gpa - GUEST_MEMORY > GUEST_MEMORY_BYTES - len)
        return -EFAULT;
    memcpy(to, &memory[gpa - GUEST_MEMORY], len);
    return 0;
}
void spin_lock_pair(spinlock_t *a, spinlock_t *b)
{
    spin_lock(a);
    spin_lock(b);
}
void spin_unlock_pair(spinlock_t *a, spinlock_t *b)
{
    spin_unlock(b);
    spin_unlock(a);
}
struct vcpu *domain_vcpu(const struct domain *dom, unsigned int id)
{
    return id < dom->max_vcpus ? dom->vcpu[id] : NULL;
}
void vcpu_kick(struct vcpu *v)
{
    BUG_ON(v->arch.vgic.lock.both);
    kicks[v->vcpu_id]++;
}
void vcpu_unblock(struct vcpu *v)
{
    vcpu_kick(v);
}
void on_selected_cpus(const cpumask_t *mask, void (*fn)(void *arg), void *arg, bool wait)
{
    unsigned int was = this_pcpu;

    for (unsigned int cpu = 0; cpu < MAX_CPUS; cpu++) {
        if (cpumask_test(cpu, mask)) {
            on_cpu(cpu);
            fn(arg);
        }
    }
    on_cpu(was);
}
int mmio_register(struct domain *dom, paddr_t base, uint64_t size, const struct mmio_ops *ops,
                  void *priv)
{
    struct mmio_domain *m = &dom->arch.mmio;

    m->region[m->nr++] = (struct mmio_region){base, size, ops, priv};
    return 0;
}
int p2m_map(struct domain *dom, gfn_t gfn, uint64_t nr, mfn_t mfn, enum p2m_type t)
{
    return 0;
}
void *xzalloc_array_bytes(size_t size, size_t nr)
{
    return calloc(nr, size);
}
void *xzalloc_bytes(size_t size)
{
    return calloc(1, size);
}
void xfree(void *p)
{
    free(p);
}
void printk(const char *fmt, ...)
{
}
void bug_at(const char *file, int line, const char *what)
{
    __builtin_trap();
}

/* The machine */

static struct vcpu *make_vcpu(unsigned int id)
{
    struct vcpu *v = calloc(1, sizeof(*v));

    v->vcpu_id = id;
    v->processor = id;
    v->domain = d;
    v->vcpu_info = calloc(1, sizeof(struct vcpu_info));
    v->arch.vmpidr = 0x80000000UL | (id & 0xf) | (uint64_t)(id >> 4) << 8;
    BUG_ON(vgic_vcpu_init(v));
    return v;
}

void machine_start(const struct machine_conf *conf)
{
    machine_stop();
    gic_info = (struct gic_info){.version = conf->host, .nr_lrs = conf->nr_lrs ?: 4};
    its_info = (struct its_info){
        .present = conf->its, .regs = {.base = 0x8080000, .size = 0x20000}, .id_bits = 2};
    for (unsigned int i = 0; i < GUEST_MEMORY_BYTES; i++)
        memory[i] = 0;
    d = calloc(1, sizeof(*d));
    d->domain_id = 1;
    d->max_vcpus = conf->nr_vcpus ?: 1;
    d->vcpu = vcpus;
    d->arch.evtchn_irq = 31;
    BUG_ON(vgic_domain_init(d, conf->guest, conf->nr_spis ?: 64, false));
    BUG_ON(vits_init(d));
    for (unsigned int i = 0; i < d->max_vcpus; i++)
        vcpus[i] = make_vcpu(i);
    for (unsigned int i = 0; i < MAX_HW; i++) {
        descs[i].hw = i;
        hw_active[i] = hw_enabled[i] = false;
    }
    for (unsigned int i = 0; i < d->max_vcpus; i++)
        machine_run(i);
}

void machine_stop(void)
{
    if (!d)
        return;
    for (unsigned int i = 0; i < d->max_vcpus; i++) {
        vgic_vcpu_free(vcpus[i]);
        free(vcpus[i]->vcpu_info);
        free(vcpus[i]);
        vcpus[i] = NULL;
        kicks[i] = 0;
    }
    vgic_domain_free(d);
    free(d);
    d = NULL;
    for (unsigned int i = 0; i < MAX_CPUS; i++)
        for (unsigned int lr = 0; lr < GIC_MAX_LRS; lr++)
            lrs[i][lr] = (struct gic_lr){0};
}

void machine_run(unsigned int vcpu)
{
    on_cpu(vcpu);
    if (!current->arch.vgic.loaded)
        vgic_restore(current);
    vgic_enter(current);
}

void machine_park(unsigned int vcpu)
{
    on_cpu(vcpu);
    if (current->arch.vgic.loaded)
        vgic_save(current);
}

/* As when the vCPU goes on after a trap. */
static void leave(void)
{
    for (unsigned int i = 0; i < d->max_vcpus; i++) {
        on_cpu(i);
        if (current->arch.vgic.loaded)
            vgic_enter(current);
    }
}

static bool do_mmio(unsigned int by, const struct mmio_region *r, uint32_t off, unsigned int size,
                    bool write, uint64_t *value)
{
    bool ok;

    on_cpu(by);
    ok = write ? r->ops->write(current, r->priv, off, size, *value)
               : r->ops->read(current, r->priv, off, size, value);
    leave();
    return ok;
}

bool machine_dist(unsigned int by, uint32_t off, unsigned int size, bool write, uint64_t *value)
{
    return do_mmio(by, &d->arch.mmio.region[0], off, size, write, value);
}

bool machine_rdist(unsigned int by, unsigned int vcpu, uint32_t off, unsigned int size, bool write,
                   uint64_t *value)
{
    return do_mmio(by, &d->arch.mmio.region[1], vcpu * 0x20000 + off, size, write, value);
}

bool machine_cpuif(unsigned int by, uint32_t off, bool write, uint64_t *value)
{
    return do_mmio(by, &d->arch.mmio.region[1], off, 4, write, value);
}

bool machine_its(unsigned int by, uint32_t off, unsigned int size, bool write, uint64_t *value)
{
    return do_mmio(by, &d->arch.mmio.region[2], off, size, write, value);
}

uint8_t *machine_memory(void)
{
    return memory;
}

unsigned int machine_event(unsigned int device, unsigned int event, unsigned int *cpu)
{
    *cpu = events[device][event].cpu;
    return events[device][event].lpi;
}

unsigned int machine_devices(void)
{
    return nr_devices;
}

bool machine_sgi1r(unsigned int by, uint64_t value)
{
    bool ok;

    on_cpu(by);
    ok = vgic_sysreg(current, SYSREG(3, 0, 12, 11, 5), true, &value);
    leave();
    return ok;
}

void machine_inject_spi(unsigned int intid)
{
    vgic_inject_spi(d, intid);
    leave();
}

void machine_inject_ppi(unsigned int vcpu, unsigned int intid)
{
    vgic_inject_local(vcpus[vcpu], intid);
    leave();
}

void machine_timer(unsigned int vcpu, unsigned int intid)
{
    vgic_timer_fired(vcpus[vcpu], intid);
    leave();
}

void machine_line(unsigned int intid, bool high)
{
    vgic_set_line(d, intid, high);
    leave();
}

bool machine_route(unsigned int virq, unsigned int hw)
{
    return vgic_connect(d, virq, &descs[hw], true) == 0;
}

void machine_hw_irq(unsigned int virq)
{
    struct irq_desc *desc = vgic_hw_desc(d, virq);

    BUG_ON(!desc || hw_active[desc->hw] || !hw_enabled[desc->hw]);
    hw_active[desc->hw] = true;
    vgic_inject_hw_spi(d, virq);
    leave();
}

bool machine_hw_active(unsigned int hw)
{
    return hw_active[hw];
}

bool machine_hw_enabled(unsigned int hw)
{
    return hw_enabled[hw];
}

/* An underflow or an end of interest: as the maintenance interrupt tells. */
static void maintenance(unsigned int cpu)
{
    unsigned int valid = 0;
    bool ended = false;

    for (unsigned int i = 0; i < gic_info.nr_lrs; i++) {
        valid += lrs[cpu][i].state != 0;
        ended |= !lrs[cpu][i].state && lrs[cpu][i].eoi;
    }
    if (ended || ((hcr[cpu] & GIC_HCR_UIE) && valid <= 1))
        vgic_maintenance();
    vgic_enter(current);
}

unsigned int machine_ack(unsigned int vcpu, unsigned int *source)
{
    struct gic_lr *best = NULL;

    if (!(hcr[vcpu] & GIC_HCR_EN))
        return NOTHING;
    for (unsigned int i = 0; i < gic_info.nr_lrs; i++) {
        struct gic_lr *l = &lrs[vcpu][i];

        if (l->state == GIC_LR_PENDING && (!best || l->priority < best->priority))
            best = l;
    }
    if (!best)
        return NOTHING;
    best->state = GIC_LR_ACTIVE;
    if (source)
        *source = best->source;
    return best->virq;
}

void machine_eoi(unsigned int vcpu, unsigned int intid)
{
    on_cpu(vcpu);
    for (unsigned int i = 0; i < gic_info.nr_lrs; i++) {
        struct gic_lr *l = &lrs[vcpu][i];

        if (l->virq != intid || !(l->state & GIC_LR_ACTIVE))
            continue;
        l->state &= (uint8_t)~GIC_LR_ACTIVE;
        if (l->hw)
            hw_active[l->pirq] = false;
        break;
    }
    maintenance(vcpu);
}

bool machine_irq_line(unsigned int vcpu)
{
    if (d->arch.vgic.soft)
        return vcpus[vcpu]->arch.hcr_el2 & HCR_VI;
    for (unsigned int i = 0; i < gic_info.nr_lrs; i++) {
        if (lrs[vcpu][i].state == GIC_LR_PENDING)
            return true;
    }
    return false;
}

bool machine_wakes(unsigned int vcpu)
{
    on_cpu(vcpu);
    return vgic_has_pending(vcpus[vcpu]);
}

unsigned int machine_kicks(unsigned int vcpu)
{
    unsigned int n = kicks[vcpu];

    kicks[vcpu] = 0;
    return n;
}

static void check_irq(const struct vgic_irq *irq, const struct vcpu *v)
{
    bool due =
        irq->enabled && (irq->pending || irq->sources || (irq->line && irq->lr == VGIC_NO_LR));

    BUG_ON(irq->queued != due);
    BUG_ON(irq->lr != VGIC_NO_LR && v->arch.vgic.lr_irq[irq->lr] != irq);
}

void machine_check(void)
{
    for (unsigned int i = 0; i < d->max_vcpus; i++) {
        const struct vgic_vcpu *g = &vcpus[i]->arch.vgic;

        BUG_ON(g->lock.both);
        for (unsigned int lr = 0; lr < GIC_MAX_LRS; lr++) {
            BUG_ON(!(g->lr_used >> lr & 1) != !g->lr_irq[lr]);
            BUG_ON(g->lr_irq[lr] && g->lr_irq[lr]->lr != lr);
        }
        for (unsigned int n = 0; n < VGIC_NR_LOCAL; n++)
            check_irq(&g->local[n], vcpus[i]);
    }
    for (unsigned int n = 0; n < d->arch.vgic.nr_spis; n++)
        check_irq(&d->arch.vgic.spis[n], vcpus[d->arch.vgic.spis[n].vcpu_id]);
}
