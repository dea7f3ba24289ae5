/* SPDX-License-Identifier: MIT */
/* The hypervisor's symbols, for backtraces; the table is linked in by xen/tools/symbols. */
#ifndef XEN_SYMBOLS_H
#define XEN_SYMBOLS_H

#include <xen/types.h>

/* Name of the function that holds @addr, its offset and size; NULL outside of the text. */
const char *symbols_lookup(unsigned long addr, unsigned long *offset, unsigned long *size);
/* In order of address: XENPF_get_symbol. 0 or -ERANGE. */
int symbols_get(unsigned int idx, unsigned long *addr, const char **name, char *type);

#endif
