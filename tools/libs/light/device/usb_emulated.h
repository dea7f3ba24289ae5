/* SPDX-License-Identifier: MIT */
/*
 * USB in the emulated machine of an HVM guest: what the device model has to be told. Controllers
 * are PCI devices of the guest; a host's device is at a port of one.
 */
#ifndef LIBXL_DEVICE_USB_EMULATED_H
#define LIBXL_DEVICE_USB_EMULATED_H

#include "device/usb.h"
#include "dm/dm.h"

/* How many ports there are, and whether there can be so many. */
int usb_emulated_defaults(struct scope *sc, libxl_device_usbctrl *d);

void usb_ctrl_plug(struct dm_task *t, const libxl_device_usbctrl *d);
void usb_ctrl_unplug(struct dm_task *t, int ctrl);
void usb_dev_plug(struct dm_task *t, const libxl_device_usbdev *d);
void usb_dev_unplug(struct dm_task *t, int ctrl, int port);
/* All those of a new domain, to the command line: a device model that starts from a saved state
 * must have them by then. */
void usb_plug_all(struct dm_args *a);

#endif
