/* SPDX-License-Identifier: MIT */
/* The firmware's PSCI: other CPUs, and the end of the machine. Source: DEN0022, 5. */
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/dt.h>
#include <asm/platform.h>
#include <asm/psci.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/port/cpu.h>
#include <xen/smp.h>
#include <xen/time.h>

#define ID64(fn) ((fn) | PSCI_64)

static uint32_t version __ro_after_init;
static uint32_t cpu_on_id __ro_after_init;
static bool by_hvc __ro_after_init;

static int64_t call(uint32_t fn, uint64_t a1, uint64_t a2, uint64_t a3)
{
    const uint64_t in[8] = {fn, a1, a2, a3};
    struct smccc_res out;

    if (by_hvc)
        smccc_hvc(in, &out);
    else
        smccc_smc(in, &out);
    return fn & PSCI_64 ? (int64_t)out.a[0] : (int32_t)out.a[0];
}

uint32_t psci_version(void)
{
    return version;
}

bool smccc_firmware(const uint64_t in[8], struct smccc_res *out)
{
    if (!version || by_hvc)
        return false;
    smccc_smc(in, out);
    return true;
}

void __init psci_boot_init(void)
{
    struct dt_psci dt;

    dt_psci(host_fdt, &dt);
    if (!dt.present) {
        printk("No PSCI: one CPU\n");
        return;
    }
    by_hvc = dt.hvc;
    version = dt.major << 16 | dt.minor;
    if (version == 1) {
        cpu_on_id = dt.cpu_on; /* 0.1 names its functions in the tree */
    } else {
        cpu_on_id = ID64(PSCI_CPU_ON);
        version = (uint32_t)call(PSCI_VERSION, 0, 0, 0);
    }
    printk("PSCI v%u.%u by %s\n", version >> 16, version & 0xffff, by_hvc ? "hvc" : "smc");
}

int psci_cpu_on(uint64_t mpidr, paddr_t entry, uint64_t context)
{
    if (!cpu_on_id)
        return -ENODEV;
    switch (call(cpu_on_id, mpidr, entry, context)) {
    case PSCI_SUCCESS:
        return 0;
    case PSCI_ALREADY_ON:
    case PSCI_ON_PENDING:
        return -EBUSY;
    case PSCI_NOT_SUPPORTED:
        return -EOPNOTSUPP;
    default:
        return -EINVAL;
    }
}

void psci_system_off(void)
{
    if (version > 1)
        call(PSCI_SYSTEM_OFF, 0, 0, 0);
}

void psci_system_reset(void)
{
    if (version > 1)
        call(PSCI_SYSTEM_RESET, 0, 0, 0);
}

static void noreturn stop_here(void)
{
    local_irq_disable();
    cpumask_clear(smp_processor_id(), &cpu_online_map);
    for (;;)
        wfi();
}

static void stop_cpu(void *arg)
{
    stop_here();
}

/* May come with anything held: the others are told, not waited for without end. */
static void stop_others(void)
{
    cpumask_t others;

    local_irq_enable();
    cpumask_copy(&others, &cpu_online_map);
    cpumask_clear(smp_processor_id(), &others);
    if (!cpumask_empty(&others)) {
        on_selected_cpus(&others, stop_cpu, NULL, false);
        for (s_time_t end = NOW() + MILLISECS(100); NOW() < end;) {
            if (cpumask_weight(&cpu_online_map) == 1)
                break;
            cpu_relax();
        }
    }
    local_irq_disable();
}

void port_machine_halt(void)
{
    stop_others();
    platform_poweroff();
    psci_system_off();
    printk("Halted: the machine does not switch off\n");
    stop_here();
}

void port_machine_restart(unsigned int delay_ms)
{
    if (delay_ms)
        printk("Rebooting in %u seconds\n", delay_ms / 1000);
    for (s_time_t end = NOW() + MILLISECS(delay_ms); delay_ms && NOW() < end;)
        cpu_relax();
    stop_others();
    platform_reset();
    psci_system_reset();
    printk("The machine does not reset\n");
    stop_here();
}
