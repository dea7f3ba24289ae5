/* SPDX-License-Identifier: MIT */
#ifndef DEVICEMODEL_PRIVATE_H
#define DEVICEMODEL_PRIVATE_H

#include "sysdep/toolcore.h"
#include "sysdep/xendev.h"
#include "xendevicemodel.h"

struct xendevicemodel_handle {
    struct toolcore_handle active;
    int fd; /* /dev/xen/privcmd */
};

/*
 * Issue @op, which the hypervisor may change, with one further buffer or none (@data NULL).
 * Returns 0, or -1 with errno.
 */
int dm_op_data(xendevicemodel_handle *dmod, domid_t domid, struct xen_dm_op *op, void *data,
               size_t len);

static inline int dm_op(xendevicemodel_handle *dmod, domid_t domid, struct xen_dm_op op)
{
    return dm_op_data(dmod, domid, &op, NULL, 0);
}

#endif
