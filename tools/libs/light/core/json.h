/* SPDX-License-Identifier: MIT */
/* JSON text with four spaces per level, one element per line, as libxl always prints it. */
#ifndef LIBXL_CORE_JSON_H
#define LIBXL_CORE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_writer {
    char *text;
    size_t len, cap;
    unsigned int depth;
    bool first;     /* nothing is in the innermost container yet */
    bool after_key; /* the next value belongs to a key just written */
};

void jw_map_begin(struct json_writer *w);
void jw_map_end(struct json_writer *w);
void jw_array_begin(struct json_writer *w);
void jw_array_end(struct json_writer *w);
void jw_key(struct json_writer *w, const char *key);
void jw_string(struct json_writer *w, const char *s); /* NULL gives null */
void jw_int(struct json_writer *w, int64_t v);
void jw_uint(struct json_writer *w, uint64_t v);
void jw_bool(struct json_writer *w, bool v);
/* Ends the text with a newline; the caller frees it. */
char *jw_finish(struct json_writer *w);

#endif
