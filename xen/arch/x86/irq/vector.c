/* SPDX-License-Identifier: MIT */
/* Who has which vector on which CPU. */
#include <xen/kernel.h>
#include <asm/apic.h>
#include "private.h"

DEFINE_PER_CPU(vector_table_t, vector_irq);

static DEFINE_SPINLOCK(vector_lock, RANK_APIC);

static bool all_free(const uint16_t *table, unsigned int first, unsigned int nr)
{
    for (unsigned int i = 0; i < nr; i++) {
        if (table[first + i] || first + i == VECTOR_GUEST_INT80)
            return false;
    }
    return true;
}

int vector_alloc(unsigned int cpu, unsigned int irq, unsigned int nr)
{
    unsigned long flags;
    uint16_t *table = per_cpu(vector_irq, cpu);
    unsigned int v = ROUNDUP((unsigned int)VECTOR_DYNAMIC_FIRST, nr);

    spin_lock_irqsave(&vector_lock, flags);
    while (v + nr - 1 <= VECTOR_DYNAMIC_LAST && !all_free(table, v, nr))
        v += nr;
    if (v + nr - 1 <= VECTOR_DYNAMIC_LAST) {
        for (unsigned int i = 0; i < nr; i++)
            table[v + i] = (uint16_t)(irq + i + 1);
    } else {
        v = 0;
    }
    spin_unlock_irqrestore(&vector_lock, flags);
    return v ? (int)v : -ENOSPC;
}

bool vector_take(unsigned int cpu, unsigned int irq, uint8_t vector)
{
    unsigned long flags;
    uint16_t *slot = &per_cpu(vector_irq, cpu)[vector];
    bool taken;

    spin_lock_irqsave(&vector_lock, flags);
    taken = *slot == 0 && vector != VECTOR_GUEST_INT80;
    if (taken)
        *slot = (uint16_t)(irq + 1);
    spin_unlock_irqrestore(&vector_lock, flags);
    return taken;
}

void vector_free(unsigned int cpu, uint8_t first, unsigned int nr)
{
    unsigned long flags;
    uint16_t *table = per_cpu(vector_irq, cpu);

    spin_lock_irqsave(&vector_lock, flags);
    for (unsigned int i = 0; i < nr; i++)
        table[first + i] = 0;
    spin_unlock_irqrestore(&vector_lock, flags);
}
