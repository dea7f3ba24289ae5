/* SPDX-License-Identifier: MIT */
/*
 * A guest that traps: emulated registers, SMC calling convention and PSCI, the emulated UART,
 * by the sources of xen/arch/arm as they are. Built with Arm's headers, so this header has plain
 * types only.
 */
#ifndef TEST_TRAPS_MACHINE_H
#define TEST_TRAPS_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DEVICE 0x10000000UL /* of a device that remembers, one page */
#define UART   0x22000000UL

void machine_start(unsigned int nr_vcpus);
void machine_stop(void);
extern uint64_t *regs_x; /* [31], of the vCPU that runs */
uint64_t machine_pc(void);
unsigned int machine_cpu(void);

/* A data abort at @gpa with syndrome @iss; @insn is what stands at the PC. */
enum { FAULT_NONE, FAULT_DONE, FAULT_ABORT };
int machine_fault(uint32_t iss, uint64_t gpa, uint32_t insn);
extern struct device {
    uint64_t offset, value; /* of the last access; value: what a read gives */
    unsigned int size;
    bool write, refuse;
} device;

/* HVC or SMC with x0 to x3. False: undefined. */
bool machine_call(bool smc, unsigned int imm, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3);
void machine_switch(unsigned int cpu);
bool machine_is_up(unsigned int cpu);
uint64_t machine_entry(unsigned int cpu, uint64_t *context);
int machine_shutdown_reason(void); /* -1: none */
bool machine_waits(void);

/* The UART, at the rings of a console or at the hypervisor's. */
void uart_start(bool with_ring);
bool uart_access(uint32_t offset, unsigned int size, bool write, uint64_t *value);
bool uart_line(void);
size_t uart_backend_read(char *buf, size_t max); /* what the guest has sent; tells the UART */
void uart_backend_write(const char *s);
void uart_backend_spoil(uint32_t prod, uint32_t cons); /* indices of the input ring */
unsigned int uart_notifications(void);                 /* since last asked */
const char *uart_console(void);                        /* what came to the hypervisor's console */
bool uart_type(char c);                                /* a key there */

#endif
