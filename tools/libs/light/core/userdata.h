/* SPDX-License-Identifier: MIT */
/* Files that belong to a domain, in XEN_LIB_DIR; above all its configuration ("libxl-json"). */
#ifndef LIBXL_CORE_USERDATA_H
#define LIBXL_CORE_USERDATA_H

#include "core/internal.h"

/* One lock for all domains, held for the few steps of a read-change-write only. */
int userdata_lock(struct scope *sc); /* a descriptor, or a negative error */
void userdata_unlock(int lock);

/* With the lock held. ERROR_JSON_CONFIG_EMPTY: there is none. @config is initialised here. */
int config_load(struct scope *sc, uint32_t domid, libxl_domain_config *config);
int config_save(struct scope *sc, uint32_t domid, const libxl_domain_config *config);

/* Remove all of a domain's files. The domain need not exist any more. */
void userdata_remove_all(struct scope *sc, uint32_t domid);

#endif
