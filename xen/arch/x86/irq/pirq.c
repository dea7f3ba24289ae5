/* SPDX-License-Identifier: MIT */
/* Pirqs: a domain's numbers for interrupts of the machine. */
#include <xen/irq.h>
#include <xen/kernel.h>
#include <xen/lib/bitmap.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/param.h>
#include <xen/port/p2m.h>
#include <xen/port/page_type.h>
#include "pirq.h"

/* Above the GSIs, for domains that have devices passed to them. */
static unsigned int opt_guest_irqs = 32;
PARAM_UINT("extra_guest_irqs", opt_guest_irqs);

int pirq_domain_init(struct domain *d)
{
    struct pirq_table *t;

    if (is_system_domain(d))
        return 0;
    if (!d->nr_pirqs)
        d->nr_pirqs = d->is_privileged ? nr_irqs : nr_gsis + min(opt_guest_irqs, nr_irqs - nr_gsis);
    t = xzalloc_bytes(sizeof(*t) + d->nr_pirqs * sizeof(t->e[0]));
    if (!t)
        return -ENOMEM;
    spin_lock_init(&t->lock, RANK_PIRQ);
    t->nr = d->nr_pirqs;
    for (unsigned int i = 0; i < t->nr; i++) {
        t->e[i].d = d;
        t->e[i].irq = -1;
    }
    d->pirq = t;
    return 0;
}

static void put_eoi_page(struct pirq_table *t)
{
    struct page_info *pg = t->eoi_page;

    if (!pg)
        return;
    WRITE_ONCE(t->eoi_map, NULL);
    t->eoi_page = NULL;
    page_put_writable(pg);
}

void pirq_domain_relinquish(struct domain *d)
{
    struct pirq_table *t = d->pirq;

    if (!t)
        return;
    for (unsigned int i = 0; i < t->nr; i++) {
        if (t->e[i].irq >= 0)
            (void)pirq_unmap(d, (int)i);
    }
    put_eoi_page(t);
}

void pirq_domain_destroy(struct domain *d)
{
    pirq_domain_relinquish(d);
    xfree(d->pirq);
    d->pirq = NULL;
}

void pirq_update_eoi_bit(struct pirq_table *t, const struct pirq *p, bool level)
{
    unsigned int nr = (unsigned int)(p - t->e);

    if (!t->eoi_map || nr >= EOI_MAP_BITS)
        return;
    if (level)
        set_bit(nr, t->eoi_map);
    else
        clear_bit(nr, t->eoi_map);
}

int pirq_set_eoi_page(struct domain *d, gfn_t gmfn, bool unmask)
{
    struct pirq_table *t = d->pirq;
    struct page_info *pg;
    int rc = -EBUSY;

    if (!t)
        return -EINVAL;
    pg = port_get_page_from_gfn(d, gmfn);
    if (!pg)
        return -EINVAL;
    if (!page_get_writable_type(pg)) {
        page_put(pg);
        return -EINVAL;
    }
    spin_lock(&t->lock);
    if (!t->eoi_page) {
        t->eoi_page = pg;
        t->eoi_map = page_to_virt(pg);
        t->eoi_unmasks = unmask;
        for (unsigned int i = 0; i < t->nr; i++) {
            if (t->e[i].irq >= 0)
                pirq_update_eoi_bit(t, &t->e[i], irq_to_desc((unsigned int)t->e[i].irq)->level);
        }
        rc = 0;
    }
    spin_unlock(&t->lock);
    if (rc)
        page_put_writable(pg);
    return rc;
}

static bool run_free(const struct pirq_table *t, unsigned int first, unsigned int nr)
{
    for (unsigned int i = 0; i < nr; i++) {
        if (t->e[first + i].irq >= 0 || t->e[first + i].reserved)
            return false;
    }
    return true;
}

static int find_free(const struct pirq_table *t, unsigned int from, unsigned int nr)
{
    for (unsigned int i = from; i + nr <= t->nr; i++) {
        if (run_free(t, i, nr))
            return (int)i;
    }
    return -ENOSPC;
}

int pirq_reserve(struct domain *d, bool for_gsi)
{
    struct pirq_table *t = d->pirq;
    int pirq;

    if (!t)
        return -EINVAL;
    spin_lock(&t->lock);
    pirq = find_free(t, for_gsi ? 16 : nr_gsis, 1);
    if (pirq >= 0)
        t->e[pirq].reserved = true;
    spin_unlock(&t->lock);
    return pirq;
}

static int mapped_as(const struct pirq_table *t, unsigned int irq)
{
    for (unsigned int i = 0; i < t->nr; i++) {
        if (t->e[i].irq == (int)irq)
            return (int)i;
    }
    return -1;
}

/* The pirq to use for @irq; *@done where it is that already. */
static int choose_for_gsi(const struct pirq_table *t, unsigned int irq, int pirq, bool *done)
{
    int has = mapped_as(t, irq);

    *done = has >= 0;
    if (has >= 0)
        return pirq < 0 || pirq == has ? has : -EEXIST;
    if (pirq >= 0)
        return (unsigned int)pirq >= t->nr ? -EINVAL : t->e[pirq].irq >= 0 ? -EEXIST : pirq;
    if (irq < t->nr && run_free(t, irq, 1))
        return (int)irq;
    return find_free(t, nr_gsis, 1);
}

static void set_mapping(struct pirq_table *t, unsigned int pirq, unsigned int irq, unsigned int nr)
{
    for (unsigned int i = 0; i < nr; i++) {
        struct pirq *p = &t->e[pirq + i];

        p->reserved = false;
        WRITE_ONCE(p->irq, (int)(irq + i));
        pirq_update_eoi_bit(t, p, irq_to_desc(irq + i)->level);
    }
}

int pirq_map_gsi(struct domain *d, unsigned int gsi, int pirq)
{
    struct pirq_table *t = d->pirq;
    bool done;

    if (!t || gsi >= nr_gsis || !ioapic_has_gsi(gsi))
        return -EINVAL;
    spin_lock(&t->lock);
    pirq = choose_for_gsi(t, gsi, pirq, &done);
    if (pirq >= 0 && !done)
        set_mapping(t, (unsigned int)pirq, gsi, 1);
    spin_unlock(&t->lock);
    return pirq;
}

static int choose_for_msi(const struct pirq_table *t, int pirq, unsigned int nr)
{
    if (pirq < 0)
        return find_free(t, nr_gsis, nr);
    if ((unsigned int)pirq >= t->nr || nr > t->nr - (unsigned int)pirq)
        return -EINVAL;
    for (unsigned int i = 0; i < nr; i++) {
        if (t->e[(unsigned int)pirq + i].irq >= 0)
            return -EEXIST;
    }
    return pirq;
}

int pirq_map_msi(struct domain *d, const struct msi_request *req, int pirq)
{
    struct pirq_table *t = d->pirq;
    unsigned int nr = req->msix ? 1 : req->nr;
    int irq;

    if (!t)
        return -EINVAL;
    irq = msi_create(req);
    if (irq < 0)
        return irq;
    spin_lock(&t->lock);
    pirq = choose_for_msi(t, pirq, nr);
    if (pirq >= 0)
        set_mapping(t, (unsigned int)pirq, (unsigned int)irq, nr);
    spin_unlock(&t->lock);
    if (pirq < 0)
        msi_destroy((unsigned int)irq);
    return pirq;
}

/* Unbound and unmapped, under the table's lock. The first irq. */
static int clear_mapping(struct pirq_table *t, unsigned int pirq, bool *msi)
{
    int irq = t->e[pirq].irq;
    unsigned int nr = 1;

    *msi = irq_to_desc((unsigned int)irq)->kind == IRQ_MSI;
    if (*msi && msi_block((unsigned int)irq, &nr) != (unsigned int)irq)
        return -EINVAL;
    for (unsigned int i = 0; i < nr; i++) {
        pirq_unbind_entry(&t->e[pirq + i]);
        WRITE_ONCE(t->e[pirq + i].irq, -1);
        t->e[pirq + i].reserved = false;
        pirq_update_eoi_bit(t, &t->e[pirq + i], false);
    }
    return irq;
}

int pirq_unmap(struct domain *d, int pirq)
{
    struct pirq_table *t = d->pirq;
    bool msi = false;
    int irq;

    if (!t || pirq < 0 || (unsigned int)pirq >= t->nr)
        return -EINVAL;
    spin_lock(&t->lock);
    if (t->e[pirq].irq >= 0) {
        irq = clear_mapping(t, (unsigned int)pirq, &msi);
    } else {
        irq = t->e[pirq].reserved ? 0 : -EINVAL;
        t->e[pirq].reserved = false;
    }
    spin_unlock(&t->lock);
    if (irq >= 0 && msi)
        msi_destroy((unsigned int)irq);
    return irq < 0 ? irq : 0;
}

int pirq_to_irq(const struct domain *d, unsigned int pirq)
{
    const struct pirq *p = pirq_entry(d, pirq);

    return p ? READ_ONCE(p->irq) : -1;
}
