/* SPDX-License-Identifier: MIT */
/* The machines that have a descriptor, a file each. */
#ifndef PLATFORMS_PLATFORMS_H
#define PLATFORMS_PLATFORMS_H

#include <asm/platform.h>

/* zynqmp_smc.c */
bool zynqmp_smc(struct cpu_user_regs *regs);

extern const struct platform platform_qemu_virt, platform_zynqmp, platform_thunderx;

#endif
