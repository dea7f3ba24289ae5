/* SPDX-License-Identifier: MIT */
#include <public/memory.h>
#include <public/physdev.h>
#include <public/platform.h>
#include <xen/hypercall.h>
#include <xen/port/p2m.h>
#include <asm/pv_mmu.h>

#include "../../../arch/x86/mm/hypercalls.h"
#include "paths.h"

static long physdev(const struct path *p)
{
    struct physdev_map_pirq map = {.domid = 1, .type = MAP_PIRQ_TYPE_MSI};
    struct physdev_unmap_pirq unmap = {.domid = 1};
    static uint8_t other[64];

    if (p->call == PHYSDEVOP_map_pirq)
        return do_physdev_op((int)p->call, &map);
    return do_physdev_op((int)p->call, p->call == PHYSDEVOP_unmap_pirq ? (void *)&unmap : other);
}

static long map_own_msi(const struct path *p)
{
    struct physdev_map_pirq map = {.domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_MSI};

    return do_physdev_op(PHYSDEVOP_map_pirq, &map);
}

static long platform(const struct path *p)
{
    struct xen_platform_op op = {.cmd = p->call, .interface_version = XENPF_INTERFACE_VERSION};

    return do_platform_op(&op);
}

/* The number of the domain comes first in all of them that have one. */
static long memory(const struct path *p)
{
    static struct xen_foreign_memory_map map = {.domid = 1};
    static struct xen_pod_target pod = {.domid = 1};

    return port_memory_op(p->call, p->call == XENMEM_set_memory_map ? (void *)&map : &pod);
}

/* Whose pages, or whose tables. */
static long mmu_update(const struct path *p)
{
    return do_mmu_update(NULL, 0, NULL, p->call);
}

static long mmuext(const struct path *p)
{
    return do_mmuext_op(NULL, 0, NULL, p->call);
}

static long otherdomain(const struct path *p)
{
    return do_update_va_mapping_otherdomain(0, 0, 0, p->call);
}

#define HW(op)                                                                                     \
    {                                                                                              \
        "physdev " #op, physdev, PHYSDEVOP_##op,                                                   \
        {                                                                                          \
            XSM_PHYSDEV, PHYSDEVOP_##op                                                            \
        }                                                                                          \
    }
#define PLATFORM(op)                                                                               \
    {                                                                                              \
        "platform " #op, platform, XENPF_##op,                                                     \
        {                                                                                          \
            XSM_PLATFORM_OP, XENPF_##op                                                            \
        }                                                                                          \
    }
#define MEMORY(op, what, of)                                                                       \
    {                                                                                              \
        "memory " #op, memory, XENMEM_##op,                                                        \
        {                                                                                          \
            what, XENMEM_##op, of                                                                  \
        }                                                                                          \
    }
#define MMU(fn, of, whose)                                                                         \
    {                                                                                              \
#fn " " #of, fn, of,                                                                       \
        {                                                                                          \
            XSM_MMU, __HYPERVISOR_##fn, whose                                                      \
        }                                                                                          \
    }

const struct path paths[] = {
    HW(apic_read),
    HW(apic_write),
    HW(alloc_irq_vector),
    HW(manage_pci_add),
    HW(manage_pci_remove),
    HW(restore_msi),
    HW(manage_pci_add_ext),
    HW(setup_gsi),
    HW(pci_mmcfg_reserved),
    HW(pci_device_add),
    HW(pci_device_remove),
    HW(restore_msi_ext),
    HW(dbgp_op),
    HW(prepare_msix),
    HW(release_msix),
    {"physdev map_pirq", physdev, PHYSDEVOP_map_pirq, {XSM_PIRQ, PHYSDEVOP_map_pirq, &one}},
    {"physdev unmap_pirq", physdev, PHYSDEVOP_unmap_pirq, {XSM_PIRQ, PHYSDEVOP_unmap_pirq, &one}},
    {"an MSI for another", physdev, PHYSDEVOP_map_pirq, {XSM_PHYSDEV, PHYSDEVOP_map_pirq, &one}},
    {"an MSI", map_own_msi, 0, {XSM_PHYSDEV, PHYSDEVOP_map_pirq, &dom0}},
    PLATFORM(settime32),
    PLATFORM(settime64),
    PLATFORM(add_memtype),
    PLATFORM(del_memtype),
    PLATFORM(read_memtype),
    PLATFORM(microcode_update),
    PLATFORM(platform_quirk),
    PLATFORM(efi_runtime_call),
    PLATFORM(firmware_info),
    PLATFORM(enter_acpi_sleep),
    PLATFORM(change_freq),
    PLATFORM(getidletime),
    PLATFORM(set_processor_pminfo),
    PLATFORM(get_cpuinfo),
    PLATFORM(get_cpu_version),
    PLATFORM(cpu_online),
    PLATFORM(cpu_offline),
    PLATFORM(resource_op),
    PLATFORM(get_symbol),
    {"platform, unread", platform, XENPF_settime64, {XSM_PLATFORM_OP, XSM_CMD_UNREAD}},
    MEMORY(machine_memory_map, XSM_MEMORY_HOST, NULL),
    MEMORY(set_memory_map, XSM_MEMORY_GUEST, &one),
    MEMORY(set_pod_target, XSM_MEMORY_GUEST, &one),
    MEMORY(get_pod_target, XSM_MEMORY_GUEST, &one),
    MMU(mmu_update, 1, &one),
    MMU(mmu_update, DOMID_XEN, &dom_xen),
    MMU(mmu_update, (1 + 1) << 16 | DOMID_SELF, &one),
    {"mmuext of 1", mmuext, 1, {XSM_MMU, __HYPERVISOR_mmuext_op, &one}},
    {"mmuext of Xen's", mmuext, DOMID_XEN, {XSM_MMU, __HYPERVISOR_mmuext_op, &dom_xen}},
    {"update_va_mapping of 1",
     otherdomain,
     1,
     {XSM_MMU, __HYPERVISOR_update_va_mapping_otherdomain, &one}},
    {NULL},
};
