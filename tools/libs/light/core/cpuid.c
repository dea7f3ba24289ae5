/* SPDX-License-Identifier: MIT */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include <xenctrl.h>

#include "core/cpuid.h"
#include "core/json.h"

#define WORD_BITS  32
#define ANY_LEAF   XEN_CPUID_INPUT_UNUSED
#define MAX_LEAVES 64 /* of one list: bounds what a configuration can ask for */

struct libxl__cpu_policy {
    unsigned int nr;
    struct xc_xend_cpuid leaves[MAX_LEAVES + 1]; /* ends with an unused one */
};

static const char *const reg_names[4] = {"eax", "ebx", "ecx", "edx"};

enum reg { EAX, EBX, ECX, EDX };

/* Feature names of xl.cfg(5): Intel SDM vol 2A "CPUID"; AMD APM vol 3 appendix E. */
static const struct feature {
    const char *name;
    uint32_t leaf, subleaf;
    uint8_t reg, bit, width;
} features[] = {
    {"fpu", 1, ANY_LEAF, EDX, 0, 1},
    {"vme", 1, ANY_LEAF, EDX, 1, 1},
    {"de", 1, ANY_LEAF, EDX, 2, 1},
    {"pse", 1, ANY_LEAF, EDX, 3, 1},
    {"tsc", 1, ANY_LEAF, EDX, 4, 1},
    {"msr", 1, ANY_LEAF, EDX, 5, 1},
    {"pae", 1, ANY_LEAF, EDX, 6, 1},
    {"mce", 1, ANY_LEAF, EDX, 7, 1},
    {"cmpxchg8", 1, ANY_LEAF, EDX, 8, 1},
    {"apic", 1, ANY_LEAF, EDX, 9, 1},
    {"sysenter", 1, ANY_LEAF, EDX, 11, 1},
    {"mtrr", 1, ANY_LEAF, EDX, 12, 1},
    {"pge", 1, ANY_LEAF, EDX, 13, 1},
    {"mca", 1, ANY_LEAF, EDX, 14, 1},
    {"cmov", 1, ANY_LEAF, EDX, 15, 1},
    {"pat", 1, ANY_LEAF, EDX, 16, 1},
    {"pse36", 1, ANY_LEAF, EDX, 17, 1},
    {"clfsh", 1, ANY_LEAF, EDX, 19, 1},
    {"ds", 1, ANY_LEAF, EDX, 21, 1},
    {"acpi", 1, ANY_LEAF, EDX, 22, 1},
    {"mmx", 1, ANY_LEAF, EDX, 23, 1},
    {"fxsr", 1, ANY_LEAF, EDX, 24, 1},
    {"sse", 1, ANY_LEAF, EDX, 25, 1},
    {"sse2", 1, ANY_LEAF, EDX, 26, 1},
    {"ss", 1, ANY_LEAF, EDX, 27, 1},
    {"htt", 1, ANY_LEAF, EDX, 28, 1},
    {"tm", 1, ANY_LEAF, EDX, 29, 1},
    {"pbe", 1, ANY_LEAF, EDX, 31, 1},
    {"sse3", 1, ANY_LEAF, ECX, 0, 1},
    {"pclmulqdq", 1, ANY_LEAF, ECX, 1, 1},
    {"monitor", 1, ANY_LEAF, ECX, 3, 1},
    {"vmx", 1, ANY_LEAF, ECX, 5, 1},
    {"est", 1, ANY_LEAF, ECX, 7, 1},
    {"tm2", 1, ANY_LEAF, ECX, 8, 1},
    {"ssse3", 1, ANY_LEAF, ECX, 9, 1},
    {"fma", 1, ANY_LEAF, ECX, 12, 1},
    {"cx16", 1, ANY_LEAF, ECX, 13, 1},
    {"pcid", 1, ANY_LEAF, ECX, 17, 1},
    {"sse4_1", 1, ANY_LEAF, ECX, 19, 1},
    {"sse4_2", 1, ANY_LEAF, ECX, 20, 1},
    {"x2apic", 1, ANY_LEAF, ECX, 21, 1},
    {"movbe", 1, ANY_LEAF, ECX, 22, 1},
    {"popcnt", 1, ANY_LEAF, ECX, 23, 1},
    {"tsc-deadline", 1, ANY_LEAF, ECX, 24, 1},
    {"aes", 1, ANY_LEAF, ECX, 25, 1},
    {"xsave", 1, ANY_LEAF, ECX, 26, 1},
    {"avx", 1, ANY_LEAF, ECX, 28, 1},
    {"f16c", 1, ANY_LEAF, ECX, 29, 1},
    {"rdrand", 1, ANY_LEAF, ECX, 30, 1},
    {"hypervisor", 1, ANY_LEAF, ECX, 31, 1},
    {"stepping", 1, ANY_LEAF, EAX, 0, 4},
    {"model", 1, ANY_LEAF, EAX, 4, 4},
    {"family", 1, ANY_LEAF, EAX, 8, 4},
    {"brandid", 1, ANY_LEAF, EBX, 0, 8},
    {"clflush", 1, ANY_LEAF, EBX, 8, 8},
    {"proccount", 1, ANY_LEAF, EBX, 16, 8},
    {"localapicid", 1, ANY_LEAF, EBX, 24, 8},
    {"fsgsbase", 7, 0, EBX, 0, 1},
    {"tsc_adjust", 7, 0, EBX, 1, 1},
    {"bmi1", 7, 0, EBX, 3, 1},
    {"hle", 7, 0, EBX, 4, 1},
    {"avx2", 7, 0, EBX, 5, 1},
    {"smep", 7, 0, EBX, 7, 1},
    {"bmi2", 7, 0, EBX, 8, 1},
    {"erms", 7, 0, EBX, 9, 1},
    {"invpcid", 7, 0, EBX, 10, 1},
    {"rtm", 7, 0, EBX, 11, 1},
    {"rdseed", 7, 0, EBX, 18, 1},
    {"adx", 7, 0, EBX, 19, 1},
    {"smap", 7, 0, EBX, 20, 1},
    {"clflushopt", 7, 0, EBX, 23, 1},
    {"clwb", 7, 0, EBX, 24, 1},
    {"sha", 7, 0, EBX, 29, 1},
    {"umip", 7, 0, ECX, 2, 1},
    {"pku", 7, 0, ECX, 3, 1},
    {"rdpid", 7, 0, ECX, 22, 1},
    {"ibrsb", 7, 0, EDX, 26, 1},
    {"stibp", 7, 0, EDX, 27, 1},
    {"ssbd", 7, 0, EDX, 31, 1},
    {"xsaveopt", 0xd, 1, EAX, 0, 1},
    {"xsavec", 0xd, 1, EAX, 1, 1},
    {"xgetbv1", 0xd, 1, EAX, 2, 1},
    {"xsaves", 0xd, 1, EAX, 3, 1},
    {"maxleaf", 0, ANY_LEAF, EAX, 0, 32},
    {"maxhvleaf", 0x40000000, ANY_LEAF, EAX, 0, 8},
    {"lahfsahf", 0x80000001, ANY_LEAF, ECX, 0, 1},
    {"cmplegacy", 0x80000001, ANY_LEAF, ECX, 1, 1},
    {"svm", 0x80000001, ANY_LEAF, ECX, 2, 1},
    {"altmovcr8", 0x80000001, ANY_LEAF, ECX, 4, 1},
    {"abm", 0x80000001, ANY_LEAF, ECX, 5, 1},
    {"sse4a", 0x80000001, ANY_LEAF, ECX, 6, 1},
    {"3dnowprefetch", 0x80000001, ANY_LEAF, ECX, 8, 1},
    {"syscall", 0x80000001, ANY_LEAF, EDX, 11, 1},
    {"nx", 0x80000001, ANY_LEAF, EDX, 20, 1},
    {"page1gb", 0x80000001, ANY_LEAF, EDX, 26, 1},
    {"rdtscp", 0x80000001, ANY_LEAF, EDX, 27, 1},
    {"lm", 0x80000001, ANY_LEAF, EDX, 29, 1},
    {"invtsc", 0x80000007, ANY_LEAF, EDX, 8, 1},
    {"procpkg", 4, 0, EAX, 26, 6},
    {"nc", 0x80000008, ANY_LEAF, ECX, 0, 8},
};

static void unused_leaf(struct xc_xend_cpuid *l)
{
    memset(l, 0, sizeof(*l));
    l->input[0] = XEN_CPUID_INPUT_UNUSED;
    l->input[1] = XEN_CPUID_INPUT_UNUSED;
}

static struct xc_xend_cpuid *leaf_get(libxl_cpuid_policy_list *list, uint32_t leaf,
                                      uint32_t subleaf)
{
    struct libxl__cpu_policy *p = *list;
    struct xc_xend_cpuid *l;

    if (!p) {
        p = *list = xmalloc0(sizeof(*p));
        unused_leaf(&p->leaves[0]);
    }
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

void libxl_cpuid_policy_list_copy(libxl_ctx *ctx, libxl_cpuid_policy_list *dst,
                                  const libxl_cpuid_policy_list *src)
{
    struct libxl__cpu_policy *copy = NULL;

    (void)ctx;
    if (libxl_cpuid_policy_list_length(src)) {
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

static int feature_set(libxl_cpuid_policy_list *list, const struct feature *f, const char *val)
{
    struct xc_xend_cpuid *l = leaf_get(list, f->leaf, f->subleaf);
    char *word, *end;
    unsigned long v;

    if (!l)
        return ERROR_INVAL;
    word = reg_get(l, f->reg);
    if (strlen(val) == 1 && strchr("xks", val[0])) {
        memset(word + WORD_BITS - f->bit - f->width, val[0], f->width);
        return 0;
    }
    v = strtoul(val, &end, 0);
    if (end == val || *end || (f->width < WORD_BITS && v >> f->width))
        return ERROR_INVAL;
    for (unsigned int i = 0; i < f->width; i++)
        word[WORD_BITS - 1 - f->bit - i] = (v >> i) & 1 ? '1' : '0';
    return 0;
}

/* One "name=value"; a first element "host" is the only base there is. */
int libxl_cpuid_parse_config(libxl_cpuid_policy_list *cpuid, const char *str)
{
    const char *eq = strchr(str, '=');

    if (!strcmp(str, "host"))
        return 0;
    if (!eq)
        return 1;
    for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
        const struct feature *f = &features[i];

        if (strlen(f->name) == (size_t)(eq - str) && !strncasecmp(f->name, str, strlen(f->name)))
            return feature_set(cpuid, f, eq + 1) ? 3 : 0;
    }
    return 2;
}

static int reg_number(const char *name)
{
    for (int r = 0; r < 4; r++)
        if (!strncmp(reg_names[r], name, 3))
            return r;
    return -1;
}

static bool word_ok(const char *w)
{
    return strspn(w, "01xks") == WORD_BITS;
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
        if (!word_ok(s + 4))
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
    jw_array_end(w);
    jw_map_end(w);
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
        if (!json_object_is_type(v, json_type_string) || !word_ok(json_object_get_string(v)) ||
            json_object_get_string_len(v) != WORD_BITS)
            return ERROR_INVAL;
        memcpy(reg_get(l, r), json_object_get_string(v), WORD_BITS);
    }
    return 0;
}

/* Older streams have the array alone. */
int cpuid_parse(libxl_ctx *ctx, void *p, struct json_object *o)
{
    struct json_object *list = o;
    int rc = 0;

    (void)ctx;
    if (json_object_is_type(o, json_type_object) && !json_object_object_get_ex(o, "cpuid", &list))
        return 0;
    if (!json_object_is_type(list, json_type_array))
        return ERROR_INVAL;
    libxl_cpuid_dispose(p);
    for (size_t i = 0; i < json_object_array_length(list) && !rc; i++)
        rc = leaf_parse(p, json_object_array_get_idx(list, i));
    return rc;
}
