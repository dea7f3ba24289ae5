/* SPDX-License-Identifier: MIT */
/*
 * Which revision of the interface a source file is written for.
 *
 * The hypervisor and the tools always take the newest. A guest may define
 * __XEN_INTERFACE_VERSION__ (0x00MMmmpp) before its first include to get the names of an older
 * release; without it, it gets the oldest names.
 */
#ifndef __XEN_PUBLIC_XEN_COMPAT_H__
#define __XEN_PUBLIC_XEN_COMPAT_H__

#define __XEN_LATEST_INTERFACE_VERSION__ 0x00040e00

#if defined(__XEN_TOOLS__) || defined(__XEN__)
#define __XEN_INTERFACE_VERSION__ __XEN_LATEST_INTERFACE_VERSION__
#endif
#ifndef __XEN_INTERFACE_VERSION__
#define __XEN_INTERFACE_VERSION__ 0x00000000
#endif

#if __XEN_LATEST_INTERFACE_VERSION__ < __XEN_INTERFACE_VERSION__
#error "__XEN_INTERFACE_VERSION__ is newer than these headers"
#endif

/* Older spelling of the macro in xen.h. */
#define COMPAT_FLEX_ARRAY_DIM XEN_FLEX_ARRAY_DIM

#endif /* __XEN_PUBLIC_XEN_COMPAT_H__ */
