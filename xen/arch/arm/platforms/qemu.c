/* SPDX-License-Identifier: MIT */
/* QEMU's board of virtual devices: everything is as the device tree says. */
#include <xen/types.h>
#include "platforms.h"

static const char *const compatible[] = {"linux,dummy-virt", NULL};

const struct platform platform_qemu_virt = {.name = "QEMU virt", .compatible = compatible};
