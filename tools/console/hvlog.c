/* SPDX-License-Identifier: MIT */
/* The hypervisor's own log, read on whenever it says that there is more. */
#include <errno.h>

#include "daemon.h"

#define HV_CHUNK      16384u
#define HV_MAX_CHUNKS 64 /* per event: guests must be served too */

int hvlog_start(struct daemon *d)
{
    int rc =
        log_open(&d->hv_log, d->opt.log_dir, "hypervisor", d->opt.stamp_hv, d->opt.replace_escape);

    if (rc)
        return rc;
    d->hv_port = xenevtchn_bind_virq(d->xce, VIRQ_CON_RING);
    if (d->hv_port < 0)
        return -errno;
    hvlog_event(d);
    return 0;
}

void hvlog_event(struct daemon *d)
{
    static char buf[HV_CHUNK];

    for (int i = 0; i < HV_MAX_CHUNKS; i++) {
        unsigned int size = sizeof(buf);

        if (xc_readconsolering(d->xch, buf, &size, 0, 1, &d->hv_index) != 0 || size == 0)
            break;
        log_write(&d->hv_log, buf, size);
    }
}
