/* SPDX-License-Identifier: MIT */
/* Numbers by which PV drivers in HVM guests tell QEMU's unplug port what they are. */
#ifndef _XEN_PUBLIC_PVDRIVERS_H_
#define _XEN_PUBLIC_PVDRIVERS_H_

/* EACH(name, number) per product. */
#define PVDRIVERS_PRODUCT_LIST(EACH)                                                               \
    EACH("xensource-windows", 1)                                                                   \
    EACH("gplpv-windows", 2)                                                                       \
    EACH("linux", 3)                                                                               \
    EACH("xenserver-windows-v7.0+", 4)                                                             \
    EACH("xenserver-windows-v7.2+", 5)                                                             \
    EACH("experimental", 0xffff)

#endif /* _XEN_PUBLIC_PVDRIVERS_H_ */
