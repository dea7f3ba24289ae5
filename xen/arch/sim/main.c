/* SPDX-License-Identifier: MIT */
/* xen-sim [SEED [STEPS]]: a random run, its history as a hash. */
#include <stdio.h>
#include <stdlib.h>

#include <asm/sim.h>

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
    unsigned int steps = argc > 2 ? (unsigned int)strtoul(argv[2], NULL, 0) : 1000;
    struct sim_input in = {.rng = seed * 0x9e3779b97f4a7c15 + 1};

    sim_boot(&(struct sim_conf){.seed = in.rng, .verbose = getenv("SIM_VERBOSE") != NULL});
    sim_workload(&in, steps, 16);
    sim_shutdown();
    printf("seed %lu steps %u hash %016lx\n", (unsigned long)seed, steps,
           (unsigned long)sim_hash());
    return 0;
}
