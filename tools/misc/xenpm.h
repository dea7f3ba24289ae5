/* SPDX-License-Identifier: MIT */
/* What xenpm shows; each for one CPU. Returns 0 or errno. */
#ifndef XENPM_H
#define XENPM_H

#include <xenctrl.h>

int show_idle(xc_interface *xch, int cpu);
int show_frequencies(xc_interface *xch, int cpu);
int show_average(xc_interface *xch, int cpu);
int show_parameters(xc_interface *xch, int cpu);

/* Of all CPUs. */
int show_idle_limit(xc_interface *xch);
int show_topology(xc_interface *xch);

/* Shows in which states CPUs were from now to SIGINT, SIGALRM or the end of @seconds; 0: no end. */
int sample_states(xc_interface *xch, int nr_cpus, unsigned int seconds);

#endif
