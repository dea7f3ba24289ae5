/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "private.h"
#include "xentoollog.h"

static int dm_restrict(struct toolcore_handle *active, domid_t domid)
{
    return xendevicemodel_restrict((void *)active, domid);
}

xendevicemodel_handle *xendevicemodel_open(struct xentoollog_logger *logger,
                                           unsigned int open_flags)
{
    struct xendevicemodel_handle *dmod;

    if (open_flags) {
        errno = EINVAL;
        return NULL;
    }
    dmod = calloc(1, sizeof(*dmod));
    if (!dmod)
        return NULL;
    dmod->active.restrict_to = dm_restrict;
    dmod->fd = open("/dev/xen/privcmd", O_RDWR | O_CLOEXEC);
    if (dmod->fd < 0) {
        if (logger)
            xtl_log(logger, XTL_ERROR, errno, "xendevicemodel", "cannot open /dev/xen/privcmd");
        free(dmod);
        return NULL;
    }
    xentoolcore__register_active_handle(&dmod->active);
    return dmod;
}

int xendevicemodel_close(xendevicemodel_handle *dmod)
{
    int r;

    if (!dmod)
        return 0;
    xentoolcore__deregister_active_handle(&dmod->active);
    r = close(dmod->fd);
    free(dmod);
    return r;
}

static int dm_ioctl(xendevicemodel_handle *dmod, unsigned long request, void *arg)
{
    int r = ioctl(dmod->fd, request, arg);

    if (r && errno == ENOTTY)
        errno = EOPNOTSUPP;
    return r;
}

int xendevicemodel_restrict(xendevicemodel_handle *dmod, domid_t domid)
{
    uint16_t arg = domid;

    return dm_ioctl(dmod, DEV_PRIVCMD_RESTRICT, &arg);
}

int dm_op_data(xendevicemodel_handle *dmod, domid_t domid, struct xen_dm_op *op, void *data,
               size_t len)
{
    struct dev_dm_buf bufs[2] = {{op, sizeof(*op)}, {data, len}};
    struct dev_dm_op arg = {domid, data ? 2 : 1, bufs};

    return dm_ioctl(dmod, DEV_PRIVCMD_DM_OP, &arg);
}
