/* SPDX-License-Identifier: MIT */
/*
 * USB devices of the host at the ports of guests' controllers. A port is a node of the controller:
 * empty, or where on the host its device is ("1-2.3": bus 1, port 3 of the hub at port 2). Of a PV
 * controller the device model (backend "qusb") takes a device when it finds it there, and gives it
 * back. Of an emulated one (device/usb_emulated.h) there is only the toolstack's record.
 */
#ifndef LIBXL_DEVICE_USB_H
#define LIBXL_DEVICE_USB_H

#include "device/device.h"

#define USB_KIND      "vusb" /* all controllers, whatever is behind them */
#define USB_PORTS_MAX 31

/* @type: of the guest. */
int usbctrl_defaults(struct scope *sc, uint32_t domid, libxl_domain_type type,
                     libxl_device_usbctrl *d);
/* @c: whose devices are at its ports; NULL: none. */
int usbctrl_describe_with(struct scope *sc, uint32_t domid, const libxl_domain_config *c,
                          const libxl_device_usbctrl *d, struct device_op *op);
/* LIBXL_USBCTRL_TYPE_AUTO: there is no such controller. */
libxl_usbctrl_type usbctrl_type(struct scope *sc, uint32_t domid, int ctrl);
/* Its ports, and whether one has a device. */
int usbctrl_ports(struct scope *sc, uint32_t domid, int ctrl);
bool usb_port_busy(struct scope *sc, uint32_t domid, int ctrl, int port);
/* Takes all devices from the ports of a controller. */
int usbctrl_empty(struct scope *sc, uint32_t domid, int ctrl);
/* In the stored configuration. */
int usbctrl_config_add(struct scope *sc, uint32_t domid, const libxl_device_usbctrl *d);
/* Where the host has it, scope memory; NULL, with a message: nowhere. */
char *usb_find_place(struct scope *sc, const libxl_device_usbdev *d);
char *usb_port_key(struct scope *sc, int port);
/* Of a new domain: each device is there, and gets a port, if need be of a controller more. */
int usbdevs_defaults(struct scope *sc, libxl_domain_config *c);

#endif
