/* SPDX-License-Identifier: MIT */
/* UARTs that the device tree names: drivers/char. */
#ifndef ASM_UART_H
#define ASM_UART_H

#include <xen/types.h>

/* Options are parsed, ioremap() works: find the console's UART and register its sink "dtuart". */
void uart_dt_init(void);
/* The node of it in the host's tree, which dom0 must not get; < 0: none. */
extern int uart_dt_node;

/* What a driver gives to drivers/char/dtuart.c. */
struct uart_driver {
    const char *name;
    const char *const *compatible; /* NULL ends it */
    /* Set up for polled output with the line as the firmware left it. 0 or an error. */
    int (*init)(void *regs, const void *fdt, int node);
    /* Room for a character in the FIFO? */
    bool (*tx_ready)(void *regs);
    void (*tx)(void *regs, char c);
    bool (*tx_idle)(void *regs);
    /* Input: a character or -1; and switching on its interrupt, and saying that it was seen. */
    int (*rx)(void *regs);
    void (*rx_enable)(void *regs);
    void (*irq_ack)(void *regs);
};
extern const struct uart_driver pl011_driver, cadence_driver, ns16550_mmio_driver;

#endif
