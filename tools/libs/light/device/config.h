/* SPDX-License-Identifier: MIT */
/* Keeping the stored configuration in step when devices come and go. A domain without one (dom0's
 * may be missing) is no error. */
#ifndef LIBXL_DEVICE_CONFIG_H
#define LIBXL_DEVICE_CONFIG_H

#include "device/device.h"

int config_add_disk(struct scope *sc, uint32_t domid, const libxl_device_disk *disk);
int config_remove_disk(struct scope *sc, uint32_t domid, int devid);
int config_add_nic(struct scope *sc, uint32_t domid, const libxl_device_nic *nic);
int config_remove_nic(struct scope *sc, uint32_t domid, int devid);

#endif
