/* SPDX-License-Identifier: MIT */
/* Looking at domains. */
#ifndef LIBXL_CORE_DOMAINS_H
#define LIBXL_CORE_DOMAINS_H

#include "core/internal.h"

/* ERROR_DOMAIN_NOTFOUND: no such domain. */
int domain_get(struct scope *sc, uint32_t domid, xc_domaininfo_t *out);
int domain_uuid(struct scope *sc, uint32_t domid, libxl_uuid *out);
/* LIBXL_DOMAIN_TYPE_INVALID if it does not exist. */
libxl_domain_type domain_type(struct scope *sc, uint32_t domid);
/* Scope memory, or NULL. */
char *domain_name(struct scope *sc, uint32_t domid);
/* All domains; the caller frees the array. */
xc_domaininfo_t *domains_get(struct scope *sc, unsigned int *nr);
void dominfo_fill(const xc_domaininfo_t *xd, libxl_dominfo *out);

#endif
