/* SPDX-License-Identifier: MIT */
/* Xilinx Zynq UltraScale+ MPSoC: dom0 talks to the power management firmware through us. */
#include "platforms.h"

static const char *const compatible[] = {"xlnx,zynqmp", NULL};

const struct platform platform_zynqmp = {
    .name = "Xilinx ZynqMP",
    .compatible = compatible,
    .smc = zynqmp_smc,
};
