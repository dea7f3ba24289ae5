/* SPDX-License-Identifier: MIT */
/*
 * The error numbers that the helpers of this layer return, negated.
 *
 * The values are the ABI's (public/errno.h, the same numbers as Linux), written as plain literals
 * so that a second definition of the same number elsewhere stays a legal redefinition.
 */
#ifndef XEN_LIB_ERRNO_H
#define XEN_LIB_ERRNO_H

#define ENOENT     2
#define E2BIG      7
#define ENOMEM     12
#define EEXIST     17
#define EINVAL     22
#define ENOSPC     28
#define ERANGE     34
#define EOPNOTSUPP 95

#endif
