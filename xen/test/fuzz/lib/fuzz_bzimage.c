/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>

#include <xen/lib/bzimage.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bzimage bz;

    if (bzimage_parse(data, size, &bz) == 0) {
        const uint8_t *p = bz.payload;

        if (p < data || !bz.payload_len || bz.payload_len > size ||
            p + bz.payload_len > data + size)
            abort();
    }
    return 0;
}
