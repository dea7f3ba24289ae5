/* SPDX-License-Identifier: MIT */
/* An empty table of symbols, as the sanitizers have a better one; a test may bring its own. */
#include <xen/symbols.h>

extern const uint32_t symbols_nr, symbols_offset[], symbols_name[];
extern const char symbols_text[];
extern char _sinittext[], _einittext[];

const uint32_t symbols_nr __weak = 0, symbols_offset[1] __weak, symbols_name[1] __weak;
const char symbols_text[1] __weak;
char _sinittext[1], _einittext[1];
