/* SPDX-License-Identifier: MIT */
/* What the EFI stub hands to boot: written before the image is entered, in the copy that runs. */
#ifndef ASM_EFI_H
#define ASM_EFI_H

#include <asm/dt.h>

struct efi_handover {
    bool present;
    bool truncated;          /* there were more ranges than fit */
    struct dt_ranges memory; /* in place of what the device tree says */
    char cmdline[1024];      /* "" where the loader gave none */
};
extern struct efi_handover efi_handover;

#endif
