/* SPDX-License-Identifier: MIT */
/* Interrupts between CPUs, and the others that have vectors of their own. */
#include <xen/cpumask.h>
#include <xen/kernel.h>
#include <xen/port/cpu.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <asm/apic.h>
#include <asm/page.h>
#include <asm/time.h>
#include "private.h"

void port_send_event_check(const cpumask_t *mask)
{
    apic_send_vector(mask, VECTOR_EVENT_CHECK);
}

void port_send_call_function(const cpumask_t *mask)
{
    apic_send_vector(mask, VECTOR_CALL_FUNCTION);
}

void apic_send_flush(const cpumask_t *mask)
{
    apic_send_vector(mask, VECTOR_FLUSH);
}

static void error_interrupt(void)
{
    uint32_t esr;

    apic_write(APIC_ESR, 0); /* latches */
    esr = apic_read(APIC_ESR);
    apic_eoi();
    printk(XENLOG_WARNING "APIC error on CPU %u: %02x\n", smp_processor_id(), esr);
}

void irq_system_vector(uint8_t vector)
{
    /* By how often they come. */
    if (vector == VECTOR_EVENT_CHECK) {
        apic_eoi();
    } else if (vector == VECTOR_TIMER) {
        apic_eoi();
        softirq_raise(SOFTIRQ_TIMER);
    } else if (vector == VECTOR_FLUSH) {
        apic_eoi();
        flush_area_interrupt();
    } else if (vector == VECTOR_CALL_FUNCTION) {
        apic_eoi();
        smp_call_function_interrupt();
    } else if (vector == VECTOR_TIME_SYNC) {
        apic_eoi();
        time_sync_interrupt();
    } else if (vector == VECTOR_ERROR) {
        error_interrupt();
    } else if (vector != VECTOR_SPURIOUS) {
        irq_stray_vector(vector);
    }
}
