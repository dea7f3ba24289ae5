/* SPDX-License-Identifier: MIT */
#ifndef X86_IRQ_PRIVATE_H
#define X86_IRQ_PRIVATE_H

#include <xen/compiler.h>
#include <xen/cpumask.h>
#include <xen/percpu.h>
#include <xen/spinlock.h>
#include <asm/irq.h>

struct domain;
struct msi_desc;

enum irq_kind { IRQ_UNUSED, IRQ_GSI, IRQ_MSI };
enum irq_owner { IRQ_FREE, IRQ_XEN, IRQ_GUESTS };

/* A domain's interrupt. Of the table of its domain, for as long as that lives. */
struct pirq {
    struct domain *d;
    int irq;             /* -1: not mapped [table's lock; written under desc's too] */
    bool reserved;       /* by PHYSDEVOP_get_free_pirq [table's lock] */
    bool bound, eoi_due; /* [desc->lock] */
    uint32_t port;       /* while bound [desc->lock] */
    struct pirq *next;   /* bound to the same interrupt [desc->lock] */
};

/* An interrupt of the machine. [L] lock, interrupts off. */
struct irq_desc {
    spinlock_t lock; /* RANK_IRQ */
    uint16_t irq;
    uint8_t kind, owner;            /* [L] */
    bool level, low;                /* trigger and polarity [L] */
    bool masked;                    /* [L] */
    bool configured;                /* a GSI that PHYSDEVOP_setup_gsi has set [L] */
    uint8_t vector, old_vector;     /* 0: none [L] */
    uint16_t cpu, old_cpu;          /* where the vectors are [L] */
    void (*fn)(int irq, void *dev); /* owner IRQ_XEN [L] */
    void *dev;
    const char *name;
    struct pirq *guests;               /* owner IRQ_GUESTS: who is bound [L] */
    unsigned int nr_guests, in_flight; /* bound; who of them has not yet said EOI [L] */
    bool shareable;
    struct msi_desc *msi; /* kind IRQ_MSI */
    unsigned long count;
};

extern struct irq_desc *irq_descs; /* [nr_irqs] */

static inline struct irq_desc *irq_to_desc(unsigned int irq)
{
    return &irq_descs[irq];
}

/* This CPU's interrupts by vector: irq + 1, 0 where there is none. */
typedef uint16_t vector_table_t[256];
DECLARE_PER_CPU(vector_table_t, vector_irq);

void i8259_init(void);
/* Vectors 0xf0 to 0xff. */
void irq_system_vector(uint8_t vector);
/* Nobody has it. */
void irq_stray_vector(uint8_t vector);

/*
 * @nr (a power of two) vectors in a row, aligned to @nr, on @cpu, for interrupts from @irq on.
 * The first, or -ENOSPC. Any context.
 */
int vector_alloc(unsigned int cpu, unsigned int irq, unsigned int nr);
/* That one; false where it is in use. */
bool vector_take(unsigned int cpu, unsigned int irq, uint8_t vector);
void vector_free(unsigned int cpu, uint8_t first, unsigned int nr);

/* @nr unused interrupts in a row for MSI, made IRQ_MSI. The first, or -ENOSPC. */
int irq_alloc_msi(unsigned int nr);
void irq_free_msi(unsigned int irq, unsigned int nr);
/* An online CPU of @mask that can be addressed, else the boot CPU. */
unsigned int irq_pick_cpu(const cpumask_t *mask);
/* Move @desc, locked, to a CPU of @mask. 0, -EBUSY (the last move is not over), -ENOSPC. */
int irq_move(struct irq_desc *desc, const cpumask_t *mask);
/* Make the hardware do as @desc, locked, says: vector, CPU, trigger, mask. */
void irq_write_hw(struct irq_desc *desc);
void irq_mask(struct irq_desc *desc);
void irq_unmask(struct irq_desc *desc);
/* Give @desc, locked, a vector if it has none yet. 0, -ENOSPC. */
int irq_need_vector(struct irq_desc *desc);

/* I/O APICs. @desc is a GSI's, locked. */
void ioapic_write_route(const struct irq_desc *desc);
void ioapic_set_mask(const struct irq_desc *desc);
/* GSI of ISA interrupt @isa, and how it is wired. */
unsigned int isa_to_gsi(unsigned int isa, bool *level, bool *low);
/* Is there a pin for @gsi? */
bool ioapic_has_gsi(unsigned int gsi);

/* Called by do_IRQ() with @desc locked, the interrupt already acknowledged. */
void pirq_deliver(struct irq_desc *desc);

/* MSI. @desc is an MSI's, locked. */
void msi_write_route(const struct irq_desc *desc);
void msi_set_mask(const struct irq_desc *desc);
/* Of a block of vectors that cannot be moved apart? */
bool msi_is_block(const struct irq_desc *desc);
/* Can address and data be changed without an interrupt of half old, half new? */
bool msi_can_mask(const struct irq_desc *desc);

/*
 * A set-up for @req, masked, with its interrupts and vectors. The first irq, or -ENODEV (no such
 * capability), -EINVAL, -EEXIST (is set up already), -ENXIO (memory decoding is off), -ENOMEM,
 * -ENOSPC.
 */
int msi_create(const struct msi_request *req);
/* Undo: @irq is any of it, none is bound. Interrupts on. Result: how many there were. */
unsigned int msi_destroy(unsigned int irq);
/* Interrupts of the set-up that @irq belongs to: the first, and *@nr. */
unsigned int msi_block(unsigned int irq, unsigned int *nr);

#endif
