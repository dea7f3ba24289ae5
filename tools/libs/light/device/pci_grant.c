/* SPDX-License-Identifier: MIT */
/* What of the machine belongs to a PCI device, by sysfs, and a guest's right to it. */
#include <stdio.h>

#include "device/pci.h"

#define RESOURCES_MAX  7u /* the regions and the ROM; what follows is of bridges */
#define IORESOURCE_IO  0x100u
#define IORESOURCE_MEM 0x200u

struct resource {
    unsigned long long start, end, flags;
};

static FILE *attribute(struct scope *sc, const libxl_device_pci *pci, const char *name)
{
    return fopen(scope_printf(sc, SYSFS_PCI "/devices/" PCI_BDF_FMT "/%s", PCI_BDF(pci), name),
                 "re");
}

static unsigned int resources_read(struct scope *sc, const libxl_device_pci *pci,
                                   struct resource r[RESOURCES_MAX])
{
    FILE *f = attribute(sc, pci, "resource");
    unsigned int nr = 0;

    while (f && nr < RESOURCES_MAX &&
           fscanf(f, "%llx %llx %llx", &r[nr].start, &r[nr].end, &r[nr].flags) == 3)
        nr++;
    if (f)
        fclose(f);
    return nr;
}

static int irq_read(struct scope *sc, const libxl_device_pci *pci)
{
    FILE *f = attribute(sc, pci, "irq");
    int irq = 0;

    if (f && fscanf(f, "%d", &irq) != 1)
        irq = 0;
    if (f)
        fclose(f);
    return irq;
}

static uint32_t sbdf(const libxl_device_pci *pci)
{
    return (uint32_t)pci->domain << 16 | (uint32_t)pci->bus << 8 | (uint32_t)pci->dev << 3 |
           pci->func;
}

static int region_allow(struct scope *sc, uint32_t domid, const struct resource *r, bool allow)
{
    xc_interface *xch = sc->ctx->xch;
    unsigned long long size = r->end - r->start + 1;
    unsigned long long first = r->start / XC_PAGE_SIZE, last = r->end / XC_PAGE_SIZE;

    if (!r->start || r->end < r->start)
        return 0;
    if (r->flags & IORESOURCE_IO)
        return xc_domain_ioport_permission(xch, domid, (uint32_t)r->start, (uint32_t)size, allow);
    if (r->flags & IORESOURCE_MEM)
        return xc_domain_iomem_permission(xch, domid, (unsigned long)first,
                                          (unsigned long)(last - first + 1), allow);
    return 0;
}

static int irq_allow(struct scope *sc, uint32_t domid, int irq, bool allow)
{
    xc_interface *xch = sc->ctx->xch;
    int pirq = irq;

    if (irq <= 0)
        return 0;
    if (!allow)
        return xc_domain_irq_permission(xch, domid, (uint32_t)irq, 0) |
               xc_physdev_unmap_pirq(xch, domid, irq);
    if (xc_physdev_map_pirq(xch, domid, irq, &pirq))
        return -1;
    return xc_domain_irq_permission(xch, domid, (uint32_t)pirq, 1);
}

/* Without an IOMMU a PV guest's device does DMA as the guest tells it, as dom0's do. */
static int dma_allow(struct scope *sc, uint32_t domid, const libxl_device_pci *pci, bool pv)
{
    uint32_t flags =
        pci->rdm_policy == LIBXL_RDM_RESERVE_POLICY_RELAXED ? XEN_DOMCTL_DEV_RDM_RELAXED : 0;
    int rc = xc_assign_device(sc->ctx->xch, domid, sbdf(pci), flags);

    if (rc && pv && (errno == ENOSYS || errno == EOPNOTSUPP || errno == ENODEV)) {
        LOG_WARN(sc, PCI_BDF_FMT ": no IOMMU keeps the device from the memory of others",
                 PCI_BDF(pci));
        return 0;
    }
    return rc;
}

int pci_quarantine(struct scope *sc, const libxl_device_pci *pci, bool on)
{
    xc_interface *xch = sc->ctx->xch;
    int r = on ? xc_assign_device(xch, DOMID_IO, sbdf(pci), 0)
               : xc_deassign_device(xch, DOMID_IO, sbdf(pci));

    if (!r || errno == ENOSYS || errno == EOPNOTSUPP || errno == ENODEV)
        return 0;
    LOG_ERRNO(sc, "cannot %s " PCI_BDF_FMT, on ? "quarantine" : "take out of quarantine",
              PCI_BDF(pci));
    return ERROR_FAIL;
}

int pci_test(struct scope *sc, uint32_t domid, const libxl_device_pci *pci)
{
    if (!xc_test_assign_device(sc->ctx->xch, domid, sbdf(pci)))
        return 0;
    LOG_ERRNO(sc, "PCI device " PCI_BDF_FMT " cannot be assigned - no IOMMU?", PCI_BDF(pci));
    return ERROR_FAIL;
}

void pci_revoke(struct scope *sc, uint32_t domid, const libxl_device_pci *pci)
{
    struct resource r[RESOURCES_MAX];
    unsigned int nr = resources_read(sc, pci, r);

    for (unsigned int i = 0; i < nr; i++)
        (void)region_allow(sc, domid, &r[i], false);
    (void)irq_allow(sc, domid, irq_read(sc, pci), false);
    (void)xc_deassign_device(sc->ctx->xch, domid, sbdf(pci));
}

int pci_grant(struct scope *sc, uint32_t domid, const libxl_device_pci *pci, bool pv)
{
    struct resource r[RESOURCES_MAX];
    unsigned int nr = resources_read(sc, pci, r);
    int rc = 0;

    for (unsigned int i = 0; i < nr && !rc; i++)
        rc = region_allow(sc, domid, &r[i], true);
    if (!rc)
        rc = irq_allow(sc, domid, irq_read(sc, pci), true);
    if (!rc)
        rc = dma_allow(sc, domid, pci, pv);
    if (!rc)
        return 0;
    LOG_ERRNO(sc, PCI_BDF_FMT ": the hypervisor does not give it to the domain", PCI_BDF(pci));
    pci_revoke(sc, domid, pci);
    return ERROR_FAIL;
}
