/* SPDX-License-Identifier: MIT */
/*
 * Command lines: "name=value no-flag flag quoted="a b" -- rest".
 *
 * Tokens stand between blanks; quotes (" or ') protect blanks and are dropped. A token "--" ends
 * the line; what follows belongs to somebody else. In names '-' and '_' are the same.
 */
#ifndef XEN_LIB_CMDLINE_H
#define XEN_LIB_CMDLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CMDLINE_TOKEN_SIZE 512

struct cmdline_opt {
    const char *name;  /* inside text[]; without "no-" if negated */
    const char *value; /* inside text[]; NULL if there is no '=' */
    bool negated;      /* it began with "no-" and had no '=' */
    bool cut;          /* the token did not fit into text[]: its end is missing */
    char text[CMDLINE_TOKEN_SIZE];
};

/*
 * Read the token at @pos into *@opt.
 * Returns: where to go on, or NULL when there was no token left (*@opt is then undefined).
 *          Stops before "--", for which cmdline_rest() looks.
 */
const char *cmdline_next(const char *pos, struct cmdline_opt *opt);

/* The text after the token "--", without leading blanks; NULL if there is none. */
const char *cmdline_rest(const char *line);

/* The same over a list "a,b=c,no-d" separated by commas (quotes mean nothing here). */
const char *cmdline_next_item(const char *pos, struct cmdline_opt *opt);

/* Compare option names: '-' equals '_'. */
bool cmdline_name_eq(const char *a, const char *b);

/*
 * The truth value of an option: no value means true, "no-" false, else parse_bool().
 * Returns: 1, 0 or -EINVAL.
 */
int cmdline_bool(const struct cmdline_opt *opt);

enum cmdline_type {
    CMDLINE_STRING, /* var: char[len]; the value is cut to fit: -E2BIG, nothing stored */
    CMDLINE_BOOL,   /* var: an integer of len bytes, gets 0 or 1; bare means 1 */
    CMDLINE_INT,    /* var: a signed integer of len bytes */
    CMDLINE_UINT,   /* var: an unsigned integer of len bytes */
    CMDLINE_SIZE,   /* var: an unsigned integer of len bytes, in bytes; no letter means KiB */
    CMDLINE_CUSTOM, /* handler(value): "" for a bare option, "no" for a negated one */
};

struct cmdline_param {
    const char *name;
    enum cmdline_type type;
    size_t len;
    union {
        void *var;
        int (*handler)(const char *value);
    };
};

/*
 * Apply each option of @line to every entry of the table (@nr entries) that bears its name.
 *
 * @report  called for each option that failed: -ENOENT (no such name), -EINVAL (bad value, value
 *          missing, "no-" where it means nothing), -ERANGE, -E2BIG, or what a handler returned.
 *          May be NULL.
 * Returns: the number of options that failed. The others have taken effect.
 */
unsigned int cmdline_apply(const char *line, const struct cmdline_param *params, size_t nr,
                           void (*report)(void *ctx, const struct cmdline_opt *opt, int error),
                           void *ctx);

#endif
