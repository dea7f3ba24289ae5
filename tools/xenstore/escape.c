/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <string.h>

#include "client.h"

static const char letters[] = "n\nr\rt\t\\\\";

void print_escaped(FILE *f, const char *value, unsigned int len)
{
    for (unsigned int i = 0; i < len; i++) {
        unsigned char ch = (unsigned char)value[i];
        size_t k = 1;

        while (k < sizeof(letters) - 1 && (unsigned char)letters[k] != ch)
            k += 2;
        if (k < sizeof(letters) - 1)
            fprintf(f, "\\%c", letters[k - 1]);
        else if (ch >= ' ' && ch <= '~')
            fputc(ch, f);
        else
            fprintf(f, "\\%03o", ch);
    }
}

static int digit(char c, int base)
{
    int v = isdigit((unsigned char)c)    ? c - '0'
            : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
                                         : 99;

    return v < base ? v : -1;
}

/* A number of at most @max digits at *@p, which moves on. -1: there is none. */
static int number(const char **p, int base, int max)
{
    int val = -1;

    for (int i = 0; i < max && digit(**p, base) >= 0; i++)
        val = (val < 0 ? 0 : val) * base + digit(*(*p)++, base);
    return val > 255 ? -1 : val;
}

static int one_escape(const char **p)
{
    const char *l;

    if (**p >= '0' && **p <= '7')
        return number(p, 8, 3);
    if (**p == 'x') {
        (*p)++;
        return number(p, 16, 2);
    }
    for (l = letters; *l && l[0] != **p; l += 2)
        ;
    if (!*l || !**p)
        return -1;
    (*p)++;
    return (unsigned char)l[1];
}

int unescape(char *text)
{
    const char *p = text;
    char *to = text;

    while (*p) {
        int ch = (unsigned char)*p++;

        if (ch == '\\')
            ch = one_escape(&p);
        if (ch < 0)
            return -1;
        *to++ = (char)ch;
    }
    return (int)(to - text);
}
