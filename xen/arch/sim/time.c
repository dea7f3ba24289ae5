/* SPDX-License-Identifier: MIT */
/* Time is a number, which sim_advance() raises; where CPUs are threads it is the host's. */
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/time.h>
#include <asm/sim.h>

#include "private.h"

s_time_t sim_now, sim_clock_offset;

s_time_t get_s_time(void)
{
    return sim_threads ? (s_time_t)host_clock() + sim_clock_offset
                       : __atomic_load_n(&sim_now, __ATOMIC_RELAXED);
}
