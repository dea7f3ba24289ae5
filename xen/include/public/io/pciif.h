/* SPDX-License-Identifier: MIT */
/*
 * PCI devices of PV guests: one shared page, one operation at a time. `flags` hands it over: the
 * frontend sets XEN_PCIF_active and the backend clears it; the reverse for errors (AER).
 */
#ifndef __XEN_PCI_COMMON_H__
#define __XEN_PCI_COMMON_H__

#define XEN_PCI_MAGIC "7" /* the "magic" node */

#define _XEN_PCIF_active     (0) /* bits of xen_pci_sharedinfo.flags */
#define _XEN_PCIB_AERHANDLER (1)
#define _XEN_PCIB_active     (2)
#define XEN_PCIF_active      (1 << _XEN_PCIF_active)
#define XEN_PCIB_AERHANDLER  (1 << _XEN_PCIB_AERHANDLER) /* the frontend handles AER */
#define XEN_PCIB_active      (1 << _XEN_PCIB_active)

/* cmd */
#define XEN_PCI_OP_conf_read        (0)
#define XEN_PCI_OP_conf_write       (1)
#define XEN_PCI_OP_enable_msi       (2)
#define XEN_PCI_OP_disable_msi      (3)
#define XEN_PCI_OP_enable_msix      (4)
#define XEN_PCI_OP_disable_msix     (5)
#define XEN_PCI_OP_aer_detected     (6)
#define XEN_PCI_OP_aer_resume       (7)
#define XEN_PCI_OP_aer_mmio         (8)
#define XEN_PCI_OP_aer_slotreset    (9)
#define XEN_PCI_OP_enable_multi_msi (10)

/* err */
#define XEN_PCI_ERR_success         (0)
#define XEN_PCI_ERR_dev_not_found   (-1)
#define XEN_PCI_ERR_invalid_offset  (-2)
#define XEN_PCI_ERR_access_denied   (-3)
#define XEN_PCI_ERR_not_implemented (-4)
#define XEN_PCI_ERR_op_failed       (-5)

#define SH_INFO_MAX_VEC 128

struct xen_msix_entry {
    uint16_t vector, entry; /* out, in */
};

struct xen_pci_op {
    uint32_t cmd;
    int32_t err;                 /* out */
    uint32_t domain, bus, devfn; /* in */
    int32_t offset, size;        /* in: bytes, in configuration space */
    uint32_t value;              /* in or out */
    uint32_t info;               /* MSI-X: number of entries */
    struct xen_msix_entry msix_entries[SH_INFO_MAX_VEC];
};

struct xen_pcie_aer_op {
    uint32_t cmd;
    int32_t err; /* pci_ers_result_t as on Linux */
    uint32_t domain, bus, devfn;
};

struct xen_pci_sharedinfo {
    uint32_t flags;
    struct xen_pci_op op;
    struct xen_pcie_aer_op aer_op;
};

#endif /* __XEN_PCI_COMMON_H__ */
