/* SPDX-License-Identifier: MIT */
/*
 * Configuration files in xl.cfg's syntax, and the small languages inside them.
 *
 * Errors: an errno value (not a libxl error), 0 is success. Messages go to the report stream,
 *         each with the file's name and the line.
 * Ownership: what a getter returns lives as long as the configuration, unless said otherwise.
 */
#ifndef LIBXLUTIL_H
#define LIBXLUTIL_H

#include <stdio.h>

#include "libxl.h"

enum XLU_ConfigValueType {
    XLU_STRING,
    XLU_LIST,
};

enum XLU_Operation {
    XLU_OP_ASSIGNMENT = 0,
    XLU_OP_ADDITION,
};

typedef struct XLU_Config XLU_Config;
typedef struct XLU_ConfigList XLU_ConfigList;
typedef struct XLU_ConfigValue XLU_ConfigValue;

/* @report_filename is copied. NULL: out of memory. */
XLU_Config *xlu_cfg_init(FILE *report, const char *report_filename);
/* After an error of one of these only xlu_cfg_destroy may follow. */
int xlu_cfg_readfile(XLU_Config *cfg, const char *real_filename);
int xlu_cfg_readdata(XLU_Config *cfg, const char *data, int length);
void xlu_cfg_destroy(XLU_Config *cfg);

/*
 * All getters: ESRCH the name is not set, EINVAL its value has another form (reported unless
 * @dont_warn). get_long also gives ERANGE for what does not fit, get_bounded_long EINVAL for what
 * is outside [min, max]. replace_string frees *value_r and stores a copy for the caller to free.
 */
int xlu_cfg_get_string(const XLU_Config *cfg, const char *n, const char **value_r, int dont_warn);
int xlu_cfg_replace_string(const XLU_Config *cfg, const char *n, char **value_r, int dont_warn);
int xlu_cfg_get_long(const XLU_Config *cfg, const char *n, long *value_r, int dont_warn);
int xlu_cfg_get_bounded_long(const XLU_Config *cfg, const char *n, long min, long max,
                             long *value_r, int dont_warn);
int xlu_cfg_get_defbool(const XLU_Config *cfg, const char *n, libxl_defbool *b, int dont_warn);

/* @list_r, @entries_r may be NULL. With dont_warn >= 2 a string is no reason to warn. */
int xlu_cfg_get_list(const XLU_Config *cfg, const char *n, XLU_ConfigList **list_r, int *entries_r,
                     int dont_warn);
int xlu_cfg_get_list_as_string_list(const XLU_Config *cfg, const char *n, libxl_string_list *sl,
                                    int dont_warn);
/* NULL past the end, and (listitem) if the entry is not a string. */
const char *xlu_cfg_get_listitem(const XLU_ConfigList *list, int entry);
XLU_ConfigValue *xlu_cfg_get_listitem2(const XLU_ConfigList *list, int entry);

enum XLU_ConfigValueType xlu_cfg_value_type(const XLU_ConfigValue *value);
int xlu_cfg_value_get_string(const XLU_Config *cfg, XLU_ConfigValue *value, char **value_r,
                             int dont_warn);
int xlu_cfg_value_get_list(const XLU_Config *cfg, XLU_ConfigValue *value, XLU_ConfigList **value_r,
                           int dont_warn);

/* xl-disk-configuration(5). @disk is initialised here; on error it has been disposed of. */
int xlu_disk_parse(XLU_Config *cfg, int nspecs, const char *const *specs, libxl_device_disk *disk);

/* xl-pci-configuration(5). */
int xlu_pci_parse_bdf(XLU_Config *cfg, libxl_device_pci *pci, const char *str);
int xlu_pci_parse_spec_string(XLU_Config *cfg, libxl_device_pci *pci, const char *str);
int xlu_rdm_parse(XLU_Config *cfg, libxl_rdm_reserve *rdm, const char *str);

/* xl-network-configuration(5), "rate". */
int xlu_vif_parse_rate(XLU_Config *cfg, const char *rate, libxl_device_nic *nic);

#endif
