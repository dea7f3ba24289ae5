/* SPDX-License-Identifier: MIT */
/*
 * I/O ports. A domain reaches what it has been given; besides, the hardware domain has PCI
 * configuration space and the CMOS through us. Reads of all else give ones, writes nothing.
 */
#include <xen/irq.h>
#include <xen/kernel.h>
#include <asm/cpu.h>
#include <asm/pci.h>
#include <asm/pv.h>

#define PCI_ADDRESS   0xcf8
#define PCI_DATA      0xcfc
#define PCI_ENABLE    0x80000000U
#define CMOS_INDEX    0x70
#define CMOS_DATA     0x71
#define SYSTEM_PORT_B 0x61

static DEFINE_SPINLOCK(cmos_lock, RANK_APIC); /* index and data go together */

static bool permitted(const struct domain *d, unsigned int port, unsigned int bytes)
{
    return caps_have(d->arch.ioport_caps, port, port + bytes - 1) && port != CMOS_INDEX &&
           port != CMOS_DATA;
}

static uint32_t ones(unsigned int bytes)
{
    return bytes == 4 ? ~0U : (1U << (8 * bytes)) - 1;
}

static uint32_t real_read(unsigned int port, unsigned int bytes)
{
    switch (bytes) {
    case 1:
        return inb((uint16_t)port);
    case 2:
        return inw((uint16_t)port);
    default:
        return inl((uint16_t)port);
    }
}

static void real_write(unsigned int port, unsigned int bytes, uint32_t value)
{
    switch (bytes) {
    case 1:
        outb((uint8_t)value, (uint16_t)port);
        break;
    case 2:
        outw((uint16_t)value, (uint16_t)port);
        break;
    default:
        outl(value, (uint16_t)port);
        break;
    }
}

static bool is_pci_data(unsigned int port, unsigned int bytes)
{
    return port >= PCI_DATA && port + bytes <= PCI_DATA + 4;
}

static uint32_t pci_data(struct domain *d, unsigned int port, unsigned int bytes, bool write,
                         uint32_t value)
{
    unsigned int offset = port - PCI_DATA;

    if (!is_hardware_domain(d) || !(d->arch.pci_cf8 & PCI_ENABLE))
        return ones(bytes);
    if (!write)
        return pci_cf8_read(d->arch.pci_cf8, offset, bytes);
    pci_cf8_write(d->arch.pci_cf8, offset, bytes, value);
    return 0;
}

static uint32_t cmos_data(struct domain *d, bool write, uint8_t value)
{
    unsigned long flags;

    if (!caps_have(d->arch.ioport_caps, CMOS_INDEX, CMOS_DATA))
        return 0xff;
    spin_lock_irqsave(&cmos_lock, flags);
    outb(d->arch.cmos_idx, CMOS_INDEX);
    if (write)
        outb(value, CMOS_DATA);
    else
        value = inb(CMOS_DATA);
    spin_unlock_irqrestore(&cmos_lock, flags);
    return value;
}

static uint32_t special_read(struct domain *d, unsigned int port, unsigned int bytes)
{
    if (port == PCI_ADDRESS && bytes == 4)
        return d->arch.pci_cf8;
    if (is_pci_data(port, bytes))
        return pci_data(d, port, bytes, false, 0);
    if (bytes != 1)
        return ones(bytes);
    switch (port) {
    case CMOS_INDEX:
        return d->arch.cmos_idx;
    case CMOS_DATA:
        return cmos_data(d, false, 0);
    case SYSTEM_PORT_B:
        return is_hardware_domain(d) ? inb(SYSTEM_PORT_B) : 0xff;
    default:
        return 0xff;
    }
}

static void special_write(struct domain *d, unsigned int port, unsigned int bytes, uint32_t value)
{
    if (port == PCI_ADDRESS && bytes == 4)
        d->arch.pci_cf8 = value;
    else if (is_pci_data(port, bytes))
        pci_data(d, port, bytes, true, value);
    else if (port == CMOS_INDEX && bytes == 1)
        d->arch.cmos_idx = value & 0x7f;
    else if (port == CMOS_DATA && bytes == 1)
        cmos_data(d, true, (uint8_t)value);
}

uint32_t pv_port_read(struct vcpu *v, unsigned int port, unsigned int bytes)
{
    if (permitted(v->domain, port, bytes))
        return real_read(port, bytes);
    return special_read(v->domain, port, bytes);
}

void pv_port_write(struct vcpu *v, unsigned int port, unsigned int bytes, uint32_t value)
{
    if (permitted(v->domain, port, bytes))
        real_write(port, bytes, value);
    else
        special_write(v->domain, port, bytes, value);
}
