/* SPDX-License-Identifier: MIT */
#include <asm/sim.h>

void sim_workload(struct sim_input *in, unsigned int steps, unsigned int check_every)
{
}
