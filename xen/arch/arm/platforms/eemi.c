/* SPDX-License-Identifier: MIT */
#include "eemi.h"

/* SMC calling convention: fast call, 32 or 64 bits, service "SiP" (2). */
#define FID_SIP_MASK 0xbfff0000U
#define FID_SIP      0x82000000U
#define FID_API_MASK 0x0000ffffU
#define API_FIRST    1U
#define API_LAST     63U
#define API_VERSION  1U     /* PM_GET_API_VERSION */
#define TF_A_CALLS   0xa00U /* version of the trusted firmware's own service and the like */
#define TF_A_LAST    0xa03U

/* UG1200: PM_SELF_SUSPEND 6, REQUEST_SUSPEND 7, FORCE_POWERDOWN 8, ABORT_SUSPEND 9,
 * REQUEST_WAKEUP 10, SET_WAKEUP_SOURCE 11, SYSTEM_SHUTDOWN 12, INIT_FINALIZE 21. */
#define API_OF_THE_HYPERVISOR                                                                      \
    (1U << 6 | 1U << 7 | 1U << 8 | 1U << 9 | 1U << 10 | 1U << 11 | 1U << 12 | 1U << 21)

enum eemi_verdict eemi_filter(uint32_t fid, bool hardware_domain)
{
    uint32_t api = fid & FID_API_MASK;

    if ((fid & FID_SIP_MASK) != FID_SIP)
        return EEMI_NOT_OURS;
    if (api == API_VERSION)
        return EEMI_FORWARD;
    if (api >= TF_A_CALLS && api <= TF_A_LAST)
        return hardware_domain ? EEMI_FORWARD : EEMI_DENY;
    if (api < API_FIRST || api > API_LAST)
        return EEMI_NOT_OURS;
    if (!hardware_domain || (api < 32 && API_OF_THE_HYPERVISOR >> api & 1))
        return EEMI_DENY;
    return EEMI_FORWARD;
}
