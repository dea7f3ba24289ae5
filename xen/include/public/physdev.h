/* SPDX-License-Identifier: MIT */
/* Physical devices and interrupts: HYPERVISOR_physdev_op(cmd, arg). */
#ifndef __XEN_PUBLIC_PHYSDEV_H__
#define __XEN_PUBLIC_PHYSDEV_H__

#include "xen.h"

#define PHYSDEVOP_irq_status_query   5
#define PHYSDEVOP_set_iopl           6
#define PHYSDEVOP_set_iobitmap       7
#define PHYSDEVOP_apic_read          8 /* physdev_apic: an IO-APIC register */
#define PHYSDEVOP_apic_write         9
#define PHYSDEVOP_alloc_irq_vector   10 /* physdev_irq */
#define PHYSDEVOP_free_irq_vector    11
#define PHYSDEVOP_eoi                12
#define PHYSDEVOP_map_pirq           13
#define PHYSDEVOP_unmap_pirq         14
#define PHYSDEVOP_manage_pci_add     15 /* physdev_manage_pci */
#define PHYSDEVOP_manage_pci_remove  16
#define PHYSDEVOP_pirq_eoi_gmfn_v1   17 /* physdev_pirq_eoi_gmfn; unmasking is an EOI too */
#define PHYSDEVOP_restore_msi        19
#define PHYSDEVOP_manage_pci_add_ext 20 /* physdev_manage_pci_ext */
#define PHYSDEVOP_setup_gsi          21
#define PHYSDEVOP_get_free_pirq      23
#define PHYSDEVOP_pci_mmcfg_reserved 24
#define PHYSDEVOP_pci_device_add     25
#define PHYSDEVOP_pci_device_remove  26 /* physdev_pci_device, as the next two and 30, 31 */
#define PHYSDEVOP_restore_msi_ext    27
#define PHYSDEVOP_pirq_eoi_gmfn_v2   28 /* as v1, without the side effect on unmask */
#define PHYSDEVOP_dbgp_op            29
#define PHYSDEVOP_prepare_msix       30
#define PHYSDEVOP_release_msix       31

#if __XEN_INTERFACE_VERSION__ >= 0x00040200
#define PHYSDEVOP_pirq_eoi_gmfn PHYSDEVOP_pirq_eoi_gmfn_v2
#else
#define PHYSDEVOP_pirq_eoi_gmfn PHYSDEVOP_pirq_eoi_gmfn_v1
#endif

/* Tells that the guest is done with a level interrupt. */
typedef struct physdev_eoi {
    uint32_t irq;
} physdev_eoi_t;
DEFINE_XEN_GUEST_HANDLE(physdev_eoi_t);

/* A page with a bit per pirq that needs physdev_eoi. */
typedef struct physdev_pirq_eoi_gmfn {
    xen_pfn_t gmfn;
} physdev_pirq_eoi_gmfn_t;
DEFINE_XEN_GUEST_HANDLE(physdev_pirq_eoi_gmfn_t);

#define _XENIRQSTAT_needs_eoi (0)
#define XENIRQSTAT_needs_eoi  (1U << _XENIRQSTAT_needs_eoi)
#define _XENIRQSTAT_shared    (1)
#define XENIRQSTAT_shared     (1U << _XENIRQSTAT_shared)

typedef struct physdev_irq_status_query {
    uint32_t irq;
    uint32_t flags; /* out: XENIRQSTAT_* */
} physdev_irq_status_query_t;
DEFINE_XEN_GUEST_HANDLE(physdev_irq_status_query_t);

/* The vCPU's IOPL. */
typedef struct physdev_set_iopl {
    uint32_t iopl;
} physdev_set_iopl_t;
DEFINE_XEN_GUEST_HANDLE(physdev_set_iopl_t);

/* The vCPU's I/O bitmap, as in a TSS; nr_ports 0 removes it. */
typedef struct physdev_set_iobitmap {
#if __XEN_INTERFACE_VERSION__ < 0x00030205
    uint8_t *bitmap;
#else
    XEN_GUEST_HANDLE(uint8) bitmap;
#endif
    uint32_t nr_ports;
} physdev_set_iobitmap_t;
DEFINE_XEN_GUEST_HANDLE(physdev_set_iobitmap_t);

typedef struct physdev_apic {
    unsigned long apic_physbase;
    uint32_t reg, value;
} physdev_apic_t;
DEFINE_XEN_GUEST_HANDLE(physdev_apic_t);

typedef struct physdev_irq {
    uint32_t irq;
    uint32_t vector; /* out */
} physdev_irq_t;
DEFINE_XEN_GUEST_HANDLE(physdev_irq_t);

#define MAP_PIRQ_TYPE_MSI       0x0
#define MAP_PIRQ_TYPE_GSI       0x1
#define MAP_PIRQ_TYPE_UNKNOWN   0x2
#define MAP_PIRQ_TYPE_MSI_SEG   0x3 /* the PCI segment is in bus[31:16] */
#define MAP_PIRQ_TYPE_MULTI_MSI 0x4 /* likewise; entry_nr is the number of vectors */

typedef struct physdev_map_pirq {
    domid_t domid;
    int type;  /* MAP_PIRQ_TYPE_* */
    int index; /* GSI, or -1 */
    int pirq;  /* in: wanted, or -1; out */
    int bus, devfn;
    int entry_nr;        /* MSI-X entry, or count of MSIs (out too) */
    uint64_t table_base; /* MSI-X table; 0: MSI */
} physdev_map_pirq_t;
DEFINE_XEN_GUEST_HANDLE(physdev_map_pirq_t);

typedef struct physdev_unmap_pirq {
    domid_t domid;
    int pirq;
} physdev_unmap_pirq_t;
DEFINE_XEN_GUEST_HANDLE(physdev_unmap_pirq_t);

/* Announcing devices; segment 0 only in these forms. */
typedef struct physdev_manage_pci {
    uint8_t bus, devfn;
} physdev_manage_pci_t;
DEFINE_XEN_GUEST_HANDLE(physdev_manage_pci_t);

typedef struct physdev_manage_pci_ext {
    uint8_t bus, devfn;
    uint32_t is_extfn, is_virtfn;
    struct {
        uint8_t bus, devfn;
    } physfn;
} physdev_manage_pci_ext_t;
DEFINE_XEN_GUEST_HANDLE(physdev_manage_pci_ext_t);

/* Writes the MSI state into the device again, after a reset or sleep. */
typedef struct physdev_restore_msi {
    uint8_t bus, devfn;
} physdev_restore_msi_t;
DEFINE_XEN_GUEST_HANDLE(physdev_restore_msi_t);

typedef struct physdev_pci_device {
    uint16_t seg;
    uint8_t bus, devfn;
} physdev_pci_device_t;
DEFINE_XEN_GUEST_HANDLE(physdev_pci_device_t);

/* physdev_pci_device_add.flags */
#define XEN_PCI_DEV_EXTFN  0x1 /* beyond function 0 of an ARI device */
#define XEN_PCI_DEV_VIRTFN 0x2 /* a virtual function of physfn */
#define XEN_PCI_DEV_PXM    0x4 /* optarr[0] is the proximity domain */

typedef struct physdev_pci_device_add {
    uint16_t seg;
    uint8_t bus, devfn;
    uint32_t flags;
    struct {
        uint8_t bus, devfn;
    } physfn;
    uint32_t optarr[XEN_FLEX_ARRAY_DIM];
} physdev_pci_device_add_t;
DEFINE_XEN_GUEST_HANDLE(physdev_pci_device_add_t);

/* Trigger and polarity of a GSI, as ACPI says: 1 is level, 1 is active low. */
typedef struct physdev_setup_gsi {
    int gsi;
    uint8_t triggering, polarity;
} physdev_setup_gsi_t;
DEFINE_XEN_GUEST_HANDLE(physdev_setup_gsi_t);

typedef struct physdev_get_free_pirq {
    int type;      /* MAP_PIRQ_TYPE_* */
    uint32_t pirq; /* out */
} physdev_get_free_pirq_t;
DEFINE_XEN_GUEST_HANDLE(physdev_get_free_pirq_t);

#define XEN_PCI_MMCFG_RESERVED 0x1 /* firmware reserves the area: it may be used */

typedef struct physdev_pci_mmcfg_reserved {
    uint64_t address;
    uint16_t segment;
    uint8_t start_bus, end_bus;
    uint32_t flags;
} physdev_pci_mmcfg_reserved_t;
DEFINE_XEN_GUEST_HANDLE(physdev_pci_mmcfg_reserved_t);

/* A USB controller with a debug port is about to be reset, or was. */
#define PHYSDEVOP_DBGP_RESET_PREPARE 1
#define PHYSDEVOP_DBGP_RESET_DONE    2
#define PHYSDEVOP_DBGP_BUS_UNKNOWN   0
#define PHYSDEVOP_DBGP_BUS_PCI       1

typedef struct physdev_dbgp_op {
    uint8_t op, bus;
    union {
        physdev_pci_device_t pci;
    } u;
} physdev_dbgp_op_t;
DEFINE_XEN_GUEST_HANDLE(physdev_dbgp_op_t);

/* Argument of __HYPERVISOR_physdev_op_compat. */
typedef struct physdev_op {
    uint32_t cmd;
    union {
        physdev_apic_t apic_op;
        physdev_irq_t irq_op;
        physdev_irq_status_query_t irq_status_query;
        physdev_set_iobitmap_t set_iobitmap;
        physdev_set_iopl_t set_iopl;
    } u;
} physdev_op_t;
DEFINE_XEN_GUEST_HANDLE(physdev_op_t);

/* Names of the compat call. */
#define PHYSDEVOP_IRQ_UNMASK_NOTIFY 4
#if __XEN_INTERFACE_VERSION__ < 0x00040600
#define PHYSDEVOP_APIC_READ               PHYSDEVOP_apic_read
#define PHYSDEVOP_APIC_WRITE              PHYSDEVOP_apic_write
#define PHYSDEVOP_ASSIGN_VECTOR           PHYSDEVOP_alloc_irq_vector
#define PHYSDEVOP_FREE_VECTOR             PHYSDEVOP_free_irq_vector
#define PHYSDEVOP_IRQ_NEEDS_UNMASK_NOTIFY XENIRQSTAT_needs_eoi
#define PHYSDEVOP_IRQ_SHARED              XENIRQSTAT_shared
#define PHYSDEVOP_IRQ_STATUS_QUERY        PHYSDEVOP_irq_status_query
#define PHYSDEVOP_SET_IOBITMAP            PHYSDEVOP_set_iobitmap
#define PHYSDEVOP_SET_IOPL                PHYSDEVOP_set_iopl
#endif

#endif /* __XEN_PUBLIC_PHYSDEV_H__ */
