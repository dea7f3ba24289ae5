/* SPDX-License-Identifier: MIT */
/* The built-in types of the IDL. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/cpuid.h"
#include "core/json.h"
#include "core/types.h"

#define BUILTIN(id, ctype, ...)                                                                    \
    static const struct builtin_ops ops_##id = {__VA_ARGS__};                                      \
    const struct type_desc type_##id = {                                                           \
        .name = #id, .kind = TYPE_BUILTIN, .size = sizeof(ctype), .ops = &ops_##id}

/* Integers. */

static int parse_range(struct json_object *o, int64_t min, uint64_t max, uint64_t *out)
{
    int64_t v;

    if (!json_object_is_type(o, json_type_int))
        return ERROR_INVAL;
    v = json_object_get_int64(o);
    if (v < 0) {
        if (v < min)
            return ERROR_INVAL;
        *out = (uint64_t)v;
        return 0;
    }
    *out = json_object_get_uint64(o);
    return *out > max ? ERROR_INVAL : 0;
}

/* 64-bit values may also be read as negative numbers, which earlier versions wrote. */
#define INTEGER(id, ctype, min, max)                                                               \
    static void init_##id(void *p, int64_t initial)                                                \
    {                                                                                              \
        *(ctype *)p = (ctype)initial;                                                              \
    }                                                                                              \
    static bool initial_##id(const void *p, int64_t initial)                                       \
    {                                                                                              \
        return *(const ctype *)p == (ctype)initial;                                                \
    }                                                                                              \
    static void print_##id(struct json_writer *w, const void *p)                                   \
    {                                                                                              \
        if ((ctype)-1 > 0)                                                                         \
            jw_uint(w, (uint64_t) * (const ctype *)p);                                             \
        else                                                                                       \
            jw_int(w, (int64_t) * (const ctype *)p);                                               \
    }                                                                                              \
    static int parse_##id(libxl_ctx *ctx, void *p, struct json_object *o)                          \
    {                                                                                              \
        uint64_t v;                                                                                \
        int rc = parse_range(o, min, max, &v);                                                     \
                                                                                                   \
        (void)ctx;                                                                                 \
        if (!rc)                                                                                   \
            *(ctype *)p = (ctype)v;                                                                \
        return rc;                                                                                 \
    }                                                                                              \
    BUILTIN(id, ctype, .init = init_##id, .is_initial = initial_##id, .print = print_##id,         \
            .parse = parse_##id)

INTEGER(int32, int, INT32_MIN, INT32_MAX);
INTEGER(devid, libxl_devid, INT32_MIN, INT32_MAX);
INTEGER(uint8, uint8_t, 0, UINT8_MAX);
INTEGER(uint16, uint16_t, 0, UINT16_MAX);
INTEGER(uint32, uint32_t, 0, UINT32_MAX);
INTEGER(uint64, uint64_t, INT64_MIN, UINT64_MAX);
INTEGER(memkb, uint64_t, INT64_MIN, UINT64_MAX);

static void print_bool(struct json_writer *w, const void *p)
{
    jw_bool(w, *(const bool *)p);
}

static int parse_bool(libxl_ctx *ctx, void *p, struct json_object *o)
{
    (void)ctx;
    if (!json_object_is_type(o, json_type_boolean))
        return ERROR_INVAL;
    *(bool *)p = json_object_get_boolean(o);
    return 0;
}
BUILTIN(bool, bool, .print = print_bool, .parse = parse_bool);

/* Strings. */

static void free_pointer(void *p)
{
    free(*(void **)p);
}

static void copy_string(libxl_ctx *ctx, void *to, const void *from)
{
    const char *s = *(char *const *)from;

    (void)ctx;
    *(char **)to = s ? xstrdup(s) : NULL;
}

void libxl_string_copy(libxl_ctx *ctx, char **dst, char *const *src)
{
    copy_string(ctx, dst, src);
}

static void print_string(struct json_writer *w, const void *p)
{
    jw_string(w, *(char *const *)p);
}

static int parse_string(libxl_ctx *ctx, void *p, struct json_object *o)
{
    (void)ctx;
    if (o && !json_object_is_type(o, json_type_string))
        return ERROR_INVAL;
    free_pointer(p);
    *(char **)p = o ? xstrdup(json_object_get_string(o)) : NULL;
    return 0;
}
BUILTIN(string, char *, .dispose = free_pointer, .copy = copy_string, .print = print_string,
        .parse = parse_string);

/* Its text is the program's own: never freed, never taken from JSON. */
static int parse_const_string(libxl_ctx *ctx, void *p, struct json_object *o)
{
    (void)ctx;
    (void)p;
    (void)o;
    return 0;
}
BUILTIN(const_string, const char *, .print = print_string, .parse = parse_const_string);

/* Lists of strings. */

static void free_list(void *p)
{
    char **list = *(char ***)p;

    for (char **s = list; s && *s; s++)
        free(*s);
    free(list);
    *(char ***)p = NULL;
}

void libxl_string_list_dispose(libxl_string_list *sl)
{
    free_list(sl);
}

int libxl_string_list_length(const libxl_string_list *sl)
{
    int n = 0;

    while (sl && *sl && (*sl)[n])
        n++;
    return n;
}

static void copy_string_list(libxl_ctx *ctx, void *to, const void *from)
{
    char **list = *(char **const *)from, **copy = NULL;
    int n = libxl_string_list_length(from);

    (void)ctx;
    if (list) {
        copy = xmalloc0((size_t)(n + 1) * sizeof(*copy));
        for (int i = 0; i < n; i++)
            copy[i] = xstrdup(list[i]);
    }
    *(char ***)to = copy;
}

void libxl_string_list_copy(libxl_ctx *ctx, libxl_string_list *dst, const libxl_string_list *src)
{
    copy_string_list(ctx, dst, src);
}

static void print_string_list(struct json_writer *w, const void *p)
{
    jw_array_begin(w);
    for (char **s = *(char **const *)p; s && *s; s++)
        jw_string(w, *s);
    jw_array_end(w);
}

static int parse_string_list(libxl_ctx *ctx, void *p, struct json_object *o)
{
    size_t n;
    char **list;

    (void)ctx;
    if (!json_object_is_type(o, json_type_array))
        return ERROR_INVAL;
    n = json_object_array_length(o);
    for (size_t i = 0; i < n; i++)
        if (!json_object_is_type(json_object_array_get_idx(o, i), json_type_string))
            return ERROR_INVAL;
    list = xmalloc0((n + 1) * sizeof(*list));
    for (size_t i = 0; i < n; i++)
        list[i] = xstrdup(json_object_get_string(json_object_array_get_idx(o, i)));
    free_list(p);
    *(char ***)p = list;
    return 0;
}
BUILTIN(string_list, libxl_string_list, .dispose = free_list, .copy = copy_string_list,
        .print = print_string_list, .parse = parse_string_list);

/* Keys and values. The last value may be missing, which is null. */

void libxl_key_value_list_dispose(libxl_key_value_list *kvl)
{
    char **list = kvl ? *kvl : NULL;

    for (int i = 0; list && list[i]; i += 2) {
        free(list[i]);
        free(list[i + 1]);
    }
    free(list);
    if (kvl)
        *kvl = NULL;
}

static void dispose_key_value_list(void *p)
{
    libxl_key_value_list_dispose(p);
}

int libxl_key_value_list_length(const libxl_key_value_list *kvl)
{
    int n = 0;

    while (kvl && *kvl && (*kvl)[2 * n])
        n++;
    return n;
}

static void copy_key_value_list(libxl_ctx *ctx, void *to, const void *from)
{
    char **list = *(char **const *)from, **copy = NULL;
    int n = 2 * libxl_key_value_list_length(from);

    (void)ctx;
    if (list) {
        copy = xmalloc0((size_t)(n + 2) * sizeof(*copy));
        for (int i = 0; i < n; i++)
            copy[i] = list[i] ? xstrdup(list[i]) : NULL;
    }
    *(char ***)to = copy;
}

void libxl_key_value_list_copy(libxl_ctx *ctx, libxl_key_value_list *dst,
                               const libxl_key_value_list *src)
{
    copy_key_value_list(ctx, dst, src);
}

static void print_key_value_list(struct json_writer *w, const void *p)
{
    char **list = *(char **const *)p;

    jw_map_begin(w);
    for (int i = 0; list && list[i]; i += 2) {
        jw_key(w, list[i]);
        jw_string(w, list[i + 1]);
    }
    jw_map_end(w);
}

static int parse_key_value_list(libxl_ctx *ctx, void *p, struct json_object *o)
{
    char **list;
    size_t i = 0;

    (void)ctx;
    if (!json_object_is_type(o, json_type_object))
        return ERROR_INVAL;
    json_object_object_foreach(o, check_key, check)
    {
        (void)check_key;
        if (check && !json_object_is_type(check, json_type_string))
            return ERROR_INVAL;
    }
    list = xmalloc0(((size_t)json_object_object_length(o) * 2 + 2) * sizeof(*list));
    json_object_object_foreach(o, key, v)
    {
        list[i++] = xstrdup(key);
        list[i++] = v ? xstrdup(json_object_get_string(v)) : NULL;
    }
    libxl_key_value_list_dispose(p);
    *(char ***)p = list;
    return 0;
}
BUILTIN(key_value_list, libxl_key_value_list, .dispose = dispose_key_value_list,
        .copy = copy_key_value_list, .print = print_key_value_list, .parse = parse_key_value_list);

/* Three-valued booleans: 0 default, 1 true, -1 false. */

void libxl_defbool_set(libxl_defbool *db, bool b)
{
    db->val = b ? 1 : -1;
}

void libxl_defbool_unset(libxl_defbool *db)
{
    db->val = 0;
}

bool libxl_defbool_is_default(libxl_defbool db)
{
    return db.val == 0;
}

void libxl_defbool_setdefault(libxl_defbool *db, bool b)
{
    if (libxl_defbool_is_default(*db))
        libxl_defbool_set(db, b);
}

bool libxl_defbool_val(libxl_defbool db)
{
    if (libxl_defbool_is_default(db))
        abort(); /* the caller asks for what nobody has decided */
    return db.val > 0;
}

const char *libxl_defbool_to_string(libxl_defbool b)
{
    return b.val < 0 ? "False" : b.val > 0 ? "True" : "<default>";
}

static void print_defbool(struct json_writer *w, const void *p)
{
    jw_string(w, libxl_defbool_to_string(*(const libxl_defbool *)p));
}

static int parse_defbool(libxl_ctx *ctx, void *p, struct json_object *o)
{
    const char *s = json_object_is_type(o, json_type_string) ? json_object_get_string(o) : "";

    (void)ctx;
    for (int v = -1; v <= 1; v++) {
        libxl_defbool db = {v};

        if (!strcmp(s, libxl_defbool_to_string(db))) {
            *(libxl_defbool *)p = db;
            return 0;
        }
    }
    return ERROR_INVAL;
}
BUILTIN(defbool, libxl_defbool, .print = print_defbool, .parse = parse_defbool);

/* Bytes with a fixed text form. */

static void print_uuid(struct json_writer *w, const void *p)
{
    const libxl_uuid *u = p;
    char buf[LIBXL_UUID_FMTLEN + 1];

    snprintf(buf, sizeof(buf), LIBXL_UUID_FMT, LIBXL_UUID_BYTES(*u));
    jw_string(w, buf);
}

static int parse_uuid(libxl_ctx *ctx, void *p, struct json_object *o)
{
    (void)ctx;
    if (!json_object_is_type(o, json_type_string))
        return ERROR_INVAL;
    return libxl_uuid_from_string(p, json_object_get_string(o)) ? ERROR_INVAL : 0;
}
BUILTIN(uuid, libxl_uuid, .print = print_uuid, .parse = parse_uuid);

void libxl_mac_copy(libxl_ctx *ctx, libxl_mac *dst, const libxl_mac *src)
{
    (void)ctx;
    memcpy(*dst, *src, sizeof(*dst));
}

static void print_mac(struct json_writer *w, const void *p)
{
    const uint8_t *mac = p;
    char buf[LIBXL_MAC_FMTLEN + 1];

    snprintf(buf, sizeof(buf), LIBXL_MAC_FMT, LIBXL_MAC_BYTES(mac));
    jw_string(w, buf);
}

static int parse_mac(libxl_ctx *ctx, void *p, struct json_object *o)
{
    uint8_t mac[6];
    int end = 0;

    (void)ctx;
    if (!json_object_is_type(o, json_type_string))
        return ERROR_INVAL;
    if (sscanf(json_object_get_string(o), LIBXL_MAC_FMT "%n", &mac[0], &mac[1], &mac[2], &mac[3],
               &mac[4], &mac[5], &end) != 6 ||
        json_object_get_string(o)[end])
        return ERROR_INVAL;
    memcpy(p, mac, sizeof(mac));
    return 0;
}
BUILTIN(mac, libxl_mac, .print = print_mac, .parse = parse_mac);

/* Arrays of numbers. */

static int parse_numbers(struct json_object *o, size_t nr, uint64_t max, uint64_t *out)
{
    int rc = 0;

    if (!json_object_is_type(o, json_type_array) || json_object_array_length(o) != nr)
        return ERROR_INVAL;
    for (size_t i = 0; i < nr && !rc; i++)
        rc = parse_range(json_object_array_get_idx(o, i), 0, max, &out[i]);
    return rc;
}

/* Programs have come to expect four of the eight words. */
#define HWCAP_SHOWN 4

void libxl_hwcap_copy(libxl_ctx *ctx, libxl_hwcap *dst, const libxl_hwcap *src)
{
    (void)ctx;
    memcpy(*dst, *src, sizeof(*dst));
}

static bool initial_hwcap(const void *p, int64_t initial)
{
    (void)p;
    (void)initial;
    return false;
}

static void print_hwcap(struct json_writer *w, const void *p)
{
    jw_array_begin(w);
    for (unsigned int i = 0; i < HWCAP_SHOWN; i++)
        jw_int(w, ((const uint32_t *)p)[i]);
    jw_array_end(w);
}

static int parse_hwcap(libxl_ctx *ctx, void *p, struct json_object *o)
{
    uint64_t v[HWCAP_SHOWN];
    int rc = parse_numbers(o, HWCAP_SHOWN, UINT32_MAX, v);

    (void)ctx;
    for (unsigned int i = 0; i < HWCAP_SHOWN && !rc; i++)
        ((uint32_t *)p)[i] = (uint32_t)v[i];
    return rc;
}
BUILTIN(hwcap, libxl_hwcap, .is_initial = initial_hwcap, .print = print_hwcap,
        .parse = parse_hwcap);

bool libxl_ms_vm_genid_is_zero(const libxl_ms_vm_genid *id)
{
    static const libxl_ms_vm_genid zero;

    return !memcmp(id, &zero, sizeof(zero));
}

void libxl_ms_vm_genid_copy(libxl_ctx *ctx, libxl_ms_vm_genid *dst, const libxl_ms_vm_genid *src)
{
    (void)ctx;
    *dst = *src;
}

static void print_ms_vm_genid(struct json_writer *w, const void *p)
{
    jw_array_begin(w);
    for (unsigned int i = 0; i < LIBXL_MS_VM_GENID_LEN; i++)
        jw_int(w, ((const uint8_t *)p)[i]);
    jw_array_end(w);
}

static int parse_ms_vm_genid(libxl_ctx *ctx, void *p, struct json_object *o)
{
    uint64_t v[LIBXL_MS_VM_GENID_LEN];
    int rc = parse_numbers(o, LIBXL_MS_VM_GENID_LEN, UINT8_MAX, v);

    (void)ctx;
    for (unsigned int i = 0; i < LIBXL_MS_VM_GENID_LEN && !rc; i++)
        ((uint8_t *)p)[i] = (uint8_t)v[i];
    return rc;
}
BUILTIN(ms_vm_genid, libxl_ms_vm_genid, .print = print_ms_vm_genid, .parse = parse_ms_vm_genid);

/* Bitmaps, as the list of the set bits. */

static void dispose_bitmap(void *p)
{
    libxl_bitmap_dispose(p);
}

static void copy_bitmap(libxl_ctx *ctx, void *to, const void *from)
{
    const libxl_bitmap *map = from;

    if (map->size)
        libxl_bitmap_copy_alloc(ctx, to, map);
    else
        libxl_bitmap_init(to);
}

static bool initial_bitmap(const void *p, int64_t initial)
{
    (void)initial;
    return !((const libxl_bitmap *)p)->size || libxl_bitmap_is_empty(p);
}

static void print_bitmap(struct json_writer *w, const void *p)
{
    const libxl_bitmap *map = p;

    jw_array_begin(w);
    for (uint32_t i = 0; i < map->size * 8; i++)
        if (libxl_bitmap_test(map, (int)i))
            jw_int(w, i);
    jw_array_end(w);
}

#define BITMAP_MAX_BITS (1u << 20) /* more than any host has of anything */

static int parse_bitmap(libxl_ctx *ctx, void *p, struct json_object *o)
{
    uint64_t bit, top = 0;
    size_t n;

    if (!json_object_is_type(o, json_type_array))
        return ERROR_INVAL;
    n = json_object_array_length(o);
    for (size_t i = 0; i < n; i++) {
        if (parse_range(json_object_array_get_idx(o, i), 0, BITMAP_MAX_BITS - 1, &bit))
            return ERROR_INVAL;
        top = bit > top ? bit : top;
    }
    libxl_bitmap_dispose(p);
    if (!n)
        return 0;
    if (libxl_bitmap_alloc(ctx, p, (int)top + 1))
        return ERROR_NOMEM;
    for (size_t i = 0; i < n; i++)
        libxl_bitmap_set(p, json_object_get_int(json_object_array_get_idx(o, i)));
    return 0;
}
BUILTIN(bitmap, libxl_bitmap, .dispose = dispose_bitmap, .copy = copy_bitmap,
        .is_initial = initial_bitmap, .print = print_bitmap, .parse = parse_bitmap);

/* CPUID policies: their form is cpuid.c's business. */

static void dispose_cpuid(void *p)
{
    libxl_cpuid_dispose(p);
}

static void copy_cpuid(libxl_ctx *ctx, void *to, const void *from)
{
    libxl_cpuid_policy_list_copy(ctx, to, from);
}

static bool initial_cpuid(const void *p, int64_t initial)
{
    (void)initial;
    return cpuid_is_empty(p);
}
BUILTIN(cpuid_policy_list, libxl_cpuid_policy_list, .dispose = dispose_cpuid, .copy = copy_cpuid,
        .is_initial = initial_cpuid, .print = cpuid_print, .parse = cpuid_parse);

/* The queue link of an event is nobody's business. */
static bool initial_ev_link(const void *p, int64_t initial)
{
    (void)p;
    (void)initial;
    return true;
}

static void copy_ev_link(libxl_ctx *ctx, void *to, const void *from)
{
    (void)ctx;
    (void)from;
    memset(to, 0, sizeof(libxl_ev_link));
}

static void print_ev_link(struct json_writer *w, const void *p)
{
    (void)p;
    jw_string(w, NULL);
}
BUILTIN(ev_link, libxl_ev_link, .copy = copy_ev_link, .is_initial = initial_ev_link,
        .print = print_ev_link, .parse = parse_const_string);
