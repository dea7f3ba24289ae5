/* SPDX-License-Identifier: MIT */
/* The model behind machine.h. */
#include "../locks.h"
#include "machine.h"

#include <asm/current.h>
#include <asm/mmio.h>
#include <asm/p2m.h>
#include <asm/platform.h>
#include <asm/psci.h>
#include <asm/sysregs.h>
#include <asm/traps.h>
#include <asm/vpl011.h>
#include <public/io/console.h>
#include <xen/console.h>
#include <xen/domain.h>
#include <xen/evtchn.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/port/domain.h>
#include <xen/port/p2m.h>
#include <xen/port/page_type.h>
#include <xen/sched.h>

#define MAX_CPUS 32

/* libc's, which these headers do not declare */
void *calloc(size_t n, size_t size);
void free(void *p);
void *memcpy(void *to, const void *from, size_t len);
void *memset(void *at, int c, size_t len);

struct vcpu *current;
unsigned int this_pcpu;
uint64_t hcr_el2;
uint64_t *regs_x;
struct device device;

static struct domain *d;
static struct vcpu *vcpus[MAX_CPUS];
static uint32_t insn_at_pc;
static int reason;
static bool waits;

static bool dev_read(struct vcpu *v, void *priv, uint64_t offset, unsigned int size,
                     uint64_t *value)
{
    device.offset = offset;
    device.size = size;
    device.write = false;
    *value = device.value;
    return !device.refuse;
}

static bool dev_write(struct vcpu *v, void *priv, uint64_t offset, unsigned int size,
                      uint64_t value)
{
    device.offset = offset;
    device.size = size;
    device.write = true;
    device.value = value;
    return !device.refuse;
}

static const struct mmio_ops dev_ops = {dev_read, dev_write};

/* What the sources want of the rest */

void regs_advance(struct cpu_user_regs *regs)
{
    regs->pc += 4;
}
bool guest_va_to_gpa(uint64_t gva, bool write, paddr_t *gpa)
{
    *gpa = gva;
    return true;
}
int guest_phys_read(struct domain *dom, paddr_t gpa, void *to, size_t len)
{
    memcpy(to, &insn_at_pc, len);
    return 0;
}
void vcpu_sleep_sync(struct vcpu *v)
{
}
void vcpu_sleep_nosync(struct vcpu *v)
{
}
void vcpu_wake(struct vcpu *v)
{
}
void wait_for_interrupt(struct vcpu *v)
{
    waits = true;
}
int port_vcpu_reset(struct vcpu *v)
{
    memset(&v->arch.user_regs, 0, sizeof(v->arch.user_regs));
    return 0;
}
int domain_shutdown(struct domain *dom, uint32_t why)
{
    reason = (int)why;
    return 0;
}
uint32_t psci_version(void)
{
    return 1 << 16;
}
bool smccc_firmware(const uint64_t in[8], struct smccc_res *out)
{
    out->a[0] = in[1] == 0x80008000 ? 0 : ~UINT64_C(0);
    return true;
}
bool platform_smc(struct cpu_user_regs *regs)
{
    return false;
}
void bug_at(const char *file, int line, const char *what)
{
    __builtin_trap();
}

/* The machine */

void machine_start(unsigned int nr_vcpus)
{
    machine_stop();
    d = calloc(1, sizeof(*d));
    d->domain_id = 1;
    d->max_vcpus = nr_vcpus;
    d->vcpu = vcpus;
    for (unsigned int i = 0; i < nr_vcpus; i++) {
        vcpus[i] = calloc(1, sizeof(struct vcpu));
        vcpus[i]->vcpu_id = i;
        vcpus[i]->domain = d;
        vcpus[i]->pause_flags = i ? VPF_DOWN : 0;
        vcpus[i]->arch.vmpidr = 0x80000000UL | (i & 0xf) | (uint64_t)(i >> 4) << 8;
        vcpus[i]->arch.user_regs.cpsr = PSR_MODE_EL1h;
        vcpus[i]->arch.user_regs.pc = 0x1000;
    }
    BUG_ON(mmio_register(d, DEVICE, PAGE_SIZE, &dev_ops, NULL));
    device = (struct device){0};
    reason = -1;
    waits = false;
    machine_switch(0);
}

void machine_stop(void)
{
    if (!d)
        return;
    vpl011_free(d);
    for (unsigned int i = 0; i < d->max_vcpus; i++)
        free(vcpus[i]);
    free(d);
    d = NULL;
}

void machine_switch(unsigned int cpu)
{
    current = vcpus[cpu];
    regs_x = current->arch.user_regs.x;
}

unsigned int machine_cpu(void)
{
    return current->vcpu_id;
}

uint64_t machine_pc(void)
{
    return current->arch.user_regs.pc;
}

int machine_fault(uint32_t iss, uint64_t gpa, uint32_t insn)
{
    insn_at_pc = insn;
    switch (mmio_fault(&current->arch.user_regs, iss, gpa)) {
    case MMIO_DONE:
        return FAULT_DONE;
    case MMIO_ABORT:
        return FAULT_ABORT;
    default:
        return FAULT_NONE;
    }
}

bool machine_call(bool smc, unsigned int imm, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
    regs_x[0] = x0;
    regs_x[1] = x1;
    regs_x[2] = x2;
    regs_x[3] = x3;
    return vsmccc_handle(&current->arch.user_regs, smc, imm);
}

bool machine_is_up(unsigned int cpu)
{
    return !(vcpus[cpu]->pause_flags & VPF_DOWN);
}

uint64_t machine_entry(unsigned int cpu, uint64_t *context)
{
    *context = vcpus[cpu]->arch.user_regs.x[0];
    return vcpus[cpu]->arch.user_regs.pc;
}

int machine_shutdown_reason(void)
{
    return reason;
}

bool machine_waits(void)
{
    return waits;
}

/* The UART */

static struct page_info frame;
struct page_info *test_frames = &frame;
char test_ram[PAGE_SIZE] __aligned(4096);
static struct xencons_interface *const ring = (struct xencons_interface *)test_ram;
static xen_evtchn_fn backend_fn;
static void (*input)(struct domain *dom, char c);
static unsigned int notified;
static bool line;
static char shown[256];
static size_t nr_shown;

static void show(const char *s, size_t len)
{
    for (size_t i = 0; i < len && nr_shown + 1 < sizeof(shown); i++)
        shown[nr_shown++] = s[i];
    shown[nr_shown] = 0;
}
void console_guest_write(struct domain *dom, const char *s, size_t len)
{
    show(s, len);
}
void printk(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt); /* "DOM%u: %s" */
    (void)va_arg(ap, unsigned int);
    if (nr_shown < sizeof(shown) - 64) {
        const char *s = va_arg(ap, const char *);
        size_t n = 0;

        while (s[n])
            n++;
        show(s, n);
    }
    va_end(ap);
}
int console_input_register(domid_t id, void (*rx)(struct domain *dom, char c))
{
    input = rx;
    return 0;
}
void console_input_unregister(domid_t id)
{
    input = NULL;
}
int evtchn_alloc_unbound_xen(struct domain *dom, unsigned int vcpu_id, domid_t remote,
                             xen_evtchn_fn fn)
{
    backend_fn = fn;
    return 7;
}
void evtchn_free_xen(struct domain *dom, unsigned int port)
{
    BUG_ON(port != 7);
    backend_fn = NULL;
}
void evtchn_notify_xen(struct domain *dom, unsigned int port)
{
    notified++;
}
bool vgic_reserve(struct domain *dom, unsigned int virq)
{
    return virq == 32;
}
void vgic_unreserve(struct domain *dom, unsigned int virq)
{
}
void vgic_set_line(struct domain *dom, unsigned int intid, bool high)
{
    BUG_ON(intid != 32);
    line = high;
}
void *xzalloc_bytes(size_t size)
{
    return calloc(1, size);
}
void xfree(void *p)
{
    free(p);
}
struct page_info *port_get_page_from_gfn(struct domain *dom, gfn_t gfn)
{
    return &frame;
}
bool page_get_writable_type(struct page_info *pg)
{
    return true;
}
void page_put_writable(struct page_info *pg)
{
}
void page_put(struct page_info *pg)
{
}
void uart_start(bool with_ring)
{
    uint32_t port;

    memset(ring, 0, sizeof(*ring));
    nr_shown = notified = 0;
    shown[0] = 0;
    line = false;
    BUG_ON(vpl011_init(d, UART, 32, with_ring ? mk_gfn(5) : INVALID_GFN, 0, &port));
}

bool uart_access(uint32_t offset, unsigned int size, bool write, uint64_t *value)
{
    const struct mmio_region *r = &d->arch.mmio.region[1];

    BUG_ON(r->base != UART);
    return write ? r->ops->write(current, r->priv, offset, size, *value)
                 : r->ops->read(current, r->priv, offset, size, value);
}

bool uart_line(void)
{
    return line;
}

size_t uart_backend_read(char *buf, size_t max)
{
    size_t n = 0;

    while (n < max && ring->out_cons != ring->out_prod)
        buf[n++] = ring->out[MASK_XENCONS_IDX(ring->out_cons++, ring->out)];
    backend_fn(vcpus[0], 7);
    return n;
}

void uart_backend_write(const char *s)
{
    for (; *s; s++)
        ring->in[MASK_XENCONS_IDX(ring->in_prod++, ring->in)] = *s;
    backend_fn(vcpus[0], 7);
}

void uart_backend_spoil(uint32_t prod, uint32_t cons)
{
    ring->in_prod = prod;
    ring->in_cons = cons;
    backend_fn(vcpus[0], 7);
}

unsigned int uart_notifications(void)
{
    unsigned int n = notified;

    notified = 0;
    return n;
}

const char *uart_console(void)
{
    return shown;
}

bool uart_type(char c)
{
    if (!input)
        return false;
    input(d, c);
    return true;
}
