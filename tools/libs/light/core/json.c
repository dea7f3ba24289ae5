/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/json.h"
#include "core/types.h"

static void put(struct json_writer *w, const char *s, size_t len)
{
    if (w->len + len + 1 > w->cap) {
        w->cap = (w->len + len + 1) * 2 + 256;
        w->text = xrealloc(w->text, w->cap);
    }
    memcpy(w->text + w->len, s, len);
    w->len += len;
    w->text[w->len] = '\0';
}

static void puts0(struct json_writer *w, const char *s)
{
    put(w, s, strlen(s));
}

static void new_line(struct json_writer *w)
{
    puts0(w, "\n");
    for (unsigned int i = 0; i < w->depth; i++)
        puts0(w, "    ");
}

/* Whatever comes before a value: nothing after a key, else a comma and a new line. */
static void lead(struct json_writer *w)
{
    if (w->after_key) {
        w->after_key = false;
        return;
    }
    if (!w->depth)
        return;
    if (!w->first)
        puts0(w, ",");
    w->first = false;
    new_line(w);
}

static void begin(struct json_writer *w, const char *bracket)
{
    lead(w);
    puts0(w, bracket);
    w->depth++;
    w->first = true;
}

static void end(struct json_writer *w, const char *bracket)
{
    bool empty = w->first;

    w->depth--;
    if (empty)
        puts0(w, "\n");
    new_line(w);
    puts0(w, bracket);
    w->first = false;
}

void jw_map_begin(struct json_writer *w)
{
    begin(w, "{");
}

void jw_map_end(struct json_writer *w)
{
    end(w, "}");
}

void jw_array_begin(struct json_writer *w)
{
    begin(w, "[");
}

void jw_array_end(struct json_writer *w)
{
    end(w, "]");
}

static void quoted(struct json_writer *w, const char *s)
{
    static const char named[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";

    puts0(w, "\"");
    for (; *s; s++) {
        const char *n = strchr(named, *s);
        char buf[8];

        if (n) {
            buf[0] = '\\';
            buf[1] = letters[n - named];
            put(w, buf, 2);
        } else if ((unsigned char)*s < 0x20) {
            put(w, buf, (size_t)snprintf(buf, sizeof(buf), "\\u%04X", (unsigned char)*s));
        } else {
            put(w, s, 1);
        }
    }
    puts0(w, "\"");
}

void jw_key(struct json_writer *w, const char *key)
{
    lead(w);
    quoted(w, key);
    puts0(w, ": ");
    w->after_key = true;
}

void jw_string(struct json_writer *w, const char *s)
{
    lead(w);
    if (s)
        quoted(w, s);
    else
        puts0(w, "null");
}

void jw_int(struct json_writer *w, int64_t v)
{
    char buf[24];

    lead(w);
    put(w, buf, (size_t)snprintf(buf, sizeof(buf), "%" PRId64, v));
}

void jw_uint(struct json_writer *w, uint64_t v)
{
    char buf[24];

    lead(w);
    put(w, buf, (size_t)snprintf(buf, sizeof(buf), "%" PRIu64, v));
}

void jw_bool(struct json_writer *w, bool v)
{
    lead(w);
    puts0(w, v ? "true" : "false");
}

char *jw_finish(struct json_writer *w)
{
    char *text;

    puts0(w, "\n");
    text = w->text;
    *w = (struct json_writer){0};
    return text;
}
