/* SPDX-License-Identifier: MIT */
/* Cadence's UART, as in Xilinx Zynq. Registers: UG1087, UART module. */
#include <asm/cpu.h>
#include <asm/dt.h>
#include <asm/uart.h>

#define UART_CR   0x00
#define UART_IER  0x08
#define UART_IDR  0x0c
#define UART_ISR  0x14
#define UART_RXWM 0x20 /* receive FIFO's trigger level */
#define UART_SR   0x2c
#define UART_FIFO 0x30

#define CR_RX_EN    0x04
#define CR_RX_DIS   0x08
#define CR_TX_EN    0x10
#define CR_TX_DIS   0x20
#define SR_RXEMPTY  0x02
#define SR_TXEMPTY  0x08
#define SR_TXFULL   0x10
#define SR_TACTIVE  0x800
#define INT_RX_TRIG 0x01

static int cadence_init(void *regs, const void *fdt, int node)
{
    uint32_t cr = mmio_read32((char *)regs + UART_CR);

    mmio_write32((char *)regs + UART_IDR, ~0U);
    mmio_write32((char *)regs + UART_CR,
                 (cr & ~(uint32_t)(CR_RX_DIS | CR_TX_DIS)) | CR_RX_EN | CR_TX_EN);
    return 0;
}

static bool cadence_tx_ready(void *regs)
{
    return !(mmio_read32((char *)regs + UART_SR) & SR_TXFULL);
}

static void cadence_tx(void *regs, char c)
{
    mmio_write32((char *)regs + UART_FIFO, (uint8_t)c);
}

static bool cadence_tx_idle(void *regs)
{
    return (mmio_read32((char *)regs + UART_SR) & (SR_TXEMPTY | SR_TACTIVE)) == SR_TXEMPTY;
}

static int cadence_rx(void *regs)
{
    if (mmio_read32((char *)regs + UART_SR) & SR_RXEMPTY)
        return -1;
    return (int)(mmio_read32((char *)regs + UART_FIFO) & 0xff);
}

static void cadence_rx_enable(void *regs)
{
    mmio_write32((char *)regs + UART_RXWM, 1);
    mmio_write32((char *)regs + UART_ISR, ~0U);
    mmio_write32((char *)regs + UART_IER, INT_RX_TRIG);
}

static void cadence_irq_ack(void *regs)
{
    mmio_write32((char *)regs + UART_ISR, INT_RX_TRIG);
}

static const char *const cadence_compatible[] = {
    "cdns,uart-r1p8",
    "cdns,uart-r1p12",
    "xlnx,xuartps",
    NULL,
};
const struct uart_driver cadence_driver = {
    .name = "cadence",
    .compatible = cadence_compatible,
    .init = cadence_init,
    .tx_ready = cadence_tx_ready,
    .tx = cadence_tx,
    .tx_idle = cadence_tx_idle,
    .rx = cadence_rx,
    .rx_enable = cadence_rx_enable,
    .irq_ack = cadence_irq_ack,
};
