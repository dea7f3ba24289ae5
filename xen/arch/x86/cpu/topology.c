/* SPDX-License-Identifier: MIT */
/* Threads, cores, sockets: which bits of the APIC id tell which. */
#include <xen/cpumask.h>
#include <xen/port/cpu.h>
#include <xen/port/numa.h>
#include <asm/acpi.h>
#include <asm/cpu.h>
#include <asm/setup.h>
#include <asm/smpboot.h>

static uint16_t core_of[NR_CPUS], socket_of[NR_CPUS];
static uint8_t node_of[NR_CPUS];

#define LEVEL_SMT  1
#define LEVEL_CORE 2

static unsigned int bits_for(unsigned int nr)
{
    unsigned int bits = 0;

    while (1U << bits < nr)
        bits++;
    return bits;
}

/* Leaf 0xb: the shift to the next level, per level. AMD APM vol 3, E.3.11; Intel SDM 2A, CPUID. */
static bool from_leaf_b(unsigned int *smt_bits, unsigned int *package_bits)
{
    bool found = false;

    if (boot_cpu.max_leaf < 0xb || !cpuid_count(0xb, 0).b)
        return false;
    for (uint32_t sub = 0; sub < 8; sub++) {
        struct cpuid_leaf l = cpuid_count(0xb, sub);
        unsigned int type = l.c >> 8 & 0xff;

        if (!type)
            break;
        if (type == LEVEL_SMT)
            *smt_bits = l.a & 0x1f;
        *package_bits = l.a & 0x1f;
        found = true;
    }
    return found;
}

/* Leaf 4 (Intel) or 0x80000008 (AMD) count cores; leaf 1 counts threads of a package. */
static void from_old_leaves(unsigned int *smt_bits, unsigned int *package_bits)
{
    unsigned int threads = 1, cores = 1, core_bits;

    if (cpuid(1).d & (1U << 28))
        threads = cpuid(1).b >> 16 & 0xff;
    if (boot_cpu.is_amd && boot_cpu.max_ext_leaf >= 0x80000008) {
        uint32_t c = cpuid(0x80000008).c;

        cores = (c & 0xff) + 1;
        core_bits = c >> 12 & 0xf;
        if (!core_bits)
            core_bits = bits_for(cores);
        *smt_bits = 0;
        *package_bits = core_bits;
        return;
    }
    if (boot_cpu.is_intel && boot_cpu.max_leaf >= 4)
        cores = (cpuid_count(4, 0).a >> 26) + 1;
    core_bits = bits_for(cores);
    *smt_bits = threads > cores ? bits_for(threads / cores) : 0;
    *package_bits = core_bits + *smt_bits;
}

void cpu_topology_detect(unsigned int cpu)
{
    unsigned int smt_bits = 0, package_bits = 0;
    uint32_t apicid = cpu_to_apicid[cpu];

    if (!from_leaf_b(&smt_bits, &package_bits))
        from_old_leaves(&smt_bits, &package_bits);
    socket_of[cpu] = (uint16_t)(apicid >> package_bits);
    core_of[cpu] = (uint16_t)((apicid & ((1U << package_bits) - 1)) >> smt_bits);
    for (unsigned int i = 0; i < acpi_info.nr_cpus; i++) {
        if (acpi_info.cpu[i].apicid == apicid)
            node_of[cpu] = acpi_info.cpu[i].node;
    }
}

unsigned int port_cpu_to_core(unsigned int cpu)
{
    return core_of[cpu];
}

unsigned int port_cpu_to_socket(unsigned int cpu)
{
    return socket_of[cpu];
}

unsigned int port_cpu_to_node(unsigned int cpu)
{
    return port_nr_nodes() > 1 ? node_of[cpu] : 0;
}
