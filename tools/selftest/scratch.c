/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "scratch.h"

#define MAX_KB 4096 /* of memory */

unsigned int failures;

void fail(const char *format, ...)
{
    int error = errno;
    va_list args;

    failures++;
    fputs("    Fail: ", stdout);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf(" (%s)\n", strerror(error));
}

bool scratch_is_possible(xc_interface *xch, bool translated)
{
    xc_physinfo_t info;

    if (xc_physinfo(xch, &info)) {
        fail("physinfo");
        return false;
    }
#if defined(__x86_64__)
    return info.capabilities & (translated ? XEN_SYSCTL_PHYSCAP_hap : XEN_SYSCTL_PHYSCAP_pv);
#else
    return translated;
#endif
}

bool scratch_create(struct scratch *s, xc_interface *xch, bool translated)
{
    struct xen_domctl_createdomain config = {
        .max_vcpus = 1,
        .max_grant_frames = SCRATCH_GRANT_FRAMES,
        .max_maptrack_frames = 0,
        .grant_opts = XEN_DOMCTL_GRANT_version(1),
    };

    *s = (struct scratch){.xch = xch, .translated = translated};
    if (translated)
        config.flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap;
#if defined(__x86_64__)
    if (translated)
        config.arch.emulation_flags = XEN_X86_EMU_LAPIC;
#else
    config.arch.gic_version = XEN_DOMCTL_CONFIG_GIC_NATIVE;
    s->gfn = GUEST_RAM0_BASE >> XC_PAGE_SHIFT;
#endif
    if (xc_domain_create(xch, &s->domid, &config)) {
        fail("no domain can be created");
        return false;
    }
    printf("  Created d%u\n", s->domid);
    if (xc_domain_setmaxmem(xch, s->domid, MAX_KB) == 0)
        return true;
    fail("its memory's limit");
    scratch_destroy(s);
    return false;
}

void scratch_destroy(struct scratch *s)
{
    if (xc_domain_destroy(s->xch, s->domid))
        fail("d%u is not destroyed", s->domid);
}

int scratch_populate(struct scratch *s, xen_pfn_t *frame)
{
    *frame = s->gfn;
    return xc_domain_populate_physmap_exact(s->xch, s->domid, 1, 0, 0, frame);
}
