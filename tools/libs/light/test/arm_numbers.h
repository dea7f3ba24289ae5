/* SPDX-License-Identifier: MIT */
/* The numbers of Arm's public headers on another machine: what is theirs alone, as for assembly. */
#ifndef LIGHT_TEST_ARM_NUMBERS_H
#define LIGHT_TEST_ARM_NUMBERS_H

#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#define __aarch64__   1
#define __ASSEMBLY__  1
#define __XEN_TOOLS__ 1
#include <xen/xen.h>
#undef __ASSEMBLY__

#endif
