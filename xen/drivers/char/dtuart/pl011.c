/* SPDX-License-Identifier: MIT */
/*
 * Arm's PL011, and its subset without modem lines and baud rate, the SBSA UART.
 * Registers: DDI 0183G, 3; SBSA, appendix B.
 */
#include <asm/cpu.h>
#include <asm/dt.h>
#include <asm/uart.h>

#define UARTDR   0x00
#define UARTFR   0x18
#define UARTIMSC 0x38
#define UARTICR  0x44

#define FR_BUSY 0x08
#define FR_RXFE 0x10
#define FR_TXFF 0x20
#define INT_RX  0x10
#define INT_RT  0x40 /* receive timeout */

static int pl011_init(void *regs, const void *fdt, int node)
{
    mmio_write32((char *)regs + UARTIMSC, 0);
    return 0;
}

static bool pl011_tx_ready(void *regs)
{
    return !(mmio_read32((char *)regs + UARTFR) & FR_TXFF);
}

static void pl011_tx(void *regs, char c)
{
    mmio_write32((char *)regs + UARTDR, (uint8_t)c);
}

static bool pl011_tx_idle(void *regs)
{
    return !(mmio_read32((char *)regs + UARTFR) & FR_BUSY);
}

static int pl011_rx(void *regs)
{
    if (mmio_read32((char *)regs + UARTFR) & FR_RXFE)
        return -1;
    return (int)(mmio_read32((char *)regs + UARTDR) & 0xff);
}

static void pl011_rx_enable(void *regs)
{
    mmio_write32((char *)regs + UARTICR, 0x7ff);
    mmio_write32((char *)regs + UARTIMSC, INT_RX | INT_RT);
}

static void pl011_irq_ack(void *regs)
{
    mmio_write32((char *)regs + UARTICR, INT_RX | INT_RT);
}

static const char *const pl011_compatible[] = {"arm,pl011", "arm,sbsa-uart", NULL};
const struct uart_driver pl011_driver = {
    .name = "pl011",
    .compatible = pl011_compatible,
    .init = pl011_init,
    .tx_ready = pl011_tx_ready,
    .tx = pl011_tx,
    .tx_idle = pl011_tx_idle,
    .rx = pl011_rx,
    .rx_enable = pl011_rx_enable,
    .irq_ack = pl011_irq_ack,
};
