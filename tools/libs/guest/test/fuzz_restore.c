/* SPDX-License-Identifier: MIT */
/* Any bytes as a stream. The first says what kind of guest and stream is expected. */
#include "test/fake.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned long store, console;

    if (fake.fd < 0)
        fake_open();
    if (!size)
        return 0;
    fake_reset();
    fake_domain_new(0, 1)->hvm = *data & 1;
    fake_restore(1, data + 1, size - 1, *data & 2 ? XC_STREAM_REMUS : XC_STREAM_PLAIN, &store,
                 &console);
    return 0;
}

#ifdef FUZZ_MAIN
int main(int argc, char **argv)
{
    static uint8_t buf[1 << 20];

    for (int i = 1; i < argc; i++) {
        FILE *f = fopen(argv[i], "rb");
        size_t len;

        if (!f)
            return 1;
        len = fread(buf, 1, sizeof(buf), f);
        fclose(f);
        LLVMFuzzerTestOneInput(buf, len);
    }
    return 0;
}
#endif
