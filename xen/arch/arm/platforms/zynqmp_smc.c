/* SPDX-License-Identifier: MIT */
/* Guests' calls to the power management firmware of ZynqMP. */
#include <asm/current.h>
#include <asm/psci.h>
#include <asm/regs.h>
#include <xen/domain.h>
#include "eemi.h"
#include "platforms.h"

#define SMCCC_VERSION_FID 0x80000000U

/* Without the firmware an SMC may be an undefined instruction here: ask PSCI, which is there. */
static bool firmware_there(void)
{
    const uint64_t in[8] = {PSCI_FEATURES, SMCCC_VERSION_FID};
    struct smccc_res res;

    if (psci_version() < 0x10000)
        return false;
    smccc_smc(in, &res);
    return (int32_t)res.a[0] >= 0;
}

bool zynqmp_smc(struct cpu_user_regs *regs)
{
    static int8_t there = -1; /* not yet known */
    uint64_t in[8];
    struct smccc_res res;

    switch (eemi_filter((uint32_t)regs->x[0], is_hardware_domain(current->domain))) {
    case EEMI_NOT_OURS:
        return false;
    case EEMI_DENY:
        regs->x[0] = EEMI_NO_ACCESS;
        return true;
    case EEMI_FORWARD:
        break;
    }
    if (there < 0)
        there = firmware_there();
    if (!there)
        return false;
    for (unsigned int i = 0; i < 8; i++)
        in[i] = regs->x[i];
    smccc_smc(in, &res);
    for (unsigned int i = 0; i < 4; i++)
        regs->x[i] = res.a[i];
    return true;
}
