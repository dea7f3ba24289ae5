/* SPDX-License-Identifier: MIT */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include <xenctrl.h>

#include "core/cpuid.h"
#include "core/json.h"

#define WORD_BITS             32
#define MSR_BITS              64
#define MAX_MSRS              8
#define MSR_ARCH_CAPABILITIES 0x10a /* Intel SDM vol 4 */
#define MAX_LEAVES            64    /* of one list: bounds what a configuration can ask for */

struct libxl__cpu_policy {
    unsigned int nr;
    struct xc_xend_cpuid leaves[MAX_LEAVES + 1]; /* ends with an unused one */
    unsigned int nr_msrs;
    struct xc_msr msrs[MAX_MSRS + 1]; /* likewise */
};

static const char *const reg_names[4] = {"eax", "ebx", "ecx", "edx"};

static void unused_leaf(struct xc_xend_cpuid *l)
{
    memset(l, 0, sizeof(*l));
    l->input[0] = XEN_CPUID_INPUT_UNUSED;
    l->input[1] = XEN_CPUID_INPUT_UNUSED;
}

static struct libxl__cpu_policy *policy_get(libxl_cpuid_policy_list *list)
{
    struct libxl__cpu_policy *p = *list;

    if (!p) {
        p = *list = xmalloc0(sizeof(*p));
        unused_leaf(&p->leaves[0]);
        p->msrs[0].index = XC_MSR_INPUT_UNUSED;
    }
    return p;
}

static struct xc_msr *msr_get(libxl_cpuid_policy_list *list, uint32_t index)
{
    struct libxl__cpu_policy *p = policy_get(list);
    struct xc_msr *m;

    for (unsigned int i = 0; i < p->nr_msrs; i++)
        if (p->msrs[i].index == index)
            return &p->msrs[i];
    if (p->nr_msrs == MAX_MSRS)
        return NULL;
    m = &p->msrs[p->nr_msrs++];
    m[1].index = XC_MSR_INPUT_UNUSED;
    m->index = index;
    memset(m->policy, 'x', MSR_BITS);
    m->policy[MSR_BITS] = '\0';
    return m;
}

static struct xc_xend_cpuid *leaf_get(libxl_cpuid_policy_list *list, uint32_t leaf,
                                      uint32_t subleaf)
{
    struct libxl__cpu_policy *p = policy_get(list);
    struct xc_xend_cpuid *l;

    for (unsigned int i = 0; i < p->nr; i++)
        if (p->leaves[i].leaf == leaf && p->leaves[i].subleaf == subleaf)
            return &p->leaves[i];
    if (p->nr == MAX_LEAVES)
        return NULL;
    l = &p->leaves[p->nr++];
    unused_leaf(&p->leaves[p->nr]);
    l->leaf = leaf;
    l->subleaf = subleaf;
    return l;
}

static char *reg_get(struct xc_xend_cpuid *l, unsigned int reg)
{
    if (!l->policy[reg]) {
        l->policy[reg] = xmalloc0(WORD_BITS + 1);
        memset(l->policy[reg], 'x', WORD_BITS);
    }
    return l->policy[reg];
}

void libxl_cpuid_dispose(libxl_cpuid_policy_list *list)
{
    struct libxl__cpu_policy *p = list ? *list : NULL;

    if (!p)
        return;
    for (unsigned int i = 0; i < p->nr; i++)
        for (unsigned int r = 0; r < 4; r++)
            free(p->leaves[i].policy[r]);
    free(p);
    *list = NULL;
}

int libxl_cpuid_policy_list_length(const libxl_cpuid_policy_list *l)
{
    return l && *l ? (int)(*l)->nr : 0;
}

bool cpuid_is_empty(const libxl_cpuid_policy_list *l)
{
    return !l || !*l || (!(*l)->nr && !(*l)->nr_msrs);
}

void libxl_cpuid_policy_list_copy(libxl_ctx *ctx, libxl_cpuid_policy_list *dst,
                                  const libxl_cpuid_policy_list *src)
{
    struct libxl__cpu_policy *copy = NULL;

    (void)ctx;
    if (!cpuid_is_empty(src)) {
        copy = xmalloc0(sizeof(*copy));
        *copy = **src;
        for (unsigned int i = 0; i < copy->nr; i++)
            for (unsigned int r = 0; r < 4; r++)
                if (copy->leaves[i].policy[r])
                    copy->leaves[i].policy[r] = xstrdup(copy->leaves[i].policy[r]);
    }
    *dst = copy;
}

struct xc_xend_cpuid *cpuid_leaves(const libxl_cpuid_policy_list *l)
{
    return l && *l ? (*l)->leaves : NULL;
}

struct xc_msr *cpuid_msrs(const libxl_cpuid_policy_list *l)
{
    return l && *l ? (*l)->msrs : NULL;
}

/* @width bits from @bit up: those of @v, or all of them the letter @letter unless that is 0. */
static void bits_set(char *word, unsigned int bit, unsigned int width, char letter, uint64_t v)
{
    for (unsigned int i = 0; i < width; i++)
        word[WORD_BITS - 1 - bit - i] = letter ? letter : (v >> i) & 1 ? '1' : '0';
}

/* The two of which a part lies higher up: Intel SDM vol 2A, "CPUID", leaf 1. */
static bool split_field(char *word, const char *name, char letter, uint64_t v)
{
    if (!strcmp(name, "model")) {
        bits_set(word, 4, 4, letter, v);
        bits_set(word, 16, 4, letter, v >> 4);
    } else if (!strcmp(name, "family")) {
        bits_set(word, 8, 4, letter, v < 15 ? v : 15);
        bits_set(word, 20, 8, '\0', !letter && v > 15 ? v - 15 : 0);
    } else {
        return false;
    }
    return true;
}

/* "x", "k", "s" or a number of which the low bits count. */
static bool take_value(const char *val, char *letter, uint64_t *v)
{
    char *end;

    *letter = strlen(val) == 1 && strchr("xks", val[0]) ? val[0] : '\0';
    *v = *letter ? 0 : strtoull(val, &end, 0);
    return *letter || (end != val && !*end);
}

static int feature_set(libxl_cpuid_policy_list *list, const struct cpuid_feature *f,
                       const char *val)
{
    struct xc_xend_cpuid *l = leaf_get(list, f->leaf, f->subleaf);
    uint64_t v;
    char letter;

    if (!l || !take_value(val, &letter, &v))
        return ERROR_INVAL;
    if (!split_field(reg_get(l, f->reg), f->name, letter, v))
        bits_set(reg_get(l, f->reg), f->bit, f->width, letter, v);
    return 0;
}

static int arch_cap_set(libxl_cpuid_policy_list *list, int bit, const char *val)
{
    struct xc_msr *m = msr_get(list, MSR_ARCH_CAPABILITIES);
    uint64_t v;
    char letter;

    if (!m || !take_value(val, &letter, &v))
        return ERROR_INVAL;
    m->policy[MSR_BITS - 1 - bit] = letter ? letter : v & 1 ? '1' : '0';
    return 0;
}

/* One "name=value"; a first element "host" is the only base there is. */
int libxl_cpuid_parse_config(libxl_cpuid_policy_list *cpuid, const char *str)
{
    const char *eq = strchr(str, '=');
    const struct cpuid_feature *f;
    int bit;

    if (!strcmp(str, "host"))
        return 0;
    if (!eq)
        return 1;
    f = cpuid_feature_find(str, (size_t)(eq - str));
    if (f)
        return feature_set(cpuid, f, eq + 1) ? 3 : 0;
    bit = arch_cap_find(str, (size_t)(eq - str));
    if (bit < 0)
        return 2;
    return arch_cap_set(cpuid, bit, eq + 1) ? 3 : 0;
}

static int reg_number(const char *name)
{
    for (int r = 0; r < 4; r++)
        if (!strncmp(reg_names[r], name, 3))
            return r;
    return -1;
}

static bool word_ok(const char *w, size_t bits)
{
    return strspn(w, "01xks") == bits;
}

/* "LEAF[,SUBLEAF]:REG=WORD[,REG=WORD ...]" */
int libxl_cpuid_parse_config_xend(libxl_cpuid_policy_list *cpuid, const char *str)
{
    struct xc_xend_cpuid *l;
    unsigned long leaf, subleaf = XEN_CPUID_INPUT_UNUSED;
    char *end;

    leaf = strtoul(str, &end, 0);
    if (end == str)
        return 1;
    if (*end == ',')
        subleaf = strtoul(end + 1, &end, 0);
    if (*end != ':')
        return 4;
    l = leaf_get(cpuid, (uint32_t)leaf, (uint32_t)subleaf);
    if (!l)
        return 5;
    for (;;) {
        const char *s = end + 1;
        int reg = reg_number(s);

        if (reg < 0)
            return 2;
        if (s[3] != '=')
            return 3;
        if (!word_ok(s + 4, WORD_BITS))
            return 4;
        memcpy(reg_get(l, (unsigned int)reg), s + 4, WORD_BITS);
        end = (char *)(uintptr_t)s + 4 + WORD_BITS;
        if (*end != ',')
            return *end ? 4 : 0;
    }
}

void cpuid_print(struct json_writer *w, const void *p)
{
    const struct libxl__cpu_policy *policy = *(struct libxl__cpu_policy *const *)p;

    jw_map_begin(w);
    jw_key(w, "cpuid");
    jw_array_begin(w);
    for (unsigned int i = 0; policy && i < policy->nr; i++) {
        const struct xc_xend_cpuid *l = &policy->leaves[i];

        jw_map_begin(w);
        jw_key(w, "leaf");
        jw_int(w, l->leaf);
        if (l->subleaf != XEN_CPUID_INPUT_UNUSED) {
            jw_key(w, "subleaf");
            jw_int(w, l->subleaf);
        }
        for (unsigned int r = 0; r < 4; r++) {
            if (l->policy[r]) {
                jw_key(w, reg_names[r]);
                jw_string(w, l->policy[r]);
            }
        }
        jw_map_end(w);
    }
    jw_array_end(w);
    jw_key(w, "msr");
    jw_array_begin(w);
    for (unsigned int i = 0; policy && i < policy->nr_msrs; i++) {
        jw_map_begin(w);
        jw_key(w, "index");
        jw_int(w, policy->msrs[i].index);
        jw_key(w, "policy");
        jw_string(w, policy->msrs[i].policy);
        jw_map_end(w);
    }
    jw_array_end(w);
    jw_map_end(w);
}

static int msr_parse(libxl_cpuid_policy_list *list, struct json_object *o)
{
    struct json_object *index, *policy;
    struct xc_msr *m;

    if (!json_object_object_get_ex(o, "index", &index) ||
        !json_object_object_get_ex(o, "policy", &policy) ||
        !json_object_is_type(policy, json_type_string) ||
        json_object_get_string_len(policy) != MSR_BITS ||
        !word_ok(json_object_get_string(policy), MSR_BITS))
        return ERROR_INVAL;
    m = msr_get(list, (uint32_t)json_object_get_int64(index));
    if (!m)
        return ERROR_INVAL;
    memcpy(m->policy, json_object_get_string(policy), MSR_BITS);
    return 0;
}

static int leaf_parse(libxl_cpuid_policy_list *list, struct json_object *o)
{
    struct json_object *v;
    uint32_t leaf, subleaf = XEN_CPUID_INPUT_UNUSED;
    struct xc_xend_cpuid *l;

    if (!json_object_object_get_ex(o, "leaf", &v))
        return ERROR_INVAL;
    leaf = (uint32_t)json_object_get_int64(v);
    if (json_object_object_get_ex(o, "subleaf", &v))
        subleaf = (uint32_t)json_object_get_int64(v);
    l = leaf_get(list, leaf, subleaf);
    if (!l)
        return ERROR_INVAL;
    for (unsigned int r = 0; r < 4; r++) {
        if (!json_object_object_get_ex(o, reg_names[r], &v))
            continue;
        if (!json_object_is_type(v, json_type_string) ||
            !word_ok(json_object_get_string(v), WORD_BITS) ||
            json_object_get_string_len(v) != WORD_BITS)
            return ERROR_INVAL;
        memcpy(reg_get(l, r), json_object_get_string(v), WORD_BITS);
    }
    return 0;
}

/* Older streams have the array alone. */
int cpuid_parse(libxl_ctx *ctx, void *p, struct json_object *o)
{
    struct json_object *list = o, *msrs = NULL;
    int rc = 0;

    (void)ctx;
    if (json_object_is_type(o, json_type_object)) {
        json_object_object_get_ex(o, "msr", &msrs);
        if (!json_object_object_get_ex(o, "cpuid", &list))
            return 0;
    }
    if (!json_object_is_type(list, json_type_array))
        return ERROR_INVAL;
    libxl_cpuid_dispose(p);
    for (size_t i = 0; i < json_object_array_length(list) && !rc; i++)
        rc = leaf_parse(p, json_object_array_get_idx(list, i));
    if (!json_object_is_type(msrs, json_type_array))
        return rc;
    for (size_t i = 0; i < json_object_array_length(msrs) && !rc; i++)
        rc = msr_parse(p, json_object_array_get_idx(msrs, i));
    return rc;
}
