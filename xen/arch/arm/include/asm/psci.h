/* SPDX-License-Identifier: MIT */
/* PSCI (DEN0022) towards the firmware, and the one that guests see. */
#ifndef ASM_PSCI_H
#define ASM_PSCI_H

#include <xen/types.h>

struct cpu_user_regs;
struct vcpu;

#define PSCI_VERSION       0x84000000U
#define PSCI_CPU_SUSPEND   0x84000001U
#define PSCI_CPU_OFF       0x84000002U
#define PSCI_CPU_ON        0x84000003U
#define PSCI_AFFINITY_INFO 0x84000004U
#define PSCI_MIGRATE_INFO  0x84000006U
#define PSCI_SYSTEM_OFF    0x84000008U
#define PSCI_SYSTEM_RESET  0x84000009U
#define PSCI_FEATURES      0x8400000aU
#define PSCI_64            0x40000000U /* added to those which have a 64-bit form */

#define PSCI_SUCCESS            0
#define PSCI_NOT_SUPPORTED      -1
#define PSCI_INVALID_PARAMETERS -2
#define PSCI_DENIED             -3
#define PSCI_ALREADY_ON         -4
#define PSCI_ON_PENDING         -5
#define PSCI_INTERNAL_FAILURE   -6
#define PSCI_INVALID_ADDRESS    -9

/* Find /psci and its conduit. Before SMP; the device tree is there. */
void psci_boot_init(void);
/* major << 16 | minor, 0: the machine has no PSCI. */
uint32_t psci_version(void);
/* Start the CPU @mpidr at physical @entry, EL2, MMU off, x0 = @context. 0, or -ENODEV, -EBUSY... */
int psci_cpu_on(uint64_t mpidr, paddr_t entry, uint64_t context);
void psci_system_off(void);   /* returns where refused */
void psci_system_reset(void); /* the same */

/* Call the firmware by the SMC calling convention: x0-x7 in and x0-x3 out (DEN0028). */
struct smccc_res {
    uint64_t a[4];
};
void smccc_smc(const uint64_t in[8], struct smccc_res *out);
void smccc_hvc(const uint64_t in[8], struct smccc_res *out);
/* The call, where the firmware may be asked by SMC; false: there is none. */
bool smccc_firmware(const uint64_t in[8], struct smccc_res *out);

/*
 * HVC #0 (@smc false) or SMC of current, with its registers: PSCI, SMCCC, the platform's calls.
 * The caller steps over an SMC. False: the immediate or conduit is nobody's, and the guest is to
 * get an undefined instruction.
 */
bool vsmccc_handle(struct cpu_user_regs *regs, bool smc, unsigned int imm);

#endif
