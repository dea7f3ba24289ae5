/* SPDX-License-Identifier: MIT */
/* Which machine this is. */
#include <asm/dt.h>
#include <asm/platform.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include "platforms.h"

static const struct platform generic = {.name = "generic"};

static const struct platform *const platforms[] = {
    &platform_qemu_virt,
    &platform_zynqmp,
    &platform_thunderx,
};

const struct platform *platform = &generic;

const struct platform *platform_match(const void *fdt)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(platforms); i++) {
        if (dt_compatible(fdt, 0, platforms[i]->compatible))
            return platforms[i];
    }
    return &generic;
}

void __init platform_init(void)
{
    int rc;

    platform = platform_match(host_fdt);
    printk("Platform: %s\n", platform->name);
    rc = platform->init ? platform->init() : 0;
    if (rc)
        panic("Platform %s: set-up failed (%d)\n", platform->name, rc);
}

bool platform_quirk(uint32_t quirk)
{
    return platform->quirks & quirk;
}

bool platform_hides(const void *fdt, int node)
{
    return platform->hidden && dt_compatible(fdt, node, platform->hidden);
}

void platform_reset(void)
{
    if (platform->reset)
        platform->reset();
}

void platform_poweroff(void)
{
    if (platform->poweroff)
        platform->poweroff();
}

bool platform_smc(struct cpu_user_regs *regs)
{
    return platform->smc && platform->smc(regs);
}
