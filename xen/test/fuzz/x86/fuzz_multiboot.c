/* SPDX-License-Identifier: MIT */
/* Multiboot 2 information in a buffer of exactly its size. (Version 1 is pointers, which the
 * loader is trusted with.) */
#include <stdlib.h>
#include <string.h>

#include <xen/init.h>
#include <asm/e820.h>
#include <asm/setup.h>

#include "../../../arch/x86/boot/multiboot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern void *loader_info;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct boot_info bi;
    static struct e820_map map;
    struct mb2_fixed head = {.total_size = (uint32_t)(size + sizeof(head))};

    memset(&bi, 0, sizeof(bi));
    memset(&map, 0, sizeof(map));
    loader_info = malloc(sizeof(head) + size);
    memcpy(loader_info, &head, sizeof(head));
    memcpy((char *)loader_info + sizeof(head), data, size);
    if (!boot_info_parse(MB2_BOOT_MAGIC, 0x1000, &bi, &map) || !bi.cmdline || !bi.loader ||
        bi.nr_modules > MAX_BOOT_MODULES || map.nr > E820_MAX)
        __builtin_trap();
    free(loader_info);
    return 0;
}
