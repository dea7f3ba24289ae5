/* SPDX-License-Identifier: MIT */
/* Calls to the power management firmware of ZynqMP: Embedded Energy Management Interface, UG1200.
 */
#ifndef PLATFORMS_EEMI_H
#define PLATFORMS_EEMI_H

#include <xen/types.h>

enum eemi_verdict {
    EEMI_NOT_OURS, /* no EEMI call at all */
    EEMI_FORWARD,
    EEMI_DENY, /* answer EEMI_NO_ACCESS */
};
#define EEMI_NO_ACCESS 2002U /* UG1200: XST_PM_NO_ACCESS */

/* May a domain make the call whose function id is @fid? dom0 drives the devices; power states of
 * CPUs and of the whole machine are the hypervisor's, which has PSCI for them. */
enum eemi_verdict eemi_filter(uint32_t fid, bool hardware_domain);

#endif
