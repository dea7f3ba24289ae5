/* SPDX-License-Identifier: MIT */
/*
 * Values into a YAJL generator of the program's. Whoever has one has that library loaded: its
 * functions are looked up, so that we need not be linked with it.
 */
#include <dlfcn.h>
#include <json-c/json.h>

#include "core/types.h"

/* Of yajl_gen.h, version 2. */
#define YAJL_IN_ERROR_STATE 3

struct yajl {
    void *gen;
    int (*map_open)(void *gen);
    int (*map_close)(void *gen);
    int (*array_open)(void *gen);
    int (*array_close)(void *gen);
    int (*null)(void *gen);
    int (*boolean)(void *gen, int b);
    int (*integer)(void *gen, long long v);
    int (*string)(void *gen, const unsigned char *s, size_t len);
};

static bool yajl_find(struct yajl *y, void *gen)
{
    const struct {
        const char *name;
        void *to;
    } functions[] = {
        {"yajl_gen_map_open", &y->map_open},
        {"yajl_gen_map_close", &y->map_close},
        {"yajl_gen_array_open", &y->array_open},
        {"yajl_gen_array_close", &y->array_close},
        {"yajl_gen_null", &y->null},
        {"yajl_gen_bool", &y->boolean},
        {"yajl_gen_integer", &y->integer},
        {"yajl_gen_string", &y->string},
    };

    y->gen = gen;
    for (unsigned int i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        void *f = dlsym(RTLD_DEFAULT, functions[i].name);

        if (!f)
            return false;
        memcpy(functions[i].to, &f, sizeof(f));
    }
    return true;
}

static int put(const struct yajl *y, struct json_object *o);

static int put_string(const struct yajl *y, const char *s)
{
    return y->string(y->gen, (const unsigned char *)s, strlen(s));
}

static int put_map(const struct yajl *y, struct json_object *o)
{
    int st = y->map_open(y->gen);

    json_object_object_foreach(o, key, value)
    {
        if (!st)
            st = put_string(y, key);
        if (!st)
            st = put(y, value);
    }
    return st ? st : y->map_close(y->gen);
}

static int put_array(const struct yajl *y, struct json_object *o)
{
    size_t nr = json_object_array_length(o);
    int st = y->array_open(y->gen);

    for (size_t i = 0; i < nr && !st; i++)
        st = put(y, json_object_array_get_idx(o, i));
    return st ? st : y->array_close(y->gen);
}

static int put(const struct yajl *y, struct json_object *o)
{
    switch (json_object_get_type(o)) {
    case json_type_object:
        return put_map(y, o);
    case json_type_array:
        return put_array(y, o);
    case json_type_boolean:
        return y->boolean(y->gen, json_object_get_boolean(o));
    case json_type_int:
        return y->integer(y->gen, json_object_get_int64(o));
    case json_type_string:
        return put_string(y, json_object_get_string(o));
    default:
        return y->null(y->gen);
    }
}

int type_gen_json(const struct type_desc *t, void *gen, const void *p)
{
    struct json_object *o;
    struct yajl y;
    char *text;
    int st;

    if (!yajl_find(&y, gen))
        return YAJL_IN_ERROR_STATE;
    text = type_to_json(NULL, t, p);
    o = json_tokener_parse(text);
    free(text);
    st = put(&y, o);
    json_object_put(o);
    return st;
}

#define BUILTIN(name)                                                                              \
    int libxl_##name##_gen_json(void *gen, const void *p);                                         \
    int libxl_##name##_gen_json(void *gen, const void *p)                                          \
    {                                                                                              \
        return type_gen_json(&type_##name, gen, p);                                                \
    }

BUILTIN(bitmap)
BUILTIN(cpuid_policy_list)
BUILTIN(defbool)
BUILTIN(hwcap)
BUILTIN(key_value_list)
BUILTIN(mac)
BUILTIN(ms_vm_genid)
BUILTIN(string_list)
BUILTIN(uuid)

int libxl__uint64_gen_json(void *gen, uint64_t v);
int libxl__uint64_gen_json(void *gen, uint64_t v)
{
    return type_gen_json(&type_uint64, gen, &v);
}
