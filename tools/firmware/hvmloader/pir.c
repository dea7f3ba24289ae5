/* SPDX-License-Identifier: MIT */
#include "pir.h"
#include "bytes.h"
#include "pci_links.h"
#include <xen/lib/string.h>

#define FIRST_LINK 0x60       /* links are named by their register in the PIIX */
#define ROUTER     (1 << 3)   /* its slot and function */
#define ROUTER_ID  0x122e8086 /* of the first PIIX, which all know */

struct head {
    char signature[4];
    uint16_t version, size;
    uint8_t router_bus, router_devfn;
    uint16_t exclusive;
    uint32_t compatible, miniport;
    uint8_t reserved[11], checksum;
} __attribute__((packed));

struct slot {
    uint8_t bus, devfn;
    struct {
        uint8_t link;
        uint16_t irqs;
    } __attribute__((packed)) pin[4];
    uint8_t slot, reserved;
} __attribute__((packed));

static void put_slot(struct slot *s, unsigned int nr)
{
    *s = (struct slot){.devfn = (uint8_t)(nr << 3)};
    for (unsigned int pin = 0; pin < 4; pin++) {
        s->pin[pin].link = (uint8_t)(FIRST_LINK + pci_link_of(nr, pin));
        s->pin[pin].irqs = pci_level_irqs();
    }
}

size_t pir_build(uint8_t buf[PIR_SIZE_MAX], uint32_t slots)
{
    struct head *h = (struct head *)buf;
    struct slot *s = (struct slot *)(h + 1);

    memset(h, 0, sizeof(*h));
    memcpy(h->signature, "$PIR", 4);
    h->version = 0x100;
    h->router_devfn = ROUTER;
    h->compatible = ROUTER_ID;
    for (unsigned int nr = 0; nr < PCI_SLOTS; nr++)
        if (slots >> nr & 1)
            put_slot(s++, nr);
    h->size = (uint16_t)((uint8_t *)s - buf);
    h->checksum = (uint8_t)-byte_sum(buf, h->size);
    return h->size;
}
