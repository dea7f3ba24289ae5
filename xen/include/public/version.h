/* SPDX-License-Identifier: MIT */
/* Facts about the hypervisor: HYPERVISOR_xen_version(cmd, buffer). */
#ifndef __XEN_PUBLIC_VERSION_H__
#define __XEN_PUBLIC_VERSION_H__

#include "xen.h"
#include "features.h"

#define XENVER_version             0  /* none; returns major << 16 | minor */
#define XENVER_extraversion        1  /* xen_extraversion_t */
#define XENVER_compile_info        2  /* xen_compile_info */
#define XENVER_capabilities        3  /* xen_capabilities_info_t */
#define XENVER_changeset           4  /* xen_changeset_info_t */
#define XENVER_platform_parameters 5  /* xen_platform_parameters */
#define XENVER_get_features        6  /* xen_feature_info */
#define XENVER_pagesize            7  /* none; returns bytes */
#define XENVER_guest_handle        8  /* xen_domain_handle_t */
#define XENVER_commandline         9  /* xen_commandline_t */
#define XENVER_build_id            10 /* xen_build_id; returns its length */

/* Texts, with the final NUL. */
typedef char xen_extraversion_t[16];
typedef char xen_capabilities_info_t[1024]; /* kinds of guest, each with a space after it */
typedef char xen_changeset_info_t[64];
typedef char xen_commandline_t[1024];
#define XEN_EXTRAVERSION_LEN      (sizeof(xen_extraversion_t))
#define XEN_CAPABILITIES_INFO_LEN (sizeof(xen_capabilities_info_t))
#define XEN_CHANGESET_INFO_LEN    (sizeof(xen_changeset_info_t))

typedef struct xen_compile_info {
    char compiler[64], compile_by[16];
    char compile_domain[32], compile_date[32];
} xen_compile_info_t;

typedef struct xen_platform_parameters {
    xen_ulong_t virt_start; /* first address of the hypervisor's range in PV guests */
} xen_platform_parameters_t;

typedef struct xen_feature_info {
    unsigned int submap_idx; /* in: which 32 features */
    uint32_t submap;         /* out: bits XENFEAT_* */
} xen_feature_info_t;

typedef struct xen_build_id {
    uint32_t len; /* in: room in bytes */
    unsigned char buf[XEN_FLEX_ARRAY_DIM];
} xen_build_id_t;

#endif /* __XEN_PUBLIC_VERSION_H__ */
