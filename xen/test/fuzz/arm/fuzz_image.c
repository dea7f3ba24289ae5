/* SPDX-License-Identifier: MIT */
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include "../../../arch/arm/include/asm/domain_build.h"

void *malloc(size_t size);
void free(void *p);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *copy = malloc(size ? size : 1);
    struct arm_image i;

    memcpy(copy, data, size);
    if (!arm_image_parse(copy, size, &i) &&
        (i.size < size || i.size > GB(1) || i.text_offset >= MB(2)))
        __builtin_trap();
    free(copy);
    return 0;
}
