/* SPDX-License-Identifier: MIT */
/*
 * A guest's view of its virtual GIC, and the machine's of the list registers behind it: the
 * sources of xen/arch/arm/vgic as they are, on a model of the hardware's CPU interface. Built
 * with Arm's headers, so this header has plain types only.
 */
#ifndef TEST_VGIC_MACHINE_H
#define TEST_VGIC_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#define NOTHING 1023U

struct machine_conf {
    unsigned int host, guest; /* version of the GIC: 2 or 3 */
    unsigned int nr_vcpus, nr_spis, nr_lrs;
    bool its;
};
void machine_start(const struct machine_conf *conf); /* ends what was before */
void machine_stop(void);

/* vCPU n runs on CPU n from now on, until it stops. */
void machine_run(unsigned int vcpu);
void machine_park(unsigned int vcpu);

/* Distributor, CPU interface (GICv2 in software), redistributor of @vcpu, by @by. False: abort. */
bool machine_dist(unsigned int by, uint32_t off, unsigned int size, bool write, uint64_t *value);
bool machine_rdist(unsigned int by, unsigned int vcpu, uint32_t off, unsigned int size, bool write,
                   uint64_t *value);
bool machine_cpuif(unsigned int by, uint32_t off, bool write, uint64_t *value);
bool machine_sgi1r(unsigned int by, uint64_t value);

/* The virtual ITS; memory of the guest's at GUEST_MEMORY; and what the machine's ITS was told: the
 * LPI and the CPU of an event (0: none), devices that are mapped. */
#define GUEST_MEMORY       0x50000000UL
#define GUEST_MEMORY_BYTES 0x20000U
bool machine_its(unsigned int by, uint32_t off, unsigned int size, bool write, uint64_t *value);
uint8_t *machine_memory(void);
unsigned int machine_event(unsigned int device, unsigned int event, unsigned int *cpu);
unsigned int machine_devices(void);

/* What comes from outside. */
void machine_inject_spi(unsigned int intid);
void machine_inject_ppi(unsigned int vcpu, unsigned int intid);
/* A timer whose interrupt is not linked to the machine's. */
void machine_timer(unsigned int vcpu, unsigned int intid);
void machine_line(unsigned int intid, bool high);
bool machine_route(unsigned int virq, unsigned int hw); /* the machine's @hw is the guest's @virq */
void machine_hw_irq(unsigned int virq);
bool machine_hw_active(unsigned int hw);
bool machine_hw_enabled(unsigned int hw);

/* The guest's CPU interface by list registers: acknowledge (NOTHING: none) and end. */
unsigned int machine_ack(unsigned int vcpu, unsigned int *source);
void machine_eoi(unsigned int vcpu, unsigned int intid);
/* Is an interrupt shown to the vCPU; would WFI end? */
bool machine_irq_line(unsigned int vcpu);
bool machine_wakes(unsigned int vcpu);
/* Kicks that @vcpu got, since last asked. */
unsigned int machine_kicks(unsigned int vcpu);

/* Every queued interrupt is due, every LR belongs to one interrupt ...: ends the process. */
void machine_check(void);

#endif
