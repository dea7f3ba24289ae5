/* SPDX-License-Identifier: MIT */
/* Former name of arch-x86/xen.h. */
#include "arch-x86/xen.h"
