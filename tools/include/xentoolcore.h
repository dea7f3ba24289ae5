/* SPDX-License-Identifier: MIT */
/* libxentoolcore: what all the toolstack's libraries share. */
#ifndef XENTOOLCORE_H
#define XENTOOLCORE_H

#include <stdint.h>
#include <xen/xen.h>

/*
 * Drop privilege: every handle which this process has open, in any library of the toolstack, can
 * afterwards act on domain @domid only, or is no longer usable at all. Handles opened later are
 * free again, so drop the right to open the devices as well.
 *
 * Returns 0, or -1 with errno; after a failure some handles are limited and some are not.
 * Do not use it together with handles that are being opened or closed in another thread.
 */
int xentoolcore_restrict_all(domid_t domid);

#endif
