/* SPDX-License-Identifier: MIT */
/* The other CPUs: by PSCI, or released from a loop that looks at an address ("spin-table"). */
#include <xen/domain.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/param.h>
#include <xen/percpu.h>
#include <xen/port/cpu.h>
#include <xen/port/mappings.h>
#include <xen/sched.h>
#include <xen/smp.h>
#include <xen/time.h>
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/dt.h>
#include <asm/gic.h>
#include <asm/page.h>
#include <asm/psci.h>
#include <asm/setup.h>
#include <asm/time.h>

#define STARTUP_TIMEOUT SECONDS(10)
#define STACK_PAGES     (STACK_SIZE / PAGE_SIZE)

extern char __per_cpu_start[], __per_cpu_end[], __per_cpu_pristine[];
extern char secondary_start[];
/* Read by head.S. */
extern unsigned long secondary_stack, secondary_percpu;
unsigned long secondary_stack, secondary_percpu;

uint64_t cpu_mpidr[NR_CPUS] = {[0 ... NR_CPUS - 1] = BAD_MPIDR};

static struct dt_cpu found[NR_CPUS] __initdata; /* by our numbers */
static enum { AP_NONE, AP_RUNNING, AP_GO, AP_ONLINE } ap_state;

static bool opt_nosmp __initdata;
PARAM_BOOL("nosmp", opt_nosmp);
static unsigned int opt_maxcpus __initdata = NR_CPUS;
PARAM_UINT("maxcpus", opt_maxcpus);

unsigned int mpidr_to_cpu(uint64_t mpidr)
{
    for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
        if (cpu_mpidr[cpu] == mpidr)
            return cpu;
    return NR_CPUS;
}

static void __init number_cpu(unsigned int cpu, const struct dt_cpu *c)
{
    found[cpu] = *c;
    cpu_mpidr[cpu] = c->mpidr;
    cpumask_set(cpu, &cpu_possible_map);
    cpumask_set(cpu, &cpu_present_map);
}

void __init smp_enumerate(void)
{
    static struct dt_cpu list[NR_CPUS] __initdata;
    unsigned int limit = opt_nosmp ? 1 : min(max(opt_maxcpus, 1U), (unsigned int)NR_CPUS);
    unsigned int nr = dt_cpus(host_fdt, list, NR_CPUS);
    struct dt_cpu self = {.mpidr = read_sysreg(mpidr_el1) & MPIDR_AFFINITY};

    number_cpu(0, &self);
    nr_cpu_ids = 1;
    for (unsigned int i = 0; i < nr && nr_cpu_ids < limit; i++) {
        if (list[i].mpidr == self.mpidr)
            continue;
        number_cpu(nr_cpu_ids, &list[i]);
        percpu_alloc(nr_cpu_ids);
        per_cpu(cpu_number, nr_cpu_ids) = nr_cpu_ids;
        nr_cpu_ids++;
    }
    cpumask_set(0, &cpu_online_map);
    printk("SMP: Allowing %u CPUs of %u\n", nr_cpu_ids, max(nr, 1U));
}

static bool wait_for_state(int state, s_time_t ns)
{
    s_time_t end = NOW() + ns;

    while (__atomic_load_n(&ap_state, __ATOMIC_ACQUIRE) != state) {
        if (NOW() > end)
            return false;
        cpu_relax();
    }
    return true;
}

/* First C code of a CPU, on its own stack and the final tables, interrupts off. */
void start_secondary(void)
{
    unsigned int cpu = smp_processor_id();

    write_sysreg(read_sysreg(sctlr_el2) | SCTLR_WXN, sctlr_el2);
    isb();
    cpu_setup_this();
    p2m_cpu_init();
    gic_cpu_init();
    time_cpu_init();
    __atomic_store_n(&ap_state, AP_RUNNING, __ATOMIC_RELEASE);
    while (__atomic_load_n(&ap_state, __ATOMIC_ACQUIRE) != AP_GO)
        cpu_relax();
    cpumask_set(cpu, &cpu_online_map);
    __atomic_store_n(&ap_state, AP_ONLINE, __ATOMIC_RELEASE);
    local_irq_enable();
    sched_start_idle();
}

/* A stack in the area of mappings, its lowest page left out. 0: no memory. */
static unsigned long __init make_stack(void)
{
    unsigned long va = vmap_reserve(2 * STACK_PAGES), base = ROUNDUP(va, STACK_SIZE);
    mfn_t mfn[STACK_PAGES - 1];

    if (!va)
        return 0;
    for (unsigned int i = 0; i < STACK_PAGES - 1; i++) {
        struct page_info *pg = heap_alloc_pages(0, MEMF_no_scrub);

        if (!pg)
            return 0;
        clear_page(page_to_virt(pg));
        mfn[i] = page_to_mfn(pg);
    }
    return port_vmap_map(base + PAGE_SIZE, mfn, STACK_PAGES - 1) ? 0 : base;
}

/* Its loop looks at the address with its caches off. */
static int __init release_from_spin_table(paddr_t address, paddr_t entry)
{
    uint64_t *at = address ? ioremap_cache(address, sizeof(*at)) : NULL;

    if (!at)
        return -ENODEV;
    WRITE_ONCE(*at, entry);
    dcache_clean_invalidate(at, sizeof(*at));
    sev();
    iounmap(at);
    return 0;
}

static int __init boot_cpu_number(unsigned int cpu)
{
    unsigned long stack = make_stack();
    paddr_t entry = virt_to_maddr(secondary_start);
    int rc;

    if (!stack || !vcpu_create(idle_domain, cpu))
        return -ENOMEM;
    secondary_stack = stack + STACK_SIZE - sizeof(struct cpu_info);
    secondary_percpu = per_cpu_offset[cpu];
    per_cpu(current_vcpu, cpu) = idle_vcpu[cpu];
    ap_state = AP_NONE;
    mb();
    if (found[cpu].spin_table && !found[cpu].psci)
        rc = release_from_spin_table(found[cpu].spin_table, entry);
    else
        rc = psci_cpu_on(cpu_mpidr[cpu], entry, cpu);
    if (rc)
        return rc;
    if (!wait_for_state(AP_RUNNING, STARTUP_TIMEOUT))
        return -EIO; /* its stack stays: it may yet wake up */
    sched_cpu_up(cpu);
    __atomic_store_n(&ap_state, AP_GO, __ATOMIC_RELEASE);
    return wait_for_state(AP_ONLINE, STARTUP_TIMEOUT) ? 0 : -EIO;
}

void __init smp_boot_others(void)
{
    unsigned int nr = 1;

    for (unsigned int cpu = 1; cpu < nr_cpu_ids; cpu++) {
        int rc = boot_cpu_number(cpu);

        if (rc) {
            printk(XENLOG_ERR "CPU %u (MPIDR %lx) does not start: %d\n", cpu,
                   (unsigned long)cpu_mpidr[cpu], rc);
            cpumask_clear(cpu, &cpu_present_map);
            if (rc == -EIO)
                break;
            continue;
        }
        nr++;
    }
    printk("Brought up %u CPUs\n", nr);
}

int port_cpu_up(unsigned int cpu)
{
    return cpu_online(cpu) ? -EEXIST : -EOPNOTSUPP;
}

int port_cpu_down(unsigned int cpu)
{
    return -EOPNOTSUPP;
}

unsigned int port_cpu_to_core(unsigned int cpu)
{
    return cpu;
}

unsigned int port_cpu_to_socket(unsigned int cpu)
{
    return 0;
}

unsigned int port_cpu_to_node(unsigned int cpu)
{
    return 0;
}
