/* SPDX-License-Identifier: MIT */
/* The "state" node of a frontend or backend in xenstore. */
#ifndef _XEN_PUBLIC_IO_XENBUS_H
#define _XEN_PUBLIC_IO_XENBUS_H

typedef enum xenbus_state {
    XenbusStateUnknown,
    XenbusStateInitialising,
    XenbusStateInitWait,    /* backend: its part is in xenstore, the frontend's is awaited */
    XenbusStateInitialised, /* frontend: its rings and ports are in xenstore */
    XenbusStateConnected,
    XenbusStateClosing, /* on the way out, by an error or by removal */
    XenbusStateClosed,
    XenbusStateReconfiguring, /* pcifront: devices come or go */
    XenbusStateReconfigured
} XenbusState;

#endif /* _XEN_PUBLIC_IO_XENBUS_H */
