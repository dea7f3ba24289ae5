/* SPDX-License-Identifier: MIT */
/* What this build is made of: XENVER_*. Texts are fixed at build time. */
#ifndef XEN_VERSION_INFO_H
#define XEN_VERSION_INFO_H

#include <xen/types.h>

extern const char version_extra[]; /* ".0-anew": XENVER_extraversion */
extern const char version_compiler[];
extern const char version_compile_by[];
extern const char version_compile_domain[];
extern const char version_compile_date[]; /* of the source, so that builds repeat */
extern const char version_changeset[];

/* Bytes of the linker's build id; *@len 0 where there is none. */
const uint8_t *version_build_id(unsigned int *len);
/* The first lines of the log. */
void version_print(void);

#endif
