/* SPDX-License-Identifier: MIT */
/* The other CPUs: INIT, STARTUP, and their way from real mode to the idle loop. */
#include <xen/domain.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/param.h>
#include <xen/percpu.h>
#include <xen/port/cpu.h>
#include <xen/port/page_tables.h>
#include <xen/sched.h>
#include <xen/smp.h>
#include <xen/time.h>
#include <asm/acpi.h>
#include <asm/apic.h>
#include <asm/cpu.h>
#include <asm/desc.h>
#include <asm/fpu.h>
#include <asm/irq_init.h>
#include <asm/page.h>
#include <asm/pv.h>
#include <asm/setup.h>
#include <asm/smpboot.h>

extern char trampoline_start[], trampoline_end[], cpu0_stack[];
extern unsigned long ap_stack_top;

#define STARTUP_TIMEOUT SECONDS(5)

uint32_t cpu_to_apicid[NR_CPUS] = {[0 ... NR_CPUS - 1] = BAD_APICID};
uint32_t cpu_to_acpi_id[NR_CPUS];

/* How far the CPU that is being started has come. */
static enum { AP_NONE, AP_RUNNING, AP_GO, AP_ONLINE } ap_state;

static bool opt_nosmp __initdata;
PARAM_BOOL("nosmp", opt_nosmp);
static unsigned int opt_maxcpus __initdata = NR_CPUS;
PARAM_UINT("maxcpus", opt_maxcpus);

unsigned int apicid_to_cpu(uint32_t apicid)
{
    for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
        if (cpu_to_apicid[cpu] == apicid)
            return cpu;
    }
    return NR_CPUS;
}

static uint32_t __init own_apicid(void)
{
    if (boot_cpu.max_leaf >= 0xb && cpuid_count(0xb, 0).b)
        return cpuid_count(0xb, 0).d;
    return cpuid(1).b >> 24;
}

static void __init number_cpu(unsigned int cpu, uint32_t apicid, uint32_t acpi_id)
{
    cpu_to_apicid[cpu] = apicid;
    cpu_to_acpi_id[cpu] = acpi_id;
    cpumask_set(cpu, &cpu_possible_map);
    cpumask_set(cpu, &cpu_present_map);
}

void __init smp_enumerate(void)
{
    unsigned int limit = opt_nosmp ? 1 : min(max(opt_maxcpus, 1U), (unsigned int)NR_CPUS);
    uint32_t self = own_apicid();
    unsigned int found = 0;

    nr_cpu_ids = 1;
    number_cpu(0, self, 0);
    for (unsigned int i = 0; i < acpi_info.nr_cpus; i++) {
        const struct acpi_cpu *c = &acpi_info.cpu[i];

        found += c->enabled;
        if (c->apicid == self) {
            cpu_to_acpi_id[0] = c->acpi_id;
        } else if (c->enabled && nr_cpu_ids < limit) {
            number_cpu(nr_cpu_ids, c->apicid, c->acpi_id);
            percpu_alloc(nr_cpu_ids);
            nr_cpu_ids++;
        }
    }
    cpumask_set(0, &cpu_online_map);
    cpu_topology_detect(0);
    printk("SMP: Allowing %u CPUs of %u\n", nr_cpu_ids, max(found, 1U));
}

static void wait_ns(s_time_t ns)
{
    s_time_t end = NOW() + ns;

    while (NOW() < end)
        cpu_relax();
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

/* First C code of a CPU, on its own stack and the idle page tables, interrupts off. */
void start_secondary(void) noreturn;
void start_secondary(void)
{
    unsigned int cpu = smp_processor_id();

    desc_cpu_load();
    cpu_setup_this();
    fpu_cpu_init();
    pv_syscall_init(cpu);
    cpu_topology_detect(cpu);
    apic_ap_init();
    __atomic_store_n(&ap_state, AP_RUNNING, __ATOMIC_RELEASE);
    while (__atomic_load_n(&ap_state, __ATOMIC_ACQUIRE) != AP_GO)
        cpu_relax();
    time_ap_init();
    cpumask_set(cpu, &cpu_online_map);
    __atomic_store_n(&ap_state, AP_ONLINE, __ATOMIC_RELEASE);
    local_irq_enable();
    sched_start_idle();
}

/* A stack, its cpu_info, descriptor tables. NULL: no memory. */
static char *__init prepare_stack(unsigned int cpu)
{
    char *stack = xenheap_alloc_pages(STACK_ORDER, 0);
    struct cpu_info *info;

    if (!stack)
        return NULL;
    memset(stack, 0, STACK_SIZE);
    if (desc_cpu_prepare(cpu, stack)) {
        xenheap_free_pages(stack, STACK_ORDER);
        return NULL;
    }
    info = (struct cpu_info *)(stack + STACK_SIZE) - 1;
    info->cpu = cpu;
    info->per_cpu_offset = per_cpu_offset[cpu];
    info->current_vcpu = idle_vcpu[cpu];
    return stack;
}

static bool __init kick_cpu(unsigned int cpu)
{
    uint8_t vector = (uint8_t)(trampoline_phys >> PAGE_SHIFT);

    apic_send_init(cpu_to_apicid[cpu]);
    wait_ns(MILLISECS(10));
    for (unsigned int i = 0; i < 2; i++) {
        apic_send_startup(cpu_to_apicid[cpu], vector);
        if (wait_for_state(AP_RUNNING, i ? STARTUP_TIMEOUT : MILLISECS(50)))
            return true;
    }
    return false;
}

static int __init boot_cpu_number(unsigned int cpu)
{
    char *stack;

    if (!vcpu_create(idle_domain, cpu) || !(stack = prepare_stack(cpu)))
        return -ENOMEM;
    ap_stack_top = (unsigned long)((struct cpu_info *)(stack + STACK_SIZE) - 1);
    ap_state = AP_NONE;
    smp_mb();
    if (!kick_cpu(cpu))
        return -EIO; /* its stack stays: it may yet wake up */
    sched_cpu_up(cpu);
    __atomic_store_n(&ap_state, AP_GO, __ATOMIC_RELEASE);
    return wait_for_state(AP_ONLINE, STARTUP_TIMEOUT) ? 0 : -EIO;
}

/* A push onto the guard page faults; the fault's own push then ends in #DF, on its own stack. */
static void __init guard_stack(const char *stack)
{
    if (xen_protect_range((unsigned long)stack + 4 * PAGE_SIZE, 1, PAGE_HYPERVISOR_RO))
        printk(XENLOG_WARNING "stack at %p has no guard page\n", stack);
}

void __init smp_boot_others(void)
{
    unsigned int cpu, nr = 1;

    guard_stack(cpu0_stack);
    if (nr_cpu_ids > 1 && !trampoline_phys) {
        printk(XENLOG_ERR "No page below 1 MiB to start other CPUs from\n");
        return;
    }
    memcpy(maddr_to_virt(trampoline_phys), trampoline_start,
           (size_t)(trampoline_end - trampoline_start));
    for (cpu = 1; cpu < nr_cpu_ids; cpu++) {
        int rc = boot_cpu_number(cpu);

        if (rc) {
            printk(XENLOG_ERR "CPU %u (APIC id %u) does not start: %d\n", cpu, cpu_to_apicid[cpu],
                   rc);
            cpumask_clear(cpu, &cpu_present_map);
            break;
        }
        guard_stack((char *)((ap_stack_top | (STACK_SIZE - 1)) + 1 - STACK_SIZE));
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
