/* SPDX-License-Identifier: MIT */
/* CPUs and IPIs as the core asks for them. */
#ifndef XEN_PORT_CPU_H
#define XEN_PORT_CPU_H

#include <xen/compiler.h>
#include <xen/cpumask.h>
#include <xen/time.h>

/* Make the CPUs of @mask look at their softirqs (an IPI with an empty handler). */
void port_send_event_check(const cpumask_t *mask);
/* Make them call smp_call_function_interrupt(). */
void port_send_call_function(const cpumask_t *mask);
/* Program this CPU's one-shot timer to raise SOFTIRQ_TIMER at @deadline (0: none).
 * Returns false where the deadline is past (and raises the softirq itself). */
bool port_timer_program(s_time_t deadline);
/* Physical topology, for the scheduler and sysctl. */
unsigned int port_cpu_to_core(unsigned int cpu);
unsigned int port_cpu_to_socket(unsigned int cpu);
unsigned int port_cpu_to_node(unsigned int cpu);
/* Bring up or down a CPU (XEN_SYSCTL_cpu_hotplug). -EOPNOTSUPP where it cannot. */
int port_cpu_up(unsigned int cpu);
int port_cpu_down(unsigned int cpu);
/* End of the machine. */
void port_machine_halt(void) noreturn;
void port_machine_restart(unsigned int delay_ms) noreturn;
/* Does a debugger-visible dump of registers and stack. */
void port_dump_execution_state(void);

#endif
