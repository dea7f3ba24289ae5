/* SPDX-License-Identifier: MIT */
/* NMIs of the hardware domain: HYPERVISOR_nmi_op(cmd, arg). */
#ifndef __XEN_PUBLIC_NMI_H__
#define __XEN_PUBLIC_NMI_H__

#include "xen.h"

#define XENNMI_register_callback   0 /* xennmi_callback */
#define XENNMI_unregister_callback 1 /* none */

typedef struct xennmi_callback {
    unsigned long handler_address;
    unsigned long pad;
} xennmi_callback_t;
DEFINE_XEN_GUEST_HANDLE(xennmi_callback_t);

/* arch_shared_info.nmi_reason: bit numbers and masks */
#define _XEN_NMIREASON_io_error 0
#define _XEN_NMIREASON_pci_serr 1
#define _XEN_NMIREASON_unknown  2
#define XEN_NMIREASON_io_error  (1UL << _XEN_NMIREASON_io_error)
#define XEN_NMIREASON_pci_serr  (1UL << _XEN_NMIREASON_pci_serr)
#define XEN_NMIREASON_unknown   (1UL << _XEN_NMIREASON_unknown)
#if __XEN_INTERFACE_VERSION__ < 0x00040300
#define _XEN_NMIREASON_parity_error 1
#define XEN_NMIREASON_parity_error  (1UL << _XEN_NMIREASON_parity_error)
#endif

#endif /* __XEN_PUBLIC_NMI_H__ */
