/* SPDX-License-Identifier: MIT */
#include "cfg.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>

#include "cfg_parse.h"

#define YYSTYPE CFG_YYSTYPE
#define YYLTYPE CFG_YYLTYPE
#include "cfg_lex.h"

/* Building. */

static void no_memory(struct cfg_parse *p)
{
    if (!p->err)
        p->err = ENOMEM;
}

char *cfg_text(struct cfg_parse *p, const char *s, size_t len)
{
    char *t = strndup(s, len);

    if (!t)
        no_memory(p);
    return t;
}

/* The escape after a backslash at *s, which is moved past it; -1: there is no such. */
static int escape(const char **s, const char *end)
{
    static const char names[] = "abtnvfr", codes[] = "\a\b\t\n\v\f\r";
    char c = *(*s)++;
    const char *at = c ? strchr(names, c) : NULL;
    char num[4] = "";

    if (at)
        return codes[at - names];
    if (c == '\\' || c == '"' || c == '\'')
        return c;
    if (c == 'x') {
        for (int i = 0; i < 2 && *s < end && isxdigit((unsigned char)**s); i++)
            num[i] = *(*s)++;
        return *num ? (int)strtoul(num, NULL, 16) : -1;
    }
    if (c < '0' || c > '7')
        return -1;
    (*s)--;
    for (int i = 0; i < 3 && *s < end && **s >= '0' && **s <= '7'; i++)
        num[i] = *(*s)++;
    return (int)(strtoul(num, NULL, 8) & 0xff);
}

char *cfg_unquote(struct cfg_parse *p, const char *s, size_t len, int line)
{
    const char *end = s + len - 1;
    char *out = malloc(len), *o = out;

    if (!out) {
        no_memory(p);
        return NULL;
    }
    for (s++; s < end;) {
        int c;

        if (*s != '\\') {
            *o++ = *s++;
            continue;
        }
        s++;
        c = escape(&s, end);
        if (c <= 0) {
            cfg_error(p, line, NULL, "invalid escape in a string");
            break;
        }
        *o++ = (char)c;
    }
    *o = '\0';
    return out;
}

static XLU_ConfigValue *value_new(struct cfg_parse *p, enum XLU_ConfigValueType type, int line,
                                  int column)
{
    XLU_ConfigValue *v = calloc(1, sizeof(*v));

    if (!v) {
        no_memory(p);
        return NULL;
    }
    v->type = type;
    v->line = line;
    v->column = column;
    return v;
}

XLU_ConfigValue *cfg_string(struct cfg_parse *p, char *s, int line, int column)
{
    XLU_ConfigValue *v = s ? value_new(p, XLU_STRING, line, column) : NULL;

    if (v)
        v->u.string = s;
    else
        free(s);
    return v;
}

XLU_ConfigValue *cfg_list(struct cfg_parse *p, int line, int column)
{
    return value_new(p, XLU_LIST, line, column);
}

void cfg_list_append(struct cfg_parse *p, XLU_ConfigValue *list, XLU_ConfigValue *item)
{
    XLU_ConfigList *l;

    if (!list || !item)
        goto drop;
    l = &list->u.list;
    if (l->nr == l->room) {
        int room = l->room ? l->room * 2 : 4;
        XLU_ConfigValue **more = realloc(l->values, (size_t)room * sizeof(*more));

        if (!more) {
            no_memory(p);
            goto drop;
        }
        l->values = more;
        l->room = room;
    }
    l->values[l->nr++] = item;
    return;
drop:
    cfg_value_free(item);
}

void cfg_value_free(XLU_ConfigValue *v)
{
    if (!v)
        return;
    if (v->type == XLU_STRING) {
        free(v->u.string);
    } else {
        for (int i = 0; i < v->u.list.nr; i++)
            cfg_value_free(v->u.list.values[i]);
        free(v->u.list.values);
    }
    free(v);
}

static void setting_free(struct setting *s)
{
    free(s->name);
    cfg_value_free(s->value);
    free(s);
}

static struct setting *find(const XLU_Config *cfg, const char *name)
{
    for (struct setting *s = cfg->settings; s; s = s->next)
        if (!strcmp(s->name, name))
            return s;
    return NULL;
}

/* Strings are joined, lists too; anything else cannot be added. */
static int add_to(struct cfg_parse *p, XLU_ConfigValue *to, XLU_ConfigValue *more)
{
    if (to->type != more->type)
        return EINVAL;
    if (to->type == XLU_LIST) {
        for (int i = 0; i < more->u.list.nr; i++)
            cfg_list_append(p, to, more->u.list.values[i]);
        more->u.list.nr = 0;
    } else {
        char *s = malloc(strlen(to->u.string) + strlen(more->u.string) + 1);

        if (!s)
            return ENOMEM;
        strcpy(stpcpy(s, to->u.string), more->u.string);
        free(to->u.string);
        to->u.string = s;
    }
    return 0;
}

void cfg_set(struct cfg_parse *p, char *name, enum XLU_Operation op, XLU_ConfigValue *value,
             int line)
{
    struct setting *s;

    if (!name || !value)
        goto drop;
    s = find(p->cfg, name);
    if (s && op == XLU_OP_ADDITION) {
        if (add_to(p, s->value, value))
            cfg_error(p, line, name, "a string cannot be added to a list, nor a list to a string");
        goto drop;
    }
    if (!s) {
        s = calloc(1, sizeof(*s));
        if (!s) {
            no_memory(p);
            goto drop;
        }
        s->name = name;
        name = NULL;
        s->next = p->cfg->settings;
        p->cfg->settings = s;
    }
    cfg_value_free(s->value);
    s->value = value;
    s->line = line;
    free(name);
    return;
drop:
    free(name);
    cfg_value_free(value);
}

#define NEAR_MAX 40 /* characters of the input that a message quotes */

void cfg_error(struct cfg_parse *p, int line, const char *near_text, const char *msg)
{
    size_t len = near_text ? strcspn(near_text, "\n") : 0;

    if (p->err)
        return; /* what follows from the first error is no news */
    if (near_text && *near_text == '\n')
        fprintf(p->cfg->report, "%s:%d: config parsing error at end of line: %s\n", p->cfg->source,
                line, msg);
    else if (near_text)
        fprintf(p->cfg->report, "%s:%d: config parsing error near `%.*s%s': %s\n", p->cfg->source,
                line, (int)(len > NEAR_MAX ? NEAR_MAX : len), near_text,
                len > NEAR_MAX ? "..." : "", msg);
    else
        fprintf(p->cfg->report, "%s:%d: config parsing error: %s\n", p->cfg->source, line, msg);
    p->err = EINVAL;
}

/* Reading. */

XLU_Config *xlu_cfg_init(FILE *report, const char *report_filename)
{
    XLU_Config *cfg = calloc(1, sizeof(*cfg));

    if (!cfg)
        return NULL;
    cfg->report = report;
    cfg->source = strdup(report_filename);
    if (!cfg->source) {
        free(cfg);
        return NULL;
    }
    return cfg;
}

static int run(struct cfg_parse *p)
{
    int r = cfg_yyparse(p);

    if (!p->err && r)
        p->err = r == 2 ? ENOMEM : EINVAL;
    return p->err;
}

int xlu_cfg_readfile(XLU_Config *cfg, const char *real_filename)
{
    struct cfg_parse p = {.cfg = cfg};
    FILE *f = fopen(real_filename, "re");
    int e;

    if (!f) {
        e = errno;
        fprintf(cfg->report, "%s: unable to open configuration file: %s\n", real_filename,
                strerror(e));
        return e;
    }
    e = ENOMEM;
    if (!cfg_scan_lex_init_extra(&p, &p.scanner)) {
        cfg_scan_set_in(f, p.scanner);
        e = run(&p);
        cfg_scan_lex_destroy(p.scanner);
    }
    fclose(f);
    return e;
}

int xlu_cfg_readdata(XLU_Config *cfg, const char *data, int length)
{
    struct cfg_parse p = {.cfg = cfg};
    YY_BUFFER_STATE buf;
    int e = ENOMEM;

    if (cfg_scan_lex_init_extra(&p, &p.scanner))
        return e;
    buf = cfg_scan__scan_bytes(data, length, p.scanner);
    if (buf) {
        cfg_scan_set_lineno(1, p.scanner);
        e = run(&p);
        cfg_scan__delete_buffer(buf, p.scanner);
    }
    cfg_scan_lex_destroy(p.scanner);
    return e;
}

void xlu_cfg_destroy(XLU_Config *cfg)
{
    if (!cfg)
        return;
    while (cfg->settings) {
        struct setting *s = cfg->settings;

        cfg->settings = s->next;
        setting_free(s);
    }
    free(cfg->source);
    free(cfg);
}

/* Getters. */

static void warn(const XLU_Config *cfg, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static void warn(const XLU_Config *cfg, int line, const char *fmt, ...)
{
    va_list ap;

    fprintf(cfg->report, "%s:%d: warning: ", cfg->source, line);
    va_start(ap, fmt);
    vfprintf(cfg->report, fmt, ap);
    va_end(ap);
    fputc('\n', cfg->report);
}

/* A list of one string counts as that string. */
static int find_string(const XLU_Config *cfg, const char *n, struct setting **s_r,
                       const char **value_r, int dont_warn)
{
    struct setting *s = find(cfg, n);
    const XLU_ConfigValue *v;

    *s_r = s;
    if (!s)
        return ESRCH;
    v = s->value;
    if (v->type == XLU_LIST) {
        if (!dont_warn)
            warn(cfg, s->line, "parameter `%s' is a list but should be a single value", n);
        return EINVAL;
    }
    *value_r = v->u.string;
    return 0;
}

int xlu_cfg_get_string(const XLU_Config *cfg, const char *n, const char **value_r, int dont_warn)
{
    struct setting *s;
    int e;

    *value_r = NULL;
    e = find_string(cfg, n, &s, value_r, dont_warn);
    return e;
}

int xlu_cfg_replace_string(const XLU_Config *cfg, const char *n, char **value_r, int dont_warn)
{
    const char *value;
    struct setting *s;
    int e = find_string(cfg, n, &s, &value, dont_warn);

    if (e)
        return e;
    free(*value_r);
    *value_r = strdup(value);
    return *value_r ? 0 : ENOMEM;
}

int xlu_cfg_get_bounded_long(const XLU_Config *cfg, const char *n, long min, long max,
                             long *value_r, int dont_warn)
{
    const char *value;
    struct setting *s;
    char *end;
    long v;
    int e = find_string(cfg, n, &s, &value, dont_warn);

    if (e)
        return e;
    errno = 0;
    v = strtol(value, &end, 0);
    e = errno;
    if (e || end == value || *end) {
        if (!e)
            e = EINVAL;
        if (!dont_warn)
            warn(cfg, s->line, "parameter `%s' is not a valid number", n);
        return e;
    }
    if (v < min || v > max) {
        if (!dont_warn)
            warn(cfg, s->line, "value `%ld' of `%s' is %s bound '%ld'", v, n,
                 v < min ? "smaller than minimum" : "greater than maximum", v < min ? min : max);
        return EINVAL;
    }
    *value_r = v;
    return 0;
}

int xlu_cfg_get_long(const XLU_Config *cfg, const char *n, long *value_r, int dont_warn)
{
    return xlu_cfg_get_bounded_long(cfg, n, LONG_MIN, LONG_MAX, value_r, dont_warn);
}

int xlu_cfg_get_defbool(const XLU_Config *cfg, const char *n, libxl_defbool *b, int dont_warn)
{
    long v;
    int e = xlu_cfg_get_long(cfg, n, &v, dont_warn);

    if (!e)
        libxl_defbool_set(b, v);
    return e;
}

int xlu_cfg_get_list(const XLU_Config *cfg, const char *n, XLU_ConfigList **list_r, int *entries_r,
                     int dont_warn)
{
    struct setting *s = find(cfg, n);

    if (!s)
        return ESRCH;
    if (s->value->type != XLU_LIST) {
        if (dont_warn < 1)
            warn(cfg, s->line, "parameter `%s' is a single value but should be a list", n);
        return EINVAL;
    }
    if (list_r)
        *list_r = &s->value->u.list;
    if (entries_r)
        *entries_r = s->value->u.list.nr;
    return 0;
}

int xlu_cfg_get_list_as_string_list(const XLU_Config *cfg, const char *n, libxl_string_list *sl,
                                    int dont_warn)
{
    XLU_ConfigList *list;
    char **out;
    int nr, e = xlu_cfg_get_list(cfg, n, &list, &nr, dont_warn);

    if (e)
        return e;
    out = calloc((size_t)nr + 1, sizeof(*out));
    if (!out)
        return ENOMEM;
    for (int i = 0; i < nr; i++) {
        const char *s = xlu_cfg_get_listitem(list, i);

        out[i] = strdup(s ? s : "");
        if (!out[i]) {
            libxl_string_list_dispose(&out);
            return ENOMEM;
        }
    }
    *sl = out;
    return 0;
}

XLU_ConfigValue *xlu_cfg_get_listitem2(const XLU_ConfigList *list, int entry)
{
    return entry >= 0 && entry < list->nr ? list->values[entry] : NULL;
}

const char *xlu_cfg_get_listitem(const XLU_ConfigList *list, int entry)
{
    XLU_ConfigValue *v = xlu_cfg_get_listitem2(list, entry);

    return v && v->type == XLU_STRING ? v->u.string : NULL;
}

enum XLU_ConfigValueType xlu_cfg_value_type(const XLU_ConfigValue *value)
{
    return value->type;
}

int xlu_cfg_value_get_string(const XLU_Config *cfg, XLU_ConfigValue *value, char **value_r,
                             int dont_warn)
{
    if (value->type != XLU_STRING) {
        if (!dont_warn)
            warn(cfg, value->line, "value at column %d is not a string", value->column);
        *value_r = NULL;
        return EINVAL;
    }
    *value_r = value->u.string;
    return 0;
}

int xlu_cfg_value_get_list(const XLU_Config *cfg, XLU_ConfigValue *value, XLU_ConfigList **value_r,
                           int dont_warn)
{
    if (value->type != XLU_LIST) {
        if (!dont_warn)
            warn(cfg, value->line, "value at column %d is not a list", value->column);
        *value_r = NULL;
        return EINVAL;
    }
    *value_r = &value->u.list;
    return 0;
}
