/* SPDX-License-Identifier: MIT */
/* Boot: interrupts and time. All on the boot CPU with interrupts off unless said otherwise. */
#ifndef ASM_IRQ_INIT_H
#define ASM_IRQ_INIT_H

struct cpu_user_regs;

/* irq_desc table, vectors, the 8259s masked. The IDT is loaded; acpi_info is filled. */
void irq_boot_init(void);
/* Local APIC of the boot CPU: mapped (or x2APIC), enabled, LVTs masked. */
void apic_boot_init(void);
/* Find, mask and set up the I/O APICs of acpi_info; route the ISA interrupts. */
void ioapic_init(void);
/* Find and calibrate clocks, start system time at 0; per-CPU timer. May turn interrupts on. */
void time_boot_init(void);
/* The same on an application processor, before it is online. */
void apic_ap_init(void);
void time_ap_init(void);

/* Each interrupt through vectors 0x20 to 0xff; regs->entry_vector tells which. */
void do_IRQ(struct cpu_user_regs *regs);

#endif
