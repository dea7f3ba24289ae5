/* SPDX-License-Identifier: MIT */
/* What a CPU can do, and what of it is the hypervisor's. Source: Arm ARM D17.2. */
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/smp.h>
#include <asm/cpu.h>
#include <asm/setup.h>

struct cpu_features host_cpu __ro_after_init;

static void __init read_features(void)
{
    uint64_t ctr = read_sysreg(ctr_el0);

    host_cpu = (struct cpu_features){
        .midr = read_sysreg(midr_el1),
        .pfr0 = read_sysreg(id_aa64pfr0_el1),
        .pfr1 = read_sysreg(id_aa64pfr1_el1),
        .dfr0 = read_sysreg(id_aa64dfr0_el1),
        .dfr1 = read_sysreg(id_aa64dfr1_el1),
        .isar0 = read_sysreg(id_aa64isar0_el1),
        .isar1 = read_sysreg(id_aa64isar1_el1),
        .mmfr0 = read_sysreg(id_aa64mmfr0_el1),
        .mmfr1 = read_sysreg(id_aa64mmfr1_el1),
        .mmfr2 = read_sysreg(S3_0_C0_C7_2), /* ID_AA64MMFR2_EL1 */
        .dcache_line = 4U << (ctr >> 16 & 0xf),
        .icache_line = 4U << (ctr & 0xf),
    };
}

void cpu_setup_this(void)
{
    /* Until the first guest: nothing is trapped or routed but interrupts and errors. */
    write_sysreg(HCR_FMO | HCR_IMO | HCR_AMO | HCR_RW, hcr_el2);
    /* FP is the guests', and free for the device tree library at boot; SVE and trace are nobody's.
     */
    write_sysreg(CPTR_RES1 | CPTR_TTA | CPTR_TZ, cptr_el2);
    /* Debug, trace and performance registers trap. Counters all belong to EL1. */
    write_sysreg((read_sysreg(mdcr_el2) & MDCR_HPMN) | MDCR_TDRA | MDCR_TDOSA | MDCR_TDA |
                     MDCR_TPM | MDCR_TPMCR | MDCR_TPMS | MDCR_TTRF,
                 mdcr_el2);
    write_sysreg(0, hstr_el2);
    isb();
    local_abort_enable();
}

void __init cpu_features_init(void)
{
    read_features();
    printk("Processor: %016lx: implementer %02x, part %03x, revision r%up%u\n",
           (unsigned long)host_cpu.midr, (unsigned int)(host_cpu.midr >> 24 & 0xff),
           (unsigned int)(host_cpu.midr >> 4 & 0xfff), (unsigned int)(host_cpu.midr >> 20 & 0xf),
           (unsigned int)(host_cpu.midr & 0xf));
    printk("64-bit execution: features %016lx %016lx, memory model %016lx %016lx\n",
           (unsigned long)host_cpu.pfr0, (unsigned long)host_cpu.pfr1,
           (unsigned long)host_cpu.mmfr0, (unsigned long)host_cpu.mmfr1);
}
