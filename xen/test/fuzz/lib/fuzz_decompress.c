/* SPDX-License-Identifier: MIT */
/*
 * One decoder on arbitrary bytes; FUZZ_DECODER names it. The first byte chooses the size of the
 * output, so that buffers too small are met as well. Both buffers have exact sizes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <xen/lib/decompress.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t cap, len = SIZE_MAX;
    uint8_t *in, *out;
    void *scratch;

    if (!size)
        return 0;
    cap = (size_t)data[0] * data[0];
    size--;
    in = malloc(size ? size : 1);
    out = malloc(cap ? cap : 1);
    scratch = malloc(decompress_scratch());
    memcpy(in, data + 1, size);
    if (FUZZ_DECODER(in, size, out, cap, &len, scratch) == 0) {
        uint8_t sum = 0;

        if (len > cap)
            abort();
        for (size_t i = 0; i < len; i++)
            sum ^= out[i];
        __asm__ volatile("" : : "r"(sum));
    } else if (len != SIZE_MAX) {
        abort();
    }
    free(scratch);
    free(out);
    free(in);
    return 0;
}
