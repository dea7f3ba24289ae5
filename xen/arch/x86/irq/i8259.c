/* SPDX-License-Identifier: MIT */
/* The two 8259s: out of the way of the exceptions' vectors, and masked for good. */
#include <asm/apic.h>
#include <asm/cpu.h>
#include "private.h"

#define MASTER 0x20
#define SLAVE  0xa0

static void __init init_one(uint16_t port, uint8_t vector, uint8_t cascade)
{
    outb(0x11, port);                   /* ICW1: edge, cascade, ICW4 follows */
    outb(vector, (uint16_t)(port + 1)); /* ICW2 */
    outb(cascade, (uint16_t)(port + 1));
    outb(0x01, (uint16_t)(port + 1)); /* ICW4: 8086 */
    outb(0xff, (uint16_t)(port + 1)); /* all masked */
}

void __init i8259_init(void)
{
    outb(0xff, MASTER + 1);
    outb(0xff, SLAVE + 1);
    init_one(MASTER, VECTOR_LEGACY, 1U << 2);
    init_one(SLAVE, VECTOR_LEGACY + 8, 2);
}
