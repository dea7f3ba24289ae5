/* SPDX-License-Identifier: MIT */
/* What the files of this folder share. */
#ifndef ARM_MM_H
#define ARM_MM_H

#include <asm/page.h>

/* Part of RAM is in the direct map and given to the boot allocator: it can serve tables. */
extern bool boot_ram_mapped;

#endif
