/* SPDX-License-Identifier: MIT */
/* The parts of reading xl.cfg. Each ends the program with a message if a value is wrong. */
#ifndef XL_CONFIG_H
#define XL_CONFIG_H

#include "xl.h"

/* Keys of HVM and PVH guests, the device model and displays; the type is known. */
void config_take_platform(XLU_Config *cfg, libxl_domain_config *d);
void drop_if_empty(libxl_string_list *list); /* which is then NULL */
/* Says what is outdated or has no effect. */
void config_warn(XLU_Config *cfg, const libxl_domain_config *d);
/* Devices that are neither disks nor network cards. */
void config_take_devices(XLU_Config *cfg, libxl_domain_config *d);
/* Sound cards. */
void config_take_vsnd(XLU_Config *cfg, libxl_domain_config *d);
/* Virtual NUMA nodes; how many vCPUs and how much memory these have, 0: there are none. */
void config_take_vnuma(XLU_Config *cfg, libxl_domain_build_info *b);
long vnuma_vcpus(const libxl_domain_build_info *b);
uint64_t vnuma_memkb(const libxl_domain_build_info *b);

#endif
