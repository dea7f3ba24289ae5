/* SPDX-License-Identifier: MIT */
/* The fake hypervisor's machine checks. */
#include <stdint.h>
#include <string.h>

#include <xenctrl.h>
#include <xen/arch-x86/xen-mca.h>

#include "fake.h"

int xc_mca_op(xc_interface *xch, struct xen_mc *mc)
{
    const struct xen_mc_msrinject *inj = &mc->u.mc_msrinject;

    (void)xch;
    if (fails())
        return -1;
    if (mc->cmd == XEN_MC_physcpuinfo) {
        mc->u.mc_physcpuinfo.ncpus = 2;
        return 0;
    }
    if (mc->cmd == XEN_MC_msrinject)
        for (uint32_t i = 0; i < inj->mcinj_count; i++)
            printf("call msrinject cpu %u flags %x domain %u: %lx = %lx\n", inj->mcinj_cpunr,
                   inj->mcinj_flags, inj->mcinj_domid, (unsigned long)inj->mcinj_msr[i].reg,
                   (unsigned long)inj->mcinj_msr[i].value);
    else if (mc->cmd == XEN_MC_mceinject)
        printf("call mceinject cpu %u\n", mc->u.mc_mceinject.mceinj_cpunr);
    else
        abort();
    return 0;
}

int xc_mca_op_inject_v2(xc_interface *xch, unsigned int flags, xc_cpumap_t cpumap,
                        unsigned int nr_cpus)
{
    (void)xch;
    SAY("inject_v2 flags %x cpus %02x of %u\n", flags, cpumap ? cpumap[0] : 0, nr_cpus);
}
