/* SPDX-License-Identifier: MIT */
/* Nodes and properties. */
#include <asm/dt.h>
#include <libfdt.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include "private.h"

const char *dt_string(const void *fdt, int node, const char *name)
{
    int len;
    const char *s = fdt_getprop(fdt, node, name, &len);

    return s && len > 0 && strnlen(s, (size_t)len) < (size_t)len ? s : NULL;
}

bool dt_u32(const void *fdt, int node, const char *name, unsigned int idx, uint32_t *out)
{
    int len;
    const fdt32_t *cell = fdt_getprop(fdt, node, name, &len);

    if (!cell || idx >= (unsigned int)len / sizeof(*cell))
        return false;
    *out = fdt32_to_cpu(cell[idx]);
    return true;
}

bool dt_u64(const void *fdt, int node, const char *name, uint64_t *out)
{
    int len;
    const fdt32_t *cell = fdt_getprop(fdt, node, name, &len);

    if (!cell || (len != 4 && len != 8))
        return false;
    return dt_read_number(cell, (unsigned int)len / sizeof(*cell), out);
}

bool dt_has(const void *fdt, int node, const char *name)
{
    return fdt_getprop(fdt, node, name, NULL) != NULL;
}

bool dt_compatible(const void *fdt, int node, const char *const *list)
{
    int len;
    const char *have = fdt_getprop(fdt, node, "compatible", &len);

    if (!have || len <= 0)
        return false;
    for (; *list; list++) {
        if (fdt_stringlist_contains(have, len, *list))
            return true;
    }
    return false;
}

bool dt_available(const void *fdt, int node)
{
    const char *status = dt_string(fdt, node, "status");

    if (!status)
        return !dt_has(fdt, node, "status");
    return !strcmp(status, "ok") || !strcmp(status, "okay");
}

const char *dt_path(const void *fdt, int node, char *buf, size_t size)
{
    if (node < 0 || fdt_get_path(fdt, node, buf, (int)size))
        return "?";
    return buf;
}

int dt_next_compatible(const void *fdt, int from, const char *const *list)
{
    for (int n = fdt_next_node(fdt, from, NULL); n >= 0; n = fdt_next_node(fdt, n, NULL)) {
        if (dt_compatible(fdt, n, list) && dt_available(fdt, n))
            return n;
    }
    return -1;
}

int dt_parent(const void *fdt, int node)
{
    return node > 0 ? fdt_parent_offset(fdt, node) : -1;
}

/* The child named so; where there is none, one whose name is that before its unit address. */
static int child_named(const void *fdt, int node, const char *name, size_t len)
{
    int child, have;

    fdt_for_each_subnode(child, fdt, node)
    {
        const char *s = fdt_get_name(fdt, child, &have);

        if (s && (size_t)have == len && !memcmp(s, name, len))
            return child;
    }
    return fdt_subnode_offset_namelen(fdt, node, name, (int)len);
}

int dt_find_len(const void *fdt, const char *path, size_t len)
{
    const char *end = path + len;
    int node = 0;

    if (len && *path != '/') {
        const char *slash = memchr(path, '/', len);
        const char *first = slash ? slash : end;
        const char *alias = fdt_get_alias_namelen(fdt, path, (int)(first - path));

        /* An alias is a path, not one more alias. */
        if (!alias || *alias != '/')
            return -1;
        node = dt_find_len(fdt, alias, strlen(alias));
        path = first;
    }
    while (path < end && node >= 0) {
        const char *slash = memchr(path, '/', (size_t)(end - path));
        const char *next = slash ? slash : end;

        if (next != path)
            node = child_named(fdt, node, path, (size_t)(next - path));
        path = next + (next < end);
    }
    return node;
}

int dt_find(const void *fdt, const char *path_or_alias)
{
    return dt_find_len(fdt, path_or_alias, strlen(path_or_alias));
}

int dt_by_phandle(const void *fdt, uint32_t phandle)
{
    return fdt_node_offset_by_phandle(fdt, phandle);
}

int dt_ancestors(const void *fdt, int node, int stack[DT_MAX_DEPTH])
{
    int depth = 0;

    for (int n = 0; n >= 0 && n <= node; n = fdt_next_node(fdt, n, &depth)) {
        if (depth < 0 || depth >= DT_MAX_DEPTH) {
            if (depth < 0 || n == node)
                return -EINVAL;
            continue;
        }
        stack[depth] = n;
        if (n == node)
            return depth;
    }
    return -EINVAL;
}

struct dt_cells dt_cells_of(const void *fdt, int node)
{
    uint32_t a, s;

    /* Defaults: Devicetree Specification, 2.3.5. */
    if (!dt_u32(fdt, node, "#address-cells", 0, &a))
        a = 2;
    if (!dt_u32(fdt, node, "#size-cells", 0, &s))
        s = 1;
    return (struct dt_cells){min(a, 4U), min(s, 4U)};
}

bool dt_read_number(const uint32_t *cell, unsigned int nr, uint64_t *out)
{
    uint64_t v = 0;

    for (unsigned int i = 0; i < nr; i++) {
        if (v >> 32)
            return false;
        v = v << 32 | fdt32_to_cpu(cell[i]);
    }
    *out = v;
    return true;
}
