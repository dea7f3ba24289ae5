/* SPDX-License-Identifier: MIT */
#include "private.h"

int xc_physdev_map_pirq(xc_interface *xch, uint32_t domid, int index, int *pirq)
{
    struct physdev_map_pirq map = {
        .domid = (domid_t)domid, .type = MAP_PIRQ_TYPE_GSI, .index = index};
    int rc;

    if (!pirq)
        return fail(EINVAL);
    map.pirq = *pirq < 0 ? index : *pirq;
    rc = do_cmd(xch, physdev_op, PHYSDEVOP_map_pirq, &map);
    if (!rc)
        *pirq = map.pirq;
    return rc;
}

int xc_physdev_map_pirq_msi(xc_interface *xch, uint32_t domid, int index, int *pirq, int devfn,
                            int bus, int entry_nr, uint64_t table_base)
{
    struct physdev_map_pirq map = {.domid = (domid_t)domid,
                                   .type = MAP_PIRQ_TYPE_MSI,
                                   .index = index,
                                   .bus = bus,
                                   .devfn = devfn,
                                   .entry_nr = entry_nr,
                                   .table_base = table_base};
    int rc;

    if (!pirq)
        return fail(EINVAL);
    map.pirq = *pirq;
    rc = do_cmd(xch, physdev_op, PHYSDEVOP_map_pirq, &map);
    if (!rc)
        *pirq = map.pirq;
    return rc;
}

int xc_physdev_unmap_pirq(xc_interface *xch, uint32_t domid, int pirq)
{
    struct physdev_unmap_pirq unmap = {.domid = (domid_t)domid, .pirq = pirq};

    return do_cmd(xch, physdev_op, PHYSDEVOP_unmap_pirq, &unmap);
}

int xc_physdev_pci_access_modify(xc_interface *xch, uint32_t domid, int bus, int dev, int func,
                                 int enable)
{
    /* The hypervisor has had no such operation for a long time. */
    (void)xch, (void)domid, (void)bus, (void)dev, (void)func, (void)enable;
    return fail(ENOSYS);
}

static int pci_op(xc_interface *xch, struct xen_domctl op, uint32_t sbdf, uint32_t flags)
{
    op.u.assign_device = (struct xen_domctl_assign_device){
        .dev = XEN_DOMCTL_DEV_PCI, .flags = flags, .u.pci.machine_sbdf = sbdf};
    return do_domctl(xch, &op);
}

int xc_assign_device(xc_interface *xch, uint32_t domid, uint32_t machine_sbdf, uint32_t flag)
{
    return pci_op(xch, DOMCTL(assign_device, domid), machine_sbdf, flag);
}

int xc_test_assign_device(xc_interface *xch, uint32_t domid, uint32_t machine_sbdf)
{
    return pci_op(xch, DOMCTL(test_assign_device, domid), machine_sbdf, 0);
}

int xc_deassign_device(xc_interface *xch, uint32_t domid, uint32_t machine_sbdf)
{
    return pci_op(xch, DOMCTL(deassign_device, domid), machine_sbdf, 0);
}

int xc_get_device_group(xc_interface *xch, uint32_t domid, uint32_t machine_sbdf,
                        uint32_t max_sdevs, uint32_t *num_sdevs, uint32_t *sdev_array)
{
    struct xen_domctl op =
        DOMCTL(get_device_group, domid,
               .u.get_device_group = {.machine_sbdf = machine_sbdf, .max_sdevs = max_sdevs});
    int rc = domctl_with(
        xch, &op,
        BUF_OUT(op.u.get_device_group.sdev_array, sdev_array, sizeof(*sdev_array) * max_sdevs));

    if (!rc)
        *num_sdevs = op.u.get_device_group.num_sdevs;
    return rc;
}

static int dt_op(xc_interface *xch, struct xen_domctl op, const char *path)
{
    struct xen_domctl_assign_device *arg = &op.u.assign_device;
    size_t len = strlen(path);

    arg->dev = XEN_DOMCTL_DEV_DT;
    arg->u.dt.size = (uint32_t)len;
    return domctl_with(xch, &op, BUF_IN(arg->u.dt.path, path, len));
}

int xc_assign_dt_device(xc_interface *xch, uint32_t domid, char *path)
{
    return dt_op(xch, DOMCTL(assign_device, domid), path);
}

int xc_test_assign_dt_device(xc_interface *xch, uint32_t domid, char *path)
{
    return dt_op(xch, DOMCTL(test_assign_device, domid), path);
}

int xc_deassign_dt_device(xc_interface *xch, uint32_t domid, char *path)
{
    return dt_op(xch, DOMCTL(deassign_device, domid), path);
}

int xc_domain_ioport_permission(xc_interface *xch, uint32_t domid, uint32_t first_port,
                                uint32_t nr_ports, uint32_t allow_access)
{
    return domctl_value(xch, DOMCTL(ioport_permission, domid,
                                    .u.ioport_permission = {.first_port = first_port,
                                                            .nr_ports = nr_ports,
                                                            .allow_access = !!allow_access}));
}

int xc_domain_irq_permission(xc_interface *xch, uint32_t domid, uint32_t pirq, bool allow_access)
{
    return domctl_value(xch,
                        DOMCTL(irq_permission, domid,
                               .u.irq_permission = {.pirq = pirq, .allow_access = allow_access}));
}

int xc_domain_iomem_permission(xc_interface *xch, uint32_t domid, unsigned long first_mfn,
                               unsigned long nr_mfns, uint8_t allow_access)
{
    return domctl_value(xch, DOMCTL(iomem_permission, domid,
                                    .u.iomem_permission = {.first_mfn = first_mfn,
                                                           .nr_mfns = nr_mfns,
                                                           .allow_access = allow_access}));
}

static int map_mmio(xc_interface *xch, uint32_t domid, unsigned long gfn, unsigned long mfn,
                    unsigned long nr, uint32_t add)
{
    return domctl_value(
        xch, DOMCTL(memory_mapping, domid,
                    .u.memory_mapping = {
                        .first_gfn = gfn, .first_mfn = mfn, .nr_mfns = nr, .add_mapping = add}));
}

/* The hypervisor says E2BIG when a range is more than it does at a time. */
int xc_domain_memory_mapping(xc_interface *xch, uint32_t domid, unsigned long first_gfn,
                             unsigned long first_mfn, unsigned long nr_mfns, uint32_t add_mapping)
{
    unsigned long done = 0, step = nr_mfns;
    int rc, saved;

    if (!nr_mfns)
        return 0;
    while (done < nr_mfns) {
        unsigned long nr = nr_mfns - done < step ? nr_mfns - done : step;

        rc = map_mmio(xch, domid, first_gfn + done, first_mfn + done, nr, add_mapping);
        if (rc < 0 && errno == E2BIG && nr > 1) {
            step = nr / 2;
            continue;
        }
        if (rc < 0)
            goto undo;
        done += rc > 0 && (unsigned long)rc < nr ? (unsigned long)rc : nr;
    }
    return 0;
undo:
    saved = errno;
    if (add_mapping && done)
        xc_domain_memory_mapping(xch, domid, first_gfn, first_mfn, done, DPCI_REMOVE_MAPPING);
    errno = saved;
    return -1;
}

int xc_domain_ioport_mapping(xc_interface *xch, uint32_t domid, uint32_t first_gport,
                             uint32_t first_mport, uint32_t nr_ports, uint32_t add_mapping)
{
    return domctl_value(xch, DOMCTL(ioport_mapping, domid,
                                    .u.ioport_mapping = {.first_gport = first_gport,
                                                         .first_mport = first_mport,
                                                         .nr_ports = nr_ports,
                                                         .add_mapping = add_mapping}));
}

static int msi_irq(xc_interface *xch, struct xen_domctl op, uint32_t gvec, uint32_t pirq,
                   uint32_t gflags, uint64_t gtable)
{
    struct xen_domctl_bind_pt_irq *b = &op.u.bind_pt_irq;

    b->irq_type = PT_IRQ_TYPE_MSI;
    b->machine_irq = pirq;
    b->u.msi.gvec = (uint8_t)gvec;
    b->u.msi.gflags = gflags;
    b->u.msi.gtable = gtable;
    return do_domctl(xch, &op);
}

int xc_domain_update_msi_irq(xc_interface *xch, uint32_t domid, uint32_t gvec, uint32_t pirq,
                             uint32_t gflags, uint64_t gtable)
{
    return msi_irq(xch, DOMCTL(bind_pt_irq, domid), gvec, pirq, gflags, gtable);
}

int xc_domain_unbind_msi_irq(xc_interface *xch, uint32_t domid, uint32_t gvec, uint32_t pirq,
                             uint32_t gflags)
{
    return msi_irq(xch, DOMCTL(unbind_pt_irq, domid), gvec, pirq, gflags, 0);
}

struct pt_irq {
    uint32_t machine_irq;
    uint8_t type, bus, device, intx, isa_irq;
};

static int pt_irq(xc_interface *xch, struct xen_domctl op, struct pt_irq irq)
{
    struct xen_domctl_bind_pt_irq *b = &op.u.bind_pt_irq;

    b->machine_irq = irq.machine_irq;
    b->irq_type = irq.type;
    switch (irq.type) {
    case PT_IRQ_TYPE_PCI:
    case PT_IRQ_TYPE_MSI_TRANSLATE:
        b->u.pci.bus = irq.bus;
        b->u.pci.device = irq.device;
        b->u.pci.intx = irq.intx;
        break;
    case PT_IRQ_TYPE_ISA:
        b->u.isa.isa_irq = irq.isa_irq;
        break;
    default:
        return fail(EINVAL);
    }
    return do_domctl(xch, &op);
}

int xc_domain_bind_pt_irq(xc_interface *xch, uint32_t domid, uint8_t machine_irq, uint8_t irq_type,
                          uint8_t bus, uint8_t device, uint8_t intx, uint8_t isa_irq)
{
    return pt_irq(xch, DOMCTL(bind_pt_irq, domid),
                  (struct pt_irq){machine_irq, irq_type, bus, device, intx, isa_irq});
}

int xc_domain_unbind_pt_irq(xc_interface *xch, uint32_t domid, uint8_t machine_irq,
                            uint8_t irq_type, uint8_t bus, uint8_t device, uint8_t intx,
                            uint8_t isa_irq)
{
    return pt_irq(xch, DOMCTL(unbind_pt_irq, domid),
                  (struct pt_irq){machine_irq, irq_type, bus, device, intx, isa_irq});
}

int xc_domain_bind_pt_pci_irq(xc_interface *xch, uint32_t domid, uint8_t machine_irq, uint8_t bus,
                              uint8_t device, uint8_t intx)
{
    return xc_domain_bind_pt_irq(xch, domid, machine_irq, PT_IRQ_TYPE_PCI, bus, device, intx, 0);
}

int xc_domain_bind_pt_isa_irq(xc_interface *xch, uint32_t domid, uint8_t machine_irq)
{
    return xc_domain_bind_pt_irq(xch, domid, machine_irq, PT_IRQ_TYPE_ISA, 0, 0, 0, machine_irq);
}

static int spi_irq(xc_interface *xch, struct xen_domctl op, uint16_t vspi, uint16_t spi)
{
    struct xen_domctl_bind_pt_irq *b = &op.u.bind_pt_irq;

    b->irq_type = PT_IRQ_TYPE_SPI;
    b->machine_irq = vspi;
    b->u.spi.spi = spi;
    return do_domctl(xch, &op);
}

int xc_domain_bind_pt_spi_irq(xc_interface *xch, uint32_t domid, uint16_t vspi, uint16_t spi)
{
    return spi_irq(xch, DOMCTL(bind_pt_irq, domid), vspi, spi);
}

int xc_domain_unbind_pt_spi_irq(xc_interface *xch, uint32_t domid, uint16_t vspi, uint16_t spi)
{
    return spi_irq(xch, DOMCTL(unbind_pt_irq, domid), vspi, spi);
}
