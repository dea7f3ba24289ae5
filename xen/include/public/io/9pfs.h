/* SPDX-License-Identifier: MIT */
/* 9P file systems: plain 9P messages in a pair of byte rings. */
#ifndef __XEN_PUBLIC_IO_9PFS_H__
#define __XEN_PUBLIC_IO_9PFS_H__

#include "ring.h"
#include "../grant_table.h"

DEFINE_XEN_FLEX_RING_AND_INTF(xen_9pfs);

#endif /* __XEN_PUBLIC_IO_9PFS_H__ */
