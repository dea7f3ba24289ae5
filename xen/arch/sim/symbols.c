/* SPDX-License-Identifier: MIT */
/* An empty table of symbols: the sanitizers have a better one. */
#include <xen/symbols.h>

extern const uint32_t symbols_nr, symbols_offset[], symbols_name[];
extern const char symbols_text[];
extern char _stext[], _sinittext[], _einittext[];

const uint32_t symbols_nr = 0, symbols_offset[1], symbols_name[1];
const char symbols_text[1];
char _stext[1], _sinittext[1], _einittext[1];
