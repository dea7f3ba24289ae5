/* SPDX-License-Identifier: MIT */
/* Hypercalls of several domains with shared memory, by the fuzzer's bytes; invariants, leaks. */
#include <asm/sim.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    sim_boot(&(struct sim_conf){.nr_cpus = 3, .ram_mb = 32});
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sim_input in = {.data = data, .len = size};

    sim_workload(&in, 400, 16);
    sim_shutdown();
    return 0;
}
