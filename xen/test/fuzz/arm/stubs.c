/* SPDX-License-Identifier: MIT */
/* What the sources want besides, at boot only. */
#include <xen/kernel.h>

struct cpu_user_regs;
bool zynqmp_smc(struct cpu_user_regs *regs);
extern const void *host_fdt;

const void *host_fdt;

bool zynqmp_smc(struct cpu_user_regs *regs)
{
    (void)regs;
    return false;
}
void printk(const char *fmt, ...)
{
    (void)fmt;
}
void panic(const char *fmt, ...)
{
    (void)fmt;
    __builtin_trap();
}
