/* SPDX-License-Identifier: MIT */
/*
 * dom0's virtual ITS, at the place of the machine's. Commands are read from its queue when it
 * writes GITS_CWRITER; tables that it offers are not used: what they would hold stands here.
 * A command that makes no sense does nothing, as on real hardware.
 * Source: IHI 0069H, 5.3 (commands), 12.19 (registers).
 */
#include <asm/cpu.h>
#include <asm/its.h>
#include <asm/p2m.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include "private.h"

#define GITS_CTLR        0x0000
#define GITS_IIDR        0x0004
#define GITS_TYPER       0x0008
#define GITS_CBASER      0x0080
#define GITS_CWRITER     0x0088
#define GITS_CREADR      0x0090
#define GITS_BASER       0x0100
#define GITS_NR_BASER    2 /* of devices and of collections */
#define GITS_PIDR2       0xffe8
#define CTLR_ENABLED     (1U << 0)
#define CTLR_QUIESCENT   (1U << 31)
#define TYPER_PHYSICAL   1U
#define ENTRY_BYTES      8U                           /* of all tables that we ask for */
#define BASER_FIXED      UINT64_C(0x071f000000000000) /* type and entry size */
#define BASER_INDIRECT   (UINT64_C(1) << 62)
#define VALID            (UINT64_C(1) << 63)
#define BASE_ADDRESS     UINT64_C(0x000ffffffffff000)
#define PROPERTY_ON      1U
#define NR_COLLECTIONS   VGIC_V3_MAX_VCPUS
#define MAX_DEVICES      1024U
#define COMMAND_BYTES    32U
#define COMMANDS_AT_ONCE 256U

struct vits_event {
    uint16_t lpi; /* 0: not mapped */
    uint16_t collection;
};

struct vits_device {
    struct list_head link;
    uint32_t id;
    unsigned int bits;
    void *table; /* the machine's ITS has it */
    struct vits_event event[];
};

struct vits {
    spinlock_t lock; /* RANK_PIRQ: all below */
    bool on;
    uint64_t cbaser;
    uint32_t creadr, cwriter;
    uint64_t baser[GITS_NR_BASER];
    uint16_t vcpu[NR_COLLECTIONS]; /* + 1; 0: not mapped */
    struct list_head devices;
    unsigned int nr_devices;
    unsigned long used[ITS_NR_LPIS / 64]; /* LPIs that an event brings */
};

static struct vcpu *collection_vcpu(struct domain *d, unsigned int collection)
{
    uint16_t n = collection < NR_COLLECTIONS ? d->arch.vgic.its->vcpu[collection] : 0;

    return n ? domain_vcpu(d, n - 1U) : NULL;
}

static struct vits_device *find_device(struct vits *its, uint32_t id)
{
    struct vits_device *dev;

    list_for_each_entry (dev, &its->devices, link) {
        if (dev->id == id)
            return dev;
    }
    return NULL;
}

static struct vits_event *find_event(struct vits *its, uint32_t id, uint32_t event,
                                     struct vits_device **out)
{
    struct vits_device *dev = find_device(its, id);

    *out = dev;
    return dev && event < 1U << dev->bits ? &dev->event[event] : NULL;
}

/* Interrupts and their properties */

static struct vgic_irq *lpi_irq(struct domain *d, unsigned int lpi)
{
    return &d->arch.vgic.lpis[lpi - GIC_FIRST_LPI];
}

static void set_property(struct domain *d, unsigned int lpi, uint8_t property)
{
    struct vgic_irq *irq = lpi_irq(d, lpi);
    unsigned long flags;
    struct vcpu *v = vgic_irq_lock(d, NULL, irq, &flags);
    bool recall;

    if (!v)
        return;
    irq->enabled = property & PROPERTY_ON;
    irq->priority = property & 0xf8;
    recall = !irq->enabled && irq->lr != VGIC_NO_LR;
    vgic_irq_unlock(v, flags, vgic_update(v, irq));
    if (recall)
        vgic_recall(v);
}

/* What dom0's table says of it. */
static void load_property(struct domain *d, unsigned int lpi)
{
    struct vcpu *v = domain_vcpu(d, lpi_irq(d, lpi)->want_id);
    uint64_t base = v ? READ_ONCE(v->arch.vgic.propbase) : 0;
    uint8_t property;

    if (!v || !v->arch.vgic.lpis_on || lpi >> ((base & 0x1f) + 1) ||
        guest_phys_read(d, (base & BASE_ADDRESS) + lpi - GIC_FIRST_LPI, &property, 1))
        property = 0;
    set_property(d, lpi, property);
}

static void drop_pending(struct domain *d, unsigned int lpi)
{
    struct vgic_irq *irq = lpi_irq(d, lpi);
    unsigned long flags;
    struct vcpu *v = vgic_irq_lock(d, NULL, irq, &flags);

    if (!v)
        return;
    vgic_give_up_pending(v, irq);
    vgic_irq_unlock(v, flags, vgic_update(v, irq));
    vgic_recall(v);
}

/* Events */

static void unmap_event(struct domain *d, struct vits_device *dev, uint32_t nr)
{
    struct vits_event *e = &dev->event[nr];
    unsigned int lpi = e->lpi;

    if (!lpi)
        return;
    its_event_unmap(dev->id, nr);
    set_property(d, lpi, 0);
    drop_pending(d, lpi);
    e->lpi = 0;
    clear_bit(lpi - GIC_FIRST_LPI, d->arch.vgic.its->used);
}

static void unmap_device(struct domain *d, struct vits_device *dev)
{
    for (uint32_t i = 0; i < 1U << dev->bits; i++)
        unmap_event(d, dev, i);
    its_device_unmap(dev->id, dev->bits, dev->table);
    list_del(&dev->link);
    d->arch.vgic.its->nr_devices--;
    xfree(dev);
}

static void map_device(struct domain *d, uint32_t id, unsigned int bits)
{
    struct vits *its = d->arch.vgic.its;
    struct vits_device *dev;

    if (bits > ITS_EVENT_BITS || id >> its_info.id_bits || its->nr_devices == MAX_DEVICES)
        return;
    dev = xzalloc_bytes(sizeof(*dev) + (sizeof(dev->event[0]) << bits));
    if (!dev)
        return;
    dev->id = id;
    dev->bits = bits;
    dev->table = its_device_map(id, bits);
    if (!dev->table) {
        xfree(dev);
        return;
    }
    list_add_tail(&dev->link, &its->devices);
    its->nr_devices++;
}

static void map_event(struct domain *d, uint32_t id, uint32_t nr, uint32_t lpi,
                      unsigned int collection)
{
    struct vits *its = d->arch.vgic.its;
    struct vcpu *v = collection_vcpu(d, collection);
    struct vits_device *dev;
    struct vits_event *e = find_event(its, id, nr, &dev);

    if (!e || !v || e->lpi || lpi < GIC_FIRST_LPI || lpi - GIC_FIRST_LPI >= ITS_NR_LPIS ||
        test_and_set_bit(lpi - GIC_FIRST_LPI, its->used))
        return;
    *e = (struct vits_event){(uint16_t)lpi, (uint16_t)collection};
    vgic_set_target(d, lpi_irq(d, lpi), v->vcpu_id);
    load_property(d, lpi);
    its_event_map(id, nr, lpi, v->processor);
}

static void retarget(struct domain *d, struct vits_device *dev, uint32_t nr, const struct vcpu *v)
{
    vgic_set_target(d, lpi_irq(d, dev->event[nr].lpi), v->vcpu_id);
    its_event_move(dev->id, nr, v->processor);
}

static void move_event(struct domain *d, uint32_t id, uint32_t nr, unsigned int collection)
{
    struct vcpu *v = collection_vcpu(d, collection);
    struct vits_device *dev;
    struct vits_event *e = find_event(d->arch.vgic.its, id, nr, &dev);

    if (!e || !e->lpi || !v)
        return;
    e->collection = (uint16_t)collection;
    retarget(d, dev, nr, v);
}

enum sweep { RETARGET, RELOAD };

/* All events of a collection: to its vCPU, or their properties are read again. */
static void sweep(struct domain *d, unsigned int collection, enum sweep what)
{
    struct vcpu *v = collection_vcpu(d, collection);
    struct vits_device *dev;

    if (!v)
        return;
    list_for_each_entry (dev, &d->arch.vgic.its->devices, link) {
        for (uint32_t i = 0; i < 1U << dev->bits; i++) {
            if (!dev->event[i].lpi || dev->event[i].collection != collection)
                continue;
            if (what == RETARGET)
                retarget(d, dev, i, v);
            else
                load_property(d, dev->event[i].lpi);
        }
    }
}

static void map_collection(struct domain *d, unsigned int collection, uint64_t target, bool valid)
{
    if (collection >= NR_COLLECTIONS || (valid && target >= d->max_vcpus))
        return;
    d->arch.vgic.its->vcpu[collection] = valid ? (uint16_t)(target + 1) : 0;
    sweep(d, collection, RETARGET);
}

/* Collections of one vCPU go to another. */
static void move_all(struct domain *d, uint64_t from, uint64_t to)
{
    struct vits *its = d->arch.vgic.its;

    if (to >= d->max_vcpus)
        return;
    for (unsigned int i = 0; i < NR_COLLECTIONS; i++) {
        if (its->vcpu[i] == from + 1)
            map_collection(d, i, to, true);
    }
}

/* Commands */

enum command {
    ITS_MOVI = 0x01,
    ITS_INT = 0x03,
    ITS_CLEAR = 0x04,
    ITS_SYNC = 0x05,
    ITS_MAPD = 0x08,
    ITS_MAPC = 0x09,
    ITS_MAPTI = 0x0a,
    ITS_MAPI = 0x0b,
    ITS_INV = 0x0c,
    ITS_INVALL = 0x0d,
    ITS_MOVALL = 0x0e,
    ITS_DISCARD = 0x0f,
};

static uint64_t rdbase(uint64_t word)
{
    return word >> 16 & 0x7ffffffff;
}

static void do_event(struct domain *d, enum command what, uint32_t id, uint32_t nr)
{
    struct vits_device *dev;
    struct vits_event *e = find_event(d->arch.vgic.its, id, nr, &dev);

    if (!e || !e->lpi)
        return;
    if (what == ITS_INT)
        vgic_inject_spi(d, e->lpi);
    else if (what == ITS_CLEAR)
        drop_pending(d, e->lpi);
    else if (what == ITS_INV)
        load_property(d, e->lpi);
    else
        unmap_event(d, dev, nr);
}

static void do_mapd(struct domain *d, const uint64_t cmd[4])
{
    uint32_t id = (uint32_t)(cmd[0] >> 32);
    struct vits_device *dev = find_device(d->arch.vgic.its, id);

    if (dev)
        unmap_device(d, dev);
    if (cmd[2] & VALID)
        map_device(d, id, (cmd[1] & 0x1f) + 1);
}

static void do_command(struct domain *d, const uint64_t cmd[4])
{
    uint32_t id = (uint32_t)(cmd[0] >> 32), nr = (uint32_t)cmd[1];
    unsigned int collection = cmd[2] & 0xffff;

    switch ((enum command)(cmd[0] & 0xff)) {
    case ITS_MAPD:
        do_mapd(d, cmd);
        break;
    case ITS_MAPC:
        map_collection(d, collection, rdbase(cmd[2]), cmd[2] & VALID);
        break;
    case ITS_MAPTI:
        map_event(d, id, nr, (uint32_t)(cmd[1] >> 32), collection);
        break;
    case ITS_MAPI:
        map_event(d, id, nr, nr, collection);
        break;
    case ITS_MOVI:
        move_event(d, id, nr, collection);
        break;
    case ITS_INVALL:
        sweep(d, collection, RELOAD);
        break;
    case ITS_MOVALL:
        move_all(d, rdbase(cmd[2]), rdbase(cmd[3]));
        break;
    case ITS_INT:
    case ITS_CLEAR:
    case ITS_INV:
    case ITS_DISCARD:
        do_event(d, (enum command)(cmd[0] & 0xff), id, nr);
        break;
    case ITS_SYNC: /* all is done when it is read */
        break;
    }
}

static uint32_t queue_bytes(const struct vits *its)
{
    return (uint32_t)((its->cbaser & 0xff) + 1) << PAGE_SHIFT;
}

/* A stretch of the queue; who looks whether it is through has the rest done. */
static void run_queue(struct domain *d)
{
    struct vits *its = d->arch.vgic.its;
    uint64_t cmd[4];

    for (unsigned int i = 0;
         i < COMMANDS_AT_ONCE && its->on && (its->cbaser & VALID) && its->creadr != its->cwriter;
         i++) {
        if (guest_phys_read(d, (its->cbaser & BASE_ADDRESS) + its->creadr, cmd, sizeof(cmd)) == 0)
            do_command(d, cmd);
        its->creadr = (its->creadr + COMMAND_BYTES) % queue_bytes(its);
    }
}

/* Registers */

static uint64_t read_typer(void)
{
    return TYPER_PHYSICAL | (ENTRY_BYTES - 1) << 4 | (ITS_EVENT_BITS - 1U) << 8 |
           (its_info.id_bits - 1) << 13;
}

static bool is_baser(uint64_t offset)
{
    return offset >= GITS_BASER && offset < GITS_BASER + GITS_NR_BASER * 8;
}

static uint64_t read_register(struct domain *d, uint64_t offset)
{
    struct vits *its = d->arch.vgic.its;

    if (is_baser(offset))
        return its->baser[(offset - GITS_BASER) / 8];
    switch (offset) {
    case GITS_CTLR: /* and the identity, the other half */
        return (its->on ? CTLR_ENABLED : CTLR_QUIESCENT) | (uint64_t)VGIC_IIDR << 32;
    case GITS_TYPER:
        return read_typer();
    case GITS_CBASER:
        return its->cbaser;
    case GITS_CWRITER:
        return its->cwriter;
    case GITS_CREADR:
        run_queue(d);
        return its->creadr;
    case GITS_PIDR2:
        return 3U << 4;
    }
    return 0;
}

static void write_register(struct domain *d, uint64_t offset, uint64_t value)
{
    struct vits *its = d->arch.vgic.its;

    if (is_baser(offset) && !its->on) {
        uint64_t *baser = &its->baser[(offset - GITS_BASER) / 8];

        *baser = (*baser & BASER_FIXED) | (value & ~(BASER_FIXED | BASER_INDIRECT));
    } else if (offset == GITS_CTLR) {
        its->on = value & CTLR_ENABLED;
        run_queue(d);
    } else if (offset == GITS_CBASER && !its->on) {
        its->cbaser = value;
        its->creadr = its->cwriter = 0;
    } else if (offset == GITS_CWRITER && (value & 0xfffe0) < queue_bytes(its)) {
        its->cwriter = value & 0xfffe0;
        run_queue(d);
    }
}

static bool its_read(struct vcpu *v, void *priv, uint64_t offset, unsigned int size,
                     uint64_t *value)
{
    struct vits *its = priv;

    *value = 0;
    if (size < 4)
        return true;
    spin_lock(&its->lock);
    *value = vgic_part_read(read_register(v->domain, offset & ~UINT64_C(7)), offset, size);
    spin_unlock(&its->lock);
    return true;
}

static bool its_write(struct vcpu *v, void *priv, uint64_t offset, unsigned int size,
                      uint64_t value)
{
    struct vits *its = priv;
    uint64_t at = offset & ~UINT64_C(7);

    if (size < 4)
        return true;
    spin_lock(&its->lock);
    if (at == GITS_CTLR)
        value = vgic_part_write(its->on, offset, size, value);
    else if (at == GITS_CREADR)
        at = GITS_PIDR2; /* not written to */
    else if (size == 4)
        value = vgic_part_write(read_register(v->domain, at), offset, size, value);
    write_register(v->domain, at, value);
    spin_unlock(&its->lock);
    return true;
}

static const struct mmio_ops its_ops = {its_read, its_write};

int vits_init(struct domain *d)
{
    struct vgic_domain *g = &d->arch.vgic;

    if (!its_info.present)
        return 0;
    g->its = xzalloc(struct vits);
    g->lpis = xzalloc_array(struct vgic_irq, ITS_NR_LPIS);
    if (!g->its || !g->lpis)
        return -ENOMEM; /* vits_free() follows */
    spin_lock_init(&g->its->lock, RANK_PIRQ);
    list_init(&g->its->devices);
    for (unsigned int i = 0; i < GITS_NR_BASER; i++)
        g->its->baser[i] = (i ? UINT64_C(4) : UINT64_C(1)) << 56 | (uint64_t)(ENTRY_BYTES - 1)
                                                                       << 48;
    for (unsigned int i = 0; i < ITS_NR_LPIS; i++) {
        vgic_irq_init(&g->lpis[i], GIC_FIRST_LPI + i, 0);
        g->lpis[i].level = false;
    }
    return mmio_register(d, its_info.regs.base, its_info.regs.size, &its_ops, g->its);
}

void vits_free(struct domain *d)
{
    struct vgic_domain *g = &d->arch.vgic;

    while (g->its && g->its->devices.next && !list_empty(&g->its->devices))
        unmap_device(d, container_of(g->its->devices.next, struct vits_device, link));
    xfree(g->its);
    xfree(g->lpis);
    g->its = NULL;
    g->lpis = NULL;
}
