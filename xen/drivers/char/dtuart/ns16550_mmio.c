/* SPDX-License-Identifier: MIT */
/*
 * The 16550 family in memory, with registers 1, 2 or 4 bytes apart.
 * Registers: National Semiconductor PC16550D data sheet, 8.
 */
#include <asm/cpu.h>
#include <asm/dt.h>
#include <asm/uart.h>
#include <xen/errno.h>

#define RBR 0 /* receive */
#define THR 0 /* transmit */
#define IER 1
#define FCR 2
#define MCR 4
#define LSR 5

#define IER_RX      0x01
#define FCR_ENABLE  0x07 /* on, both FIFOs cleared */
#define MCR_ON      0x0b /* DTR, RTS, OUT2: lets the interrupt out */
#define LSR_READY   0x01
#define LSR_TX_FREE 0x20
#define LSR_TX_IDLE 0x40

static uint32_t reg_shift, reg_width = 1; /* there is one console */

static uint8_t in(void *regs, unsigned int reg)
{
    void *at = (char *)regs + (reg << reg_shift);

    return reg_width == 4 ? (uint8_t)mmio_read32(at) : mmio_read8(at);
}

static void out(void *regs, unsigned int reg, uint8_t value)
{
    void *at = (char *)regs + (reg << reg_shift);

    if (reg_width == 4)
        mmio_write32(at, value);
    else
        mmio_write8(at, value);
}

static int ns16550_mmio_init(void *regs, const void *fdt, int node)
{
    if (!dt_u32(fdt, node, "reg-shift", 0, &reg_shift))
        reg_shift = 0;
    if (!dt_u32(fdt, node, "reg-io-width", 0, &reg_width))
        reg_width = 1;
    if (reg_shift > 4 || (reg_width != 1 && reg_width != 4) || reg_width > 1U << reg_shift)
        return -EINVAL;
    out(regs, IER, 0);
    out(regs, FCR, FCR_ENABLE);
    out(regs, MCR, MCR_ON);
    return 0;
}

static bool ns16550_mmio_tx_ready(void *regs)
{
    return in(regs, LSR) & LSR_TX_FREE;
}

static void ns16550_mmio_tx(void *regs, char c)
{
    out(regs, THR, (uint8_t)c);
}

static bool ns16550_mmio_tx_idle(void *regs)
{
    return in(regs, LSR) & LSR_TX_IDLE;
}

static int ns16550_mmio_rx(void *regs)
{
    return in(regs, LSR) & LSR_READY ? in(regs, RBR) : -1;
}

static void ns16550_mmio_rx_enable(void *regs)
{
    out(regs, IER, IER_RX);
}

/* Taking the characters is enough. */
static void ns16550_mmio_irq_ack(void *regs)
{
}

static const char *const ns16550_mmio_compatible[] = {
    "ns16550", "ns16550a", "ns16750", "ns16850", "snps,dw-apb-uart", NULL,
};
const struct uart_driver ns16550_mmio_driver = {
    .name = "ns16550",
    .compatible = ns16550_mmio_compatible,
    .init = ns16550_mmio_init,
    .tx_ready = ns16550_mmio_tx_ready,
    .tx = ns16550_mmio_tx,
    .tx_idle = ns16550_mmio_tx_idle,
    .rx = ns16550_mmio_rx,
    .rx_enable = ns16550_mmio_rx_enable,
    .irq_ack = ns16550_mmio_irq_ack,
};
