/* SPDX-License-Identifier: MIT */
/* UARTs and the text screen as the console's drivers offer them to the rest. */
#ifndef XEN_SERIAL_H
#define XEN_SERIAL_H

#include <xen/types.h>

struct dom0_vga_console_info;

/* Options are parsed: probe, register sinks. */
void ns16550_init(void);
void vga_init(void);
/* The early direct map goes, ioremap() comes. Output to the screen rests in between. */
void vga_unmap(void);
void vga_map(void);
/* The screen is dom0's, unless "vga=keep". */
void vga_hand_over(void);
/* What dom0 is told of the screen. False: there is none. */
bool vga_describe(struct dom0_vga_console_info *info);

/* Does a UART of ours use I/O @port? dom0 must not have it. */
bool serial_owns_port(uint16_t port);
bool serial_owns_irq(unsigned int irq);

#endif
