/* SPDX-License-Identifier: MIT */
#include "private.h"

#define DM_OP(name, ...) ((struct xen_dm_op){.op = XEN_DMOP_##name, .u.name = {__VA_ARGS__}})

int xendevicemodel_create_ioreq_server(xendevicemodel_handle *dmod, domid_t domid,
                                       int handle_bufioreq, ioservid_t *id)
{
    struct xen_dm_op op = DM_OP(create_ioreq_server, .handle_bufioreq = (uint8_t)handle_bufioreq);
    int r = dm_op_data(dmod, domid, &op, NULL, 0);

    if (!r)
        *id = op.u.create_ioreq_server.id;
    return r;
}

int xendevicemodel_get_ioreq_server_info(xendevicemodel_handle *dmod, domid_t domid, ioservid_t id,
                                         xen_pfn_t *ioreq_gfn, xen_pfn_t *bufioreq_gfn,
                                         evtchn_port_t *bufioreq_port)
{
    struct xen_dm_op op = DM_OP(get_ioreq_server_info, .id = id);
    const struct xen_dm_op_get_ioreq_server_info *info = &op.u.get_ioreq_server_info;
    int r;

    /* Frames have to be moved into the guest before they can be told: only if they are wanted. */
    if (!ioreq_gfn && !bufioreq_gfn)
        op.u.get_ioreq_server_info.flags = XEN_DMOP_no_gfns;
    r = dm_op_data(dmod, domid, &op, NULL, 0);
    if (r)
        return r;
    if (ioreq_gfn)
        *ioreq_gfn = info->ioreq_gfn;
    if (bufioreq_gfn)
        *bufioreq_gfn = info->bufioreq_gfn;
    if (bufioreq_port)
        *bufioreq_port = info->bufioreq_port;
    return 0;
}

int xendevicemodel_set_ioreq_server_state(xendevicemodel_handle *dmod, domid_t domid, ioservid_t id,
                                          int enabled)
{
    return dm_op(dmod, domid, DM_OP(set_ioreq_server_state, .id = id, .enabled = !!enabled));
}

int xendevicemodel_destroy_ioreq_server(xendevicemodel_handle *dmod, domid_t domid, ioservid_t id)
{
    return dm_op(dmod, domid, DM_OP(destroy_ioreq_server, .id = id));
}

static uint32_t range_type(int is_mmio)
{
    return is_mmio ? XEN_DMOP_IO_RANGE_MEMORY : XEN_DMOP_IO_RANGE_PORT;
}

int xendevicemodel_map_io_range_to_ioreq_server(xendevicemodel_handle *dmod, domid_t domid,
                                                ioservid_t id, int is_mmio, uint64_t start,
                                                uint64_t end)
{
    return dm_op(dmod, domid,
                 DM_OP(map_io_range_to_ioreq_server, .id = id, .type = range_type(is_mmio),
                       .start = start, .end = end));
}

int xendevicemodel_unmap_io_range_from_ioreq_server(xendevicemodel_handle *dmod, domid_t domid,
                                                    ioservid_t id, int is_mmio, uint64_t start,
                                                    uint64_t end)
{
    return dm_op(dmod, domid,
                 DM_OP(unmap_io_range_from_ioreq_server, .id = id, .type = range_type(is_mmio),
                       .start = start, .end = end));
}

int xendevicemodel_map_pcidev_to_ioreq_server(xendevicemodel_handle *dmod, domid_t domid,
                                              ioservid_t id, uint16_t segment, uint8_t bus,
                                              uint8_t device, uint8_t function)
{
    uint32_t sbdf = XEN_DMOP_PCI_SBDF((uint32_t)segment, bus, device, function);

    return dm_op(dmod, domid,
                 DM_OP(map_io_range_to_ioreq_server, .id = id, .type = XEN_DMOP_IO_RANGE_PCI,
                       .start = sbdf, .end = sbdf));
}

int xendevicemodel_unmap_pcidev_from_ioreq_server(xendevicemodel_handle *dmod, domid_t domid,
                                                  ioservid_t id, uint16_t segment, uint8_t bus,
                                                  uint8_t device, uint8_t function)
{
    uint32_t sbdf = XEN_DMOP_PCI_SBDF((uint32_t)segment, bus, device, function);

    return dm_op(dmod, domid,
                 DM_OP(unmap_io_range_from_ioreq_server, .id = id, .type = XEN_DMOP_IO_RANGE_PCI,
                       .start = sbdf, .end = sbdf));
}

int xendevicemodel_map_mem_type_to_ioreq_server(xendevicemodel_handle *dmod, domid_t domid,
                                                ioservid_t id, uint16_t type, uint32_t flags)
{
    return dm_op(dmod, domid,
                 DM_OP(map_mem_type_to_ioreq_server, .id = id, .type = type, .flags = flags));
}

int xendevicemodel_set_pci_intx_level(xendevicemodel_handle *dmod, domid_t domid, uint16_t segment,
                                      uint8_t bus, uint8_t device, uint8_t intx, unsigned int level)
{
    return dm_op(dmod, domid,
                 DM_OP(set_pci_intx_level, .domain = segment, .bus = bus, .device = device,
                       .intx = intx, .level = (uint8_t)level));
}

int xendevicemodel_set_isa_irq_level(xendevicemodel_handle *dmod, domid_t domid, uint8_t irq,
                                     unsigned int level)
{
    return dm_op(dmod, domid, DM_OP(set_isa_irq_level, .isa_irq = irq, .level = (uint8_t)level));
}

int xendevicemodel_set_irq_level(xendevicemodel_handle *dmod, domid_t domid, unsigned int irq,
                                 unsigned int level)
{
    return dm_op(dmod, domid, DM_OP(set_irq_level, .irq = irq, .level = (uint8_t)level));
}

int xendevicemodel_set_pci_link_route(xendevicemodel_handle *dmod, domid_t domid, uint8_t link,
                                      uint8_t irq)
{
    return dm_op(dmod, domid, DM_OP(set_pci_link_route, .link = link, .isa_irq = irq));
}

int xendevicemodel_inject_msi(xendevicemodel_handle *dmod, domid_t domid, uint64_t msi_addr,
                              uint32_t msi_data)
{
    return dm_op(dmod, domid, DM_OP(inject_msi, .addr = msi_addr, .data = msi_data));
}

int xendevicemodel_inject_event(xendevicemodel_handle *dmod, domid_t domid, int vcpu,
                                uint8_t vector, uint8_t type, uint32_t error_code, uint8_t insn_len,
                                uint64_t extra)
{
    return dm_op(dmod, domid,
                 DM_OP(inject_event, .vcpuid = (uint32_t)vcpu, .vector = vector, .type = type,
                       .error_code = error_code, .insn_len = insn_len, .cr2 = extra));
}

int xendevicemodel_track_dirty_vram(xendevicemodel_handle *dmod, domid_t domid, uint64_t first_pfn,
                                    uint32_t nr, unsigned long *dirty_bitmap)
{
    struct xen_dm_op op = DM_OP(track_dirty_vram, .first_pfn = first_pfn, .nr = nr);

    return dm_op_data(dmod, domid, &op, dirty_bitmap, ((size_t)nr + 7) / 8);
}

int xendevicemodel_modified_memory_bulk(xendevicemodel_handle *dmod, domid_t domid,
                                        struct xen_dm_op_modified_memory_extent extents[],
                                        uint32_t nr)
{
    struct xen_dm_op op = DM_OP(modified_memory, .nr_extents = nr);

    return dm_op_data(dmod, domid, &op, extents, (size_t)nr * sizeof(extents[0]));
}

int xendevicemodel_modified_memory(xendevicemodel_handle *dmod, domid_t domid, uint64_t first_pfn,
                                   uint32_t nr)
{
    struct xen_dm_op_modified_memory_extent extent = {.first_pfn = first_pfn, .nr = nr};

    return xendevicemodel_modified_memory_bulk(dmod, domid, &extent, 1);
}

int xendevicemodel_set_mem_type(xendevicemodel_handle *dmod, domid_t domid, hvmmem_type_t mem_type,
                                uint64_t first_pfn, uint32_t nr)
{
    return dm_op(
        dmod, domid,
        DM_OP(set_mem_type, .mem_type = (uint16_t)mem_type, .first_pfn = first_pfn, .nr = nr));
}

int xendevicemodel_pin_memory_cacheattr(xendevicemodel_handle *dmod, domid_t domid, uint64_t start,
                                        uint64_t end, uint32_t type)
{
    return dm_op(dmod, domid,
                 DM_OP(pin_memory_cacheattr, .start = start, .end = end, .type = type));
}

int xendevicemodel_relocate_memory(xendevicemodel_handle *dmod, domid_t domid, uint32_t size,
                                   uint64_t src_gfn, uint64_t dst_gfn)
{
    return dm_op(dmod, domid,
                 DM_OP(relocate_memory, .size = size, .src_gfn = src_gfn, .dst_gfn = dst_gfn));
}

int xendevicemodel_shutdown(xendevicemodel_handle *dmod, domid_t domid, unsigned int reason)
{
    return dm_op(dmod, domid, DM_OP(remote_shutdown, .reason = reason));
}

int xendevicemodel_nr_vcpus(xendevicemodel_handle *dmod, domid_t domid, unsigned int *vcpus)
{
    struct xen_dm_op op = DM_OP(nr_vcpus, .vcpus = 0);
    int r = dm_op_data(dmod, domid, &op, NULL, 0);

    if (!r)
        *vcpus = op.u.nr_vcpus.vcpus;
    return r;
}
