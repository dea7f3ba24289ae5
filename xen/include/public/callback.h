/* SPDX-License-Identifier: MIT */
/* Entry points of a PV kernel: HYPERVISOR_callback_op(cmd, arg). */
#ifndef __XEN_PUBLIC_CALLBACK_H__
#define __XEN_PUBLIC_CALLBACK_H__

#include "xen.h"

#define CALLBACKOP_register   0 /* callback_register */
#define CALLBACKOP_unregister 1 /* callback_unregister */

#define CALLBACKTYPE_event               0 /* event channels */
#define CALLBACKTYPE_failsafe            1 /* a return to the guest faulted */
#define CALLBACKTYPE_syscall             2 /* from 64-bit user code */
#define CALLBACKTYPE_sysenter_deprecated 3
#define CALLBACKTYPE_nmi                 4
#if __XEN_INTERFACE_VERSION__ < 0x00030207
#define CALLBACKTYPE_sysenter CALLBACKTYPE_sysenter_deprecated
#else
#define CALLBACKTYPE_sysenter 5
#endif
#define CALLBACKTYPE_syscall32 7 /* from 32-bit user code */

/* callback_register.flags: enter with events masked */
#define _CALLBACKF_mask_events 0
#define CALLBACKF_mask_events  (1U << _CALLBACKF_mask_events)

typedef struct callback_register {
    uint16_t type, flags;
    xen_callback_t address;
} callback_register_t;
DEFINE_XEN_GUEST_HANDLE(callback_register_t);

typedef struct callback_unregister {
    uint16_t type, _unused;
} callback_unregister_t;
DEFINE_XEN_GUEST_HANDLE(callback_unregister_t);

#endif /* __XEN_PUBLIC_CALLBACK_H__ */
