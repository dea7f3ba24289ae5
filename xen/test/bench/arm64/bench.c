/* SPDX-License-Identifier: MIT */
/*
 * A kernel in dom0's place that measures what the hypervisor does for a guest, by the virtual
 * counter: under -icount one nanosecond is one instruction. Each line is the mean of many rounds.
 * On QEMU's virt machine with GICv3, two vCPUs on one CPU. Built for it, also a guest's kernel.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen.h>

#include <event_channel.h>
#include <grant_table.h>
#include <memory.h>
#include <sched.h>
#include <vcpu.h>
#include <version.h>

#ifdef GUEST
#define GICD GUEST_GICV3_GICD_BASE
#define GICR GUEST_GICV3_GICR0_BASE
#else /* in dom0's place: of QEMU's virt */
#define GICD 0x08000000UL
#define GICR 0x080a0000UL
#endif
#define NOT_THERE 0xb0000000UL /* neither memory of dom0's nor a device */
#define SHARED    0xb8000000UL /* the same: where the shared page is put */
#define ROUNDS    2000
#define TRIES     7

#define read_reg(name)                                                                             \
    ({                                                                                             \
        uint64_t v_;                                                                               \
        __asm__ volatile("mrs %0, " #name : "=r"(v_)::"memory");                                   \
        v_;                                                                                        \
    })
#define write_reg(v, name) __asm__ volatile("msr " #name ", %0" ::"r"((uint64_t)(v)) : "memory")
#define barrier()          __asm__ volatile("dsb sy; isb" ::: "memory")

void main(uint64_t cpu);
void interrupt(void);
void bad_trap(uint64_t esr, uint64_t pc, uint64_t far);
__attribute__((visibility("hidden"))) void
second_entry(void); /* no table of addresses: nobody relocates it */

static long hypercall(uint64_t nr, uint64_t a, const volatile void *b, uint64_t c)
{
    register uint64_t x0 __asm__("x0") = a;
    register uint64_t x1 __asm__("x1") = (uint64_t)b;
    register uint64_t x2 __asm__("x2") = c;
    register uint64_t x16 __asm__("x16") = nr;

    __asm__ volatile("hvc #0xea1" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x16)::"memory");
    return (long)x0;
}

/* Printing: names and decimal numbers */

static char line[128];
static size_t line_len;

static void put(const char *s)
{
    while (*s && line_len < sizeof(line))
        line[line_len++] = *s++;
}
static void put_number(uint64_t n)
{
    char digits[24];
    int i = sizeof(digits);

    digits[--i] = 0;
    do
        digits[--i] = (char)('0' + n % 10);
    while (n /= 10);
    put(&digits[i]);
}
static void end_line(void)
{
    put("\n");
    hypercall(__HYPERVISOR_console_io, CONSOLEIO_write, (void *)line_len, (uint64_t)line);
    line_len = 0;
}
static void stop(unsigned int reason)
{
    sched_shutdown_t arg = {.reason = reason};

    for (;;)
        hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, &arg, 0);
}
static void fail(const char *what, long result)
{
    put("BENCH-FAIL ");
    put(what);
    put(result < 0 ? " -" : " ");
    put_number((uint64_t)(result < 0 ? -result : result));
    end_line();
    stop(SHUTDOWN_crash);
}
void bad_trap(uint64_t esr, uint64_t pc, uint64_t far)
{
    put("pc ");
    put_number(pc);
    put(" far ");
    put_number(far);
    put(" ");
    fail("trap", (long)esr);
}

/* Interrupts */

static volatile uint32_t nr_events, nr_sgis, nr_second, nr_timers, nr_others;
static shared_info_t *shared;

static void write32(uint64_t at, uint32_t v)
{
    __asm__ volatile("str %w0, [%1]" ::"r"(v), "r"(at) : "memory");
}
static uint32_t read32(uint64_t at)
{
    uint32_t v;

    __asm__ volatile("ldr %w0, [%1]" : "=r"(v) : "r"(at) : "memory");
    return v;
}

static void take_events(void)
{
    vcpu_info_t *info = &shared->vcpu_info[0];

    info->evtchn_upcall_pending = 0;
    info->evtchn_pending_sel = 0;
    shared->evtchn_pending[0] = 0;
    nr_events++;
}

void interrupt(void)
{
    uint64_t id = read_reg(S3_0_C12_C12_0) & 0xffffff; /* ICC_IAR1_EL1 */

    if (id >= 1020)
        return;
    if (id == 2) {
        nr_second++;
    } else if (id < 16) {
        nr_sgis++;
    } else if (id == 27) {
        write_reg(0, cntv_ctl_el0);
        nr_timers++;
    } else if (shared && shared->vcpu_info[0].evtchn_upcall_pending) {
        take_events();
    } else {
        nr_others++;
    }
    write_reg(id, S3_0_C12_C12_1); /* ICC_EOIR1_EL1 */
}

static void gic_init(uint64_t cpu)
{
    uint64_t rdist = GICR + cpu * 0x20000;

    if (cpu == 0)
        write32(GICD, 0x12);  /* affinity routing, group 1 */
    write32(rdist + 0x14, 0); /* GICR_WAKER: awake */
    while (read32(rdist + 0x14) & 4)
        ;
    write32(rdist + 0x10080, 0xffffffff);                    /* group 1 */
    write32(rdist + 0x10100, 0x8bff0000 | 0xffff);           /* all but the physical timers */
    write_reg(read_reg(S3_0_C12_C12_5) | 1, S3_0_C12_C12_5); /* ICC_SRE_EL1 */
    barrier();
    write_reg(0xff, S3_0_C4_C6_0); /* ICC_PMR_EL1 */
    write_reg(1, S3_0_C12_C12_7);  /* ICC_IGRPEN1_EL1 */
    barrier();
}

/* Measures. Each does its thing once. */

static uint8_t page[2][4096] __attribute__((aligned(4096)));
static evtchn_port_t port_send, port_masked;

static void do_nothing(void)
{
}
static void do_version(void)
{
    hypercall(__HYPERVISOR_xen_version, XENVER_version, NULL, 0);
}
static void do_maxpage(void)
{
    hypercall(__HYPERVISOR_memory_op, XENMEM_maximum_ram_page, NULL, 0);
}
static void do_status(void)
{
    evtchn_status_t s = {.dom = DOMID_SELF, .port = port_send};

    if (hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_status, &s, 0))
        fail("evtchn_status", 0);
}
static void do_gnttab_query(void)
{
    gnttab_query_size_t q = {.dom = DOMID_SELF};

    if (hypercall(__HYPERVISOR_grant_table_op, GNTTABOP_query_size, &q, 1))
        fail("query_size", 0);
}
static void do_gnttab_copy(void)
{
    gnttab_copy_t c = {.len = 4096, .source.domid = DOMID_SELF, .dest.domid = DOMID_SELF};

    c.source.u.gmfn = (uint64_t)page[0] >> 12;
    c.dest.u.gmfn = (uint64_t)page[1] >> 12;
    if (hypercall(__HYPERVISOR_grant_table_op, GNTTABOP_copy, &c, 1) || c.status)
        fail("copy", c.status);
}
static void do_yield(void)
{
    hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL, 0);
}
static void do_sysreg(void)
{
    (void)read_reg(id_aa64pfr0_el1);
}
static void do_timer_reg(void)
{
    (void)read_reg(cntp_ctl_el0);
}
static void do_mmio_read(void)
{
    (void)read32(GICD + 8);
}
static void do_mmio_write(void)
{
    write32(GICD + 0x400 + 40, 0xa0a0a0a0); /* priorities of interrupts 40 to 43 */
}
static void do_fault(void)
{
    (void)read32(NOT_THERE);
}
static void do_send(void)
{
    evtchn_send_t s = {.port = port_send};
    uint32_t seen = nr_events;

    hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &s, 0);
    while (nr_events == seen)
        ;
}
static void do_send_masked(void)
{
    evtchn_send_t s = {.port = port_masked};

    if (hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &s, 0))
        fail("send", 0);
}
static void do_sgi(void)
{
    uint32_t seen = nr_sgis;

    write_reg(1 | 1UL << 24, S3_0_C12_C11_5); /* ICC_SGI1R_EL1: SGI 1 to CPU 0 */
    while (nr_sgis == seen)
        ;
}
static void do_timer(void)
{
    uint32_t seen = nr_timers;

    write_reg(read_reg(cntvct_el0), cntv_cval_el0);
    write_reg(1, cntv_ctl_el0);
    while (nr_timers == seen)
        ;
}
static void map_shared(void)
{
    struct xen_add_to_physmap x = {
        .domid = DOMID_SELF, .space = XENMAPSPACE_shared_info, .gpfn = SHARED >> 12};
    long rc = hypercall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &x, 0);

    if (rc)
        fail("add_to_physmap", rc);
}
/* A page of the hypervisor's has one place at a time: the stock one wants it taken away first. */
static void do_remap(void)
{
    struct xen_remove_from_physmap x = {.domid = DOMID_SELF, .gpfn = SHARED >> 12};
    long rc = hypercall(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap, &x, 0);

    if (rc)
        fail("remove_from_physmap", rc);
    map_shared();
}

static uint64_t rounds_of(void (*fn)(void), unsigned int rounds)
{
    uint64_t t0, t1;

    barrier();
    t0 = read_reg(cntvct_el0);
    for (unsigned int i = 0; i < rounds; i++)
        fn();
    barrier();
    t1 = read_reg(cntvct_el0);
    return (t1 - t0) * 1000000000 / read_reg(cntfrq_el0);
}

/* The least of several tries: no timer of the hypervisor's came between. */
static void bench_rounds(const char *name, void (*fn)(void), unsigned int rounds)
{
    uint64_t best = ~0UL, empty = ~0UL;

    for (unsigned int i = 0; i < TRIES; i++) {
        uint64_t t = rounds_of(fn, rounds), e = rounds_of(do_nothing, rounds);

        best = t < best ? t : best;
        empty = e < empty ? e : empty;
    }
    put("BENCH ");
    put(name);
    put(" ");
    put_number((best - empty + rounds / 2) / rounds);
    end_line();
}
static void bench(const char *name, void (*fn)(void))
{
    bench_rounds(name, fn, ROUNDS);
}

/* Until @count is no longer @seen; with interrupts masked from the look to the wait. */
static void wait_for_change(const volatile uint32_t *count, uint32_t seen)
{
    for (;;) {
        write_reg(0x80, daif);
        if (*count != seen)
            break;
        __asm__ volatile("wfi" ::: "memory");
        write_reg(0, daif);
    }
    write_reg(0, daif);
}

/* From WFI until the interrupt of a timer that then expires: what lies beyond the deadline. */
static void bench_wakeup(void)
{
    uint64_t sum = 0, best = ~0UL, hz = read_reg(cntfrq_el0);

    for (unsigned int i = 0; i < 200; i++) {
        uint64_t deadline = read_reg(cntvct_el0) + hz / 1000, late;
        uint32_t seen = nr_timers;

        write_reg(deadline, cntv_cval_el0);
        write_reg(1, cntv_ctl_el0);
        wait_for_change(&nr_timers, seen);
        late = read_reg(cntvct_el0) - deadline;
        sum += late;
        best = late < best ? late : best;
    }
    put("BENCH wfi_wakeup ");
    put_number(best * 1000000000 / hz);
    end_line();
}

static volatile bool second_runs, second_waits;

/* What the second CPU does: yield to the first, or wait for its interrupts and answer them. */
static void run_second(void)
{
    uint32_t seen = 0;

    second_runs = true;
    while (!second_waits)
        do_yield();
    write_reg(0, daif);
    for (;;) {
        wait_for_change(&nr_second, seen);
        seen = nr_second;
        write_reg(1 | 1UL << 24, S3_0_C12_C11_5); /* SGI 1 to CPU 0 */
    }
}

/* Wake the other CPU, and wait in WFI until it has answered: two switches. */
static void do_wfi(void)
{
    uint32_t seen = nr_sgis;

    write_reg(2 | 2UL << 24, S3_0_C12_C11_5); /* SGI 2 to CPU 1 */
    wait_for_change(&nr_sgis, seen);
}

/* Two vCPUs that yield to each other: a round is two switches. */
static void bench_switch(void)
{
    register uint64_t x0 __asm__("x0") = 0xc4000003; /* PSCI CPU_ON */
    register uint64_t x1 __asm__("x1") = 1;
    register uint64_t x2 __asm__("x2") = (uint64_t)second_entry;
    register uint64_t x3 __asm__("x3") = 0;

    __asm__ volatile("hvc #0" : "+r"(x0) : "r"(x1), "r"(x2), "r"(x3) : "memory", "x17");
    if (x0) {
        put("BENCH-SKIP switch: no second CPU");
        end_line();
        return;
    }
    for (unsigned int i = 0; !second_runs; i++) {
        if (i == 100000)
            fail("second CPU", 0);
        do_yield();
    }
    bench_rounds("yield_to_other", do_yield, ROUNDS / 20); /* slow to emulate */
    second_waits = true;
    do_yield();
    bench_rounds("wfi_to_other", do_wfi, ROUNDS / 20);
}

/* Two ends in this domain; gives the number of the first. */
static evtchn_port_t make_channel(void)
{
    evtchn_alloc_unbound_t a = {.dom = DOMID_SELF, .remote_dom = DOMID_SELF};
    evtchn_bind_interdomain_t b = {.remote_dom = DOMID_SELF};
    long rc = hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &a, 0);

    if (rc)
        fail("alloc_unbound", rc);
    b.remote_port = a.port;
    rc = hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_interdomain, &b, 0);
    if (rc)
        fail("bind_interdomain", rc);
    return a.port; /* the other end has the next number */
}

static void setup_events(void)
{
    map_shared();
    shared = (shared_info_t *)SHARED;
    for (unsigned int i = 0; i < 64; i++)
        shared->evtchn_mask[i] = 0;
    port_send = make_channel();
    port_masked = make_channel();
    shared->evtchn_mask[0] = 3UL << port_masked; /* both ends: this, and the next number */
}

void main(uint64_t cpu)
{
    gic_init(cpu);
    if (cpu)
        run_second();
    setup_events();
    write_reg(0, daif);
    bench("hypercall", do_version);
    bench("memory_op", do_maxpage);
    bench("evtchn_status", do_status);
    bench("gnttab_query", do_gnttab_query);
    bench("gnttab_copy_page", do_gnttab_copy);
    bench("yield", do_yield);
    bench("sysreg", do_sysreg);
    bench("ptimer_sysreg", do_timer_reg);
    bench("mmio_read", do_mmio_read);
    bench("mmio_write", do_mmio_write);
    bench("stage2_fault", do_fault);
    bench("physmap_remap", do_remap);
    bench("event_send", do_send_masked);
    bench("event_to_self", do_send);
    bench("sgi_to_self", do_sgi);
    bench("timer_interrupt", do_timer);
    bench_wakeup();
    bench_switch();
    put("BENCH-DONE");
    end_line();
    stop(SHUTDOWN_poweroff);
}
