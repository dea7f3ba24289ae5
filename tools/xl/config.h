/* SPDX-License-Identifier: MIT */
/* The parts of reading xl.cfg. Each ends the program with a message if a value is wrong. */
#ifndef XL_CONFIG_H
#define XL_CONFIG_H

#include "xl.h"

/* Keys of HVM and PVH guests, the device model and displays; the type is known. */
void config_take_platform(XLU_Config *cfg, libxl_domain_config *d);
/* Devices that are neither disks nor network cards. */
void config_take_devices(XLU_Config *cfg, libxl_domain_config *d);

#endif
