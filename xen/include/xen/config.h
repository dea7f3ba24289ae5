/* SPDX-License-Identifier: MIT */
/* Included before every file. */
#ifndef XEN_CONFIG_H
#define XEN_CONFIG_H

#ifndef __ASSEMBLY__
#include <xen/types.h>
#endif

#define XEN_MAJOR        4
#define XEN_MINOR        17
#define XEN_EXTRAVERSION ".0-anew"

#endif
