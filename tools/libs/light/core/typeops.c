/* SPDX-License-Identifier: MIT */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <strings.h>

#include "core/json.h"
#include "core/types.h"

static void *must(void *p)
{
    if (!p) {
        static const char msg[] = "libxl: out of memory\n";

        fputs(msg, stderr);
        _exit(1);
    }
    return p;
}

void *xmalloc0(size_t size)
{
    return must(calloc(1, size ? size : 1));
}

void *xrealloc(void *p, size_t size)
{
    return must(realloc(p, size ? size : 1));
}

char *xstrdup(const char *s)
{
    return must(strdup(s));
}

const char *enum_to_string(const libxl_enum_string_table *t, int v)
{
    for (; t->s; t++)
        if (t->v == v)
            return t->s;
    return NULL;
}

int enum_from_string(const libxl_enum_string_table *t, const char *s, int *v)
{
    for (; t->s; t++) {
        if (!strcasecmp(t->s, s)) {
            *v = t->v;
            return 0;
        }
    }
    return ERROR_INVAL;
}

static void *at(const void *p, size_t offset)
{
    return (char *)(uintptr_t)p + offset;
}

static const struct type_arm *arm_of(const struct type_desc *u, const void *key)
{
    int v = *(const int *)key;

    for (unsigned int i = 0; i < u->nr; i++)
        if (u->arms[i].value == v)
            return &u->arms[i];
    return NULL;
}

/* Initialisation. */

static void value_init(const struct type_desc *t, void *p, int64_t initial);

static void members_init(const struct type_desc *t, void *p)
{
    for (unsigned int i = 0; i < t->nr; i++) {
        const struct type_member *m = &t->members[i];

        switch (m->kind) {
        case MEMBER_VALUE:
        case MEMBER_KEY:
            value_init(m->type, at(p, m->offset), m->initial);
            break;
        case MEMBER_INLINE:
            members_init(m->type, p);
            break;
        case MEMBER_UNION: {
            const struct type_arm *arm = arm_of(m->type, at(p, m->other));

            if (arm)
                members_init(arm->type, p);
            break;
        }
        case MEMBER_ARRAY:
            break;
        }
    }
}

static void value_init(const struct type_desc *t, void *p, int64_t initial)
{
    if (t->kind == TYPE_ENUM)
        *(int *)p = (int)initial;
    else if (t->kind == TYPE_STRUCT)
        members_init(t, p);
    else if (t->ops->init)
        t->ops->init(p, initial);
}

void type_init(const struct type_desc *t, void *p)
{
    memset(p, 0, t->size);
    members_init(t, p);
}

void type_init_key(const struct type_desc *t, void *p, int key)
{
    for (unsigned int i = 0; i < t->nr; i++) {
        const struct type_member *m = &t->members[i];
        const struct type_arm *arm;

        if (m->kind != MEMBER_UNION)
            continue;
        *(int *)at(p, m->other) = key;
        memset(at(p, m->offset), 0, m->type->size);
        arm = arm_of(m->type, at(p, m->other));
        if (arm)
            members_init(arm->type, p);
    }
}

/* Disposal. */

static void value_dispose(const struct type_desc *t, void *p);

static void array_dispose(const struct type_member *m, void *p)
{
    char *list = *(char **)at(p, m->offset);
    int nr = *(int *)at(p, m->other);

    for (int i = 0; i < nr && list; i++)
        value_dispose(m->type, list + (size_t)i * m->type->size);
    free(list);
}

static void members_dispose(const struct type_desc *t, void *p)
{
    for (unsigned int i = 0; i < t->nr; i++) {
        const struct type_member *m = &t->members[i];

        if (m->kind == MEMBER_VALUE) {
            value_dispose(m->type, at(p, m->offset));
        } else if (m->kind == MEMBER_ARRAY) {
            array_dispose(m, p);
        } else if (m->kind == MEMBER_INLINE) {
            members_dispose(m->type, p);
        } else if (m->kind == MEMBER_UNION) {
            const struct type_arm *arm = arm_of(m->type, at(p, m->other));

            if (arm)
                members_dispose(arm->type, p);
        }
    }
}

static void value_dispose(const struct type_desc *t, void *p)
{
    if (t->kind == TYPE_STRUCT)
        members_dispose(t, p);
    else if (t->kind == TYPE_BUILTIN && t->ops->dispose)
        t->ops->dispose(p);
}

void type_dispose(const struct type_desc *t, void *p)
{
    if (!p)
        return;
    members_dispose(t, p);
    type_init(t, p);
}

/* Copying. The target is raw memory. */

static void value_copy(libxl_ctx *ctx, const struct type_desc *t, void *to, const void *from);

static void array_copy(libxl_ctx *ctx, const struct type_member *m, void *to, const void *from)
{
    const char *list = *(char **)at(from, m->offset);
    int nr = *(int *)at(from, m->other);
    char *copy = NULL;

    if (list && nr > 0) {
        copy = xmalloc0((size_t)nr * m->type->size);
        for (int i = 0; i < nr; i++)
            value_copy(ctx, m->type, copy + (size_t)i * m->type->size,
                       list + (size_t)i * m->type->size);
    }
    *(char **)at(to, m->offset) = copy;
    *(int *)at(to, m->other) = copy ? nr : 0;
}

static void members_copy(libxl_ctx *ctx, const struct type_desc *t, void *to, const void *from)
{
    for (unsigned int i = 0; i < t->nr; i++) {
        const struct type_member *m = &t->members[i];

        if (m->kind == MEMBER_VALUE || m->kind == MEMBER_KEY) {
            value_copy(ctx, m->type, at(to, m->offset), at(from, m->offset));
        } else if (m->kind == MEMBER_ARRAY) {
            array_copy(ctx, m, to, from);
        } else if (m->kind == MEMBER_INLINE) {
            members_copy(ctx, m->type, to, from);
        } else {
            const struct type_arm *arm = arm_of(m->type, at(from, m->other));

            if (arm)
                members_copy(ctx, arm->type, to, from);
        }
    }
}

static void value_copy(libxl_ctx *ctx, const struct type_desc *t, void *to, const void *from)
{
    if (t->kind == TYPE_STRUCT)
        members_copy(ctx, t, to, from);
    else if (t->kind == TYPE_BUILTIN && t->ops->copy)
        t->ops->copy(ctx, to, from);
    else
        memcpy(to, from, t->size);
}

void type_copy(libxl_ctx *ctx, const struct type_desc *t, void *to, const void *from)
{
    memset(to, 0, t->size);
    members_copy(ctx, t, to, from);
}

/* To JSON. */

static bool all_zero(const void *p, size_t size)
{
    const char *c = p;

    while (size && !*c) {
        c++;
        size--;
    }
    return size == 0;
}

static bool value_is_initial(const struct type_member *m, const void *p)
{
    const struct type_desc *t = m->type;

    if (t->kind == TYPE_STRUCT)
        return false;
    if (t->kind == TYPE_ENUM)
        return *(const int *)p == (int)m->initial;
    return t->ops->is_initial ? t->ops->is_initial(p, m->initial) : all_zero(p, t->size);
}

static void members_print(struct json_writer *w, const struct type_desc *t, const void *p);

static void array_print(struct json_writer *w, const struct type_member *m, const void *p)
{
    const char *list = *(char **)at(p, m->offset);
    int nr = *(int *)at(p, m->other);

    if (!list || nr <= 0)
        return;
    jw_key(w, m->name);
    jw_array_begin(w);
    for (int i = 0; i < nr; i++)
        type_print(w, m->type, list + (size_t)i * m->type->size);
    jw_array_end(w);
}

static void inner_print(struct json_writer *w, const char *key, const struct type_desc *t,
                        const void *p)
{
    jw_key(w, key);
    jw_map_begin(w);
    members_print(w, t, p);
    jw_map_end(w);
}

static void members_print(struct json_writer *w, const struct type_desc *t, const void *p)
{
    for (unsigned int i = 0; i < t->nr; i++) {
        const struct type_member *m = &t->members[i];

        if (m->kind == MEMBER_VALUE) {
            if (value_is_initial(m, at(p, m->offset)))
                continue;
            jw_key(w, m->name);
            type_print(w, m->type, at(p, m->offset));
        } else if (m->kind == MEMBER_ARRAY) {
            array_print(w, m, p);
        } else if (m->kind == MEMBER_INLINE) {
            inner_print(w, m->name, m->type, p);
        } else if (m->kind == MEMBER_UNION) {
            const struct type_arm *arm = arm_of(m->type, at(p, m->other));

            if (arm)
                inner_print(w, arm->json_name, arm->type, p);
        }
    }
}

void type_print(struct json_writer *w, const struct type_desc *t, const void *p)
{
    if (t->kind == TYPE_ENUM) {
        jw_string(w, enum_to_string(t->strings, *(const int *)p));
    } else if (t->kind == TYPE_BUILTIN) {
        t->ops->print(w, p);
    } else {
        jw_map_begin(w);
        members_print(w, t, p);
        jw_map_end(w);
    }
}

char *type_to_json(libxl_ctx *ctx, const struct type_desc *t, const void *p)
{
    struct json_writer w = {0};

    (void)ctx;
    type_print(&w, t, p);
    return jw_finish(&w);
}

/* From JSON. */

static int value_parse(libxl_ctx *ctx, const struct type_desc *t, void *p, struct json_object *o);
static int members_parse(libxl_ctx *ctx, const struct type_desc *t, void *p, struct json_object *o);

static int array_parse(libxl_ctx *ctx, const struct type_member *m, void *p, struct json_object *o)
{
    size_t nr;
    char *list;
    int rc = 0;

    if (!json_object_is_type(o, json_type_array))
        return ERROR_INVAL;
    nr = json_object_array_length(o);
    if (!nr)
        return 0;
    if (nr > INT32_MAX / m->type->size)
        return ERROR_INVAL;
    array_dispose(m, p);
    list = xmalloc0(nr * m->type->size);
    *(char **)at(p, m->offset) = list;
    *(int *)at(p, m->other) = (int)nr;
    for (size_t i = 0; i < nr; i++)
        value_init(m->type, list + i * m->type->size, 0);
    for (size_t i = 0; i < nr && !rc; i++)
        rc = value_parse(ctx, m->type, list + i * m->type->size, json_object_array_get_idx(o, i));
    return rc;
}

static int union_parse(libxl_ctx *ctx, const struct type_desc *owner, const struct type_member *m,
                       void *p, struct json_object *o)
{
    for (unsigned int i = 0; i < m->type->nr; i++) {
        const struct type_arm *arm = &m->type->arms[i], *old;
        struct json_object *v;

        if (!json_object_object_get_ex(o, arm->json_name, &v))
            continue;
        old = arm_of(m->type, at(p, m->other));
        if (old)
            members_dispose(old->type, p);
        type_init_key(owner, p, arm->value);
        return members_parse(ctx, arm->type, p, v);
    }
    return 0;
}

static int members_parse(libxl_ctx *ctx, const struct type_desc *t, void *p, struct json_object *o)
{
    int rc = 0;

    if (!json_object_is_type(o, json_type_object))
        return ERROR_INVAL;
    for (unsigned int i = 0; i < t->nr && !rc; i++) {
        const struct type_member *m = &t->members[i];
        struct json_object *v;

        if (m->kind == MEMBER_UNION) {
            rc = union_parse(ctx, t, m, p, o);
            continue;
        }
        if (m->kind == MEMBER_KEY || !json_object_object_get_ex(o, m->name, &v))
            continue;
        if (m->kind == MEMBER_VALUE)
            rc = value_parse(ctx, m->type, at(p, m->offset), v);
        else if (m->kind == MEMBER_ARRAY)
            rc = array_parse(ctx, m, p, v);
        else
            rc = members_parse(ctx, m->type, p, v);
    }
    return rc;
}

static int value_parse(libxl_ctx *ctx, const struct type_desc *t, void *p, struct json_object *o)
{
    if (t->kind == TYPE_STRUCT)
        return members_parse(ctx, t, p, o);
    if (t->kind == TYPE_BUILTIN)
        return t->ops->parse(ctx, p, o);
    if (!json_object_is_type(o, json_type_string))
        return ERROR_INVAL;
    return enum_from_string(t->strings, json_object_get_string(o), p);
}

int type_from_json(libxl_ctx *ctx, const struct type_desc *t, void *p, const char *text)
{
    struct json_object *o = json_tokener_parse(text);
    int rc = o ? value_parse(ctx, t, p, o) : ERROR_INVAL;

    json_object_put(o);
    return rc;
}
