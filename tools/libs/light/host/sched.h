/* SPDX-License-Identifier: MIT */
/* The real-time policy's part of a domain's parameters. */
#ifndef LIBXL_HOST_SCHED_H
#define LIBXL_HOST_SCHED_H

#include "core/internal.h"

int rtds_params_get(struct scope *sc, uint32_t domid, libxl_domain_sched_params *p);
/* What is left at its default stays as it is. ERROR_INVAL: the budget exceeds the period. */
int rtds_params_set(struct scope *sc, uint32_t domid, const libxl_domain_sched_params *p);

#endif
