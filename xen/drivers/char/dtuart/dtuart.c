/* SPDX-License-Identifier: MIT */
/* The console's UART as the device tree names it: output by polling, input by interrupt. */
#include <asm/cpu.h>
#include <asm/dt.h>
#include <asm/irq.h>
#include <asm/page.h>
#include <asm/uart.h>
#include <xen/console.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/param.h>
#include <xen/serial.h>

#define RX_BURST 64U      /* characters taken in one interrupt at most */
#define TX_SPIN  1000000U /* rounds; a UART that never takes a character does not hold us up */

static char opt_dtuart[256] __initdata;
PARAM_STR("dtuart", opt_dtuart);

static const struct uart_driver *const drivers[] = {
    &pl011_driver,
    &cadence_driver,
    &ns16550_mmio_driver,
};

static const struct uart_driver *drv;
static void *regs;
int uart_dt_node = -1;

static void put_char(char c)
{
    for (unsigned int i = 0; i < TX_SPIN && !drv->tx_ready(regs); i++)
        cpu_relax();
    drv->tx(regs, c);
}

static void uart_write(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '\n')
            put_char('\r');
        put_char(s[i]);
    }
}

static void uart_flush(void)
{
    for (unsigned int i = 0; i < TX_SPIN && !drv->tx_idle(regs); i++)
        cpu_relax();
}

static struct console_sink sink = {.name = "dtuart", .write = uart_write, .flush = uart_flush};

static const struct uart_driver *__init find_driver(int node)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(drivers); i++) {
        if (dt_compatible(host_fdt, node, drivers[i]->compatible))
            return drivers[i];
    }
    return NULL;
}

void __init uart_dt_init(void)
{
    int node = dt_console_node(host_fdt, opt_dtuart);
    struct dt_range r;

    if (node < 0)
        return;
    drv = find_driver(node);
    if (!drv || dt_reg(host_fdt, node, 0, &r))
        return;
    regs = ioremap(r.start, r.size);
    if (!regs || drv->init(regs, host_fdt, node))
        return;
    uart_dt_node = node;
    console_register(&sink);
}

static void rx_interrupt(int irq, void *dev)
{
    drv->irq_ack(regs);
    for (unsigned int n = 0; n < RX_BURST; n++) {
        int c = drv->rx(regs);

        if (c < 0)
            break;
        console_rx((char)c);
    }
}

static int __init start_input(void)
{
    struct dt_irq irq;

    if (uart_dt_node < 0 || !sink.enabled)
        return 0;
    if (dt_irq(host_fdt, uart_dt_node, 0, &irq) || irq_set_type(irq.irq, irq.type) ||
        irq_request(irq.irq, rx_interrupt, NULL, sink.name)) {
        printk("dtuart: no interrupt, no input\n");
        return 0;
    }
    drv->rx_enable(regs);
    return 0;
}
INITCALL(start_input);

/* There is no text screen. */
void vga_hand_over(void)
{
}
