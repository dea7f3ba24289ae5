/* SPDX-License-Identifier: MIT */
/* Cavium ThunderX, pass 1: 48 CPUs a node, GICv3. */
#include <xen/types.h>
#include "platforms.h"

static const char *const compatible[] = {"cavium,thunder-88xx", NULL};

const struct platform platform_thunderx = {
    .name = "Cavium ThunderX",
    .compatible = compatible,
    .quirks = PLATFORM_QUIRK_CAVIUM_23154,
};
