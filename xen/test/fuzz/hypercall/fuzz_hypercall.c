/* SPDX-License-Identifier: MIT */
/*
 * Hypercalls of several domains with shared memory, by the fuzzer's bytes, and when these are used
 * up by numbers that follow from them; invariants, leaks. The number of calls made is written to
 * the file FUZZ_COUNT names, now and then.
 */
#include <stdio.h>
#include <stdlib.h>

#include <asm/sim.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *count_file;

static void write_count(void)
{
    FILE *f = count_file ? fopen(count_file, "w") : NULL;

    if (!f)
        return;
    fprintf(f, "%lu\n", (unsigned long)sim_hypercalls());
    fclose(f);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    count_file = getenv("FUZZ_COUNT");
    atexit(write_count);
    sim_boot(&(struct sim_conf){.nr_cpus = 3, .ram_mb = 16});
    return 0;
}

static uint64_t digest(const uint8_t *data, size_t size)
{
    uint64_t h = 0xcbf29ce484222325;

    for (size_t i = 0; i < size; i++)
        h = (h ^ data[i]) * 0x100000001b3;
    return h | 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned int nr_inputs;
    struct sim_input in = {.rng = digest(data, size), .data = data, .len = size};

    sim_workload(&in, 3000, 128);
    sim_shutdown();
    if (++nr_inputs % 256 == 0)
        write_count();
    return 0;
}
