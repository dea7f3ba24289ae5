/* SPDX-License-Identifier: MIT */
#include <kernel/bench.h>

void measure(const char *name, unsigned int times, long (*step)(void))
{
    uint64_t least = ~UINT64_C(0);

    for (unsigned int i = 0; i < times; i++) {
        uint64_t t = ticks();
        long rc = step();

        t = ticks() - t;
        if (rc)
            finish(RESULT_FAILURE, "%s: %ld", name, rc);
        if (t < least)
            least = t;
    }
    print("BENCH %s %lu\n", name, (unsigned long)least);
}

void guest_main(const char *cmdline)
{
    uint64_t other = cmdline_number(cmdline, "serve", 0);

    if (other)
        peer_run((domid_t)other);
    bench_local();
    bench_memory();
    bench_peer((domid_t)cmdline_number(cmdline, "peer", 0));
}
