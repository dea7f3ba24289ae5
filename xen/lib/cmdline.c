/* SPDX-License-Identifier: MIT */
#include <xen/lib/cmdline.h>
#include <xen/lib/compiler.h>
#include <xen/lib/errno.h>
#include <xen/lib/string.h>

static const char *skip_blanks(const char *p)
{
    while (isspace(*p))
        p++;
    return p;
}

static bool is_end_marker(const char *p)
{
    return p[0] == '-' && p[1] == '-' && (!p[2] || isspace(p[2]));
}

static void append(struct cmdline_opt *opt, size_t *len, char c)
{
    if (*len + 1 < sizeof(opt->text))
        opt->text[(*len)++] = c;
    else
        opt->cut = true;
}

/* The token's text is complete: find name, value and "no-". */
static void split_token(struct cmdline_opt *opt, size_t len)
{
    char *eq;

    opt->text[len] = '\0';
    opt->name = opt->text;
    opt->value = NULL;
    opt->negated = false;
    eq = strchr(opt->text, '=');
    if (eq) {
        *eq = '\0';
        opt->value = eq + 1;
    } else if (strstarts(opt->text, "no-") && opt->text[3]) {
        opt->negated = true;
        opt->name += 3;
    }
}

const char *cmdline_next(const char *pos, struct cmdline_opt *opt)
{
    char quote = '\0';
    size_t len = 0;

    pos = skip_blanks(pos);
    if (!*pos || is_end_marker(pos))
        return NULL;
    opt->cut = false;
    for (; *pos && (quote || !isspace(*pos)); pos++) {
        if (quote ? *pos == quote : (*pos == '"' || *pos == '\''))
            quote = quote ? '\0' : *pos;
        else
            append(opt, &len, *pos);
    }
    split_token(opt, len);
    return pos;
}

const char *cmdline_rest(const char *line)
{
    struct cmdline_opt opt;
    const char *last = line;

    while ((line = cmdline_next(last, &opt)))
        last = line;
    last = skip_blanks(last);
    return *last ? skip_blanks(last + 2) : NULL;
}

const char *cmdline_next_item(const char *pos, struct cmdline_opt *opt)
{
    size_t len = 0;

    while (*pos == ',')
        pos++;
    if (!*pos)
        return NULL;
    opt->cut = false;
    for (; *pos && *pos != ','; pos++)
        append(opt, &len, *pos);
    split_token(opt, len);
    return pos;
}

static char fold(char c)
{
    return c == '_' ? '-' : c;
}

bool cmdline_name_eq(const char *a, const char *b)
{
    for (; fold(*a) == fold(*b); a++, b++) {
        if (!*a)
            return true;
    }
    return false;
}

int cmdline_bool(const struct cmdline_opt *opt)
{
    if (opt->value)
        return parse_bool(opt->value, strlen(opt->value));
    return !opt->negated;
}

static int store_uint(const struct cmdline_param *p, uint64_t v)
{
    if (p->len < sizeof(v) && v >> (p->len * 8))
        return -ERANGE;
    switch (p->len) {
    case 1:
        *(uint8_t *)p->var = (uint8_t)v;
        return 0;
    case 2:
        *(uint16_t *)p->var = (uint16_t)v;
        return 0;
    case 4:
        *(uint32_t *)p->var = (uint32_t)v;
        return 0;
    case 8:
        *(uint64_t *)p->var = v;
        return 0;
    }
    return -EINVAL;
}

static int set_string(const struct cmdline_param *p, const char *value)
{
    if (strlen(value) >= p->len)
        return -E2BIG;
    strlcpy(p->var, value, p->len);
    return 0;
}

static int set_uint(const struct cmdline_param *p, const char *value)
{
    const char *end;
    uint64_t v;
    int rc = text_to_u64(value, &end, 0, &v);

    if (!rc && *end)
        rc = -EINVAL;
    return rc ? rc : store_uint(p, v);
}

static int set_int(const struct cmdline_param *p, const char *value)
{
    bool minus = *value == '-';
    uint64_t v, max;
    const char *end;
    int rc = text_to_u64(value + minus, &end, 0, &v);

    if (rc)
        return rc;
    if (*end || p->len < 1 || p->len > 8)
        return -EINVAL;
    max = UINT64_MAX >> (65 - p->len * 8);
    if (v > max + minus)
        return -ERANGE;
    if (minus)
        v = (0 - v) & (UINT64_MAX >> (64 - p->len * 8));
    return store_uint(p, v);
}

static int set_size(const struct cmdline_param *p, const char *value)
{
    const char *end;
    uint64_t v;
    int rc = parse_size(value, &end, 10, &v);

    if (!rc && *end)
        rc = -EINVAL;
    return rc ? rc : store_uint(p, v);
}

static int set_bool(const struct cmdline_param *p, const struct cmdline_opt *opt)
{
    int v = cmdline_bool(opt);

    return v < 0 ? v : store_uint(p, (uint64_t)v);
}

static const char *custom_value(const struct cmdline_opt *opt)
{
    if (opt->value)
        return opt->value;
    return opt->negated ? "no" : "";
}

static int apply_one(const struct cmdline_param *p, const struct cmdline_opt *opt)
{
    if (opt->cut)
        return -E2BIG;
    if (p->type == CMDLINE_CUSTOM)
        return p->handler(custom_value(opt));
    if (p->type == CMDLINE_BOOL)
        return set_bool(p, opt);
    if (!opt->value)
        return -EINVAL;
    switch (p->type) {
    case CMDLINE_STRING:
        return set_string(p, opt->value);
    case CMDLINE_INT:
        return set_int(p, opt->value);
    case CMDLINE_UINT:
        return set_uint(p, opt->value);
    case CMDLINE_SIZE:
        return set_size(p, opt->value);
    default:
        return -EINVAL;
    }
}

/* A name that itself begins with "no-" is looked for before "no-" counts as a negation. */
static bool matches(const struct cmdline_param *p, struct cmdline_opt *opt)
{
    if (cmdline_name_eq(p->name, opt->name))
        return true;
    if (!opt->negated || !cmdline_name_eq(p->name, opt->text))
        return false;
    opt->negated = false;
    opt->name = opt->text;
    return true;
}

static int apply_all(const struct cmdline_param *params, size_t nr, struct cmdline_opt *opt)
{
    int rc = -ENOENT;

    for (size_t i = 0; i < nr; i++) {
        if (matches(&params[i], opt)) {
            int r = apply_one(&params[i], opt);

            if (rc == -ENOENT || (r && !rc))
                rc = r;
        }
    }
    return rc;
}

unsigned int cmdline_apply(const char *line, const struct cmdline_param *params, size_t nr,
                           void (*report)(void *ctx, const struct cmdline_opt *opt, int error),
                           void *ctx)
{
    struct cmdline_opt opt;
    unsigned int failed = 0;

    while ((line = cmdline_next(line, &opt))) {
        int rc = apply_all(params, nr, &opt);

        if (rc) {
            failed++;
            if (report)
                report(ctx, &opt, rc);
        }
    }
    return failed;
}
