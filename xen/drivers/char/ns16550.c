/* SPDX-License-Identifier: MIT */
/*
 * UARTs of the 16550 family behind I/O ports: output by polling, input by interrupt.
 * Registers: National Semiconductor PC16550D data sheet, 8.
 */
#include <xen/console.h>
#include <xen/init.h>
#include <xen/irq.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/param.h>
#include <xen/serial.h>
#include <asm/cpu.h>

#define RBR 0 /* receive */
#define THR 0 /* transmit */
#define DLL 0 /* divisor, with LCR_DLAB */
#define IER 1
#define DLM 1
#define IIR 2
#define FCR 2
#define LCR 3
#define MCR 4
#define LSR 5
#define MSR 6

#define IER_RX      0x01
#define IIR_NONE    0x01
#define FCR_ENABLE  0x07 /* on, both FIFOs cleared */
#define LCR_DLAB    0x80
#define MCR_ON      0x0b /* DTR, RTS, OUT2: lets the interrupt out */
#define LSR_READY   0x01
#define LSR_TX_FREE 0x20
#define LSR_TX_IDLE 0x40

#define CLOCK_HZ  1843200U
#define FIFO_SIZE 16U
#define RX_BURST  64U /* characters taken in one interrupt at most */
#define TX_SPIN   200000U

struct uart {
    char opt[64];
    uint16_t port;
    uint8_t irq;
    bool present;
    uint32_t baud, clock; /* baud 0: as the firmware left it */
    uint8_t lcr;
    unsigned int room; /* free places in the FIFO, as far as we know */
    struct console_sink sink;
};

static void com1_write(const char *s, size_t len);
static void com2_write(const char *s, size_t len);

static struct uart uarts[2] = {
    {.port = 0x3f8, .irq = 4, .sink = {.name = "com1", .write = com1_write}},
    {.port = 0x2f8, .irq = 3, .sink = {.name = "com2", .write = com2_write}},
};

static int __init set_option(struct uart *u, const char *s)
{
    return strlcpy(u->opt, s, sizeof(u->opt)) < sizeof(u->opt) ? 0 : -E2BIG;
}
static int __init parse_com1(const char *s)
{
    return set_option(&uarts[0], s);
}
PARAM_FN("com1", parse_com1);
static int __init parse_com2(const char *s)
{
    return set_option(&uarts[1], s);
}
PARAM_FN("com2", parse_com2);

/* A FIFO that never empties (no such device any more) does not hold us up for ever. */
static void put_char(struct uart *u, char c)
{
    if (!u->room) {
        for (unsigned int i = 0; i < TX_SPIN; i++) {
            if (inb((uint16_t)(u->port + LSR)) & LSR_TX_FREE)
                break;
            cpu_relax();
        }
        u->room = FIFO_SIZE;
    }
    outb((uint8_t)c, (uint16_t)(u->port + THR));
    u->room--;
}

static void uart_write(struct uart *u, const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '\n')
            put_char(u, '\r');
        put_char(u, s[i]);
    }
    u->room = 0; /* who knows how long until the next time */
}

static void com1_write(const char *s, size_t len)
{
    uart_write(&uarts[0], s, len);
}
static void com2_write(const char *s, size_t len)
{
    uart_write(&uarts[1], s, len);
}

/* "8n1": bits, parity, stop bits, to the line control register. 0: none of these. */
static uint8_t __init parse_format(const char *s)
{
    static const char parities[] = "noems"; /* none odd even mark space */
    static const uint8_t bits[] = {0x00, 0x08, 0x18, 0x28, 0x38};
    const char *parity;

    if (s[0] < '5' || s[0] > '8' || !s[1] || !(parity = strchr(parities, tolower(s[1]))))
        return 0xff;
    if (s[2] != '1' && s[2] != '2')
        return 0xff;
    return (uint8_t)((s[0] - '5') | bits[parity - parities] | (s[2] == '2' ? 0x04 : 0));
}

/* The next part of a list, or NULL. */
static const char *__init next_part(const char *s)
{
    const char *comma = strchr(s, ',');

    return comma ? comma + 1 : NULL;
}

/* BAUD[/CLOCK][,DPS[,PORT[,IRQ]]] */
static bool __init parse_options(struct uart *u)
{
    const char *s = u->opt;
    unsigned long v;

    u->lcr = 0x03;
    u->clock = CLOCK_HZ;
    if (!strncmp(s, "auto", 4)) {
        u->baud = 0;
    } else {
        u->baud = (uint32_t)simple_strtoul(s, &s, 10);
        if (*s == '/')
            u->clock = (uint32_t)simple_strtoul(s + 1, &s, 0) << 4;
    }
    if (!(s = next_part(s)))
        return true;
    if (*s && *s != ',' && (u->lcr = parse_format(s)) == 0xff)
        return false;
    if (!(s = next_part(s)))
        return true;
    v = simple_strtoul(s, &s, 0);
    if (v > 0xfff8)
        return false;
    if (v)
        u->port = (uint16_t)v;
    if (!(s = next_part(s)))
        return true;
    u->irq = (uint8_t)simple_strtoul(s, &s, 0);
    return true;
}

/* The scratch bits of IER keep their value only where there is a UART. */
static bool __init probe(const struct uart *u)
{
    uint16_t ier = (uint16_t)(u->port + IER);
    uint8_t off, on;

    outb(0, ier);
    off = inb(ier) & 0x0f;
    outb(0x0f, ier);
    on = inb(ier) & 0x0f;
    outb(0, ier);
    return off == 0 && on == 0x0f;
}

static void __init program(const struct uart *u)
{
    if (u->baud) {
        uint32_t divisor = max_t(uint32_t, u->clock / 16 / u->baud, 1);

        outb(u->lcr | LCR_DLAB, (uint16_t)(u->port + LCR));
        outb((uint8_t)divisor, (uint16_t)(u->port + DLL));
        outb((uint8_t)(divisor >> 8), (uint16_t)(u->port + DLM));
    }
    outb(u->lcr, (uint16_t)(u->port + LCR));
    outb(FCR_ENABLE, (uint16_t)(u->port + FCR));
    outb(MCR_ON, (uint16_t)(u->port + MCR));
}

void __init ns16550_init(void)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(uarts); i++) {
        struct uart *u = &uarts[i];

        if (!u->opt[0] || !parse_options(u) || !probe(u))
            continue;
        u->present = true;
        program(u);
        console_register(&u->sink);
    }
}

static void rx_interrupt(int irq, void *dev)
{
    const struct uart *u = dev;

    while (!(inb((uint16_t)(u->port + IIR)) & IIR_NONE)) {
        unsigned int n = 0;

        while (n++ < RX_BURST && (inb((uint16_t)(u->port + LSR)) & LSR_READY))
            console_rx((char)inb((uint16_t)(u->port + RBR)));
        (void)inb((uint16_t)(u->port + MSR));
        if (n > RX_BURST)
            break;
    }
}

static int __init start_input(void)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(uarts); i++) {
        struct uart *u = &uarts[i];

        if (!u->present || !u->sink.enabled || !u->irq)
            continue;
        if (irq_request(u->irq, rx_interrupt, u, u->sink.name)) {
            printk("%s: no interrupt %u, no input\n", u->sink.name, u->irq);
            continue;
        }
        outb(IER_RX, (uint16_t)(u->port + IER));
    }
    return 0;
}
INITCALL(start_input);

bool serial_owns_port(uint16_t port)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(uarts); i++) {
        if (uarts[i].present && port >= uarts[i].port && port < uarts[i].port + 8)
            return true;
    }
    return false;
}

bool serial_owns_irq(unsigned int irq)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(uarts); i++) {
        if (uarts[i].present && uarts[i].irq == irq)
            return true;
    }
    return false;
}
