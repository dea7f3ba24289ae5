/* SPDX-License-Identifier: MIT */
/* What the parser builds and the getters read. */
#ifndef LIBXLU_CFG_H
#define LIBXLU_CFG_H

#include <stdbool.h>
#include <stdio.h>

#include "libxlutil.h"

struct XLU_ConfigList {
    int nr, room;
    XLU_ConfigValue **values;
};

struct XLU_ConfigValue {
    enum XLU_ConfigValueType type;
    int line, column;
    union {
        char *string;
        XLU_ConfigList list;
    } u;
};

/* One name's setting; a later one of the same name takes its place, "+=" adds to it. */
struct setting {
    struct setting *next;
    char *name;
    XLU_ConfigValue *value;
    int line;
};

struct XLU_Config {
    FILE *report;
    char *source; /* the file's name, for messages */
    struct setting *settings;
};

/* While parsing. */
struct cfg_parse {
    XLU_Config *cfg;
    void *scanner;
    int err; /* errno value of the first error */
    int column;
    bool at_end; /* the scanner has supplied the last newline */
};

/* Out of memory ends the parse with ENOMEM; these then return NULL and take nothing over. */
char *cfg_text(struct cfg_parse *p, const char *s, size_t len);
char *cfg_unquote(struct cfg_parse *p, const char *s, size_t len, int line);
XLU_ConfigValue *cfg_string(struct cfg_parse *p, char *s, int line, int column);
XLU_ConfigValue *cfg_list(struct cfg_parse *p, int line, int column);
void cfg_list_append(struct cfg_parse *p, XLU_ConfigValue *list, XLU_ConfigValue *item);
void cfg_set(struct cfg_parse *p, char *name, enum XLU_Operation op, XLU_ConfigValue *value,
             int line);
void cfg_value_free(XLU_ConfigValue *v);
void cfg_error(struct cfg_parse *p, int line, const char *near_text, const char *msg);

#endif
