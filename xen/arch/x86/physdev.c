/* SPDX-License-Identifier: MIT */
/* physdev_op: interrupts and PCI devices as PV kernels drive them. */
#include <public/physdev.h>
#include <xen/domain.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/irq.h>
#include <xen/kernel.h>
#include <xen/xsm.h>
#include <asm/current.h>
#include <asm/irq.h>
#include <asm/pci.h>

union physdev_arg {
    struct physdev_eoi eoi;
    struct physdev_pirq_eoi_gmfn eoi_gmfn;
    struct physdev_irq_status_query status;
    struct physdev_set_iopl iopl;
    struct physdev_set_iobitmap iobitmap;
    struct physdev_apic apic;
    struct physdev_irq irq;
    struct physdev_map_pirq map;
    struct physdev_unmap_pirq unmap;
    struct physdev_manage_pci pci;
    struct physdev_manage_pci_ext pci_ext;
    struct physdev_restore_msi restore;
    struct physdev_setup_gsi gsi;
    struct physdev_get_free_pirq free_pirq;
    struct physdev_pci_mmcfg_reserved mmcfg;
    struct physdev_pci_device device;
    struct physdev_dbgp_op dbgp;
    uint8_t device_add[offsetof(struct physdev_pci_device_add, optarr)];
};

static long op_eoi(struct domain *d, union physdev_arg *arg)
{
    return pirq_eoi_op(d, arg->eoi.irq);
}

static long op_unmask_notify(struct domain *d, union physdev_arg *arg)
{
    for (unsigned int pirq = 0; pirq < d->nr_pirqs; pirq++)
        pirq_guest_eoi(d, pirq);
    return 0;
}

static long op_eoi_gmfn_v1(struct domain *d, union physdev_arg *arg)
{
    return pirq_set_eoi_page(d, mk_gfn(arg->eoi_gmfn.gmfn), true);
}

static long op_eoi_gmfn_v2(struct domain *d, union physdev_arg *arg)
{
    return pirq_set_eoi_page(d, mk_gfn(arg->eoi_gmfn.gmfn), false);
}

static long op_status(struct domain *d, union physdev_arg *arg)
{
    int flags = pirq_status(d, arg->status.irq);

    if (flags < 0)
        return flags;
    arg->status.flags = (uint32_t)flags;
    return 0;
}

static long op_set_iopl(struct domain *d, union physdev_arg *arg)
{
    if (arg->iopl.iopl > 3)
        return -EINVAL;
    current->arch.pv.iopl = arg->iopl.iopl;
    return 0;
}

static long op_set_iobitmap(struct domain *d, union physdev_arg *arg)
{
    struct pv_vcpu *pv = &current->arch.pv;

    if (arg->iobitmap.nr_ports > 65536 ||
        !port_guest_range_ok(arg->iobitmap.bitmap.p, (arg->iobitmap.nr_ports + 7) / 8, 1))
        return -EINVAL;
    pv->iobmp = arg->iobitmap.bitmap.p;
    pv->iobmp_limit = arg->iobitmap.nr_ports;
    return 0;
}

static long op_apic_read(struct domain *d, union physdev_arg *arg)
{
    return ioapic_guest_read(arg->apic.apic_physbase, arg->apic.reg, &arg->apic.value);
}

static long op_apic_write(struct domain *d, union physdev_arg *arg)
{
    return ioapic_guest_write(arg->apic.apic_physbase, arg->apic.reg, arg->apic.value);
}

static long op_alloc_vector(struct domain *d, union physdev_arg *arg)
{
    int vector = gsi_vector(arg->irq.irq);

    if (vector < 0)
        return vector;
    arg->irq.vector = (uint32_t)vector;
    return 0;
}

static long map_gsi(struct domain *d, struct physdev_map_pirq *map)
{
    int pirq;

    if (map->index < 0 || (unsigned int)map->index >= nr_gsis)
        return -EINVAL;
    if (!irq_access_permitted(current->domain, (unsigned int)map->index))
        return -EPERM;
    pirq = pirq_map_gsi(d, (unsigned int)map->index, map->pirq);
    if (pirq < 0)
        return pirq;
    map->pirq = pirq;
    return 0;
}

static long map_msi(struct domain *d, struct physdev_map_pirq *map)
{
    struct msi_request req = {.bus = (uint8_t)map->bus, .devfn = (uint8_t)map->devfn, .nr = 1};
    int pirq;

    if (xsm_check(XSM_PHYSDEV, PHYSDEVOP_map_pirq, d))
        return -EPERM;
    if (map->entry_nr < 0)
        return -EINVAL;
    if (map->type != MAP_PIRQ_TYPE_MSI)
        req.seg = (uint16_t)((uint32_t)map->bus >> 16);
    if (map->type == MAP_PIRQ_TYPE_MULTI_MSI) {
        if (map->entry_nr == 0 || map->entry_nr > 32)
            return -EINVAL;
        req.nr = (unsigned int)map->entry_nr;
    } else if (map->table_base) {
        req.msix = true;
        req.table_base = map->table_base;
        req.entry = (unsigned int)map->entry_nr;
    }
    pirq = pirq_map_msi(d, &req, map->pirq);
    if (pirq < 0)
        return pirq;
    map->pirq = pirq;
    return 0;
}

static long map_for(struct domain *d, struct physdev_map_pirq *map)
{
    switch (map->type) {
    case MAP_PIRQ_TYPE_GSI:
        return map_gsi(d, map);
    case MAP_PIRQ_TYPE_MSI:
    case MAP_PIRQ_TYPE_MSI_SEG:
    case MAP_PIRQ_TYPE_MULTI_MSI:
        return map_msi(d, map);
    default:
        return -EINVAL;
    }
}

static long op_map_pirq(struct domain *self, union physdev_arg *arg)
{
    struct domain *d;
    long rc = rcu_lock_domain_for(XSM_PIRQ, PHYSDEVOP_map_pirq, arg->map.domid, &d);

    if (rc)
        return rc;
    rc = map_for(d, &arg->map);
    rcu_unlock_domain(d);
    return rc;
}

static long op_unmap_pirq(struct domain *self, union physdev_arg *arg)
{
    struct domain *d;
    long rc = rcu_lock_domain_for(XSM_PIRQ, PHYSDEVOP_unmap_pirq, arg->unmap.domid, &d);

    if (rc)
        return rc;
    rc = pirq_unmap(d, arg->unmap.pirq);
    rcu_unlock_domain(d);
    return rc;
}

static long op_setup_gsi(struct domain *d, union physdev_arg *arg)
{
    if (arg->gsi.gsi < 0)
        return -EINVAL;
    return gsi_setup((unsigned int)arg->gsi.gsi, arg->gsi.triggering, arg->gsi.polarity);
}

static long op_get_free_pirq(struct domain *d, union physdev_arg *arg)
{
    int pirq;

    if (arg->free_pirq.type != MAP_PIRQ_TYPE_GSI && arg->free_pirq.type != MAP_PIRQ_TYPE_MSI)
        return -EINVAL;
    pirq = pirq_reserve(d, arg->free_pirq.type == MAP_PIRQ_TYPE_GSI);
    if (pirq < 0)
        return pirq;
    arg->free_pirq.pirq = (uint32_t)pirq;
    return 0;
}

static struct pci_id id_of(const struct physdev_pci_device *dev)
{
    return (struct pci_id){.seg = dev->seg, .bus = dev->bus, .devfn = dev->devfn};
}

static long op_manage_add(struct domain *d, union physdev_arg *arg)
{
    return pci_add_device((struct pci_id){.bus = arg->pci.bus, .devfn = arg->pci.devfn});
}

static long op_manage_remove(struct domain *d, union physdev_arg *arg)
{
    return pci_remove_device((struct pci_id){.bus = arg->pci.bus, .devfn = arg->pci.devfn});
}

static long op_manage_add_ext(struct domain *d, union physdev_arg *arg)
{
    if (arg->pci_ext.is_extfn > 1 || arg->pci_ext.is_virtfn > 1)
        return -EINVAL;
    return pci_add_device((struct pci_id){.bus = arg->pci_ext.bus, .devfn = arg->pci_ext.devfn});
}

static long op_device_add(struct domain *d, union physdev_arg *arg)
{
    const struct physdev_pci_device_add *add = (const void *)arg->device_add;

    return pci_add_device((struct pci_id){.seg = add->seg, .bus = add->bus, .devfn = add->devfn});
}

static long op_device_remove(struct domain *d, union physdev_arg *arg)
{
    return pci_remove_device(id_of(&arg->device));
}

static long op_restore_msi(struct domain *d, union physdev_arg *arg)
{
    return pci_restore_msi((struct pci_id){.bus = arg->restore.bus, .devfn = arg->restore.devfn});
}

static long op_restore_msi_ext(struct domain *d, union physdev_arg *arg)
{
    return pci_restore_msi(id_of(&arg->device));
}

static long op_prepare_msix(struct domain *d, union physdev_arg *arg)
{
    return pci_prepare_msix(id_of(&arg->device));
}

static long op_release_msix(struct domain *d, union physdev_arg *arg)
{
    return pci_release_msix(id_of(&arg->device));
}

static long op_mmcfg(struct domain *d, union physdev_arg *arg)
{
    return pci_mmcfg_reserved(arg->mmcfg.address, arg->mmcfg.segment, arg->mmcfg.start_bus,
                              arg->mmcfg.end_bus, arg->mmcfg.flags & XEN_PCI_MMCFG_RESERVED);
}

/* The hypervisor uses no USB debug port: a reset of the controller disturbs nothing of ours. */
static long op_dbgp(struct domain *d, union physdev_arg *arg)
{
    if (arg->dbgp.op != PHYSDEVOP_DBGP_RESET_PREPARE && arg->dbgp.op != PHYSDEVOP_DBGP_RESET_DONE)
        return -ENOSYS;
    return arg->dbgp.bus <= PHYSDEVOP_DBGP_BUS_PCI ? 0 : -EINVAL;
}

/* F_HW: for the hardware domain only. F_OUT: the argument goes back. */
#define F_HW  1U
#define F_OUT 2U

static const struct {
    long (*fn)(struct domain *d, union physdev_arg *arg);
    uint8_t size, flags;
} ops[] = {
#define OP(nr, f, member, fl)                                                                      \
    [nr] = {.fn = f, .size = sizeof(((union physdev_arg *)0)->member), .flags = fl}
    [PHYSDEVOP_IRQ_UNMASK_NOTIFY] = {.fn = op_unmask_notify},
    OP(PHYSDEVOP_irq_status_query, op_status, status, F_OUT),
    OP(PHYSDEVOP_set_iopl, op_set_iopl, iopl, 0),
    OP(PHYSDEVOP_set_iobitmap, op_set_iobitmap, iobitmap, 0),
    OP(PHYSDEVOP_apic_read, op_apic_read, apic, F_HW | F_OUT),
    OP(PHYSDEVOP_apic_write, op_apic_write, apic, F_HW),
    OP(PHYSDEVOP_alloc_irq_vector, op_alloc_vector, irq, F_HW | F_OUT),
    OP(PHYSDEVOP_eoi, op_eoi, eoi, 0),
    OP(PHYSDEVOP_map_pirq, op_map_pirq, map, F_OUT),
    OP(PHYSDEVOP_unmap_pirq, op_unmap_pirq, unmap, 0),
    OP(PHYSDEVOP_manage_pci_add, op_manage_add, pci, F_HW),
    OP(PHYSDEVOP_manage_pci_remove, op_manage_remove, pci, F_HW),
    OP(PHYSDEVOP_pirq_eoi_gmfn_v1, op_eoi_gmfn_v1, eoi_gmfn, 0),
    OP(PHYSDEVOP_restore_msi, op_restore_msi, restore, F_HW),
    OP(PHYSDEVOP_manage_pci_add_ext, op_manage_add_ext, pci_ext, F_HW),
    OP(PHYSDEVOP_setup_gsi, op_setup_gsi, gsi, F_HW),
    OP(PHYSDEVOP_get_free_pirq, op_get_free_pirq, free_pirq, F_OUT),
    OP(PHYSDEVOP_pci_mmcfg_reserved, op_mmcfg, mmcfg, F_HW),
    OP(PHYSDEVOP_pci_device_add, op_device_add, device_add, F_HW),
    OP(PHYSDEVOP_pci_device_remove, op_device_remove, device, F_HW),
    OP(PHYSDEVOP_restore_msi_ext, op_restore_msi_ext, device, F_HW),
    OP(PHYSDEVOP_pirq_eoi_gmfn_v2, op_eoi_gmfn_v2, eoi_gmfn, 0),
    OP(PHYSDEVOP_dbgp_op, op_dbgp, dbgp, F_HW),
    OP(PHYSDEVOP_prepare_msix, op_prepare_msix, device, F_HW),
    OP(PHYSDEVOP_release_msix, op_release_msix, device, F_HW),
#undef OP
};

long do_physdev_op(int cmd, void *guest_arg)
{
    struct domain *d = current->domain;
    union physdev_arg arg;
    long rc;

    if (cmd < 0 || (unsigned int)cmd >= ARRAY_SIZE(ops) || !ops[cmd].fn)
        return -ENOSYS;
    if ((ops[cmd].flags & F_HW) && xsm_check(XSM_PHYSDEV, (uint32_t)cmd, NULL))
        return -EPERM;
    if (ops[cmd].size && copy_from_guest_bytes(&arg, guest_arg, ops[cmd].size))
        return -EFAULT;
    rc = ops[cmd].fn(d, &arg);
    if (!rc && (ops[cmd].flags & F_OUT) && copy_to_guest_bytes(guest_arg, &arg, ops[cmd].size))
        rc = -EFAULT;
    return rc;
}
