/* SPDX-License-Identifier: MIT */
/*
 * Descriptors of the generated types, and what can be done with a described value.
 *
 * gentypes.py writes one type_desc per type; typeops.c interprets them. Members of unnamed
 * structures and of union arms have offsets from the start of the outermost structure, and
 * their own descriptors have size 0.
 */
#ifndef LIBXL_CORE_TYPES_H
#define LIBXL_CORE_TYPES_H

#include "libxl.h"
#include "libxl_utils.h"

struct json_object;
struct json_writer;
struct type_desc;

enum type_kind { TYPE_BUILTIN, TYPE_ENUM, TYPE_STRUCT, TYPE_UNION };

enum member_kind {
    MEMBER_VALUE,
    MEMBER_KEY,    /* selects the arm of the union that follows; shown in that union's name */
    MEMBER_ARRAY,  /* pointer; "other" is the offset of the int count */
    MEMBER_INLINE, /* unnamed structure */
    MEMBER_UNION,  /* "other" is the offset of the key, an enum */
};

struct type_member {
    const char *name;
    enum member_kind kind;
    const struct type_desc *type;
    size_t offset, other;
    int64_t initial;
};

struct type_arm {
    int value;
    const char *json_name; /* "key.value" */
    const struct type_desc *type;
};

/* Operations on a built-in type; @p points at the value. All may be NULL but print and parse. */
struct builtin_ops {
    void (*init)(void *p, int64_t initial);                   /* NULL: all zeros */
    void (*dispose)(void *p);                                 /* NULL: nothing is owned */
    void (*copy)(libxl_ctx *ctx, void *to, const void *from); /* NULL: plain bytes */
    bool (*is_initial)(const void *p, int64_t initial);       /* NULL: is all zeros */
    void (*print)(struct json_writer *w, const void *p);
    int (*parse)(libxl_ctx *ctx, void *p, struct json_object *o);
};

struct type_desc {
    const char *name;
    enum type_kind kind;
    size_t size;
    const struct type_member *members;
    unsigned int nr; /* members, or arms of a union */
    const struct type_arm *arms;
    const libxl_enum_string_table *strings;
    const struct builtin_ops *ops;
};

extern const struct type_desc type_bool, type_int32, type_uint8, type_uint16, type_uint32,
    type_uint64, type_memkb, type_devid, type_string, type_const_string, type_defbool, type_uuid,
    type_mac, type_bitmap, type_string_list, type_key_value_list, type_cpuid_policy_list,
    type_hwcap, type_ms_vm_genid, type_ev_link;
extern const struct type_desc type_domain_config;

void type_init(const struct type_desc *t, void *p);
/* Set the key of the type's union and initialise that arm; the union must not own anything. */
void type_init_key(const struct type_desc *t, void *p, int key);
/* Frees what @p owns and initialises it again. */
void type_dispose(const struct type_desc *t, void *p);
void type_copy(libxl_ctx *ctx, const struct type_desc *t, void *to, const void *from);
/* The caller frees the text. */
char *type_to_json(libxl_ctx *ctx, const struct type_desc *t, const void *p);
/* The same into a YAJL generator of the program's, which brings that library; its status. */
int type_gen_json(const struct type_desc *t, void *gen, const void *p);
/* ERROR_INVAL: not JSON, or a value does not fit its member; unknown members are ignored.
 * @p is initialised already; on error it holds some of the values and can be disposed of. */
int type_from_json(libxl_ctx *ctx, const struct type_desc *t, void *p, const char *text);
void type_print(struct json_writer *w, const struct type_desc *t, const void *p);

const char *enum_to_string(const libxl_enum_string_table *t, int v);
/* Ignores case. ERROR_INVAL. */
int enum_from_string(const libxl_enum_string_table *t, const char *s, int *v);

/* Never fail: without memory the program ends with a message. */
void *xmalloc0(size_t size);
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s);

#endif
